//! What every value must satisfy.

use std::fmt::Debug;

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use crate::kernel::{
    record::{Field, Form},
    value::Value,
};

/// The values that a field writes to its columns.
pub(crate) fn written<T: Field>(value: &T) -> Vec<Value> {
    let mut values = Vec::new();
    value.write(&mut values);
    values
}

/// Reads a field from its columns.
pub(crate) fn read<T: Field>(values: Vec<Value>) -> crate::Result<T> {
    T::read(&mut values.into_iter())
}

/// The columns of the value look in JSON as the value does.
pub(crate) fn same_form<T: Field + Serialize>(value: &T) {
    let mut columns = Vec::new();
    T::columns("x", &mut columns);
    let mut text = String::new();
    Form::of::<T>().write("x", &columns, &written(value), &mut text).unwrap();
    let shown: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(shown, serde_json::to_value(value).unwrap(), "{}", std::any::type_name::<T>());
}

/// The value comes back from its columns and from its JSON, also as an optional field.
pub(crate) fn round_trip<T>(value: &T)
where
    T: Field + Serialize + DeserializeOwned + JsonSchema + Clone + Debug + PartialEq,
{
    let mut columns = Vec::new();
    T::columns("x", &mut columns);
    assert_eq!(columns.len(), T::WIDTH);
    let values = written(value);
    assert_eq!(values.len(), T::WIDTH);
    for (column, stored) in columns.iter().zip(&values) {
        assert!(column.nullable || !stored.is_null() || T::OPTIONAL, "{} holds no null", column.path);
    }
    assert_eq!(&read::<T>(values.clone()).unwrap(), value);
    if !values.iter().all(Value::is_null) {
        assert_eq!(read::<Option<T>>(values).unwrap().as_ref(), Some(value));
    }
    assert_eq!(read::<Option<T>>(written::<Option<T>>(&None)).unwrap(), None);
    same_form(value);
    same_form(&Some(value.clone()).filter(|_| !written(value).iter().all(Value::is_null)));
    same_form(&None::<T>);

    let json = serde_json::to_value(value).unwrap();
    assert_eq!(&serde_json::from_value::<T>(json.clone()).unwrap(), value);
    assert_eq!(&serde_json::from_str::<T>(&json.to_string()).unwrap(), value);
    let schema = schemars::schema_for!(T).to_value();
    assert!(schema.get("description").is_some_and(|text| !text.as_str().unwrap().is_empty()), "{schema}");
}

/// A normal form, read again, is itself.
pub(crate) fn normal<T>(parse: fn(&str) -> Result<T, &'static str>, text: &str)
where
    T: AsRef<str> + PartialEq + Debug,
{
    match parse(text) {
        Ok(value) => assert_eq!(parse(value.as_ref()).as_ref(), Ok(&value)),
        Err(problem) => assert!(!problem.is_empty() && !problem.ends_with('.')),
    }
}
