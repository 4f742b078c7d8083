//! What an import did, while it runs and in the end.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{mapping::Target, source::RowProblem};
use crate::kernel::error::Error;

/// How many refused rows a report lists; the others are counted, and reported one by one while the import runs.
pub const LISTED: usize = 1_000;

/// How many rows went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Rows that were read, without blank ones: the sum of the others.
    pub rows: u64,
    /// Rows that made a record.
    pub created: u64,
    /// Rows that changed a record that was there.
    pub updated: u64,
    /// Rows whose record was there and has all of it already.
    pub unchanged: u64,
    /// Rows whose record was there and was left as it is.
    pub skipped: u64,
    /// Rows that were refused; each says why.
    pub refused: u64,
}

/// Where the cells of a column went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MappedColumn {
    /// The column's header.
    pub column: String,
    /// Its target; absent for a column that nobody knows, whose cells were not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// What may be wrong with what was understood of a file: nothing is refused for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Doubt {
    /// The column's header, when it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The target that is doubtful.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The stable code.
    pub code: String,
    /// The sentence: what is doubtful and what to do.
    pub message: String,
}

impl Doubt {
    pub(super) fn new(column: Option<&str>, target: Option<&Target>, error: &Error) -> Self {
        Self {
            column: column.map(str::to_owned),
            target: target.map(ToString::to_string),
            code: error.code().to_owned(),
            message: error.message(),
        }
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What an import did. The counts are those of the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportReport {
    /// How many rows went which way.
    #[serde(flatten)]
    pub counts: Counts,
    /// The first 1,000 refused rows, each with what is wrong and what to do.
    pub problems: Vec<RowProblem>,
    /// How many rows that came in have a mail address to which nothing goes, or nothing of a sort: it stays suppressed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub suppressed: u64,
    /// How many cells were left out of rows that came in.
    #[serde(default)]
    pub cells_left_out: u64,
    /// The first 1,000 of these cells, each with what is wrong and what to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<RowProblem>,
    /// How the columns were understood.
    pub columns: Vec<MappedColumn>,
    /// The form of the file, such as `hubspot.contacts`, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The language of the headers, as its code, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The encoding in which a file was read, such as `utf-8` or `windows-1252`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// What stands between the fields of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// Lines of a file that belong to no row: notes above the header, totals and notices below, the header once more.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub passed_over: u64,
    /// What may be wrong with what was understood.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
    /// Whether nothing was changed because a dry run was asked for.
    pub dry_run: bool,
}

impl std::ops::Deref for ImportReport {
    type Target = Counts;
    fn deref(&self) -> &Counts {
        &self.counts
    }
}

/// How far an import is; reported after every unit that is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many rows went which way so far.
    pub counts: Counts,
    /// Bytes read; 0 for rows that come from no file. The reading is up to one buffer ahead of the rows.
    pub bytes: u64,
    /// Bytes of the whole file, when the caller said.
    pub total_bytes: Option<u64>,
    /// Rows of the whole import, when they are counted beforehand.
    pub total_rows: Option<u64>,
}

impl Progress {
    /// How much is done, from 0 to 1, when the whole is known.
    pub fn part(&self) -> Option<f64> {
        let (done, total) = match (self.total_bytes, self.total_rows) {
            (Some(total), _) => (self.bytes, total),
            (None, Some(total)) => (self.counts.rows, total),
            (None, None) => return None,
        };
        Some(if total == 0 { 1.0 } else { (done as f64 / total as f64).min(1.0) })
    }
    /// Rows per second, by the time that the import has taken so far.
    pub fn rate(&self, elapsed: Duration) -> f64 {
        let seconds = elapsed.as_secs_f64();
        if seconds > 0.0 { self.counts.rows as f64 / seconds } else { 0.0 }
    }
    /// How long the rest will take at the pace so far, when the whole is known and something is done.
    pub fn remaining(&self, elapsed: Duration) -> Option<Duration> {
        let part = self.part().filter(|part| *part > 0.0)?;
        Duration::try_from_secs_f64(elapsed.as_secs_f64() * (1.0 - part) / part).ok()
    }
}

/// A row that was refused, with its cells as they were read.
#[derive(Clone, Copy, Debug)]
pub struct Refused<'a> {
    /// Where it is, what is wrong and what to do.
    pub problem: &'a RowProblem,
    /// The columns of the file.
    pub columns: &'a [String],
    /// The cells in the order of the columns; none when the row itself could not be read.
    pub cells: &'a [String],
}
