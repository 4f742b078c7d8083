//! The questions that every kind answers: get, find, count, aggregate, search, history.

mod aggregate;
mod find;
mod get;
mod history;
mod search;

pub use aggregate::{AggregateOf, GroupBy, GroupRow, MeasureOf};
pub use find::{Count, Find, Page};
pub use get::Get;
pub use history::{Change, History, HistoryPage};
pub use search::{Hits, Search};

pub(crate) use find::related;
pub use find::{page, page_size, related_rows};
pub use history::change_of;

pub use super::limits::LARGEST_PAGE;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value as Json;

use super::{
    compile::plain,
    error::{Result, codes},
    idempotency::fingerprint,
    record::{ColumnDef, ColumnType, RecordDef},
    sort::SortKey,
    value::Value,
};

/// How many records a page has when nobody says.
pub const DEFAULT_PAGE: usize = 50;

/// An opaque position that is bound to what was asked. Error: `page.cursor_mismatch`.
pub(crate) fn cursor(asked: &str, values: &[Value]) -> String {
    let list: Vec<Json> = values.iter().map(Value::to_json).collect();
    let mark: String = fingerprint(&[asked]).chars().take(12).collect();
    URL_SAFE_NO_PAD.encode(serde_json::json!([mark, list]).to_string())
}

/// Reads a cursor for this question and order.
pub(crate) fn position(def: &RecordDef, asked: &str, sort: &[SortKey], cursor: &str) -> Result<Vec<Value>> {
    let keys = sort.iter().map(|key| key.cell(def)).chain([def.columns.get(def.id).cloned()]);
    let columns: Option<Vec<ColumnDef>> = keys.collect();
    columns.and_then(|columns| read_position(asked, &columns, cursor)).ok_or_else(|| codes::CURSOR_MISMATCH.error())
}

/// Reads the position of a search: score and id.
pub(crate) fn search_position(def: &RecordDef, asked: &str, cursor: &str) -> Result<Vec<Value>> {
    let score = super::record::plain_column("score", ColumnType::Int);
    def.columns
        .get(def.id)
        .and_then(|id| read_position(asked, &[score, id.clone()], cursor))
        .ok_or_else(|| codes::CURSOR_MISMATCH.error())
}

fn read_position(asked: &str, columns: &[ColumnDef], cursor: &str) -> Option<Vec<Value>> {
    let (mark, list): (String, Vec<Json>) = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    if !fingerprint(&[asked]).starts_with(&mark) || mark.len() != 12 || list.len() != columns.len() {
        return None;
    }
    columns
        .iter()
        .zip(&list)
        .map(|(column, json)| plain(column, json).filter(|value| value.unfit().is_none()))
        .collect()
}
