//! Cells that a spreadsheet shows and does not run.
//!
//! What begins as a formula does gets an apostrophe before it, and so does what already begins with an apostrophe before such a
//! beginning; so that an import knows which apostrophe to take away.

/// What stands before the rows: the byte order mark of UTF-8.
pub(crate) const MARK: &str = "\u{feff}";

const SHIELD: char = '\'';

/// Whether a spreadsheet may take a cell that begins so for a formula, also one in full-width letters.
const fn dangerous(first: char) -> bool {
    matches!(first, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

/// A plain number, such as -5 or -0.25, is no formula.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        Some((whole, places)) => digits(whole) && digits(places),
        None => digits(text),
    }
}

/// The text as a spreadsheet shows it.
pub(super) fn harmless(text: String) -> String {
    let mut characters = text.chars();
    let shielded = match characters.next() {
        Some(first) if dangerous(first) => !is_number(&text),
        Some(SHIELD) => characters.next().is_some_and(|second| second == SHIELD || dangerous(second)),
        _ => false,
    };
    if shielded { format!("{SHIELD}{text}") } else { text }
}

/// The text as it was before [`harmless`].
pub(crate) fn restored(cell: &str) -> &str {
    match cell.strip_prefix(SHIELD) {
        Some(text) if text.starts_with(|second| second == SHIELD || dangerous(second)) => text,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_shown_and_numbers_stay() {
        for (text, cell) in [
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("+44 20", "'+44 20"),
            ("-cmd", "'-cmd"),
            ("--5", "'--5"),
            ("@SUM(1)", "'@SUM(1)"),
            ("\tx", "'\tx"),
            ("＝1", "'＝1"),
            ("-5", "-5"),
            ("-0.25", "-0.25"),
            ("'Tis", "'Tis"),
            ("'=x", "''=x"),
            ("''x", "'''x"),
            ("plain", "plain"),
            ("", ""),
        ] {
            assert_eq!(harmless(text.to_owned()), cell);
            assert_eq!(restored(cell), text);
        }
    }

    proptest! {
        #[test]
        fn every_text_is_itself_again(text in "['=+@\t-]{0,3}[a-z0-9.]{0,3}") {
            let cell = harmless(text.clone());
            prop_assert_eq!(restored(&cell), text.as_str());
            let first = cell.chars().next();
            prop_assert!(is_number(&cell) || !first.is_some_and(dangerous));
        }
    }
}
