//! What a template is made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::TemplateVersion;
use crate::{Body, Date, Id, Key, Language, Money, Subject, Timestamp, closed_enum};

/// The text of a template in one language: sources with tags, such as `Hello {{ contact.first_name|default('there') }}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateText {
    /// The language.
    pub locale: Language,
    /// The subject of mails, and the title of what has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// What lists of mails show beside the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preheader: Option<Subject>,
    /// The HTML of mails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<Body>,
    /// The text; made of the HTML unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Body>,
}

closed_enum! {
    /// What a variable of a template holds.
    pub enum VariableType {
        /// A text.
        Text = "text",
        /// A number.
        Number = "number",
        /// An amount with a currency.
        Money = "money",
        /// A day, such as `2025-11-17`.
        Date = "date",
        /// A moment, such as `2025-11-17T09:15:00Z`.
        Moment = "moment",
        /// Yes or no.
        Bool = "bool",
        /// A list of texts.
        List = "list",
    }
}

impl VariableType {
    /// Whether a value is one of this type; null always is.
    pub(super) fn fits(self, value: &Json) -> bool {
        let text = |read: fn(&str) -> bool| value.as_str().is_some_and(read);
        value.is_null()
            || match self {
                Self::Text => value.is_string(),
                Self::Number => value.is_number() || text(|text| text.parse::<crate::Decimal>().is_ok()),
                Self::Money => {
                    text(|text| Money::parse(text).is_ok()) || serde_json::from_value::<Money>(value.clone()).is_ok()
                }
                Self::Date => text(|text| text.parse::<Date>().is_ok()),
                Self::Moment => text(|text| Timestamp::parse(text).is_some()),
                Self::Bool => value.is_boolean(),
                Self::List => value.as_array().is_some_and(|items| items.iter().all(Json::is_string)),
            }
    }
}

/// A variable that callers give a value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateVariable {
    /// Its name in the texts.
    pub name: Key,
    /// What it holds.
    #[serde(default)]
    pub r#type: VariableType,
    /// Whether a message cannot be made without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// Its value where none is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Json>,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<Subject>,
}

/// A version of another template that a template includes: `{% include 'footer' %}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplatePartial {
    /// The name under which it is included.
    pub name: Key,
    /// The version.
    pub version: Id<TemplateVersion>,
}
