//! Languages.

use super::text::{EMPTY, trimmed};

string_value!(
    /// A language by its tag of BCP 47: `de`, `pt-BR` or `zh-Hant-TW`.
    Language,
    normal,
    {
        "type": "string", "format": "language", "minLength": 2, "maxLength": 12,
        "description": "A language by its tag of BCP 47, such as de or pt-BR."
    }
);

const SHAPE: &str = "give a language tag such as de or pt-BR";

/// The language in small letters, its script with a capital, its region in capitals; what separates them may be an underscore.
fn normal(text: &str) -> Result<String, &'static str> {
    let text = trimmed(text);
    let text = text.as_ref();
    if text.is_empty() {
        return Err(EMPTY);
    }
    let letters =
        |part: &&str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let mut parts = text.split(['-', '_']).peekable();
    let language = parts.next().filter(|part| letters(part, 2) || letters(part, 3)).ok_or(SHAPE)?;
    let mut tag = language.to_ascii_lowercase();
    if let Some(script) = parts.next_if(|part| letters(part, 4)) {
        let (first, rest) = script.split_at(1);
        tag.push('-');
        tag.push_str(&first.to_ascii_uppercase());
        tag.push_str(&rest.to_ascii_lowercase());
    }
    let numbered = |part: &&str| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(region) = parts.next_if(|part| letters(part, 2) || numbered(part)) {
        tag.push('-');
        tag.push_str(&region.to_ascii_uppercase());
    }
    if parts.next().is_none() { Ok(tag) } else { Err(SHAPE) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::check;

    #[test]
    fn a_tag_has_one_form() {
        for (given, normal) in [
            (" DE ", "de"),
            ("pt_br", "pt-BR"),
            ("zh-hant-tw", "zh-Hant-TW"),
            ("es-419", "es-419"),
            ("fil", "fil"),
            ("sr-LATN", "sr-Latn"),
        ] {
            let language = Language::parse(given).unwrap();
            assert_eq!(language, normal);
            check::round_trip(&language);
            check::normal(Language::parse, given);
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for text in ["", "d", "german", "de-", "de--DE", "de-DEU", "de-DE-1901", "d1", "12", "de DE", "日本"] {
            assert!(Language::parse(text).is_err(), "{text:?}");
        }
    }
}
