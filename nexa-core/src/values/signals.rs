//! Signals of engagement, counted.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{
    document::{json_column, json_value, read_json},
    text::line,
};
use crate::{
    Result,
    kernel::{
        record::{ColumnDef, ColumnType, Field, Form},
        value::Value,
    },
};

/// How often each signal of engagement was seen, such as `mail_opened`: at most 100 names of at most 100 characters.
/// In JSON an object of name and count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Signals(BTreeMap<String, u32>);

impl Signals {
    /// Counts a signal once more.
    pub fn record(&mut self, name: &str) -> Result<(), &'static str> {
        self.record_times(name, 1)
    }
    /// Counts a signal so many times more; saturates at 4,294,967,295.
    pub fn record_times(&mut self, name: &str, times: u32) -> Result<(), &'static str> {
        let name = line(name, 100, "give signals of at most 100 characters")?;
        if times == 0 {
            return Ok(());
        }
        if self.0.len() >= 100 && !self.0.contains_key(&name) {
            return Err("give at most 100 different signals");
        }
        let count = self.0.entry(name).or_default();
        *count = count.saturating_add(times);
        Ok(())
    }
    /// How often a signal was seen.
    pub fn get(&self, name: &str) -> u32 {
        self.0.get(name).copied().unwrap_or_default()
    }
    /// Every signal that was seen, with its count, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, u32)> {
        self.0.iter().map(|(name, count)| (name.as_str(), *count))
    }
    /// Whether none was seen.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Signals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut signals = Self::default();
        for (name, times) in Option::<BTreeMap<String, u32>>::deserialize(deserializer)?.unwrap_or_default() {
            signals.record_times(&name, times).map_err(de::Error::custom)?;
        }
        Ok(signals)
    }
}

impl JsonSchema for Signals {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Signals".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32},
            "maxProperties": 100,
            "description": "How often each signal of engagement was seen."
        })
    }
}

impl Field for Signals {
    const FORM: Option<Form> = Some(Form::Document("{}"));
    const OPTIONAL: bool = true;
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(json_column(name, ColumnType::Map));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(if self.is_empty() { Value::Null } else { json_value(self) });
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        read_json("Signals", values.next()).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::values::check;

    #[test]
    fn signals_are_counted() {
        let mut signals: Signals = serde_json::from_value(json!({"replied": 2, "never": 0})).unwrap();
        signals.record("replied").unwrap();
        signals.record(" mail_opened ").unwrap();
        assert_eq!((signals.get("replied"), signals.get("never")), (3, 0));
        assert_eq!(signals.iter().collect::<Vec<_>>(), [("mail_opened", 1), ("replied", 3)]);
        check::round_trip(&signals);
        signals.record_times("replied", u32::MAX).unwrap();
        assert_eq!(signals.get("replied"), u32::MAX);
    }

    #[test]
    fn none_is_null_and_bounds_are_kept() {
        check::round_trip(&Signals::default());
        assert_eq!(serde_json::from_value::<Signals>(json!(null)).unwrap(), Signals::default());
        assert_eq!(check::written(&Signals::default()), [Value::Null]);
        for bad in [json!({"a": -1}), json!({"a": "1"}), json!({"": 1}), json!({"a\n": 1, "b\nc": 1}), json!([])] {
            assert!(serde_json::from_value::<Signals>(bad.clone()).is_err(), "{bad}");
        }
        let mut signals = Signals::default();
        for number in 0..100 {
            signals.record(&number.to_string()).unwrap();
        }
        assert!(signals.record("one more").is_err());
        assert!(signals.record("7").is_ok());
    }
}
