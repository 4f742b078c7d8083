//! What follows from events follows once, in their order, whatever fails.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use async_trait::async_trait;
use nexa_crm::{
    Envelope, Request,
    kernel::{
        record::RecordDef,
        store::{ReadRequest, Work, WriteRequest},
    },
    testing::Office,
};
use serde_json::json;
use uuid::Uuid;

use super::*;

fn make(office: &Office, title: &str) {
    office.run("task.create", json!({"title": title}));
}

#[test]
fn what_follows_from_events_follows_once_and_in_their_order() {
    for backend in backends::all() {
        let office = office(backend.store);
        make(&office, "one");
        make(&office, "two");
        assert_eq!(notes(&office), [] as [&str; 0], "{}: nothing happens by itself", backend.name);
        assert_eq!(tick(&office).done, 2, "{}", backend.name);
        assert_eq!(notes(&office), ["made one", "made two"], "{}", backend.name);
        make(&office, "three");
        assert_eq!(tick(&office).done, 1, "{}", backend.name);
        assert_eq!(tick(&office).done, 0, "{}", backend.name);
        assert_eq!(notes(&office), ["made one", "made two", "made three"], "{}", backend.name);
        office.run("ledger.verify", json!({}));
    }
}

#[test]
fn the_events_of_one_unit_come_together() {
    for backend in backends::all() {
        let office = office(backend.store);
        let task = |title: &str| Request { run: "task.create".to_owned(), with: json!({"title": title}) };
        let tasks = ["one", "two", "three"].map(task).to_vec();
        block_on(office.session("admin").batch(tasks, Envelope::default())).unwrap();
        assert_eq!(tick(&office).done, 1, "{}", backend.name);
        assert_eq!(notes(&office), ["made one, two, three"], "{}", backend.name);
    }
}

#[test]
fn a_consequence_is_in_the_ledger_under_the_name_of_its_consumer() {
    for backend in backends::all() {
        let office = office(backend.store);
        make(&office, "one");
        tick(&office);
        let history = office.run_as("system", "note.find", json!({})).unwrap();
        let note = &history["items"][0]["id"];
        let history = office.run_as("system", "note.history", json!({"note": note})).unwrap();
        assert_eq!(history["items"][0]["command"], "task_notes", "{}", backend.name);
        assert_eq!(history["items"][0]["actor"], "system:tick", "{}", backend.name);
    }
}

#[test]
fn a_consumer_that_fails_records_it_and_goes_on() {
    for backend in backends::all() {
        let office = office(backend.store);
        for title in ["one", "refused", "two", "refused too", "three"] {
            make(&office, title);
        }
        let ticked = tick(&office);
        assert_eq!(ticked, Ticked { done: 3, next_due: None }, "{}", backend.name);
        // Of what failed nothing is left.
        assert_eq!(notes(&office), ["made one", "made two", "made three"], "{}", backend.name);
        let failures = failures(&office);
        let reported: Vec<(&str, &str)> =
            failures.iter().map(|failure| (failure.name.as_str(), failure.code.as_str())).collect();
        assert_eq!(reported, [("task_notes", "field.invalid"); 2], "{}", backend.name);
        assert!(failures.iter().all(|failure| failure.message.contains("it is refused") && failure.event.is_some()));
        // Only admins see it.
        let denied = office.run_as("agent", "failure.count", json!({})).unwrap_err();
        assert_eq!(denied.code(), "access.denied", "{}", backend.name);
        assert_eq!(tick(&office).done, 0, "{}", backend.name);
    }
}

#[test]
fn consumers_are_given_what_others_did_and_not_what_they_did_themselves() {
    for backend in backends::all() {
        let office = Office::staffed(backend.store, builder().consumer::<EveryNote>());
        office.run("note.create", json!({"body": "mine"}));
        make(&office, "one");
        tick(&office);
        // The note of the other consumer was seen, those of its own were not: it ends.
        assert_eq!(notes(&office), ["mine", "seen 1", "made one", "seen 1"], "{}", backend.name);
        assert_eq!(tick(&office).done, 0, "{}", backend.name);
    }
}

#[test]
fn a_limit_leaves_the_rest_for_the_next_tick() {
    for backend in backends::all() {
        let office = office(backend.store);
        for number in 0..7 {
            make(&office, &format!("{number}"));
        }
        let first = block_on(office.crm.tick(office.org, 3)).unwrap();
        assert_eq!(first.done, 3, "{}", backend.name);
        assert!(
            first.next_due.is_some_and(|due| due <= nexa_crm::kernel::ports::Clock::now(&office.clock)),
            "{}: more is due now",
            backend.name
        );
        assert_eq!(tick(&office).done, 4, "{}", backend.name);
        assert_eq!(notes(&office).len(), 7, "{}", backend.name);
        assert_eq!(block_on(office.crm.tick(office.org, 0)).unwrap_err().code(), "page.size");
    }
}

#[test]
fn a_consumer_that_comes_later_begins_where_it_says() {
    for backend in backends::all() {
        let old = Office::staffed(Arc::clone(&backend.store), nexa_core::builder());
        old.run("note.create", json!({"body": "old"}));
        make(&old, "old");
        let new = builder().consumer::<EveryNote>().store(backend.store).clock(Arc::clone(&old.clock));
        let new = new.ids(nexa_crm::testing::SeededIds::new(11)).build().unwrap();
        block_on(new.tick(old.org, 1_000)).unwrap();
        make(&old, "new");
        block_on(new.tick(old.org, 1_000)).unwrap();
        // The one reads everything, the other what happens from its first tick on.
        assert_eq!(notes(&old), ["old", "seen 1", "made new", "seen 1"], "{}", backend.name);
    }
}

#[test]
fn two_ticks_at_once_do_everything_once() {
    for backend in backends::all() {
        let office = office(backend.store);
        let titles: Vec<String> = (0..100).map(|number| format!("{number:03}")).collect();
        for title in &titles {
            make(&office, title);
        }
        let done: usize = thread::scope(|scope| {
            let ticks: Vec<_> = (0..4).map(|_| scope.spawn(|| tick(&office).done)).collect();
            ticks.into_iter().map(|tick| tick.join().unwrap()).sum()
        });
        assert_eq!(done, 100, "{}", backend.name);
        let made: Vec<String> = titles.iter().map(|title| format!("made {title}")).collect();
        assert_eq!(notes(&office), made, "{}", backend.name);
    }
}

/// A storage that counts the units that may write, and those that read.
struct Counting {
    store: Arc<dyn Store>,
    writes: AtomicUsize,
    reads: AtomicUsize,
}

#[async_trait]
impl Store for Counting {
    async fn migrate(&self, defs: &[&'static RecordDef]) -> Result<()> {
        self.store.migrate(defs).await
    }
    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.store.write(request, work).await
    }
    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.store.read(request, work).await
    }
    async fn drop_org(&self, org: Uuid) -> Result<()> {
        self.store.drop_org(org).await
    }
}

#[test]
fn an_idle_tick_writes_nothing() {
    for backend in backends::all() {
        let store =
            Arc::new(Counting { store: backend.store, writes: AtomicUsize::new(0), reads: AtomicUsize::new(0) });
        let office = office(store.clone());
        make(&office, "one");
        tick(&office);
        let counts = || (store.writes.load(Ordering::SeqCst), store.reads.load(Ordering::SeqCst));
        let (writes, reads) = counts();
        for _ in 0..3 {
            assert_eq!(tick(&office), Ticked::default(), "{}", backend.name);
        }
        assert_eq!(counts(), (writes, reads + 3), "{}", backend.name);
    }
}
