//! Filters: typed, serializable, the same in memory and in SQL.
//!
//! Three-valued logic as in SQL: a comparison with a field that has no value is unknown, and an unknown
//! row is not selected. Names and other fields that are declared `folded` compare by their folded form, as their uniques do:
//! case, kinds of apostrophe, dash and blank do not count. `contains`, `starts_with` and `ends_with` work on these, and
//! know no accents either. Other text compares by bytes.

mod around;
mod children;
mod columns;
mod on_change;
mod predicate;
mod relative;
mod wire;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use self::{
    around::{Alone, Around},
    children::{Children, MOST_CHILDREN, Pointing},
    on_change::OnChange,
    predicate::{Comparison, Place, Predicate, compare_scalars},
    relative::Relative,
};

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Op {
    /// Equal.
    Eq,
    /// Different; a field without a value is not different.
    Ne,
    /// Less.
    Lt,
    /// At most.
    Le,
    /// More.
    Gt,
    /// At least.
    Ge,
    /// One of a list.
    In,
    /// None of a list.
    NotIn,
    /// Without a value (`true`) or with one (`false`).
    IsNull,
    /// The text contains this, whatever the case and the accents.
    Contains,
    /// The text starts with this, whatever the case and the accents.
    StartsWith,
    /// The text ends with this, whatever the case and the accents.
    EndsWith,
    /// The list holds this entry, or one of a list of entries.
    Has,
}

/// The records that are meant. In JSON `{"field", "op", "value"}`, `{"and": […]}`, `{"or": […]}`,
/// `{"not": …}`, or `{"through": relation, "filter": …}` for a field of a related record; of what may be of any kind, the
/// relation is followed by the kind, as in `about.ticket`. `{"has": kind, "filter": …, "at_least": 3}` and
/// `{"has_none": kind, "filter": …}` ask for records that point at the record. Of events, `{"changed": field}`, `{"was": filter}` and
/// `{"became": filter}` ask what happened to it.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// A comparison of one field; a dotted path reaches one relation away or into `custom`.
    Compare {
        /// The path of the field.
        field: String,
        /// How the field is compared.
        op: Op,
        /// The value that it is compared with. Moments and days also with [`Relative`] values, and with each other: a day is that of the tenant's time zone.
        value: Json,
    },
    /// All of them; with none, everything.
    And(Vec<Filter>),
    /// Any of them; with none, nothing.
    Or(Vec<Filter>),
    /// Not this; unknown stays unknown.
    Not(Box<Filter>),
    /// The related live record exists and matches; of several, one of them.
    Through(String, Box<Filter>),
    /// At least so many live records of a kind point at the record and match.
    Has(Box<Children>, u32),
    /// No live record of a kind points at the record and matches.
    HasNone(Box<Children>),
    /// Of an event: the field is another than before.
    Changed(String),
    /// Of an event: the record matched before.
    Was(Box<Filter>),
    /// Of an event: the record matches, and did not before, as when it was not there.
    Became(Box<Filter>),
}

impl Filter {
    /// Matches every record.
    pub const fn everything() -> Self {
        Self::And(Vec::new())
    }
    /// Matches no record.
    pub const fn nothing() -> Self {
        Self::Or(Vec::new())
    }
    /// A comparison.
    pub fn compare(field: impl Into<String>, op: Op, value: impl Serialize) -> Self {
        Self::Compare { field: field.into(), op, value: serde_json::to_value(value).unwrap_or(Json::Null) }
    }
    /// Of an event: the field is another than before.
    pub fn changed(field: impl Into<String>) -> Self {
        Self::Changed(field.into())
    }
    /// Of an event: the record matched before.
    #[must_use]
    pub fn was(self) -> Self {
        Self::Was(Box::new(self))
    }
    /// Of an event: the record matches, and did not before.
    #[must_use]
    pub fn became(self) -> Self {
        Self::Became(Box::new(self))
    }
    /// Both this and the other.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::And(mut a), Self::And(b)) => {
                a.extend(b);
                Self::And(a)
            }
            (Self::And(mut all), one) | (one, Self::And(mut all)) => {
                if all.is_empty() {
                    return one;
                }
                all.push(one);
                Self::And(all)
            }
            (a, b) => Self::And(vec![a, b]),
        }
    }
    /// This or the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        // However many are joined one by one, they stand beside each other.
        let mut any = Vec::new();
        for filter in [self, other] {
            match filter {
                Self::Or(more) if !more.is_empty() => any.extend(more),
                filter => any.push(filter),
            }
        }
        Self::Or(any)
    }
    /// Whether every record matches.
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::And(all) if all.is_empty())
    }
    /// Whether it matches no record by its form.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Or(any) if any.is_empty())
    }
    /// Whether it names a custom field, of the kind itself or of a related one.
    pub fn names_custom(&self) -> bool {
        match self {
            Self::Compare { field, .. } => field.split('.').any(|part| part == "custom"),
            Self::And(all) | Self::Or(all) => all.iter().any(Self::names_custom),
            Self::Not(one) | Self::Through(_, one) | Self::Was(one) | Self::Became(one) => one.names_custom(),
            Self::Changed(field) => field.split('.').any(|part| part == "custom"),
            Self::Has(children, _) | Self::HasNone(children) => children.filter.names_custom(),
        }
    }
    /// Whether it asks for records that point at another.
    pub fn asks_for_children(&self) -> bool {
        match self {
            Self::Compare { .. } | Self::Changed(_) => false,
            Self::And(all) | Self::Or(all) => all.iter().any(Self::asks_for_children),
            Self::Not(one) | Self::Through(_, one) | Self::Was(one) | Self::Became(one) => one.asks_for_children(),
            Self::Has(..) | Self::HasNone(_) => true,
        }
    }
}

impl std::ops::Not for Filter {
    type Output = Self;
    fn not(self) -> Self {
        Self::Not(Box::new(self))
    }
}

impl Default for Filter {
    fn default() -> Self {
        Self::everything()
    }
}
