//! Every command of the catalog is undone and redone: what it changed is as it was, of every kind, but for versions and times.

use std::collections::BTreeMap;

use nexa_crm::{
    Envelope, FeedItem,
    kernel::{catalog::Entry, operation::Mode, record::RecordDef, store::Store},
    testing::Office,
};
use nexa_tests::{
    backends::{self, Backend},
    in_turn::in_turn,
    samples::Samples,
};
use pollster::block_on;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::last_unit;

type Rows = BTreeMap<(String, Uuid), Json>;

/// Every record as the host reads it, without its version and the time of its last change.
fn rows(office: &Office) -> Rows {
    let mut rows = Rows::new();
    for def in office.crm.kinds().all().iter().filter(|def| def.ledger) {
        for id in ids(office, def) {
            let get = office.run_as("system", &format!("{}.get", def.kind), json!({def.kind: id, "trashed": true}));
            let Ok(Json::Object(mut record)) = get else { continue };
            record.remove("version");
            record.remove("updated_at");
            rows.insert((def.kind.to_owned(), id), Json::Object(record));
        }
    }
    rows
}

/// The ids of the records of a kind that ever were.
fn ids(office: &Office, def: &RecordDef) -> Vec<Uuid> {
    let of = |item: FeedItem| match item {
        FeedItem::Changed(change) if change.kind == def.kind => Some(change.record),
        _ => None,
    };
    let mut ids: Vec<Uuid> = office.events().into_iter().filter_map(of).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What has to happen before a sample works.
fn prepare(office: &Office, operation: &Entry, arguments: &mut Json) {
    let (kind, verb) = operation.name.split_once('.').unwrap();
    if verb == "purge" || (["pipeline", "product", "template"].contains(&kind) && ["trash", "restore"].contains(&verb))
    {
        // One that nothing points at.
        if let Some(fields) = office.numbered_fields(kind, 7) {
            arguments[kind] = office.run(&format!("{kind}.create"), fields)["id"].clone();
        }
    } else if verb == "trash" && arguments.get("on_dependents").is_none() {
        arguments["on_dependents"] = json!("cascade");
    }
    let named = || Map::from_iter([(kind.to_owned(), arguments[kind].clone())]);
    let trash = || {
        let cascade = json!("cascade");
        let mut with = named();
        with.insert("on_dependents".to_owned(), cascade);
        let _ = office.run_as("admin", &format!("{kind}.trash"), Json::Object(with));
    };
    match operation.name {
        "campaign.complete" => drop(office.run("campaign.start", Json::Object(named()))),
        "lead.rescore" => {
            let rule =
                json!({"filter": {"field": "status", "op": "eq", "value": "new"}, "points": 5, "reason": "is new"});
            let scorecard = office.id("scorecard");
            drop(office.run("scorecard.update", json!({"scorecard": scorecard, "rules": [rule]})));
        }
        "deal.reset_probability" => {
            drop(office.run("deal.update", json!({"deal": arguments["deal"], "probability": 33})));
        }
        "deal.reset_category" => {
            drop(office.run("deal.update", json!({"deal": arguments["deal"], "category": "commit"})));
        }
        "user.hand_over_notes" => {
            let user = json!({"user": arguments["user"]});
            office.run("user.activate", user.clone());
            office.run_as("deactivated", "note.create", json!({"body": "Call them"})).unwrap();
            office.run("user.deactivate", user);
        }
        "sender.verify" => {
            let moved = json!({"sender": office.id("sender"), "address": "moved@acme.example"});
            drop(office.run("sender.update", moved));
        }
        "sender.resume" => {
            drop(office.run("sender.halt", json!({"sender": office.id("sender"), "reason": "The domain moves"})));
        }
        "ticket.apply_analysis" => {
            let urgent = json!({"ticket": arguments["ticket"], "subject": "The export is broken, it is urgent"});
            drop(office.run("ticket.update", urgent));
        }
        "mail.resubscribe" => drop(office.run("mail.unsubscribe", json!({"token": arguments["token"]}))),
        "lead.route" => drop(office.run("lead.rescore", Json::Object(named()))),
        _ if verb == "restore" || verb == "purge" => trash(),
        _ if verb == "release" => {
            let with = json!({kind: arguments[kind], "assignee": {"user": office.id("user")}});
            let _ = office.run_as("admin", &format!("{kind}.assign"), with);
        }
        _ => {}
    }
}

/// Fields with which an update changes something.
fn change_something(operation: &Entry, arguments: &mut Json) {
    if operation.name.ends_with(".update") {
        let (field, value) = match operation.kind {
            "user" | "group" | "pipeline" | "scorecard" | "health_card" | "account" | "campaign" | "contact_list"
            | "deal" | "calendar" | "target" | "product" | "price_book" | "tax_rate" | "template" | "topic"
            | "sender" | "project" | "playbook" | "release" | "workflow" | "category" => ("name", "Renamed"),
            "article" => ("audience", "internal"),
            "price" => ("mode", "graduated"),
            "line" => ("quantity", "5"),
            "quote" => ("terms", "Net 30"),
            "order" => ("purchase_order", "PO 7"),
            "contract" => {
                arguments["auto_renew"] = json!(true);
                return;
            }
            "lead" | "contact" => ("last_name", "Renamed"),
            "task" | "meeting" | "bug" | "feature_request" => ("title", "Renamed"),
            "ticket" => ("subject", "Renamed"),
            "call" => ("summary", "Renamed"),
            "note" => ("body", "Renamed"),
            "rate" => ("value", "1.25"),
            "attachment" => ("name", "renamed.txt"),
            "routing" => ("band", "medium"),
            "inbox" => ("name", "Renamed"),
            "thread" => ("subject", "Renamed"),
            _ => return,
        };
        arguments[field] = json!(value);
    }
}

/// Commands whose sample changes nothing, each with what tries the same.
const UNTRIED: &[(&str, &str)] = &[
    ("calendar.import_csv", "a cell has no week of hours; calendar.import_rows has them"),
    ("target.import_csv", "a cell has no goals; target.import_rows has them"),
    ("line.import_csv", "the sample's price is no text; line.import_rows has it"),
    ("price.import_csv", "a cell has no tiers; price.import_rows has them"),
    ("workflow.start", "a run is bookkeeping, without a history; workflows.rs tries it"),
    ("workflow.cancel_run", "a run is bookkeeping, without a history; workflows.rs tries it"),
    ("workflow.retry_run", "a run is bookkeeping, without a history; workflows.rs tries it"),
    ("notification.claim", "what leaves is bookkeeping, without a history; later/preferences.rs tries it"),
    ("notification.report", "what leaves is bookkeeping, without a history; later/preferences.rs tries it"),
];

enum Tried {
    Undone,
    Final,
    /// The command was refused, or changed nothing.
    Nothing(String),
}

/// Runs a command on a new office, undoes it and redoes it.
fn try_out(store: std::sync::Arc<dyn Store>, name: &str) -> Tried {
    let office = Office::found(store);
    let operation = office.crm.catalog().operation(name).unwrap().clone();
    let mut arguments = office.sample(&operation).unwrap_or_else(|| panic!("{name} has no sample"));
    change_something(&operation, &mut arguments);
    prepare(&office, &operation, &mut arguments);
    let (before, head) = (rows(&office), office.head());
    let mut caller = "admin";
    let by_admin = office.run_as(caller, name, arguments.clone());
    if office.head() == head {
        caller = "agent";
        let _ = office.run_as(caller, name, arguments);
    }
    if office.head() == head {
        return Tried::Nothing(
            by_admin.err().map_or_else(|| "it changed nothing".to_owned(), |error| error.to_string()),
        );
    }
    let after = rows(&office);
    let undo = |unit: Uuid| {
        let with = json!({"unit": unit});
        block_on(office.session(caller).execute("ledger.undo", with, Envelope::default()))
    };
    let undone = undo(last_unit(&office));
    if operation.is_final.is_some() {
        assert_eq!(undone.unwrap_err().code(), "undo.final", "{name}");
        return Tried::Final;
    }
    let undone = undone.unwrap_or_else(|error| panic!("{name} cannot be undone: {error:?} {:?}", error.params()));
    differ(name, "undone", &before, &rows(&office));
    undo(undone["unit"].as_str().unwrap().parse().unwrap())
        .unwrap_or_else(|error| panic!("{name} cannot be redone: {error:?}"));
    differ(name, "redone", &after, &rows(&office));
    block_on(office.session("admin").execute("ledger.verify", json!({"rows": true}), Envelope::default())).unwrap();
    Tried::Undone
}

fn differ(name: &str, what: &str, expected: &Rows, found: &Rows) {
    for (key, expected) in expected {
        assert_eq!(found.get(key), Some(expected), "{name} {what}: {key:?}");
    }
    let more: Vec<_> = found.keys().filter(|key| !expected.contains_key(*key)).collect();
    assert!(more.is_empty(), "{name} {what} left {more:?}");
}

/// Every command of the catalog.
fn commands() -> Vec<&'static str> {
    let office = Office::found(backends::memory().store);
    let commands = office.crm.catalog().operations().filter(|operation| operation.mode == Mode::Command);
    commands.map(|operation| operation.name).collect()
}

#[test]
fn every_command_of_the_catalog_can_be_undone_and_redone() {
    let mut nothing = Vec::new();
    for name in commands() {
        if let Tried::Nothing(why) = try_out(backends::memory().store, name)
            && !UNTRIED.iter().any(|(untried, _)| *untried == name)
        {
            nothing.push(format!("{name}: {why}"));
        }
    }
    assert_eq!(nothing, Vec::<String>::new(), "what these do was never undone");
}

#[test]
fn commands_are_undone_and_redone_alike_where_records_are_on_disk() {
    let names: Vec<String> = commands().into_iter().map(str::to_owned).collect();
    for (number, backend) in [backends::sqlite as fn() -> Backend, backends::postgres].into_iter().enumerate() {
        for name in in_turn(&names, number, 9) {
            let backend = backend();
            let _ = try_out(backend.store.clone(), name);
        }
    }
}
