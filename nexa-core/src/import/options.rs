//! What a caller says of an import.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value as Json};

use super::{
    mapping::{self, Mapping},
    source::Encoding,
    text::{DateFormat, Formats},
};
use crate::kernel::{entity::MatchPolicy, error::Result, input};

/// How many rows one unit of work has unless the caller says otherwise.
pub(super) const CHUNK: usize = 1_000;
/// How many rows one unit of work has at most.
const LARGEST_CHUNK: usize = 10_000;

/// Which column goes where, as far as the caller says; the rest is guessed from the headers.
///
/// A target is a field such as `email` or `address.city`; `full_name`; `external:SYSTEM` for the key in that system;
/// `FIELD:SYSTEM` for the key of the record that a field points at; `custom:NAME`; `engagement:SIGNAL` for what a lead did,
/// such as `engagement:attended`, with yes, no or a number in its cells; `tag`; or `ignore`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ColumnMap {
    /// `Column=target,Other Column=target`; names with a comma or an equals sign stand in quotes.
    Text(String),
    /// The target by the name of the column.
    Columns(BTreeMap<String, String>),
}

impl<'de> Deserialize<'de> for ColumnMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::String(text) => Ok(Self::Text(text)),
            columns => input::value(&columns)
                .map(Self::Columns)
                .map_err(|_| de::Error::custom("give a text, or an object of columns with their targets as texts")),
        }
    }
}

impl Default for ColumnMap {
    fn default() -> Self {
        Self::Columns(BTreeMap::new())
    }
}

impl From<&str> for ColumnMap {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl ColumnMap {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.trim().is_empty(),
            Self::Columns(columns) => columns.is_empty(),
        }
    }
    /// The columns that it names.
    pub(super) fn columns(&self) -> Result<Vec<String>> {
        match self {
            Self::Text(text) => mapping::columns(text),
            Self::Columns(columns) => Ok(columns.keys().cloned().collect()),
        }
    }
    pub(super) fn read(&self, headers: &[String], fields: &[&str]) -> Result<Mapping> {
        match self {
            Self::Text(text) => Mapping::parse(text, headers, fields),
            Self::Columns(columns) => {
                Mapping::of(columns.iter().map(|(column, target)| (column.as_str(), target.as_str())), headers, fields)
            }
        }
    }
}

/// How to import. Nothing needs to be said: columns are guessed from their headers, and records that are there already
/// are left as they are, so that the same file again creates nothing.
///
/// ```
/// use nexa_core::import::ImportOptions;
///
/// let options = ImportOptions::new()
///     .map("Prospect ID=external:school,Person=full_name")
///     .set("source", "Webinar Q4")
///     .run("import:webinar.csv");
/// assert_eq!(options.run.as_deref(), Some("import:webinar.csv"));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImportOptions {
    /// Which column goes where; what is not said is guessed from the headers.
    #[serde(skip_serializing_if = "ColumnMap::is_empty")]
    pub mapping: ColumnMap,
    /// Fields that every row gets, as in `create`, such as `{"source": "webinar"}`. A part of a field, such as
    /// `amount.currency`, goes to the rows that give another part of it and not this one: what the file says of a row holds.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub set: Map<String, Json>,
    /// By what a row finds the record that is already there: a unique field such as `email`, `external:SYSTEM`, or `none`.
    /// Unless said, by a column `id` or the record's number, as an export has them; then by its unique fields, a mail address
    /// also among the others of a record; then by its keys in other systems. A row that has none of these is found by its
    /// phone number when the name does not say otherwise, and by its own text, of which a hash is kept with the record as its
    /// key in the system `import`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_on: Option<String>,
    /// What happens to a record that is already there; it is left as it is unless said. An empty cell says nothing.
    pub policy: MatchPolicy,
    /// What becomes of a row with a cell that cannot be read; it is refused unless said.
    #[serde(skip_serializing_if = "OnBadCell::is_default")]
    pub on_bad_cell: OnBadCell,
    /// The form of the file, such as `hubspot.contacts`; recognised unless said. `none` is no form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The file's encoding by its name, such as `windows-1251` or `shift_jis`; unless said UTF-8, UTF-16, or Windows-1252
    /// where nothing else makes sense.
    pub encoding: Encoding,
    /// Whether a row that is no UTF-8 is read as Windows-1252, in files that mix both.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub mixed_latin1: bool,
    /// What stands between two fields; found in the header unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Whether an apostrophe before what a spreadsheet takes for a formula is taken away, as an export puts it there; unless
    /// said, in files that begin with a byte order mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spreadsheet: Option<bool>,
    /// How dates are written, such as `DD/MM/YYYY`, or `EXCEL` for the numbers of days of a spreadsheet. Unless said, any form
    /// that has one meaning is read, and the cells of a column show whether the day or the month comes first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_format: Option<DateFormat>,
    /// Whether a comma stands before the decimals; seen in the cells of a column unless said.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub decimal_comma: bool,
    /// Check every row and report, but change nothing. A command takes this from its envelope instead.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
    /// How many rows are written as one unit, 1 to 10,000: 1,000 unless said. A command is one unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunk: Option<usize>,
    /// The name of this import, kept in the ledger as the cause, such as `import:webinar.csv`. A command takes this from
    /// its envelope instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The length of the file in bytes, for progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_bytes: Option<u64>,
}

/// What becomes of a row with a cell that cannot be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnBadCell {
    /// The row is refused.
    #[default]
    RefuseRow,
    /// The cell is left out and listed in the report; the row comes in without it. What identifies the record, and what
    /// another record has already, still refuses the row.
    LeaveOut,
}

impl OnBadCell {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            mapping: ColumnMap::default(),
            set: Map::new(),
            match_on: None,
            policy: MatchPolicy::Skip,
            on_bad_cell: OnBadCell::RefuseRow,
            form: None,
            encoding: Encoding::Detect,
            mixed_latin1: false,
            delimiter: None,
            spreadsheet: None,
            date_format: None,
            decimal_comma: false,
            dry_run: false,
            chunk: None,
            run: None,
            total_bytes: None,
        }
    }
}

impl ImportOptions {
    /// Everything guessed, what is there skipped.
    pub fn new() -> Self {
        Self::default()
    }
    /// Says which column goes where.
    #[must_use]
    pub fn map(mut self, mapping: impl Into<ColumnMap>) -> Self {
        self.mapping = mapping.into();
        self
    }
    /// Gives every row a field.
    #[must_use]
    pub fn set(mut self, field: impl Into<String>, value: impl Into<Json>) -> Self {
        self.set.insert(field.into(), value.into());
        self
    }
    /// Finds what is there by this: a unique field, `external:SYSTEM`, or `none`.
    #[must_use]
    pub fn match_on(mut self, match_on: impl Into<String>) -> Self {
        self.match_on = Some(match_on.into());
        self
    }
    /// Says what happens to records that are already there.
    #[must_use]
    pub const fn policy(mut self, policy: MatchPolicy) -> Self {
        self.policy = policy;
        self
    }
    /// Leaves out cells that cannot be read, instead of their rows.
    #[must_use]
    pub const fn leave_out_bad_cells(mut self) -> Self {
        self.on_bad_cell = OnBadCell::LeaveOut;
        self
    }
    /// Says how dates are written.
    #[must_use]
    pub const fn dates(mut self, format: DateFormat) -> Self {
        self.date_format = Some(format);
        self
    }
    /// Checks and reports, but changes nothing.
    #[must_use]
    pub const fn dry(mut self) -> Self {
        self.dry_run = true;
        self
    }
    /// Names this import in the ledger.
    #[must_use]
    pub fn run(mut self, name: impl Into<String>) -> Self {
        self.run = Some(name.into());
        self
    }
    /// Writes so many rows as one unit.
    #[must_use]
    pub const fn chunk(mut self, rows: usize) -> Self {
        self.chunk = Some(rows);
        self
    }
    /// Says how long the file is, for progress.
    #[must_use]
    pub const fn total_bytes(mut self, bytes: u64) -> Self {
        self.total_bytes = Some(bytes);
        self
    }

    pub(super) fn formats(&self) -> Formats {
        Formats { date: self.date_format, decimal_comma: self.decimal_comma, ..Formats::default() }
    }
    pub(super) const fn source(&self) -> super::source::Options {
        super::source::Options {
            encoding: self.encoding,
            mixed_latin1: self.mixed_latin1,
            delimiter: self.delimiter,
            total_bytes: self.total_bytes,
        }
    }
    /// Rows per unit. Error: `import.chunk_size`.
    pub(super) fn rows_per_unit(&self) -> Result<usize> {
        match self.chunk.unwrap_or(CHUNK) {
            rows @ 1..=LARGEST_CHUNK => Ok(rows),
            rows => Err(codes::CHUNK_SIZE.with("rows", rows)),
        }
    }
}

/// Why options are refused.
pub mod codes {
    use crate::kernel::error::Code;

    /// The size of a unit is out of range.
    pub const CHUNK_SIZE: Code = Code::invalid("import.chunk_size", "A unit has 1 to 10,000 rows, not {rows}.");
    /// A field is set for every row and mapped from a column as well.
    pub const SET_CONFLICT: Code = Code::invalid(
        "import.set_conflict",
        "{field} is set for every row and mapped from {column}; keep one of them.",
    );
    /// A column is mapped as a key to a field that is no reference.
    pub const NOT_A_REFERENCE: Code = Code::invalid(
        "import.not_a_reference",
        "{field} points at no record, so it takes no key of {system}; map the column to the field itself.",
    );
    /// A cell names a record that is not there.
    pub const REFERENCE_UNKNOWN: Code = Code::invalid(
        "import.reference_unknown",
        "{column} names {value}, and there is no {kind} of this name, mail address or number; make it first, or leave the cell empty.",
    );
    /// A cell names several records.
    pub const REFERENCE_AMBIGUOUS: Code = Code::invalid(
        "import.reference_ambiguous",
        "{column} names {value}, and there is more than one {kind} of this name; give its id instead.",
    );
    /// No column of the file, or of a row, goes anywhere.
    pub const NOTHING_MAPPED: Code = Code::invalid(
        "import.nothing_mapped",
        "None of the columns is known; say which goes where, such as Column=email.",
    );
    /// The kind cannot have such a target.
    pub const TARGET_UNSUPPORTED: Code =
        Code::invalid("import.target_unsupported", "A {kind} has no place for {target}; map the column to ignore.");
    /// An option of a command that belongs to its envelope.
    pub const IN_ENVELOPE: Code = Code::invalid(
        "import.in_envelope",
        "{option} is said in the envelope of a command, or has no meaning there; leave it out here.",
    );
    /// No form has this name.
    pub const FORM_UNKNOWN: Code = Code::invalid(
        "import.form_unknown",
        "No form is named {form}; leave it out, so that it is recognised, or give one such as hubspot.contacts, or none.",
    );
    /// A preview shows too many rows, or none.
    pub const PREVIEW_ROWS: Code = Code::invalid("import.preview_rows", "A preview shows 1 to 100 rows, not {rows}.");
    /// A command has too many rows.
    pub const TOO_MANY_ROWS: Code = Code::invalid(
        "import.too_many_rows",
        "One call takes at most {limit} rows, not {rows}; send them in several calls.",
    );
    /// A command has too much text.
    pub const TEXT_TOO_LONG: Code = Code::invalid(
        "import.text_too_long",
        "One call takes at most {limit} bytes of text; send it in parts, each with the header.",
    );

    /// All of them, for the catalog.
    pub const ALL: &[Code] = &[
        CHUNK_SIZE,
        SET_CONFLICT,
        NOT_A_REFERENCE,
        REFERENCE_UNKNOWN,
        REFERENCE_AMBIGUOUS,
        NOTHING_MAPPED,
        TARGET_UNSUPPORTED,
        IN_ENVELOPE,
        FORM_UNKNOWN,
        PREVIEW_ROWS,
        TOO_MANY_ROWS,
        TEXT_TOO_LONG,
    ];
}
