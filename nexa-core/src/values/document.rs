//! Typed JSON documents in one column, and the canonical text of JSON.

use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use crate::{
    Result,
    kernel::{
        input,
        record::{ColumnDef, ColumnType, Field, corrupt, plain_column, unexpected},
        value::{Value, write_json_text},
    },
};

/// JSON in its one canonical form: compact, with sorted keys.
pub fn canonical(json: &Json) -> String {
    let mut out = String::new();
    write_canonical(&mut out, json);
    out
}

fn write_canonical(out: &mut String, json: &Json) {
    match json {
        Json::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_canonical(out, item);
            }
            out.push(']');
        }
        Json::Object(map) => {
            // A host may build serde_json so that maps keep the order of insertion.
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| key.as_str());
            out.push('{');
            for (position, (key, value)) in entries.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_json_text(out, key);
                out.push(':');
                write_canonical(out, value);
            }
            out.push('}');
        }
        Json::String(text) => write_json_text(out, text),
        Json::Null | Json::Bool(_) | Json::Number(_) => out.push_str(&json.to_string()),
    }
}

/// The column of a field that is stored as JSON, and null when it is empty.
pub(super) fn json_column(name: &str, kind: ColumnType) -> ColumnDef {
    let mut column = plain_column(name, kind);
    column.nullable = true;
    column
}

/// The canonical text of a value.
pub(super) fn json_value(value: &impl Serialize) -> Value {
    // What has no JSON form, such as a map with keys that are no texts, reads back as corrupt and not as something else.
    serde_json::to_value(value).map_or(Value::Null, |json| Value::Json(canonical(&json)))
}

/// Reads a stored value; null is the default.
pub(super) fn read_json<T: DeserializeOwned + Default>(kind: &str, value: Option<Value>) -> Result<T> {
    match value {
        Some(Value::Null) => Ok(T::default()),
        other => read_document(kind, other),
    }
}

fn read_document<T: DeserializeOwned>(kind: &str, value: Option<Value>) -> Result<T> {
    match value {
        Some(Value::Json(text)) => input::stored(&text).map_err(|problem| corrupt(kind, problem)),
        other => Err(unexpected(kind, "Json", other.as_ref())),
    }
}

/// A typed document in one column that filters do not look into, such as the rules of a scorecard. In JSON it is what
/// it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Document<T>(pub T);

impl<T> Document<T> {
    /// What it holds.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Document<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> From<T> for Document<T> {
    fn from(content: T) -> Self {
        Self(content)
    }
}

impl<T: JsonSchema> JsonSchema for Document<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> std::borrow::Cow<'static, str> {
        T::schema_id()
    }
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

impl<T: Serialize + DeserializeOwned> Field for Document<T> {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(name, ColumnType::Json));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(json_value(&self.0));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        read_document("Document", values.next()).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::values::check;

    /// A rule.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    struct Rule {
        points: i32,
        filter: BTreeMap<String, bool>,
    }

    #[test]
    fn a_document_is_what_it_holds() {
        let document = Document(Rule { points: 10, filter: BTreeMap::from([("b".into(), true), ("a".into(), false)]) });
        check::round_trip(&document);
        assert_eq!(check::written(&document), [Value::Json(r#"{"filter":{"a":false,"b":true},"points":10}"#.into())]);
        assert_eq!(document.points, 10);
    }

    #[test]
    fn what_does_not_fit_is_corrupt() {
        for bad in [Value::Json("{".into()), Value::Json("{}".into()), Value::Null, Value::Text("{}".into())] {
            assert_eq!(check::read::<Document<Rule>>(vec![bad]).unwrap_err().code(), "store.corrupt");
        }
        let no_json = Document(BTreeMap::from([(vec![1], 1)]));
        assert!(check::read::<Document<BTreeMap<Vec<u8>, u8>>>(check::written(&no_json)).is_err());
    }

    #[test]
    fn canonical_text_is_compact_and_sorted() {
        let json = json!({"b": [1, -2.5, null, true], "a": {"z": "\u{1}\"\\\n/ü", "é": {}, "": []}});
        assert_eq!(canonical(&json), r#"{"a":{"":[],"z":"\u0001\"\\\n/ü","é":{}},"b":[1,-2.5,null,true]}"#);
    }

    proptest! {
        #[test]
        fn canonical_text_means_the_same(text in any::<String>(), number: i64, float in -1e9..1e9_f64) {
            let json = json!({text.clone(): [text, number, float], "k": {"n": number}});
            prop_assert_eq!(serde_json::from_str::<Json>(&canonical(&json)).unwrap(), json);
        }
    }
}
