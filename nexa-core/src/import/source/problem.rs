//! A row that was refused, for a report that can be fixed and imported again.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::kernel::error::Error;

/// How many characters of a refused value a report shows.
const SHOWN: usize = 80;

/// One refused row: where it is, what is wrong, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RowProblem {
    /// The line on which the row starts, as an editor counts: the header is on line 1.
    pub number: u64,
    /// The row as a count of data rows: the first below the header is 1.
    pub record: u64,
    /// The header of the column, when one is to blame.
    pub column: Option<String>,
    /// The stable code.
    pub code: String,
    /// The sentence: what is wrong and what to do.
    pub message: String,
    /// The refused value, at most 80 characters of it.
    pub value: String,
}

impl RowProblem {
    /// The problem of a row, or of one of its columns with this value.
    pub fn new(number: u64, record: u64, column: Option<&str>, error: &Error, value: &str) -> Self {
        Self {
            number,
            record,
            column: column.map(str::to_owned),
            code: error.code().to_owned(),
            message: error.message(),
            value: shortened(value),
        }
    }
}

fn shortened(value: &str) -> String {
    let mut characters = value.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut shown: String = characters.by_ref().take(SHOWN).collect();
    if characters.next().is_some() {
        shown.pop();
        shown.push('…');
    }
    shown
}

/// Why a row or a whole file is refused while it is read.
pub mod codes {
    use crate::kernel::error::Code;

    /// The stream failed.
    pub const READ_FAILED: Code =
        Code::unavailable("import.read_failed", "The file cannot be read on ({problem}); run the import again.");
    /// There is nothing in the file.
    pub const FILE_EMPTY: Code =
        Code::invalid("import.file_empty", "The file is empty; give one with a header and rows.");
    /// The first row cannot be a header.
    pub const HEADER_BROKEN: Code =
        Code::invalid("import.header_broken", "The header cannot be read: {problem}; write the column names anew.");
    /// The header has too many columns.
    pub const HEADER_TOO_WIDE: Code = Code::invalid(
        "import.header_too_wide",
        "The header has {count} columns, and {limit} are the most; leave out what is not needed.",
    );
    /// The delimiter cannot separate fields.
    pub const DELIMITER_INVALID: Code = Code::invalid(
        "import.delimiter_invalid",
        "The delimiter must be one ASCII character, and no quote, letter, digit or line end; give another.",
    );
    /// Bytes that are no text in the file's encoding.
    pub const ENCODING_BROKEN: Code = Code::invalid(
        "import.encoding_broken",
        "The row has bytes that are not {encoding}; save the file as UTF-8, or name its encoding, such as windows-1251 or shift_jis.",
    );
    /// No encoding has this name.
    pub const ENCODING_UNKNOWN: Code = Code::invalid(
        "import.encoding_unknown",
        "No encoding is named {encoding}; give a name such as utf-8, windows-1252, windows-1251 or shift_jis.",
    );
    /// A NUL character.
    pub const NUL: Code = Code::invalid("import.nul", "The row has a NUL character; remove it.");
    /// Something follows a closing quote.
    pub const QUOTE_BROKEN: Code = Code::invalid(
        "import.quote_broken",
        "Something follows a closing quote; double the quotes that belong to the text.",
    );
    /// A quote is never closed.
    pub const QUOTE_OPEN: Code =
        Code::invalid("import.quote_open", "A quote is opened and never closed; close it, or double it.");
    /// More fields than columns.
    pub const TOO_MANY_FIELDS: Code = Code::invalid(
        "import.too_many_fields",
        "The row has {count} fields, and the header {columns}; quote the fields that hold the delimiter.",
    );
    /// A field is too long.
    pub const FIELD_TOO_LONG: Code = Code::invalid(
        "import.field_too_long",
        "A field has over {limit} bytes; shorten it, or close the quote that it starts with.",
    );
    /// A row is too long.
    pub const ROW_TOO_LONG: Code = Code::invalid(
        "import.row_too_long",
        "The row has over {limit} bytes; shorten it, or close the quote that was opened in it.",
    );

    /// All of them, for the catalog.
    pub const ALL: &[Code] = &[
        READ_FAILED,
        FILE_EMPTY,
        HEADER_BROKEN,
        HEADER_TOO_WIDE,
        DELIMITER_INVALID,
        ENCODING_BROKEN,
        ENCODING_UNKNOWN,
        NUL,
        QUOTE_BROKEN,
        QUOTE_OPEN,
        TOO_MANY_FIELDS,
        FIELD_TOO_LONG,
        ROW_TOO_LONG,
    ];
}
