//! Idempotency: what a command answered under a key, kept in the same transaction.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    access::Principal,
    record::{Id, Record},
    store::Prefetch,
    value::{Timestamp, Value},
};

/// How long a key answers the first result again.
pub const KEPT_HOURS: i64 = 24;

/// The remembered answer of one command under one idempotency key of one actor.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(
    kind = "receipt",
    table = "receipts", access = system,
    bookkeeping,
    unique("caller_key", code = "idempotency.mismatch"),
    index("created_at")
)]
pub struct IdempotencyRecord {
    /// The identifier.
    pub id: Id<IdempotencyRecord>,
    /// Always 1.
    pub version: i64,
    /// When the command ran.
    pub created_at: Timestamp,
    /// When the command ran.
    pub updated_at: Timestamp,
    /// Hash of actor and key.
    pub caller_key: String,
    /// Hash of the command.
    pub command: String,
    /// What it answered, as JSON text.
    pub output: String,
}

impl IdempotencyRecord {
    /// Where the hash of actor and key is.
    pub(crate) const BY: &'static str = "caller_key";

    /// The hash of actor and key.
    pub(crate) fn key_of(principal: &Principal, key: &str) -> String {
        fingerprint(&[&principal.to_string(), key])
    }

    /// The load of what was remembered.
    pub(crate) fn prefetch(principal: &Principal, key: &str) -> Option<Prefetch> {
        Prefetch::by(Self::def(), Self::BY, Value::Text(Self::key_of(principal, key)))
    }
}

/// A hash of several texts, as hexadecimal; lengths keep them apart.
pub fn fingerprint(texts: &[&str]) -> String {
    let mut sha = Sha256::new();
    for text in texts {
        sha.update((text.len() as u64).to_be_bytes());
        sha.update(text);
    }
    sha.finalize().iter().fold(String::with_capacity(64), |mut out, byte| {
        for nibble in [byte >> 4, byte & 15] {
            out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
        out
    })
}
