//! Who reads the feed by its cursor while others write misses nothing and reads nothing twice.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use nexa_crm::{Crm, FeedItem, Position};
use nexa_tests::database::Database;
use pollster::block_on;
use serde_json::json;
use uuid::Uuid;

use super::{crm_on, found, run, verify};

const TENANTS: usize = 4;
const WRITERS: usize = 8;
/// How many leads each writer makes.
const LEADS: usize = 60;

/// What somebody who follows a tenant has read so far, and where he goes on.
#[derive(Default)]
struct Follower {
    cursor: Position,
    read: Vec<(u64, Uuid)>,
}

impl Follower {
    /// Reads what there is now, in small pages.
    fn catch_up(&mut self, crm: &Crm, org: Uuid) {
        loop {
            let feed = block_on(crm.feed(org, self.cursor, 7)).unwrap();
            for item in feed.items {
                let FeedItem::Changed(change) = item else { panic!("the host sees everything") };
                self.read.push((change.seq, change.record));
            }
            self.cursor = feed.next;
            if feed.complete {
                return;
            }
        }
    }
}

#[test]
fn nothing_is_lost_and_nothing_comes_twice() {
    let database = Database::migrated();
    let crm = crm_on(database.store());
    let sessions: Vec<_> = (0..TENANTS).map(|_| found(&crm)).collect();
    let done = AtomicBool::new(false);
    let mut followers: Vec<Follower> = (0..TENANTS).map(|_| Follower::default()).collect();
    thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                // Two stores write for each tenant, as two processes of the host would.
                let other = crm_on(database.store());
                let session = &sessions[writer % TENANTS];
                let session = other.session(session.org(), session.principal().clone());
                scope.spawn(move || {
                    for number in 0..LEADS {
                        let mail = format!("{writer}.{number}@private.example");
                        let lead = run(&session, "lead.create", json!({"email": mail})).unwrap();
                        if number % 3 == 0 {
                            run(&session, "lead.contact", json!({"lead": lead["id"]})).unwrap();
                        }
                    }
                })
            })
            .collect();
        for (session, follower) in sessions.iter().zip(&mut followers) {
            let (database, done) = (&database, &done);
            scope.spawn(move || {
                // Whoever follows ends now and then, and goes on elsewhere from the cursor that he kept.
                while !done.load(Ordering::SeqCst) {
                    let crm = crm_on(database.store());
                    for _ in 0..20 {
                        follower.catch_up(&crm, session.org());
                    }
                }
            });
        }
        let ended: Vec<_> = writers.into_iter().map(|writer| writer.join()).collect();
        done.store(true, Ordering::SeqCst);
        ended.into_iter().for_each(|ended| ended.unwrap());
    });
    for (session, follower) in sessions.iter().zip(&mut followers) {
        follower.catch_up(&crm, session.org());
        let numbers: Vec<u64> = follower.read.iter().map(|(seq, _)| *seq).collect();
        let expected: Vec<u64> = (1..=numbers.len() as u64).collect();
        assert_eq!(numbers, expected, "in order, each once");
        let verified = run(session, "ledger.verify", json!({})).unwrap();
        assert_eq!(verified["events"], json!(numbers.len()), "everything that was written was read");
        let records: BTreeSet<Uuid> = follower.read.iter().map(|(_, record)| *record).collect();
        let leads = run(session, "lead.find", json!({"limit": 1_000})).unwrap();
        let leads = leads["items"].as_array().unwrap();
        assert_eq!(leads.len(), LEADS * WRITERS / TENANTS);
        assert!(leads.iter().all(|lead| records.contains(&lead["id"].as_str().unwrap().parse().unwrap())));
        verify(session);
    }
}
