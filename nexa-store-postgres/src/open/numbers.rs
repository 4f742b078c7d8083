//! Exact numbers between text and PostgreSQL's binary form: digits of base 10,000 around a point.

/// How many decimal digits one of the server has.
const WIDTH: usize = 4;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const MINUS_INFINITY: u16 = 0xF000;

/// A number such as `-12.50` as bytes; `None` where the text is none, or too long for the server.
pub(super) fn to_bytes(text: &str) -> Option<Vec<u8>> {
    let words = |count: u16, weight: i16, sign: u16, scale: u16| {
        [count.to_be_bytes(), weight.to_be_bytes(), sign.to_be_bytes(), scale.to_be_bytes()].concat()
    };
    match text {
        "NaN" => return Some(words(0, 0, NAN, 0)),
        "Infinity" => return Some(words(0, 0, INFINITY, 0)),
        "-Infinity" => return Some(words(0, 0, MINUS_INFINITY, 0)),
        _ => {}
    }
    let (sign, digits) = text.strip_prefix('-').map_or((0, text), |digits| (NEGATIVE, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let ahead = whole.len().next_multiple_of(WIDTH);
    let behind = fraction.len().next_multiple_of(WIDTH);
    let padded = format!("{whole:0>ahead$}{fraction:0<behind$}");
    let groups: Vec<u16> = padded.as_bytes().as_chunks::<WIDTH>().0.iter().map(group).collect();
    let leading = groups.iter().take_while(|group| **group == 0).count();
    let groups = groups.get(leading..).unwrap_or_default();
    let trailing = groups.iter().rev().take_while(|group| **group == 0).count();
    let groups = groups.get(..groups.len() - trailing).unwrap_or_default();
    let weight = i16::try_from(ahead / WIDTH).ok()?.checked_sub(i16::try_from(leading).ok()?)?.checked_sub(1)?;
    let (count, scale) = (u16::try_from(groups.len()).ok()?, u16::try_from(fraction.len()).ok()?);
    if scale > 0x3FFF {
        return None;
    }
    let mut bytes = words(count, if count == 0 { 0 } else { weight }, if count == 0 { 0 } else { sign }, scale);
    groups.iter().for_each(|group| bytes.extend(group.to_be_bytes()));
    Some(bytes)
}

fn group(digits: &[u8; WIDTH]) -> u16 {
    digits.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0'))
}

/// A number of the server as text, with as many places as it has there.
pub(super) fn to_text(bytes: &[u8]) -> Option<String> {
    let mut words = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
    let (count, weight, sign, scale) = (words.next()?, words.next()?.cast_signed(), words.next()?, words.next()?);
    match sign {
        NAN => return Some("NaN".to_owned()),
        INFINITY => return Some("Infinity".to_owned()),
        MINUS_INFINITY => return Some("-Infinity".to_owned()),
        _ => {}
    }
    let digits: Vec<u16> = words.take(usize::from(count)).collect();
    // The digit with this power of the base; those that are not there are nothing.
    let digit = |power: i32| {
        let position = i32::from(weight) - power;
        usize::try_from(position).ok().and_then(|position| digits.get(position)).copied().unwrap_or_default()
    };
    let whole: String = (0..=i32::from(weight).max(0)).rev().map(|power| format!("{:04}", digit(power))).collect();
    let places = usize::from(scale);
    let fraction: String = (1..=i32::from(scale.div_ceil(4))).map(|place| format!("{:04}", digit(-place))).collect();
    let whole = whole.trim_start_matches('0');
    let (whole, minus) = (if whole.is_empty() { "0" } else { whole }, if sign == NEGATIVE { "-" } else { "" });
    let fraction = fraction.get(..places).unwrap_or_default();
    Some(if places == 0 { format!("{minus}{whole}") } else { format!("{minus}{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_comes_back_with_all_its_places() {
        for text in [
            "0",
            "0.00",
            "1",
            "-1",
            "12.50",
            "-0.0001",
            "10000",
            "9999.9999",
            "123456789012345678901234567890.000000001",
            "0.00000000000001",
            "100000000",
            "NaN",
            "Infinity",
            "-Infinity",
        ] {
            assert_eq!(to_text(&to_bytes(text).unwrap()).unwrap(), text);
        }
        for text in ["", "-", ".5", "1e5", "1.2.3", "+1", "١"] {
            assert_eq!(to_bytes(text), None, "{text}");
        }
    }
}
