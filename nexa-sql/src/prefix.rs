//! What begins with a text, as a range that an index can serve.

/// The least text that is greater than every text with this prefix; `None` when there is none.
///
/// Bytes of UTF-8 sort like code points, so the last code point is raised by one. The greatest code point
/// cannot be raised and goes; the one before it is raised instead.
pub(crate) fn end_of(prefix: &str) -> Option<String> {
    let mut rest = prefix.to_owned();
    while let Some(last) = rest.pop() {
        if let Some(next) = following(last) {
            rest.push(next);
            return Some(rest);
        }
    }
    None
}

fn following(character: char) -> Option<char> {
    match character {
        // The surrogates between are no characters.
        '\u{d7ff}' => Some('\u{e000}'),
        other => char::from_u32(u32::from(other) + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::end_of;

    #[test]
    fn raises_the_last_character_that_can_be_raised() {
        assert_eq!(end_of("ab").as_deref(), Some("ac"));
        assert_eq!(end_of("a\u{7f}").as_deref(), Some("a\u{80}"));
        assert_eq!(end_of("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(end_of("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(end_of("\u{10ffff}\u{10ffff}"), None);
        assert_eq!(end_of(""), None);
    }
}
