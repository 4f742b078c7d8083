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
fn written<R: Record>(record: &R, without: &[&str]) -> Json {
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

/// A field of one column.
#[derive(Field, Clone, Default, Serialize)]
struct Inner {
    text: Option<String>,
    number: i64,
}

/// A field of fields.
#[derive(Field, Clone, Default, Serialize)]
struct Middle {
    first: Inner,
    yes: Option<bool>,
    second: Inner,
}

/// A field of fields of fields.
#[derive(Field, Clone, Default, Serialize)]
struct Outer {
    r#in: Middle,
    also: Middle,
    last: bool,
}

/// A field that leaves out one part, and shows that the other is absent.
#[derive(Field, Clone, Default, Serialize)]
struct Mixed {
    #[serde(skip_serializing_if = "Option::is_none")]
    one: Option<i64>,
    other: Option<i64>,
}

/// A field whose parts are not written by their columns alone.
#[derive(Field, Clone, Default, Serialize)]
struct WithKeys {
    keys: Vec<ExternalKey>,
    inner: Option<Inner>,
}

/// A field that is absent without a part.
#[derive(Field, Clone, Default, Serialize)]
#[field(optional)]
struct Sparse {
    #[serde(skip_serializing_if = "Option::is_none")]
    one: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    other: Option<String>,
}

#[test]
fn a_field_of_fields_looks_as_it_is_serialized_whatever_its_parts_are() {
    let inner = Inner { text: Some("x".to_owned()), number: 7 };
    let middle = Middle { second: inner.clone(), ..Middle::default() };
    same_form(&inner);
    same_form(&middle);
    same_form(&Some(middle.clone()));
    same_form(&None::<Middle>);
    same_form(&Outer { also: middle.clone(), last: true, ..Outer::default() });
    same_form(&Outer { r#in: middle, ..Outer::default() });
    same_form(&Mixed { other: Some(1), ..Mixed::default() });
    same_form(&Mixed { one: Some(1), ..Mixed::default() });
    same_form(&WithKeys { inner: Some(inner), ..WithKeys::default() });
    same_form(&WithKeys::default());
    same_form(&Sparse::default());
    same_form(&Sparse { one: Some(1), other: None });
    same_form(&None::<Sparse>);
}

#[test]
fn the_columns_of_a_field_of_fields_are_those_of_its_parts() {
    let mut columns = Vec::new();
    Outer::columns("x", &mut columns);
    let paths: Vec<&str> = columns.iter().map(|column| column.path.as_str()).collect();
    let middle = ["first.text", "first.number", "yes", "second.text", "second.number"];
    let expected = ["in", "also"].into_iter().flat_map(|part| middle.map(|below| format!("x.{part}.{below}")));
    assert_eq!(paths, expected.chain(["x.last".to_owned()]).collect::<Vec<_>>());
    assert_eq!((Outer::WIDTH, Outer::OPTIONAL, Sparse::OPTIONAL), (11, false, true));
    let nullable: Vec<bool> = columns.iter().take(3).map(|column| column.nullable).collect();
    assert_eq!(nullable, [true, false, true]);
}

#[test]
fn a_record_looks_as_it_is_serialized() {
    for record in [FieldDefinition::default(), defined()] {
        assert_eq!(written(&record, &[]), serde_json::to_value(&record).unwrap());
    }
}

#[test]
fn fields_are_left_out_by_name() {
    let shown = written(&defined(), &["holds", "version"]);
    assert!(shown.get("holds").is_none() && shown.get("version").is_none() && shown.get("name").is_some());
}

#[test]
fn a_name_from_elsewhere_is_not_written_as_if_it_were_known() {
    let mut row = defined().to_row();
    row.set(FieldDefinition::def().column("holds").unwrap(), Value::Text("asleep".into()));
    let mut text = String::new();
    assert_eq!(FieldDefinition::def().write_json(&row, &[], &mut text).unwrap_err().code(), "store.corrupt");
    assert_eq!(Form::Value.write("x", &[], &[], &mut text).unwrap_err().code(), "store.corrupt");
}
