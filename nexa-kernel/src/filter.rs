//! Filters: typed, serializable, the same in memory and in SQL.
//!
//! Three-valued logic as in SQL: a comparison with a field that has no value is unknown, and an unknown
//! row is not selected. Names and other fields that are declared `folded` compare by their folded form, as their uniques do:
//! case, kinds of apostrophe, dash and blank do not count. `contains`, `starts_with` and `ends_with` work on these, and
//! know no accents either. Other text compares by bytes.

mod columns;

use std::cmp::Ordering;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    input::{self, Unreadable},
    record::{RecordDef, Row, Topic, entry},
    value::Value,
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

/// Which records are meant. In JSON `{"field", "op", "value"}`, `{"and": […]}`, `{"or": […]}`,
/// `{"not": …}`, or `{"through": relation, "filter": …}` for a field of a related record; of what may be of any kind, the
/// relation is followed by the kind, as in `about.ticket`.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// A comparison of one field; a dotted path reaches one relation away or into `custom`.
    Compare {
        /// The path of the field.
        field: String,
        /// How it is compared.
        op: Op,
        /// With what.
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
            Self::Not(one) | Self::Through(_, one) => one.names_custom(),
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

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Compare { field, op, value } => {
                map.serialize_entry("field", field)?;
                map.serialize_entry("op", op)?;
                map.serialize_entry("value", value)?;
            }
            Self::And(all) => map.serialize_entry("and", all)?,
            Self::Or(any) => map.serialize_entry("or", any)?,
            Self::Not(one) => map.serialize_entry("not", one)?,
            Self::Through(relation, filter) => {
                map.serialize_entry("through", relation)?;
                map.serialize_entry("filter", filter)?;
            }
        }
        map.end()
    }
}

/// How deep filters are read. How deep they may nest, and how large they may be, `limits` says for every way in.
const DEEPEST: usize = 128;

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(Json::deserialize(deserializer)?, DEEPEST).map_err(Unreadable::pass)
    }
}

fn read(json: Json, depth: usize) -> Result<Filter, Unreadable> {
    const SHAPE: &str = "a filter is {field, op, value}, {and: […]}, {or: […]}, {not: …} or {through, filter}";
    let misshapen = || Unreadable::new(SHAPE);
    let Json::Object(mut map) = json else { return Err(misshapen()) };
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Unreadable::new(format!("a filter nests at most {DEEPEST} deep")));
    };
    let list = |name: &str, value: Json| match value {
        Json::Array(items) => {
            let each = items.into_iter().enumerate();
            let each =
                each.map(|(at, item)| read(item, depth).map_err(|problem| problem.below(&format!("{name}[{at}]"))));
            each.collect::<Result<Vec<_>, _>>()
        }
        _ => Err(misshapen().below(name)),
    };
    let one = |name: &str, value: Json| read(value, depth).map(Box::new).map_err(|problem| problem.below(name));
    let filter = if let Some(value) = map.remove("and") {
        Filter::And(list("and", value)?)
    } else if let Some(value) = map.remove("or") {
        Filter::Or(list("or", value)?)
    } else if let Some(value) = map.remove("not") {
        Filter::Not(one("not", value)?)
    } else if let (Some(Json::String(relation)), Some(value)) = (map.remove("through"), map.remove("filter")) {
        Filter::Through(relation, one("filter", value)?)
    } else {
        let Some(Json::String(field)) = map.remove("field") else { return Err(misshapen()) };
        let op = match map.remove("op") {
            None => Op::Eq,
            Some(op) => input::value(&op).map_err(|problem| problem.below("op"))?,
        };
        Filter::Compare { field, op, value: map.remove("value").unwrap_or(Json::Null) }
    };
    match map.keys().next() {
        Some(key) => Err(misshapen().below(key)),
        None => Ok(filter),
    }
}

impl JsonSchema for Filter {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Filter".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let op = generator.subschema_for::<Op>();
        let own = json_schema!({"$ref": "#/$defs/Filter"});
        json_schema!({
            "description": "Which records are meant; dotted paths reach one relation away or into `custom`.",
            "anyOf": [
                {"type": "object", "required": ["field", "value"], "additionalProperties": false,
                 "properties": {"field": {"type": "string"}, "op": op, "value": true}},
                {"type": "object", "required": ["and"], "additionalProperties": false,
                 "properties": {"and": {"type": "array", "items": own.clone()}}},
                {"type": "object", "required": ["or"], "additionalProperties": false,
                 "properties": {"or": {"type": "array", "items": own.clone()}}},
                {"type": "object", "required": ["not"], "additionalProperties": false, "properties": {"not": own.clone()}},
                {"type": "object", "required": ["through", "filter"], "additionalProperties": false,
                 "properties": {"through": {"type": "string"}, "filter": own}}
            ]
        })
    }
}

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
    /// Whether it looks at records of this kind through a relation.
    pub fn looks_at(&self, kind: &str) -> bool {
        match self {
            Self::And(all) | Self::Or(all) => all.iter().any(|one| one.looks_at(kind)),
            Self::Not(one) => one.looks_at(kind),
            Self::Through(_, of, inner) => of.kind == kind || inner.looks_at(kind),
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
    /// Evaluates a row; `related` gives the live row that a relation points at.
    ///
    /// This is the meaning of a filter: SQL has to agree with it.
    pub fn holds(&self, row: &Row, related: &dyn Fn(&'static RecordDef, Uuid) -> Option<Row>) -> Option<bool> {
        match self {
            Self::And(all) => all
                .iter()
                .map(|one| one.holds(row, related))
                .try_fold(Some(true), |sum, one| match (sum, one) {
                    (_, Some(false)) => Err(()),
                    (Some(true), one) => Ok(one),
                    _ => Ok(None),
                })
                .unwrap_or(Some(false)),
            Self::Or(any) => any
                .iter()
                .map(|one| one.holds(row, related))
                .try_fold(Some(false), |sum, one| match (sum, one) {
                    (_, Some(true)) => Err(()),
                    (Some(false), one) => Ok(one),
                    _ => Ok(None),
                })
                .unwrap_or(Some(true)),
            Self::Not(one) => one.holds(row, related).map(|value| !value),
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
                    .any(|id| related(def, id).is_some_and(|parent| predicate.holds(&parent, related) == Some(true))),
            ),
        }
    }
}

fn key_of(value: &Value, key: &str) -> Option<Json> {
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
