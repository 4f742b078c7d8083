//! Kinds in sentences: an organisation, 3 tickets.

use std::borrow::Cow;

/// The name of a kind as people say it.
pub fn label(kind: &str) -> Cow<'_, str> {
    match kind {
        "org" => "organisation".into(),
        "field" => "custom field".into(),
        kind if kind.contains('_') => kind.replace('_', " ").into(),
        kind => kind.into(),
    }
}

/// Whether a word is spoken with a vowel first, so that it takes `an`.
pub(crate) fn begins_with_vowel(word: &str) -> bool {
    const SPOKEN_OTHERWISE: &[&str] = &["eu", "one", "uni", "us", "ut"];
    let vowel = word.starts_with(['a', 'e', 'i', 'o', 'u']);
    vowel && !SPOKEN_OTHERWISE.iter().any(|start| word.starts_with(start))
}

/// The label with its article: `an organisation`, `a user`.
pub fn with_article(kind: &str) -> String {
    let label = label(kind);
    format!("{} {label}", if begins_with_vowel(&label) { "an" } else { "a" })
}

/// The label of so many: `1 ticket`, `3 companies`.
pub fn counted(count: i64, kind: &str) -> String {
    let label = label(kind);
    if count == 1 { format!("1 {label}") } else { format!("{count} {}", plural(&label)) }
}

fn plural(label: &str) -> String {
    let consonant = |text: &str| text.ends_with(|letter: char| !"aeiou".contains(letter));
    match label.strip_suffix('y') {
        Some(stem) if consonant(stem) => format!("{stem}ies"),
        _ if ["s", "x", "z", "ch", "sh"].iter().any(|end| label.ends_with(end)) => format!("{label}es"),
        _ => format!("{label}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_has_its_article() {
        for (kind, said) in [
            ("org", "an organisation"),
            ("user", "a user"),
            ("account", "an account"),
            ("contact_list_member", "a contact list member"),
            ("unit", "a unit"),
            ("umbrella", "an umbrella"),
            ("invoice", "an invoice"),
        ] {
            assert_eq!(with_article(kind), said);
        }
    }

    #[test]
    fn several_have_a_plural() {
        for (count, kind, said) in [
            (1, "ticket", "1 ticket"),
            (3, "ticket", "3 tickets"),
            (2, "org", "2 organisations"),
            (2, "company", "2 companies"),
            (2, "key", "2 keys"),
            (2, "box", "2 boxes"),
            (0, "campaign_member", "0 campaign members"),
        ] {
            assert_eq!(counted(count, kind), said);
        }
    }
}
