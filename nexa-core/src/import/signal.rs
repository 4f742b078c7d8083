//! What somebody did around an event or a mail: a cell says how often, and the record counts it.

use serde_json::{Map, Value as Json};

use super::{
    line::{Cell, parse},
    text::{self, Formats},
};
use crate::kernel::{
    error::Result,
    input,
    record::{ColumnType, RecordDef, Row},
    value::Value,
};

/// How often a cell says that a signal was seen: a whole number, or once for yes and never for no.
/// Error: `import.signal_invalid`.
pub(super) fn count(column: &str, cell: Cell<'_>, formats: &Formats) -> Result<u32> {
    let read = |text: &str, kind| text::value(column, text, kind, formats).ok().flatten();
    let said = match cell {
        Cell::Text(text) => read(text, ColumnType::Int).or_else(|| read(text, ColumnType::Bool)),
        Cell::Json(json) => Some(json.clone()),
    };
    let times = match said {
        Some(Json::Bool(seen)) => Some(u32::from(seen)),
        Some(Json::Number(number)) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        _ => None,
    };
    times.ok_or_else(|| text::codes::SIGNAL_INVALID.with("column", column))
}

/// Counts signals on a record. What was seen stays seen: of two counts the greater holds, so that the same row again
/// changes nothing; or only signals that were never seen are counted.
pub(super) fn write(def: &RecordDef, signals: &[(String, u32)], row: &mut Row, only_unseen: bool) -> Result<()> {
    let Some((column, field)) = def.engagement.zip(def.field("engagement")) else { return Ok(()) };
    let mut all: Map<String, Json> = match row.get(column) {
        Value::Json(text) => input::stored(text).unwrap_or_default(),
        _ => Map::new(),
    };
    for (signal, times) in signals.iter().filter(|(_, times)| *times > 0) {
        let seen = all.get(signal).and_then(Json::as_u64).unwrap_or_default();
        if seen < u64::from(*times) && !(only_unseen && seen > 0) {
            all.insert(signal.clone(), Json::from(*times));
        }
    }
    if let Some(value) = parse(field, &Json::Object(all))?.into_iter().next() {
        row.set(column, value);
    }
    Ok(())
}
