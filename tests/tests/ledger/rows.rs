//! `ledger.verify` with `rows`: what the storage holds is what the ledger recorded.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use nexa_crm::{
    Crm, Envelope, Result, Timestamp,
    kernel::{
        ledger::{Event, FORMAT, Verb, erasure},
        store::{Batch, Store, Transaction, Work, WriteRequest},
    },
    sqlite::SqliteStore,
    testing::{ManualClock, Office, SeededIds},
};
use nexa_tests::{backends, traffic::Traffic};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn verify(crm: &Crm, org: Uuid) -> Result<Json> {
    block_on(crm.system(org, "test").execute("ledger.verify", json!({"rows": true}), Envelope::default()))
}

#[test]
fn after_a_busy_day_every_row_is_as_recorded() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let mut traffic = Traffic::new(&office, &office.events(), backends::seed(5));
        let mut seen = office.position();
        for _ in 0..250 {
            let _ = traffic.step().perform(&office);
            let feed = block_on(office.crm.feed(office.org, seen, 1_000)).unwrap();
            seen = feed.next;
            traffic.learn(&feed.items);
        }
        let verified = verify(&office.crm, office.org).unwrap_or_else(|error| panic!("{}: {error:?}", backend.name));
        assert!(verified["rows"].as_u64().unwrap() > 80, "{}: {verified}", backend.name);
        assert_eq!(verified["events"], json!(office.head()), "{}", backend.name);
        let without = office.run("ledger.verify", json!({}));
        assert_eq!((&without["rows"], &without["head"]), (&Json::Null, &verified["head"]), "{}", backend.name);
    }
}

/// Many rows of a kind, with more events than one page of them has.
#[test]
fn many_rows_and_many_events_of_one_are_compared() {
    let backend = backends::memory();
    let office = Office::found(backend.store.clone());
    for number in 0..450 {
        office.run("lead.create", json!({"email": format!("l{number}@example.com")}));
    }
    for number in 0..1_200 {
        office.run("task.update", json!({"task": office.id("task"), "title": format!("Call {number} times")}));
    }
    verify(&office.crm, office.org).unwrap();
}

/// A copy of the office's file in which somebody did this.
fn tampered(office: &Office, tamper: &str) -> Crm {
    let folder = tempfile::tempdir().unwrap().keep();
    let copy = folder.join("copy.db");
    block_on(office.crm.backup(&copy)).unwrap();
    let file = rusqlite::Connection::open(&copy).unwrap();
    file.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    file.execute_batch(tamper).unwrap_or_else(|error| panic!("{tamper}: {error}"));
    drop(file);
    let store = Arc::new(SqliteStore::open(&copy).unwrap());
    let clock = ManualClock::at("2030-01-01T00:00:00Z");
    let crm = nexa_core::builder().store(store).clock(clock).ids(SeededIds::new(2)).build().unwrap();
    block_on(crm.migrate()).unwrap();
    crm
}

fn blob(id: Uuid) -> String {
    format!("x'{}'", id.simple())
}

#[test]
fn a_row_that_was_changed_beside_the_ledger_is_named() {
    let backend = backends::sqlite();
    let office = Office::found(backend.store.clone());
    let (lead, ticket, comment) = (office.id("lead"), office.id("ticket"), office.id("comment"));
    let another = Uuid::from_u128(77);
    for (tamper, kind, id, field) in [
        (format!("UPDATE nexa_leads SET score = score + 1 WHERE id = {}", blob(lead)), "lead", lead, "score"),
        (format!("UPDATE nexa_leads SET email = NULL WHERE id = {}", blob(lead)), "lead", lead, "email"),
        (format!("UPDATE nexa_leads SET tags = '[\"vip\"]' WHERE id = {}", blob(lead)), "lead", lead, "tags"),
        (
            format!(
                "UPDATE nexa_tickets SET assignee_user_id = {} WHERE id = {}",
                blob(office.id("agent")),
                blob(ticket)
            ),
            "ticket",
            ticket,
            "assignee.user",
        ),
        (format!("DELETE FROM nexa_comments WHERE id = {}", blob(comment)), "comment", comment, "id"),
        (
            format!(
                "CREATE TEMP TABLE t AS SELECT * FROM nexa_comments WHERE id = {};
                 UPDATE t SET id = {}; INSERT INTO nexa_comments SELECT * FROM t",
                blob(comment),
                blob(another)
            ),
            "comment",
            another,
            "id",
        ),
    ] {
        let crm = tampered(&office, &tamper);
        let error = verify(&crm, office.org).expect_err(&tamper);
        assert_eq!(error.code(), "ledger.row_differs", "{tamper}: {error:?}");
        let params = error.params();
        assert_eq!(
            (&params["kind"], &params["id"], &params["field"]),
            (&json!(kind), &json!(id), &json!(field)),
            "{tamper}"
        );
        // Without rows, the ledger itself is whole.
        block_on(crm.system(office.org, "test").execute("ledger.verify", json!({}), Envelope::default())).unwrap();
    }
    verify(&tampered(&office, ""), office.org).unwrap();
}

/// Writes an event that erases others, as a command of the tenant would, beside whatever blanks them.
struct Erase {
    record: Uuid,
    ranges: Vec<(u64, u64)>,
    done: Mutex<bool>,
}

#[async_trait]
impl Work for Erase {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        let event = Event {
            seq: 0,
            unit: Uuid::from_u128(1),
            at: Timestamp::parse("2030-01-01T00:00:00Z").unwrap(),
            actor: "system:test".to_owned(),
            on_behalf_of: None,
            cause: None,
            request: None,
            command: "contact.erase".into(),
            verb: Verb::Erased,
            kind: "contact".into(),
            record: self.record,
            format: FORMAT,
            digest: [0; 32],
            salt: Some([7; 16]),
            reason: Some("They asked for it".to_owned()),
            payload: Some(erasure(&self.ranges)),
            hash: [0; 32],
        };
        tx.apply(Batch { events: vec![event], ..Batch::default() }).await?;
        *self.done.lock().unwrap() = true;
        Ok(())
    }
}

fn erase(office: &Office, store: &dyn Store, ranges: &[(u64, u64)]) {
    let work = Erase { record: office.id("contact"), ranges: ranges.to_vec(), done: Mutex::new(false) };
    let work = Arc::new(work);
    block_on(store.write(WriteRequest::new(office.org), work.clone())).unwrap();
    assert!(*work.done.lock().unwrap());
}

const BLANK: &str = "UPDATE nexa_events SET salt = NULL, payload = NULL, reason = NULL WHERE seq IN (5, 9, 10, 11)";

#[test]
fn a_blank_event_is_broken_unless_an_erasure_names_it() {
    let backend = backends::sqlite();
    let office = Office::found(backend.store.clone());
    let plain =
        |crm: &Crm| block_on(crm.system(office.org, "test").execute("ledger.verify", json!({}), Envelope::default()));
    for rows in [false, true] {
        let crm = tampered(&office, BLANK);
        let error = if rows { verify(&crm, office.org) } else { plain(&crm) }.unwrap_err();
        assert_eq!((error.code(), &error.params()["seq"]), ("ledger.broken", &json!(5)), "{error:?}");
    }
    // One that names too little.
    erase(&office, &*backend.store, &[(5, 5), (10, 11)]);
    let error = plain(&tampered(&office, BLANK)).unwrap_err();
    assert_eq!((error.code(), &error.params()["seq"]), ("ledger.broken", &json!(9)), "{error:?}");
    // What is named later counts as well, and is compared as far as it is known.
    erase(&office, &*backend.store, &[(8, 9)]);
    let crm = tampered(&office, BLANK);
    assert_eq!(plain(&crm).unwrap()["erased"], json!(4));
    let verified = verify(&crm, office.org).unwrap();
    assert_eq!(verified["erased"], json!(4));
    // An erasure does not vouch for itself, nor for what comes after it.
    let last = office.head();
    erase(&office, &*backend.store, &[(1, last + 9)]);
    let forged = format!("UPDATE nexa_events SET salt = NULL, payload = NULL, reason = NULL WHERE seq = {}", last + 1);
    assert_eq!(plain(&tampered(&office, &forged)).unwrap_err().code(), "ledger.broken");
}

#[test]
fn an_erasure_is_an_event_like_others_in_feed_and_history() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let before = office.position();
        erase(&office, &*backend.store, &[(2, 3)]);
        let feed = block_on(office.session("agent").feed(before, 10)).unwrap();
        let json = serde_json::to_value(&feed.items[0]).unwrap();
        assert_eq!(json["changed"]["verb"], "erased", "{}", backend.name);
        assert_eq!(json["changed"]["changes"], json!({"events": [[2, 3]]}), "{}", backend.name);
        let history = office.run("contact.history", json!({"contact": office.id("contact")}));
        assert_eq!(history["items"].as_array().unwrap().last().unwrap()["verb"], "erased", "{}", backend.name);
        verify(&office.crm, office.org).unwrap();
    }
}
