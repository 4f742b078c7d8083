//! Numbers as people write them.

use std::borrow::Cow;

use crate::{Currency, kernel::value::Amount};

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

/// An exact decimal with at most four places; zeros behind them are let go.
pub(super) fn amount(cell: &str, decimal_comma: bool) -> Option<Amount> {
    let plain = plain(cell, decimal_comma)?;
    match plain.split_once('.') {
        Some((whole, decimals)) if decimals.len() > 4 => {
            let (kept, zeros) = decimals.split_at_checked(4)?;
            Amount::parse(&format!("{whole}.{kept}")).filter(|_| zeros.bytes().all(|digit| digit == b'0'))
        }
        _ => Amount::parse(&plain),
    }
}

/// What a cell says of the currency of its amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// This currency.
    Code(Currency),
    /// One of these, which have the sign in common.
    OneOf(&'static [&'static str]),
}

impl Sign {
    /// The currency, where only one is possible: the given one decides among several, and `$` alone is the US dollar.
    pub fn settled(self, by: Option<Currency>) -> Option<Currency> {
        match self {
            Self::Code(currency) => Some(currency),
            Self::OneOf(codes) => {
                let usual = codes.first().filter(|code| **code == "USD").and_then(|code| Currency::parse(code).ok());
                by.filter(|currency| codes.contains(&currency.as_str())).or(usual)
            }
        }
    }
    /// The currency whose sign is all of a cell.
    pub(crate) fn of_cell(cell: &str) -> Option<Self> {
        let (_, codes) = SIGNS.iter().find(|(sign, _)| *sign == cell)?;
        Some(match codes {
            [code] => Self::Code(Currency::parse(code).ok()?),
            codes => Self::OneOf(codes),
        })
    }
    /// Whether it may stand for this currency.
    pub fn allows(self, currency: Currency) -> bool {
        self.settled(Some(currency)) == Some(currency)
    }
}

/// The signs of currencies, longer ones first.
const SIGNS: &[(&str, &[&str])] = &[
    ("US$", &["USD"]),
    ("CA$", &["CAD"]),
    ("C$", &["CAD"]),
    ("AU$", &["AUD"]),
    ("A$", &["AUD"]),
    ("NZ$", &["NZD"]),
    ("HK$", &["HKD"]),
    ("S$", &["SGD"]),
    ("R$", &["BRL"]),
    ("MX$", &["MXN"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "HKD", "SGD", "MXN", "ARS", "CLP", "COP", "TWD"]),
    ("€", &["EUR"]),
    ("£", &["GBP"]),
    ("¥", &["JPY", "CNY"]),
    ("￥", &["JPY", "CNY"]),
    ("₹", &["INR"]),
    ("₩", &["KRW"]),
    ("₽", &["RUB"]),
    ("₺", &["TRY"]),
    ("₴", &["UAH"]),
    ("₪", &["ILS"]),
    ("₫", &["VND"]),
    ("฿", &["THB"]),
    ("zł", &["PLN"]),
    ("Kč", &["CZK"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("Ft", &["HUF"]),
];

/// The number of a cell, and the currency whose sign or code stands before or behind it.
pub(super) fn without_currency(cell: &str) -> (Cow<'_, str>, Option<Sign>) {
    let negative = |text: &str| text.trim_start().strip_prefix(['-', '−']).map(str::to_owned);
    let (inner, bracketed) = match cell.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (cell, false),
    };
    let (minus, body) = match negative(inner) {
        Some(body) => (true, Cow::Owned(body)),
        None => (false, Cow::Borrowed(inner)),
    };
    let body = body.trim();
    for (sign, codes) in SIGNS {
        let number = body
            .strip_prefix(sign)
            .or_else(|| body.strip_suffix(sign).or_else(|| body.strip_suffix(&format!("{sign}."))));
        if let Some(number) = number {
            let sign = match codes {
                [code] => Currency::parse(code).map_or(Sign::OneOf(codes), Sign::Code),
                codes => Sign::OneOf(codes),
            };
            return (signed(number.trim(), minus, bracketed), Some(sign));
        }
    }
    let letters = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    let parts = [
        body.split_at_checked(3),
        body.len().checked_sub(3).and_then(|at| body.split_at_checked(at)).map(|(number, code)| (code, number)),
    ];
    for (code, number) in parts.into_iter().flatten() {
        if letters(code)
            && number.contains(|c: char| c.is_ascii_digit())
            && let Ok(currency) = Currency::parse(code)
        {
            return (signed(number.trim(), minus, bracketed), Some(Sign::Code(currency)));
        }
    }
    (Cow::Owned(cell.to_owned()), None)
}

/// The number with the sign that stood before its currency, or the brackets around both.
fn signed(number: &str, minus: bool, bracketed: bool) -> Cow<'static, str> {
    Cow::Owned(match (minus, bracketed) {
        (true, true) => format!("(-{number})"),
        (true, false) => format!("-{number}"),
        (false, true) => format!("({number})"),
        (false, false) => number.to_owned(),
    })
}

/// Whether the cell shows that a comma, or that a point, stands before the decimals; nothing where it may be either.
pub(super) fn shows_comma(cell: &str) -> Option<bool> {
    let (cell, _) = without_currency(cell.trim());
    let digits = |c: char| c.is_ascii_digit() || " ,.'’-−+()%\u{a0}\u{202f}".contains(c);
    if !cell.contains(|c: char| c.is_ascii_digit()) || !cell.chars().all(digits) {
        return None;
    }
    let (commas, points) = (cell.matches(',').count(), cell.matches('.').count());
    let behind =
        |mark: char| cell.rsplit(mark).next().map_or(0, |rest| rest.chars().filter(char::is_ascii_digit).count());
    match (commas, points) {
        (0, 0) => None,
        (1.., 1..) => Some(cell.rfind(',') > cell.rfind('.')),
        (1, 0) if behind(',') != 3 => Some(true),
        (0, 1) if behind('.') != 3 => Some(false),
        (2.., 0) => Some(false),
        (0, 2..) => Some(true),
        _ => None,
    }
}

/// The number with a decimal point and nothing between its thousands; `None` when it is written in no such way. Brackets
/// around it and a minus behind it are what ledgers write for a negative.
fn plain(cell: &str, decimal_comma: bool) -> Option<Cow<'_, str>> {
    if let Some(inner) = cell.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let inner = inner.trim();
        let number = (!inner.starts_with(['-', '−', '+', '('])).then(|| plain(inner, decimal_comma))??;
        return Some(Cow::Owned(format!("-{number}")));
    }
    if let Some(inner) = cell.strip_suffix(['-', '−']) {
        let inner = inner.trim();
        let number = (!inner.starts_with(['-', '−', '+', '('])).then(|| plain(inner, decimal_comma))??;
        return Some(Cow::Owned(format!("-{number}")));
    }
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
