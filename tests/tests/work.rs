//! The work of a team, on every backend: tasks and their order on boards.

mod boards;
mod meetings;
mod projects;
mod tasks;

use nexa_crm::testing::Office;
use nexa_tests::backends;
use serde_json::{Value as Json, json};

/// A tenant with its team on every backend.
fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        test(backend.name, Office::staffed(backend.store.clone(), nexa_core::builder()));
    }
}

/// A new task with these fields beside its title.
fn task(office: &Office, title: &str, mut fields: Json) -> Json {
    // Ids of one moment are in no order.
    office.clock.advance(std::time::Duration::from_secs(1));
    fields["title"] = json!(title);
    office.run("task.create", fields)["id"].clone()
}

/// The code of a refusal of the admin, who changed nothing by it.
fn refused(office: &Office, operation: &str, with: Json) -> String {
    let head = office.head();
    let error = office.run_as("admin", operation, with).unwrap_err();
    assert_eq!(office.head(), head, "{operation} was refused and left an event");
    error.code().to_owned()
}
