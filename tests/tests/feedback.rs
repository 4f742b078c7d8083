//! Bugs, requests for features and releases, on every backend.

mod bugs;
mod releases;
mod requests;
mod weekly_review;

use nexa_crm::testing::Office;
use nexa_tests::backends;
use serde_json::{Value as Json, json};

/// A tenant with its team on every backend, in which a release resolves tickets and a sender tells customers.
fn everywhere(test: impl Fn(&str, &Office)) {
    for backend in backends::all() {
        let office = Office::staffed(backend.store.clone(), nexa_core::builder());
        let sender = office.run("sender.create", json!({"name": "Acme", "address": "support@acme.example"}));
        office.run("sender.verify", json!({"sender": sender["id"]}));
        let resolves = json!({"resolve_tickets": true, "sender": sender["id"]});
        office.run("org.configure", json!({"releases": resolves}));
        test(backend.name, &office);
    }
}

/// A ticket of the customer with this address, or of nobody.
fn ticket(office: &Office, subject: &str, address: Option<&str>) -> Json {
    let mut fields = json!({"subject": subject});
    if let Some(address) = address {
        fields["customer"] = json!({"email": address});
    }
    // Ids of one moment are in no order.
    office.clock.advance(std::time::Duration::from_secs(1));
    office.run("ticket.create", fields)["id"].clone()
}

fn bug(office: &Office, title: &str, mut fields: Json) -> Json {
    fields["title"] = json!(title);
    office.run("bug.create", fields)["id"].clone()
}

fn release(office: &Office, version: &str) -> Json {
    office.run("release.create", json!({"name": version}))["id"].clone()
}

fn link(office: &Office, bug: &Json, ticket: &Json) {
    office.run("bug.link_ticket", json!({"bug": bug, "ticket": ticket}));
}

/// The code of a refusal of the admin, who changed nothing by it.
fn refused(office: &Office, operation: &str, with: Json) -> String {
    let head = office.head();
    let error = office.run_as("admin", operation, with).unwrap_err();
    assert_eq!(office.head(), head, "{operation} was refused and left an event");
    error.code().to_owned()
}
