//! The characters that HTML writes by name or number.

use std::borrow::Cow;

/// The names that texts of mails use; others stay as they are written.
const NAMES: [(&str, &str); 44] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{a0}"),
    ("shy", ""),
    ("zwnj", ""),
    ("zwj", "\u{200d}"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("hellip", "…"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("sbquo", "‚"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("bdquo", "„"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("lsaquo", "‹"),
    ("rsaquo", "›"),
    ("bull", "•"),
    ("middot", "·"),
    ("euro", "€"),
    ("pound", "£"),
    ("yen", "¥"),
    ("cent", "¢"),
    ("sect", "§"),
    ("deg", "°"),
    ("times", "×"),
    ("auml", "ä"),
    ("ouml", "ö"),
    ("uuml", "ü"),
    ("Auml", "Ä"),
    ("Ouml", "Ö"),
    ("Uuml", "Ü"),
    ("szlig", "ß"),
    ("eacute", "é"),
    ("rarr", "→"),
    ("larr", "←"),
];

/// A text with the characters that it writes by name or number.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('&') {
        decoded.push_str(before);
        rest = match character(from) {
            Some((character, after)) => {
                decoded.push_str(&character);
                after
            }
            None => {
                decoded.push('&');
                from
            }
        };
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// What is written after `&`, and what comes after it.
fn character(from: &str) -> Option<(Cow<'static, str>, &str)> {
    if let Some(number) = from.strip_prefix('#') {
        let (digits, radix) = match number.strip_prefix(['x', 'X']) {
            Some(digits) => (digits, 16),
            None => (number, 10),
        };
        let end = digits.find(|digit: char| !digit.is_digit(radix)).unwrap_or(digits.len());
        let (digits, after) = digits.split_at_checked(end)?;
        let letter = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32)?;
        return Some((letter.to_string().into(), after.strip_prefix(';').unwrap_or(after)));
    }
    let (name, after) = from.split_once(';')?;
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, letter)| (Cow::Borrowed(*letter), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_read_by_name_and_number() {
        for (text, expected) in [
            ("Tom &amp; Jerry", "Tom & Jerry"),
            ("&#65;&#x42;&#67", "ABC"),
            ("&lt;b&gt; &euro; &unknown; & &;", "<b> € &unknown; & &;"),
            ("&amp;lt;", "&lt;"),
            ("&#xffffffff;", "&#xffffffff;"),
        ] {
            assert_eq!(decoded(text), expected);
        }
    }
}
