//! The ledger by hand: salted digest, hash chain, one row per event.

use nexa_crm::{Timestamp, kernel::ports::Ids};
use rusqlite::params;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::ByHand;
use crate::Outcome;

/// The head of the tenant's ledger inside a transaction.
pub(crate) struct Ledger {
    seq: i64,
    pub(super) at: Timestamp,
    hash: [u8; 32],
}

/// One operation of one caller.
pub(crate) struct Call {
    pub(super) unit: Uuid,
    pub(super) at: Timestamp,
    pub(super) actor: String,
    pub(super) cause: Option<&'static str>,
    pub(super) command: &'static str,
}

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
    pub(super) fn tell(
        &mut self,
        hand: &ByHand,
        call: &Call,
        verb: &str,
        kind: &str,
        record: Uuid,
        payload: &impl Serialize,
    ) -> Outcome<()> {
        let payload = serde_json::to_string(payload)?;
        let salt = hand.ids.salt();
        let digest: [u8; 32] = {
            let mut sha = Sha256::new();
            sha.update(salt);
            text(&mut sha, None);
            text(&mut sha, Some(&payload));
            sha.finalize().into()
        };
        self.seq += 1;
        self.at = call.at;
        let mut sha = Sha256::new();
        sha.update(self.hash);
        sha.update(self.seq.to_be_bytes());
        sha.update(call.unit.as_bytes());
        sha.update(call.at.micros().to_be_bytes());
        for part in [Some(call.actor.as_str()), None, call.cause, None, Some(call.command), Some(verb), Some(kind)] {
            text(&mut sha, part);
        }
        sha.update(record.as_bytes());
        sha.update(1_u16.to_be_bytes());
        sha.update(digest);
        self.hash = sha.finalize().into();
        hand.db
            .prepare_cached(
                "INSERT INTO nexa_events (org, seq, unit, at, actor, cause, command, verb, kind, record, format, digest, salt, payload, \
                 hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 1, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                hand.org.as_bytes(),
                self.seq,
                call.unit.as_bytes(),
                call.at.micros(),
                call.actor,
                call.cause,
                call.command,
                verb,
                kind,
                record.as_bytes(),
                digest,
                salt,
                payload,
                self.hash,
            ])?;
        Ok(())
    }
}

fn text(sha: &mut Sha256, text: Option<&str>) {
    sha.update(text.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
    sha.update(text.unwrap_or_default());
}
