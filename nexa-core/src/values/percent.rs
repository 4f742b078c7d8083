//! Percentages.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    Result,
    kernel::{
        record::{ColumnDef, ColumnType, Field, Form, plain_column},
        value::Value,
    },
};

/// A whole percentage from 0 to 100, such as a probability; discounts and taxes are a [`Rate`](super::Rate). In JSON a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Percent(u8);

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// All of it.
    pub const HUNDRED: Self = Self(100);

    /// From a number of 0 to 100.
    pub const fn new(number: u8) -> Result<Self, &'static str> {
        if number <= 100 { Ok(Self(number)) } else { Err(RANGE) }
    }
    /// Reads digits, with or without a percent sign.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let digits = text.strip_suffix('%').unwrap_or(text).trim_end();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(RANGE);
        }
        digits.parse().map_err(|_| RANGE).and_then(Self::new)
    }
    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

const RANGE: &str = "give a whole number from 0 to 100";

impl From<Percent> for u8 {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

impl TryFrom<u8> for Percent {
    type Error = &'static str;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Self::new(number)
    }
}

impl TryFrom<&str> for Percent {
    type Error = &'static str;
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

/// `25 %`
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.0)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(deserializer)?;
        u8::try_from(number).map_err(|_| RANGE).and_then(Self::new).map_err(de::Error::custom)
    }
}

impl JsonSchema for Percent {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Percent".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "integer", "minimum": 0, "maximum": 100, "description": "A whole percentage from 0 to 100."
        })
    }
}

impl Field for Percent {
    const FORM: Option<Form> = Some(Form::Value);
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(name, ColumnType::Int));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Int(i64::from(self.0)));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        u8::read(values).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::values::check;

    #[test]
    fn only_whole_numbers_to_a_hundred() {
        for number in 0..=100 {
            check::round_trip(&Percent::new(number).unwrap());
        }
        assert_eq!(Percent::new(101), Err(RANGE));
        for bad in [json!(101), json!(-1), json!(300), json!(12.5), json!("12"), json!(null)] {
            assert!(serde_json::from_value::<Percent>(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn reads_text_as_imports_have_it() {
        assert_eq!(Percent::parse(" 25 % ").unwrap().get(), 25);
        assert_eq!(Percent::parse("25").unwrap().to_string(), "25 %");
        for bad in ["", "%", "+5", "101", "1000", "2.5"] {
            assert!(Percent::parse(bad).is_err(), "{bad:?}");
        }
    }
}
