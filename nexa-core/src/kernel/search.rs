//! Search terms: tokens made here, so that every backend finds the same records in the same order.

use unicode_segmentation::UnicodeSegmentation;

use super::{
    input, normal,
    record::{RecordDef, Row},
    value::Value,
};

/// The longest term that is kept, in bytes; longer words match by their beginning.
const LONGEST: usize = 64;

/// The folded form of a text, which decides over uniques, the equality of names and the order of texts: it is the same for
/// texts that read the same, such as `Straße` and `STRASSE` or `O’Brien` and `o'brien`.
///
/// It is the text in folded case without accents; where there are accents, a tab and the same with them follow. So `Müller`
/// comes beside `Muller` in a list, and is still another name.
pub fn fold(text: &str) -> String {
    normal::fold(text)
}

/// The folded form of a text without accents, in which parts of texts are compared.
pub(crate) fn plain(text: &str) -> String {
    normal::folded(text).plain
}

pub(crate) use normal::BETWEEN;

/// The terms of a text: its Unicode words, folded. Mail addresses and numbers also count as a whole.
pub fn terms(text: &str) -> Vec<String> {
    let folded = plain(text);
    let mut found: Vec<String> = Vec::new();
    let mut add = |word: &str| {
        let word = shorten(word);
        if !word.is_empty() && !found.iter().any(|known| known == word) {
            found.push(word.to_owned());
        }
    };
    if folded.is_ascii() {
        folded.split(|c: char| !c.is_ascii_alphanumeric()).for_each(&mut add);
    } else {
        folded.unicode_words().for_each(&mut add);
    }
    if folded.contains(['@', '-', '.']) {
        let words = folded.split(|c: char| c.is_whitespace() || c.is_control());
        for whole in words.filter(|word| word.contains(['@', '-', '.'])) {
            add(whole.trim_matches(|c: char| !c.is_alphanumeric()));
        }
    }
    found
}

fn shorten(word: &str) -> &str {
    if word.len() <= LONGEST {
        return word;
    }
    let mut end = LONGEST;
    while !word.is_char_boundary(end) {
        end -= 1;
    }
    word.get(..end).unwrap_or(word)
}

/// The terms under which a row is found, each with its best weight. None when it is in the trash.
pub fn row_terms(def: &RecordDef, row: &Row) -> Vec<(String, i64)> {
    let mut found: Vec<(String, i64)> = Vec::new();
    if !row.live(def) {
        return found;
    }
    for (column, weight) in &def.search {
        let found_in = match row.get(*column) {
            Value::Text(text) => terms(text),
            Value::Json(list) => {
                let entries: Vec<String> = input::stored(list).unwrap_or_default();
                entries.iter().flat_map(|entry| terms(entry)).collect()
            }
            _ => continue,
        };
        for term in found_in {
            match found.iter_mut().find(|(known, _)| *known == term) {
                Some((_, best)) => *best = (*best).max(*weight),
                None => found.push((term, *weight)),
            }
        }
    }
    found
}

/// How well a row matches a search: for each term that is sought the best weight among the row's terms that begin
/// with it, summed; `None` when one of them begins no term of the row. This is the meaning of a search.
pub fn score(sought: &[String], row_terms: &[(String, i64)]) -> Option<i64> {
    sought.iter().try_fold(0_i64, |sum, term| {
        let best =
            row_terms.iter().filter(|(own, _)| own.starts_with(term.as_str())).map(|(_, weight)| *weight).max()?;
        Some(sum.saturating_add(best))
    })
}
