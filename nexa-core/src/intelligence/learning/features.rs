//! What of a lead may be learned from: what was known of it at the moment, never what came with the outcome.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::train::FIELD_FORBIDDEN;
use crate::{Context, Record, Result, kernel::record::CustomType, sales::Lead};

/// The fields of a lead that are learned from by themselves; signals of engagement and custom fields come beside them. What decides or
/// follows an outcome (status, score, bant, what it became), what is personal, ids and whose it is, are no features.
const FIELDS: &[&str] = &["company_size", "industry", "language", "source", "time_zone"];
/// So many signals and custom fields are learned from.
const MOST: usize = 300;

/// What a feature holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Number,
    Flag,
    /// How often a signal was seen.
    Count,
}

/// What may be learned from.
#[derive(Clone, Debug)]
pub(super) struct Feature {
    /// The path of the field, as a filter names it.
    pub(super) path: String,
    pub(super) holds: Holds,
}

/// What a feature says of an example.
#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub(super) enum Cell {
    Missing,
    Text(String),
    Number(f64),
    Flag(bool),
}

/// The fields of a lead at a moment, by their paths.
pub(super) type Fields = BTreeMap<String, Json>;

/// What may be learned from in this tenant. Error: `model.field_forbidden`.
pub(super) async fn features(
    cx: &mut Context<'_>,
    include: &[String],
    exclude: &[String],
    signals: impl Iterator<Item = String>,
) -> Result<Vec<Feature>> {
    let mut all: Vec<Feature> =
        FIELDS.iter().map(|field| Feature { path: (*field).to_owned(), holds: Holds::Text }).collect();
    for definition in cx.definitions().await?.iter().filter(|one| one.of_kind == Lead::def().kind) {
        let path = format!("custom.{}", definition.name);
        if definition.personal {
            if include.contains(&path) {
                return Err(FIELD_FORBIDDEN.with("name", path).with("field", "include"));
            }
            continue;
        }
        let holds = match definition.holds {
            CustomType::Text => Holds::Text,
            CustomType::Number => Holds::Number,
            CustomType::Bool => Holds::Flag,
            _ => continue,
        };
        all.push(Feature { path, holds });
    }
    all.extend(signals.map(|signal| Feature { path: format!("engagement.{signal}"), holds: Holds::Count }));
    if let Some(unknown) = include.iter().find(|path| !all.iter().any(|feature| feature.path == **path)) {
        return Err(FIELD_FORBIDDEN.with("name", unknown).with("field", "include"));
    }
    all.retain(|feature| !exclude.contains(&feature.path));
    all.sort_by(|one, other| one.path.cmp(&other.path));
    all.truncate(MOST);
    Ok(all)
}

impl Feature {
    /// What it says of a lead.
    pub(super) fn cell(&self, fields: &Fields) -> Cell {
        let within = |of: &str, name: &str| fields.get(of).and_then(|map| map.get(name)).cloned();
        let value = match self.path.split_once('.') {
            Some((of, name)) => within(of, name),
            None => fields.get(&self.path).cloned(),
        };
        match (self.holds, value) {
            (Holds::Text, Some(Json::String(text))) if !text.is_empty() => Cell::Text(text),
            (Holds::Number | Holds::Count, Some(Json::Number(number))) => {
                number.as_f64().map_or(Cell::Missing, Cell::Number)
            }
            (Holds::Flag, Some(Json::Bool(flag))) => Cell::Flag(flag),
            _ => Cell::Missing,
        }
    }
}

/// Makes the change of an event; of an update each field is what it was and became.
pub(super) fn change(fields: &mut Fields, said: Map<String, Json>, created: bool) {
    for (path, value) in said {
        let value = if created { value } else { value.get(1).cloned().unwrap_or_default() };
        // What is kept as a document reads as one.
        let value = match value {
            Json::String(text) if ["custom", "engagement"].contains(&path.as_str()) => {
                serde_json::from_str(&text).unwrap_or(Json::String(text))
            }
            value => value,
        };
        fields.insert(path, value);
    }
}
