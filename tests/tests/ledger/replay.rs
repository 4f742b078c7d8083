//! The ledger says everything: what its events say, written into an empty storage, is every row of the tenant.

use std::sync::Arc;

use nexa_crm::{
    kernel::{
        memory::MemoryStore,
        store::Store,
        testing::replay::{differences, head_of, replay, rows_of},
    },
    testing::Office,
};
use nexa_tests::{backends, traffic::Traffic};
use pollster::block_on;

#[test]
fn a_replay_into_an_empty_storage_gives_every_row() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let mut traffic = Traffic::new(&office, &office.events(), backends::seed(11));
        let mut seen = office.position();
        for _ in 0..200 {
            let step = traffic.step();
            // What was erased, no event says any more.
            if step.requests.iter().any(|request| request.run.starts_with("person.erase")) {
                continue;
            }
            let _ = step.perform(&office);
            let feed = block_on(office.crm.feed(office.org, seen, 1_000)).unwrap();
            seen = feed.next;
            traffic.learn(&feed.items);
        }
        let (copy, kinds): (Arc<dyn Store>, _) = (Arc::new(MemoryStore::new()), office.crm.kinds());
        let head = block_on(replay(&*backend.store, office.org, kinds, &*copy)).unwrap();
        assert_eq!(head, block_on(head_of(&*backend.store, office.org)).unwrap(), "{}", backend.name);
        let mut compared = 0;
        for def in kinds.all().iter().copied().filter(|def| def.ledger) {
            let [stored, replayed] =
                [&*backend.store, &*copy].map(|store| block_on(rows_of(store, office.org, def)).unwrap());
            assert_eq!(stored.len(), replayed.len(), "{}: rows of the kind {}", backend.name, def.kind);
            for (stored, replayed) in stored.iter().zip(&replayed) {
                let differences = differences(def, stored, replayed);
                assert!(differences.is_empty(), "{}: {} {}: {differences:?}", backend.name, def.kind, stored.id(def));
                compared += 1;
            }
        }
        assert!(compared > 80, "{}: only {compared} rows", backend.name);
    }
}
