//! The reader: one row after the other.

use std::{collections::HashSet, io, io::Read};

use super::{
    COLUMNS, FIELD_BYTES, ROW_BYTES,
    dialect::{Dialect, announced},
    encoding::Encoding,
    input::Input,
    problem::{RowProblem, codes},
    row::{SourceRow, decode_latin1, undouble},
    scan::{Defect, LineCounter, Scan, Span, State, first_line, scan, skip},
};
use crate::kernel::error::{Error, Result};

/// How many bytes may be read a second time, over a whole file, to save the rows behind open quotes.
const SECOND_READS: usize = 64 << 20;
/// How many rows behind a suspicious quote must fit the header before they are taken as rows.
const CONVINCING: usize = 3;

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
    input: Input<R>,
    options: Options,
    dialect: Dialect,
    columns: Vec<String>,
    spans: Vec<Span>,
    text: String,
    /// The length of the row that was yielded; it is dropped with the next.
    held: usize,
    /// The line on which the pending bytes start.
    line: u64,
    records: u64,
    second_reads: usize,
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
            dialect: Dialect { delimiter: delimiter.unwrap_or(b','), return_ends_row: false },
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
        let text = match self.text.is_empty() {
            true => std::str::from_utf8(self.input.pending().get(..length).unwrap_or_default()).unwrap_or_default(),
            false => &self.text,
        };
        Ok(Some(Ok(SourceRow { number, record: self.records, text, spans: &self.spans })))
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
    fn take(&mut self, length: usize, lines: u64) {
        self.held = length;
        self.line += lines;
    }

    /// Refuses a whole row that has too many fields, is too long, or swallowed others through a quote.
    fn check_shape(&mut self, number: u64, length: usize, fields: usize, lines: u64) -> Result<Option<RowProblem>> {
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
        if fields < columns {
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
    fn refuse(&mut self, number: u64, defect: Defect, field: usize, at: usize, state: State) -> Result<RowProblem> {
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

    /// Undoes quoting and encoding of the row at hand; the first field that is no text, when one is not.
    fn settle(&mut self, length: usize) -> Result<(), (usize, Error)> {
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

    fn problem(&self, number: u64, field: Option<usize>, error: &Error, value: &str) -> RowProblem {
        let column = field.and_then(|field| self.columns.get(field)).map(String::as_str);
        RowProblem::new(number, self.records, column, error, value)
    }

    fn read_header(&mut self, delimiter: Option<u8>) -> Result<()> {
        if self.input.pending().is_empty() {
            return Err(codes::FILE_EMPTY.error());
        }
        let mut delimiter = delimiter;
        if let Some((announced, length)) = announced(self.input.pending()) {
            delimiter = delimiter.or(Some(announced));
            self.input.consume(length);
            self.line += 1;
        }
        self.skip_blank_lines()?;
        if self.input.pending().is_empty() {
            return Err(codes::FILE_EMPTY.error());
        }
        let length = loop {
            let (bytes, ended) = (self.input.pending(), self.input.ended());
            self.dialect = match delimiter {
                Some(delimiter) => Dialect::with_delimiter(bytes, ended, delimiter),
                None => Dialect::detect(bytes, ended),
            };
            match scan(bytes, ended, self.dialect, COLUMNS, &mut self.spans) {
                Scan::More => self.input.grow().map_err(failed)?,
                Scan::Row { fields, .. } if fields > COLUMNS => {
                    return Err(codes::HEADER_TOO_WIDE.with("count", fields).with("limit", COLUMNS));
                }
                Scan::Row { length, lines, .. } => {
                    self.line += lines;
                    break length;
                }
                Scan::Broken { defect, .. } => {
                    let problem = match defect {
                        Defect::QuoteBroken => "something follows a closing quote",
                        Defect::QuoteOpen => "a quote is opened and never closed",
                        Defect::FieldLong | Defect::RowLong => "it is too long",
                    };
                    return Err(codes::HEADER_BROKEN.with("problem", problem));
                }
            }
        };
        if let Err((_, error)) = self.settle(length) {
            return Err(codes::HEADER_BROKEN.with("problem", error.message().trim_end_matches('.')));
        }
        let text = match self.text.is_empty() {
            true => std::str::from_utf8(self.input.pending().get(..length).unwrap_or_default()).unwrap_or_default(),
            false => &self.text,
        };
        let header = SourceRow { number: 1, record: 0, text, spans: &self.spans };
        if header.is_blank() {
            return Err(codes::HEADER_BROKEN.with("problem", "no column has a name"));
        }
        self.columns = distinct(header.fields());
        self.held = length;
        Ok(())
    }

    fn skip_blank_lines(&mut self) -> Result<()> {
        loop {
            let bytes = self.input.pending();
            let blank = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            self.line += LineCounter::default().count(bytes.get(..blank).unwrap_or_default());
            self.input.consume(blank);
            if !self.input.pending().is_empty() || self.input.ended() {
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

/// Whether the only field of a row has nothing, not even quotes.
fn is_blank_line(spans: &[Span]) -> bool {
    spans.first() == Some(&Span::default())
}

/// Trimmed names, each given once.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut columns = Vec::new();
    for (index, name) in names.enumerate() {
        let name = match name.trim() {
            "" => format!("Column {}", index + 1),
            name => name.to_owned(),
        };
        let mut candidate = name.clone();
        let mut count = 1;
        while !taken.insert(candidate.clone()) {
            count += 1;
            candidate = format!("{name} ({count})");
        }
        columns.push(candidate);
    }
    columns
}

fn checked_delimiter(delimiter: char) -> Result<u8> {
    match u8::try_from(delimiter) {
        Ok(byte) if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\r' | b'\n' | 0) => {
            Ok(byte)
        }
        _ => Err(codes::DELIMITER_INVALID.error()),
    }
}

fn failed(error: io::Error) -> Error {
    codes::READ_FAILED.with("problem", error.to_string())
}
