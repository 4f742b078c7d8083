//! Custom fields: what a tenant adds to a kind, defined before it is used.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    error::{Result, codes},
    record::{ColumnDef, ColumnType, Field, Id, Record, corrupt, plain_column},
    value::{Date, Timestamp, Value},
};

/// What a custom field holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CustomType {
    /// Text.
    #[default]
    Text,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A calendar date, `YYYY-MM-DD`.
    Date,
    /// A moment, RFC 3339.
    Time,
}

const NAMES: &[&str] = &["text", "number", "bool", "date", "time"];

impl CustomType {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Time => "time",
        }
    }
    /// Whether a JSON value is one of this type.
    pub fn accepts(self, value: &Json) -> bool {
        match (self, value) {
            (Self::Text, Json::String(_)) | (Self::Number, Json::Number(_)) | (Self::Bool, Json::Bool(_)) => true,
            (Self::Date, Json::String(text)) => text.parse::<Date>().is_ok(),
            (Self::Time, Json::String(text)) => Timestamp::parse(text).is_some(),
            _ => false,
        }
    }
}

impl Field for CustomType {
    fn columns(name: &str, out: &mut Vec<ColumnDef>) {
        out.push(plain_column(name, ColumnType::Enum(NAMES)));
    }
    fn write(&self, out: &mut Vec<Value>) {
        out.push(Value::Text(self.as_str().to_owned()));
    }
    fn read(values: &mut dyn Iterator<Item = Value>) -> Result<Self> {
        let text = String::read(values)?;
        [Self::Text, Self::Number, Self::Bool, Self::Date, Self::Time]
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or_else(|| corrupt("field", text))
    }
}

/// A field that a tenant added to a kind; its values live under `custom`.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[record(kind = "field", table = "fields", unique("of_kind", "name", code = "field.taken"))]
pub struct FieldDefinition {
    /// The identifier.
    pub id: Id<FieldDefinition>,
    /// Counts the changes.
    pub version: i64,
    /// When it was defined.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The kind that has the field.
    pub of_kind: String,
    /// Its name: lower case letters, digits and underscores, at most 64.
    pub name: String,
    /// What it holds.
    pub holds: CustomType,
    /// Whether filters on it are served by an index; text fields only.
    pub indexed: bool,
}

/// Checks the custom values of a kind against the definitions of all kinds. Errors: `custom.undefined`, `field.invalid`.
pub fn check(kind: &str, definitions: &[FieldDefinition], values: &serde_json::Map<String, Json>) -> Result<()> {
    for (name, value) in values {
        let definition = definitions
            .iter()
            .find(|definition| definition.of_kind == kind && definition.name == *name)
            .ok_or_else(|| codes::CUSTOM_UNDEFINED.with("kind", kind).with("field", name))?;
        if !definition.holds.accepts(value) {
            return Err(codes::FIELD_INVALID
                .with("field", format!("custom.{name}"))
                .with("problem", format!("give a {}", definition.holds.as_str())));
        }
    }
    Ok(())
}
