//! Names and texts as people write them: what reads the same is the same, is found, and comes in its place, on every backend.

mod equality;
mod matching;
mod orders;
mod searches;

use nexa_crm::testing::Office;
use std::collections::BTreeSet;

use nexa_tests::backends;
use serde_json::{Value as Json, json};

/// Runs a test on a tenant that has nothing but its admin, on each backend.
fn on_every_backend(test: impl Fn(&str, &Office)) {
    for backend in backends::all() {
        test(backend.name, &Office::empty(backend.store.clone(), nexa_core::builder()));
    }
}

/// The texts of a field of the records that are found, in their order.
fn found(office: &Office, operation: &str, arguments: Json, field: &str) -> Vec<String> {
    let page = office.run(operation, arguments);
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// The texts of a field of the records that one comparison of it selects, whatever their order.
fn matching(office: &Office, kind: &str, field: &str, op: &str, value: impl Into<Json>) -> BTreeSet<String> {
    let filter = json!({"field": field, "op": op, "value": value.into()});
    found(office, &format!("{kind}.find"), json!({"filter": filter}), field).into_iter().collect()
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
