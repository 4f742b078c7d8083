//! Custom fields.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value as Json};

use super::{
    document::{canonical, json_column, json_value},
    text::lines,
};
use crate::{
    Result,
    kernel::{
        record::{ColumnDef, ColumnType, Field, Form, corrupt, unexpected},
        text::must_be_plain,
        value::Value,
    },
};

/// The fields that a tenant defined for a kind: texts, numbers, booleans and lists of texts by name, at most 64 KiB as
/// JSON. A null is the same as no entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Custom(Map<String, Json>);

const LONGEST: usize = 65_536;
const TOO_LONG: &str = "give at most 64 KiB of custom fields";

impl Custom {
    /// Checks every entry.
    pub fn new(map: Map<String, Json>) -> Result<Self, &'static str> {
        let mut normal = Map::new();
        for (name, value) in map {
            check_name(&name)?;
            if !value.is_null() {
                normal.insert(name, entry(value)?);
            }
        }
        let custom = Self(normal);
        if canonical(&Json::Object(custom.0.clone())).len() > LONGEST { Err(TOO_LONG) } else { Ok(custom) }
    }
    /// Reads the text of a JSON object.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        serde_json::from_str(text).map_err(|_| "give custom fields as a JSON object").and_then(Self::new)
    }
    /// The value of a field; `None` when it has none.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.0.get(name)
    }
    /// Sets a field, or removes it when the value is null.
    pub fn set(&mut self, name: &str, value: Json) -> Result<(), &'static str> {
        let mut map = self.0.clone();
        map.insert(name.to_owned(), value);
        *self = Self::new(map)?;
        Ok(())
    }
    /// The fields that have a value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
    /// Whether no field has a value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A filter reaches a field as `custom.name`, in SQL inside quotes: neither may be ended by the name.
fn check_name(name: &str) -> Result<(), &'static str> {
    let fits = (1..=100).contains(&name.chars().count());
    if fits
        && must_be_plain(name).is_ok()
        && !name.contains(|c: char| c.is_control() || c.is_whitespace() || matches!(c, '.' | '"' | '\'' | '\\'))
    {
        Ok(())
    } else {
        Err("name custom fields in at most 100 characters, without spaces, dots, quotes and backslashes")
    }
}

fn entry(value: Json) -> Result<Json, &'static str> {
    const SHAPE: &str = "give custom fields a text, a number, true, false or a list of texts";
    match value {
        Json::String(text) => lines(&text, LONGEST, TOO_LONG).map(Json::String),
        Json::Array(items) => items
            .into_iter()
            .map(|item| match item {
                Json::String(text) => lines(&text, LONGEST, TOO_LONG).map(Json::String),
                _ => Err(SHAPE),
            })
            .collect(),
        Json::Bool(_) | Json::Number(_) => Ok(value),
        Json::Object(_) | Json::Null => Err(SHAPE),
    }
}

impl TryFrom<&str> for Custom {
    type Error = &'static str;
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for Custom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Option::<Map<_, _>>::deserialize(deserializer)?.unwrap_or_default()).map_err(de::Error::custom)
    }
}

impl JsonSchema for Custom {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Custom".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": {
                "type": ["string", "number", "boolean", "array", "null"], "items": {"type": "string"}
            },
            "description": "Fields that the organisation defined, by name; at most 64 KiB."
        })
    }
}

impl Field for Custom {
    const FORM: Option<Form> = Some(Form::Document("{}"));
    const OPTIONAL: bool = true;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(json_column(name, ColumnType::Map));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(if self.is_empty() { Value::Null } else { json_value(self) });
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        // Not by way of a document: it is one.
        match values.next() {
            Some(Value::Null) => Ok(Self::default()),
            Some(Value::Json(text)) => {
                serde_json::from_str(&text).map(Self).map_err(|problem| corrupt("Custom", problem))
            }
            other => Err(unexpected("Custom", "Json", other.as_ref())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::values::check;

    fn read(json: Json) -> Result<Custom, String> {
        serde_json::from_value(json).map_err(|problem| problem.to_string())
    }

    #[test]
    fn scalars_and_lists_of_texts() {
        let custom = read(json!({
            "seats": 250, "region": " EMEA ", "rate": 2.5, "trial": true, "langs": ["de", "en"], "gone": null, "none": [],
        }))
        .unwrap();
        assert_eq!(custom.get("region"), Some(&json!("EMEA")));
        assert_eq!(custom.get("gone"), None);
        assert_eq!(
            check::written(&custom),
            [Value::Json(
                r#"{"langs":["de","en"],"none":[],"rate":2.5,"region":"EMEA","seats":250,"trial":true}"#.into()
            )]
        );
        check::round_trip(&custom);
        assert_eq!(Custom::parse(r#"{"a": 1}"#), read(json!({"a": 1})).map_err(|_| ""));
    }

    #[test]
    fn none_is_null() {
        check::round_trip(&Custom::default());
        assert_eq!(read(Json::Null), Ok(Custom::default()));
        assert_eq!(check::written(&read(json!({"a": null})).unwrap()), [Value::Null]);
        assert_eq!(check::read::<Custom>(vec![Value::Json("[".into())]).unwrap_err().code(), "store.corrupt");
    }

    #[test]
    fn what_is_nested_or_too_long_is_refused() {
        for bad in [
            json!({"a": {}}),
            json!({"a": [1]}),
            json!({"a": [["b"]]}),
            json!({"a": "x\0"}),
            json!({"a": ""}),
            json!({"": 1}),
            json!({"a.b": 1}),
            json!({"a\"": 1}),
            json!({"a b": 1}),
            json!({"x".repeat(101): 1}),
            json!([]),
            json!(1),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
        assert!(read(json!({"a": "x".repeat(65_528)})).is_ok());
        assert_eq!(read(json!({"a": "x".repeat(65_529)})), Err(TOO_LONG.to_owned()));
    }

    #[test]
    fn a_refused_change_changes_nothing() {
        let mut custom = read(json!({"a": 1})).unwrap();
        assert!(custom.set("b", json!({})).is_err());
        custom.set("c", json!("x")).unwrap();
        custom.set("a", Json::Null).unwrap();
        assert_eq!(custom.iter().collect::<Vec<_>>(), [("c", &json!("x"))]);
    }
}
