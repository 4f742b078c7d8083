//! Values as templates see them. They are data: a value that looks like a tag prints itself.

use std::{fmt, sync::Arc};

use minijinja::value::{Enumerator, Object, ObjectRepr, Value};
use serde_json::{Map, Value as Json};

/// Marks in a text the name of a value that is missing, so that it is found wherever the text goes.
const MISSING: char = '\u{fdd0}';
const MISSING_END: char = '\u{fdd1}';

/// A value that is missing, under the name by which the template asked for it. It is no value for conditions, repeats nothing, and
/// cannot be printed.
#[derive(Debug)]
pub(super) struct Missing(pub(super) String);

impl Object for Missing {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        Some(missing(&self.0, key))
    }
    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }
    fn is_true(self: &Arc<Self>) -> bool {
        false
    }
    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MISSING}{}{MISSING_END}", self.0)
    }
}

fn missing(of: &str, key: &Value) -> Value {
    Value::from_object(Missing(if of.is_empty() { key.to_string() } else { format!("{of}.{key}") }))
}

/// The name of what is missing in a value, if something is.
pub(super) fn missing_in(value: &Value) -> Option<String> {
    if let Some(missing) = value.downcast_object_ref::<Missing>() {
        return Some(missing.0.clone());
    }
    if value.is_undefined() || value.is_none() {
        return Some("a value".to_owned());
    }
    let (_, from) = value.as_str()?.split_once(MISSING)?;
    Some(from.split_once(MISSING_END).map_or(from, |(name, _)| name).to_owned())
}

/// An object of values, such as a record.
#[derive(Debug)]
pub(super) struct Values {
    /// Its name in the template; empty for all that a template knows.
    path: String,
    values: Arc<Map<String, Json>>,
}

impl Values {
    /// What a template knows.
    pub(super) fn root(values: Map<String, Json>) -> Value {
        Value::from_object(Self { path: String::new(), values: Arc::new(values) })
    }
    pub(super) fn json(&self) -> Json {
        Json::Object(self.values.as_ref().clone())
    }
}

impl Object for Values {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let name = key.as_str().unwrap_or_default();
        Some(match self.values.get(name) {
            Some(json) => {
                value(json, if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) })
            }
            None => missing(&self.path, key),
        })
    }
    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Iter(Box::new(self.values.keys().cloned().map(Value::from).collect::<Vec<_>>().into_iter()))
    }
    fn is_true(self: &Arc<Self>) -> bool {
        true
    }
}

/// A value; null and blank texts are missing.
fn value(json: &Json, path: String) -> Value {
    match json {
        Json::Null => Value::from_object(Missing(path)),
        Json::Bool(yes) => Value::from(*yes),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::from(number.as_f64().unwrap_or_default()), Value::from)
        }
        Json::String(text) if text.trim().is_empty() => Value::from_object(Missing(path)),
        Json::String(text) if text.contains([MISSING, MISSING_END]) => {
            Value::from(text.replace([MISSING, MISSING_END], "\u{fffd}"))
        }
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => {
            let items = items.iter().enumerate().map(|(at, item)| value(item, format!("{path}[{at}]")));
            Value::from(items.collect::<Vec<_>>())
        }
        Json::Object(values) => Value::from_object(Values { path, values: Arc::new(values.clone()) }),
    }
}
