//! The same calls on every backend: the same answers, refusals and events, byte for byte.
//!
//! `NEXA_CASES` says how many sequences are tried, `NEXA_SEED` where they start; a failure names its seed and step.

mod repeatable;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Debug,
    sync::Arc,
};

use nexa_crm::{Result, kernel::error::codes, testing::Office};
use nexa_tests::{
    backends,
    traffic::{self, Traffic},
};
use pollster::block_on;
use repeatable::{Repeatable, UnitIds};
use serde_json::{Value as Json, json};

/// How many calls a sequence has.
const STEPS: usize = 250;

/// What came of the calls.
#[derive(Debug, Default)]
struct Tally {
    /// How often each command was let through.
    accepted: BTreeMap<String, usize>,
    /// Refusals that the catalog does not list for their operation.
    unlisted: BTreeSet<(String, String)>,
}

fn text(answer: &Result<Json>) -> String {
    match answer {
        Ok(json) => json.to_string(),
        Err(error) => serde_json::to_string(error).unwrap(),
    }
}

/// What everybody reads of a kind, live and in the trash.
fn contents(office: &Office, caller: &str, kind: &str, sort: &[&str]) -> Vec<String> {
    let finds = [
        json!({"sort": sort, "limit": 1_000}),
        json!({"trashed": true, "limit": 1_000}),
        json!({"filter": {"field": "version", "op": "gt", "value": 1}, "sort": ["-updated_at"], "limit": 20}),
    ];
    finds
        .into_iter()
        .map(|find| text(&block_on(office.session(caller).execute(&format!("{kind}.find"), find, Default::default()))))
        .collect()
}

/// What every backend said is what the first one said.
fn same<T: PartialEq + Debug>(names: &[&str; 3], said: &[T; 3], label: impl Fn() -> String) {
    for (name, other) in names.iter().zip(said).skip(1) {
        assert_eq!(&said[0], other, "{} and {name}: {}", names[0], label());
    }
}

fn run(seed: u64, steps: usize, tally: &mut Tally) {
    let backends = backends::all();
    let names = backends.each_ref().map(|backend| backend.name);
    let companies = backends.each_ref().map(|backend| {
        let ids = UnitIds::new();
        Office::found_numbered(Arc::new(Repeatable::on(backend.store.clone(), ids.clone())), ids)
    });
    let one = &companies[0];
    let founding = companies.each_ref().map(Office::events);
    same(&names, &founding, || "the founding".to_owned());
    let mut traffic = Traffic::new(one, &founding[0], seed);
    assert_eq!(traffic::without_sample(one), [""; 0], "these commands are never tried");
    let mut seen = one.position();
    for position in 0..steps {
        let step = traffic.step();
        let label = || format!("NEXA_SEED={seed}, step {position}: {step:#?}");
        let answers = companies.each_ref().map(|office| step.perform(office));
        same(&names, &answers.each_ref().map(text), label);
        let feeds = companies.each_ref().map(|office| block_on(office.crm.feed(office.org, seen, 1_000)).unwrap());
        same(&names, &feeds.each_ref().map(|feed| serde_json::to_string(feed).unwrap()), label);
        seen = feeds[0].next;
        assert!(feeds[0].complete, "one call left more than a page of events: {}", label());
        if answers[0].is_err() || step.envelope.dry_run {
            assert!(feeds[0].items.is_empty(), "a call that changes nothing left events: {}", label());
        }
        match (&answers[0], step.requests.as_slice()) {
            (Ok(_), requests) => {
                for request in requests {
                    *tally.accepted.entry(request.run.clone()).or_default() += 1;
                }
            }
            (Err(error), [request]) => {
                let operation = one.crm.catalog().operation(&request.run).unwrap();
                if !operation.errors.iter().chain(codes::ALL).any(|code| code.code == error.code()) {
                    tally.unlisted.insert((request.run.clone(), error.code().to_owned()));
                }
            }
            (Err(_), _) => {}
        }
        traffic.learn(&feeds[0].items);
    }
    for def in
        one.crm.kinds().all().iter().filter(|def| one.crm.catalog().operation(&format!("{}.find", def.kind)).is_ok())
    {
        for caller in ["admin", "agent", "viewer"] {
            for sort in [["created_at"], ["-updated_at"]] {
                let found = companies.each_ref().map(|office| contents(office, caller, def.kind, &sort));
                same(&names, &found, || format!("NEXA_SEED={seed}: what {caller} finds of {}", def.kind));
            }
        }
    }
    let ledgers = companies.each_ref().map(|office| {
        let feed = |caller| {
            serde_json::to_string(&block_on(office.session(caller).feed(nexa_crm::Position::START, 1_000))).unwrap()
        };
        let verified = office.run_as("system", "ledger.verify", json!({}));
        (feed("agent"), feed("colleague"), feed("viewer"), text(&verified))
    });
    same(&names, &ledgers, || format!("NEXA_SEED={seed}: feeds and the head of the ledger"));
}

#[test]
fn every_backend_answers_the_same() {
    let cases = backends::cases(4);
    let mut tally = Tally::default();
    for case in 0..cases {
        run(backends::seed(1) + case as u64, STEPS, &mut tally);
    }
    // A sequence of refusals would prove nothing.
    let total: usize = tally.accepted.values().sum();
    println!("{total} of {} calls were let through: {:?}", cases * STEPS, tally.accepted);
    assert!(total * 4 > cases * STEPS, "most calls were refused: {:?}", tally.accepted);
    assert_eq!(tally.unlisted, BTreeSet::new(), "refusals that the catalog does not list");
}
