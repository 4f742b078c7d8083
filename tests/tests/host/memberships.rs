//! What a host keeps of leads goes over to what they become, by its mark alone.

use nexa_core::{
    Entity, Id, Record, Timestamp,
    kernel::ports::Clock as _,
    sales::{Account, Contact, Lead},
    testing::Office,
};
use nexa_tests::{backends, samples::all_criteria};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

/// A seat at an event of the host: of a lead or of a contact.
// One refusal, whether it is the lead or the contact that sits there already.
#[allow(clippy::duplicated_attributes)]
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "seat", table = "seats", access = work)]
#[record(unique("event", "lead", code = "seat.taken"), unique("event", "contact", code = "seat.taken"))]
struct Seat {
    id: Id<Seat>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
    #[record(editable)]
    event: String,
    #[record(editable, on_trash = with_parent, becomes = contact)]
    lead: Option<Id<Lead>>,
    #[record(editable, on_trash = with_parent)]
    contact: Option<Id<Contact>>,
}

impl Entity for Seat {}

/// An offer of the host that a lead got, or the account that it became.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "offer", table = "offers", access = work)]
struct Offer {
    id: Id<Offer>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[record(editable, on_trash = keep, becomes = account)]
    lead: Option<Id<Lead>>,
    #[record(editable, on_trash = keep)]
    account: Option<Id<Account>>,
}

impl Entity for Offer {}

fn everywhere(test: impl Fn(&str, &Office)) {
    for backend in backends::all() {
        let builder = nexa_core::builder().entity::<Seat>().entity::<Offer>();
        test(backend.name, &Office::found_with(backend.store, builder));
    }
}

fn qualified(office: &Office, fields: Json) -> Json {
    let lead = office.run("lead.create", fields)["id"].clone();
    office.run("lead.contact", json!({"lead": lead}));
    office.run("lead.qualify", json!({"lead": lead, "bant": all_criteria()}));
    lead
}

fn make(office: &Office, kind: &str, fields: Json) -> Json {
    office.run(&format!("{kind}.create"), fields)["id"].clone()
}

fn later(office: &Office) {
    office.clock.advance(std::time::Duration::from_secs(60));
}

#[test]
fn what_says_what_it_becomes_goes_over_and_the_older_of_two_stays() {
    everywhere(|name, office| {
        let contact = make(office, "contact", json!({"email": "ann@seats.example", "first_name": "Ann"}));
        let lead = qualified(office, json!({"email": "ann@seats.example", "company": "Seats"}));
        let offer = make(office, "offer", json!({"lead": lead}));
        let first = make(office, "seat", json!({"event": "alone", "lead": lead}));
        let trashed = make(office, "seat", json!({"event": "trashed", "lead": lead}));
        office.run("seat.trash", json!({"seat": trashed}));
        let of_lead = make(office, "seat", json!({"event": "lead first", "lead": lead}));
        let of_contact = make(office, "seat", json!({"event": "contact first", "contact": contact}));
        later(office);
        let contact_too = make(office, "seat", json!({"event": "lead first", "contact": contact}));
        let lead_too = make(office, "seat", json!({"event": "contact first", "lead": lead}));
        let answer = office.run("lead.convert", json!({"lead": lead}));
        assert_eq!(answer["contact"]["id"], contact, "{name}");

        let seat = |id: &Json| office.run_as("admin", "seat.get", json!({"seat": id}));
        for kept in [&first, &of_lead, &of_contact] {
            let seat = seat(kept).unwrap();
            assert_eq!((&seat["lead"], &seat["contact"]), (&Json::Null, &contact), "{name}: {}", seat["event"]);
        }
        for doubled in [&contact_too, &lead_too] {
            assert_eq!(seat(doubled).unwrap_err().code(), "record.trashed", "{name}");
        }
        let restored = office.run("seat.restore", json!({"seat": trashed}));
        assert_eq!((&restored["lead"], &restored["contact"]), (&Json::Null, &contact), "{name}");
        let offer = office.run("offer.get", json!({"offer": offer}));
        assert_eq!((&offer["lead"], &offer["account"]), (&Json::Null, &answer["account"]["id"]), "{name}");
    });
}

#[test]
fn what_says_both_or_becomes_nothing_stays() {
    everywhere(|name, office| {
        let contact = make(office, "contact", json!({"email": "bea@seats.example", "first_name": "Bea"}));
        let lead = qualified(office, json!({"company": "A company alone"}));
        let alone = make(office, "seat", json!({"event": "fair", "lead": lead}));
        office.run("lead.convert", json!({"lead": lead}));
        assert_eq!(office.run("seat.get", json!({"seat": alone}))["lead"], lead, "{name}: there is no contact");

        let lead = qualified(office, json!({"email": "cleo@seats.example"}));
        let both = make(office, "seat", json!({"event": "fair", "lead": lead, "contact": contact}));
        office.run("lead.convert", json!({"lead": lead}));
        let both = office.run("seat.get", json!({"seat": both}));
        assert_eq!((&both["lead"], &both["contact"]), (&lead, &contact), "{name}");
    });
}

#[test]
fn a_contact_is_on_a_list_and_in_a_campaign_since_the_first_of_both() {
    everywhere(|name, office| {
        for first in ["lead", "contact"] {
            let email = format!("{first}@lists.example");
            let contact = make(office, "contact", json!({"email": email, "first_name": "Dora"}));
            let lead = qualified(office, json!({"email": email}));
            let list = make(office, "contact_list", json!({"name": format!("Of the {first}")}));
            let campaign = make(office, "campaign", json!({"name": format!("Of the {first}"), "type": "webinar"}));
            let join = |kind: &str| {
                let person = if kind == "lead" { &lead } else { &contact };
                office.run("contact_list.add", json!({"contact_list": list, format!("{kind}s"): [person]}));
                office.run("campaign.add", json!({"campaign": campaign, kind: person}));
            };
            let since = serde_json::to_value(office.clock.now()).unwrap();
            join(first);
            later(office);
            join(if first == "lead" { "contact" } else { "lead" });
            office.run("lead.convert", json!({"lead": lead}));
            for (operation, of) in
                [("contact_list.members", ("contact_list", &list)), ("campaign.members", ("campaign", &campaign))]
            {
                let page = office.run(operation, json!({of.0: of.1}));
                let members: Vec<_> =
                    page["items"].as_array().unwrap().iter().map(|one| (&one["contact"], &one["joined_at"])).collect();
                assert_eq!(members, [(&contact, &since)], "{name}: {operation}, the {first} first");
            }
        }
    });
}
