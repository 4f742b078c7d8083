//! The server crashes while several write: what was acknowledged is there, and what was not is whole or absent.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use nexa_crm::{Envelope, Error, Session};
use nexa_test_cluster::{Cluster, Durability};
use nexa_tests::database::Database;
use pollster::block_on;
use serde_json::{Value as Json, json};

use super::{crm_on, found, run, verify};

const WRITERS: usize = 6;

/// A command under a key of its own.
fn write(session: &Session, writer: usize, number: usize) -> Result<Json, Error> {
    let key = Envelope::once(format!("{writer} {number}"));
    let customer = json!({"name": "Sarah Johnson", "email": format!("c{writer}.{number}@private.example")});
    let ticket = json!({"subject": "It does not start", "customer": customer});
    block_on(session.execute("ticket.create", ticket, key))
}

/// Repeats a command until it is answered; what it was answered meanwhile says that repeating helps.
fn insist(session: &Session, writer: usize, number: usize, troubles: &AtomicU64) -> Json {
    let began = Instant::now();
    loop {
        match write(session, writer, number) {
            Ok(answer) => return answer,
            Err(error) => {
                troubles.fetch_add(1, Ordering::SeqCst);
                assert_eq!(error.code(), "store.unreachable", "{error:?}");
                assert!(error.retryable(), "{error:?}");
                assert!(began.elapsed() < Duration::from_secs(60), "{error:?}");
                thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

#[test]
fn a_crash_of_the_server_loses_nothing_and_doubles_nothing() {
    let cluster = Cluster::start(Durability::Full).unwrap();
    let database = Database::on(&cluster.url());
    let crm = crm_on(database.store());
    let session = found(&crm);
    let (done, troubles, answered) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let tickets: Vec<Json> = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (session, done, troubles, answered) = (&session, &done, &troubles, &answered);
                scope.spawn(move || {
                    let mut answers = Vec::new();
                    while !done.load(Ordering::SeqCst) {
                        answers.push(insist(session, writer, answers.len(), troubles));
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                    answers
                })
            })
            .collect();
        for _ in 0..3 {
            let before = answered.load(Ordering::SeqCst);
            while answered.load(Ordering::SeqCst) < before + 20 && !writers.iter().any(|writer| writer.is_finished()) {
                thread::sleep(Duration::from_millis(10));
            }
            cluster.stop("immediate").unwrap();
            thread::sleep(Duration::from_millis(200));
            cluster.launch().unwrap();
        }
        let before = answered.load(Ordering::SeqCst);
        while answered.load(Ordering::SeqCst) < before + 20 && !writers.iter().any(|writer| writer.is_finished()) {
            thread::sleep(Duration::from_millis(10));
        }
        done.store(true, Ordering::SeqCst);
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    assert!(troubles.load(Ordering::SeqCst) > 0, "nobody noticed that the server was gone");
    verify(&session);
    // One ticket and one customer for each command, however often it was repeated; none without the other.
    for kind in ["ticket", "contact"] {
        assert_eq!(run(&session, &format!("{kind}.count"), json!({})).unwrap(), json!(tickets.len()), "{kind}");
    }
    for ticket in &tickets {
        let kept = run(&session, "ticket.get", json!({"ticket": ticket["id"]})).unwrap();
        assert_eq!(kept["number"], ticket["number"]);
        assert!(run(&session, "contact.get", json!({"contact": kept["contact"]})).is_ok());
    }
    // Asked once more under its key, each answers what it answered.
    for writer in 0..WRITERS {
        assert_eq!(write(&session, writer, 0).unwrap()["id"], write(&session, writer, 0).unwrap()["id"]);
    }
    assert_eq!(run(&session, "ticket.count", json!({})).unwrap(), json!(tickets.len()));
    let verified = run(&session, "ledger.verify", json!({})).unwrap();
    assert_eq!(verified["erased"], 0);
}

#[test]
fn a_server_that_is_not_there_is_reported_quickly() {
    let cluster = Cluster::start(Durability::None).unwrap();
    let database = Database::on(&cluster.url());
    let options = database.options().acquire_timeout(Duration::from_secs(2));
    let crm = crm_on(nexa_crm::postgres::PostgresStore::open_with(&database.url(), options).unwrap());
    let session = found(&crm);
    cluster.stop("fast").unwrap();
    for _ in 0..2 {
        let began = Instant::now();
        for error in [
            run(&session, "lead.create", json!({"email": "sarah@private.example"})).unwrap_err(),
            run(&session, "lead.count", json!({})).unwrap_err(),
        ] {
            assert_eq!(error.code(), "store.unreachable", "{error:?}");
            assert!(error.retryable());
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    }
    cluster.launch().unwrap();
    assert_eq!(run(&session, "lead.count", json!({})).unwrap(), 0);
    run(&session, "lead.create", json!({"email": "sarah@private.example"})).unwrap();
    verify(&session);
}
