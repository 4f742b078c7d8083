//! Bytes on their way in: counted, hashed, and looked at, without holding them.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    kind_of_bytes::{self, ENOUGH},
    upload::{EMPTY, HASH_MISMATCH, TOO_LARGE, TYPE_BLOCKED},
};
use crate::{
    FileLimits, Result,
    kernel::blobs::{Chunks, FAILED},
};

/// What bytes were.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Received {
    pub(super) sha256: String,
    pub(super) size: i64,
    pub(super) r#type: String,
}

/// Bytes on their way to the store. What is refused is refused here, so that the store keeps nothing of it.
pub(super) struct Receiving<'b> {
    bytes: &'b mut dyn Chunks,
    limits: FileLimits,
    expected: Option<String>,
    hash: Sha256,
    size: u64,
    /// The first bytes, until they are enough to say what all of them are.
    head: Vec<u8>,
    r#type: Option<String>,
    received: Option<Received>,
}

impl<'b> Receiving<'b> {
    pub(super) fn new(bytes: &'b mut dyn Chunks, limits: FileLimits, expected: Option<String>) -> Self {
        let (hash, size, head) = (Sha256::new(), 0, Vec::new());
        Self { bytes, limits, expected, hash, size, head, r#type: None, received: None }
    }

    /// What they were, when all have come.
    pub(super) fn received(self) -> Result<Received> {
        self.received.ok_or_else(|| FAILED.with("problem", "it did not read the whole file"))
    }

    fn see(&mut self, chunk: &[u8]) -> Result<()> {
        self.size += chunk.len() as u64;
        if self.size > self.limits.largest() {
            return Err(TOO_LARGE.with("limit", self.limits.largest()));
        }
        self.hash.update(chunk);
        if self.r#type.is_none() {
            let missing = ENOUGH.saturating_sub(self.head.len()).min(chunk.len());
            self.head.extend_from_slice(chunk.get(..missing).unwrap_or_default());
            if self.head.len() >= ENOUGH {
                self.judge()?;
            }
        }
        Ok(())
    }

    fn judge(&mut self) -> Result<String> {
        let found = kind_of_bytes::of(&self.head).to_owned();
        if self.limits.blocks_type(&found) {
            return Err(TYPE_BLOCKED.with("type", found));
        }
        self.head = Vec::new();
        self.r#type = Some(found.clone());
        Ok(found)
    }

    fn end(&mut self) -> Result<()> {
        if self.size == 0 {
            return Err(EMPTY.error());
        }
        let r#type = match self.r#type.clone() {
            Some(known) => known,
            None => self.judge()?,
        };
        let found = hexadecimal(&self.hash.clone().finalize());
        if let Some(expected) = self.expected.as_ref().filter(|expected| **expected != found) {
            return Err(HASH_MISMATCH.with("found", found).with("expected", expected));
        }
        let size = i64::try_from(self.size).unwrap_or(i64::MAX);
        self.received = Some(Received { sha256: found, size, r#type });
        Ok(())
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Chunks for Receiving<'_> {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            match self.bytes.next().await? {
                Some(chunk) if chunk.is_empty() => {}
                Some(chunk) => {
                    self.see(&chunk)?;
                    return Ok(Some(chunk));
                }
                None => {
                    self.end()?;
                    return Ok(None);
                }
            }
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(half), 16));
        }
        text
    })
}
