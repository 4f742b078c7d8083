//! One row that could be read.

use super::{decode::push_latin1, encoding::undefined_in_latin1, scan::Span};

/// One row, borrowed from the reader until the next is read.
#[derive(Clone, Copy, Debug)]
pub struct SourceRow<'a> {
    /// The line on which the row starts, as an editor counts: the header is on line 1.
    pub number: u64,
    /// The row as a count of data rows: the first below the header is 1.
    pub record: u64,
    pub(super) text: &'a str,
    pub(super) spans: &'a [Span],
}

impl<'a> SourceRow<'a> {
    /// The text of a column by index, as it is written; empty when the row is too short.
    pub fn get(&self, column: usize) -> &'a str {
        self.spans.get(column).map_or("", |span| slice(self.text, *span))
    }
    /// The texts of all columns of the header, in order.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        let text = self.text;
        self.spans.iter().map(move |span| slice(text, *span))
    }
    /// Whether there is nothing but blanks in it.
    pub fn is_blank(&self) -> bool {
        self.fields().all(|field| field.trim().is_empty())
    }
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start..span.end).unwrap_or("")
}

/// Makes one quote of each doubled one, in place. What becomes free behind the text is blanked, so that the row stays
/// valid UTF-8.
pub(super) fn undouble(row: &mut [u8], span: &mut Span) {
    let Some(field) = row.get_mut(span.start..span.end) else { return };
    let (mut read, mut write) = (0, 0);
    while let Some(byte) = field.get(read).copied() {
        if let Some(slot) = field.get_mut(write) {
            *slot = byte;
        }
        write += 1;
        read += if byte == b'"' { 2 } else { 1 };
    }
    if let Some(free) = field.get_mut(write..) {
        free.fill(b' ');
    }
    span.end = span.start + write;
    span.doubled = false;
}

/// Decodes the fields of a row from Windows-1252; the index of the first field that is not, when one is not.
pub(super) fn decode_latin1(row: &[u8], spans: &mut [Span], text: &mut String) -> Result<(), usize> {
    text.clear();
    for (index, span) in spans.iter_mut().enumerate() {
        let field = row.get(span.start..span.end).unwrap_or_default();
        if field.iter().copied().any(undefined_in_latin1) {
            return Err(index);
        }
        let start = text.len();
        push_latin1(field, text);
        *span = Span { start, end: text.len(), doubled: false };
    }
    Ok(())
}
