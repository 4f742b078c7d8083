//! Where the bytes of files are kept: a port, for a folder, an object store, a browser's storage or memory.
//!
//! A store of bytes knows no rule. It keeps bytes under keys that the engine makes, one for each time that bytes arrive, and never
//! gives a key other bytes. What is kept under a key, and who may have it, stands in the records.

mod chunks;
mod memory;

use std::ops::Range;

use async_trait::async_trait;
use uuid::Uuid;

pub use self::{
    chunks::{Chunks, OfBytes, OfReader, collect},
    memory::MemoryBlobs,
};
use super::{
    error::{Code, Error, Result},
    maybe_send::{MaybeSend, MaybeSync},
};

/// No place for the bytes of files was given.
pub const NOT_CONFIGURED: Code = Code::unavailable(
    "blobs.not_configured",
    "There is no place for the bytes of files; give the builder one with blobs(…), such as a folder.",
)
.permanent();
/// The store of bytes did not do what it was asked for.
pub const FAILED: Code =
    Code::unavailable("blobs.failed", "The store of files failed: {problem}. Try again; the host's log has more.");
/// There are no bytes under this key.
pub const MISSING: Code =
    Code::unavailable("blobs.missing", "The store of files has no bytes under {key}; restore them from a backup.")
        .permanent();

/// The bytes of a tenant's files are asked for by this: made by the engine, never by a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey {
    /// The tenant.
    pub org: Uuid,
    /// What distinguishes the bytes within the tenant.
    pub id: Uuid,
}

impl BlobKey {
    /// The key of bytes in a tenant.
    pub const fn new(org: Uuid, id: Uuid) -> Self {
        Self { org, id }
    }
}

/// `0194…/0195…`: two identifiers with a slash between them.
impl std::fmt::Display for BlobKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.org, self.id)
    }
}

/// A store of bytes.
///
/// What is put is there when [`Blobs::put`] has returned, also after a crash of the machine; before that nobody gets a part of it.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait Blobs: MaybeSend + MaybeSync {
    /// Keeps bytes as they come. When the chunks fail, nothing is kept, and their error is returned. Under a key that has bytes, they are
    /// replaced.
    async fn put(&self, key: BlobKey, bytes: &mut dyn Chunks) -> Result<()>;
    /// The bytes of a range, piece by piece, as far as there are any. Error: `blobs.missing`.
    async fn get(&self, key: BlobKey, range: Range<u64>) -> Result<Box<dyn Chunks>>;
    /// Removes what is kept under a key, and what a put that was cut off has left of it; there need not be anything.
    async fn delete(&self, key: BlobKey) -> Result<()>;
    /// The ids of a tenant's keys, in an order of the store's own, after one of them; also those of which a put that was cut off has left
    /// something. At most `limit`.
    async fn list(&self, org: Uuid, after: Option<Uuid>, limit: usize) -> Result<Vec<Uuid>>;
}

/// The error of a store that failed, with what was said below for the host's log.
pub fn failed(problem: &'static str, said: impl std::fmt::Display) -> Error {
    FAILED.with("problem", problem).caused_by(said)
}

/// Removes all bytes of a tenant.
pub(crate) async fn clear(blobs: &dyn Blobs, org: Uuid) -> Result<()> {
    const AT_ONCE: usize = 1_000;
    loop {
        let found = blobs.list(org, None, AT_ONCE).await?;
        for id in &found {
            blobs.delete(BlobKey::new(org, *id)).await?;
        }
        if found.len() < AT_ONCE {
            return Ok(());
        }
    }
}
