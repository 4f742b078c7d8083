//! No path shows more than `get`: random records, everybody who calls, and every way to read.
//!
//! `NEXA_CASES` says how many tenants are tried, `NEXA_SEED` where they start; a failure names its seed.

mod exports;
mod named_queries;
mod policies;
mod view;

use std::{collections::BTreeSet, sync::Arc};

use nexa_crm::{
    kernel::{operation::Mode, store::Store},
    testing::{CALLERS, Office},
};
use nexa_tests::{backends, traffic::Traffic};
use serde_json::json;

use named_queries::{COMPARED, EXEMPT, OF_EVERY_KIND};
use policies::Policies;
use view::View;

/// How many calls fill a tenant.
const STEPS: usize = 300;

fn try_tenant(name: &str, store: Arc<dyn Store>, policies: Policies, seed: u64) -> BTreeSet<String> {
    let office = Office::found_with(store, nexa_core::builder().policy(policies));
    let mut traffic = Traffic::new(&office, &office.events(), seed);
    let mut seen = office.position();
    for _ in 0..STEPS {
        let step = traffic.step();
        let limited = policies.limits(&office, &step.principal);
        let answer = step.perform(&office);
        if limited {
            policies::must_not_show(&step, &answer);
        }
        let feed = pollster::block_on(office.crm.feed(office.org, seen, 1_000)).unwrap();
        seen = feed.next;
        traffic.learn(&feed.items);
    }
    // Whatever was thrown away, there is a calendar that somebody can ask.
    let weekly = json!({"monday": [{"from": "09:00", "to": "17:00"}]});
    office.run_as("system", "calendar.create", json!({"name": "Last", "weekly": weekly})).unwrap();
    // And something has a price.
    let made = |operation: &str, fields| office.run_as("system", operation, fields).unwrap()["id"].clone();
    let book = made("price_book.create", json!({"name": "Last", "currency": "USD"}));
    let product = made("product.create", json!({"name": "Last", "sku": "LAST"}));
    let tiers = json!([{"from_quantity": "1", "unit_price": {"amount": "5", "currency": "USD"}}]);
    made("price.create", json!({"price_book": book, "product": product, "tiers": tiers}));
    traffic.learn(&pollster::block_on(office.crm.feed(office.org, seen, 1_000)).unwrap().items);
    let mut answered = BTreeSet::new();
    for caller in CALLERS {
        let label = format!("NEXA_SEED={seed}, {name}, {policies:?}, {caller}");
        let view = View::new(&office, &traffic, policies, caller, label);
        view.every_path_agrees();
        view.named_queries_agree();
        view.exports_write_what_get_shows();
        answered.extend(view.answered.take());
    }
    answered
}

fn try_policies(policies: Policies) {
    for case in 0..backends::cases(1) {
        let seed = backends::seed(1) + case as u64;
        for backend in backends::all() {
            let answered = try_tenant(backend.name, backend.store, policies, seed);
            for (query, _) in COMPARED {
                let compared = answered.iter().any(|operation| named_queries::is_of(query, operation));
                assert!(compared, "{}, {policies:?}: {query} answered nobody", backend.name);
            }
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

#[test]
fn no_named_query_is_left_out() {
    let office = Office::empty(backends::memory().store, nexa_core::builder());
    let catalog = office.crm.catalog();
    let queries = || catalog.operations().filter(|operation| operation.mode == Mode::Query);
    let listed = || COMPARED.iter().map(|(query, _)| *query).chain(EXEMPT.iter().map(|(query, _)| *query));
    for query in queries() {
        let ending = query.name.strip_prefix(query.kind).and_then(|rest| rest.strip_prefix('.'));
        if ending.is_some_and(|ending| OF_EVERY_KIND.contains(&ending)) {
            // Kinds are compared that can be got.
            assert!(
                catalog.operation(&format!("{}.get", query.kind)).is_ok(),
                "{} is compared with nothing",
                query.name
            );
            continue;
        }
        let entries = listed().filter(|entry| named_queries::is_of(entry, query.name)).count();
        assert_eq!(entries, 1, "{} stands in COMPARED, or with a reason in EXEMPT, of named_queries.rs", query.name);
    }
    for entry in listed() {
        assert!(queries().any(|query| named_queries::is_of(entry, query.name)), "{entry} is no query any more");
    }
}
