//! Filters that were checked against a definition, and what they mean.

use std::cmp::Ordering;

use serde_json::Value as Json;
use uuid::Uuid;

use super::{Around, Pointing};
use crate::{
    record::{RecordDef, Row, Topic, entry},
    value::Value,
};

/// A comparison by order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// Equal.
    Eq,
    /// Different.
    Ne,
    /// Less.
    Lt,
    /// At most.
    Le,
    /// More.
    Gt,
    /// At least.
    Ge,
}

impl Comparison {
    /// Whether an ordering satisfies it.
    pub const fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Eq => ordering.is_eq(),
            Self::Ne => ordering.is_ne(),
            Self::Lt => ordering.is_lt(),
            Self::Le => ordering.is_le(),
            Self::Gt => ordering.is_gt(),
            Self::Ge => ordering.is_ge(),
        }
    }
}

/// Where in a text the match must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// At its start.
    Start,
    /// At its end.
    End,
    /// Anywhere.
    Anywhere,
}

/// A filter that was checked against a definition: columns by index, values by type. What backends render.
#[derive(Clone, Debug)]
pub enum Predicate {
    /// All of them; with none, true.
    And(Vec<Predicate>),
    /// Any of them; with none, false.
    Or(Vec<Predicate>),
    /// Not; unknown stays unknown.
    Not(Box<Predicate>),
    /// A column against a value of its type.
    Compare(usize, Comparison, Value),
    /// A column is one of these; unknown when the column is null. An empty list is false.
    In(usize, Vec<Value>),
    /// A column is null.
    IsNull(usize),
    /// A folded column contains this folded text; unknown when the column is null.
    Match(usize, Place, String),
    /// A key of a `Map` column against a scalar; unknown when the key is absent or of another JSON type.
    Key(usize, String, Comparison, Json),
    /// A key of the `custom` column that the index of values knows is one of these texts; unknown when the key is absent or no
    /// text. An empty list is false.
    Indexed(usize, String, Vec<String>),
    /// A key of a `Map` column is one of these texts; unknown when the key is absent or no text. An empty list is false.
    KeyIn(usize, String, Vec<String>),
    /// A key of a `Map` column is absent or null. Never unknown.
    KeyIsNull(usize, String),
    /// A `List` column holds one of these entries. Never unknown: a null list holds nothing.
    Has(usize, Vec<String>),
    /// An entry of a `List` column that names records names something of one of these kinds. Never unknown.
    Names(usize, Vec<String>),
    /// A live record of this kind that the column points at, or whose name its list holds, exists and the predicate is true of it.
    /// Never unknown.
    Through(usize, &'static RecordDef, Box<Predicate>),
    /// Enough live records point at the row, and a predicate is true of them. Never unknown.
    Pointed(Box<Pointing>),
}

impl Predicate {
    /// Matches every row.
    pub const fn always() -> Self {
        Self::And(Vec::new())
    }
    /// Matches no row.
    pub const fn never() -> Self {
        Self::Or(Vec::new())
    }
    /// Matches the rows that are about this record.
    pub fn about(topic: Topic, kind: &str, id: Uuid) -> Self {
        match topic {
            Topic::One { kind: of, id: column } => Self::And(vec![
                Self::Compare(of, Comparison::Eq, Value::Text(kind.to_owned())),
                Self::Compare(column, Comparison::Eq, Value::Uuid(id)),
            ]),
            Topic::Several(column) => Self::Has(column, vec![entry(kind, id)]),
        }
    }
    /// Whether it matches every row by its form.
    pub fn is_always(&self) -> bool {
        matches!(self, Self::And(all) if all.iter().all(Self::is_always))
    }
    /// Whether it looks at records of this kind through a relation, or at those that point at the row.
    pub fn looks_at(&self, kind: &str) -> bool {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().any(|one| one.looks_at(kind)),
            Self::Not(one) => one.looks_at(kind),
            Self::Through(_, of, inner) => of.kind == kind || inner.looks_at(kind),
            Self::Pointed(asked) => asked.of.kind == kind || asked.filter.looks_at(kind),
            _ => false,
        }
    }
    /// Whether it looks at other records than the row.
    pub fn looks_elsewhere(&self) -> bool {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().any(Self::looks_elsewhere),
            Self::Not(one) => one.looks_elsewhere(),
            Self::Through(..) | Self::Pointed(_) => true,
            _ => false,
        }
    }
    /// The columns of the row itself that it looks at.
    pub(crate) fn columns(&self) -> Vec<usize> {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::columns).collect(),
            Self::Not(one) => one.columns(),
            Self::Compare(column, ..)
            | Self::In(column, _)
            | Self::IsNull(column)
            | Self::Match(column, ..)
            | Self::Key(column, ..)
            | Self::Indexed(column, ..)
            | Self::KeyIn(column, ..)
            | Self::KeyIsNull(column, _)
            | Self::Has(column, _)
            | Self::Names(column, _)
            | Self::Through(column, ..) => vec![*column],
            Self::Pointed(asked) => vec![asked.at.id],
        }
    }
    /// The relations of the row that it goes through, with what it asks of the records there.
    pub(crate) fn relations(&self) -> Vec<(usize, &'static RecordDef, &Self)> {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().flat_map(Self::relations).collect(),
            Self::Not(one) => one.relations(),
            Self::Through(column, of, inner) => vec![(*column, of, inner)],
            _ => Vec::new(),
        }
    }
    /// What all has to hold: the parts of nested conjunctions.
    pub fn parts(&self) -> Vec<&Self> {
        match self {
            Self::And(all) => all.iter().flat_map(Self::parts).collect(),
            one => vec![one],
        }
    }
    /// Both predicates, flat.
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
    /// Evaluates a row, with the other records around it.
    ///
    /// This is the meaning of a filter: SQL has to agree with it.
    pub fn holds(&self, row: &Row, around: &dyn Around) -> Option<bool> {
        match self {
            Self::And(all) => all
                .iter()
                .map(|one| one.holds(row, around))
                .try_fold(Some(true), |sum, one| match (sum, one) {
                    (_, Some(false)) => Err(()),
                    (Some(true), one) => Ok(one),
                    _ => Ok(None),
                })
                .unwrap_or(Some(false)),
            Self::Or(any) => any
                .iter()
                .map(|one| one.holds(row, around))
                .try_fold(Some(false), |sum, one| match (sum, one) {
                    (_, Some(true)) => Err(()),
                    (Some(false), one) => Ok(one),
                    _ => Ok(None),
                })
                .unwrap_or(Some(true)),
            Self::Not(one) => one.holds(row, around).map(|value| !value),
            Self::Compare(column, comparison, value) => {
                row.get(*column).compare(value).map(|ordering| comparison.holds(ordering))
            }
            Self::In(_, values) if values.is_empty() => Some(false),
            Self::In(column, values) => {
                let own = row.get(*column);
                (!own.is_null()).then(|| values.contains(own))
            }
            Self::IsNull(column) => Some(row.get(*column).is_null()),
            Self::Match(column, place, text) => row.get(*column).as_text().map(|own| match place {
                Place::Start => own.starts_with(text.as_str()),
                Place::End => own.ends_with(text.as_str()),
                Place::Anywhere => own.contains(text.as_str()),
            }),
            Self::Key(column, key, comparison, value) => {
                compare_scalars(key_of(row.get(*column), key).as_ref()?, value)
                    .map(|ordering| comparison.holds(ordering))
            }
            Self::Indexed(_, _, values) | Self::KeyIn(_, _, values) if values.is_empty() => Some(false),
            Self::Indexed(column, key, values) | Self::KeyIn(column, key, values) => {
                match key_of(row.get(*column), key) {
                    Some(Json::String(own)) => Some(values.contains(&own)),
                    _ => None,
                }
            }
            Self::KeyIsNull(column, key) => Some(key_of(row.get(*column), key).is_none_or(|value| value.is_null())),
            Self::Has(column, sought) => Some(row.entries(*column).iter().any(|entry| sought.contains(entry))),
            Self::Names(column, kinds) => Some(row.entries(*column).iter().any(|entry| {
                let kind = entry.split(':').next().unwrap_or_default();
                kinds.iter().any(|one| one == kind)
            })),
            Self::Through(column, def, predicate) => Some(
                row.pointed_at(*column, def)
                    .into_iter()
                    .any(|id| around.related(def, id).is_some_and(|one| predicate.holds(&one, around) == Some(true))),
            ),
            Self::Pointed(asked) => Some(around.has(asked, row.id(asked.at))),
        }
    }
}

pub(super) fn key_of(value: &Value, key: &str) -> Option<Json> {
    let Value::Json(text) = value else { return None };
    match serde_json::from_str::<Json>(text) {
        Ok(Json::Object(mut map)) => map.remove(key),
        _ => None,
    }
}

/// Compares two JSON scalars of the same type: numbers, texts by bytes, booleans.
pub fn compare_scalars(a: &Json, b: &Json) -> Option<Ordering> {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
        (Json::String(a), Json::String(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Json::Bool(a), Json::Bool(b)) => Some(a.cmp(b)),
        _ => None,
    }
}
