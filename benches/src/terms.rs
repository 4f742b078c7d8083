//! Search terms as somebody makes them by hand, for the plain texts of the measures.

/// Collects the terms of one record, each with its best weight.
#[derive(Default)]
pub(crate) struct Terms(Vec<(String, i64)>);

impl Terms {
    /// Adds the words of a text, and those that a sign joins as one.
    pub(crate) fn of(mut self, text: &str, weight: i64) -> Self {
        let folded = text.to_ascii_lowercase();
        for chunk in folded.split_whitespace() {
            self.joined(chunk, 0, weight);
        }
        self
    }

    /// Adds a mail address: the whole, the later parts of its name, and its domain.
    pub(crate) fn email(mut self, address: &str, weight: i64) -> Self {
        let folded = address.to_ascii_lowercase();
        let (local, domain) = folded.split_once('@').unwrap_or((&folded, ""));
        // The whole begins with the first part of the name.
        self.joined(local, 1, weight);
        self.joined(domain, 0, weight);
        self.add(folded, weight);
        self
    }

    /// Adds what each word but the first `skipped` ones and those after it are as one.
    fn joined(&mut self, chunk: &str, skipped: usize, weight: i64) {
        let words: Vec<&str> =
            chunk.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        for from in skipped..words.len() {
            self.add(words.iter().skip(from).copied().collect(), weight);
        }
    }

    /// Adds the ends of a telephone number that is written with the code of its country, of one digit.
    pub(crate) fn phone(mut self, number: &str, weight: i64) -> Self {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let ends = [8, 7, 6, 4].iter().filter_map(|length| digits.len().checked_sub(*length));
        for from in [0, 1].into_iter().chain(ends) {
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

    /// The terms with their weights, without those that begin another one of at least their weight.
    pub(crate) fn entries(mut self) -> Vec<(String, i64)> {
        self.0.sort_unstable();
        let begins = |at: usize, (term, weight): &(String, i64)| {
            let longer = self.0.iter().skip(at + 1).take_while(|(longer, _)| longer.starts_with(term.as_str()));
            longer.into_iter().any(|(_, most)| most >= weight)
        };
        let kept = self.0.iter().enumerate().filter(|(at, entry)| !begins(*at, entry));
        kept.map(|(_, entry)| entry.clone()).collect()
    }
}
