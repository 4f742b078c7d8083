//! Numbers as people write them.

use std::borrow::Cow;

use crate::kernel::value::Amount;

/// A whole number; decimals that are all zero are let go.
pub(super) fn int(cell: &str, decimal_comma: bool) -> Option<i64> {
    if let Ok(number) = cell.parse() {
        return Some(number);
    }
    let plain = plain(cell, decimal_comma)?;
    match plain.split_once('.') {
        None => plain.parse().ok(),
        Some((whole, decimals)) if decimals.bytes().all(|digit| digit == b'0') => whole.parse().ok(),
        Some(_) => None,
    }
}

/// An exact decimal with at most four places.
pub(super) fn amount(cell: &str, decimal_comma: bool) -> Option<Amount> {
    Amount::parse(&plain(cell, decimal_comma)?)
}

/// The number with a decimal point and nothing between its thousands; `None` when it is written in no such way.
fn plain(cell: &str, decimal_comma: bool) -> Option<Cow<'_, str>> {
    let (point, separators): (char, &[char]) = match decimal_comma {
        false => ('.', &[',', ' ', '\'', '’', '\u{a0}', '\u{202f}']),
        true => (',', &['.', ' ', '\'', '’', '\u{a0}', '\u{202f}']),
    };
    let (sign, digits) = match cell.strip_prefix(['-', '−', '+']) {
        Some(digits) if !cell.starts_with('+') => ("-", digits),
        Some(digits) => ("", digits),
        None => ("", cell),
    };
    let (whole, decimals) = match digits.split_once(point) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (digits, None),
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !decimals.is_none_or(are_digits) {
        return None;
    }
    let Some(separator) = whole.chars().find(|c| separators.contains(c)) else {
        return match are_digits(whole) {
            true if !decimal_comma && sign.is_empty() => Some(Cow::Borrowed(digits)),
            true => Some(Cow::Owned(join(sign, whole, decimals))),
            false => None,
        };
    };
    let groups: Vec<&str> = whole.split(separator).collect();
    let (first, rest) = groups.split_first()?;
    let (last, middle) = rest.split_last()?;
    // Groups of three; or, as in India, of two before the last three.
    let grouped = [2, 3].into_iter().any(|size| {
        (1..=size).contains(&first.len()) && last.len() == 3 && middle.iter().all(|group| group.len() == size)
    });
    let numeric = groups.iter().all(|group| are_digits(group));
    (grouped && numeric).then(|| Cow::Owned(join(sign, &groups.concat(), decimals)))
}

fn join(sign: &str, whole: &str, decimals: Option<&str>) -> String {
    match decimals {
        Some(decimals) => format!("{sign}{whole}.{decimals}"),
        None => format!("{sign}{whole}"),
    }
}
