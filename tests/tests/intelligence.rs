//! Answers that explain themselves, on every backend.

mod health;
mod learning;
mod outlook;
mod triage;

use nexa_crm::testing::Office;
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

/// A tenant with its team on every backend, at 09:00 UTC on 17 November 2025.
fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        test(backend.name, Office::staffed(backend.store.clone(), nexa_core::builder()));
    }
}

/// So many days pass, and what is due is done.
fn pass(office: &Office, days: u64) {
    office.clock.advance(std::time::Duration::from_secs(days * 24 * 3_600));
    tick(office);
}

fn tick(office: &Office) {
    block_on(office.crm.tick(office.org, 1_000)).unwrap();
}

/// The code of a refusal of the admin, who changed nothing by it.
fn refused(office: &Office, operation: &str, with: Json) -> String {
    let head = office.head();
    let error = office.run_as("admin", operation, with).unwrap_err();
    assert_eq!(office.head(), head, "{operation}: a refusal left an event");
    error.code().to_owned()
}

/// The codes of the reasons of an answer.
fn codes(list: &Json) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect()
}

fn new(office: &Office, kind: &str, fields: Json) -> Json {
    // Ids of one moment are in no order.
    office.clock.advance(std::time::Duration::from_secs(1));
    office.run(&format!("{kind}.create"), fields)["id"].clone()
}

fn usd(amount: &str) -> Json {
    json!({"amount": amount, "currency": "USD"})
}
