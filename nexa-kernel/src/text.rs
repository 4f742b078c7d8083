//! The one rule for texts that come in: no control characters, nothing that nobody sees, composed, trimmed, bounded.
//!
//! Two texts that look the same are the same: what is invisible (the code points that Unicode lets programs ignore, fillers, the
//! controls of direction) goes, unless the letters or signs beside it need it: joiners between letters of scripts that join and
//! between emoji, and selectors of a sign's form.

mod form;
mod invisible;

use std::borrow::Cow;

use invisible::{Beside, is_suspect, stays};

#[cfg(not(feature = "unicode"))]
pub use form::{Composed, know};

/// What to do about an empty text.
pub const EMPTY: &str = "give some text, or leave the field out";
/// What to do about a line break in a single line.
pub const ONE_LINE: &str = "write it on one line, without control characters";
/// What to do about control characters in a longer text.
pub(crate) const NO_CONTROLS: &str = "leave out control characters other than newlines and tabs";
/// What to do about invisible characters in a name that is compared as it is given.
pub(crate) const ALL_VISIBLE: &str = "leave out invisible characters";

/// How many lines a text has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lines {
    /// One.
    One,
    /// Any number. The marks that set a text right to left in order stay.
    Any,
}

/// The text in its composed form (NFC) without what nobody sees in it.
pub(crate) fn visible(text: &str, lines: Lines) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    if !text.contains(is_suspect) {
        return form::composed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if !is_suspect(c) || stays(c, lines, Beside { before: kept.chars().next_back(), after: rest.clone() }) {
            kept.push(c);
        }
    }
    match form::composed(&kept) {
        Cow::Borrowed(_) => Cow::Owned(kept),
        Cow::Owned(composed) => Cow::Owned(composed),
    }
}

/// Without the blanks around it; the blank of braille is one.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{2800}'
}

/// What is seen of a single line, without blanks around it.
pub fn trimmed(text: &str) -> Cow<'_, str> {
    match visible(text, Lines::One) {
        Cow::Borrowed(text) => Cow::Borrowed(trim(text)),
        Cow::Owned(text) => Cow::Owned(trim(&text).to_owned()),
    }
}

fn breaks_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A single line of at most `limit` characters; `too_long` says so.
pub fn line(text: &str, limit: usize, too_long: &'static str) -> Result<String, &'static str> {
    let text = trimmed(text);
    if text.is_empty() {
        return Err(EMPTY);
    }
    if text.contains(breaks_line) {
        return Err(ONE_LINE);
    }
    // A character takes at least one byte: most texts need no counting.
    if text.len() > limit && text.chars().count() > limit {
        return Err(too_long);
    }
    Ok(text.into_owned())
}

/// A text of any number of lines, at most `limit` bytes; every kind of line end becomes a newline.
pub fn lines(text: &str, limit: usize, too_long: &'static str) -> Result<String, &'static str> {
    let seen = visible(text, Lines::Any);
    let text = trim(&seen);
    if !text.contains(|c| !is_suspect(c) && !is_blank(c)) {
        return Err(EMPTY);
    }
    let normal = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() };
    if normal.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Err(NO_CONTROLS);
    }
    if normal.len() > limit {
        return Err(too_long);
    }
    Ok(normal)
}

/// Refuses a name that is compared as it is given when somebody could not see what it is.
pub fn must_be_plain(text: &str) -> Result<(), &'static str> {
    if text.contains(breaks_line) {
        return Err(ONE_LINE);
    }
    if trimmed(text).is_empty() {
        return Err(EMPTY);
    }
    if visible(text, Lines::One) == form::composed(text) { Ok(()) } else { Err(ALL_VISIBLE) }
}

#[cfg(test)]
mod tests;
