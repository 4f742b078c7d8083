//! The one import machine: rows of files and of other programs become records of any kind.
//!
//! Reading knows no kind of record: [`source`] yields rows in bounded memory and refuses what is broken row by row;
//! [`header`] guesses which column is which field; [`mapping`] is what the caller says instead; [`text`] turns a cell
//! into the value of a column, and [`name`] a full name into its parts. [`ImportOptions`] say the rest, [`Import`] runs
//! it, and [`ImportReport`] says what became of the rows.

mod called;
mod chunk;
mod command;
pub mod doubt;
pub mod form;
pub mod header;
mod line;
mod lookahead;
pub mod mapping;
pub mod name;
mod namesake;
mod options;
mod plan;
mod preview;
mod refused;
mod repeats;
mod report;
mod run;
mod signal;
pub mod source;
mod tally;
pub mod text;
mod unit;

use crate::CrmBuilder;

pub use command::{CALL_BYTES, CALL_ROWS, ImportCsv, ImportRows};
pub use line::OWN_SYSTEM;
pub use options::{ColumnMap, ImportOptions, OnBadCell, codes};
pub use preview::{Beginning, ImportPreview, PREVIEW_ROWS, Preview, PreviewRow};
pub use refused::{ERROR_COLUMNS, RefusedCsv, WRITE_FAILED};
pub use report::{Counts, Doubt, ImportReport, LISTED, MappedColumn, Progress, Refused};
pub use run::{Import, import_csv, import_rows};

/// Adds the operations that every kind which callers edit has for importing.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder.shared::<ImportCsv<()>>().shared::<ImportRows<()>>().shared::<ImportPreview<()>>()
}
