//! Releases, and what they do to the tickets behind their bugs.

use nexa_crm::testing::Office;
use serde_json::{Value as Json, json};

use super::{bug, everywhere, link, refused, release, ticket};

/// What a release is to do to tickets in every state: the release, and its tickets by what they are called.
fn fixture(office: &Office) -> (Json, Json, Vec<(&'static str, Json)>) {
    let fixed = release(office, "2.1.6");
    let group = json!({"group": office.id("group")});
    let one = bug(office, "CSV export failing", json!({"fixed_in": fixed, "assignee": group}));
    let other = bug(office, "Another", json!({}));
    let mut tickets = Vec::new();
    for (word, address) in [
        ("first", Some("sarah@acme.example")),
        ("second", Some("sarah@acme.example")),
        ("third", Some("tom@acme.example")),
        ("nobodys", None),
        ("pending", Some("pat@acme.example")),
        ("resolved", Some("rita@acme.example")),
        ("closed", Some("carl@acme.example")),
        ("waits", Some("wanda@acme.example")),
        ("trashed", Some("theo@acme.example")),
    ] {
        let ticket = ticket(office, word, address);
        link(office, &one, &ticket);
        tickets.push((word, ticket));
    }
    let of = |word: &str| tickets.iter().find(|(known, _)| *known == word).unwrap().1.clone();
    office.run("ticket.move", json!({"ticket": of("pending"), "status": "pending"}));
    for word in ["resolved", "closed"] {
        office.run("ticket.resolve", json!({"ticket": of(word), "resolution": "Use JSON"}));
    }
    office.run("ticket.close", json!({"ticket": of("closed")}));
    link(office, &other, &of("waits"));
    office.run("ticket.trash", json!({"ticket": of("trashed")}));
    (fixed, one, tickets)
}

fn named<'t>(tickets: &'t [(&'static str, Json)], id: &Json) -> &'t str {
    tickets.iter().find(|(_, ticket)| ticket == id).unwrap().0
}

fn words<'t>(tickets: &'t [(&'static str, Json)], ids: &Json) -> Vec<&'t str> {
    let mut words: Vec<&str> = ids.as_array().unwrap().iter().map(|id| named(tickets, id)).collect();
    words.sort_unstable();
    words
}

#[test]
fn a_release_resolves_what_waits_for_it_alone_and_tells_each_customer_once() {
    everywhere(|name, office| {
        let (fixed, one, tickets) = fixture(office);
        let answer = office.run_as("agent", "release.deploy", json!({"release": fixed})).unwrap();
        assert_eq!(answer["release"]["status"], "deployed", "{name}");
        assert_eq!(answer["bugs"], json!([one]), "{name}");
        assert_eq!(office.run("bug.get", json!({"bug": one}))["status"], "released", "{name}");
        assert_eq!(words(&tickets, &answer["resolved"]), ["first", "nobodys", "pending", "second", "third"], "{name}");
        let skipped = office.run("release_ticket.find", json!({"limit": 100}));
        let outcome = |word: &str| {
            let of = |item: &&Json| named(&tickets, &item["ticket"]) == word;
            skipped["items"].as_array().unwrap().iter().find(of).map(|item| item["outcome"].clone())
        };
        for (word, expected) in [("resolved", "was_resolved"), ("closed", "closed"), ("waits", "other_bug_open")] {
            assert_eq!(outcome(word), Some(json!(expected)), "{name}: {word}");
        }
        assert_eq!(answer["skipped"].as_array().unwrap().len(), 3, "{name}: one in the trash is shown to nobody");
        let mut informed: Vec<Vec<&str>> =
            answer["informed"].as_array().unwrap().iter().map(|one| words(&tickets, &one["tickets"])).collect();
        informed.sort_unstable();
        assert_eq!(informed, [vec!["first", "second"], vec!["pending"], vec!["third"]], "{name}");
        assert_eq!(answer["not_informed"][0]["reason"], "no_contact", "{name}");
        for (word, ticket) in &tickets {
            let get = json!({"ticket": ticket, "trashed": true});
            let (ticket, resolved) =
                (office.run("ticket.get", get), words(&tickets, &answer["resolved"]).contains(word));
            assert_eq!(ticket["resolution"] == "Fix deployed in v2.1.6", resolved, "{name}: {word}");
        }
        // One mail of the newest ticket, which names both.
        let mails = office.run("mail.find", json!({"limit": 100}))["items"].as_array().unwrap().clone();
        assert_eq!(mails.len(), 3, "{name}");
        let of = |word: &str| &tickets.iter().find(|(known, _)| *known == word).unwrap().1;
        let sarahs = mails.iter().find(|mail| mail["to"] == "sarah@acme.example").unwrap();
        assert_eq!(sarahs["about"]["id"], *of("second"), "{name}");
        assert_eq!((&sarahs["state"], &sarahs["marketing"]), (&json!("planned"), &json!(false)), "{name}");
        let text = sarahs["content"]["text"].as_str().unwrap();
        assert!(text.contains("T-000001: first") && text.contains("T-000002: second"), "{name}: {text}");

        // Again answers the same and changes nothing.
        let head = office.head();
        assert_eq!(office.run_as("agent", "release.deploy", json!({"release": fixed})).unwrap(), answer, "{name}");
        assert_eq!(office.head(), head, "{name}");

        // Rolled back, it lists whom it concerned, and moves and tells none of them.
        let back = office.run("release.roll_back", json!({"release": fixed, "reason": "It is slow"}));
        for field in ["resolved", "informed", "bugs"] {
            assert_eq!(back[field], answer[field], "{name}: {field}");
        }
        assert_eq!(back["release"]["status"], "rolled_back", "{name}");
        assert_eq!(office.run("bug.get", json!({"bug": one}))["status"], "in_progress", "{name}");
        assert_eq!(office.run("ticket.get", json!({"ticket": of("first")}))["status"], "resolved", "{name}");
        assert_eq!(office.run("mail.count", json!({})), json!(3), "{name}");
        assert_eq!(refused(office, "release.deploy", json!({"release": fixed})), "release.was_rolled_back", "{name}");
        let again = json!({"release": fixed, "reason": "It is slow"});
        assert_eq!(refused(office, "release.roll_back", again), "release.not_deployed", "{name}");
        office.run("ledger.verify", json!({}));
    });
}

#[test]
fn without_the_switch_a_release_moves_no_ticket_and_tells_nobody() {
    everywhere(|name, office| {
        office.run("org.configure", json!({"releases": {"resolve_tickets": false}}));
        let (fixed, one, tickets) = fixture(office);
        let answer = office.run("release.deploy", json!({"release": fixed}));
        assert_eq!((&answer["bugs"], &answer["resolved"]), (&json!([one]), &json!([])), "{name}");
        assert_eq!(office.run("ticket.get", json!({"ticket": tickets[0].1}))["status"], "open", "{name}");
        assert_eq!(office.run("mail.count", json!({})), json!(0), "{name}");
    });
}

#[test]
fn who_has_no_address_or_no_sender_is_listed() {
    everywhere(|name, office| {
        let fixed = release(office, "2.1.6");
        let one = bug(office, "The export is empty", json!({"fixed_in": fixed}));
        let contact = office.run("contact.create", json!({"first_name": "Nora"}))["id"].clone();
        let silent = office.run("ticket.create", json!({"subject": "By phone", "contact": contact}))["id"].clone();
        link(office, &one, &silent);
        let reached = ticket(office, "By mail", Some("sarah@acme.example"));
        link(office, &one, &reached);
        office.run("suppression.add", json!({"address": "sarah@acme.example"}));
        let answer = office.run("release.deploy", json!({"release": fixed}));
        let mut reasons: Vec<&str> =
            answer["not_informed"].as_array().unwrap().iter().map(|one| one["reason"].as_str().unwrap()).collect();
        reasons.sort_unstable();
        assert_eq!((reasons.len(), answer["informed"].as_array().unwrap().len()), (2, 0), "{name}: {reasons:?}");
        assert!(reasons.contains(&"no_address"), "{name}: {reasons:?}");

        office.run("org.configure", json!({"releases": {"resolve_tickets": true}}));
        let next = release(office, "2.1.7");
        let two = bug(office, "Another", json!({"fixed_in": next}));
        let third = ticket(office, "By mail", Some("tom@acme.example"));
        link(office, &two, &third);
        let answer = office.run("release.deploy", json!({"release": next}));
        assert_eq!(answer["not_informed"][0]["reason"], "no_sender", "{name}");
        assert_eq!(answer["resolved"], json!([third]), "{name}");
        let unknown = json!({"releases": {"sender": two}});
        assert_eq!(refused(office, "org.configure", unknown), "reference.broken", "{name}");
    });
}

#[test]
fn a_version_is_there_once_however_it_is_written_and_stays_once_deployed() {
    everywhere(|name, office| {
        let planned = release(office, "v2.1");
        assert_eq!(refused(office, "release.create", json!({"name": "2.1.0"})), "release.exists", "{name}");
        office.run("release.create", json!({"name": "2.1.0", "product": "Mobile"}));
        office.run("release.update", json!({"release": planned, "name": "2.1.1"}));
        let fixed_in = |release: &Json| json!({"title": "Late", "fixed_in": release});
        office.run("release.deploy", json!({"release": planned}));
        assert_eq!(refused(office, "bug.create", fixed_in(&planned)), "release.not_planned", "{name}");
        let rename = json!({"release": planned, "name": "2.1.2"});
        assert_eq!(refused(office, "release.update", rename), "release.name_fixed", "{name}");
        office.run("release.update", json!({"release": planned, "name": "2.1.1", "changes": ["Faster"]}));
    });
}

#[test]
fn notes_list_what_is_new_worst_bug_first_without_what_was_rejected() {
    everywhere(|name, office| {
        let fields = json!({"name": "2.2.0", "changes": ["Dark mode <b>"], "features": ["data_export"]});
        let coming = office.run("release.create", fields)["id"].clone();
        for (title, severity) in [("Small", "p4"), ("Grave", "p1")] {
            bug(office, title, json!({"severity": severity, "fixed_in": coming}));
        }
        let meant = bug(office, "Meant so", json!({"fixed_in": coming}));
        office.run("bug.reject", json!({"bug": meant, "outcome": "wont_fix", "reason": "It is meant so"}));
        let wish = json!({"title": "Excel", "shipped_in": coming});
        let wish = office.run("feature_request.create", wish)["id"].clone();
        let notes = office.run("release.notes", json!({"release": coming}));
        assert_eq!((&notes["fixed"], &notes["shipped"]), (&json!(["Grave", "Small"]), &json!(["Excel"])), "{name}");
        let expected =
            "# v2.2.0\n\n## Changes\n\n- Dark mode \\<b\\>\n\n## New\n\n- Excel\n\n## Fixed\n\n- Grave\n- Small\n";
        assert_eq!(notes["markdown"], expected, "{name}");
        office.run("release.deploy", json!({"release": coming}));
        assert_eq!(office.run("feature_request.get", json!({"feature_request": wish}))["status"], "shipped", "{name}");
    });
}

/// What an agent does not see is resolved as the organisation wants it, and not shown to them.
#[test]
fn a_release_resolves_what_its_caller_does_not_see_and_does_not_list_it() {
    everywhere(|name, office| {
        let fixed = release(office, "2.1.6");
        let one = bug(office, "The export is empty", json!({"fixed_in": fixed}));
        let theirs = ticket(office, "Theirs", Some("sarah@acme.example"));
        link(office, &one, &theirs);
        let colleague = json!({"user": office.id("colleague")});
        office.run("ticket.assign", json!({"ticket": theirs, "assignee": colleague}));
        let answer = office.run_as("agent", "release.deploy", json!({"release": fixed})).unwrap();
        for field in ["resolved", "informed", "not_informed", "skipped"] {
            assert_eq!(answer[field], json!([]), "{name}: {field}");
        }
        let ticket = office.run("ticket.get", json!({"ticket": theirs}));
        assert_eq!(ticket["status"], "resolved", "{name}");
        let timeline = office.run("ticket.timeline", json!({"ticket": theirs}))["items"].as_array().unwrap().clone();
        assert_eq!(timeline.last().unwrap()["did"], "resolved it by a release", "{name}");
    });
}

/// Undone before a worker has any of the mails, a release was never deployed; deployed again, it tells everybody once.
#[test]
fn an_undone_release_can_be_deployed_anew() {
    everywhere(|name, office| {
        let (fixed, one, tickets) = fixture(office);
        let answer = office.run("release.deploy", json!({"release": fixed}));
        let history = office.run("release.history", json!({"release": fixed}));
        let unit =
            history["items"].as_array().unwrap().iter().find(|item| item["command"] == "release.deploy").unwrap();
        office.run("ledger.undo", json!({"unit": unit["unit"]}));
        assert_eq!(office.run("mail.count", json!({})), json!(0), "{name}");
        assert_eq!(office.run("bug.get", json!({"bug": one}))["status"], "reported", "{name}");
        assert_eq!(office.run("ticket.get", json!({"ticket": tickets[0].1}))["status"], "open", "{name}");
        let again = office.run("release.deploy", json!({"release": fixed}));
        assert_eq!(again["resolved"], answer["resolved"], "{name}");
        assert_eq!(office.run("mail.count", json!({})), json!(3), "{name}");
    });
}
