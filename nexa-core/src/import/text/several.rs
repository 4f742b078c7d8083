//! Mail addresses, phone numbers and web addresses as other systems write them: several in a cell, with labels.

use std::borrow::Cow;

use super::{codes, is_damaged_number, is_nothing, visible};
use crate::kernel::error::Result;

/// What sort of address a column of text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    /// Mail addresses.
    Email,
    /// Phone numbers.
    Phone,
    /// Web addresses.
    Web,
}

impl Sort {
    /// The sort of a field, by the name that fields of it have.
    pub(crate) fn of(path: &str) -> Option<Self> {
        match path.rsplit('.').next().unwrap_or(path) {
            "email" | "other_emails" => Some(Self::Email),
            "phone" | "mobile" | "other_phones" => Some(Self::Phone),
            name if name == "website" || name == "url" || name.ends_with("_url") => Some(Self::Web),
            _ => None,
        }
    }
}

/// The addresses of a cell, each once, without labels; none where the cell says that there is none.
/// Error: `import.digits_lost`.
pub(crate) fn several(column: &str, cell: &str, sort: Sort) -> Result<Vec<String>> {
    let cell = visible(cell);
    let mut found: Vec<String> = Vec::new();
    if is_nothing(&cell) {
        return Ok(found);
    }
    for part in parts(&cell, sort) {
        let part = part.trim();
        if is_nothing(part) {
            continue;
        }
        if sort == Sort::Phone && is_damaged_number(part) {
            return Err(codes::DIGITS_LOST.with("column", column));
        }
        let value = match sort {
            Sort::Email => email(part).to_owned(),
            Sort::Phone => phone(part).into_owned(),
            Sort::Web => part.to_owned(),
        };
        if !value.is_empty() && !found.contains(&value) {
            found.push(value);
        }
    }
    Ok(found)
}

fn parts(cell: &str, sort: Sort) -> Vec<Cow<'_, str>> {
    if sort == Sort::Web {
        return vec![Cow::Borrowed(cell)];
    }
    let mut parts: Vec<Cow<'_, str>> = Vec::new();
    for part in cell.split(":::").flat_map(|part| part.split([';', ',', '\n', '\r', '|'])) {
        match parts.last_mut() {
            // 555-0100, ext. 5 is one number.
            Some(before)
                if sort == Sort::Phone && extension(part.trim()).is_some_and(|(number, _)| number.is_empty()) =>
            {
                before.to_mut().push_str(part);
            }
            _ => parts.push(Cow::Borrowed(part)),
        }
    }
    parts
}

/// The address of `Ann <ann@x.example>`, `mailto:ann@x.example` or `Work: ann@x.example`.
fn email(text: &str) -> &str {
    let inner = match text.split_once('<') {
        Some((_, rest)) => rest.split_once('>').map_or(text, |(address, _)| address),
        None => text,
    };
    let behind = inner.rsplit_once(':').filter(|(label, address)| !label.contains('@') && address.contains('@'));
    behind.map_or(inner, |(_, address)| address).trim()
}

/// Words before an extension.
const EXTENSIONS: &[&str] = &[
    "extension",
    "ext.",
    "ext",
    "durchwahl",
    "dw",
    "poste",
    "anexo",
    "interno",
    "int.",
    "ramal",
    "toestel",
    "x.",
    "x",
    "#",
];

/// The number before an extension, and the extension's digits.
fn extension(text: &str) -> Option<(&str, &str)> {
    let digits_from = text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (before, digits) = text.split_at_checked(digits_from)?;
    let before = before.trim_end_matches([' ', ':']);
    if digits.is_empty() || !before.is_ascii() {
        return None;
    }
    let lower = before.to_ascii_lowercase();
    let word = EXTENSIONS.iter().find(|word| lower.ends_with(**word))?;
    Some((before.get(..before.len() - word.len())?.trim_end(), digits))
}

/// A number without a label before or behind it, and with `x` before its extension: `Tel.: +44 20 7946 0018 (work)`.
fn phone(text: &str) -> Cow<'_, str> {
    let mut text = text;
    while let Some(label) = text.strip_suffix([')', ']'])
        && let Some((number, label)) = label.rsplit_once(['(', '['])
        && !label.contains(|c: char| c.is_ascii_digit())
    {
        text = number.trim_end();
    }
    // A label is words alone; an extension without a number is no label.
    let start = text.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '(')).unwrap_or(text.len());
    let label = text.get(..start).unwrap_or_default();
    let is_label = label.contains(char::is_alphabetic) && extension(text).is_none_or(|(number, _)| !number.is_empty());
    if is_label {
        text = text.get(start..).unwrap_or_default();
    }
    match extension(text) {
        Some((number, digits)) if !number.is_empty() => Cow::Owned(format!("{number} x{digits}")),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &str, sort: Sort) -> Vec<String> {
        several("Column", cell, sort).unwrap()
    }

    #[test]
    fn a_cell_holds_several_addresses() {
        for cell in [
            "a@x.example ::: b@x.example",
            "a@x.example;b@x.example",
            "a@x.example, b@x.example",
            "a@x.example\nb@x.example",
        ] {
            assert_eq!(read(cell, Sort::Email), ["a@x.example", "b@x.example"], "{cell}");
        }
        assert_eq!(read("Ann Lee <ann@x.example>", Sort::Email), ["ann@x.example"]);
        assert_eq!(read("mailto:ann@x.example", Sort::Email), ["ann@x.example"]);
        assert_eq!(read("Work: ann@x.example; N/A", Sort::Email), ["ann@x.example"]);
        assert_eq!(read("\u{feff}ann@x.\u{200b}example\u{a0}", Sort::Email), ["ann@x.example"]);
        for cell in ["", "N/A", "-", "null", "#N/A"] {
            assert_eq!(read(cell, Sort::Phone), Vec::<String>::new(), "{cell}");
        }
    }

    #[test]
    fn phones_lose_their_labels_and_keep_their_digits() {
        for (cell, number) in [
            ("Tel.: +44 20 7946 0018", "+44 20 7946 0018"),
            ("+44 20 7946 0018 (work)", "+44 20 7946 0018"),
            ("mobile (555) 010-0199", "(555) 010-0199"),
            ("555-0100 ext. 12", "555-0100 x12"),
            ("555-0100, ext 12", "555-0100 x12"),
            ("555-0100 extension 12", "555-0100 x12"),
            ("555-0100#12", "555-0100 x12"),
            ("555-CALL", "555-CALL"),
        ] {
            assert_eq!(read(cell, Sort::Phone), [number], "{cell}");
        }
        for cell in ["4.42079E+11", "4,42079E+11", "2.079460018e9"] {
            assert!(several("Column", cell, Sort::Phone).unwrap_err().is(&codes::DIGITS_LOST), "{cell}");
        }
    }
}
