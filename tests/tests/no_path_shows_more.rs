//! No path shows more than `get`: random records, everybody who calls, and every way to read.
//!
//! `NEXA_CASES` says how many tenants are tried, `NEXA_SEED` where they start; a failure names its seed.

mod exports;
mod eyes;
mod named_queries;
mod policies;

use std::sync::Arc;

use nexa_crm::{
    kernel::store::Store,
    testing::{CALLERS, Office},
};
use nexa_tests::{backends, traffic::Traffic};

use eyes::Eyes;
use policies::Policies;

/// How many calls fill a tenant.
const STEPS: usize = 300;

fn try_tenant(name: &str, store: Arc<dyn Store>, policies: Policies, seed: u64) {
    let office = Office::found_with(store, nexa_core::builder().policy(policies));
    let mut traffic = Traffic::new(&office, &office.events(), seed);
    let mut seen = office.position();
    for _ in 0..STEPS {
        let step = traffic.step();
        let limited = policies.limits(&office, &step.principal);
        let answer = step.perform(&office);
        if limited {
            policies::must_not_tell(&step, &answer);
        }
        let feed = pollster::block_on(office.crm.feed(office.org, seen, 1_000)).unwrap();
        seen = feed.next;
        traffic.learn(&feed.items);
    }
    for caller in CALLERS {
        let told = format!("NEXA_SEED={seed}, {name}, {policies:?}, {caller}");
        let eyes = Eyes::new(&office, &traffic, policies, caller, told);
        eyes.every_path_agrees();
        eyes.named_queries_agree();
        eyes.exports_write_what_get_shows();
    }
}

fn try_policies(policies: Policies) {
    for case in 0..backends::cases(1) {
        let seed = backends::seed(1) + case as u64;
        for backend in backends::all() {
            try_tenant(backend.name, backend.store, policies, seed);
        }
    }
}

#[test]
fn with_the_default_policy() {
    try_policies(Policies::Default);
}

#[test]
fn with_kinds_narrowed() {
    try_policies(Policies::Narrowed);
}

#[test]
fn with_fields_hidden() {
    try_policies(Policies::Hiding);
}
