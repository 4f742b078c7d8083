//! The reader: one row after the other.

use std::{io, io::Read};

use super::{
    dialect::{Dialect, RowEnd},
    encoding::Encoding,
    head::checked_delimiter,
    input::Input,
    preamble::{NOTICE_BYTES, is_notice, is_total},
    problem::{RowProblem, codes},
    recovery::SECOND_READS,
    row::{SourceRow, decode_latin1, undouble},
    scan::{LineCounter, Scan, Span, scan},
};
use crate::kernel::error::{Error, Result};

/// What a caller knows of a file; nothing needs to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The encoding.
    pub encoding: Encoding,
    /// Whether a row that is no UTF-8 is read as Windows-1252, in files that mix both.
    pub mixed_latin1: bool,
    /// The delimiter, when it shall not be found in the header.
    pub delimiter: Option<char>,
    /// The length of the file in bytes, for progress.
    pub total_bytes: Option<u64>,
}

/// How far a reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes taken from the source; the reader is up to one buffer ahead of its rows.
    pub bytes: u64,
    /// Bytes of the whole file, when the caller knows.
    pub total_bytes: Option<u64>,
    /// Rows yielded or refused.
    pub records: u64,
}

/// Reads a table with a header from any stream, row by row, in bounded memory.
///
/// ```
/// use nexa_core::import::source::{Options, Reader};
///
/// let file = "Name;E-Mail\r\n\"Doe; Jane\";jane@doe.example\r\n";
/// let mut reader = Reader::open(file.as_bytes(), Options::default())?;
/// assert_eq!(reader.columns(), ["Name", "E-Mail"]);
/// let row = reader.next_row()?.and_then(Result::ok).unwrap();
/// assert_eq!((row.number, row.get(0)), (2, "Doe; Jane"));
/// # Ok::<(), nexa_core::Error>(())
/// ```
pub struct Reader<R> {
    pub(super) input: Input<R>,
    options: Options,
    pub(super) dialect: Dialect,
    pub(super) columns: Vec<String>,
    pub(super) spans: Vec<Span>,
    text: String,
    /// The length of the row that was yielded; it is dropped with the next.
    pub(super) held: usize,
    /// The line on which the pending bytes start.
    pub(super) line: u64,
    pub(super) records: u64,
    pub(super) second_reads: usize,
    /// The line on which the header starts.
    pub(crate) header_line: u64,
    /// Lines that belong to no row.
    pub(super) passed: u64,
    /// Whether a line without anything stands in front of the pending bytes.
    after_blank: bool,
}

/// How many fields beyond the columns are looked at: a row may end with delimiters that mean nothing.
pub(super) const SURPLUS: usize = 16;

/// A row that is complete in the window, or what is wrong with one.
enum Found {
    Row { number: u64, length: usize },
    Problem(RowProblem),
    End,
}

impl<R: Read> Reader<R> {
    /// Reads the header. `import.file_empty`, `import.header_broken`, `import.header_too_wide`,
    /// `import.delimiter_invalid`, `import.read_failed`.
    pub fn open(source: R, options: Options) -> Result<Self> {
        let delimiter = options.delimiter.map(checked_delimiter).transpose()?;
        let input = Input::open(source, options.encoding).map_err(failed)?;
        let mut reader = Self {
            input,
            options,
            dialect: Dialect { delimiter: delimiter.unwrap_or(b','), row_end: RowEnd::Any },
            columns: Vec::new(),
            spans: Vec::new(),
            text: String::new(),
            held: 0,
            line: 1,
            records: 0,
            second_reads: SECOND_READS,
            header_line: 1,
            passed: 0,
            after_blank: false,
        };
        reader.read_header(delimiter)?;
        Ok(reader)
    }

    /// The same table over other rows.
    pub(super) fn over<S>(&self, input: Input<S>) -> Reader<S> {
        Reader {
            input,
            options: self.options,
            dialect: self.dialect,
            columns: self.columns.clone(),
            spans: Vec::new(),
            text: String::new(),
            held: 0,
            line: self.line,
            records: self.records,
            second_reads: SECOND_READS,
            header_line: self.header_line,
            passed: 0,
            after_blank: false,
        }
    }

    /// Whether nothing is left behind the row that was yielded.
    pub(crate) fn is_drained(&self) -> bool {
        self.input.pending().len() <= self.held
    }

    /// The names of the columns, trimmed and distinct: a second `Name` is `Name (2)`, one without a name `Column 3`.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The encoding that the file has.
    pub fn encoding(&self) -> Encoding {
        self.input.encoding()
    }

    /// Whether the file begins with a byte order mark, as one for spreadsheets does.
    pub fn is_marked(&self) -> bool {
        self.input.is_marked()
    }

    /// The delimiter that the file has.
    pub fn delimiter(&self) -> char {
        char::from(self.dialect.delimiter)
    }

    /// How many lines stand around the table so far and belong to no row: notes above the header, totals and notices
    /// below the rows, and the header once more.
    pub fn passed_over(&self) -> u64 {
        self.passed
    }

    /// How far the reading is.
    pub fn progress(&self) -> Progress {
        Progress { bytes: self.input.bytes_read(), total_bytes: self.options.total_bytes, records: self.records }
    }

    /// The next row, or why it is refused; `None` at the end. Lines without anything are passed over; missing fields
    /// at the end of a row are empty. `import.read_failed` when the stream fails.
    pub fn next_row(&mut self) -> Result<Option<Result<SourceRow<'_>, RowProblem>>> {
        let (number, length) = match self.advance()? {
            Found::End => return Ok(None),
            Found::Problem(problem) => return Ok(Some(Err(problem))),
            Found::Row { number, length } => (number, length),
        };
        if let Err((field, error)) = self.settle(length) {
            let row = self.input.pending().get(..length).unwrap_or_default();
            let span = self.spans.get(field).copied().unwrap_or_default();
            let value = String::from_utf8_lossy(row.get(span.start..span.end).unwrap_or_default()).into_owned();
            return Ok(Some(Err(self.problem(number, Some(field), &error, &value))));
        }
        self.spans.resize(self.columns.len(), Span::default());
        Ok(Some(Ok(self.row(number, length))))
    }

    /// The row of this length at the start of the window, settled.
    pub(super) fn row(&self, number: u64, length: usize) -> SourceRow<'_> {
        let text = match self.text.is_empty() {
            true => std::str::from_utf8(self.input.pending().get(..length).unwrap_or_default()).unwrap_or_default(),
            false => &self.text,
        };
        SourceRow { number, record: self.records, text, spans: &self.spans }
    }

    /// Finds the next row that is no blank line, and takes note of its place.
    fn advance(&mut self) -> Result<Found> {
        loop {
            self.input.consume(std::mem::take(&mut self.held));
            if self.input.pending().is_empty() {
                if self.input.ended() {
                    return Ok(Found::End);
                }
                self.input.grow().map_err(failed)?;
                continue;
            }
            let number = self.line;
            let keep = self.columns.len() + SURPLUS;
            match scan(self.input.pending(), self.input.ended(), self.dialect, keep, &mut self.spans) {
                Scan::More => self.input.grow().map_err(failed)?,
                Scan::Row { length, fields: 1, .. } if is_blank_line(&self.spans) => {
                    self.after_blank = true;
                    self.take(length, 1);
                }
                Scan::Row { length, fields, lines } => {
                    if let Some((length, lines)) = self.is_around(length, fields, lines)? {
                        self.passed += lines;
                        self.take(length, lines);
                        continue;
                    }
                    self.after_blank = false;
                    self.records += 1;
                    if let Some(problem) = self.check_shape(number, length, fields, lines)? {
                        return Ok(Found::Problem(problem));
                    }
                    self.take(length, lines);
                    return Ok(Found::Row { number, length });
                }
                Scan::Broken { defect, field, at, state } => {
                    self.records += 1;
                    return self.refuse(number, defect, field, at, state).map(Found::Problem);
                }
            }
        }
    }

    /// Whether a row belongs to what stands around the table: then how many bytes and lines are to be passed over.
    fn is_around(&mut self, length: usize, fields: usize, lines: u64) -> Result<Option<(usize, u64)>> {
        if self.columns.len() < 2 {
            return Ok(None);
        }
        let row = self.input.pending().get(..length).unwrap_or_default();
        let field = |span: &Span| row.get(span.start..span.end).unwrap_or_default();
        let first = self.spans.first().map(field).unwrap_or_default().trim_ascii();
        let header = |(span, column): (&Span, &String)| field(span).trim_ascii() == column.as_bytes();
        let again = fields == self.columns.len()
            && self.columns.first().is_some_and(|column| column.as_bytes() == first)
            && self.spans.iter().zip(&self.columns).all(header);
        let letter = first.first().is_some_and(|byte| byte.is_ascii_alphabetic());
        if again || letter && is_total(&String::from_utf8_lossy(first)) {
            return Ok(Some((length, lines)));
        }
        let alone = !first.is_empty() && self.spans.iter().skip(1).all(|span| field(span).trim_ascii().is_empty());
        if !alone || !self.after_blank {
            return Ok(None);
        }
        // A notice is the last of a file, so all of it is at hand when it is one.
        while !self.input.ended() && self.input.pending().len() <= NOTICE_BYTES {
            self.input.grow().map_err(failed)?;
        }
        let rest = self.input.pending();
        if self.input.ended() && rest.len() <= NOTICE_BYTES && is_notice(rest, self.dialect) {
            return Ok(Some((rest.len(), LineCounter::default().count(rest))));
        }
        Ok(None)
    }

    /// Marks a row as read; its bytes stay until the next is asked for.
    pub(super) fn take(&mut self, length: usize, lines: u64) {
        self.held = length;
        self.line += lines;
    }

    /// Undoes quoting and encoding of the row at hand; the first field that is no text, when one is not.
    pub(super) fn settle(&mut self, length: usize) -> Result<(), (usize, Error)> {
        let row = self.input.pending_mut().get_mut(..length).unwrap_or_default();
        for span in self.spans.iter_mut().filter(|span| span.doubled) {
            undouble(row, span);
        }
        self.text.clear();
        let latin1 = self.input.encoding() == Encoding::Latin1;
        let row = self.input.pending().get(..length).unwrap_or_default();
        let valid = if latin1 { row.is_ascii() } else { std::str::from_utf8(row).is_ok() };
        if !valid && (latin1 || self.options.mixed_latin1) {
            decode_latin1(row, &mut self.spans, &mut self.text)
                .map_err(|field| (field, codes::ENCODING_BROKEN.with("encoding", "Windows-1252")))?;
        } else if !valid {
            let broken = |span: &Span| std::str::from_utf8(row.get(span.start..span.end).unwrap_or_default()).is_err();
            let field = self.spans.iter().position(broken).unwrap_or_default();
            let encoding = match self.input.encoding() {
                Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16".to_owned(),
                Encoding::Detect | Encoding::Utf8 | Encoding::Latin1 => "UTF-8".to_owned(),
                #[cfg(feature = "encodings")]
                other @ Encoding::Other(_) => other.to_string(),
            };
            return Err((field, codes::ENCODING_BROKEN.with("encoding", encoding)));
        }
        if row.contains(&0) {
            let holds = |span: &Span| row.get(span.start..span.end).unwrap_or_default().contains(&0);
            let field = self.spans.iter().position(holds).unwrap_or_default();
            return Err((field, codes::NUL.error()));
        }
        Ok(())
    }

    pub(super) fn problem(&self, number: u64, field: Option<usize>, error: &Error, value: &str) -> RowProblem {
        let column = field.and_then(|field| self.columns.get(field)).map(String::as_str);
        RowProblem::new(number, self.records, column, error, value)
    }
}

/// Whether the only field of a row has nothing, not even quotes.
pub(super) fn is_blank_line(spans: &[Span]) -> bool {
    spans.first() == Some(&Span::default())
}

pub(super) fn failed(error: io::Error) -> Error {
    codes::READ_FAILED.with("problem", error.to_string())
}
