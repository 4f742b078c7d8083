//! Units that are written at once: all that are acknowledged are there, and none takes another with it.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::common::*;
use async_trait::async_trait;
use nexa_kernel::{
    Id, Record, Result,
    error::codes,
    ledger::Head,
    store::{Select, Store, Transaction, Work, WriteRequest},
};
use uuid::Uuid;

/// Applies a new job, then does something unhealthy.
struct Unhealthy(u128, fn());

#[async_trait]
impl Work for Unhealthy {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        tx.apply(created(&job(self.0, &format!("job {}", self.0)))).await?;
        self.1();
        Err(codes::DENIED.with("action", "fail").with("kind", "job"))
    }
}

fn verify(store: &dyn Store) -> u64 {
    let mut head = Head::default();
    for event in events(store) {
        event.verify(&mut head).unwrap();
    }
    head.seq
}

#[test]
fn a_failing_unit_takes_no_other_with_it() {
    const THREADS: u128 = 16;
    const EACH: u128 = 20;
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&directory.path().join("a.db")));
    let start = Arc::new(Barrier::new(THREADS as usize));
    let failed = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (store, start, failed) = (Arc::clone(&store), Arc::clone(&start), Arc::clone(&failed));
            thread::spawn(move || {
                start.wait();
                for turn in 0..EACH {
                    let number = 1 + thread * EACH + turn;
                    let request = WriteRequest::new(ORG);
                    let result = match number % 7 {
                        // Its own refusal, after it had written.
                        0 => pollster::block_on(store.write(request, Arc::new(Unhealthy(number, || ())))),
                        1 => pollster::block_on(
                            store.write(request, Arc::new(Unhealthy(number, || panic!("on purpose")))),
                        ),
                        // A reference that only the commit looks at.
                        2 => {
                            let mut dangling = job(number, &format!("job {number}"));
                            dangling.team = Some(Id::new(Uuid::from_u128(1_000_000)));
                            insert(&*store, dangling)
                        }
                        // A unique value that is taken.
                        3 => insert(&*store, job(number, "the same for all")),
                        4 => pollster::block_on(store.write(
                            request.discarded(),
                            Arc::new(Apply(move || created(&job(number, &format!("job {number}"))))),
                        )),
                        _ => insert(&*store, job(number, &format!("job {number}"))),
                    };
                    let expected = match number % 7 {
                        0 => Some("access.denied"),
                        1 => Some("work.panicked"),
                        2 => Some("reference.broken"),
                        3 => result.as_ref().err().map(|_| "job.title_taken"),
                        _ => None,
                    };
                    assert_eq!(result.as_ref().err().map(|error| error.code()), expected);
                    failed.fetch_add(usize::from(result.is_err()), Ordering::Relaxed);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let rows = select(&*store, Select::all(Job::def(), 10_000));
    let mut expected: Vec<u128> = (1..=THREADS * EACH).filter(|number| matches!(number % 7, 5 | 6)).collect();
    let same: Vec<u128> = ids(&rows).into_iter().filter(|number| number % 7 == 3).collect();
    assert_eq!(same.len(), 1);
    expected.extend(same);
    expected.sort_unstable();
    assert_eq!(ids(&rows), expected);
    assert_eq!(verify(&*store), expected.len() as u64);
}

#[test]
fn no_wakeup_is_lost() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(open(&directory.path().join("a.db")));
    let threads: Vec<_> = (0..8_u128)
        .map(|thread| {
            let store = Arc::clone(&store);
            thread::spawn(move || {
                for turn in 0..100_u128 {
                    let number = 1 + thread * 100 + turn;
                    insert(&*store, job(number, &format!("job {number}"))).unwrap();
                    // A pause of another length each time lets every interleaving of the turn happen.
                    if turn % 3 == 0 {
                        thread::sleep(std::time::Duration::from_micros(u64::try_from(number * 37 % 200).unwrap()));
                    }
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(verify(&*store), 800);
}

#[test]
fn a_store_can_be_dropped_right_after_its_last_answer() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    for round in 0..20_u128 {
        let store = Arc::new(open(&path));
        let threads: Vec<_> = (0..4_u128)
            .map(|thread| {
                let store = Arc::clone(&store);
                thread::spawn(move || {
                    let number = 1 + round * 4 + thread;
                    insert(&*store, job(number, &format!("job {number}"))).unwrap();
                })
            })
            .collect();
        drop(store);
        for thread in threads {
            thread.join().unwrap();
        }
    }
    assert_eq!(verify(&open(&path)), 80);
}

#[test]
fn a_unit_that_nobody_waits_for_any_more_harms_nobody() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("a.db"));
    let work = Arc::new(Apply(|| created(&job(1, "one"))));
    drop(store.write(WriteRequest::new(ORG), work));
    insert(&store, job(2, "two")).unwrap();
    assert_eq!(ids(&select(&store, Select::all(Job::def(), 10))), [2]);
}

/// Waits for something that is not its transaction.
struct Patient;

#[async_trait]
impl Work for Patient {
    async fn run(&self, tx: &mut dyn Transaction) -> Result<()> {
        tx.apply(created(&job(1, "one"))).await?;
        std::future::pending().await
    }
}

#[test]
fn work_that_waits_for_the_outside_is_dropped() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("a.db"));
    let error = pollster::block_on(store.write(WriteRequest::new(ORG), Arc::new(Patient))).unwrap_err();
    assert!(error.is(&codes::AWAITED_OUTSIDE));
    assert_eq!((load::<Job>(&store, 1), verify(&store)), (None, 0));
    insert(&store, job(1, "one")).unwrap();
}

#[test]
fn a_dry_run_answers_what_a_commit_would() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory.path().join("a.db"));
    let dry = |job: Job| {
        let work = Arc::new(Apply(move || created(&job)));
        pollster::block_on(store.write(WriteRequest::new(ORG).discarded(), work))
    };
    dry(job(1, "one")).unwrap();
    let mut dangling = job(2, "two");
    dangling.team = Some(Id::new(Uuid::from_u128(5)));
    assert_eq!(dry(dangling).unwrap_err().code(), "reference.broken");
    assert_eq!((load::<Job>(&store, 1), verify(&store)), (None, 0));
}
