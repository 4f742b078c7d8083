//! Telephone numbers: found as a whole, in their national form, and by their last digits.

/// How many of its last digits find a number: the groups in which people write and remember its end.
const ENDINGS: [usize; 4] = [8, 7, 6, 4];
/// A number of fewer digits is one as it stands.
const LEAST: usize = 7;
/// So many last digits are the same however the number is written.
const SURE: usize = 7;

/// Adds the terms of a number in its normal form, such as `+442079460018x12`: at most seven.
pub(super) fn add(number: &str, add: &mut impl FnMut(&str)) {
    let (number, extension) = number.split_once('x').unwrap_or((number, ""));
    let whole = match number.strip_prefix('+') {
        Some(digits) => {
            add(national(digits));
            digits
        }
        None => {
            add(number);
            number.trim_start_matches('0')
        }
    };
    add(whole);
    for length in ENDINGS {
        if let Some(ending) = last(whole, length) {
            add(ending);
        }
    }
    add(extension);
}

/// Whether a part of what somebody seeks can be part of a number: digits and what stands between them.
pub(super) fn looks_like(chunk: &str) -> bool {
    let mut digits = false;
    chunk.bytes().all(|byte| {
        digits |= byte.is_ascii_digit();
        matches!(byte, b'0'..=b'9' | b'+' | b'(' | b')' | b'-' | b'.' | b'/')
    }) && digits
}

/// What begins a term of the number that is sought, when it can be one. It may have been written with or without the code of
/// its country, and with another prefix in front: its last digits count less.
pub(super) fn sought(written: &str) -> Vec<(String, i64)> {
    let digits: String =
        written.replace("(0)", "").chars().filter(char::is_ascii_digit).skip_while(|digit| *digit == '0').collect();
    if !(LEAST..=17).contains(&digits.len()) {
        return Vec::new();
    }
    let sure = last(&digits, SURE).map(|ending| (ending.to_owned(), 0));
    std::iter::once((digits, 1)).chain(sure.filter(|_| is_whole(written))).collect()
}

/// Whether somebody wrote more than the end of a number.
fn is_whole(written: &str) -> bool {
    written.starts_with(['+', '0', '(']) || written.bytes().filter(u8::is_ascii_digit).count() > 8
}

fn last(digits: &str, length: usize) -> Option<&str> {
    let from = digits.len().checked_sub(length).filter(|from| *from > 0)?;
    digits.get(from..)
}

/// The number without the code of its country, and without zeros in front.
fn national(digits: &str) -> &str {
    let code = match digits.as_bytes() {
        [b'1' | b'7', ..] => 1,
        [b'2', b'0' | b'7', ..]
        | [b'3', b'0'..=b'4' | b'6' | b'9', ..]
        | [b'4', b'0' | b'1' | b'3'..=b'9', ..]
        | [b'5', b'1'..=b'8', ..]
        | [b'6', b'0'..=b'6', ..]
        | [b'8', b'1' | b'2' | b'4' | b'6', ..]
        | [b'9', b'0'..=b'5' | b'8', ..] => 2,
        _ => 3,
    };
    digits.get(code..).unwrap_or_default().trim_start_matches('0')
}
