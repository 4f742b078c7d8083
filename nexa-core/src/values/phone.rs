//! Telephone numbers.

use super::text::{EMPTY, trimmed};

string_value!(
    /// A telephone number without spaces and punctuation: E.164 (`+442079460018`) when it was given with `+` or `00`, and
    /// else its digits as they were given. 3 to 15 digits, then `x123` for an extension.
    Phone,
    normal,
    {
        "type": "string", "format": "phone", "minLength": 3, "maxLength": 64,
        "description": "A telephone number of 3 to 15 digits, with + and country code where it is known; x123 for an extension."
    },
    Phone
);

/// Reads the number and its extension apart, and joins them again.
fn normal(text: &str) -> Result<String, &'static str> {
    let text = trimmed(text);
    let text = text.as_ref();
    if text.is_empty() {
        return Err(EMPTY);
    }
    if text.len() > 64 {
        return Err(LENGTH);
    }
    let lower = text.to_ascii_lowercase();
    let lower = whole(&lower);
    let (number, extension) = match lower.split_once('x') {
        // Of `ext. 12` the `e` is left before the `x` and the `t.` after it.
        Some((number, rest)) => match number.strip_suffix('e') {
            Some(number) => (number, Some(rest.strip_prefix('t').unwrap_or(rest))),
            None => (number, Some(rest)),
        },
        None => (lower, None),
    };

    let (international, number) = match number.trim_start().strip_prefix('+') {
        Some(rest) => (true, digits(&rest.replace("(0)", ""))?),
        None => {
            let plain = digits(number)?;
            match plain.strip_prefix("00") {
                Some(rest) => (true, rest.to_owned()),
                None => (false, plain),
            }
        }
    };
    if !(3..=15).contains(&number.len()) {
        return Err(LENGTH);
    }
    if international && number.starts_with('0') {
        return Err("after + or 00 give the country code, which does not start with 0");
    }

    let mut out = String::with_capacity(number.len() + 9);
    if international {
        out.push('+');
    }
    out.push_str(&number);
    if let Some(extension) = extension {
        let extension = digits(extension)?;
        if !(1..=7).contains(&extension.len()) {
            return Err("give an extension of 1 to 7 digits after the x");
        }
        out.push('x');
        out.push_str(&extension);
    }
    Ok(out)
}

/// A number that a table kept as a float, `2079460018.0`, without what it did not have before.
fn whole(text: &str) -> &str {
    match text.split_once('.') {
        Some((digits, zeros)) if digits.len() >= 7 && !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => {
            let plain = digits.strip_prefix('+').unwrap_or(digits);
            if plain.bytes().all(|byte| byte.is_ascii_digit()) { digits } else { text }
        }
        _ => text,
    }
}

const LENGTH: &str = "give a telephone number of 3 to 15 digits";

/// The digits of a text that has nothing else but what people put between them.
fn digits(text: &str) -> Result<String, &'static str> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '0'..='9' => out.push(c),
            '.' | '-' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}' => {}
            c if c.is_whitespace() && !c.is_control() => {}
            _ => return Err("write a telephone number with digits, and x before an extension"),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::values::check;

    #[test]
    fn numbers_lose_their_punctuation() {
        for (given, kept) in [
            ("+1 (555) 010-0199", "+15550100199"),
            ("0044 20 7946 0018", "+442079460018"),
            ("+44 (0)20 7946 0018", "+442079460018"),
            ("020.7946.0018", "02079460018"),
            ("(555) 010–0199", "5550100199"),
            ("555-0100 x123", "5550100x123"),
            ("555-0100 Ext. 7", "5550100x7"),
            ("112", "112"),
            ("2079460018.0", "2079460018"),
            ("+442079460018.00", "+442079460018"),
        ] {
            assert_eq!(Phone::parse(given).unwrap(), kept, "{given:?}");
        }
        check::round_trip(&Phone::parse("+1 555 0100 x4").unwrap());
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "12",
            "1234567890123456",
            "+0 555 0100",
            "000 555",
            "555-CALL",
            "1+2345",
            "++12345",
            "555x",
            "555x12345678",
            "555x1x2",
            "٥٥٥٥",
            "555\t0100",
            "x123",
            "ext 5",
        ] {
            assert!(Phone::parse(text).is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn the_normal_form_is_normal(text in "[+0]{0,2}[0-9 ().x-]{0,18}") {
            check::normal(Phone::parse, &text);
        }
    }
}
