//! What to do behind a row that cannot be read.

use std::io::Read;

use super::{
    FIELD_BYTES, ROW_BYTES,
    problem::{RowProblem, codes},
    reader::{Reader, SURPLUS, failed, is_blank_line},
    scan::{Defect, LineCounter, Scan, Span, State, first_line, scan, skip},
};
use crate::kernel::error::Result;

/// How many bytes may be read a second time, over a whole file, to save the rows behind open quotes.
pub(super) const SECOND_READS: usize = 64 << 20;
/// How many rows behind a suspicious quote must fit the header before they are taken as rows.
const CONVINCING: usize = 3;

impl<R: Read> Reader<R> {
    /// Refuses a whole row that has too many fields, is too long, or swallowed others through a quote.
    pub(super) fn check_shape(
        &mut self,
        number: u64,
        length: usize,
        fields: usize,
        lines: u64,
    ) -> Result<Option<RowProblem>> {
        let columns = self.columns.len();
        if length > ROW_BYTES {
            self.take(length, lines);
            let error = codes::ROW_TOO_LONG.with("limit", ROW_BYTES);
            return Ok(Some(self.problem(number, None, &error, "")));
        }
        if fields == columns {
            return Ok(None);
        }
        if lines > 1 && self.resume_behind_first_line(length)? {
            return Ok(Some(self.problem(number, None, &codes::QUOTE_OPEN.error(), "")));
        }
        let surplus = self.spans.get(columns..).unwrap_or_default();
        if fields < columns || fields <= columns + SURPLUS && surplus.iter().all(|span| span.start == span.end) {
            return Ok(None);
        }
        let span = self.spans.last().copied().unwrap_or_default();
        let bytes = self.input.pending().get(span.start..span.end).unwrap_or_default();
        let value = String::from_utf8_lossy(bytes).into_owned();
        self.take(length, lines);
        let error = codes::TOO_MANY_FIELDS.with("count", fields).with("columns", columns);
        Ok(Some(self.problem(number, None, &error, &value)))
    }

    /// Refuses a row that cannot be scanned, and finds where the next starts.
    pub(super) fn refuse(
        &mut self,
        number: u64,
        defect: Defect,
        field: usize,
        at: usize,
        state: State,
    ) -> Result<RowProblem> {
        let error = match defect {
            Defect::FieldLong => codes::FIELD_TOO_LONG.with("limit", FIELD_BYTES),
            Defect::RowLong => codes::ROW_TOO_LONG.with("limit", ROW_BYTES),
            Defect::QuoteBroken => codes::QUOTE_BROKEN.error(),
            Defect::QuoteOpen => codes::QUOTE_OPEN.error(),
        };
        let start = self.spans.last().filter(|_| field > 0).map_or(0, |span| span.end + 1);
        let bytes = self.input.pending().get(start..).unwrap_or_default();
        let value = String::from_utf8_lossy(bytes.get(..bytes.len().min(400)).unwrap_or_default()).into_owned();
        let problem = self.problem(number, Some(field), &error, &value);
        if !self.resume_behind_first_line(at)? {
            self.drop_row(at, state)?;
        }
        Ok(problem)
    }

    /// A quote may have swallowed the rows behind it, or belong to a long text. When what follows the first line looks
    /// like rows of this table, it is taken as such: reading goes on there.
    fn resume_behind_first_line(&mut self, read: usize) -> Result<bool> {
        let first = match first_line(self.input.pending(), self.dialect) {
            Some(first) if self.columns.len() > 1 && read < self.second_reads => first,
            _ => return Ok(false),
        };
        let mut spans = Vec::new();
        let (mut from, mut convinced) = (first, 0);
        while convinced < CONVINCING && from < ROW_BYTES {
            let (rest, ended) = (self.input.pending().get(from..).unwrap_or_default(), self.input.ended());
            if rest.is_empty() && ended {
                break;
            }
            let (length, fits) = match scan(rest, ended, self.dialect, self.columns.len(), &mut spans) {
                Scan::Row { length, fields, .. } if fields == self.columns.len() && !has_stray_quote(rest, &spans) => {
                    (length, true)
                }
                Scan::Row { length, fields: 1, .. } if is_blank_line(&spans) => (length, false),
                Scan::More if self.input.pending().len() < ROW_BYTES => {
                    self.input.grow().map_err(failed)?;
                    continue;
                }
                Scan::Row { .. } | Scan::More | Scan::Broken { .. } => {
                    self.second_reads = self.second_reads.saturating_sub(self.input.pending().len());
                    return Ok(false);
                }
            };
            from += length;
            convinced += usize::from(fits);
        }
        if convinced > 0 {
            self.second_reads = self.second_reads.saturating_sub(read.max(from));
            self.take(first, 1);
        }
        Ok(convinced > 0)
    }

    /// Drops the rest of a row that is broken at a byte.
    fn drop_row(&mut self, at: usize, mut state: State) -> Result<()> {
        let mut counter = LineCounter::default();
        self.line += counter.count(self.input.pending().get(..at).unwrap_or_default());
        self.input.consume(at);
        loop {
            let (length, ended) = skip(self.input.pending(), self.input.ended(), self.dialect, &mut state);
            self.line += counter.count(self.input.pending().get(..length).unwrap_or_default());
            self.input.consume(length);
            if ended {
                return Ok(());
            }
            self.input.grow().map_err(failed)?;
        }
    }
}

/// Whether a field holds a quote without being quoted: what a torn row looks like.
fn has_stray_quote(bytes: &[u8], spans: &[Span]) -> bool {
    spans.iter().any(|span| {
        let quoted = span.start > 0 && bytes.get(span.start - 1) == Some(&b'"');
        !quoted && bytes.get(span.start..span.end).unwrap_or_default().contains(&b'"')
    })
}
