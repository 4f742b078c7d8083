//! BM25: how like one text is to others, by the words that they share and how rare these are.

use std::collections::{BTreeMap, BTreeSet};

/// How soon more of the same word adds no more.
const K1: f64 = 1.2;
/// How much a long text is held against it.
const B: f64 = 0.75;
/// So many different words of a text count.
const MOST_WORDS: usize = 300;

/// A text as its words, each with how often it stands there.
#[derive(Clone, Debug, Default)]
pub(super) struct Bag {
    words: BTreeMap<String, f64>,
    length: f64,
}

impl Bag {
    /// Adds words, each so many times.
    pub(super) fn add(&mut self, words: &[String], times: f64) {
        for word in words.iter().filter(|word| !EMPTY.contains(&word.as_str())) {
            if self.words.len() >= MOST_WORDS && !self.words.contains_key(word) {
                continue;
            }
            *self.words.entry(word.clone()).or_default() += times;
            self.length += times;
        }
    }
    /// The words that both have, the rarest of the asked one first by their order.
    pub(super) fn shared(&self, other: &Self) -> Vec<String> {
        self.words.keys().filter(|word| other.words.contains_key(*word)).cloned().collect()
    }
}

/// Words that stand everywhere and say nothing.
const EMPTY: &[&str] = &[
    "a", "an", "the", "and", "or", "but", "i", "we", "you", "it", "is", "are", "was", "be", "to", "of", "in", "on",
    "for", "with", "my", "our", "your", "this", "that", "when", "get", "have", "has", "had", "do", "does", "please",
    "hi", "hello", "dear", "me", "us", "at", "as", "if",
];

/// Texts that are compared with one.
pub(super) struct Ranking<'t> {
    texts: &'t [Bag],
    mean: f64,
    holding: BTreeMap<&'t str, f64>,
    all: f64,
}

impl<'t> Ranking<'t> {
    /// Counts the words of these texts.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn of(texts: &'t [Bag]) -> Self {
        let mut holding: BTreeMap<&str, f64> = BTreeMap::new();
        for text in texts {
            let words: BTreeSet<&str> = text.words.keys().map(String::as_str).collect();
            words.into_iter().for_each(|word| *holding.entry(word).or_default() += 1.0);
        }
        let all = texts.len() as f64;
        let mean = if texts.is_empty() { 0.0 } else { texts.iter().map(|text| text.length).sum::<f64>() / all };
        Self { texts, mean, holding, all }
    }

    /// How like a text is to the asked one.
    pub(super) fn score(&self, asked: &Bag, text: &Bag) -> f64 {
        let length = if self.mean > 0.0 { text.length / self.mean } else { 1.0 };
        let rarity = |word: &str| {
            let holding = self.holding.get(word).copied().unwrap_or_default();
            libm::log(1.0 + (self.all - holding + 0.5) / (holding + 0.5))
        };
        // In the order of the words, so that every platform adds up the same.
        asked
            .words
            .keys()
            .filter_map(|word| Some((word, text.words.get(word)?)))
            .map(|(word, times)| rarity(word) * times * (K1 + 1.0) / (times + K1 * (1.0 - B + B * length)))
            .sum()
    }

    /// Every text with its score and the share that this is of the score of the asked text itself, the most like first.
    pub(super) fn by_likeness(&self, asked: &Bag) -> Vec<(usize, f64, f64)> {
        let own = self.score(asked, asked);
        let mut ranked: Vec<(usize, f64, f64)> = self
            .texts
            .iter()
            .enumerate()
            .map(|(place, text)| (place, self.score(asked, text)))
            .filter(|(_, score)| *score > 0.0 && own > 0.0)
            .map(|(place, score)| (place, score, score / own))
            .collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        ranked
    }
}

#[cfg(test)]
mod tests {
    use super::{super::words::words, *};

    fn bag(text: &str) -> Bag {
        let mut bag = Bag::default();
        bag.add(&words(text), 1.0);
        bag
    }

    #[test]
    fn rare_words_that_are_shared_make_texts_alike() {
        let texts = [
            "The export of contacts fails",
            "The invoice is wrong",
            "Export to CSV fails with contacts",
            "Password reset",
        ]
        .map(bag);
        let ranking = Ranking::of(&texts);
        let asked = bag("Export of contacts to CSV fails");
        let ranked: Vec<usize> = ranking.by_likeness(&asked).into_iter().map(|(place, ..)| place).collect();
        assert_eq!(ranked, [2, 0]);
        let (.., share) = ranking.by_likeness(&texts[0])[0];
        assert!((share - 1.0).abs() < 1e-9, "a text is like itself: {share}");
        assert_eq!(asked.shared(&texts[0]), ["contacts", "export", "fails"]);
    }

    #[test]
    fn empty_texts_and_none_are_like_nothing() {
        assert!(Ranking::of(&[]).by_likeness(&bag("export")).is_empty());
        assert!(Ranking::of(&[bag("")]).by_likeness(&bag("")).is_empty());
        assert!(Ranking::of(&[bag("the a of")]).by_likeness(&bag("the")).is_empty());
    }
}
