//! The entries of the shared index tables that belong to a row: search terms, tags, indexed custom fields, keys.

use serde_json::Value as Json;

use super::{
    record::{PHONE_FIELD, RecordDef, Row},
    search::row_terms,
    store::Entry,
    value::Value,
};

/// What comes and goes between two states of a row.
pub(crate) fn changes(
    def: &RecordDef,
    before: Option<&Row>,
    after: Option<&Row>,
    indexed: &[String],
) -> (Vec<Entry>, Vec<Entry>) {
    if let (Some(before), Some(after)) = (before, after)
        && watched(def).all(|column| before.get(column) == after.get(column))
    {
        return (Vec::new(), Vec::new());
    }
    let old = before.map_or_else(Vec::new, |row| entries(def, row, indexed));
    let new = after.map_or_else(Vec::new, |row| entries(def, row, indexed));
    if old.is_empty() {
        return (new, old);
    }
    let add = new.iter().filter(|entry| !old.contains(entry)).cloned().collect();
    let remove = old.into_iter().filter(|entry| !new.contains(entry)).collect();
    (add, remove)
}

fn watched(def: &RecordDef) -> impl Iterator<Item = usize> + '_ {
    let lists = [def.tags, def.custom, def.external_keys, def.deleted_at];
    let addresses = def.emails.iter().chain(&def.phones).copied();
    let status = def.open.map(|(column, _)| column);
    let texts = def.search.iter().map(|(column, _)| *column);
    texts.chain(named(def)).chain(lists.into_iter().flatten()).chain(addresses).chain(status)
}

fn named(def: &RecordDef) -> impl Iterator<Item = usize> + '_ {
    (0..def.columns.len()).filter(|column| def.names_records(*column))
}

fn entries(def: &RecordDef, row: &Row, indexed: &[String]) -> Vec<Entry> {
    let mut found = Vec::new();
    // The records that one names, it names in the trash too: it moves along when they are merged.
    for column in named(def) {
        listed(def, row, column, &mut found);
    }
    if !row.live(def) {
        return found;
    }
    found.extend(row_terms(def, row).into_iter().map(|(term, weight)| Entry::Term(term, weight)));
    if let Some(column) = def.tags {
        listed(def, row, column, &mut found);
    }
    if let Some(Value::Json(text)) = def.custom.map(|column| row.get(column))
        && !indexed.is_empty()
    {
        let custom: serde_json::Map<String, Json> = serde_json::from_str(text).unwrap_or_default();
        for name in indexed {
            if let Some(Json::String(value)) = custom.get(name) {
                found.push(Entry::Value(format!("custom.{name}"), value.clone()));
            }
        }
    }
    found.extend(row.phones(def).into_iter().map(|phone| Entry::Value(PHONE_FIELD.to_owned(), phone)));
    found.extend(row.unique_keys(def).into_iter().map(|key| Entry::Key(key.system, key.key)));
    found
}

fn listed(def: &RecordDef, row: &Row, column: usize, found: &mut Vec<Entry>) {
    let Some(field) = def.columns.get(column).map(|column| &column.path) else { return };
    found.extend(row.entries(column).into_iter().map(|entry| Entry::Value(field.clone(), entry)));
}
