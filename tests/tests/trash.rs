//! Into the trash, out of it with what went along, and gone for good: on every backend.

use nexa_crm::{Error, FeedItem, kernel::ledger::Verb, testing::Office};
use nexa_tests::{backends, veil::Veil};
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Tries something with an office on every backend, and what a failing test calls that.
fn on_all(test: impl Fn(&'static str, Office, Veil)) {
    for backend in backends::all() {
        let veil = Veil::default();
        test(backend.name, Office::found_with(backend.store, nexa_core::builder().policy(veil.clone())), veil);
    }
}

fn id_of(record: &Json) -> Uuid {
    record["id"].as_str().unwrap().parse().unwrap()
}

fn create(office: &Office, kind: &str, fields: Json) -> Uuid {
    id_of(&office.run(&format!("{kind}.create"), fields))
}

fn trash(office: &Office, kind: &str, id: Uuid) {
    office.run(&format!("{kind}.trash"), json!({kind: id}));
}

fn refused(office: &Office, operation: &str, arguments: Json) -> Error {
    let head = office.head();
    let Err(error) = office.run_as("admin", operation, arguments.clone()) else {
        panic!("{operation} {arguments} is let through")
    };
    assert_eq!(office.head(), head, "{operation}: a refusal left an event");
    error
}

fn is_live(office: &Office, kind: &str, id: Uuid) -> bool {
    office.run_as("system", &format!("{kind}.get"), json!({kind: id})).is_ok()
}

/// Fields of a record of a kind that can be merged.
fn mergeable(kind: &str, word: &str) -> Json {
    match kind {
        "lead" | "contact" => json!({"email": format!("{word}@umbrella.example")}),
        "account" => json!({"name": word}),
        "feature_request" => json!({"title": word}),
        _ => json!({"subject": word}),
    }
}

#[test]
fn who_survived_a_merge_is_purged_with_what_was_merged_into_it() {
    on_all(|name, office, _| {
        for merge in office.crm.catalog().operations().filter(|operation| operation.name.ends_with(".merge")) {
            let kind = merge.kind;
            let label = format!("{name}, {kind}");
            let [first, second, third, other] =
                ["first", "second", "third", "other"].map(|word| create(&office, kind, mergeable(kind, word)));
            if kind == "ticket" {
                office.run("ticket.comment", json!({"ticket": third, "body": "About the third"}));
            } else if ["lead", "contact"].contains(&kind) {
                office.run("campaign.add", json!({"campaign": office.id("campaign"), kind: third}));
            }
            let (merge, purge) = (format!("{kind}.merge"), format!("{kind}.purge"));
            office.run(&merge, json!({kind: second, "other": third}));
            office.run(&merge, json!({kind: first, "other": second}));
            for id in [first, second, third] {
                assert_eq!(refused(&office, &purge, json!({kind: id})).code(), "record.not_trashed", "{label}");
            }
            trash(&office, kind, first);
            // By whichever id: it is one person by now.
            office.run(&purge, json!({kind: third}));
            let events = office.events();
            for id in [first, second, third] {
                for (operation, arguments) in
                    [("get", json!({kind: id, "trashed": true})), ("history", json!({kind: id}))]
                {
                    let error = refused(&office, &format!("{kind}.{operation}"), arguments);
                    assert_eq!(error.code(), "record.not_found", "{label}: {operation}");
                }
                let last = events.iter().rev().find_map(|item| match item {
                    FeedItem::Changed(change) if change.record == id && change.kind == kind => Some(change.verb),
                    _ => None,
                });
                assert_eq!(last, Some(Verb::Purged), "{label}: what the history says last");
                let mut again = mergeable(kind, "again");
                again["id"] = json!(id);
                assert_eq!(refused(&office, &format!("{kind}.create"), again).code(), "id.taken", "{label}");
            }
            assert!(is_live(&office, kind, other), "{label}: who was not merged stays");
        }
        office.run("ledger.verify", json!({}));
    });
}

#[test]
fn a_purge_names_what_is_in_its_way() {
    on_all(|name, office, _| {
        let contact = create(&office, "contact", json!({"email": "way@umbrella.example"}));
        let below = create(&office, "contact", json!({"email": "below@umbrella.example", "reports_to": contact}));
        let deal = create(&office, "deal", json!({"name": "Plan", "primary_contact": contact}));
        trash(&office, "deal", deal);
        trash(&office, "contact", contact);
        let error = refused(&office, "contact.purge", json!({"contact": contact}));
        assert_eq!(error.code(), "record.pointed_at", "{name}: {error:?}");
        let mut pointing: Vec<String> = serde_json::from_value(error.params()["pointing"].clone()).unwrap();
        pointing.sort();
        assert_eq!(pointing, ["1 contact", "1 deal"], "{name}");
        office.run("deal.purge", json!({"deal": deal}));
        office.run("contact.update", json!({"contact": below, "reports_to": null}));
        office.run("contact.purge", json!({"contact": contact}));
        assert!(is_live(&office, "contact", below), "{name}");
    });
}

#[test]
fn a_purge_counts_only_what_its_caller_sees() {
    on_all(|name, office, veil| {
        let admin = office.id("admin");
        let contact = create(&office, "contact", json!({"email": "way@umbrella.example"}));
        let below = ["a", "b"].map(|word| {
            let fields = json!({"email": format!("{word}@umbrella.example"), "reports_to": contact});
            create(&office, "contact", fields)
        });
        trash(&office, "contact", contact);
        veil.hide(admin, [below[0]]);
        let error = refused(&office, "contact.purge", json!({"contact": contact}));
        assert_eq!((error.code(), &error.params()["pointing"]), ("record.pointed_at", &json!(["1 contact"])), "{name}");
        veil.hide(admin, below);
        let error = refused(&office, "contact.purge", json!({"contact": contact}));
        assert_eq!(error.code(), "record.dependents_hidden", "{name}");
        assert_eq!(error.params().len(), 1, "{name}: {error:?}");
        veil.lift();
    });
}

/// An account with what needs it: a subsidiary with a contact, a contact with a ticket, a deal.
struct Family {
    account: Uuid,
    all: Vec<(&'static str, Uuid)>,
}

impl Family {
    fn of(office: &Office, word: &str) -> Self {
        let account = create(office, "account", json!({"name": word}));
        let below = create(office, "account", json!({"name": format!("{word} UK"), "parent": account}));
        let person = |name: &str, account: Uuid| {
            create(office, "contact", json!({"email": format!("{name}@{word}.example"), "account": account}))
        };
        let (ann, bob) = (person("ann", account), person("bob", below));
        let ticket = create(office, "ticket", json!({"subject": word, "contact": ann, "account": account}));
        let deal = create(office, "deal", json!({"name": word, "account": account, "primary_contact": ann}));
        let all = [
            ("account", account),
            ("account", below),
            ("contact", ann),
            ("contact", bob),
            ("ticket", ticket),
            ("deal", deal),
        ];
        Self { account, all: all.to_vec() }
    }
    fn live(&self, office: &Office) -> usize {
        self.all.iter().filter(|(kind, id)| is_live(office, kind, *id)).count()
    }
    fn cascade(&self, office: &Office) {
        office.run("account.trash", json!({"account": self.account, "on_dependents": "cascade"}));
        assert_eq!(self.live(office), 0);
    }
}

#[test]
fn what_went_with_a_cascade_comes_back_with_it() {
    on_all(|name, office, _| {
        let family = Family::of(&office, "acme");
        let before = create(&office, "contact", json!({"email": "before@acme.example", "account": family.account}));
        trash(&office, "contact", before);
        family.cascade(&office);
        let head = office.head();
        office.run("account.restore", json!({"account": family.account}));
        assert_eq!(family.live(&office), family.all.len(), "{name}");
        assert!(!is_live(&office, "contact", before), "{name}: what was there before stays");
        let units: std::collections::BTreeSet<Uuid> = office
            .events()
            .into_iter()
            .filter_map(|item| match item {
                FeedItem::Changed(change) if change.seq > head => Some(change.unit),
                _ => None,
            })
            .collect();
        assert_eq!(units.len(), 1, "{name}: one unit");
        // Unless asked otherwise.
        family.cascade(&office);
        office.run("account.restore", json!({"account": family.account, "without_dependents": true}));
        assert_eq!(family.live(&office), 1, "{name}");
        // What came back alone and went again is no longer of the cascade.
        let (kind, ann) = family.all[2];
        office.run("contact.restore", json!({kind: ann, "without_dependents": true}));
        office.clock.advance(std::time::Duration::from_secs(60));
        office.run("contact.trash", json!({kind: ann}));
        office.run("account.trash", json!({"account": family.account}));
        office.run("account.restore", json!({"account": family.account}));
        assert_eq!(family.live(&office), 1, "{name}");
    });
}

#[test]
fn a_batch_that_trashed_more_brings_back_what_needed_the_record_alone() {
    on_all(|name, office, _| {
        let (family, other) = (Family::of(&office, "acme"), Family::of(&office, "hooli"));
        let requests = [&family, &other].map(|family| nexa_crm::Request {
            run: "account.trash".to_owned(),
            with: json!({"account": family.account, "on_dependents": "cascade"}),
        });
        let batch = office.session("admin");
        pollster::block_on(batch.batch(requests.to_vec(), nexa_crm::Envelope::default())).unwrap();
        office.run("account.restore", json!({"account": other.account}));
        assert_eq!((family.live(&office), other.live(&office)), (0, other.all.len()), "{name}");
    });
}

#[test]
fn what_cannot_come_back_is_named() {
    on_all(|name, office, veil| {
        let family = Family::of(&office, "acme");
        family.cascade(&office);
        let heir = create(&office, "contact", json!({"email": "ann@acme.example"}));
        let restore = json!({"account": family.account});
        let error = refused(&office, "account.restore", restore.clone());
        assert_eq!(error.code(), "restore.dependent_stays", "{name}: {error:?}");
        assert_eq!(error.params()["kind"], "contact", "{name}");
        assert_eq!(error.params()["id"], json!(family.all[2].1), "{name}");
        assert_eq!(family.live(&office), 0, "{name}: all or nothing");
        trash(&office, "contact", heir);
        // Who does not see all that went along does not bring it back, and does not learn what it is.
        veil.hide(office.id("admin"), [family.all[3].1]);
        let error = refused(&office, "account.restore", restore.clone());
        assert_eq!((error.code(), error.params().len()), ("record.dependents_hidden", 1), "{name}: {error:?}");
        veil.lift();
        office.run("account.restore", restore);
        assert_eq!(family.live(&office), family.all.len(), "{name}");
    });
}

#[test]
fn nothing_comes_back_to_what_is_in_the_trash_or_hidden() {
    on_all(|name, office, veil| {
        let account = create(&office, "account", json!({"name": "Umbrella"}));
        let contact = create(&office, "contact", json!({"email": "ann@umbrella.example", "account": account}));
        office.run("account.set_primary_contact", json!({"account": account, "contact": contact}));
        trash(&office, "contact", contact);
        trash(&office, "account", account);
        let error = refused(&office, "contact.restore", json!({"contact": contact}));
        assert_eq!(error.code(), "restore.reference_gone", "{name}: {error:?}");
        for (param, value) in [("field", json!("account")), ("of", json!("account")), ("id", json!(account))] {
            assert_eq!(error.params()[param], value, "{name}");
        }
        // The other way round there is no dead end: a primary contact that is gone is none.
        office.run("account.restore", json!({"account": account}));
        veil.hide(office.id("admin"), [account]);
        let hidden = refused(&office, "contact.restore", json!({"contact": contact}));
        assert_eq!(hidden.code(), "restore.reference_gone", "{name}: {hidden:?}");
        assert_ne!(hidden.params()["problem"], error.params()["problem"], "{name}: nothing shows that it is live");
        veil.lift();
        office.run("contact.restore", json!({"contact": contact}));
        // A task about something, as well.
        let task = create(&office, "task", json!({"title": "Call", "about": {"kind": "contact", "id": contact}}));
        trash(&office, "task", task);
        trash(&office, "contact", contact);
        let error = refused(&office, "task.restore", json!({"task": task}));
        assert_eq!((error.code(), &error.params()["id"]), ("restore.reference_gone", &json!(contact)), "{name}");
        office.run("contact.purge", json!({"contact": contact}));
        office.run("task.restore", json!({"task": task}));
    });
}

#[test]
fn what_comes_back_is_checked_as_if_it_were_new() {
    on_all(|name, office, _| {
        // A mail address that somebody has by now, and a key.
        let key = json!([{"system": "erp", "key": "1"}]);
        let lead = create(&office, "lead", json!({"email": "a@umbrella.example", "external_keys": key}));
        trash(&office, "lead", lead);
        let heir = create(&office, "lead", json!({"email": "a@umbrella.example"}));
        assert_eq!(refused(&office, "lead.restore", json!({"lead": lead})).code(), "lead.email_taken", "{name}");
        trash(&office, "lead", heir);
        let heir = create(&office, "lead", json!({"phone": "+4930555777", "external_keys": key}));
        assert_eq!(refused(&office, "lead.restore", json!({"lead": lead})).code(), "external_key.taken", "{name}");
        trash(&office, "lead", heir);
        office.run("lead.restore", json!({"lead": lead}));

        // A choice that is no longer one.
        office.run("lead.update", json!({"lead": lead, "source": "fair"}));
        trash(&office, "lead", lead);
        office.run("org.configure", json!({"choices": {"lead.source": ["referral"]}}));
        assert_eq!(refused(&office, "lead.restore", json!({"lead": lead})).code(), "choice.unknown", "{name}");
        office.run("org.configure", json!({"choices": {"lead.source": ["referral", "fair"]}}));
        office.run("lead.restore", json!({"lead": lead}));

        // A custom field that is no longer one, whose value can still be emptied.
        office.run("field.define", json!({"of_kind": "lead", "name": "shoe_size", "holds": "number"}));
        let fields = office.run("field.find", json!({"filter": {"field": "name", "value": "shoe_size"}}));
        office.run("lead.update", json!({"lead": lead, "custom": {"shoe_size": 42}}));
        trash(&office, "lead", lead);
        office.run("field.remove", json!({"field": fields["items"][0]["id"]}));
        office.run("lead.restore", json!({"lead": lead}));
        office.run("lead.update", json!({"lead": lead, "custom": {"shoe_size": null}}));

        // Somebody who no longer works here.
        let leaver = create(&office, "user", json!({"name": "Leo", "email": "leo@acme.example"}));
        office.run("lead.update", json!({"lead": lead, "assignee": {"user": leaver}}));
        trash(&office, "lead", lead);
        office.run("user.deactivate", json!({"user": leaver}));
        assert_eq!(refused(&office, "lead.restore", json!({"lead": lead})).code(), "assignee.inactive", "{name}");
        office.run("user.activate", json!({"user": leaver}));
        office.run("lead.restore", json!({"lead": lead}));

        // A default pipeline beside another.
        let standard = create(&office, "pipeline", json!({"name": "First", "is_default": true}));
        trash(&office, "pipeline", standard);
        let next = create(&office, "pipeline", json!({"name": "Next", "is_default": true}));
        office.run("pipeline.restore", json!({"pipeline": standard}));
        let default = json!({"filter": {"field": "is_default", "value": true}});
        let defaults = office.run("pipeline.find", default);
        assert_eq!(defaults["items"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(id_of(&defaults["items"][0]), next, "{name}");
    });
}

#[test]
fn a_new_reference_to_a_merged_record_means_its_survivor() {
    on_all(|name, office, _| {
        let [kept, gone] = ["kept", "gone"].map(|word| create(&office, "account", json!({"name": word})));
        office.run("account.merge", json!({"account": kept, "other": gone}));
        let contact = office.run("contact.create", json!({"email": "n@umbrella.example", "account": gone}));
        assert_eq!(contact["account"], json!(kept), "{name}");
    });
}

#[test]
fn a_routing_to_a_list_in_the_trash_says_so() {
    let office = Office::found(backends::memory().store);
    let route = || office.run_as("admin", "lead.route", json!({"lead": office.id("lead")}));
    office.run("contact_list.trash", json!({"contact_list": office.id("contact_list")}));
    assert_eq!(route().unwrap_err().code(), "routing.list_trashed");
    office.run("contact_list.restore", json!({"contact_list": office.id("contact_list")}));
    assert_eq!(route().unwrap()["contact_list"], json!(office.id("contact_list")));
}
