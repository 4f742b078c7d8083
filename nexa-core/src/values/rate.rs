//! Exact percentages, such as discounts and taxes.

use std::fmt;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    Amount, Result,
    kernel::{
        record::{ColumnDef, Field, Form},
        value::Value,
    },
};

/// An exact percentage from 0 to 100 with at most four decimal places, such as a tax of 8.875 %. In JSON a decimal, `"8.875"`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Rate(Amount);

const RANGE: &str = "give a percentage from 0 to 100 with at most four decimal places, such as 8.875";
const MOST: Amount = Amount::from_ten_thousandths(1_000_000);

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self(Amount::from_ten_thousandths(0));
    /// All of it.
    pub const HUNDRED: Self = Self(MOST);

    /// From a number of 0 to 100 with at most four decimal places.
    pub fn new(percent: Decimal) -> Result<Self, &'static str> {
        Amount::from_decimal(percent).ok_or(RANGE).and_then(Self::from_amount)
    }
    /// Reads a number, with or without a percent sign.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let text = text.trim();
        let number = text.strip_suffix('%').unwrap_or(text);
        Amount::parse(number).ok_or(RANGE).and_then(Self::from_amount)
    }
    /// The percentage: 8.875 of 8.875 %.
    pub fn decimal(self) -> Decimal {
        self.0.decimal()
    }
    /// What it multiplies by: 0.08875 of 8.875 %.
    pub fn factor(self) -> Decimal {
        Decimal::new(self.0.ten_thousandths(), 6)
    }
    /// What is left of a hundred: 91.125 % of 8.875 %.
    #[must_use]
    pub const fn rest(self) -> Self {
        Self(Amount::from_ten_thousandths(MOST.ten_thousandths() - self.0.ten_thousandths()))
    }
    /// The percentage in ten-thousandths, such as the weight of a part.
    pub const fn amount(self) -> Amount {
        self.0
    }
    fn from_amount(amount: Amount) -> Result<Self, &'static str> {
        if (Self::ZERO.0..=MOST).contains(&amount) { Ok(Self(amount)) } else { Err(RANGE) }
    }
}

impl TryFrom<Decimal> for Rate {
    type Error = &'static str;
    fn try_from(percent: Decimal) -> Result<Self, Self::Error> {
        Self::new(percent)
    }
}

impl TryFrom<&str> for Rate {
    type Error = &'static str;
    fn try_from(text: &str) -> Result<Self, Self::Error> {
        Self::parse(text)
    }
}

/// `8.875 %`
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} %", self.decimal().normalize())
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Amount::deserialize(deserializer).and_then(|amount| Self::from_amount(amount).map_err(de::Error::custom))
    }
}

impl JsonSchema for Rate {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rate".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "number"], "minimum": 0, "maximum": 100,
            "pattern": r"^[0-9]{1,3}(\.[0-9]{1,4})?$",
            "description": "An exact percentage from 0 to 100 with at most four decimal places; answered as a string such as \"8.875\"."
        })
    }
}

impl Field for Rate {
    const FORM: Option<Form> = Some(Form::Value);
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        Amount::columns(name, out);
    }
    fn write(&self, out: &mut Vec<Value>) {
        self.0.write(out);
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        Amount::read(values).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::values::check;

    #[test]
    fn a_percentage_with_four_places() {
        for (json, shown, written) in [
            (json!("8.875"), "8.875 %", "8.875"),
            (json!(12.5), "12.5 %", "12.50"),
            (json!(0), "0 %", "0.00"),
            (json!("0.0001"), "0.0001 %", "0.0001"),
            (json!(100), "100 %", "100.00"),
        ] {
            let rate: Rate = serde_json::from_value(json).unwrap();
            assert_eq!((rate.to_string().as_str(), serde_json::to_value(rate).unwrap()), (shown, json!(written)));
        }
        let rate = Rate::parse("8.875").unwrap();
        assert_eq!((rate.factor(), rate.rest().to_string().as_str()), (Decimal::new(8_875, 5), "91.125 %"));
    }

    #[test]
    fn what_is_no_percentage_is_refused() {
        for bad in [
            json!("100.0001"),
            json!(101),
            json!("-0.0001"),
            json!(-1),
            json!("8.87501"),
            json!(0.00001),
            json!("8,875"),
            json!("8.875 %"),
            json!(""),
            json!(null),
        ] {
            assert!(serde_json::from_value::<Rate>(bad.clone()).is_err(), "{bad}");
        }
        assert_eq!(Rate::new(Decimal::new(1_000_001, 4)), Err(RANGE));
    }

    #[test]
    fn reads_text_as_imports_have_it() {
        assert_eq!(Rate::parse(" 8.875 % ").unwrap(), Rate::new(Decimal::new(8_875, 3)).unwrap());
        for bad in ["", "%", "+5", "101", "8.87501", "-1"] {
            assert!(Rate::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn any_rate_comes_back(ten_thousandths in 0..=1_000_000_i64) {
            let rate = Rate::new(Decimal::new(ten_thousandths, 4)).unwrap();
            check::round_trip(&rate);
            prop_assert_eq!(Rate::parse(&rate.to_string()), Ok(rate));
        }
    }
}
