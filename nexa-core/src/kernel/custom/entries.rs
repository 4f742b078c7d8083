//! The values that records have for a custom field, and their entries in the index.

use serde_json::Value as Json;

use super::FieldDefinition;
use crate::kernel::{
    context::Context,
    error::Result,
    filter::Predicate,
    record::{RecordDef, Row},
    store::{Aggregate, Batch, Change, Entry, Measure, Select, Trash},
    value::Value,
};

/// How many records are indexed at a time.
const PAGE: usize = 1_000;

impl Context<'_> {
    /// How many live records have a value for a field, with the tenant's eyes.
    pub(super) async fn values_of(&mut self, field: &FieldDefinition) -> Result<i64> {
        let of = self.kind(&field.of_kind)?;
        let Some(filter) = has_value(of, field) else { return Ok(0) };
        self.flush().await?;
        let measures = vec![Measure::Count];
        let query = Aggregate { of, filter, trash: Trash::Live, groups: Vec::new(), measures, limit: 1 };
        let rows = self.tx.aggregate(&query).await?;
        Ok(rows.first().and_then(|row| row.get(0).as_int()).unwrap_or_default())
    }

    /// Adds the entries of a field that is indexed from now on, or removes those of one that no longer is. Nothing may wait to be
    /// written.
    ///
    /// The records stay as they are: an index is no part of them, so there is no new version and nothing for the history.
    pub(super) async fn index_values(&mut self, of: &'static RecordDef, field: &FieldDefinition) -> Result<()> {
        let Some(filter) = has_value(of, field) else { return Ok(()) };
        let mut query = Select::all(of, PAGE).filtered(filter);
        loop {
            let rows = self.tx.select(&query).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            query.after = Some(vec![last.get(of.id).clone()]);
            let changes = rows.into_iter().filter_map(|row| change(of, field, row)).collect();
            self.tx.apply(Batch { changes, events: Vec::new() }).await?;
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
