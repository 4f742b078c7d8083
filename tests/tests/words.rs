//! What a refusal says when something of the wrong form is given: which argument, and what to give, in words of the caller.

use nexa_crm::{Envelope, Error, ErrorKind, kernel::catalog::Entry, testing::Office};
use nexa_tests::{backends, samples::Samples};
use pollster::block_on;
use serde_json::{Value as Json, json};

/// Words of the language this library is written in, and of its readers.
const FOREIGN: &[&str] = &[
    "`",
    "::",
    "struct",
    "enum ",
    "u8",
    "u16",
    "u32",
    "u64",
    "i64",
    "f64",
    "usize",
    "Option<",
    "Some(",
    "Err(",
    "variant",
    "expected",
    "invalid type",
    "missing field",
    "unknown field",
    "identifier or",
    "untagged",
    "tuple",
    "newtype",
    "line 1",
    "column 1",
    "UUID parsing",
    "Decimal",
    "premature end",
    "invalid digit",
    "serde",
    "chrono",
    "unwrap",
    "panicked",
];

/// The first word that is none of the caller's.
fn foreign(message: &str) -> Option<&'static str> {
    FOREIGN.iter().copied().find(|word| message.contains(word))
}

fn must_be_in_words(message: &str, label: &str) {
    assert_eq!(foreign(message), None, "{label}: {message:?}");
}

fn wrong_values() -> Vec<Json> {
    let deep =
        (0..100).fold(json!(1), |inner, level| if level % 2 == 0 { json!([inner]) } else { json!({"a": inner}) });
    vec![
        json!(null),
        json!(true),
        json!(7),
        json!(-7),
        json!(0.5),
        json!(300),
        json!(u64::MAX),
        json!(1e300),
        json!(""),
        json!("no such thing"),
        json!("not-a-uuid"),
        json!([]),
        json!([1, "a", null]),
        json!([{"x": 1}]),
        json!({}),
        json!({"x": 1}),
        json!({"system": 1, "key": 2}),
        json!({"amount": "x", "currency": "USD"}),
        json!({"amount": 1, "currency": 5}),
        json!({"user": "x"}),
        json!({"kind": 5}),
        json!({"field": 5, "op": "no", "value": 1}),
        json!({"and": [{"field": "id", "op": "no", "value": 1}]}),
        json!("x".repeat(2_000)),
        deep,
    ]
}

/// Whether a refusal is about the form of what was given, and so has to say where it is.
fn about_form(error: &Error) -> bool {
    error.kind() == ErrorKind::Invalid
        && ["command.malformed", "field.invalid", "field.required"].contains(&error.code())
}

/// Every argument of every operation, as the schema of its input names them.
fn every_argument(office: &Office, mut with: impl FnMut(&str, &Json, &str, Json)) {
    let catalog = office.crm.catalog();
    let document = catalog.document(office.crm.kinds());
    let sample = |operation: &Entry| Some((operation.name.to_owned(), office.sample(operation)?));
    let samples: Vec<(String, Json)> = catalog.operations().filter_map(sample).collect();
    for (name, operation) in document["operations"].as_object().unwrap() {
        let mut sample =
            samples.iter().find(|(of, _)| of == name).map_or_else(|| json!({}), |(_, sample)| sample.clone());
        for required in operation["input"]["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            if sample.get(required).is_none() {
                let schema = &operation["input"]["properties"][required];
                let text = || match schema["format"].as_str() {
                    Some("date") => json!("2025-11-17"),
                    Some("date-time") => json!("2025-11-17T09:15:00Z"),
                    _ if schema["type"] == "integer" => json!(7),
                    _ => json!("x"),
                };
                sample[required] = office.known(required).map_or_else(text, |id| json!(id));
            }
        }
        let Some(properties) = operation["input"]["properties"].as_object() else { continue };
        for argument in properties.keys() {
            for value in wrong_values() {
                let mut arguments = sample.clone();
                arguments[argument] = value.clone();
                with(name, &arguments, argument, value);
            }
        }
    }
}

#[test]
fn a_value_of_the_wrong_form_is_refused_in_words_that_name_its_place() {
    let office = Office::found(backends::memory().store);
    let session = office.session("admin");
    let dry = || Envelope { dry_run: true, ..Envelope::default() };
    let (mut refused, mut placed, mut wrong) = (0, 0, Vec::new());
    every_argument(&office, |operation, arguments, argument, value| {
        let envelope = if operation.ends_with(".find") { Envelope::default() } else { dry() };
        let Err(error) = block_on(session.execute(operation, arguments.clone(), envelope)) else { return };
        refused += 1;
        let mut shown = value.to_string();
        shown.truncate(shown.floor_char_boundary(100));
        let label = format!("{operation}, {argument} = {shown}");
        let message = error.message();
        // What was given may be repeated where it is short and not personal; our samples have no such words.
        if let Some(word) = foreign(&message) {
            wrong.push(format!("{label}: {word:?} is in {message:?}"));
        }
        if about_form(&error) {
            placed += 1;
            let place = error.params().get("path").or_else(|| error.params().get("field"));
            let place = place.and_then(Json::as_str).unwrap_or_default();
            let head = place.split(['.', '[']).next().unwrap_or_default();
            // Fields that every row of an import gets are named themselves, and of two that exclude each other either.
            let another = argument == "set"
                || operation == "ticket.create" && head == "customer"
                || operation.starts_with("person.") && message.contains("by one of")
                || operation.ends_with(".import_preview") && message.contains("give one of csv");
            if head != argument && !another {
                wrong.push(format!("{label}: the place is {place:?} in {message:?}"));
            }
        }
    });
    wrong.dedup();
    assert!(wrong.is_empty(), "{} of {refused}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(refused > 2_000 && placed > 1_500, "{refused} refused, {placed} with a place");
}

#[test]
fn what_is_missing_is_named() {
    let office = Office::found(backends::memory().store);
    let document = office.crm.catalog().document(office.crm.kinds());
    for (name, operation) in document["operations"].as_object().unwrap() {
        let Some(first) = operation["input"]["required"].as_array().and_then(|required| required.first()) else {
            continue;
        };
        let error = office.run_as("admin", name, json!({})).unwrap_err();
        must_be_in_words(&error.message(), name);
        let required: Vec<&str> =
            operation["input"]["required"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
        let place = error.params().get("path").or_else(|| error.params().get("field"));
        let place = place.and_then(Json::as_str).unwrap_or_default();
        assert!(required.contains(&place), "{name}: {place:?} is not {first}: {}", error.message());
    }
}

#[test]
fn a_place_deep_inside_is_named_whole() {
    let office = Office::found(backends::memory().store);
    let place = |operation: &str, arguments: Json| {
        let error = office.run_as("admin", operation, arguments).unwrap_err();
        must_be_in_words(&error.message(), operation);
        let params = error.params();
        params.get("path").or_else(|| params.get("field")).and_then(Json::as_str).unwrap().to_owned()
    };
    let lead = office.id("lead");
    for (operation, arguments, wanted) in [
        ("lead.create", json!({"email": "x@x.example", "address": {"city": 5}}), "address.city"),
        ("lead.create", json!({"email": "x@x.example", "address": {"zip": "5"}}), "address.zip"),
        ("lead.create", json!({"external_keys": [{"system": "erp"}]}), "external_keys[0].key"),
        ("deal.create", json!({"name": "x", "amount": {"amount": "x", "currency": "USD"}}), "amount.amount"),
        ("lead.qualify", json!({"lead": lead, "bant": {"budget": {"met": "yes"}}}), "bant.budget.met"),
        ("lead.find", json!({"filter": {"and": [{"field": "x", "op": "huge", "value": 1}]}}), "filter.and[0].op"),
        ("lead.get", json!({"lead": {"system": "erp"}}), "lead.key"),
        ("lead.convert", json!({"lead": lead, "deal": {"amount": {"amount": "1"}}}), "deal.amount.currency"),
        ("lead.import_rows", json!({"rows": [{}], "chunk": "many"}), "chunk"),
        ("lead.trash", json!({"lead": lead, "on_dependents": "burn"}), "on_dependents"),
    ] {
        assert_eq!(place(operation, arguments.clone()), wanted, "{operation} {arguments}");
    }
}

#[test]
fn an_id_in_the_trash_says_so_to_whoever_may_see_it_there() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let contact = office.run("contact.create", json!({"email": "gone@x.example"}))["id"].clone();
        office.run("contact.trash", json!({"contact": contact}));
        for (operation, arguments) in [
            ("contact.get", json!({"contact": contact})),
            ("contact.update", json!({"contact": contact, "title": "CTO"})),
            ("contact.overview", json!({"contact": contact})),
        ] {
            let error = office.run_as("admin", operation, arguments).unwrap_err();
            assert_eq!(error.code(), "record.trashed", "{}: {operation}", backend.name);
            assert_eq!(error.params()["id"], contact, "{}: {operation}", backend.name);
        }
        let ticket = office.run("ticket.create", json!({"subject": "Gone"}))["id"].clone();
        office.run("ticket.assign", json!({"ticket": ticket, "assignee": {"user": office.id("admin")}}));
        office.run("ticket.trash", json!({"ticket": ticket}));
        let get = json!({"ticket": ticket});
        assert_eq!(office.run_as("admin", "ticket.get", get.clone()).unwrap_err().code(), "record.trashed");
        assert_eq!(office.run_as("agent", "ticket.get", get).unwrap_err().code(), "record.not_found");
    }
}
