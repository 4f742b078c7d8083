//! Search terms as somebody makes them by hand, for the plain texts of the measures.

/// Collects the terms of one record, each with its best weight.
#[derive(Default)]
pub(crate) struct Terms(Vec<(String, i64)>);

impl Terms {
    /// Adds the words of a text, and those that a sign joins as one; mail addresses also count as a whole.
    pub(crate) fn of(mut self, text: &str, weight: i64) -> Self {
        let folded = text.to_ascii_lowercase();
        for chunk in folded.split_whitespace() {
            let words: Vec<&str> =
                chunk.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
            for from in 0..words.len() {
                self.add(words.iter().skip(from).copied().collect(), weight);
            }
            if chunk.contains('@') {
                self.add(chunk.to_owned(), weight);
            }
        }
        self
    }

    /// Adds the ends of a telephone number that is written with the code of its country, of two digits.
    pub(crate) fn phone(mut self, number: &str, weight: i64) -> Self {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let ends = [8, 7, 6, 4].iter().filter_map(|length| digits.len().checked_sub(*length));
        for from in [0, 2].into_iter().chain(ends) {
            self.add(digits.chars().skip(from).collect(), weight);
        }
        self
    }

    fn add(&mut self, word: String, weight: i64) {
        match self.0.iter_mut().find(|(known, _)| *known == word) {
            Some((_, best)) => *best = weight.max(*best),
            None => self.0.push((word, weight)),
        }
    }

    /// The terms with their weights.
    pub(crate) fn entries(&self) -> &[(String, i64)] {
        &self.0
    }
}
