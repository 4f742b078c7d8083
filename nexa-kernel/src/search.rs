//! Search terms: made here, so that every backend finds the same records in the same order.

mod address;
mod phone;
mod relevance;
mod words;

use super::{
    input,
    normal::{self, Folded},
    record::{ColumnType, Content, RecordDef, Row},
    value::Value,
};

/// How much one of the weights that a kind declares counts in a score: more than everything that distinguishes equal fields.
const WEIGHT: i64 = 4;
/// What a word with other accents than those that are sought lacks.
const SAME_ACCENTS: i64 = 1;
/// A word is sought by its accents from so many characters on.
const SOUGHT_BY_ACCENTS: usize = 3;

/// The folded form of a text without accents, in which parts of texts are compared.
pub fn plain(text: &str) -> String {
    normal::folded(text).plain
}

pub(crate) use normal::BETWEEN;
pub use normal::fold;
pub use relevance::{Candidate, Fit, frequent_words, ranked, words_of};

/// A word that is sought: some term of a record has to begin with one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought(Vec<(String, i64)>);

impl Sought {
    /// What a term may begin with, each with what it adds to the weight of the term; at least one.
    pub fn beginnings(&self) -> &[(String, i64)] {
        &self.0
    }
}

/// One beginning, as it is.
impl From<&str> for Sought {
    fn from(beginning: &str) -> Self {
        Self(vec![(beginning.to_owned(), 0)])
    }
}

/// What somebody seeks with a text, word by word. A word with accents is sought without them, and counts more where a record
/// has them too; words that a sign joins are sought apart, and count more where they stand together; a telephone number is
/// sought by its last digits as well.
pub fn sought(text: &str) -> Vec<Sought> {
    let Folded { plain, accented } = normal::folded(text);
    let mut all: Vec<Sought> = Vec::new();
    words::seek(&plain, &mut |any| all.push(Sought(any)));
    if let Some(accented) = accented {
        let mut exact = Vec::with_capacity(all.len());
        words::seek(&accented, &mut |any| exact.extend(any.into_iter().next()));
        if exact.len() == all.len() {
            for (Sought(any), (exact, _)) in all.iter_mut().zip(exact) {
                let differs = any.first().is_some_and(|(plain, _)| *plain != exact);
                if differs && exact.chars().nth(SOUGHT_BY_ACCENTS - 1).is_some() {
                    any.push((exact, SAME_ACCENTS));
                }
            }
        }
    }
    for position in (1..all.len()).rev() {
        let (before, from) = all.split_at(position);
        if from.first().is_some_and(|one| before.contains(one)) {
            all.remove(position);
        }
    }
    all
}

/// The terms under which a row is found, in their order, each with its weight. None when it is in the trash.
///
/// A search finds by beginnings, so a term that begins another one of at least its weight is none of them.
pub fn row_terms(def: &RecordDef, row: &Row) -> Vec<(String, i64)> {
    let mut found: Vec<(String, i64)> = Vec::new();
    if !row.live(def) {
        return found;
    }
    for (column, weight) in &def.search {
        let Some(definition) = def.columns.get(*column) else { continue };
        match row.get(*column) {
            Value::Text(text) => text_terms(definition.content, text, *weight, &mut found),
            Value::Json(list) if definition.kind == ColumnType::List => {
                let entries: Vec<String> = input::stored(list).unwrap_or_default();
                entries.iter().for_each(|text| text_terms(definition.content, text, *weight, &mut found));
            }
            _ => {}
        }
    }
    without_beginnings(found)
}

fn text_terms(content: Content, text: &str, weight: i64, found: &mut Vec<(String, i64)>) {
    let weight = weight.saturating_mul(WEIGHT);
    let make = |text: &str, add: &mut dyn FnMut(&str)| {
        let mut add = |term: &str| {
            if !term.is_empty() {
                add(term);
            }
        };
        match content {
            Content::Phone => phone::add(text, &mut add),
            Content::Url => address::add_url(text, &mut add),
            Content::Plain | Content::Email | Content::Records | Content::UnitPrice => words::add(text, &mut add),
        }
    };
    let Folded { plain, accented } = normal::folded(text);
    let Some(accented) = accented else {
        return make(&plain, &mut |term| found.push((term.to_owned(), weight + SAME_ACCENTS)));
    };
    let mut with: Vec<String> = Vec::new();
    make(&accented, &mut |term| with.push(term.to_owned()));
    with.sort_unstable();
    with.dedup();
    make(&plain, &mut |term| {
        if with.binary_search_by(|known| known.as_str().cmp(term)).is_err() {
            found.push((term.to_owned(), weight));
        }
    });
    found.extend(with.into_iter().map(|term| (term, weight + SAME_ACCENTS)));
}

/// The terms in their order without those that begin another one of at least their weight.
fn without_beginnings(mut terms: Vec<(String, i64)>) -> Vec<(String, i64)> {
    terms.sort_unstable_by(|(one, a), (other, b)| one.cmp(other).then(b.cmp(a)));
    terms.dedup_by(|later, earlier| later.0 == earlier.0);
    let mut rest = terms.as_slice();
    let mut needed = Vec::with_capacity(terms.len());
    while let Some(((term, weight), after)) = rest.split_first() {
        let mut longer = after.iter().take_while(|(other, _)| other.starts_with(term.as_str()));
        needed.push(!longer.any(|(_, other)| other >= weight));
        rest = after;
    }
    let mut needed = needed.into_iter();
    terms.retain(|_| needed.next().unwrap_or(true));
    terms
}

/// How well a row matches a search: for each word that is sought the best weight among the row's terms that begin
/// with it, summed; `None` when one of them begins no term of the row. This is the meaning of a search.
pub fn score(sought: &[Sought], row_terms: &[(String, i64)]) -> Option<i64> {
    sought.iter().try_fold(0_i64, |sum, Sought(any)| {
        let weights = any.iter().flat_map(|(beginning, more)| {
            let hits = row_terms.iter().filter(move |(own, _)| own.starts_with(beginning.as_str()));
            hits.map(move |(_, weight)| weight.saturating_add(*more))
        });
        Some(sum.saturating_add(weights.max()?))
    })
}

#[cfg(test)]
mod tests;
