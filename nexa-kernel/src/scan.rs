//! Rows handed over one after the other as they are read, for who builds columns of them.

use uuid::Uuid;

use super::{
    error::Result,
    maybe_send::MaybeSend,
    record::ColumnDef,
    value::{Amount, Date, Timestamp, Value},
};

/// A value where the storage has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An exact decimal with four places.
    Amount(Amount),
    /// Text.
    Text(&'a str),
    /// An identifier or reference.
    Uuid(&'a Uuid),
    /// A moment.
    Time(Timestamp),
    /// A calendar date.
    Date(Date),
    /// A JSON document in canonical form.
    Json(&'a str),
}

impl<'a> From<&'a Value> for Cell<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Amount(value) => Self::Amount(*value),
            Value::Text(text) => Self::Text(text),
            Value::Uuid(id) => Self::Uuid(id),
            Value::Time(at) => Self::Time(*at),
            Value::Date(date) => Self::Date(*date),
            Value::Json(text) => Self::Json(text),
        }
    }
}

impl From<Cell<'_>> for Value {
    fn from(cell: Cell<'_>) -> Self {
        match cell {
            Cell::Null => Self::Null,
            Cell::Bool(value) => Self::Bool(value),
            Cell::Int(value) => Self::Int(value),
            Cell::Amount(value) => Self::Amount(value),
            Cell::Text(text) => Self::Text(text.to_owned()),
            Cell::Uuid(id) => Self::Uuid(*id),
            Cell::Time(at) => Self::Time(at),
            Cell::Date(date) => Self::Date(date),
            Cell::Json(text) => Self::Json(text.to_owned()),
        }
    }
}

/// Takes the rows of a scan.
pub trait Sink: MaybeSend {
    /// A scan of these columns starts. It may start again: then what was handed over before does not count.
    fn begin(&mut self, columns: &[&'static ColumnDef]);
    /// The next row, a cell for each column. An error ends the scan, which answers it.
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()>;
    /// A sink for rows that come at the same time, where their order is free; none, if they have to come one by one.
    /// What it was given counts when the scan has ended.
    fn beside(&mut self) -> Option<Box<dyn Sink>> {
        None
    }
}
