//! Custom fields, through the public API.

use crate::desk::*;
use nexa_core::{
    Create, Envelope, Error, Filter, History, Op, Request, Restore, Session, Trash, Update,
    kernel::{
        custom::{CustomType, Define, FieldDefinition, Remove},
        ports::Clock,
    },
    sales::{Account, Contact, Lead},
    testing::block_on,
};
use serde_json::{Value as Json, json};

fn define(session: &Session, name: &str, holds: CustomType) -> FieldDefinition {
    run(session, Define::new("lead", name, holds)).unwrap()
}

fn lead(session: &Session, custom: Json) -> Result<Lead, Error> {
    let create = json!({"company": "Acme", "custom": custom});
    run(session, serde_json::from_value::<Create<Lead>>(create).unwrap())
}

fn set(session: &Session, lead: &Lead, custom: Json) -> Result<Lead, Error> {
    let update = json!({"lead": lead.id, "custom": custom});
    run(session, serde_json::from_value::<Update<Lead>>(update).unwrap())
}

fn compare(field: &str, op: &str, value: Json) -> Filter {
    Filter::compare(field, serde_json::from_value::<Op>(json!(op)).unwrap(), value)
}

fn count(session: &Session, filter: Filter) -> Result<u64, Error> {
    block_on(session.count::<Lead>(filter))
}

#[test]
fn admins_define_fields_and_everybody_reads_them() {
    let desk = desk();
    let defined = define(&desk.lisa, "region", CustomType::Text);
    assert_eq!((defined.of_kind.as_str(), defined.indexed), ("lead", false));
    for session in [&desk.alex, &desk.victor] {
        let define = Define::new("lead", "budget", CustomType::Number);
        assert_eq!(code(run(session, define)), "access.denied");
        assert_eq!(code(run(session, Remove { field: (&defined).into() })), "access.denied");
        let found = call(session, "field.find", json!({"filter": {"field": "of_kind", "value": "lead"}})).unwrap();
        assert_eq!(found["items"][0]["name"], "region");
    }
    // By name as well, in the words of the wire.
    let with = json!({"of_kind": "account", "name": "tier", "holds": "text", "indexed": true});
    assert_eq!(call(&desk.lisa, "field.define", with).unwrap()["indexed"], true);
}

#[test]
fn a_definition_is_checked() {
    let desk = desk();
    for bad in ["", "Region", "1st", "_x", "a b", "a.b", "gr\u{f6}sse", &"x".repeat(65)] {
        let define = Define::new("lead", bad, CustomType::Text);
        assert_eq!(code(run(&desk.lisa, define)), "field.name_invalid", "{bad}");
    }
    run(&desk.lisa, Define::new("lead", "x".repeat(64), CustomType::Text)).unwrap();
    let refused = |define| code(run(&desk.lisa, define));
    assert_eq!(refused(Define::new("user", "x", CustomType::Text)), "field.kind_without_custom");
    assert_eq!(refused(Define::new("leed", "x", CustomType::Text)), "kind.unknown");
    for holds in [CustomType::Number, CustomType::Bool, CustomType::Date, CustomType::Time] {
        assert_eq!(refused(Define::new("lead", "y", holds).indexed(true)), "field.index_needs_text");
    }
}

#[test]
fn defining_again_answers_the_same_field() {
    let desk = desk();
    let first = define(&desk.lisa, "region", CustomType::Text);
    let again = define(&desk.lisa, "region", CustomType::Text);
    assert_eq!((again.id, again.version), (first.id, 1));
    let indexed = run(&desk.lisa, Define::new("lead", "region", CustomType::Text).indexed(true)).unwrap();
    assert_eq!((indexed.id, indexed.version, indexed.indexed), (first.id, 2, true));
    assert!(define(&desk.lisa, "region", CustomType::Text).indexed, "unless said, it stays");
    let error = run(&desk.lisa, Define::new("lead", "region", CustomType::Number)).unwrap_err();
    assert_eq!((error.code(), &error.params()["holds"]), ("field.type_fixed", &json!("text")));
    // The same name in another kind is another field.
    let other = run(&desk.lisa, Define::new("contact", "region", CustomType::Number)).unwrap();
    assert_ne!(other.id, first.id);
}

#[test]
fn values_are_of_their_type_and_kept_in_one_form() {
    let desk = desk();
    define(&desk.lisa, "region", CustomType::Text);
    define(&desk.lisa, "seats", CustomType::Number);
    define(&desk.lisa, "trial", CustomType::Bool);
    define(&desk.lisa, "since", CustomType::Date);
    define(&desk.lisa, "seen", CustomType::Time);
    for bad in [
        json!({"region": 1}),
        json!({"region": ["a"]}),
        json!({"seats": "7"}),
        json!({"trial": "yes"}),
        json!({"since": "17.11.2025"}),
        json!({"since": 2025}),
        json!({"seen": "2025-11-17"}),
    ] {
        let error = lead(&desk.alex, bad.clone()).unwrap_err();
        let field = format!("custom.{}", bad.as_object().unwrap().keys().next().unwrap());
        assert_eq!((error.code(), &error.params()["field"]), ("field.invalid", &json!(field)));
    }
    assert_eq!(code(lead(&desk.alex, json!({"nobody": 1}))), "custom.undefined");
    let given = json!({"region": " EMEA ", "seats": 7, "trial": false, "since": "2025-1-5", "seen": "2025-11-17T10:15:00+01:00"});
    let made = lead(&desk.alex, given).unwrap();
    let kept = json!({"region": "EMEA", "seats": 7, "trial": false, "since": "2025-01-05", "seen": "2025-11-17T09:15:00.000000Z"});
    assert_eq!(json!(made.custom), kept);
    for (field, op, value) in [
        ("region", "eq", json!("EMEA ")),
        ("seats", "ge", json!(6.5)),
        ("trial", "eq", json!(false)),
        ("since", "lt", json!("2025-01-06")),
        ("seen", "eq", json!("2025-11-17T04:15:00-05:00")),
        ("seen", "lt", json!("2025-11-17T10:15:01+01:00")),
    ] {
        assert_eq!(count(&desk.alex, compare(&format!("custom.{field}"), op, value)), Ok(1), "{field}");
    }
}

#[test]
fn a_filter_names_defined_fields_with_values_they_can_hold() {
    let desk = desk();
    define(&desk.lisa, "region", CustomType::Text);
    define(&desk.lisa, "seats", CustomType::Number);
    for (field, op, value) in [
        ("region", "eq", json!(1)),
        ("region", "in", json!(["EMEA", 1])),
        ("seats", "gt", json!("1")),
        ("seats", "contains", json!("1")),
    ] {
        let field = format!("custom.{field}");
        let error = count(&desk.alex, compare(&field, op, value)).unwrap_err();
        assert_eq!((error.code(), &error.params()["field"]), ("filter.invalid", &json!(field)));
    }
    let error = count(&desk.alex, compare("custom.seats", "eq", json!("1"))).unwrap_err();
    assert!(error.message().contains("it holds number; give a number"), "{error}");
    for filter in [
        compare("custom.regoin", "eq", json!("EMEA")),
        compare("custom.regoin", "is_null", json!(true)),
        !compare("custom.regoin", "eq", json!("EMEA")),
        compare("account.custom.region", "eq", json!("EMEA")),
    ] {
        let found = block_on(desk.alex.count::<Contact>(filter));
        assert_eq!(code(found), "field.unknown");
    }
    run(&desk.lisa, Define::new("account", "region", CustomType::Text).indexed(true)).unwrap();
    let account = json!({"name": "Acme", "custom": {"region": "EMEA"}});
    let account = run(&desk.alex, serde_json::from_value::<Create<Account>>(account).unwrap()).unwrap();
    run(&desk.alex, Create::<Contact>::new().set(Contact::LAST_NAME, "Chen").set(Contact::ACCOUNT, &account)).unwrap();
    let through = compare("account.custom.region", "eq", json!("EMEA"));
    assert_eq!(block_on(desk.alex.count::<Contact>(through)), Ok(1));
}

#[test]
fn a_field_is_removed_when_no_live_record_has_a_value() {
    let desk = desk();
    let region = define(&desk.lisa, "region", CustomType::Text);
    let [one, two] = ["a", "b"].map(|text| lead(&desk.alex, json!({"region": text})).unwrap());
    let remove = || run(&desk.lisa, Remove { field: (&region).into() });
    let error = remove().unwrap_err();
    assert_eq!((error.code(), &error.params()["count"]), ("field.in_use", &json!(2)));
    set(&desk.alex, &one, json!({"region": null})).unwrap();
    run(&desk.alex, Trash::of(two.id)).unwrap();
    remove().unwrap();
    assert_eq!(code(count(&desk.alex, compare("custom.region", "eq", json!("b")))), "field.unknown");
    assert_eq!(code(set(&desk.alex, &one, json!({"region": "c"}))), "custom.undefined");
    // What comes back from the trash with a value can still be emptied.
    let two = run(&desk.alex, Restore::of(two.id)).unwrap();
    assert!(set(&desk.alex, &two, json!({"region": null})).unwrap().custom.is_empty());
    // The name is free for a field of another type.
    define(&desk.lisa, "region", CustomType::Number);
    assert!(set(&desk.alex, &one, json!({"region": 3})).is_ok());
}

#[test]
fn indexing_later_changes_no_record() {
    let desk = desk();
    define(&desk.lisa, "region", CustomType::Text);
    let made = lead(&desk.alex, json!({"region": "EMEA"})).unwrap();
    let filter = || compare("custom.region", "in", json!(["EMEA", "APAC"]));
    assert_eq!(count(&desk.alex, filter()), Ok(1));
    run(&desk.lisa, Define::new("lead", "region", CustomType::Text).indexed(true)).unwrap();
    assert_eq!(count(&desk.alex, filter()), Ok(1));
    assert_eq!(count(&desk.alex, !filter()), Ok(0));
    assert_eq!(block_on(desk.alex.get::<Lead>(made.id)).unwrap().version, made.version);
    let history = block_on(desk.alex.ask(History::<Lead>::of(made.id))).unwrap();
    assert_eq!(history.items.len(), 1);
}

#[test]
fn a_field_can_be_used_in_the_batch_that_defines_it() {
    let desk = desk();
    let requests = json!([
        {"run": "field.define", "with": {"of_kind": "lead", "name": "region", "holds": "text"}},
        {"run": "lead.create", "with": {"company": "Acme", "custom": {"region": "EMEA"}}},
        {"run": "field.define", "with": {"of_kind": "lead", "name": "region", "holds": "text", "indexed": true}},
        {"run": "lead.create", "with": {"company": "Umbrella", "custom": {"region": "EMEA"}}}
    ]);
    let requests: Vec<Request> = serde_json::from_value(requests).unwrap();
    block_on(desk.lisa.batch(requests, Envelope::default())).unwrap();
    assert_eq!(count(&desk.lisa, compare("custom.region", "eq", json!("EMEA"))), Ok(2));
}

#[test]
fn a_scorecard_outlives_the_field_it_names() {
    let desk = desk();
    let rules =
        json!([{"filter": {"field": "custom.region", "op": "eq", "value": "EMEA"}, "points": 30, "reason": "near"}]);
    let card = json!({"name": "Near", "active": true, "rules": rules});
    assert_eq!(code(call(&desk.lisa, "scorecard.create", card.clone())), "field.unknown");
    let region = define(&desk.lisa, "region", CustomType::Text);
    desk.clock.set(desk.clock.now().plus_days(1));
    call(&desk.lisa, "scorecard.create", card).unwrap();
    let made = lead(&desk.alex, json!({"region": "EMEA"})).unwrap();
    assert_eq!(made.score, 30);
    set(&desk.alex, &made, json!({"region": null})).unwrap();
    run(&desk.lisa, Remove { field: region.id.into() }).unwrap();
    assert_eq!(lead(&desk.alex, json!({})).unwrap().score, 0);
    define(&desk.lisa, "region", CustomType::Number);
    assert_eq!(lead(&desk.alex, json!({"region": 5})).unwrap().score, 0);
}
