//! Tenants in one storage never see each other.

use nexa_crm::{
    CreateOrg, Envelope, Principal, Session,
    testing::{ManualClock, Office, SeededIds},
};
use nexa_tests::{backends, traffic::Traffic};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// A second tenant beside an office.
fn neighbour(office: &Office) -> Session {
    block_on(office.crm.create_org(CreateOrg::new("Initech", "Bill", "lisa@acme.example").unwrap())).unwrap()
}

fn run(session: &Session, operation: &str, arguments: Json) -> nexa_crm::Result<Json> {
    block_on(session.execute(operation, arguments, Envelope::default()))
}

#[test]
fn nothing_of_one_is_found_by_the_other() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let bill = neighbour(&office);
        let traffic = Traffic::new(&office, &office.events(), 1);
        let keys = json!([{"system": "erp", "key": "1"}]);
        office.run("lead.update", json!({"lead": office.id("lead"), "external_keys": keys}));
        for caller in [bill.clone(), office.crm.system(bill.org(), "test")] {
            for def in office.crm.kinds().all() {
                let catalog = office.crm.catalog();
                let Ok(operation) = catalog.operation(&format!("{}.get", def.kind)) else { continue };
                for id in traffic.ids(def.kind) {
                    let refused = run(&caller, operation.name, json!({def.kind: id, "trashed": true})).unwrap_err();
                    assert_eq!(refused.code(), "record.not_found", "{}, {} {id}", backend.name, def.kind);
                    let history = run(&caller, &format!("{}.history", def.kind), json!({def.kind: id})).unwrap_err();
                    assert_eq!(history.code(), "record.not_found", "{}", backend.name);
                }
                let page = run(&caller, &format!("{}.find", def.kind), json!({})).unwrap();
                let theirs =
                    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().parse().unwrap());
                for id in theirs {
                    assert!(!traffic.ids(def.kind).contains(&id), "{}: {} {id}", backend.name, def.kind);
                }
            }
            let feed = block_on(caller.feed(nexa_crm::Position::START, 1_000)).unwrap();
            let text = serde_json::to_string(&feed).unwrap();
            assert!(!text.contains("private.example"), "{}: the feed shows the neighbour", backend.name);
            assert_eq!(
                run(&caller, "lead.search", json!({"text": "lead"})).unwrap()["items"],
                json!([]),
                "{}",
                backend.name
            );
            let key = json!({"lead": {"system": "erp", "key": "1"}});
            assert_eq!(run(&caller, "lead.get", key).unwrap_err().code(), "record.not_found", "{}", backend.name);
        }
        // References do not reach across either.
        for (operation, arguments) in [
            ("deal.create", json!({"name": "D", "account": office.id("account")})),
            ("task.create", json!({"title": "T", "assignee": {"user": office.id("agent")}})),
            ("task.create", json!({"title": "T", "about": {"kind": "lead", "id": office.id("lead")}})),
            ("lead.create", json!({"email": "x@example.com", "campaign": office.id("campaign")})),
        ] {
            let refused = run(&bill, operation, arguments.clone()).unwrap_err();
            let expected = ["reference.broken", "record.not_found"];
            assert!(expected.contains(&refused.code()), "{}: {operation} {arguments}: {refused:?}", backend.name);
        }
    }
}

#[test]
fn values_ids_keys_and_numbers_are_each_ones_own() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let bill = neighbour(&office);
        let id = Uuid::from_u128(77);
        let lead = json!({"id": id, "email": "same@example.com", "external_keys": [{"system": "erp", "key": "1"}]});
        for session in [office.session("admin"), bill.clone()] {
            assert_eq!(run(&session, "lead.create", lead.clone()).unwrap()["id"], json!(id), "{}", backend.name);
            let keyed = block_on(session.execute("task.create", json!({"title": "T"}), Envelope::once("key")));
            assert!(keyed.is_ok(), "{}", backend.name);
        }
        assert_eq!(
            run(&bill, "ticket.create", json!({"subject": "S"})).unwrap()["number"],
            "T-000001",
            "{}",
            backend.name
        );
        run(&bill, "lead.update", json!({"lead": id, "company": "Initech"})).unwrap();
        assert_eq!(office.run("lead.get", json!({"lead": id}))["company"], Json::Null, "{}", backend.name);
        let events = block_on(office.crm.feed(bill.org(), nexa_crm::Position::START, 1_000)).unwrap();
        assert!(
            events.complete && events.next.seq() == events.items.len() as u64,
            "{}: numbers without a gap",
            backend.name
        );
    }
}

#[test]
fn whoever_works_for_one_is_nobody_for_the_other() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let bill = neighbour(&office);
        let stranger = office.crm.user(bill.org(), office.id("admin"));
        assert_eq!(run(&stranger, "lead.find", json!({})).unwrap_err().code(), "actor.inactive", "{}", backend.name);
        let nowhere = office.crm.system(Uuid::from_u128(1), "test");
        assert_eq!(run(&nowhere, "lead.find", json!({})).unwrap_err().code(), "org.unknown", "{}", backend.name);
        assert_eq!(run(&nowhere, "lead.create", json!({"email": "x@example.com"})).unwrap_err().code(), "org.unknown");
        assert!(!block_on(office.crm.has_org(Uuid::from_u128(1))).unwrap(), "{}", backend.name);
    }
}

#[test]
fn one_goes_and_the_other_stays() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let bill = neighbour(&office);
        run(&bill, "lead.create", json!({"email": "stays@example.com"})).unwrap();
        block_on(office.crm.drop_org(office.org)).unwrap();
        let lisa = office.session("admin");
        assert_eq!(run(&lisa, "lead.find", json!({})).unwrap_err().code(), "org.unknown", "{}", backend.name);
        assert_eq!(run(&bill, "lead.count", json!({})).unwrap(), 1, "{}", backend.name);
        run(&bill, "ledger.verify", json!({})).unwrap();
        // The name of the tenant is free again.
        let again = CreateOrg { id: Some(office.org), ..CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap() };
        let lisa = block_on(office.crm.create_org(again)).unwrap();
        assert_eq!(run(&lisa, "lead.count", json!({})).unwrap(), 0, "{}", backend.name);
        let twice = CreateOrg { id: Some(office.org), ..CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap() };
        assert_eq!(block_on(office.crm.create_org(twice)).err().unwrap().code(), "id.taken", "{}", backend.name);
    }
}

#[test]
fn a_storage_with_nothing_in_it_knows_nobody() {
    for backend in backends::all() {
        let crm = nexa_core::builder()
            .store(backend.store)
            .clock(ManualClock::at("2025-11-17T09:15:00Z"))
            .ids(SeededIds::new(1))
            .build()
            .unwrap();
        block_on(crm.migrate()).unwrap();
        let anybody = crm.session(Uuid::from_u128(9), Principal::User(Uuid::from_u128(8)));
        assert_eq!(run(&anybody, "org.find", json!({})).unwrap_err().code(), "org.unknown", "{}", backend.name);
        assert_eq!(
            block_on(anybody.feed(nexa_crm::Position::START, 10)).unwrap_err().code(),
            "org.unknown",
            "{}",
            backend.name
        );
    }
}
