//! What cells have beside their values: marks that nobody sees, and words for nothing.

use std::borrow::Cow;

/// Whether a character shows nothing and means nothing in a value of one word.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// The cell without blanks around it and without invisible marks, such as a byte order mark inside.
pub(crate) fn visible(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim();
    if cell.is_ascii() || !cell.contains(is_invisible) {
        return Cow::Borrowed(cell);
    }
    let shown: String = cell.chars().filter(|c| !is_invisible(*c)).collect();
    Cow::Owned(shown.trim().to_owned())
}

/// Whether a cell that holds no free text says that there is nothing: what systems and spreadsheets write there.
pub(crate) fn is_nothing(cell: &str) -> bool {
    const WORDS: &[&str] = &[
        "n/a",
        "na",
        "n.a.",
        "#n/a",
        "#ref!",
        "#value!",
        "#name?",
        "#null!",
        "#div/0!",
        "#num!",
        "null",
        "none",
        "nil",
        "nan",
        "nat",
        "<na>",
        "(none)",
        "(null)",
        "(blank)",
        "(empty)",
        "undefined",
        "\\n",
        "-",
        "--",
        "---",
        "–",
        "—",
        "?",
    ];
    cell.is_empty() || WORDS.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

/// Whether a spreadsheet has shortened a long number, such as `4.42079E+11`.
pub(crate) fn is_damaged_number(cell: &str) -> bool {
    let Some((digits, power)) = cell.split_once(['e', 'E']) else { return false };
    let numeric =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b".,".contains(&byte));
    let power = power.strip_prefix('+').unwrap_or(power);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && numeric(digits)
        && !power.is_empty()
        && power.len() <= 2
        && power.bytes().all(|byte| byte.is_ascii_digit())
}
