//! The name of an article in addresses.

use crate::{Name, kernel::search::plain};

/// The longest one.
const LONGEST: usize = 100;

/// Lower-case letters without accents and digits, with hyphens between words; letters of other scripts stay.
pub(super) fn of(text: &str) -> Result<Name, &'static str> {
    let mut slug = String::new();
    for sign in plain(text).chars() {
        if sign.is_alphanumeric() {
            slug.push(sign);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let mut slug: String = slug.chars().take(LONGEST).collect();
    slug.truncate(slug.trim_end_matches('-').len());
    Name::parse(&slug).map_err(|_| "give a slug or a title with letters or digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_made_of_letters_digits_and_hyphens() {
        for (given, slug) in [
            ("Export: contacts & deals!", "export-contacts-deals"),
            ("  C'est où ? ", "c-est-ou"),
            ("../../etc/passwd", "etc-passwd"),
            ("<script>", "script"),
            ("輸出", "輸出"),
        ] {
            assert_eq!(of(given).unwrap(), slug, "{given}");
        }
        assert!(of("?!").is_err());
        assert_eq!(of(&"x ".repeat(99)).unwrap().chars().count(), 99);
    }
}
