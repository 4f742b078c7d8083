//! What filters mean, asked by name on every backend.

mod changes;
mod children;
mod relative;

use nexa_crm::testing::Office;
use nexa_tests::backends;
use serde_json::{Value as Json, json};

/// Holds the same questions against an office on every backend.
fn on_every_backend(ask: impl Fn(&mut Office)) {
    for backend in backends::all() {
        let mut office = Office::staffed(backend.store, nexa_core::builder());
        ask(&mut office);
    }
}

/// The names of what somebody finds, in their order.
fn found(office: &Office, caller: &str, kind: &str, filter: &Json) -> Vec<String> {
    let name = if kind == "task" { "title" } else { "name" };
    let page = office.run_as(caller, &format!("{kind}.find"), json!({"filter": filter, "sort": [name]}));
    let page = page.unwrap_or_else(|error| panic!("{filter}: {error:?}"));
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item[name].as_str().unwrap().to_owned()).collect()
}

/// The code and the sentence with which a filter is refused.
fn refused(office: &Office, kind: &str, filter: &Json) -> (String, String) {
    let answer = office.run_as("admin", &format!("{kind}.find"), json!({"filter": filter}));
    let error = answer.expect_err(&filter.to_string());
    (error.code().to_owned(), error.message())
}
