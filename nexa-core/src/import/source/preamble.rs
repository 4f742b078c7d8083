//! What stands around a table and belongs to no row: notes and titles above the header, totals and notices below the
//! rows, and the header once more between them.

use super::{
    decode::push_latin1,
    dialect::{DELIMITERS, Dialect},
    encoding::Encoding,
    scan::{LineCounter, Scan, Span, scan},
};
use crate::import::header;

/// How many rows are looked at for the header.
const ROWS: usize = 20;
/// How many columns of these must be known for a row to be a header that others stand above.
const KNOWN: usize = 2;
/// How many bytes a notice below the rows may have.
pub(super) const NOTICE_BYTES: usize = 4 << 10;

/// Where the header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeaderAt {
    /// Bytes above it.
    pub(super) offset: usize,
    /// Lines above it.
    pub(super) lines: u64,
    /// What separates its fields.
    pub(super) delimiter: u8,
}

/// The header below notes or titles: the row of the first ones in which most columns are known. `None` when the first
/// row may be one itself, or no row is.
pub(super) fn header_below(bytes: &[u8], ended: bool, delimiter: Option<u8>, encoding: Encoding) -> Option<HeaderAt> {
    let mut best: Option<(usize, HeaderAt)> = None;
    let tried: Vec<u8> = delimiter.map_or_else(|| DELIMITERS.to_vec(), |delimiter| vec![delimiter]);
    for delimiter in tried {
        let dialect = Dialect::with_delimiter(bytes, ended, delimiter);
        let mut counter = LineCounter::default();
        let (mut offset, mut lines) = (0, 0);
        let mut spans = Vec::new();
        for row in 0..ROWS {
            let rest = bytes.get(offset..).unwrap_or_default();
            let Scan::Row { length, .. } = scan(rest, ended, dialect, super::COLUMNS, &mut spans) else { break };
            let known = known(rest, &spans, encoding);
            if row == 0 && known >= KNOWN {
                return None;
            }
            if known >= KNOWN && best.is_none_or(|(most, _)| known > most) {
                best = Some((known, HeaderAt { offset, lines, delimiter }));
            }
            lines += counter.count(rest.get(..length).unwrap_or_default());
            offset += length;
        }
    }
    best.map(|(_, at)| at)
}

/// How many different fields of a row are known headers.
fn known(row: &[u8], spans: &[Span], encoding: Encoding) -> usize {
    let mut found: Vec<String> = Vec::new();
    for span in spans {
        let bytes = row.get(span.start..span.end).unwrap_or_default();
        let text = match encoding {
            Encoding::Latin1 => {
                let mut text = String::new();
                push_latin1(bytes, &mut text);
                text
            }
            _ => String::from_utf8_lossy(bytes).into_owned(),
        };
        let name = header::folded(&text);
        if text.len() <= 100 && header::is_known(&text) && !found.contains(&name) {
            found.push(name);
        }
    }
    found.len()
}

/// How totals over a whole table begin, in the languages of reports.
const TOTALS: &[&str] = &[
    "grand total",
    "grand summaries",
    "gesamtsumme",
    "gesamtzusammenfassung",
    "total général",
    "totaux généraux",
    "total general",
    "totales generales",
    "totale complessivo",
    "totali generali",
    "total geral",
    "totais gerais",
    "eindtotaal",
    "eindtotalen",
];

/// Whether a row is the total of a report, by its first field.
pub(super) fn is_total(first: &str) -> bool {
    let first = first.trim().to_lowercase();
    let behind =
        |total: &&str| first.strip_prefix(*total).map(|rest| rest.strip_prefix('s').unwrap_or(rest).trim_start());
    TOTALS.iter().find_map(behind).is_some_and(|rest| rest.is_empty() || rest.starts_with(['(', ':']))
}

/// Whether all that is left of a file is the notice that a report ends with: lines of one field each.
pub(super) fn is_notice(rest: &[u8], dialect: Dialect) -> bool {
    let (mut offset, mut claimed) = (0, false);
    let mut spans = Vec::new();
    while let Some(row) = rest.get(offset..).filter(|row| !row.is_empty()) {
        let Scan::Row { length, .. } = scan(row, true, dialect, super::COLUMNS, &mut spans) else { return false };
        let filled = |span: &Span| !row.get(span.start..span.end).unwrap_or_default().trim_ascii().is_empty();
        if spans.iter().skip(1).any(filled) {
            return false;
        }
        let text = String::from_utf8_lossy(row.get(..length).unwrap_or_default()).to_lowercase();
        claimed |= CLAIMS.iter().any(|claim| text.contains(claim));
        offset += length;
    }
    claimed
}

/// What a notice claims.
const CLAIMS: &[&str] =
    &["copyright (c)", "copyright \u{a9}", "salesforce.com, inc", "confidential information - do not"];
