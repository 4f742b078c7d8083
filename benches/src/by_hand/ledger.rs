//! The ledger in SQLite: one row per event, and the head.

use nexa_crm::{Timestamp, kernel::ports::Ids};
use rusqlite::params;
use serde::Serialize;
use uuid::Uuid;

use super::ByHand;
use crate::{
    Outcome,
    ledger::{Call, Content, Ledger},
};

impl Ledger {
    pub(super) fn read(hand: &ByHand) -> Outcome<Self> {
        let mut statement = hand.db.prepare_cached("SELECT seq, at, head FROM nexa_ledger WHERE org = ?1")?;
        Ok(statement.query_row([hand.org.as_bytes()], |row| {
            Ok(Self { seq: row.get(0)?, at: Timestamp::from_micros(row.get(1)?), hash: row.get(2)? })
        })?)
    }

    pub(super) fn write(&self, hand: &ByHand) -> Outcome<()> {
        hand.db
            .prepare_cached("UPDATE nexa_ledger SET seq = ?2, at = ?3, head = ?4 WHERE org = ?1")?
            .execute(params![hand.org.as_bytes(), self.seq, self.at.micros(), self.hash])?;
        Ok(())
    }

    /// Appends an event about one record.
    pub(super) fn append(
        &mut self,
        hand: &ByHand,
        call: &Call,
        verb: &str,
        kind: &str,
        record: Uuid,
        payload: &impl Serialize,
    ) -> Outcome<()> {
        let sealed = self.seal(call, hand.ids.salt(), &Content { verb, kind, record, payload })?;
        hand.db
            .prepare_cached(
                "INSERT INTO nexa_events (org, seq, unit, at, actor, cause, command, verb, kind, record, format, digest, salt, payload, \
                 hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                hand.org.as_bytes(),
                sealed.seq,
                call.unit.as_bytes(),
                call.at.micros(),
                call.actor,
                call.cause,
                call.command,
                verb,
                kind,
                record.as_bytes(),
                sealed.digest,
                sealed.salt,
                sealed.payload,
                sealed.hash,
            ])?;
        Ok(())
    }
}
