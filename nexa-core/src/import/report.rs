//! What an import did, while it runs and in the end.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::source::RowProblem;

/// How many refused rows a report lists; the others are counted, and told one by one while the import runs.
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
    /// Rows that were refused; each tells why.
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

/// What an import did. The counts are those of the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImportReport {
    /// How many rows went which way.
    #[serde(flatten)]
    pub counts: Counts,
    /// The first 1,000 refused rows, each with what is wrong and what to do.
    pub problems: Vec<RowProblem>,
    /// How many cells were left out of rows that came in.
    #[serde(default)]
    pub cells_left_out: u64,
    /// The first 1,000 of these cells, each with what is wrong and what to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<RowProblem>,
    /// How the columns were understood.
    pub columns: Vec<MappedColumn>,
    /// Whether nothing was changed because a dry run was asked for.
    pub dry_run: bool,
}

impl std::ops::Deref for ImportReport {
    type Target = Counts;
    fn deref(&self) -> &Counts {
        &self.counts
    }
}

/// How far an import is; told after every unit that is written.
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
