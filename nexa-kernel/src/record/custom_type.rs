//! What a custom field can hold.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{ColumnDef, ColumnType, Field, Form, corrupt, plain_column};
use crate::{
    error::Result,
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
