//! How well texts fit a question: BM25 over weighted fields, computed here, so that every backend ranks alike, to the bit.
//!
//! A word of a text counts for a word of the question that it begins with, as in a search: `exporting` for `export`. A short word of the
//! question must stand there whole: `i` is not asked for in `invoice`.

use std::collections::{BTreeMap, BTreeSet};

use super::{plain, words};

/// How fast a word that is repeated counts less.
const SATURATION: f64 = 1.2;
/// How much a long text is held against it.
const LENGTH: f64 = 0.75;
/// The bytes from which on the beginning of a word is enough: three Latin letters, or one sign of a script that writes without blanks.
const BEGINNING: usize = 3;
/// Scores are whole millionths.
const UNIT: f64 = 1_000_000.0;

/// The words of a text as they are compared: folded, without accents, in their order.
pub fn words_of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    words::add(&plain(text), &mut |word| {
        if !word.is_empty() {
            found.push(word.to_owned());
        }
    });
    found
}

/// The words of a text, each once: the most frequent ones first, at most so many.
pub fn frequent_words(text: &str, most: usize) -> Vec<String> {
    let mut counted: BTreeMap<String, usize> = BTreeMap::new();
    for word in words_of(text) {
        *counted.entry(word).or_default() += 1;
    }
    let mut counted: Vec<(String, usize)> = counted.into_iter().collect();
    counted.sort_by(|(one, a), (other, b)| b.cmp(a).then_with(|| one.cmp(other)));
    counted.truncate(most);
    counted.into_iter().map(|(word, _)| word).collect()
}

/// A text that may fit, with its words.
#[derive(Clone, Debug, Default)]
pub struct Candidate {
    /// The words of each field, with how much the field counts.
    fields: Vec<(f64, Vec<String>)>,
}

impl Candidate {
    /// Adds a field that counts so much.
    #[must_use]
    pub fn field(mut self, text: &str, weight: u32) -> Self {
        self.fields.push((f64::from(weight), words_of(text)));
        self
    }
    fn length(&self) -> f64 {
        self.fields.iter().map(|(weight, words)| weight * count(words.len())).sum()
    }
    /// How often a word of the question stands in it, by the weights of its fields.
    fn frequency(&self, sought: &str) -> f64 {
        let by_beginning = sought.len() >= BEGINNING;
        let fits = |word: &&String| if by_beginning { word.starts_with(sought) } else { word.as_str() == sought };
        let of = |words: &[String]| count(words.iter().filter(fits).count());
        self.fields.iter().map(|(weight, words)| weight * of(words)).sum()
    }
}

/// How well a candidate fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The position of the candidate.
    pub candidate: usize,
    /// The score in millionths; candidates that share no word are left out.
    pub score: i64,
    /// The words of the question that it has.
    pub shared: Vec<String>,
}

/// The candidates that share a word with the question, best first and then in their order, out of so many texts. `holding` says of each
/// word of the question how many of all texts have it, as far as that is known better than by the candidates.
pub fn ranked(
    question: &[String],
    candidates: &[Candidate],
    texts: usize,
    holding: impl Fn(&str) -> Option<usize>,
) -> Vec<Fit> {
    let sought: BTreeSet<&str> = question.iter().map(String::as_str).collect();
    let mean = candidates.iter().map(Candidate::length).sum::<f64>() / count(candidates.len().max(1));
    let mut scores = vec![0.0; candidates.len()];
    let mut shared: Vec<Vec<String>> = vec![Vec::new(); candidates.len()];
    for word in sought {
        let frequencies: Vec<f64> = candidates.iter().map(|candidate| candidate.frequency(word)).collect();
        let among = frequencies.iter().filter(|frequency| **frequency > 0.0).count();
        let having = count(holding(word).unwrap_or(among).max(among));
        let all = count(texts.max(candidates.len())).max(having);
        let rarity = libm::log(1.0 + (all - having + 0.5) / (having + 0.5));
        for (((candidate, frequency), score), shared) in
            candidates.iter().zip(frequencies).zip(&mut scores).zip(&mut shared)
        {
            if frequency > 0.0 {
                let long = 1.0 - LENGTH + LENGTH * candidate.length() / mean;
                *score += rarity * frequency * (SATURATION + 1.0) / (frequency + SATURATION * long);
                shared.push(word.to_owned());
            }
        }
    }
    let mut fits: Vec<Fit> = scores
        .into_iter()
        .zip(shared)
        .enumerate()
        .filter(|(_, (_, shared))| !shared.is_empty())
        .map(|(candidate, (score, shared))| Fit { candidate, score: millionths(score), shared })
        .collect();
    fits.sort_by(|one, other| other.score.cmp(&one.score).then(one.candidate.cmp(&other.candidate)));
    fits
}

/// A number of words or texts, as far as it is counted.
fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// A score is far from the ends of its range.
#[allow(clippy::cast_possible_truncation)]
fn millionths(score: f64) -> i64 {
    libm::round(score * UNIT) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(text: &str) -> Vec<String> {
        words_of(text)
    }

    fn order(text: &str, candidates: &[Candidate]) -> Vec<usize> {
        let fits = ranked(&question(text), candidates, candidates.len(), |_| None);
        fits.into_iter().map(|fit| fit.candidate).collect()
    }

    #[test]
    fn a_rare_word_counts_more_than_a_frequent_one() {
        let texts = ["reset the password", "the printer and the paper", "the invoice", "the password of the printer"];
        let candidates: Vec<Candidate> = texts.iter().map(|text| Candidate::default().field(text, 1)).collect();
        assert_eq!(order("the password", &candidates).first(), Some(&0));
        let fits = ranked(&question("invoice the"), &candidates, 4, |_| None);
        assert_eq!(
            (fits[0].candidate, fits[0].shared.as_slice()),
            (2, ["invoice".to_owned(), "the".to_owned()].as_slice())
        );
    }

    #[test]
    fn a_title_counts_more_than_a_body_and_a_beginning_is_enough() {
        let title = Candidate::default().field("Exporting contacts", 4).field("As a table", 1);
        let body = Candidate::default().field("Tables", 4).field("One may export contacts as a table", 1);
        assert_eq!(order("export", &[body.clone(), title.clone()]), [1, 0]);
        assert_eq!(order("EXPÓRT", &[title, body]), [0, 1], "accents and case say nothing");
    }

    #[test]
    fn what_shares_no_word_is_left_out_and_equals_keep_their_order() {
        let same = |text: &str| Candidate::default().field(text, 1);
        assert_eq!(order("paper", &[same("paper jam"), same("ink"), same("paper jam")]), [0, 2]);
        assert_eq!(order("", &[same("paper")]), [0; 0]);
        assert_eq!(ranked(&question("paper"), &[], 0, |_| None), []);
    }

    #[test]
    fn a_score_is_the_same_number_everywhere() {
        let candidates = [Candidate::default().field("export contacts", 4).field("to csv and excel", 1)];
        let fits = ranked(&question("export csv"), &candidates, 10, |_| Some(3));
        // ln(1 + 7.5 / 3.5) times 4 * 2.2 / 5.2 in the title and 1 in the text.
        assert_eq!(fits[0].score, 3_083_049);
    }

    #[test]
    fn the_most_frequent_words_are_kept() {
        assert_eq!(frequent_words("b a b c a b", 2), ["b", "a"]);
        assert_eq!(words_of("Größe, naïve export"), ["grosse", "naive", "export"]);
    }
}
