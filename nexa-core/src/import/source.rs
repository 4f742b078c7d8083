//! Rows out of a stream of bytes, in memory that does not grow with the file.
//!
//! What is broken costs its row, not the import: bytes that are no text, NUL characters, quotes that are not closed,
//! fields and rows beyond their bounds, more fields than columns. Each becomes a [`RowProblem`] with the line that an
//! editor shows. Only a file without a usable header is refused as a whole.

mod decode;
mod dialect;
mod encoding;
mod head;
mod input;
mod preamble;
mod problem;
#[cfg(test)]
mod random_tests;
mod reader;
mod recovery;
mod row;
mod sample;
mod scan;
#[cfg(test)]
mod tests;
mod western;

#[cfg(feature = "encodings")]
pub use encoding::CodePage;
pub use encoding::Encoding;
pub use problem::{RowProblem, codes};
pub use reader::{Options, Progress, Reader};
pub use row::SourceRow;
pub(super) use sample::Sample;

/// The most bytes that one field may have: 1 MiB.
pub const FIELD_BYTES: usize = 1 << 20;
/// The most bytes that one row may have, quotes and line ends included: 4 MiB.
pub const ROW_BYTES: usize = 4 << 20;
/// The most columns that a header may have.
pub const COLUMNS: usize = 1_000;
