//! The reader: one row after the other.

use std::{io, io::Read};

use super::{
    dialect::{Dialect, RowEnd},
    encoding::Encoding,
    head::checked_delimiter,
    input::Input,
    problem::{RowProblem, codes},
    recovery::SECOND_READS,
    row::{SourceRow, decode_latin1, undouble},
    scan::{Scan, Span, scan},
};
use crate::kernel::error::{Error, Result};

/// What a caller knows of a file; nothing needs to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The encoding.
    pub encoding: Encoding,
    /// Whether a row that is no UTF-8 is read as Windows-1252, in files that mix both.
    pub mixed_latin1: bool,
    /// The delimiter, when it shall not be told by the header.
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
}

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
        };
        reader.read_header(delimiter)?;
        Ok(reader)
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
            match scan(self.input.pending(), self.input.ended(), self.dialect, self.columns.len() + 1, &mut self.spans)
            {
                Scan::More => self.input.grow().map_err(failed)?,
                Scan::Row { length, fields: 1, .. } if is_blank_line(&self.spans) => {
                    self.take(length, 1);
                }
                Scan::Row { length, fields, lines } => {
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
                Encoding::Utf16Le | Encoding::Utf16Be => "UTF-16",
                _ => "UTF-8",
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
