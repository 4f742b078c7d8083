//! An answer says whether the command was done now or before.

use nexa_crm::{Envelope, Once, Request, sales::lead::convert::Convert, testing::Office};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

#[test]
fn a_repeated_key_answers_the_first_result_again_and_says_so() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let admin = office.session("admin");
        let convert = || {
            let lead = nexa_crm::Id::new(office.id("qualified"));
            block_on(admin.run_once(Envelope::once("convert-1"), Convert::of(lead))).unwrap()
        };
        let Once::New(first) = convert() else { panic!("{}: it was never done before", backend.name) };
        let Once::Again(again) = convert() else { panic!("{}: it was done before", backend.name) };
        assert_eq!(first.contact.unwrap().id, again.contact.unwrap().id, "{}", backend.name);
    }
}

#[test]
fn a_conversion_that_was_done_says_so_without_a_key() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let run = |lead: &str| {
            let convert = Convert::of(nexa_crm::Id::new(office.id(lead)));
            block_on(office.session("admin").run_once(Envelope::default(), convert)).unwrap()
        };
        assert!(!run("qualified").is_again(), "{}", backend.name);
        assert!(run("qualified").is_again(), "{}", backend.name);
        assert!(run("converted").is_again(), "{}", backend.name);
    }
}

#[test]
fn on_the_wire_a_command_is_marked_when_it_is_asked_to_be() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let admin = office.session("admin");
        let envelope = |key: &str| Envelope { mark_replays: true, ..Envelope::once(key) };
        let run = |key: &str| block_on(admin.execute("task.create", json!({"title": "Call"}), envelope(key))).unwrap();
        let text = |key: &str| -> Json {
            let text = block_on(admin.execute_to_text("task.create", json!({"title": "Call"}), envelope(key))).unwrap();
            serde_json::from_str(&text).unwrap()
        };
        let (first, again) = (run("one"), text("one"));
        assert_eq!((&first["replayed"], &again["replayed"]), (&json!(false), &json!(true)), "{}", backend.name);
        assert_eq!(first["value"], again["value"], "{}", backend.name);
        assert_eq!(text("two")["replayed"], false, "{}", backend.name);
        // Without the mark the answer is as ever, and so is that of a question.
        let plain = block_on(admin.execute("task.create", json!({"title": "Call"}), Envelope::once("one"))).unwrap();
        assert_eq!(plain, first["value"], "{}", backend.name);
        assert!(block_on(admin.execute("task.count", json!({}), envelope("three"))).unwrap().is_number());
        // Of a batch the key decides, not what its parts did.
        let converted = json!({"lead": office.id("converted")});
        let batch = || {
            let requests = vec![Request { run: "lead.convert".to_owned(), with: converted.clone() }];
            let text = block_on(admin.batch_to_text(requests, envelope("batch"))).unwrap();
            serde_json::from_str::<Json>(&text).unwrap()
        };
        assert_eq!((&batch()["replayed"], &batch()["replayed"]), (&json!(false), &json!(true)), "{}", backend.name);
    }
}
