//! How an export is written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    kernel::error::{Error, codes},
};

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExportFormat {
    /// Comma-separated values with a header, exactly as they are: for machines.
    #[default]
    Csv,
    /// Comma-separated values for spreadsheets: UTF-8 with a byte order mark, and no cell that a spreadsheet takes for a formula.
    /// An import makes the same records of it.
    Spreadsheet,
    /// One JSON object per line, as `get` shows the record.
    JsonLines,
}

/// What stands between two cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    /// `,`
    #[default]
    #[serde(alias = ",")]
    Comma,
    /// `;`, which spreadsheets expect where the comma stands before the decimals.
    #[serde(alias = ";")]
    Semicolon,
    /// A tab.
    #[serde(alias = "\t")]
    Tab,
}

impl Delimiter {
    pub(super) const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }
}

/// How an export is written. All but the format is for CSV and spreadsheets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct ExportOptions {
    /// The form; `csv` unless said.
    pub format: ExportFormat,
    /// The columns in their order, by path: `email`, `address.city`, `custom.seats`, `account.id`, and one relation away
    /// `account.name`. All fields unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// What stands between two cells.
    pub delimiter: Delimiter,
    /// Whether the header has words, such as `First name`, instead of paths.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub labels: bool,
    /// Whether moments are written in the tenant's time zone, with the offset.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub local_times: bool,
    /// Whether the name of each record that is referred to stands beside its id.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub names: bool,
}

impl ExportOptions {
    /// This form, with all fields.
    pub fn of(format: ExportFormat) -> Self {
        Self { format, ..Self::default() }
    }
    /// These columns, in this order.
    #[must_use]
    pub fn columns<T: Into<String>>(mut self, columns: impl IntoIterator<Item = T>) -> Self {
        self.columns = Some(columns.into_iter().map(Into::into).collect());
        self
    }
    /// With this between two cells.
    #[must_use]
    pub const fn delimiter(mut self, delimiter: Delimiter) -> Self {
        self.delimiter = delimiter;
        self
    }
    /// With words in the header.
    #[must_use]
    pub const fn labels(mut self) -> Self {
        self.labels = true;
        self
    }
    /// With moments in the tenant's time zone.
    #[must_use]
    pub const fn local_times(mut self) -> Self {
        self.local_times = true;
        self
    }
    /// With the names of the records that are referred to.
    #[must_use]
    pub const fn names(mut self) -> Self {
        self.names = true;
        self
    }

    /// Refuses what does not go together. Error: `field.invalid`.
    pub(super) fn check(&self) -> Result<()> {
        let invalid = |field: &str, problem: &str| -> Result<()> {
            let error: Error = codes::FIELD_INVALID.with("field", field).with("problem", problem);
            Err(error)
        };
        if self.columns.as_ref().is_some_and(Vec::is_empty) {
            return invalid("columns", "name at least one column, or leave it out for all fields");
        }
        if self.format != ExportFormat::JsonLines {
            return Ok(());
        }
        let given = [
            ("columns", self.columns.is_some()),
            ("delimiter", self.delimiter != Delimiter::default()),
            ("labels", self.labels),
            ("local_times", self.local_times),
            ("names", self.names),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            Some((field, _)) => invalid(field, "a line of JSON is the whole record as it is; leave it out"),
            None => Ok(()),
        }
    }
}

impl From<ExportFormat> for ExportOptions {
    fn from(format: ExportFormat) -> Self {
        Self::of(format)
    }
}
