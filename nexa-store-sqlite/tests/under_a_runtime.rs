//! Tasks of a runtime: the thread that polls them is never blocked by the file.

use std::{sync::Arc, time::Duration};

use crate::common::*;
use nexa_kernel::{
    Record,
    blocking::ThreadWaits,
    store::{ReadRequest, Select, Store, Work, WriteRequest},
};
use nexa_store_sqlite::{Options, SqliteStore, codes};
use tokio::{runtime::Builder, time};

/// A runtime with one thread, on which everything happens.
fn on_one_thread<T>(work: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_time().build().unwrap().block_on(work)
}

struct Threads(std::sync::Mutex<Vec<String>>);

#[async_trait::async_trait]
impl Work for Threads {
    async fn run(&self, _: &mut dyn nexa_kernel::store::Transaction) -> nexa_kernel::Result<()> {
        self.0.lock().unwrap().push(std::thread::current().name().unwrap_or_default().to_owned());
        Ok(())
    }
}

#[test]
fn a_timer_fires_while_a_write_waits_for_a_lock_that_another_holds() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    drop(open(&path));
    let patient = Options::default().busy_timeout(Duration::from_secs(60));
    let store = Arc::new(SqliteStore::open_with(&path, patient).unwrap());
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    on_one_thread(async {
        let write = store.write(WriteRequest::new(ORG), Arc::new(Apply(|| created(&job(1, "one")))));
        let mut write = std::pin::pin!(write);
        // The timer is of the same thread; it decides only whether the test ends.
        assert!(time::timeout(Duration::from_millis(50), write.as_mut()).await.is_err(), "the lock is held");
        let read = store.read(ReadRequest::new(ORG), Arc::new(Threads(std::sync::Mutex::default())));
        read.await.unwrap();
        other.execute_batch("ROLLBACK").unwrap();
        write.await.unwrap();
    });
    assert!(load::<Job>(&*store, 1).is_some());
}

#[test]
fn a_caller_that_gives_up_while_others_wait_has_changed_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    drop(open(&path));
    let patient = Options::default().busy_timeout(Duration::from_secs(60));
    let store = SqliteStore::open_with(&path, patient).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    on_one_thread(async {
        let write = |number| store.write(WriteRequest::new(ORG), Arc::new(Apply(move || created(&job(number, "job")))));
        let (mut first, mut second) = (std::pin::pin!(write(1)), std::pin::pin!(Some(write(2))));
        assert!(time::timeout(Duration::from_millis(20), first.as_mut()).await.is_err());
        let waiting = second.as_mut().as_pin_mut().unwrap();
        assert!(time::timeout(Duration::from_millis(20), waiting).await.is_err());
        second.set(None);
        other.execute_batch("ROLLBACK").unwrap();
        first.await.unwrap();
    });
    assert_eq!(ids(&select(&store, Select::all(Job::def(), 10))), [1]);
}

#[test]
fn opening_waits_for_a_lock_beside_the_runtime() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    // A rollback journal and a lock on all: nobody can even read.
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE theirs (name TEXT); BEGIN EXCLUSIVE").unwrap();
    on_one_thread(async {
        let opening = SqliteStore::opening(&path, Options::default().busy_timeout(Duration::from_secs(60)));
        let mut opening = std::pin::pin!(opening);
        assert!(time::timeout(Duration::from_millis(50), opening.as_mut()).await.is_err());
        other.execute_batch("ROLLBACK").unwrap();
        let opened = opening.await;
        // SQLite asks for this lock once only when it changes the journal.
        assert!(opened.is_ok() || opened.is_err_and(|error| error.is(&codes::LOCKED)));
    });
}

#[test]
fn work_of_a_task_runs_on_the_stores_threads_and_of_a_thread_that_waits_on_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path().join("a.db")).unwrap();
    let work = Arc::new(Threads(std::sync::Mutex::default()));
    let both = async || {
        store.write(WriteRequest::new(ORG), work.clone()).await.unwrap();
        store.read(ReadRequest::new(ORG), work.clone()).await.unwrap();
    };
    {
        let _waits = ThreadWaits::new();
        pollster::block_on(store.migrate(&[Team::def(), Job::def()])).unwrap();
        pollster::block_on(both());
    }
    on_one_thread(both());
    let own = std::thread::current().name().unwrap_or_default().to_owned();
    let threads = work.0.lock().unwrap().clone();
    assert_eq!(threads, [&own, &own, "nexa-writer", "nexa-reader"]);
}

#[test]
fn many_reads_of_tasks_share_few_threads() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = SqliteStore::open_with(&path, Options::default().readers(2)).unwrap();
    on_one_thread(async {
        store.migrate(&[Team::def(), Job::def()]).await.unwrap();
        let work = Arc::new(Threads(std::sync::Mutex::default()));
        let mut reads = Vec::new();
        for _ in 0..100 {
            reads.push(Box::pin(store.read(ReadRequest::new(ORG), work.clone())));
        }
        for mut read in reads {
            read.as_mut().await.unwrap();
        }
        assert_eq!(work.0.lock().unwrap().len(), 100);
    });
    drop(store);
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 1, "the threads have ended, and with them the connections and the log");
}
