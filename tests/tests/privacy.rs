//! A person's data: found, exported and erased, by the marks of the kinds alone.

mod everywhere;
mod holds;
mod own_kind;
mod planted;
mod plants;

use std::collections::BTreeSet;

use nexa_crm::{Envelope, testing::Office};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// The ids of a kind in an answer by kinds.
fn ids_of(answer: &Json, kind: &str) -> BTreeSet<Uuid> {
    let of_kind = answer.as_array().unwrap().iter().find(|of| of["kind"] == kind);
    let ids = of_kind.map(|of| of["ids"].as_array().unwrap().clone()).unwrap_or_default();
    ids.iter().map(|id| id.as_str().unwrap().parse().unwrap()).collect()
}

fn id(json: &Json) -> Uuid {
    json["id"].as_str().unwrap().parse().unwrap()
}

fn verified(office: &Office) -> Json {
    office.run("ledger.verify", json!({"rows": true}))
}

fn erase(office: &Office, contact: Uuid) -> Json {
    office.run("person.erase", json!({"contact": contact, "reason": "Request 7"}))
}

#[test]
fn every_record_of_a_person_is_found() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let contact = office.id("contact");
        let made = |operation: &str, fields: Json| id(&office.run(operation, fields));
        // Known under the contact's address when it came in; in the trash; folded into another; a contact's second address.
        let asked_again = made("lead.create", json!({"email": "sarah@private.example"}));
        office.run("contact.update", json!({"contact": contact, "other_emails": ["sarah@home.example"]}));
        let by_other = made("lead.create", json!({"email": "sarah@home.example"}));
        office.run("lead.trash", json!({"lead": by_other}));
        let folded =
            made("contact.create", json!({"first_name": "Sarah", "last_name": "Chen", "email": "s.chen@old.example"}));
        office.run("contact.merge", json!({"contact": contact, "other": folded}));
        let by_folded = made("lead.create", json!({"email": "s.chen@old.example"}));
        office.run("campaign.add", json!({"campaign": office.id("campaign"), "contact": contact}));
        let note = made(
            "note.create",
            json!({"body": "Sarah Chen called", "about": [{"kind": "deal", "id": office.id("deal")}]}),
        );
        let secret = json!({"body": "sarah@home.example again", "readers": [{"user": office.id("colleague")}]});
        office.run_as("colleague", "note.create", secret).unwrap();
        let expected = (BTreeSet::from([contact, folded]), BTreeSet::from([asked_again, by_other, by_folded]));
        for who in [
            json!({"contact": contact}),
            json!({"contact": folded}),
            json!({"lead": by_folded}),
            json!({"email": "Sarah@Home.example"}),
        ] {
            let found = office.run("person.find", who);
            assert_eq!(
                (ids_of(&found["persons"], "contact"), ids_of(&found["persons"], "lead")),
                expected,
                "{}",
                backend.name
            );
            assert_eq!(ids_of(&found["belonging"], "ticket").len(), 5, "{}: {found}", backend.name);
            assert_eq!(ids_of(&found["belonging"], "campaign_member").len(), 1, "{}: {found}", backend.name);
            let mentions = found["mentions"].as_array().unwrap();
            let notes: BTreeSet<Uuid> = mentions.iter().filter(|one| one["kind"] == "note").map(id).collect();
            // Those about the contact and their ticket, and the one that names them; of the one for its readers, that there is one.
            let expected = BTreeSet::from([office.id("note"), office.id("ticket_note"), note]);
            assert_eq!(notes, expected, "{}", backend.name);
            assert_eq!(found["hidden_mentions"], 1, "{}", backend.name);
        }
        let nobody = office.run("person.find", json!({"email": "nobody@private.example"}));
        assert_eq!((&nobody["persons"], &nobody["belonging"]), (&json!([]), &json!([])), "{}", backend.name);
    }
}

#[test]
fn only_admins_and_the_host_handle_a_persons_data() {
    let office = Office::found(backends::memory().store);
    for (operation, with) in [
        ("person.find", json!({"contact": office.id("contact")})),
        ("person.export", json!({"contact": office.id("contact")})),
        ("person.erase", json!({"contact": office.id("contact"), "reason": "Request 7"})),
        ("person.erase_again", json!({"certificates": []})),
        ("erasure.find", json!({})),
    ] {
        for caller in ["agent", "viewer", "service", "customer"] {
            let refused = office.run_as(caller, operation, with.clone()).unwrap_err();
            assert_eq!(refused.code(), "access.denied", "{caller} {operation}");
        }
        office.run_as("system", operation, with).unwrap();
    }
}

#[test]
fn erasing_again_changes_nothing_and_returns_the_same_certificate() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let certificate = erase(&office, office.id("contact"));
        let head = office.head();
        assert_eq!(erase(&office, office.id("contact")), certificate, "{}", backend.name);
        assert_eq!(office.head(), head, "{}", backend.name);
        let unknown = json!({"email": "sarah@private.example", "reason": "Request 7"});
        assert_eq!(office.run_as("admin", "person.erase", unknown).unwrap_err().code(), "person.unknown");
        // Whoever has the address later is somebody else.
        office.run("contact.create", json!({"email": "sarah@private.example"}));
    }
}

#[test]
fn a_dry_run_says_what_would_go_and_changes_nothing() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let (head, with) = (office.head(), json!({"contact": office.id("contact"), "reason": "Request 7"}));
        let said = block_on(office.session("admin").execute("person.erase", with, Envelope::dry())).unwrap();
        assert_eq!(office.head(), head, "{}", backend.name);
        let contact = office.run("contact.get", json!({"contact": office.id("contact")}));
        assert_eq!(contact["email"], "sarah@private.example", "{}", backend.name);
        let done = erase(&office, office.id("contact"));
        assert!(said["event_count"].as_i64().unwrap() > 0, "{}", backend.name);
        for count in ["record_count", "event_count", "answer_count"] {
            assert_eq!(said[count], done[count], "{}: {count}", backend.name);
        }
    }
}

#[test]
fn what_points_at_them_names_an_erased_person_and_numbers_stay() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let contact = office.id("contact");
        office.run("deal.update", json!({"deal": office.id("deal"), "primary_contact": contact}));
        let numbers = || {
            let counts = ["lead", "contact", "ticket", "deal", "campaign_member", "note"]
                .map(|kind| office.run(&format!("{kind}.count"), json!({})));
            let sums = office.run("deal.pipeline", json!({}));
            let overview = office.run("contact.overview", json!({"contact": contact}));
            json!([counts, sums, overview["deals"], overview["tickets"]])
        };
        let before = numbers();
        let certificate = erase(&office, contact);
        assert_eq!(numbers(), before, "{}", backend.name);
        let record = office.run("contact.get", json!({"contact": contact}));
        assert_eq!(
            (&record["email"], &record["erased_at"]),
            (&Json::Null, &json!("2025-11-17T09:00:00.000000Z")),
            "{}",
            backend.name
        );
        let deal = office.run("deal.get", json!({"deal": office.id("deal")}));
        assert_eq!(deal["primary_contact"], json!(contact), "{}", backend.name);
        let found = verified(&office);
        assert_eq!(found["erased"], certificate["event_count"], "{}", backend.name);
    }
}

#[test]
fn what_was_erased_cannot_be_undone() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let contact = office.id("contact");
        office.run("contact.update", json!({"contact": contact, "first_name": "Sarah"}));
        let renamed = office.events().last().unwrap().clone();
        let nexa_crm::FeedItem::Changed(renamed) = renamed else { panic!("a change") };
        erase(&office, contact);
        let nexa_crm::FeedItem::Changed(erased) = office.events().last().unwrap().clone() else { panic!("a change") };
        let undo = |unit: Uuid| office.run_as("admin", "ledger.undo", json!({"unit": unit})).unwrap_err();
        assert_eq!(undo(renamed.unit).code(), "undo.erased", "{}", backend.name);
        assert_eq!(undo(erased.unit).code(), "undo.final", "{}", backend.name);
    }
}

#[test]
fn the_reason_names_nobody() {
    let office = Office::found(backends::memory().store);
    let contact = office.id("contact");
    office.run("contact.update", json!({"contact": contact, "first_name": "Sarah", "last_name": "Chen"}));
    for reason in ["Asked by sarah@private.example", "SARAH  CHEN asked".replace("  ", " ").as_str()] {
        let refused = office.run_as("admin", "person.erase", json!({"contact": contact, "reason": reason}));
        assert_eq!(refused.unwrap_err().code(), "person.reason_names", "{reason}");
    }
}

#[test]
fn a_person_is_named_in_one_way() {
    let office = Office::found(backends::memory().store);
    let (contact, lead) = (office.id("contact"), office.id("lead"));
    for who in [json!({}), json!({"contact": contact, "lead": lead}), json!({"email": "a@b.example", "lead": lead})] {
        assert_eq!(office.run_as("admin", "person.find", who).unwrap_err().code(), "field.invalid");
    }
}

/// A restored backup brings erased people back; their certificates take them out again.
#[test]
fn certificates_erase_again_what_a_backup_brought_back() {
    for (backend, restored) in backends::all().into_iter().zip(backends::all()) {
        let (office, before) = (Office::found(backend.store), Office::found(restored.store));
        let contact = office.id("contact");
        let certificate = erase(&office, contact);
        assert_eq!(before.id("contact"), contact);
        let again = before.run("person.erase_again", json!({"certificates": [certificate]}));
        assert_eq!(
            (&again["certificates"], &again["records"]),
            (&json!(1), &certificate["record_count"]),
            "{}",
            backend.name
        );
        let record = before.run("contact.get", json!({"contact": contact}));
        assert_eq!(record["email"], Json::Null, "{}", backend.name);
        let known = before.run("erasure.get", json!({"erasure": certificate["id"]}));
        assert_eq!(known["records"], certificate["records"], "{}", backend.name);
        let twice = before.run("person.erase_again", json!({"certificates": [certificate]}));
        assert_eq!(twice["records"], 0, "{}", backend.name);
        verified(&before);
    }
}

/// A history is read page by page: of two pages and more nothing is left out.
#[test]
fn a_long_history_is_erased_whole() {
    for backend in [backends::memory(), backends::sqlite()] {
        let office = Office::found(backend.store);
        let contact = office.id("contact");
        for number in 0..2_100 {
            // Every other change says nothing of the person, and stays.
            let field = if number % 2 == 0 { "description" } else { "title" };
            office.run("contact.update", json!({"contact": contact, field: format!("Round {number}")}));
        }
        let certificate = erase(&office, contact);
        assert!(certificate["event_count"].as_i64().unwrap() > 1_050, "{}: {certificate}", backend.name);
        let events = format!("{:?}", office.events());
        assert!(!events.contains("Round 2098") && events.contains("Round 2099"), "{}", backend.name);
        assert_eq!(verified(&office)["erased"], certificate["event_count"], "{}", backend.name);
        let record = office.run("contact.get", json!({"contact": contact}));
        assert_eq!((&record["description"], &record["title"]), (&Json::Null, &json!("Round 2099")), "{}", backend.name);
    }
}

/// Whoever has a copy of an erased record drops it, with what happened to it, and reads it anew.
#[test]
fn a_reader_of_the_feed_drops_what_was_erased() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let (contact, seen) = (office.id("contact"), office.position());
        erase(&office, contact);
        for caller in ["admin", "agent"] {
            let feed = block_on(office.session(caller).feed(seen, 1_000)).unwrap();
            let told: Vec<&str> = feed
                .items
                .iter()
                .filter_map(|item| match item {
                    nexa_crm::FeedItem::Gone { kind, id, .. } if kind == "contact" && *id == contact => Some("gone"),
                    nexa_crm::FeedItem::Changed(change) if change.record == contact => Some("changed"),
                    _ => None,
                })
                .collect();
            assert_eq!(told, ["gone", "changed"], "{} {caller}: {:?}", backend.name, feed.items);
        }
    }
}
