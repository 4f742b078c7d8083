//! What the law keeps for now, and what is erased when its time is over.

use std::collections::BTreeSet;

use nexa_crm::{
    Timestamp,
    kernel::{
        personal::{Held, Retention},
        record::{RecordDef, Row},
    },
    testing::Office,
};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

use super::verified;

/// Keeps converted leads until a day.
struct Invoices;

impl Retention for Invoices {
    fn held(&self, def: &'static RecordDef, row: &Row, now: Timestamp) -> Option<Held> {
        let until = Timestamp::parse("2025-12-01T00:00:00Z");
        let status = row.get(def.column("status")?).as_text()?;
        (def.kind == "lead" && status == "converted" && until.is_some_and(|until| now < until))
            .then(|| Held { reason: "tax law".to_owned(), until })
    }
}

fn get(office: &Office, kind: &str, word: &str) -> Json {
    office.run(&format!("{kind}.get"), json!({kind: office.id(word)}))
}

#[test]
fn what_is_kept_is_erased_when_its_time_is_over() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let (contact, until) = (office.id("contact"), "2025-12-24T00:00:00Z");
        let lead = office.run("lead.create", json!({"email": "sarah@private.example"}))["id"].clone();
        // Another of the same address is kept for longer, with its history.
        office.run("lead.lose", json!({"lead": lead, "reason": "No budget"}));
        let other = office.run("lead.create", json!({"email": "sarah@private.example"}))["id"].clone();
        let longer = || {
            let created = office.run("lead.history", json!({"lead": other}))["items"][0]["changes"]["email"].clone();
            json!([office.run("lead.get", json!({"lead": other}))["email"], created])
        };
        let keep = json!([
            {"kind": "lead", "id": lead, "reason": "a lawsuit", "until": until},
            {"kind": "lead", "id": other, "reason": "a fraud"},
        ]);
        let certificate = office.run("person.erase", json!({"contact": contact, "reason": "Request 7", "keep": keep}));
        let reasons = certificate["kept"].as_array().unwrap().iter().map(|kept| kept["reason"].as_str().unwrap());
        assert_eq!(reasons.collect::<BTreeSet<_>>(), ["a fraud", "a lawsuit"].into(), "{}", backend.name);
        assert_eq!(certificate["kept_until"], "2025-12-24T00:00:00.000000Z", "{}", backend.name);
        assert_eq!(get(&office, "contact", "contact")["email"], Json::Null, "{}", backend.name);
        let kept = || office.run("lead.get", json!({"lead": lead}))["email"].clone();
        assert_eq!(kept(), "sarah@private.example", "{}", backend.name);
        office.clock.set(Timestamp::parse("2025-12-23T23:59:59Z").unwrap());
        block_on(office.crm.tick(office.org, 1_000)).unwrap();
        assert_eq!(kept(), "sarah@private.example", "{}", backend.name);
        office.clock.set(Timestamp::parse(until).unwrap());
        block_on(office.crm.tick(office.org, 1_000)).unwrap();
        assert_eq!(kept(), Json::Null, "{}", backend.name);
        assert_eq!(longer(), json!(["sarah@private.example", "sarah@private.example"]), "{}", backend.name);
        let now = office.run("erasure.get", json!({"erasure": certificate["id"]}));
        let with_the_lead = certificate["record_count"].as_i64().unwrap() + 1;
        assert_eq!(
            (&now["kept"], &now["kept_until"], &now["record_count"]),
            (&json!([{"kind": "lead", "id": other, "reason": "a fraud"}]), &Json::Null, &json!(with_the_lead)),
            "{}",
            backend.name
        );
        assert_eq!(verified(&office)["erased"], now["event_count"], "{}", backend.name);
    }
}

#[test]
fn a_hosts_retention_keeps_records_by_itself() {
    for backend in backends::all() {
        let office = Office::found_with(backend.store, nexa_core::builder().retention(Invoices));
        let erased = office.run("person.erase", json!({"lead": office.id("converted"), "reason": "Request 7"}));
        assert_eq!(erased["kept"][0]["reason"], "tax law", "{}", backend.name);
        assert_eq!(get(&office, "lead", "converted")["email"], "converted@private.example", "{}", backend.name);
        office.clock.set(Timestamp::parse("2025-12-02T00:00:00Z").unwrap());
        block_on(office.crm.tick(office.org, 1_000)).unwrap();
        assert_eq!(get(&office, "lead", "converted")["email"], Json::Null, "{}", backend.name);
    }
}

#[test]
fn only_records_of_the_person_are_kept() {
    let office = Office::found(backends::memory().store);
    let keep = json!([{"kind": "lead", "id": office.id("lost"), "reason": "a lawsuit"}]);
    let with = json!({"contact": office.id("contact"), "reason": "Request 7", "keep": keep});
    assert_eq!(office.run_as("admin", "person.erase", with).unwrap_err().code(), "person.not_theirs");
}
