//! Search terms, written by hand.

use rusqlite::params;
use uuid::Uuid;

use super::ByHand;
use crate::{Outcome, terms::Terms};

impl ByHand {
    pub(super) fn index(&self, terms: Terms, kind: &str, record: Uuid) -> Outcome<()> {
        let mut statement = self
            .db
            .prepare_cached("INSERT INTO nexa_terms (org, kind, term, record, weight) VALUES (?1, ?2, ?3, ?4, ?5)")?;
        for (term, weight) in terms.entries() {
            statement.execute(params![self.org.as_bytes(), kind, term, record.as_bytes(), weight])?;
        }
        Ok(())
    }

    /// Writes the addresses by which a record is found: its mail address, which no other has, and its telephone number.
    pub(super) fn address(&self, kind: &str, record: Uuid, email: &str, phone: &str) -> Outcome<()> {
        self.db
            .prepare_cached(
                "INSERT INTO nexa_external_keys (org, kind, system, key, record) VALUES (?1, ?2, '@email', ?3, ?4)",
            )?
            .execute(params![self.org.as_bytes(), kind, email, record.as_bytes()])?;
        self.db
            .prepare_cached(
                "INSERT INTO nexa_indexed_values (org, kind, field, value, record) VALUES (?1, ?2, '@phone', ?3, ?4)",
            )?
            .execute(params![self.org.as_bytes(), kind, phone, record.as_bytes()])?;
        Ok(())
    }
}
