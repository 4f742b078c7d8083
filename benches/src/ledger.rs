//! The ledger as somebody chains it by hand: salted digest, hash chain.

use nexa_crm::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Outcome;

/// The head of the tenant's ledger inside a transaction.
pub(crate) struct Ledger {
    pub(crate) seq: i64,
    pub(crate) at: Timestamp,
    pub(crate) hash: [u8; 32],
}

/// One operation of one caller.
pub(crate) struct Call {
    pub(crate) unit: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) actor: String,
    pub(crate) cause: Option<&'static str>,
    pub(crate) command: &'static str,
}

/// What an event says about one record.
pub(crate) struct Content<'t, P> {
    pub(crate) verb: &'t str,
    pub(crate) kind: &'t str,
    pub(crate) record: Uuid,
    pub(crate) payload: &'t P,
}

/// An event that has its place in the chain.
pub(crate) struct Sealed {
    pub(crate) seq: i64,
    pub(crate) payload: String,
    pub(crate) salt: [u8; 16],
    pub(crate) digest: [u8; 32],
    pub(crate) hash: [u8; 32],
}

impl Ledger {
    /// Appends an event.
    pub(crate) fn seal<P: Serialize>(
        &mut self,
        call: &Call,
        salt: [u8; 16],
        content: &Content<'_, P>,
    ) -> Outcome<Sealed> {
        let payload = serde_json::to_string(content.payload)?;
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
        let (actor, command) = (call.actor.as_str(), call.command);
        for part in [Some(actor), None, call.cause, None, Some(command), Some(content.verb), Some(content.kind)] {
            text(&mut sha, part);
        }
        sha.update(content.record.as_bytes());
        sha.update(1_u16.to_be_bytes());
        sha.update(digest);
        self.hash = sha.finalize().into();
        Ok(Sealed { seq: self.seq, payload, salt, digest, hash: self.hash })
    }
}

fn text(sha: &mut Sha256, text: Option<&str>) {
    sha.update(text.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
    sha.update(text.unwrap_or_default());
}
