//! Search terms as somebody makes them by hand, for the plain texts of the measures.

/// Collects the terms of one record, each with its best weight.
#[derive(Default)]
pub(crate) struct Terms(Vec<(String, i64)>);

impl Terms {
    /// Adds the words of a text; mail addresses and numbers also count as a whole.
    pub(crate) fn of(mut self, text: &str, weight: i64) -> Self {
        let folded = text.to_ascii_lowercase();
        for word in folded.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            self.add(word, weight);
        }
        for word in folded.split_whitespace().filter(|word| word.contains(['@', '-', '.'])) {
            let whole = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            if !whole.is_empty() {
                self.add(whole, weight);
            }
        }
        self
    }

    fn add(&mut self, word: &str, weight: i64) {
        match self.0.iter_mut().find(|(known, _)| known == word) {
            Some((_, best)) => *best = weight.max(*best),
            None => self.0.push((word.to_owned(), weight)),
        }
    }

    /// The terms with their weights.
    pub(crate) fn entries(&self) -> &[(String, i64)] {
        &self.0
    }
}
