//! Finds the fields of one row in bytes, and the end of a row that is not worth keeping.

use super::{
    FIELD_BYTES, ROW_BYTES,
    dialect::{Dialect, RowEnd},
};

/// Where a field's text lies in the bytes of its row, without its quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether quotes inside are still doubled.
    pub(super) doubled: bool,
}

/// Where a scan stands between two bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote inside a quoted field: it closes, or is the first of two.
    Quote,
}

/// Why a row cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Defect {
    FieldLong,
    RowLong,
    /// Something else than a delimiter follows a closing quote.
    QuoteBroken,
    /// The input ends inside quotes.
    QuoteOpen,
}

/// What a scan found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scan {
    /// A whole row: its bytes with the line end, its fields, the lines it covers.
    Row { length: usize, fields: usize, lines: u64 },
    /// The row goes on behind these bytes.
    More,
    /// A defect in the field of this index; the scan stopped `at` this byte, in `state`.
    Broken { defect: Defect, field: usize, at: usize, state: State },
}

/// The end of a line at a carriage return or line feed.
enum LineEnd {
    Behind(usize),
    Unknown,
    None,
}

fn line_end(bytes: &[u8], at: usize, ended: bool, dialect: Dialect) -> LineEnd {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'\r'), Some(b'\n')) => LineEnd::Behind(at + 2),
        (Some(b'\r'), None) if !ended => LineEnd::Unknown,
        (Some(b'\r'), None) => LineEnd::Behind(at + 1),
        (Some(b'\r'), Some(_)) if dialect.row_end != RowEnd::Feed => LineEnd::Behind(at + 1),
        (Some(b'\n'), _) if dialect.row_end != RowEnd::Return => LineEnd::Behind(at + 1),
        _ => LineEnd::None,
    }
}

/// Scans one row from the start of `bytes`; `ended` says that nothing follows them. Spans are kept for the first
/// `keep` fields; the rest are counted.
pub(super) fn scan(bytes: &[u8], ended: bool, dialect: Dialect, keep: usize, spans: &mut Vec<Span>) -> Scan {
    spans.clear();
    let (mut at, mut fields, mut lines) = (0, 0, 1);
    loop {
        let quoted = bytes.get(at) == Some(&b'"');
        let field = match quoted {
            true => scan_quoted(bytes, at, ended, dialect),
            false => scan_plain(bytes, at, ended, dialect),
        };
        match field {
            FieldScan::Field { span, next, ends_row, breaks } => {
                if span.end - span.start > FIELD_BYTES {
                    let state = if quoted { State::Quoted } else { State::Plain };
                    return Scan::Broken { defect: Defect::FieldLong, field: fields, at: span.end, state };
                }
                if spans.len() < keep {
                    spans.push(span);
                }
                fields += 1;
                lines += breaks;
                at = next;
                if ends_row {
                    return Scan::Row { length: at, fields, lines };
                }
            }
            FieldScan::Broken { defect, at, state } => return Scan::Broken { defect, field: fields, at, state },
            FieldScan::More { state } => {
                let defect = if bytes.len().saturating_sub(at) > FIELD_BYTES + 2 {
                    Defect::FieldLong
                } else if bytes.len() > ROW_BYTES {
                    Defect::RowLong
                } else {
                    return Scan::More;
                };
                return Scan::Broken { defect, field: fields, at: bytes.len(), state };
            }
        }
    }
}

enum FieldScan {
    Field { span: Span, next: usize, ends_row: bool, breaks: u64 },
    More { state: State },
    Broken { defect: Defect, at: usize, state: State },
}

fn scan_plain(bytes: &[u8], start: usize, ended: bool, dialect: Dialect) -> FieldScan {
    let (mut at, mut breaks) = (start, 0);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let found = rest.iter().position(|byte| *byte == dialect.delimiter || matches!(byte, b'\n' | b'\r'));
        let end = found.map_or(bytes.len(), |offset| at + offset);
        let span = Span { start, end, doubled: false };
        if found.is_none() {
            return match ended {
                true => FieldScan::Field { span, next: end, ends_row: true, breaks },
                false => FieldScan::More { state: if end == start { State::FieldStart } else { State::Plain } },
            };
        }
        if bytes.get(end) == Some(&dialect.delimiter) {
            return FieldScan::Field { span, next: end + 1, ends_row: false, breaks };
        }
        match line_end(bytes, end, ended, dialect) {
            LineEnd::Behind(next) => return FieldScan::Field { span, next, ends_row: true, breaks },
            LineEnd::Unknown => return FieldScan::More { state: State::Plain },
            LineEnd::None => {
                at = end + 1;
                breaks += 1;
            }
        }
    }
}

fn scan_quoted(bytes: &[u8], quote: usize, ended: bool, dialect: Dialect) -> FieldScan {
    let start = quote + 1;
    let (mut from, mut doubled) = (start, false);
    let end = loop {
        let rest = bytes.get(from..).unwrap_or_default();
        let Some(offset) = rest.iter().position(|byte| *byte == b'"') else {
            return match ended {
                true => FieldScan::Broken { defect: Defect::QuoteOpen, at: bytes.len(), state: State::Quoted },
                false => FieldScan::More { state: State::Quoted },
            };
        };
        let at = from + offset;
        match bytes.get(at + 1) {
            Some(b'"') => {
                doubled = true;
                from = at + 2;
            }
            None if !ended => return FieldScan::More { state: State::Quote },
            _ => break at,
        }
        if from - start > FIELD_BYTES + 2 {
            return FieldScan::Broken { defect: Defect::FieldLong, at: from, state: State::Quoted };
        }
    };
    let span = Span { start, end, doubled };
    let breaks = LineCounter::default().count(bytes.get(start..end).unwrap_or_default());
    // Spaces between the closing quote and the delimiter mean nothing.
    let blanks = bytes.get(end + 1..).unwrap_or_default().iter().take_while(|byte| **byte == b' ').count();
    let after = end + 1 + blanks;
    match bytes.get(after) {
        None if ended => FieldScan::Field { span, next: after, ends_row: true, breaks },
        None => FieldScan::More { state: State::Plain },
        Some(byte) if *byte == dialect.delimiter => FieldScan::Field { span, next: after + 1, ends_row: false, breaks },
        Some(_) => match line_end(bytes, after, ended, dialect) {
            LineEnd::Behind(next) => FieldScan::Field { span, next, ends_row: true, breaks },
            LineEnd::Unknown => FieldScan::More { state: State::Plain },
            LineEnd::None => FieldScan::Broken { defect: Defect::QuoteBroken, at: after, state: State::Plain },
        },
    }
}

/// Walks over the rest of a row without keeping it, taking a quote that closes early as closed. Answers how many bytes
/// to drop and whether the row ended there; otherwise more input is needed.
pub(super) fn skip(bytes: &[u8], ended: bool, dialect: Dialect, state: &mut State) -> (usize, bool) {
    for (at, byte) in bytes.iter().enumerate() {
        *state = match (*state, byte) {
            (State::Quoted, b'"') => State::Quote,
            (State::Quoted, _) | (State::Quote | State::FieldStart, b'"') => State::Quoted,
            (_, byte) if *byte == dialect.delimiter => State::FieldStart,
            (_, b'\n' | b'\r') => match line_end(bytes, at, ended, dialect) {
                LineEnd::Behind(next) => return (next, true),
                LineEnd::Unknown => return (at, false),
                LineEnd::None => State::Plain,
            },
            _ => State::Plain,
        };
    }
    (bytes.len(), ended)
}

/// The length of the first line, whatever its quotes say; `None` when its end is not there.
pub(super) fn first_line(bytes: &[u8], dialect: Dialect) -> Option<usize> {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| matches!(byte, b'\n' | b'\r'));
    ends.map(|(at, _)| line_end(bytes, at, false, dialect)).find_map(|end| match end {
        LineEnd::Behind(next) => Some(next),
        LineEnd::Unknown | LineEnd::None => None,
    })
}

/// Counts line ends (CRLF is one) over bytes that come in pieces.
#[derive(Default)]
pub(super) struct LineCounter {
    after_return: bool,
}

impl LineCounter {
    pub(super) fn count(&mut self, bytes: &[u8]) -> u64 {
        let mut lines = 0;
        for byte in bytes {
            lines += u64::from(*byte == b'\r' || (*byte == b'\n' && !self.after_return));
            self.after_return = *byte == b'\r';
        }
        lines
    }
}
