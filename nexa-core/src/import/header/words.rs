//! What headers mean, in the languages in which other systems write them.

mod dutch;
mod english;
mod french;
mod german;
mod italian;
mod portuguese;
mod spanish;

use std::{collections::HashMap, sync::LazyLock};

use super::folded;

/// The meanings that a language has words for, each with the headers that have it, the likeliest first.
type Meanings = &'static [(&'static str, &'static [&'static str])];

/// The languages, the most frequent first.
pub(super) const LANGUAGES: &[(&str, Meanings)] = &[
    ("en", english::WORDS),
    ("de", german::WORDS),
    ("fr", french::WORDS),
    ("es", spanish::WORDS),
    ("it", italian::WORDS),
    ("pt", portuguese::WORDS),
    ("nl", dutch::WORDS),
];

/// What a header means in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// The language, by its index.
    pub(super) language: usize,
    pub(super) meaning: &'static str,
    /// Its place among the headers of this meaning: the first is the likeliest.
    pub(super) rank: usize,
}

static WORDS: LazyLock<HashMap<String, Vec<Word>>> = LazyLock::new(|| {
    let mut words: HashMap<String, Vec<Word>> = HashMap::new();
    for (language, (_, meanings)) in LANGUAGES.iter().enumerate() {
        for (meaning, headers) in *meanings {
            for (rank, header) in headers.iter().enumerate() {
                words.entry(folded(header)).or_default().push(Word { language, meaning, rank });
            }
        }
    }
    words
});

/// What a folded header may mean, the most frequent language first.
pub(super) fn meanings(folded: &str) -> &'static [Word] {
    WORDS.get(folded).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_has_one_meaning_in_a_language() {
        for (header, words) in WORDS.iter() {
            for (at, word) in words.iter().enumerate() {
                let other = |other: &&Word| other.language == word.language && other.meaning != word.meaning;
                let again = words.iter().skip(at + 1).find(other);
                assert!(again.is_none(), "{header}: {word:?} and {again:?}");
            }
        }
    }
}
