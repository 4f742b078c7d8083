//! Postal addresses.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Name, text::line};
use crate::Field;

string_value!(
    /// A country: its two letters of ISO 3166 in upper case, or its name in at most 100 characters.
    Country,
    |text| {
        let mut country = line(text, 100, "give at most 100 characters")?;
        if country.len() == 2 {
            country.make_ascii_uppercase();
        }
        Ok(country)
    },
    {
        "type": "string", "minLength": 1, "maxLength": 100,
        "description": "A country: its two letters of ISO 3166, such as DE, or its name."
    }
);

/// A postal address; every part may be absent, and an address without any part is absent itself.
#[derive(Field, Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[field(optional)]
#[serde(default, deny_unknown_fields)]
#[schemars(inline)]
pub struct Address {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<Name>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<Name>,
    /// State, province or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Name>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<Name>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
}

impl Address {
    /// Whether it has no part.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// On one line: `1 Main Street, Springfield, IL, 62701, US`.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [&self.street, &self.city, &self.region, &self.postal_code];
        let parts = names.into_iter().flatten().map(Name::as_str).chain(self.country.as_deref());
        for (position, part) in parts.enumerate() {
            if position > 0 {
                f.write_str(", ")?;
            }
            f.write_str(part)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{kernel::value::Value, values::check};

    #[test]
    fn parts_are_columns_and_none_is_required() {
        let address: Address =
            serde_json::from_value(json!({"street": " 1 Main Street ", "city": null, "country": "us"})).unwrap();
        assert_eq!(address.to_string(), "1 Main Street, US");
        assert_eq!(serde_json::to_value(&address).unwrap(), json!({"street": "1 Main Street", "country": "US"}));
        check::round_trip(&address);
        check::round_trip(&Address::default());
        assert!(check::written(&Address::default()).iter().all(Value::is_null));

        let mut columns = Vec::new();
        Address::columns("billing", &mut columns);
        let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(
            names,
            ["billing_street", "billing_city", "billing_region", "billing_postal_code", "billing_country"]
        );
        assert!(columns.iter().all(|column| column.nullable));
        assert_eq!(columns[3].path, "billing.postal_code");
    }

    #[test]
    fn countries_are_codes_or_names() {
        assert_eq!(Country::parse(" de ").unwrap(), "DE");
        assert_eq!(Country::parse("United Kingdom").unwrap(), "United Kingdom");
        assert!(Country::parse(&"x".repeat(101)).is_err());
        for text in ["gb", "ß", "é ", "x y"] {
            check::normal(Country::parse, text);
        }
    }

    #[test]
    fn unknown_parts_are_refused() {
        assert!(serde_json::from_value::<Address>(json!({"zip": "1"})).unwrap_err().to_string().contains("zip"));
        assert!(serde_json::from_value::<Address>(json!({"city": ""})).is_err());
    }
}
