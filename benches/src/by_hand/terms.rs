//! Search terms, written by hand.

use rusqlite::params;
use uuid::Uuid;

use super::ByHand;
use crate::{Outcome, terms::Terms};

impl ByHand {
    pub(super) fn index(&self, terms: &Terms, kind: &str, record: Uuid) -> Outcome<()> {
        let mut statement = self
            .db
            .prepare_cached("INSERT INTO nexa_terms (org, kind, term, record, weight) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (term, weight) in terms.entries() {
            statement.execute(params![self.org.as_bytes(), kind, term, record.as_bytes(), weight])?;
        }
        Ok(())
    }
}
