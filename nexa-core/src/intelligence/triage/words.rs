//! The words of a text, folded, for rules that look for some of them.

use crate::kernel::search::fold;

/// So many words of a text are looked at.
const MOST: usize = 2_000;

/// The words of a text without accents, in lower case; an apostrophe joins what it stands in.
pub(super) fn words(text: &str) -> Vec<String> {
    // An excerpt is enough, cut between two characters.
    let text = text.get(..text.floor_char_boundary(64 * 1_024)).unwrap_or_default();
    let folded = fold(text);
    // With accents the same follows after a tab.
    let plain = folded.split('\t').next().unwrap_or_default().replace('\'', "");
    plain
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(MOST)
        .map(str::to_owned)
        .collect()
}

/// Where a phrase of words begins that are separated by blanks; a word that ends in `*` stands for all that begin so.
pub(super) fn occurrences(words: &[String], phrase: &str) -> Vec<usize> {
    let parts: Vec<&str> = phrase.split(' ').collect();
    let is = |word: &String, part: &&str| match part.strip_suffix('*') {
        Some(beginning) => word.starts_with(beginning),
        None => word == part,
    };
    let here = words.windows(parts.len()).enumerate();
    here.filter(|(_, window)| window.iter().zip(&parts).all(|(word, part)| is(word, part))).map(|(at, _)| at).collect()
}

/// Whether one of these phrases stands in the words; which one first.
pub(super) fn first_of<'p>(words: &[String], phrases: &[&'p str]) -> Option<&'p str> {
    phrases.iter().copied().find(|phrase| !occurrences(words, phrase).is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_phrases_found() {
        let found = words("It DOESN’T work—überhaupt nicht!");
        assert_eq!(found, ["it", "doesnt", "work", "uberhaupt", "nicht"]);
        assert_eq!(occurrences(&found, "doesnt work"), [1]);
        assert_eq!(occurrences(&found, "ube* nicht"), [3]);
        assert_eq!(first_of(&found, &["crash*", "doesnt work"]), Some("doesnt work"));
        assert_eq!(words(""), Vec::<String>::new());
        assert_eq!(words(&"ü ".repeat(100_000)).len(), MOST);
    }
}
