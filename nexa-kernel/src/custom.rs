//! Custom fields: what a tenant adds to a kind, defined before it is used.

pub mod define;
mod entries;

pub use define::{Define, Remove};

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{
    error::{Result, codes},
    record::{ColumnDef, ColumnType, Field, Form, Id, Record, corrupt, plain_column},
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
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Time => "time",
        }
    }
    /// What to give for it.
    pub(crate) const fn asks_for(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Bool => "true or false",
            Self::Date => "a date such as 2025-11-17",
            Self::Time => "a time such as 2025-11-17T09:15:00Z",
        }
    }
    /// The value as it is kept and compared, so that the same day or moment is the same text however it was written; `None` when
    /// it is not of this type.
    pub fn normal(self, value: &Json) -> Option<Cow<'_, Json>> {
        match (self, value) {
            (Self::Text, Json::String(_)) | (Self::Number, Json::Number(_)) | (Self::Bool, Json::Bool(_)) => {
                Some(Cow::Borrowed(value))
            }
            (Self::Date, Json::String(text)) => {
                text.parse::<Date>().ok().map(|date| Cow::Owned(Json::String(date.to_string())))
            }
            (Self::Time, Json::String(text)) => {
                Timestamp::parse(text).map(|time| Cow::Owned(Json::String(time.to_string())))
            }
            _ => None,
        }
    }
}

impl Field for CustomType {
    const FORM: Option<Form> = Some(Form::Value);
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

/// How many custom fields a tenant can define.
pub(crate) const MOST_FIELDS: usize = 10_000;

/// A field that a tenant added to a kind; its values live under `custom`.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "field", table = "fields", access = settings, unique("of_kind", "name", code = "field.taken"))]
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

/// The definition of a field of a kind.
pub(crate) fn defined<'d>(definitions: &'d [FieldDefinition], kind: &str, name: &str) -> Option<&'d FieldDefinition> {
    definitions.iter().find(|definition| definition.of_kind == kind && definition.name == name)
}

/// Checks a custom value against its definition and answers it as it is kept. Errors: `custom.undefined`, `field.invalid`.
pub(crate) fn checked<'v>(
    definitions: &[FieldDefinition],
    kind: &str,
    name: &str,
    value: &'v Json,
) -> Result<Cow<'v, Json>> {
    let definition = defined(definitions, kind, name)
        .ok_or_else(|| codes::CUSTOM_UNDEFINED.with("kind", kind).with("field", name))?;
    definition.holds.normal(value).ok_or_else(|| {
        let problem = format!("give {}", definition.holds.asks_for());
        codes::FIELD_INVALID.with("field", format!("custom.{name}")).with("problem", problem)
    })
}
