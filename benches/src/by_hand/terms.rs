//! Search terms by hand, for the plain texts of the measures.

use rusqlite::params;
use uuid::Uuid;

use super::ByHand;
use crate::Outcome;

/// Collects the terms of one record, each with its best weight.
#[derive(Default)]
pub(super) struct Terms(Vec<(String, i64)>);

impl Terms {
    /// Adds the words of a text; mail addresses and numbers also count as a whole.
    pub(super) fn of(mut self, text: &str, weight: i64) -> Self {
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

    pub(super) fn write(&self, hand: &ByHand, kind: &str, record: Uuid) -> Outcome<()> {
        let mut statement = hand
            .db
            .prepare_cached("INSERT INTO nexa_terms (org, kind, term, record, weight) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (term, weight) in &self.0 {
            statement.execute(params![hand.org.as_bytes(), kind, term, record.as_bytes(), weight])?;
        }
        Ok(())
    }
}
