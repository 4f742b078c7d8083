//! What fails half-way leaves no trace: a write that breaks inside a transaction, a port that errs, a process that is killed.

mod broken_store;

use std::{path::Path, sync::Arc, thread, time::Duration};

use broken_store::{BrokenStore, Fault};
use mockall::mock;
use nexa_crm::{
    CreateOrg, Envelope, Timestamp,
    kernel::ports::Ids,
    testing::{ManualClock, Office, SeededIds},
};
use nexa_tests::{
    backends,
    faults::{
        check,
        files::{self, Folder},
        place::Place,
        round::Writer,
    },
};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// Commands that change several records, as calls.
fn calls(office: &Office) -> Vec<(&'static str, Json)> {
    let id = |word: &str| office.id(word);
    let customer = json!({"name": "Ada Byron", "email": "ada@umbrella.example", "company": "Umbrella"});
    let rows: Vec<Json> = (0..5).map(|row| json!({"email": format!("row{row}@umbrella.example")})).collect();
    vec![
        ("lead.convert", json!({"lead": id("qualified")})),
        ("ticket.create", json!({"subject": "It does not start", "customer": customer})),
        ("contact.merge", json!({"contact": id("contact"), "other": id("other_contact")})),
        ("ticket.merge", json!({"ticket": id("ticket"), "other": id("other_ticket")})),
        ("deal.win", json!({"deal": id("deal")})),
        ("account.trash", json!({"account": id("account"), "on_dependents": "cascade"})),
        ("lead.import_rows", json!({"rows": rows})),
        ("pipeline.create", json!({"name": "Partners", "is_default": true})),
    ]
}

/// Everything that anybody could notice.
fn trace(office: &Office) -> Vec<String> {
    let mut trace = vec![serde_json::to_string(&office.events()).unwrap()];
    for def in office.crm.kinds().all() {
        for trashed in [false, true] {
            let find = json!({"trashed": trashed, "limit": 1_000});
            if let Ok(page) = office.run_as("system", &format!("{}.find", def.kind), find) {
                trace.push(page.to_string());
            }
        }
    }
    trace
}

fn no_trace(fault: Fault) {
    for backend in backends::all() {
        let store = Arc::new(BrokenStore::new(backend.store));
        let office = Office::found(store.clone());
        for (operation, arguments) in calls(&office) {
            let before = trace(&office);
            let key = Envelope::once(format!("{operation} {fault:?}"));
            let call = || block_on(office.session("admin").execute(operation, arguments.clone(), key.clone()));
            let mut failures = 0;
            // The first write fails, then the second, until there is none left to fail.
            let answer = loop {
                store.fail(fault, failures);
                let answer = call();
                if !store.failed() {
                    break answer;
                }
                let label = format!("{}, {operation}, {fault:?} at {failures}", backend.name);
                assert_eq!(answer.expect_err(&label).code(), fault.code(), "{label}");
                assert_eq!(trace(&office), before, "{label} left a trace");
                failures += 1;
            };
            assert!(failures > 0, "{}: {operation} wrote nothing", backend.name);
            let answer = answer.unwrap_or_else(|error| panic!("{}: {operation} then: {error:?}", backend.name));
            assert_ne!(trace(&office), before);
            // A failure is not remembered under the key, a success is.
            assert_eq!(call().unwrap(), answer);
        }
        office.run("ledger.verify", json!({}));
    }
}

#[test]
fn a_write_that_is_refused_by_the_storage_leaves_no_trace() {
    no_trace(Fault::Before);
}

#[test]
fn a_write_that_fails_after_it_was_made_leaves_no_trace() {
    no_trace(Fault::After);
}

#[test]
fn a_panic_inside_a_unit_leaves_no_trace() {
    // The panics are meant; their messages would bury those that are not.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.payload().downcast_ref::<&str>() != Some(&broken_store::MEANT) {
            usual(info);
        }
    }));
    no_trace(Fault::Panic);
}

#[test]
fn a_unit_that_waits_for_the_outside_leaves_no_trace() {
    no_trace(Fault::Wait);
}

mock! {
    Numbers {}
    impl Ids for Numbers {
        fn id(&self, at: Timestamp) -> Uuid;
        fn salt(&self) -> [u8; 16];
    }
}

#[test]
fn a_source_of_identifiers_that_repeats_itself_is_noticed() {
    for backend in backends::all() {
        let ids = SeededIds::new(3);
        let mut numbers = MockNumbers::new();
        numbers.expect_salt().returning(|| [7; 16]);
        let stuck = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let seen = stuck.clone();
        numbers.expect_id().returning(move |at| {
            let id = ids.id(at);
            if seen.load(std::sync::atomic::Ordering::SeqCst) { Uuid::from_u128(42) } else { id }
        });
        let clock = ManualClock::at("2025-11-17T09:15:00Z");
        let crm = nexa_core::builder().store(backend.store).clock(clock).ids(numbers).build().unwrap();
        block_on(crm.migrate()).unwrap();
        let admin = block_on(crm.create_org(CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap())).unwrap();
        let create = |mail: &str| block_on(admin.execute("lead.create", json!({"email": mail}), Envelope::default()));
        stuck.store(true, std::sync::atomic::Ordering::SeqCst);
        create("a@example.com").unwrap();
        assert_eq!(create("b@example.com").unwrap_err().code(), "id.taken", "{}", backend.name);
        let leads = block_on(admin.execute("lead.count", json!({}), Envelope::default())).unwrap();
        assert_eq!(leads, 1, "{}", backend.name);
        block_on(admin.execute("ledger.verify", json!({}), Envelope::default())).unwrap();
    }
}

/// The program that writes until it is killed.
fn faults() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_faults"))
}

/// A storage of each sort that outlives its process.
fn places(test: impl Fn(Place)) {
    let folder = tempfile::tempdir().unwrap();
    test(Place::file(folder.path(), "crm.db"));
    test(Place::database());
}

#[test]
fn what_was_acknowledged_survives_the_end_of_the_process() {
    places(|place| {
        let mut org = None;
        for (round, time) in (1..).zip([40, 5, 160, 90]) {
            let writer = Writer::start(faults(), &place, org, round).unwrap();
            org = Some(writer.org);
            thread::sleep(Duration::from_millis(time));
            let acknowledged = writer.kill().unwrap();
            check::whole(&place, org.unwrap(), &acknowledged).unwrap_or_else(|problem| panic!("{place:?}: {problem}"));
        }
    });
}

#[test]
fn no_row_lacks_its_bytes_after_the_end_of_the_process() {
    let bytes = tempfile::tempdir().unwrap();
    places(|place| {
        let mut folder = Folder::new(&bytes.path().join(place.url().replace(['/', ':', '?'], "_")));
        let mut org = None;
        for (round, time) in (1..).zip([300, 20, 500]) {
            let writer = Writer::start_files(faults(), &place, &folder, org, round).unwrap();
            org = Some(writer.org);
            thread::sleep(Duration::from_millis(time));
            let acknowledged = writer.kill().unwrap();
            files::whole(&place, &mut folder, org.unwrap(), &acknowledged)
                .unwrap_or_else(|problem| panic!("{place:?}: {problem}"));
        }
    });
}

#[test]
fn two_processes_on_one_storage_both_get_on() {
    places(|place| {
        let first = Writer::start(faults(), &place, None, 1).unwrap();
        let second = Writer::start(faults(), &place, Some(first.org), 2).unwrap();
        let org = first.org;
        // How long it takes depends on the machine; what counts is that nobody is kept out.
        let mut writers = [first, second];
        for _ in 0..100 {
            thread::sleep(Duration::from_millis(100));
            if writers.iter_mut().all(|writer| writer.acknowledged() >= 40) {
                break;
            }
        }
        let acknowledged: Vec<_> = writers.into_iter().map(|writer| writer.kill().unwrap()).collect();
        let counts: Vec<usize> = acknowledged.iter().map(Vec::len).collect();
        assert!(counts.iter().all(|count| *count >= 40), "{place:?}: one was kept out: {counts:?}");
        check::whole(&place, org, &acknowledged.concat()).unwrap_or_else(|problem| panic!("{place:?}: {problem}"));
    });
}
