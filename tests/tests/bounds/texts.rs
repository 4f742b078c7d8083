//! One rule for all texts that come in: nothing that nobody sees, no control characters, one form for what looks the same.

use nexa_crm::{Envelope, Principal, testing::Office};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::json;
use uuid::Uuid;

/// Texts of which nothing is seen.
const INVISIBLE: &[&str] = &[
    "\u{3164}",
    "\u{ad}",
    "\u{2800}",
    "\u{200b}",
    "\u{2060}",
    "\u{feff}",
    "\u{200d}\u{200c}",
    "\u{fe0f}",
    "\u{202e}",
    "\u{e0061}",
];

#[test]
fn a_text_of_invisible_characters_is_no_text() {
    let office = Office::found(backends::memory().store);
    let head = office.head();
    for text in INVISIBLE {
        for (operation, arguments) in [
            ("account.create", json!({"name": text})),
            ("task.create", json!({"title": text})),
            ("ticket.create", json!({"subject": text})),
            ("ticket.comment", json!({"ticket": office.id("ticket"), "body": text})),
            ("group.create", json!({"name": text})),
            ("lead.update", json!({"lead": office.id("lead"), "tags": [text]})),
            ("lead.update", json!({"lead": office.id("lead"), "custom": {"color": text}})),
            ("lead.update", json!({"lead": office.id("lead"), "external_keys": [{"system": text, "key": "1"}]})),
            ("lead.update", json!({"lead": office.id("lead"), "external_keys": [{"system": "erp", "key": text}]})),
            ("org.configure", json!({"choices": {"lead.source": [text]}})),
            ("user.create", json!({"name": "Ida", "email": "ida@acme.example", "role": text})),
        ] {
            let error = office.run_as("admin", operation, arguments).unwrap_err();
            assert!(["field.invalid", "command.malformed"].contains(&error.code()), "{operation} {text:?}: {error:?}");
        }
    }
    assert_eq!(office.head(), head);
}

#[test]
fn a_unique_name_with_something_invisible_in_it_is_the_same_name() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        for (kind, name) in [("account", "Globex"), ("group", "Support"), ("contact_list", "Nurture")] {
            for c in ['\u{200b}', '\u{ad}', '\u{2060}', '\u{200d}', '\u{202e}', '\u{fe0f}'] {
                let (front, back) = name.split_at(3);
                let taken =
                    office.run_as("admin", &format!("{kind}.create"), json!({"name": format!("{front}{c}{back}")}));
                assert_eq!(taken.unwrap_err().kind(), nexa_crm::ErrorKind::Conflict, "{}, {kind} {c:?}", backend.name);
            }
        }
        let taken =
            office.run_as("admin", "user.create", json!({"name": "Nina", "email": "n\u{200b}ina@acme.example"}));
        assert_eq!(taken.unwrap_err().code(), "user.email_taken", "{}", backend.name);
        office.run("account.create", json!({"name": "Cafe\u{301}"}));
        let taken = office.run_as("admin", "account.create", json!({"name": "Café"}));
        assert_eq!(taken.unwrap_err().kind(), nexa_crm::ErrorKind::Conflict, "{}", backend.name);
        // An external key is looked up as it was kept.
        let keyed = json!({"name": "Hooli", "external_keys": [{"system": "erp", "key": " 4\u{200b}711"}]});
        let made = office.run("account.create", keyed);
        let read = office.run("account.get", json!({"account": {"system": "\u{feff}erp", "key": "4711\u{ad}"}}));
        assert_eq!(read["id"], made["id"], "{}", backend.name);
    }
}

#[test]
fn what_scripts_and_emoji_need_is_kept() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        for name in ["نامه\u{200c}ای", "ශ්\u{200d}රී ලංකා", "Team 👩🏽\u{200d}🚀", "I ❤\u{fe0f} CRM", "葛\u{e0100}城"]
        {
            let made = office.run("account.create", json!({"name": name}));
            assert_eq!(made["name"], name, "{}", backend.name);
        }
        let written = office
            .run("ticket.comment", json!({"ticket": office.id("ticket"), "body": "One\r\n\ttwo \u{200f}שלום\u{200f}"}));
        assert_eq!(written["body"], "One\n\ttwo \u{200f}שלום\u{200f}", "{}", backend.name);
    }
}

#[test]
fn what_is_said_around_a_command_follows_the_same_rule() {
    let office = Office::found(backends::memory().store);
    let head = office.head();
    let run = |envelope: Envelope| {
        block_on(office.session("admin").execute("task.create", json!({"title": "Call"}), envelope))
    };
    let with = |field: &str, text: &str| {
        let text = Some(text.to_owned());
        match field {
            "reason" => Envelope { reason: text, ..Envelope::default() },
            "cause" => Envelope { cause: text, ..Envelope::default() },
            "request_id" => Envelope { request_id: text, ..Envelope::default() },
            _ => Envelope { idempotency_key: text, ..Envelope::default() },
        }
    };
    for field in ["reason", "cause", "request_id", "idempotency_key"] {
        for text in INVISIBLE.iter().copied().chain(["a\u{1b}[31mb", "a\u{0}b", "a\u{85}b", " ", ""]) {
            let error = run(with(field, text)).unwrap_err();
            assert_eq!((error.code(), error.params()["field"].as_str()), ("field.invalid", Some(field)), "{text:?}");
        }
    }
    for text in ["a\nb", "a\tb"] {
        assert!(run(with("cause", text)).is_err() && run(with("request_id", text)).is_err());
    }
    // Two keys that look the same would be two commands.
    assert_eq!(run(with("idempotency_key", "form\u{200b}-1")).unwrap_err().code(), "field.invalid");
    assert_eq!(office.head(), head);
    let position = office.position();
    run(with("reason", " Asked\u{200b} by mail\r\ntwice ")).unwrap();
    let feed = block_on(office.crm.feed(office.org, position, 10)).unwrap();
    assert!(serde_json::to_string(&feed).unwrap().contains(r#""reason":"Asked by mail\ntwice""#), "{feed:?}");
}

#[test]
fn a_service_has_a_name_that_can_be_read() {
    let office = Office::found(backends::memory().store);
    for name in INVISIBLE.iter().copied().chain(["a\u{1b}b", "mail\u{200b}", "", " ", "a\nb"]) {
        for principal in [Principal::Service(name.to_owned()), Principal::System(name.to_owned())] {
            let session = office.crm.session(office.org, principal);
            let error =
                block_on(session.execute("task.create", json!({"title": "Call"}), Envelope::default())).unwrap_err();
            assert_eq!((error.code(), &error.params()["field"]), ("field.invalid", &json!("actor")), "{name:?}");
            let error = block_on(session.execute("task.find", json!({}), Envelope::default())).unwrap_err();
            assert_eq!(error.code(), "field.invalid", "{name:?}");
        }
    }
}

#[test]
fn a_command_is_done_on_behalf_of_users_of_the_tenant_alone() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let head = office.head();
        let run = |user: Uuid| {
            let envelope = Envelope { on_behalf_of: Some(user), ..Envelope::default() };
            block_on(office.session("service").execute("task.create", json!({"title": "Call"}), envelope))
        };
        for nobody in [Uuid::from_u128(404), office.id("account"), office.org] {
            let error = run(nobody).unwrap_err();
            let said = (error.code(), error.params()["field"].as_str());
            assert_eq!(said, ("field.invalid", Some("on_behalf_of")), "{}", backend.name);
        }
        assert_eq!(office.head(), head, "{}", backend.name);
        assert!(run(office.id("agent")).is_ok(), "{}", backend.name);
        // Somebody who left may have asked before.
        assert!(run(office.id("deactivated")).is_ok(), "{}", backend.name);
    }
}
