//! How a file separates fields and rows, found in its header.

use super::{
    COLUMNS,
    scan::{Scan, State, scan, skip},
};

/// The delimiters that are tried, the likeliest first.
pub(super) const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// What ends a row. A carriage return with a line feed always does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowEnd {
    /// A line feed; a carriage return alone is part of a field.
    Feed,
    /// A carriage return; a line feed alone is part of a field.
    Return,
    /// Either, as long as the header is not read.
    Any,
}

/// How fields and rows end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// The byte between two fields.
    pub(super) delimiter: u8,
    /// What stands between two rows.
    pub(super) row_end: RowEnd,
}

impl Dialect {
    /// The dialect with this delimiter: what ends the header ends every row.
    pub(super) fn with_delimiter(bytes: &[u8], ended: bool, delimiter: u8) -> Self {
        let dialect = Self { delimiter, row_end: RowEnd::Any };
        let (length, _) = skip(bytes, ended, dialect, &mut State::FieldStart);
        let header = bytes.get(..length).unwrap_or_default();
        let bare_return = header.ends_with(b"\r") && length < bytes.len();
        Self { delimiter, row_end: if bare_return { RowEnd::Return } else { RowEnd::Feed } }
    }

    /// The dialect of a file that starts with these bytes: the delimiter that makes several columns, as many in the
    /// second row as in the header, and of several such the one that makes the most.
    pub(super) fn detect(bytes: &[u8], ended: bool) -> Self {
        let mut best = (false, 1);
        let mut found = Self::with_delimiter(bytes, ended, b',');
        for delimiter in DELIMITERS {
            let dialect = Self::with_delimiter(bytes, ended, delimiter);
            let Some((fields, next)) = count(bytes, ended, dialect) else { continue };
            let rest = bytes.get(next..).unwrap_or_default();
            let agrees = fields > 1 && count(rest, ended, dialect).is_some_and(|(second, _)| second == fields);
            if (agrees, fields) > best {
                best = (agrees, fields);
                found = dialect;
            }
        }
        found
    }
}

fn count(bytes: &[u8], ended: bool, dialect: Dialect) -> Option<(usize, usize)> {
    match scan(bytes, ended, dialect, COLUMNS, &mut Vec::new()) {
        Scan::Row { length, fields, .. } => Some((fields, length)),
        _ => None,
    }
}

/// The delimiter of a first line `sep=;`, as spreadsheets write it, and the length of that line.
pub(super) fn announced(bytes: &[u8]) -> Option<(u8, usize)> {
    let (delimiter, rest) = bytes.strip_prefix(b"sep=")?.split_first()?;
    let end = match rest {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => return None,
    };
    Some((*delimiter, 5 + end))
}
