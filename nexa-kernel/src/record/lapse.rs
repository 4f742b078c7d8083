//! What of a record changes at a moment that it names, such as a quote that expires.

use super::{RecordDef, Row};
use crate::value::{Timestamp, Value};

/// A value of a closed list that reads as another once a moment of the record has come, whether or not anything was written down then.
///
/// Everything that reads records follows it: one record, lists, filters, groups, scans, and what commands load, so that their guards do
/// as well. Events have what was written. The first change of a record that lapsed writes it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lapse {
    /// The column of the value.
    pub column: usize,
    /// The value that lapses.
    pub from: &'static str,
    /// The column of the moment; without one the value stays.
    pub at: usize,
    /// The value from that moment on.
    pub to: &'static str,
}

impl RecordDef {
    /// The row as it reads at a moment.
    pub fn as_of(&self, mut row: Row, now: Timestamp) -> Row {
        if let Some(lapse) = self.lapses
            && let (Value::Text(value), Value::Time(at)) = (row.get(lapse.column), row.get(lapse.at))
            && value == lapse.from
            && *at <= now
        {
            row.set(lapse.column, Value::Text(lapse.to.to_owned()));
            self.derive(&mut row);
        }
        row
    }
}
