//! Requests for features and the votes for them.

use nexa_crm::testing::Office;
use serde_json::{Value as Json, json};

use super::{everywhere, refused, ticket};

fn request(office: &Office, title: &str) -> Json {
    office.run("feature_request.create", json!({"title": title}))["id"].clone()
}

fn contact(office: &Office, address: &str) -> Json {
    office.run("contact.create", json!({"email": address}))["id"].clone()
}

fn vote(office: &Office, request: &Json, contact: &Json) {
    office.run("feature_request.vote", json!({"feature_request": request, "contact": contact}));
}

fn votes(office: &Office, request: &Json) -> Json {
    office.run("feature_request.overview", json!({"feature_request": request}))["votes"].clone()
}

#[test]
fn a_contact_has_one_vote_from_a_ticket_or_by_name() {
    everywhere(|name, office| {
        let wish = request(office, "Export to Excel");
        let asked = ticket(office, "Excel, please", Some("sarah@acme.example"));
        let cast = office.run("feature_request.vote", json!({"feature_request": wish, "ticket": asked}));
        assert_eq!(cast["ticket"], asked, "{name}");
        let sarah = json!({"feature_request": wish, "contact": cast["contact"]});
        assert_eq!(refused(office, "feature_request.vote", sarah.clone()), "vote.exists", "{name}");
        let tom = contact(office, "tom@acme.example");
        let foreign = json!({"feature_request": wish, "contact": tom, "ticket": asked});
        assert_eq!(refused(office, "feature_request.vote", foreign), "vote.other_contact", "{name}");
        let nobody = json!({"feature_request": wish, "ticket": ticket(office, "Excel", None)});
        assert_eq!(refused(office, "feature_request.vote", nobody), "vote.no_contact", "{name}");
        vote(office, &wish, &tom);
        let overview = office.run("feature_request.overview", json!({"feature_request": wish}));
        assert_eq!((&overview["votes"], &overview["tickets"]), (&json!(2), &json!([asked])), "{name}");
        office.run("feature_request.withdraw_vote", sarah.clone());
        assert_eq!(refused(office, "feature_request.withdraw_vote", sarah), "vote.none", "{name}");
        assert_eq!(votes(office, &wish), json!(1), "{name}");
    });
}

/// In another system a person counted twice after a merge.
#[test]
fn merging_requests_or_contacts_unites_votes_and_each_person_counts_once() {
    everywhere(|name, office| {
        let (wish, same) = (request(office, "Excel"), request(office, "Spreadsheets"));
        let [sarah, tom, home] =
            ["sarah@acme.example", "tom@acme.example", "sarah@home.example"].map(|address| contact(office, address));
        for (request, contact) in [(&wish, &sarah), (&wish, &tom), (&same, &sarah), (&same, &home)] {
            vote(office, request, contact);
        }
        office.run("feature_request.merge", json!({"feature_request": wish, "other": same}));
        assert_eq!(votes(office, &wish), json!(3), "{name}: of Sarah, Tom and Sarah at home");
        assert_eq!(votes(office, &same), json!(3), "{name}: the other's id finds it");
        office.run("contact.merge", json!({"contact": sarah, "other": home}));
        assert_eq!(votes(office, &wish), json!(2), "{name}: of Sarah and Tom");
        let again = json!({"feature_request": same, "contact": home});
        assert_eq!(refused(office, "feature_request.vote", again), "vote.exists", "{name}");
        office.run("ledger.verify", json!({}));
    });
}

#[test]
fn a_request_is_declined_with_a_reason_and_taken_up_again() {
    everywhere(|name, office| {
        let fields = json!({
            "title": "Enhanced export options (Excel, bulk, scheduled)", "source": "customer_feedback",
            "business_value": "High - frequently requested", "engineering_effort": "Medium", "target_quarter": "Q1 2026",
        });
        let made = office.run("feature_request.create", fields);
        assert_eq!((&made["status"], &made["target_quarter"]), (&json!("new"), &json!("2026-Q1")), "{name}");
        let wish = json!({"feature_request": made["id"]});
        let with = |field: &str, value: &str| {
            let mut with = wish.clone();
            with[field] = json!(value);
            with
        };
        for status in ["planned", "in_progress", "shipped", "planned"] {
            let moved = office.run("feature_request.move", with("status", status));
            assert_eq!(moved["shipped_at"].is_null(), status != "shipped", "{name}: {status}");
        }
        assert_eq!(refused(office, "feature_request.reopen", wish.clone()), "feature_request.not_declined", "{name}");
        office.run("feature_request.decline", with("reason", "Too dear"));
        let moved = with("status", "planned");
        assert_eq!(refused(office, "feature_request.move", moved), "feature_request.declined", "{name}");
        let again = office.run("feature_request.reopen", wish.clone());
        assert_eq!((&again["status"], &again["decline_reason"]), (&json!("new"), &json!(null)), "{name}");
    });
}
