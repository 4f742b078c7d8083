//! The order of a query: its keys, and what a row has for each.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{
    normal,
    record::{ColumnDef, ColumnType, CustomType, RecordDef, Row, plain_column},
    value::Value,
};

/// One key of an order; nulls come last in both directions.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortKey {
    /// The column.
    pub column: usize,
    /// Largest first.
    pub descending: bool,
    /// The field of the column, where it holds custom fields.
    pub custom: Option<CustomKey>,
}

impl SortKey {
    /// The values of a column.
    pub const fn of(column: usize, descending: bool) -> Self {
        Self { column, descending, custom: None }
    }

    /// What a row has for this key.
    pub fn value<'r>(&self, row: &'r Row) -> Cow<'r, Value> {
        match &self.custom {
            None => Cow::Borrowed(row.get(self.column)),
            Some(key) => Cow::Owned(key.value(row.get(self.column))),
        }
    }

    /// A column that has the type of what rows have for this key.
    pub(crate) fn cell(&self, def: &RecordDef) -> Option<ColumnDef> {
        match &self.custom {
            None => def.columns.get(self.column).cloned(),
            Some(key) => Some(plain_column(
                &key.name,
                match key.holds {
                    CustomType::Number => ColumnType::Int,
                    CustomType::Bool => ColumnType::Bool,
                    CustomType::Text | CustomType::Date | CustomType::Time => ColumnType::Text,
                },
            )),
        }
    }
}

/// A custom field as a key of an order. A row has no value for it where it holds none, or one of another type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CustomKey {
    /// Its name.
    pub name: String,
    /// What it holds: numbers come by size, false before true, texts by their folded form, days and moments by time.
    pub holds: CustomType,
    /// The derived column with the folded forms of texts.
    pub folded: usize,
}

impl CustomKey {
    /// The value for a row with these custom fields. A number is [`ordinal`].
    fn value(&self, custom: &Value) -> Value {
        let Value::Json(text) = custom else { return Value::Null };
        let fields: serde_json::Map<String, Json> = serde_json::from_str(text).unwrap_or_default();
        match (self.holds, fields.get(&self.name)) {
            (CustomType::Text, Some(Json::String(text))) => Value::Text(normal::fold(text)),
            (CustomType::Date | CustomType::Time, Some(Json::String(text))) => Value::Text(text.clone()),
            (CustomType::Bool, Some(Json::Bool(value))) => Value::Bool(*value),
            (CustomType::Number, Some(Json::Number(number))) => {
                number.as_f64().map_or(Value::Null, |number| Value::Int(ordinal(number)))
            }
            _ => Value::Null,
        }
    }
}

/// A number as a whole one that has the same order, so that a position in a list holds it exactly. [`number`] is the way back.
pub fn ordinal(number: f64) -> i64 {
    // Zero has two forms, which are the same number.
    let number = if number == 0.0 { 0.0 } else { number };
    mirrored(number.to_bits().cast_signed())
}

/// The number of this ordinal.
pub const fn number(ordinal: i64) -> f64 {
    f64::from_bits(mirrored(ordinal).cast_unsigned())
}

/// Negative numbers have their magnitude in the bits, which counts up as they go down.
const fn mirrored(bits: i64) -> i64 {
    if bits < 0 { bits ^ i64::MAX } else { bits }
}

#[cfg(test)]
mod tests {
    use super::{number, ordinal};

    #[test]
    fn ordinals_have_the_order_of_their_numbers() {
        let numbers = [f64::MIN, -2.5, -1.0, -1e-300, 0.0, 1e-300, 1.0, 1.5, 9_007_199_254_740_993.0, f64::MAX];
        assert!(numbers.is_sorted_by_key(|number| ordinal(*number)));
        assert!(numbers.iter().all(|one| number(ordinal(*one)).to_bits() == one.to_bits()));
        assert_eq!(ordinal(-0.0), ordinal(0.0));
    }
}
