//! The first rows of a file, read ahead without being taken.

use std::io::Read;

use super::{input::Input, reader::Reader, row::SourceRow, scan::Span};

/// How many rows a sample has.
const ROWS: usize = 100;

/// Rows that are read and still to come.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    rows: Vec<Kept>,
}

#[derive(Clone, Debug)]
struct Kept {
    number: u64,
    record: u64,
    text: String,
    spans: Vec<Span>,
}

impl Sample {
    /// The rows that could be read.
    pub(crate) fn rows(&self) -> impl Iterator<Item = SourceRow<'_>> {
        self.rows.iter().map(|row| SourceRow {
            number: row.number,
            record: row.record,
            text: &row.text,
            spans: &row.spans,
        })
    }

    /// Of each of so many columns, in how many rows it has something.
    pub(crate) fn filled(&self, columns: usize) -> Vec<usize> {
        let filled = |column| self.rows().filter(|row| !row.get(column).trim().is_empty()).count();
        (0..columns).map(filled).collect()
    }
}

impl<R: Read> Reader<R> {
    /// The first rows behind the header, as far as they are in memory already.
    pub(crate) fn sample(&self) -> Sample {
        let waiting = self.input.pending().get(self.held..).unwrap_or_default();
        let mut ahead = self.over(Input::over(waiting.to_vec(), self.input.encoding()));
        let mut sample = Sample::default();
        while sample.rows.len() < ROWS {
            let Ok(Some(row)) = ahead.next_row() else { break };
            let kept = row.ok().map(|row| Kept {
                number: row.number,
                record: row.record,
                text: row.text.to_owned(),
                spans: row.spans.to_vec(),
            });
            // The last row of the window may be cut.
            if ahead.is_drained() && !self.input.ended() {
                break;
            }
            sample.rows.extend(kept);
        }
        sample
    }
}
