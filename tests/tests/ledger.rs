//! The ledger records everything, in order, and shows when somebody changed it.

mod replay;
mod rows;

use std::{collections::BTreeMap, sync::Arc};

use nexa_crm::{
    Envelope, FeedItem, Result,
    kernel::{ledger::Verb, query::Change, record::RecordDef},
    sqlite::SqliteStore,
    testing::{ManualClock, Office, SeededIds},
};
use nexa_tests::{backends, traffic::Traffic};
use pollster::block_on;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// A record as its events describe it.
#[derive(Default)]
struct Rebuilt {
    fields: Map<String, Json>,
    events: i64,
    at: Json,
    /// Whether it was purged and has not come back.
    gone: bool,
}

/// Puts the events of every record together; each must begin where the one before ended.
fn rebuilt(events: &[FeedItem]) -> BTreeMap<(String, Uuid), Rebuilt> {
    let mut records: BTreeMap<(String, Uuid), Rebuilt> = BTreeMap::new();
    for item in events {
        let FeedItem::Changed(change) = item else { panic!("the host sees everything") };
        let Change { seq, verb, kind, record, changes, at, .. } = &**change;
        let changes = changes.clone().unwrap();
        let rebuilt = records.entry((kind.clone(), *record)).or_default();
        rebuilt.events += 1;
        rebuilt.at = json!(at);
        match verb {
            Verb::Created => {
                assert!(rebuilt.gone || rebuilt.events == 1, "event {seq}: {kind} {record} was there already");
                (rebuilt.fields, rebuilt.gone) = (changes, false);
            }
            Verb::Updated => {
                for (path, change) in changes {
                    let before = rebuilt.fields.remove(&path).unwrap_or_default();
                    assert_eq!(before, change[0], "event {seq}: {path} of {kind} {record} was something else");
                    if !change[1].is_null() {
                        rebuilt.fields.insert(path, change[1].clone());
                    }
                }
            }
            Verb::Erased => {}
            Verb::Purged => {
                assert_eq!(rebuilt.fields, changes, "event {seq}: {kind} {record} last held something else");
                (rebuilt.fields, rebuilt.gone) = (Map::new(), true);
            }
        }
    }
    records.retain(|_, rebuilt| !rebuilt.gone);
    records
}

/// The same of a record as `get` shows it: what is not empty, by the paths of its columns.
fn shown(def: &RecordDef, record: &Json) -> Map<String, Json> {
    let own = [def.id, def.version, def.created_at, def.updated_at];
    let columns = def.columns.iter().enumerate().filter(|(at, column)| column.derived.is_none() && !own.contains(at));
    columns
        .map(|(_, column)| {
            let value = column.path.split('.').fold(record, |value, part| &value[part]);
            (column.path.clone(), value.clone())
        })
        .filter(|(_, value)| !(value.is_null() || *value == json!([]) || *value == json!({})))
        .collect()
}

#[test]
fn every_record_can_be_put_together_from_its_events() {
    for seed in 0..backends::cases(1) as u64 {
        for backend in backends::all() {
            let office = Office::found(backend.store.clone());
            let mut traffic = Traffic::new(&office, &office.events(), backends::seed(1) + seed);
            let mut seen = office.position();
            for _ in 0..300 {
                let _ = traffic.step().perform(&office);
                let feed = block_on(office.crm.feed(office.org, seen, 1_000)).unwrap();
                seen = feed.next;
                traffic.learn(&feed.items);
            }
            let mut compared = 0;
            for ((kind, id), rebuilt) in rebuilt(&office.events()) {
                let def = office.crm.kinds().named(&kind).unwrap();
                let get = office.run_as("system", &format!("{kind}.get"), json!({&*kind: id, "trashed": true}));
                let record = get.unwrap_or_else(|error| panic!("{}: {kind} {id}: {error:?}", backend.name));
                // What was folded into another shows the other.
                if record["id"] != json!(id) {
                    assert!(rebuilt.fields.contains_key("merged_into"), "{}: {kind} {id}", backend.name);
                    continue;
                }
                compared += 1;
                let fields: Map<String, Json> = rebuilt
                    .fields
                    .into_iter()
                    .filter(|(_, value)| *value != json!([]) && *value != json!({}))
                    .collect();
                assert_eq!(fields, shown(def, &record), "{}, seed {seed}: {kind} {id}", backend.name);
                assert_eq!(record["version"], json!(rebuilt.events), "{}: changes of {kind} {id}", backend.name);
                assert_eq!(record["updated_at"], rebuilt.at, "{}: {kind} {id}", backend.name);
            }
            assert!(compared > 80, "{}: only {compared} records", backend.name);
        }
    }
}

/// What the ledger says of a copy in which somebody did this.
fn verdict(office: &Office, tamper: &str) -> Result<Json> {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    block_on(office.crm.backup(&copy)).unwrap();
    let file = rusqlite::Connection::open(&copy).unwrap();
    file.execute_batch(tamper).unwrap_or_else(|error| panic!("{tamper}: {error}"));
    drop(file);
    let store = Arc::new(SqliteStore::open(&copy).unwrap());
    let clock = ManualClock::at("2030-01-01T00:00:00Z");
    let crm = nexa_core::builder().store(store).clock(clock).ids(SeededIds::new(2)).build().unwrap();
    block_on(crm.migrate()).unwrap();
    block_on(crm.system(office.org, "test").execute("ledger.verify", json!({}), Envelope::default()))
}

#[test]
fn what_was_changed_afterwards_shows() {
    let backend = backends::sqlite();
    let office = Office::found(backend.store.clone());
    let whole = verdict(&office, "").unwrap();
    assert_eq!((&whole["events"], &whole["erased"]), (&json!(office.head()), &json!(0)));
    for tamper in [
        "UPDATE nexa_events SET payload = replace(payload, 'Webinar', 'Seminar') WHERE payload LIKE '%Webinar%'",
        "UPDATE nexa_events SET reason = 'forged' WHERE seq = 7",
        "UPDATE nexa_events SET actor = 'user:00000000-0000-0000-0000-000000000001' WHERE seq = 7",
        "UPDATE nexa_events SET on_behalf_of = 'user:00000000-0000-0000-0000-000000000001' WHERE seq = 7",
        "UPDATE nexa_events SET cause = 'workflow' WHERE seq = 7",
        "UPDATE nexa_events SET command = 'lead.create' WHERE seq = 7",
        "UPDATE nexa_events SET at = at + 1 WHERE seq = 7",
        "UPDATE nexa_events SET verb = 'purged' WHERE seq = 7",
        "UPDATE nexa_events SET record = (SELECT record FROM nexa_events WHERE seq = 3) WHERE seq = 7",
        "UPDATE nexa_events SET unit = (SELECT unit FROM nexa_events WHERE seq = 3) WHERE seq = 7",
        "UPDATE nexa_events SET hash = zeroblob(32) WHERE seq = 7",
        "UPDATE nexa_events SET digest = zeroblob(32), salt = NULL, payload = NULL, reason = NULL WHERE seq = 7",
        // Erased, so that nothing holds the payload; and then another put in its place.
        "UPDATE nexa_events SET salt = NULL, payload = '{}' WHERE seq = 7",
        "UPDATE nexa_events SET salt = NULL, payload = NULL, reason = 'forged' WHERE seq = 7",
        "DELETE FROM nexa_events WHERE seq = 7",
        "DELETE FROM nexa_events WHERE seq = (SELECT max(seq) FROM nexa_events)",
        "DELETE FROM nexa_events",
        "UPDATE nexa_events SET seq = -seq WHERE seq IN (7, 8);
         UPDATE nexa_events SET seq = 15 + seq WHERE seq < 0",
        "UPDATE nexa_ledger SET seq = seq + 1",
        "UPDATE nexa_ledger SET head = zeroblob(32)",
    ] {
        let error = verdict(&office, tamper).expect_err(tamper);
        assert_eq!(error.code(), "ledger.broken", "{tamper}: {error:?}");
        assert!(error.params().contains_key("seq"), "{tamper}: {error:?}");
    }
}
