//! The text of an answer, the document of it, and the record itself say the same.

use std::sync::Arc;

use nexa_core::{
    Envelope, Find, Id, Request, Search, Session,
    kernel::memory::MemoryStore,
    sales::{Account, Contact, Lead},
    testing::{Office, block_on},
};
use serde_json::{Value as Json, json, to_value};

fn lisa() -> Session {
    Office::empty(Arc::new(MemoryStore::new()), nexa_core::builder()).session("admin")
}

/// The answer by name, which is the same as a text.
fn answer(session: &Session, operation: &str, arguments: &Json) -> Json {
    let text = block_on(session.execute_to_text(operation, arguments.clone(), Envelope::default())).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The answer to a question, in both ways.
fn asked(session: &Session, operation: &str, arguments: Json) -> Json {
    let text = answer(session, operation, &arguments);
    assert_eq!(text, block_on(session.execute(operation, arguments, Envelope::default())).unwrap());
    text
}

fn id<R>(record: &Json) -> Id<R> {
    record["id"].as_str().unwrap().parse().unwrap()
}

#[test]
fn records_and_pages_are_answered_as_they_are() {
    let lisa = lisa();
    let account =
        answer(&lisa, "account.create", &json!({"name": "Acme \"Corp\"", "billing_address": {"city": "Köln"}}));
    let contact = answer(&lisa, "contact.create", &json!({"last_name": "Sand", "account": account["id"]}));
    let lead = answer(&lisa, "lead.create", &json!({"email": "sand@acme.example", "tags": ["vip", "b\\n"]}));
    assert_eq!(account, to_value(block_on(lisa.get::<Account>(id::<Account>(&account))).unwrap()).unwrap());
    assert_eq!(contact, to_value(block_on(lisa.get::<Contact>(id::<Contact>(&contact))).unwrap()).unwrap());
    assert_eq!(lead, to_value(block_on(lisa.get::<Lead>(id::<Lead>(&lead))).unwrap()).unwrap());

    let shown = asked(&lisa, "contact.get", json!({"contact": contact["id"], "with": ["account"]}));
    let held = account["id"].as_str().unwrap();
    assert_eq!(shown["related"]["account"][held], account);
    assert_eq!(shown["last_name"], "Sand");

    answer(&lisa, "lead.create", &json!({"email": "wood@acme.example"}));
    let page = asked(&lisa, "lead.find", json!({"sort": ["-email"], "limit": 1}));
    let typed = block_on(lisa.find(Find::<Lead>::new().by_descending(Lead::EMAIL).limit(1))).unwrap();
    assert_eq!(page, to_value(&typed).unwrap());
    assert!(page["next"].is_string());
    let hits = asked(&lisa, "lead.search", json!({"text": "sand"}));
    assert_eq!(hits, to_value(block_on(lisa.ask(Search::<Lead>::text("sand"))).unwrap()).unwrap());
    assert_eq!(asked(&lisa, "lead.count", json!({})), 2);
    assert_eq!(
        asked(&lisa, "lead.find", json!({"filter": {"field": "score", "op": "gt", "value": 100}})),
        json!({"items": []})
    );
}

#[test]
fn what_is_remembered_is_answered_again() {
    let lisa = lisa();
    let keyed = |key: &str| Envelope { idempotency_key: Some(key.to_owned()), ..Envelope::default() };
    let upsert = json!({"match_on": "email", "email": "sand@acme.example"});
    let first = block_on(lisa.execute_to_text("lead.upsert", upsert.clone(), keyed("1"))).unwrap();
    assert_eq!(serde_json::from_str::<Json>(&first).unwrap()["created"], true);
    assert_eq!(block_on(lisa.execute_to_text("lead.upsert", upsert.clone(), keyed("1"))).unwrap(), first);
    let again = block_on(lisa.execute("lead.upsert", upsert, keyed("1"))).unwrap();
    assert_eq!(again, serde_json::from_str::<Json>(&first).unwrap());

    let lead = again["record"]["id"].clone();
    let requests = || {
        let run = |run: &str, with| Request { run: run.to_owned(), with };
        vec![
            run("lead.contact", json!({"lead": lead})),
            run("lead.find", json!({})),
            run("lead.trash", json!({"lead": lead})),
            run("lead.purge", json!({"lead": lead})),
        ]
    };
    let text = block_on(lisa.batch_to_text(requests(), keyed("2"))).unwrap();
    let answers: Vec<Json> = serde_json::from_str(&text).unwrap();
    assert_eq!((answers.len(), &answers[3]), (4, &Json::Null));
    assert_eq!(answers[1]["items"][0], answers[0]);
    assert_eq!(block_on(lisa.batch(requests(), keyed("2"))).unwrap(), answers);
    let repeated = block_on(lisa.batch_to_text(requests(), keyed("2"))).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Json>>(&repeated).unwrap(), answers);
}
