//! The knowledge base, on every backend.

mod access;
mod articles;
mod finding;

use nexa_crm::testing::Office;
use nexa_tests::backends;
use serde_json::{Value as Json, json};

/// A tenant with its team on every backend.
fn everywhere(test: impl Fn(&str, &Office)) {
    for backend in backends::all() {
        test(backend.name, &Office::staffed(backend.store.clone(), nexa_core::builder()));
    }
}

/// A public article with an English text.
fn article(office: &Office, title: &str, body: &str) -> Json {
    let text = json!({"locale": "en", "title": title, "body": body});
    office.run("article.create", json!({"audience": "public", "texts": [text]}))["id"].clone()
}

fn published(office: &Office, title: &str, body: &str) -> Json {
    let article = article(office, title, body);
    office.run("article.publish", json!({"article": article}));
    article
}

/// The titles that answer a question, best first.
fn answers(office: &Office, who: &str, question: &str) -> Vec<String> {
    let found = office.run_as(who, "article.answers", json!({"question": question})).unwrap();
    found.as_array().unwrap().iter().map(|answer| answer["title"].as_str().unwrap().to_owned()).collect()
}

/// The code of a refusal of the admin, who changed nothing by it.
fn refused(office: &Office, operation: &str, with: Json) -> String {
    let head = office.head();
    let error = office.run_as("admin", operation, with).unwrap_err();
    assert_eq!(office.head(), head, "{operation} was refused and left an event");
    error.code().to_owned()
}
