//! What one unit of a currency is worth in another.

use std::{borrow::Cow, fmt};

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// What one unit of a currency is worth in another, exactly. In JSON a string such as `"1.1"`; a number is read as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExchangeRate(Decimal);

const SHAPE: &str = "give a rate such as 1.1, with at most 28 digits";

impl ExchangeRate {
    /// A rate.
    pub const fn new(rate: Decimal) -> Self {
        Self(rate)
    }
    /// The number.
    pub const fn decimal(self) -> Decimal {
        self.0
    }
    /// Reads `1.1` or `0.0067`.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let plain = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'));
        if !plain {
            return Err(SHAPE);
        }
        Decimal::from_str_exact(text).map(Self).map_err(|_| SHAPE)
    }
}

impl fmt::Display for ExchangeRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for ExchangeRate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ExchangeRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Read)
    }
}

struct Read;

impl de::Visitor<'_> for Read {
    type Value = ExchangeRate;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rate such as 1.1")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<ExchangeRate, E> {
        ExchangeRate::parse(text).map_err(E::custom)
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<ExchangeRate, E> {
        Ok(ExchangeRate(number.into()))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<ExchangeRate, E> {
        Ok(ExchangeRate(number.into()))
    }
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<ExchangeRate, E> {
        // The shortest decimal that is this number: what was written.
        self.visit_str(&number.to_string())
    }
}

impl JsonSchema for ExchangeRate {
    fn schema_name() -> Cow<'static, str> {
        "ExchangeRate".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "number"],
            "pattern": r"^[0-9]{1,18}(\.[0-9]{1,8})?$",
            "exclusiveMinimum": 0,
            "description": "An exact rate above zero; answered as a string such as \"1.1\"."
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rate_is_a_string_or_a_number() {
        for (json, shown) in [(json!(1.1), "1.1"), (json!("1.10"), "1.10"), (json!(2), "2"), (json!(0.0067), "0.0067")]
        {
            let rate: ExchangeRate = serde_json::from_value(json).unwrap();
            assert_eq!(serde_json::to_value(rate).unwrap(), json!(shown));
        }
        for json in [json!("1e3"), json!(""), json!("1,1"), json!(null), json!([1]), json!("one"), json!(1e300)] {
            assert!(serde_json::from_value::<ExchangeRate>(json.clone()).is_err(), "{json}");
        }
    }
}
