use serde::Serialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::*;
use crate::{
    Amount, Date, ExternalKey, Id, Timestamp,
    custom::{CustomType, FieldDefinition},
    record::{Field, Record},
};

/// A record as by-name callers see it.
fn told<R: Record>(record: &R, without: &[&str]) -> Json {
    let mut text = String::new();
    R::def().write_json(&record.to_row(), without, &mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The columns of the value look in JSON as the value does.
fn same_form<T: Field + Serialize>(value: &T) {
    let (mut columns, mut values, mut text) = (Vec::new(), Vec::new(), String::new());
    T::columns("x", &mut columns);
    value.write(&mut values);
    Form::of::<T>().write("x", &columns, &values, &mut text).unwrap();
    assert_eq!(serde_json::from_str::<Json>(&text).unwrap(), json!(value));
}

fn defined() -> FieldDefinition {
    FieldDefinition {
        id: Id::new(Uuid::from_u128(3)),
        created_at: Timestamp::from_micros(1_763_370_900_000_001),
        of_kind: "a \"kind\"\n".to_owned(),
        holds: CustomType::Date,
        indexed: true,
        ..FieldDefinition::default()
    }
}

#[test]
fn scalars_look_as_they_are_serialized() {
    same_form(&String::from("a \"quoted\" \\ text\u{7}\t🙂"));
    same_form(&None::<String>);
    same_form(&true);
    same_form(&i64::MIN);
    same_form(&u8::MAX);
    same_form(&Some(Timestamp::from_micros(-1)));
    same_form(&Date::from_ymd_opt(2025, 2, 28).unwrap());
    same_form(&Amount::from_ten_thousandths(-500_001));
    same_form(&Uuid::from_u128(u128::MAX));
    same_form(&CustomType::Date);
    same_form(&Vec::<ExternalKey>::new());
    same_form(&vec![ExternalKey { system: "sap".into(), key: "\u{e9}\"1\"".into() }]);
}

#[test]
fn a_record_looks_as_it_is_serialized() {
    for record in [FieldDefinition::default(), defined()] {
        assert_eq!(told(&record, &[]), serde_json::to_value(&record).unwrap());
    }
}

#[test]
fn fields_are_left_out_by_name() {
    let shown = told(&defined(), &["holds", "version"]);
    assert!(shown.get("holds").is_none() && shown.get("version").is_none() && shown.get("name").is_some());
}

#[test]
fn a_name_from_elsewhere_is_not_told_as_if_it_were_known() {
    let mut row = defined().to_row();
    row.set(FieldDefinition::def().column("holds").unwrap(), Value::Text("asleep".into()));
    let mut text = String::new();
    assert_eq!(FieldDefinition::def().write_json(&row, &[], &mut text).unwrap_err().code(), "store.corrupt");
    assert_eq!(Form::Value.write("x", &[], &[], &mut text).unwrap_err().code(), "store.corrupt");
}
