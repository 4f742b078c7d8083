//! The worker does what is due in every tenant until it is stopped.

use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use nexa_crm::{CreateOrg, Error, kernel::error::codes, worker};
use serde_json::json;

use super::*;

/// Waits until something holds. How long that takes depends on the machine; what counts is that it happens.
fn until(holds: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("it does not happen");
}

#[test]
fn a_worker_serves_every_tenant_until_it_is_stopped() {
    for backend in backends::all() {
        let office = office(backend.store);
        let create = CreateOrg::new("Umbrella", "Omar", "omar@umbrella.example").unwrap();
        let omar = block_on(office.crm.create_org(create)).unwrap();
        let running = worker(office.crm.clone()).every(Duration::from_millis(5)).start().unwrap();
        let other = || block_on(omar.execute("note.count", json!({}), Default::default())).unwrap();
        for round in 1..4 {
            office.run("task.create", json!({"title": "one"}));
            block_on(omar.execute("task.create", json!({"title": "two"}), Default::default())).unwrap();
            until(|| notes(&office).len() == round && other() == round);
        }
        running.stop();
        office.run("task.create", json!({"title": "after"}));
        thread::sleep(Duration::from_millis(30));
        assert_eq!(notes(&office).len(), 3, "{}: it was stopped", backend.name);
    }
}

#[test]
fn a_worker_runs_on_a_runtime_and_ends_with_its_signal() {
    let backend = backends::sqlite();
    let office = Arc::new(office(Arc::clone(&backend.store)));
    office.run("task.create", json!({"title": "one"}));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let watched = Arc::clone(&office);
        let done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&done);
        thread::spawn(move || {
            until(|| notes(&watched).len() == 1);
            seen.store(true, Ordering::SeqCst);
        });
        let shutdown = async move {
            while !done.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        worker(office.crm.clone()).every(Duration::from_millis(5)).run(shutdown).await.unwrap();
    });
    assert_eq!(notes(&office), ["made one"]);
}

#[test]
fn a_worker_says_what_it_could_not_do_and_goes_on() {
    let crm = nexa_core::builder().store(Arc::new(Silent)).clock(nexa_crm::SystemClock);
    let crm = crm.ids(nexa_crm::testing::SeededIds::new(1)).build().unwrap();
    let reported: Arc<Mutex<Vec<Error>>> = Arc::default();
    let hears = Arc::clone(&reported);
    let working = worker(crm).every(Duration::from_millis(1)).on_error(move |org, error| {
        assert_eq!(org, None);
        hears.lock().unwrap().push(error.clone());
    });
    let running = working.start().unwrap();
    until(|| reported.lock().unwrap().len() > 2);
    running.stop();
    assert!(reported.lock().unwrap().iter().all(|error| error.is(&codes::STORE_UNSUPPORTED)));
}

/// A storage that does not say who is due.
struct Silent;

#[async_trait::async_trait]
impl Store for Silent {
    async fn migrate(&self, _: &[&'static nexa_crm::kernel::record::RecordDef]) -> Result<()> {
        Ok(())
    }
    async fn write(
        &self,
        _: nexa_crm::kernel::store::WriteRequest,
        _: Arc<dyn nexa_crm::kernel::store::Work>,
    ) -> Result<()> {
        Err(codes::READ_ONLY.error())
    }
    async fn read(
        &self,
        _: nexa_crm::kernel::store::ReadRequest,
        _: Arc<dyn nexa_crm::kernel::store::Work>,
    ) -> Result<()> {
        Err(codes::READ_ONLY.error())
    }
    async fn drop_org(&self, _: uuid::Uuid) -> Result<()> {
        Ok(())
    }
}
