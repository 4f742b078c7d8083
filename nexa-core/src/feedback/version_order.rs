//! Which of two versions of a product is the newer one.

use std::cmp::Ordering;

use semver::Version;

/// A version by Semantic Versioning: a leading `v` is no part of it, and numbers that are left out are zero.
fn semantic(text: &str) -> Option<Version> {
    let text = text.trim();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at_checked(end)?;
    let whole = match numbers.bytes().filter(|byte| *byte == b'.').count() {
        0 => format!("{numbers}.0.0{rest}"),
        1 => format!("{numbers}.0{rest}"),
        _ => text.to_owned(),
    };
    Version::parse(&whole).ok()
}

/// The form in which two names of one version are the same text: `v2.1` and `2.1.0`.
pub(super) fn normal(text: &str) -> String {
    match semantic(text) {
        Some(version) => version.to_string(),
        None => crate::kernel::search::fold(text),
    }
}

/// The version as people say it: `v2.1.6` where it is one of Semantic Versioning.
pub(super) fn spoken(text: &str) -> String {
    let bare = text.strip_prefix(['v', 'V']).unwrap_or(text);
    if semantic(text).is_some() { format!("v{bare}") } else { text.to_owned() }
}

/// How two versions stand to each other; nothing where one of them is none of Semantic Versioning.
pub(super) fn compare(one: &str, other: &str) -> Option<Ordering> {
    Some(semantic(one)?.cmp_precedence(&semantic(other)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers_and_not_as_texts() {
        for (one, other, order) in [
            ("2.1.5", "2.1.6", Ordering::Less),
            ("2.1.10", "2.1.9", Ordering::Greater),
            ("v2.1.6", "2.1.6", Ordering::Equal),
            ("2.2", "2.1.6", Ordering::Greater),
            ("3", "2.99.99", Ordering::Greater),
            ("2.2.0-rc.1", "2.2.0", Ordering::Less),
            ("2.2.0-rc.2", "2.2.0-rc.10", Ordering::Less),
            ("2.2.0+build.7", "2.2.0+build.9", Ordering::Equal),
        ] {
            assert_eq!(compare(one, other), Some(order), "{one} and {other}");
            assert_eq!(compare(other, one), Some(order.reverse()), "{other} and {one}");
        }
        for text in ["2025-11 winter", "2.1.6.4", "", "v", "latest"] {
            assert_eq!(compare(text, "2.1.6"), None, "{text:?}");
        }
    }

    #[test]
    fn two_names_of_one_version_have_one_form() {
        for (given, normal_form, said) in
            [("v2.1", "2.1.0", "v2.1"), ("2.1.6", "2.1.6", "v2.1.6"), ("Winter", "winter", "Winter")]
        {
            assert_eq!((normal(given), spoken(given)), (normal_form.to_owned(), said.to_owned()), "{given}");
        }
    }
}
