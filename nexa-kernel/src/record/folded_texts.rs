//! The folded forms of custom fields, by which they are ordered.

use serde_json::Value as Json;

use crate::{normal, value::Value};

/// The folded forms of the texts of a document that have another one than themselves, by name; null without any.
pub(super) fn folded_texts(document: &Value) -> Value {
    let Value::Json(text) = document else { return Value::Null };
    let fields: serde_json::Map<String, Json> = serde_json::from_str(text).unwrap_or_default();
    let folded = fields.into_iter().filter_map(|(name, value)| match value {
        Json::String(text) => {
            let folded = normal::fold(&text);
            (folded != text).then_some((name, Json::String(folded)))
        }
        _ => None,
    });
    let folded: serde_json::Map<String, Json> = folded.collect();
    if folded.is_empty() { Value::Null } else { Value::Json(Json::Object(folded).to_string()) }
}
