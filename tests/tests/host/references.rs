//! A host names records by its own keys and makes them under its own ids.

use nexa_crm::{Envelope, Result, testing::Office};
use nexa_tests::{backends, samples::Samples};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Puts a key in place of every id of a record that has one.
fn by_key(office: &Office, json: &mut Json, keyed: &mut bool) {
    match json {
        // What something is about is named by kind and id.
        Json::Object(map) if map.len() == 2 && map.contains_key("kind") && map.contains_key("id") => {}
        Json::Object(map) => {
            // A certificate names records that may have lost their keys.
            let named = map.iter_mut().filter(|(name, _)| *name != "certificates");
            named.for_each(|(_, value)| by_key(office, value, keyed));
        }
        Json::Array(items) => items.iter_mut().for_each(|value| by_key(office, value, keyed)),
        Json::String(text) => {
            let Ok(id) = text.parse::<Uuid>() else { return };
            let key = json!({"system": "host", "key": id.to_string()});
            let has = |kind: &str| {
                office.crm.kinds().get(kind).is_some_and(|def| def.external_keys.is_some())
                    && office.run_as("system", &format!("{kind}.get"), json!({kind: key})).is_ok()
            };
            if ["lead", "contact", "account", "deal", "task", "ticket", "campaign", "contact_list"].into_iter().any(has)
            {
                *json = key;
                *keyed = true;
            }
        }
        _ => {}
    }
}

/// What came of a call: its refusal, or that it was let through.
fn outcome(answer: &Result<Json>) -> &str {
    answer.as_ref().err().map_or("ok", nexa_crm::Error::code)
}

#[test]
fn a_key_does_wherever_an_id_does() {
    let office = Office::found(backends::memory().store);
    let words = [
        ("lead", ["lead", "other_lead", "contacted", "qualified", "lost"].as_slice()),
        ("contact", &["contact", "other_contact"]),
        ("account", &["account", "other_account"]),
        ("deal", &["deal", "lost_deal"]),
        ("task", &["task", "done"]),
        ("ticket", &["ticket", "other_ticket", "resolved"]),
        ("campaign", &["campaign"]),
        ("contact_list", &["contact_list"]),
    ];
    for (kind, words) in words {
        for word in words {
            let id = office.id(word);
            let keys = json!([{"system": "host", "key": id.to_string()}]);
            office.run(&format!("{kind}.update"), json!({kind: id, "external_keys": keys}));
        }
    }
    let mut tried = 0;
    for operation in office.crm.catalog().operations() {
        let Some(sample) = office.sample(operation) else { continue };
        if operation.name.ends_with(".import_rows") || operation.name.ends_with(".import_csv") {
            continue;
        }
        let mut keyed = sample.clone();
        let mut has_key = false;
        by_key(&office, &mut keyed, &mut has_key);
        if !has_key {
            continue;
        }
        tried += 1;
        let call = |arguments: &Json| {
            block_on(office.session("admin").execute(operation.name, arguments.clone(), Envelope::dry()))
        };
        let (by_id, by_key) = (call(&sample), call(&keyed));
        assert_eq!(outcome(&by_id), outcome(&by_key), "{} {keyed}: {by_key:?}", operation.name);
        let unknown = json!({"system": "host", "key": "nobody"});
        let mut wrong = keyed.clone();
        wrong.as_object_mut().unwrap().values_mut().filter(|value| value.get("system").is_some()).for_each(|value| {
            *value = unknown.clone();
        });
        if wrong != keyed {
            let refused = call(&wrong).unwrap_err();
            assert!(
                ["record.not_found", "reference.broken"].contains(&refused.code()),
                "{}: {refused:?}",
                operation.name
            );
        }
    }
    assert!(tried > 60, "only {tried} operations take keys");
}

#[test]
fn a_key_belongs_to_one_record() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let key = json!([{"system": "erp", "key": "1"}]);
        let lead = office.run("lead.create", json!({"external_keys": key}));
        let taken = office.run_as("admin", "lead.create", json!({"external_keys": key})).unwrap_err();
        assert_eq!(taken.code(), "external_key.taken", "{}", backend.name);
        assert_eq!(taken.params()["system"], "erp", "{}", backend.name);
        // Another kind may have the same one.
        office.run("contact.create", json!({"external_keys": key}));
        // The trash frees it; restoring checks it again.
        office.run("lead.trash", json!({"lead": lead["id"]}));
        let heir = office.run("lead.create", json!({"external_keys": key}));
        let restored = office.run_as("admin", "lead.restore", json!({"lead": lead["id"]})).unwrap_err();
        assert_eq!(restored.code(), "external_key.taken", "{}", backend.name);
        // A merge unites the keys, and either finds the survivor.
        let other = office.run("lead.create", json!({"external_keys": [{"system": "crm", "key": "9"}]}));
        office.run("lead.merge", json!({"lead": other["id"], "other": heir["id"]}));
        for (system, key) in [("erp", "1"), ("crm", "9")] {
            let found = office.run("lead.get", json!({"lead": {"system": system, "key": key}}));
            assert_eq!(found["id"], other["id"], "{}", backend.name);
        }
    }
}

#[test]
fn a_record_is_made_under_the_id_that_is_given() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let kinds =
            ["lead", "contact", "account", "deal", "task", "ticket", "campaign", "contact_list", "group", "pipeline"];
        for (number, kind) in kinds.into_iter().enumerate() {
            let id = Uuid::from_u128(0xabc + number as u128);
            let mut fields = office.fields(kind).unwrap();
            fields["id"] = json!(id);
            let create = format!("{kind}.create");
            assert_eq!(office.run(&create, fields.clone())["id"], json!(id), "{}, {kind}", backend.name);
            let mut again = fields;
            for unique in ["email", "name", "subject"] {
                if again.get(unique).is_some() {
                    again[unique] = json!("other@example.com");
                }
            }
            let taken = office.run_as("admin", &create, again).unwrap_err();
            assert_eq!(taken.code(), "id.taken", "{}, {kind}", backend.name);
        }
        // Also by one that is in the trash.
        office.run("lead.trash", json!({"lead": Uuid::from_u128(0xabc)}));
        let taken =
            office.run_as("admin", "lead.create", json!({"id": Uuid::from_u128(0xabc), "email": "n@example.com"}));
        assert_eq!(taken.unwrap_err().code(), "id.taken", "{}", backend.name);
        let nil = office.run_as("admin", "lead.create", json!({"id": Uuid::nil(), "email": "nil@example.com"}));
        assert_ne!(
            nil.map(|lead| lead["id"].clone()).ok(),
            Some(json!(Uuid::nil())),
            "{}: nobody is nil",
            backend.name
        );
    }
}
