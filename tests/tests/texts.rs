//! Names and texts as people write them: what reads the same is the same, is found, and comes in its place, on every backend.

mod equality;
mod matching;
mod orders;
mod searches;

use std::collections::BTreeSet;

use nexa_tests::{backends, company::Company};
use serde_json::{Value as Json, json};

/// Runs a test on a tenant that has nothing but its admin, on each backend.
fn on_every_backend(test: impl Fn(&str, &Company)) {
    for backend in backends::all() {
        test(backend.name, &Company::empty(backend.store.clone(), nexa_core::builder()));
    }
}

/// The texts of a field of the records that are found, in their order.
fn found(company: &Company, operation: &str, arguments: Json, field: &str) -> Vec<String> {
    let page = company.run(operation, arguments);
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// The texts of a field of the records that one comparison of it selects, whatever their order.
fn matching(company: &Company, kind: &str, field: &str, op: &str, value: impl Into<Json>) -> BTreeSet<String> {
    let filter = json!({"field": field, "op": op, "value": value.into()});
    found(company, &format!("{kind}.find"), json!({"filter": filter}), field).into_iter().collect()
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
