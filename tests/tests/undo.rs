//! What a unit did is undone: by its events, as far as nobody changed the same since, under every rule, and again.

mod catalog;

use std::sync::Arc;

use nexa_crm::{
    Envelope, FeedItem, Result,
    kernel::{memory::MemoryStore, query::Change},
    testing::Office,
};
use nexa_tests::{backends, veil::Veil};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// The last event of the ledger.
fn last(office: &Office) -> Change {
    let Some(FeedItem::Changed(change)) = office.events().pop() else { panic!("the host sees everything") };
    *change
}

/// The unit of the last event.
pub(crate) fn last_unit(office: &Office) -> Uuid {
    last(office).unit
}

fn undo_as(office: &Office, caller: &str, arguments: Json) -> Result<Json> {
    office.run_as(caller, "ledger.undo", arguments)
}

fn undo(office: &Office, unit: Uuid) -> Json {
    undo_as(office, "admin", json!({"unit": unit})).unwrap_or_else(|error| panic!("{error:?}"))
}

fn refused(office: &Office, arguments: Json) -> nexa_crm::Error {
    let head = office.head();
    let error = undo_as(office, "admin", arguments).unwrap_err();
    assert_eq!(office.head(), head, "a refusal left an event: {error:?}");
    error
}

fn get(office: &Office, kind: &str, id: Uuid) -> Json {
    office.run(&format!("{kind}.get"), json!({kind: id, "trashed": true}))
}

#[test]
fn an_update_is_undone_and_redone_on_every_backend() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let id = office.id("contact");
        let before = get(&office, "contact", id);
        office.run("contact.update", json!({"contact": id, "title": "CTO", "tags": ["vip"]}));
        let after = get(&office, "contact", id);
        let unit = last_unit(&office);
        let undone = undo(&office, unit);
        assert_eq!(undone["undone"], json!(unit), "{}", backend.name);
        assert_eq!(undone["reversed"], json!([{"kind": "contact", "id": id}]), "{}", backend.name);
        assert!(undone["not_undone"].as_array().unwrap().contains(&json!("version")), "{undone}");
        let event = last(&office);
        assert_eq!((event.command.as_str(), event.cause), ("ledger.undo", Some(format!("undo:{unit}"))));
        let back = get(&office, "contact", id);
        assert_eq!((&back["title"], &back["tags"]), (&before["title"], &before["tags"]), "{}", backend.name);
        assert_eq!(back["version"], json!(before["version"].as_i64().unwrap() + 2), "{}", backend.name);
        let again = refused(&office, json!({"unit": unit}));
        assert_eq!((again.code(), &again.params()["undo"]), ("undo.done", &undone["unit"]), "{}", backend.name);
        let redo = undo(&office, event.unit);
        let redone = get(&office, "contact", id);
        assert_eq!((&redone["title"], &redone["tags"]), (&after["title"], &after["tags"]), "{}", backend.name);
        // What was redone can be undone again, by the first unit as by the last.
        assert_eq!(refused(&office, json!({"unit": event.unit})).code(), "undo.done", "{}", backend.name);
        undo(&office, unit);
        assert_eq!(get(&office, "contact", id)["title"], before["title"], "{}", backend.name);
        assert_eq!(redo["undone"], json!(event.unit), "{}", backend.name);
    }
}

#[test]
fn a_merge_is_undone_with_all_that_it_moved() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let (kept, gone) = (office.id("contact"), office.id("other_contact"));
        let deal = office.run("deal.create", json!({"name": "Bill's", "primary_contact": gone}))["id"].clone();
        let before = [get(&office, "contact", kept), get(&office, "contact", gone)];
        office.run("contact.merge", json!({"contact": kept, "other": gone}));
        assert_eq!(office.run("deal.get", json!({"deal": deal}))["primary_contact"], json!(kept));
        undo(&office, last_unit(&office));
        for (id, before) in [kept, gone].into_iter().zip(before) {
            let back = get(&office, "contact", id);
            for field in ["id", "email", "other_emails", "deleted_at", "merged_into", "account"] {
                assert_eq!(back[field], before[field], "{}: {field}", backend.name);
            }
        }
        assert_eq!(office.run("deal.get", json!({"deal": deal}))["primary_contact"], json!(gone), "{}", backend.name);
        let found = office.run("contact.search", json!({"text": "bill"}));
        assert_eq!(found["items"][0]["id"], json!(gone), "{}", backend.name);
    }
}

#[test]
fn what_was_purged_comes_back_with_its_id_and_its_first_day() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let id = office.id("task");
        office.run("task.trash", json!({"task": id}));
        let before = get(&office, "task", id);
        office.clock.advance(std::time::Duration::from_secs(3_600));
        office.run("task.purge", json!({"task": id}));
        undo(&office, last_unit(&office));
        let back = get(&office, "task", id);
        for field in ["id", "title", "created_at", "deleted_at", "status"] {
            assert_eq!(back[field], before[field], "{}: {field}", backend.name);
        }
        let history = office.run("task.history", json!({"task": id}));
        assert_eq!(back["version"], json!(history["items"].as_array().unwrap().len()), "{}", backend.name);
        block_on(office.session("admin").execute("ledger.verify", json!({"rows": true}), Envelope::default())).unwrap();
    }
}

#[test]
fn what_somebody_changed_since_is_a_conflict_that_names_them() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let id = office.id("contact");
        office.run("contact.update", json!({"contact": id, "title": "CTO", "department": "IT"}));
        let unit = last_unit(&office);
        let by = office.id("agent");
        office.run_as("agent", "contact.update", json!({"contact": id, "title": "CEO"})).unwrap();
        let later = last_unit(&office);
        let error = refused(&office, json!({"unit": unit}));
        assert_eq!(error.code(), "undo.conflict", "{}", backend.name);
        let conflict = &error.params()["conflicts"][0];
        assert_eq!(
            (&conflict["field"], &conflict["was"], &conflict["expected"], &conflict["found"]),
            (&json!("title"), &json!(null), &json!("CTO"), &json!("CEO")),
            "{}",
            backend.name
        );
        assert_eq!((&conflict["unit"], &conflict["by"]), (&json!(later), &json!(format!("user:{by}"))));
        let skipped = undo_as(&office, "admin", json!({"unit": unit, "on_conflict": "skip"})).unwrap();
        assert_eq!(skipped["reversed"], json!([]), "{}", backend.name);
        assert_eq!(skipped["kept"][0]["code"], "undo.changed", "{}", backend.name);
        assert_eq!(get(&office, "contact", id)["department"], "IT", "{}", backend.name);
        // Another field does not stand in the way.
        undo(&office, later);
        undo(&office, unit);
        assert_eq!(get(&office, "contact", id)["department"], json!(null), "{}", backend.name);
    }
}

#[test]
fn of_a_list_or_of_custom_fields_only_what_the_unit_changed_goes_back() {
    let office = Office::found(Arc::new(MemoryStore::new()));
    let id = office.id("contact");
    office.run("field.define", json!({"of_kind": "contact", "name": "shoe", "holds": "number"}));
    office.run("field.define", json!({"of_kind": "contact", "name": "hat", "holds": "number"}));
    office.run("contact.update", json!({"contact": id, "tags": ["a", "b"], "custom": {"shoe": 1}}));
    office.run("contact.update", json!({"contact": id, "tags": ["b", "c"], "custom": {"shoe": 2}}));
    let unit = last_unit(&office);
    office.run("contact.update", json!({"contact": id, "tags": ["b", "c", "d"], "custom": {"shoe": 2, "hat": 7}}));
    undo(&office, unit);
    let back = get(&office, "contact", id);
    assert_eq!((&back["tags"], &back["custom"]), (&json!(["a", "b", "d"]), &json!({"shoe": 1, "hat": 7})));
    office.run("contact.update", json!({"contact": id, "custom": {"shoe": 3, "hat": 7}}));
    let unit = last_unit(&office);
    office.run("contact.update", json!({"contact": id, "custom": {"shoe": 4, "hat": 7}}));
    assert_eq!(refused(&office, json!({"unit": unit})).params()["conflicts"][0]["field"], "custom.shoe");
}

#[test]
fn what_others_point_at_by_now_is_not_removed() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let account = office.run("account.create", json!({"name": "Umbrella"}))["id"].clone();
        let unit = last_unit(&office);
        let contact = office.run("contact.create", json!({"email": "new@umbrella.example", "account": account}));
        let making = last_unit(&office);
        let error = refused(&office, json!({"unit": unit}));
        let conflict = &error.params()["conflicts"][0];
        assert_eq!(conflict["code"], "undo.has_dependents", "{}", backend.name);
        assert_eq!(conflict["dependents"], json!([{"kind": "contact", "id": contact["id"]}]), "{}", backend.name);
        undo(&office, making);
        undo(&office, unit);
        let gone = office.run_as("admin", "account.get", json!({"account": account, "trashed": true})).unwrap_err();
        assert_eq!(gone.code(), "record.not_found", "{}", backend.name);
        // What points at it cannot come back before it.
        let error = refused(&office, json!({"unit": last_unit_of(&office, "contact")}));
        assert_eq!(error.params()["conflicts"][0]["code"], "undo.reference_gone", "{}", backend.name);
    }
}

/// The unit of the last event of a record of this kind.
fn last_unit_of(office: &Office, kind: &str) -> Uuid {
    let of = |item: FeedItem| match item {
        FeedItem::Changed(change) if change.kind == kind => Some(change.unit),
        _ => None,
    };
    office.events().into_iter().rev().find_map(of).unwrap()
}

#[test]
fn a_value_that_is_taken_by_now_stays_where_it_is() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let id = office.id("other_contact");
        office.run("contact.update", json!({"contact": id, "email": "bill@elsewhere.example"}));
        let unit = last_unit(&office);
        office.run("contact.create", json!({"email": "bill@private.example"}));
        let error = refused(&office, json!({"unit": unit}));
        assert_eq!(error.params()["conflicts"][0]["code"], "contact.email_taken", "{}: {error:?}", backend.name);
        let skipped = undo_as(&office, "admin", json!({"unit": unit, "on_conflict": "skip"})).unwrap();
        assert_eq!(skipped["kept"][0]["code"], "contact.email_taken", "{}", backend.name);
        assert_eq!(get(&office, "contact", id)["email"], "bill@elsewhere.example", "{}", backend.name);
    }
}

#[test]
fn what_was_merged_again_names_the_later_merge() {
    let office = Office::found(Arc::new(MemoryStore::new()));
    let (a, b) = (office.id("contact"), office.id("other_contact"));
    let c = office.run("contact.create", json!({"email": "c@private.example"}))["id"].clone();
    office.run("contact.merge", json!({"contact": b, "other": a}));
    let first = last_unit(&office);
    office.run("contact.merge", json!({"contact": c, "other": b}));
    let second = last_unit(&office);
    let error = refused(&office, json!({"unit": first}));
    let conflicts = error.params()["conflicts"].as_array().unwrap().clone();
    let again = conflicts.iter().find(|conflict| conflict["code"] == "undo.merged_again").unwrap();
    assert_eq!(again["unit"], json!(second));
    undo(&office, second);
    undo(&office, first);
    assert_eq!(get(&office, "contact", a)["email"], "sarah@private.example");
}

#[test]
fn the_last_admin_stays() {
    let office = Office::found(Arc::new(MemoryStore::new()));
    office.run("user.create", json!({"name": "Omar", "email": "omar@acme.example", "role": "admin"}));
    let unit = last_unit(&office);
    office.run("user.deactivate", json!({"user": office.id("admin"), "on_open_work": "release"}));
    let arguments = json!({"unit": unit});
    let error = office.run_as("system", "ledger.undo", arguments).unwrap_err();
    assert_eq!(error.params()["conflicts"][0]["code"], "user.last_admin", "{error:?}");
}

#[test]
fn a_hierarchy_that_would_go_round_is_a_conflict() {
    let office = Office::found(Arc::new(MemoryStore::new()));
    let (a, b) = (office.id("account"), office.id("other_account"));
    office.run("account.update", json!({"account": a, "parent": b}));
    office.run("account.update", json!({"account": a, "parent": null}));
    let unit = last_unit(&office);
    office.run("account.update", json!({"account": b, "parent": a}));
    let error = refused(&office, json!({"unit": unit}));
    assert_eq!(error.params()["conflicts"][0]["code"], "account.hierarchy_cycle", "{error:?}");
}

#[test]
fn a_score_is_computed_anew_where_the_lead_changed_since() {
    let office = Office::found(Arc::new(MemoryStore::new()));
    let lead = office.id("lead");
    let score = || get(&office, "lead", lead)["score"].clone();
    office.run("lead.update", json!({"lead": lead, "title": "CTO"}));
    let (unit, with_title) = (last_unit(&office), score());
    office.run("lead.update", json!({"lead": lead, "source": "referral"}));
    let with_both = score();
    undo(&office, unit);
    let title = with_title.as_i64().unwrap();
    assert!(title > 0, "{with_title}");
    assert_eq!(score(), json!(with_both.as_i64().unwrap() - title));
}

#[test]
fn people_undo_what_they_did_and_admins_what_others_did() {
    let veil = Veil::default();
    let office = Office::found_with(Arc::new(MemoryStore::new()), nexa_core::builder().policy(veil.clone()));
    let id = office.id("contact");
    office.run_as("agent", "contact.update", json!({"contact": id, "title": "CTO"})).unwrap();
    let unit = last_unit(&office);
    for caller in ["user", "viewer", "customer", "unknown"] {
        let error = undo_as(&office, caller, json!({"unit": unit})).unwrap_err();
        assert!(["undo.not_yours", "access.denied", "actor.inactive"].contains(&error.code()), "{caller}: {error:?}");
    }
    veil.hide(office.id("agent"), [id]);
    assert_eq!(undo_as(&office, "agent", json!({"unit": unit})).unwrap_err().code(), "undo.hidden");
    veil.lift();
    let undone = undo_as(&office, "agent", json!({"unit": unit})).unwrap();
    assert!(undo_as(&office, "admin", json!({"unit": undone["unit"]})).is_ok());
}

#[test]
fn a_dry_run_says_what_an_undo_would_do() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        office.run("task.create", json!({"title": "Made by mistake"}));
        let (unit, head) = (last_unit(&office), office.head());
        let with = json!({"unit": unit});
        let undone = block_on(office.session("admin").execute("ledger.undo", with, Envelope::dry())).unwrap();
        assert_eq!(undone["reversed"][0]["kind"], "task", "{}", backend.name);
        assert_eq!(office.head(), head, "{}", backend.name);
    }
}

#[test]
fn what_cannot_be_undone_says_why() {
    let office = Office::found(Arc::new(MemoryStore::new()));
    let Some(FeedItem::Changed(first)) = office.events().into_iter().next() else { panic!("a tenant begins") };
    assert_eq!(refused(&office, json!({"unit": first.unit})).code(), "undo.final");
    assert_eq!(refused(&office, json!({"unit": Uuid::from_u128(404)})).code(), "undo.nothing");
    assert_eq!(refused(&office, json!({"cause": "never"})).code(), "undo.nothing");
    for wrong in [json!({}), json!({"unit": first.unit, "cause": "import"}), json!({"unit": first.unit, "before": 3})] {
        assert_eq!(refused(&office, wrong).code(), "field.invalid");
    }
}

#[test]
fn an_import_is_undone_by_its_cause_chunk_by_chunk() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let known = office.id("other_contact");
        let rows: Vec<Json> = (0..5)
            .map(|number| json!({"email": format!("number{number}@umbrella.example"), "title": "Imported"}))
            .chain([json!({"email": "bill@private.example", "title": "Imported"})])
            .collect();
        for rows in rows.chunks(2) {
            let with = json!({"rows": rows, "policy": "update"});
            let envelope = Envelope { cause: Some("fair".to_owned()), ..Envelope::default() };
            block_on(office.session("admin").execute("contact.import_rows", with, envelope)).unwrap();
        }
        // Somebody works on one of them meanwhile.
        let filter = json!({"filter": {"field": "email", "value": "number0@umbrella.example"}});
        let changed = office.run("contact.find", filter)["items"][0]["id"].clone();
        office.run("contact.update", json!({"contact": changed, "title": "CEO"}));
        let mut arguments = json!({"cause": "fair", "on_conflict": "skip"});
        let (mut reversed, mut kept, mut calls) = (0, Vec::new(), 0);
        loop {
            let undone = undo_as(&office, "admin", arguments.clone()).unwrap();
            calls += 1;
            reversed += undone["reversed"].as_array().unwrap().len();
            kept.extend(undone["kept"].as_array().cloned().unwrap_or_default());
            match undone.get("next") {
                // As if the caller had been killed: without it, the next call finds its place by itself.
                Some(next) if calls > 1 => arguments["before"] = next.clone(),
                Some(_) => {}
                None => break,
            }
        }
        assert_eq!((calls, reversed), (3, 5), "{}: {kept:?}", backend.name);
        assert!(kept.iter().all(|kept| kept["id"] == changed), "{}: {kept:?}", backend.name);
        assert_eq!(office.run("contact.get", json!({"contact": known}))["title"], json!(null), "{}", backend.name);
        let filter = json!({"filter": {"field": "email", "op": "ends_with", "value": "umbrella.example"}});
        assert_eq!(office.run("contact.count", filter), json!(1), "{}", backend.name);
        let again = undo_as(&office, "admin", json!({"cause": "fair"})).unwrap_err();
        assert!(["undo.done", "undo.conflict"].contains(&again.code()), "{}: {again:?}", backend.name);
        block_on(office.session("admin").execute("ledger.verify", json!({"rows": true}), Envelope::default())).unwrap();
    }
}
