//! What stands around a command: batches, idempotency keys, expected versions, dry runs, reasons.

use std::time::Duration;

use nexa_crm::{Envelope, Request, Result, testing::Office};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        test(backend.name, Office::found(backend.store));
    }
}

fn call(office: &Office, caller: &str, operation: &str, arguments: Json, envelope: Envelope) -> Result<Json> {
    block_on(office.session(caller).execute(operation, arguments, envelope))
}

fn requests(of: &[(&str, Json)]) -> Vec<Request> {
    of.iter().map(|(run, with)| Request { run: (*run).to_owned(), with: with.clone() }).collect()
}

#[test]
fn a_batch_is_done_whole_or_not_at_all() {
    everywhere(|name, office| {
        let admin = office.session("admin");
        let (lead, deal) = (uuid::Uuid::from_u128(71), uuid::Uuid::from_u128(72));
        let made = requests(&[
            ("lead.create", json!({"id": lead, "email": "batch@example.com"})),
            ("lead.contact", json!({"lead": lead})),
            ("deal.create", json!({"id": deal, "name": "Batch"})),
            ("lead.count", json!({"filter": {"field": "email", "value": "batch@example.com"}})),
        ]);
        let (head, position) = (office.head(), office.position());
        let broken = [made.clone(), requests(&[("deal.win", json!({"deal": deal}))])].concat();
        let refused = block_on(admin.batch(broken, Envelope::default())).unwrap_err();
        assert_eq!((refused.code(), &refused.params()["position"]), ("deal.amount_missing", &json!(4)), "{name}");
        assert_eq!(office.head(), head, "{name}");
        assert_eq!(office.run_as("admin", "lead.get", json!({"lead": lead})).unwrap_err().code(), "record.not_found");

        let answers = block_on(admin.batch(made, Envelope::because("all at once"))).unwrap();
        assert_eq!(answers[1]["status"], "contacted", "{name}: a later one sees the earlier");
        assert_eq!(answers[3], 1, "{name}: and so does a question");
        let feed = block_on(office.crm.feed(office.org, position, 100)).unwrap();
        let events: Vec<Json> =
            feed.items.iter().map(|item| serde_json::to_value(item).unwrap()["changed"].clone()).collect();
        assert!(events.iter().all(|event| event["unit"] == events[0]["unit"]), "{name}: one unit");
        assert!(events.iter().all(|event| event["reason"] == "all at once"), "{name}");
        assert_eq!(events[0]["command"], "lead.create", "{name}: each event bears its command");
        assert_eq!(
            block_on(admin.batch(Vec::new(), Envelope::default())).unwrap().len(),
            0,
            "{name}: nothing is nothing"
        );
        let unknown = block_on(admin.batch(requests(&[("lead.nothing", json!({}))]), Envelope::default())).unwrap_err();
        assert_eq!(unknown.code(), "operation.unknown", "{name}");
    });
}

#[test]
fn a_key_answers_the_first_result_again() {
    everywhere(|name, office| {
        let create = |caller: &str, title: &str, key: &str| {
            call(&office, caller, "task.create", json!({"title": title}), Envelope::once(key))
        };
        let first = create("agent", "Call", "one").unwrap();
        let head = office.head();
        office.clock.advance(Duration::from_secs(3_600));
        assert_eq!(create("agent", "Call", "one").unwrap(), first, "{name}");
        assert_eq!(office.head(), head, "{name}: nothing happened again");
        assert_eq!(create("agent", "Mail", "one").unwrap_err().code(), "idempotency.mismatch", "{name}");
        let other = call(&office, "agent", "task.count", json!({}), Envelope::once("one"));
        assert!(other.is_ok(), "{name}: a question needs no key and minds none");
        // Keys of others are theirs.
        assert_ne!(create("colleague", "Call", "one").unwrap()["id"], first["id"], "{name}");
        // What changed since does not change the answer.
        office.run("task.update", json!({"task": first["id"], "title": "Call Sarah"}));
        assert_eq!(create("agent", "Call", "one").unwrap(), first, "{name}");
        // A day later the key is free.
        office.clock.advance(Duration::from_secs(24 * 3_600));
        assert_ne!(create("agent", "Call", "one").unwrap()["id"], first["id"], "{name}");
    });
}

#[test]
fn refusals_and_dry_runs_are_not_remembered() {
    everywhere(|name, office| {
        let email = json!({"email": "twice@example.com"});
        let other = office.run("lead.create", email.clone());
        let create = || call(&office, "agent", "lead.create", email.clone(), Envelope::once("k"));
        assert_eq!(create().unwrap_err().code(), "lead.email_taken", "{name}");
        office.run("lead.trash", json!({"lead": other["id"]}));
        let dry = Envelope { dry_run: true, ..Envelope::once("k") };
        let promised = call(&office, "agent", "lead.create", email.clone(), dry).unwrap();
        let head = office.head();
        let made = create().unwrap();
        assert_ne!(made["id"], promised["id"], "{name}: a dry run made nothing");
        assert_eq!(office.head(), head + 1, "{name}");
        // The same arguments in another order are the same command.
        let a = json!({"email": "order@example.com", "company": "Soylent"});
        let b: Json = serde_json::from_str(r#"{"company": "Soylent", "email": "order@example.com"}"#).unwrap();
        let first = call(&office, "agent", "lead.create", a, Envelope::once("order")).unwrap();
        assert_eq!(call(&office, "agent", "lead.create", b, Envelope::once("order")).unwrap(), first, "{name}");
    });
}

#[test]
fn a_batch_has_one_key() {
    everywhere(|name, office| {
        let agent = office.session("agent");
        let two = requests(&[("task.create", json!({"title": "A"})), ("task.create", json!({"title": "B"}))]);
        let first = block_on(agent.batch(two.clone(), Envelope::once("batch"))).unwrap();
        assert_eq!(block_on(agent.batch(two.clone(), Envelope::once("batch"))).unwrap(), first, "{name}");
        let one = block_on(agent.batch(two[..1].to_vec(), Envelope::once("batch"))).unwrap_err();
        assert_eq!(one.code(), "idempotency.mismatch", "{name}");
        let alone = call(&office, "agent", "task.create", json!({"title": "A"}), Envelope::once("batch")).unwrap_err();
        assert_eq!(alone.code(), "idempotency.mismatch", "{name}");
    });
}

#[test]
fn an_expected_version_is_held_against_the_record() {
    everywhere(|name, office| {
        let lead = office.id("lead");
        let at = |version| Envelope { expected_version: Some(version), ..Envelope::default() };
        let edit = |version| call(&office, "agent", "lead.update", json!({"lead": lead, "title": "CTO"}), at(version));
        let conflict = edit(7).unwrap_err();
        assert_eq!(conflict.code(), "version.conflict", "{name}");
        assert_eq!((&conflict.params()["expected"], &conflict.params()["actual"]), (&json!(7), &json!(1)), "{name}");
        assert_eq!(edit(1).unwrap()["version"], 2, "{name}");
        assert_eq!(edit(1).unwrap_err().code(), "version.conflict", "{name}");
        let none = call(&office, "agent", "lead.create", json!({"email": "v@example.com"}), at(1)).unwrap_err();
        assert_eq!(none.code(), "version.without_target", "{name}");
        // Nothing changed, so the version stays.
        assert_eq!(edit(2).unwrap()["version"], 2, "{name}");
        // Claiming names a record as well.
        let claim = call(&office, "agent", "ticket.claim", json!({"ticket": office.id("ticket")}), at(99));
        assert_eq!(claim.unwrap_err().code(), "version.conflict", "{name}");
    });
}

#[test]
fn a_dry_run_answers_and_changes_nothing() {
    everywhere(|name, office| {
        let head = office.head();
        let convert = json!({"lead": office.id("qualified")});
        let answer = call(&office, "agent", "lead.convert", convert.clone(), Envelope::dry()).unwrap();
        assert_eq!(answer["lead"]["status"], "converted", "{name}");
        assert_eq!(office.head(), head, "{name}");
        assert_eq!(office.run("lead.get", convert.clone())["status"], "qualified", "{name}");
        let refused = call(&office, "agent", "lead.convert", json!({"lead": office.id("lead")}), Envelope::dry());
        assert_eq!(refused.unwrap_err().code(), "lead.not_qualified", "{name}");
        let number = |ticket: &Json| ticket["number"].as_str().unwrap().to_owned();
        let ticket = json!({"subject": "It does not start"});
        let promised = call(&office, "agent", "ticket.create", ticket.clone(), Envelope::dry()).unwrap();
        let made = office.run("ticket.create", ticket);
        assert_eq!(number(&promised), number(&made), "{name}: a dry run gives no number away");
    });
}

#[test]
fn the_ledger_keeps_why_and_for_whom() {
    everywhere(|name, office| {
        let envelope = Envelope {
            reason: Some("She asked for it".to_owned()),
            cause: Some("renewals".to_owned()),
            on_behalf_of: Some(office.id("agent")),
            request_id: Some("r-1".to_owned()),
            ..Envelope::default()
        };
        let lead = office.id("lead");
        call(&office, "service", "lead.contact", json!({"lead": lead}), envelope).unwrap();
        let history = office.run("lead.history", json!({"lead": lead}));
        let last = history["items"].as_array().unwrap().last().unwrap().clone();
        assert_eq!(last["reason"], "She asked for it", "{name}");
        assert_eq!(last["cause"], "renewals", "{name}");
        assert_eq!(last["actor"], "service:mail", "{name}");
        assert_eq!(last["on_behalf_of"], json!(format!("user:{}", office.id("agent"))), "{name}");
        assert_eq!(last["changes"]["status"], json!(["new", "contacted"]), "{name}");
    });
}
