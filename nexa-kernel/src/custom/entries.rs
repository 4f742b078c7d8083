//! The values that records have for a custom field, and their entries in the index.

use serde_json::Value as Json;

use super::define::IN_USE;
use crate::{
    context::Context,
    custom_field::FieldDefinition,
    error::Result,
    filter::Predicate,
    record::{Record, RecordDef, Row},
    store::{Batch, Change, Entry, Select, Trash},
    value::Value,
};

/// How many records are indexed at a time.
const PAGE: usize = 1_000;

impl Context<'_> {
    /// Refuses while live records have a value for a field. Errors: `field.in_use`, `record.dependents_hidden`.
    pub(crate) async fn must_have_no_values(&mut self, field: &FieldDefinition) -> Result<()> {
        let of = self.kind(&field.of_kind)?;
        let Some(filter) = has_value(of, field) else { return Ok(()) };
        let in_use = |counted: Vec<(i64, &'static str)>| {
            let count = counted.first().map_or(0, |(count, _)| *count);
            IN_USE.with("count", count).with("kind", &field.of_kind).with("field", &field.name)
        };
        let having = [(of, "custom".to_owned(), filter)];
        self.must_be_none(&having, Trash::Live, in_use, FieldDefinition::def()).await
    }

    /// Adds the entries of a field that is indexed from now on, or removes those of one that no longer is. Nothing may wait to be
    /// written.
    ///
    /// The records stay as they are: an index is no part of them, so there is no new version and nothing for the history.
    pub(crate) async fn index_values(&mut self, of: &'static RecordDef, field: &FieldDefinition) -> Result<()> {
        let Some(filter) = has_value(of, field) else { return Ok(()) };
        let mut query = Select::all(of, PAGE).filtered(filter);
        loop {
            let rows = self.tx.select(&query).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            query.after = Some(vec![last.get(of.id).clone()]);
            let changes = rows.into_iter().filter_map(|row| change(of, field, row)).collect();
            self.tx.apply(Batch { changes, ..Batch::default() }).await?;
        }
    }
}

fn has_value(of: &RecordDef, field: &FieldDefinition) -> Option<Predicate> {
    let empty = Predicate::KeyIsNull(of.custom?, field.name.clone());
    Some(Predicate::Not(Box::new(empty)))
}

fn change(of: &'static RecordDef, field: &FieldDefinition, row: Row) -> Option<Change> {
    let Value::Json(text) = row.get(of.custom?) else { return None };
    let custom: serde_json::Map<String, Json> = serde_json::from_str(text).ok()?;
    let Some(Json::String(value)) = custom.get(&field.name) else { return None };
    let entry = vec![Entry::Value(format!("custom.{}", field.name), value.clone())];
    let (add, remove) = if field.indexed { (entry, Vec::new()) } else { (Vec::new(), entry) };
    Some(Change { of, before: Some(row.clone()), after: Some(row), add, remove })
}
