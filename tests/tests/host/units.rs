//! A client that was away names the units of its commands: each is done once, however late its answer is asked for again.

use nexa_crm::{
    Envelope, Request,
    import::{ImportOptions, import_rows},
    productivity::Task,
    testing::Office,
};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

/// A UUID of version 7 with this number.
fn unit(number: u128) -> Uuid {
    Uuid::from_u128(0x0195_f3a2_7c1e_7000_8000_0000_0000_0000 | number)
}

#[test]
fn the_same_unit_answers_what_it_did_however_late() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let run = |caller: &str, unit: Uuid, title: &str| {
            let envelope = Envelope { mark_replays: true, ..Envelope::unit(unit) };
            block_on(office.session(caller).execute("task.create", json!({"title": title}), envelope))
        };
        let first = run("agent", unit(1), "Call").unwrap();
        let events = office.run("task.history", json!({"task": first["value"]["id"]}));
        assert_eq!(events["items"][0]["unit"], json!(unit(1)), "{}", backend.name);
        office.clock.advance(std::time::Duration::from_secs(90 * 24 * 3_600));
        let (again, head) = (run("agent", unit(1), "Call").unwrap(), office.head());
        assert_eq!((&first["replayed"], &again["replayed"]), (&json!(false), &json!(true)), "{}", backend.name);
        assert_eq!(first["value"], again["value"], "{}", backend.name);
        for (caller, title) in [("agent", "Write"), ("user", "Call")] {
            let error = run(caller, unit(1), title).unwrap_err();
            assert_eq!(error.code(), "unit.taken", "{}: {caller}", backend.name);
        }
        // One that the ledger gave by itself is nobody's to name.
        let own: Uuid = office.run("contact.history", json!({"contact": office.id("contact")}))["items"][0]["unit"]
            .as_str()
            .and_then(|unit| unit.parse().ok())
            .unwrap();
        let known = json!({"title": "Call"});
        let taken = block_on(office.session("agent").execute("task.create", known, Envelope::unit(own)));
        assert!(["unit.taken", "field.invalid"].contains(&taken.unwrap_err().code()), "{}", backend.name);
        assert_eq!(office.head(), head, "{}", backend.name);
    }
}

#[test]
fn a_refused_command_or_a_dry_run_uses_no_unit() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let run = |with: Json, envelope: Envelope| {
            block_on(office.session("agent").execute("lead.lose", with, envelope)).map(|lead| lead["status"].clone())
        };
        let converted = json!({"lead": office.id("converted"), "reason": "No budget"});
        assert_eq!(run(converted, Envelope::unit(unit(2))).unwrap_err().code(), "lead.converted", "{}", backend.name);
        let lead = json!({"lead": office.id("lead"), "reason": "No budget"});
        let dry = Envelope { dry_run: true, ..Envelope::unit(unit(2)) };
        assert_eq!(run(lead.clone(), dry).unwrap(), "lost", "{}", backend.name);
        assert_eq!(run(lead.clone(), Envelope::unit(unit(2))).unwrap(), "lost", "{}", backend.name);
        assert_eq!(run(lead, Envelope::unit(unit(2))).unwrap(), "lost", "{}", backend.name);
    }
}

#[test]
fn a_batch_is_one_unit() {
    let office = Office::found(backends::memory().store);
    let batch = || {
        let request = |title: &str| Request { run: "task.create".to_owned(), with: json!({"title": title}) };
        let requests = vec![request("One"), request("Two")];
        block_on(office.session("agent").batch(requests, Envelope::unit(unit(3)))).unwrap()
    };
    let (first, head) = (batch(), office.head());
    assert_eq!((batch(), office.head()), (first, head));
}

#[test]
fn a_unit_is_a_uuid_of_version_seven() {
    let office = Office::found(backends::memory().store);
    let envelope = Envelope::unit(Uuid::from_u128(4));
    let refused = block_on(office.session("agent").execute("task.create", json!({"title": "Call"}), envelope));
    assert_eq!(refused.unwrap_err().code(), "field.invalid");
}

#[test]
fn causes_of_the_library_are_not_given_from_outside() {
    let office = Office::found(backends::memory().store);
    let run = |cause: &str| {
        let envelope = Envelope { cause: Some(cause.to_owned()), ..Envelope::default() };
        let agent = office.session("agent");
        let one = block_on(agent.execute("task.create", json!({"title": "Call"}), envelope.clone()));
        let request = Request { run: "task.create".to_owned(), with: json!({"title": "Call"}) };
        let batch = block_on(agent.batch(vec![request], envelope));
        assert_eq!(one.as_ref().err().map(nexa_crm::Error::code), batch.as_ref().err().map(nexa_crm::Error::code));
        one
    };
    for cause in ["workflow:7", "sequence:7", "mass_email:7", "import:7", "undo:7", " undo:7"] {
        assert_eq!(run(cause).unwrap_err().code(), "cause.reserved", "{cause}");
    }
    for cause in ["import", "undo", "my_workflow:7"] {
        assert!(run(cause).is_ok(), "{cause}");
    }
    let by_command = |cause: &str| {
        let envelope = Envelope { cause: Some(cause.to_owned()), ..Envelope::default() };
        let rows = json!({"rows": [{"title": "Write"}]});
        block_on(office.session("agent").execute("task.import_rows", rows, envelope))
    };
    assert_eq!(by_command("undo:7").unwrap_err().code(), "cause.reserved");
    assert!(by_command("import:7").is_ok(), "a page imports unit after unit by commands");
    let import = |run: &str| {
        let options = ImportOptions { run: Some(run.to_owned()), ..ImportOptions::default() };
        let rows = [json!({"title": "Call"}).as_object().unwrap().clone()];
        block_on(import_rows::<Task>(&office.session("agent"), rows, options, |_| {}))
    };
    assert_eq!(import("undo:7").unwrap_err().code(), "cause.reserved");
    assert_eq!(import("import:7").unwrap().created, 1);
}
