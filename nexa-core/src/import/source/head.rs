//! The start of a file: its dialect and the names of its columns.

use std::{collections::HashSet, io::Read};

use super::{
    COLUMNS,
    dialect::{Dialect, announced},
    preamble::header_below,
    problem::codes,
    reader::{Reader, failed},
    scan::{Defect, LineCounter, Scan, scan},
};
use crate::kernel::error::Result;

impl<R: Read> Reader<R> {
    /// Finds the dialect and reads the names of the columns.
    pub(super) fn read_header(&mut self, delimiter: Option<u8>) -> Result<()> {
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
        let (bytes, ended) = (self.input.pending(), self.input.ended());
        if let Some(at) = header_below(bytes, ended, delimiter, self.input.encoding()) {
            delimiter = Some(at.delimiter);
            self.input.consume(at.offset);
            self.line += at.lines;
            self.passed += at.lines;
            self.skip_blank_lines()?;
        }
        self.header_line = self.line;
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
        let header = self.row(self.line, length);
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

/// Trimmed names, each given once.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut columns = Vec::new();
    for (index, name) in names.enumerate() {
        // A line break within a name is a blank.
        let name = match name.split_whitespace().collect::<Vec<_>>().join(" ") {
            empty if empty.is_empty() => format!("Column {}", index + 1),
            name => name,
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

/// The byte of a delimiter that a caller named.
pub(super) fn checked_delimiter(delimiter: char) -> Result<u8> {
    match u8::try_from(delimiter) {
        Ok(byte) if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'"' | b'\r' | b'\n' | 0) => {
            Ok(byte)
        }
        _ => Err(codes::DELIMITER_INVALID.error()),
    }
}
