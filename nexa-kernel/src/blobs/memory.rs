//! Bytes in memory: for tests, and where nothing is to stay.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use uuid::Uuid;

use super::{BlobKey, Blobs, Chunks, MISSING};
use crate::error::Result;

/// The chunks of a file as they came.
type Kept = Arc<Vec<Vec<u8>>>;

/// Bytes in memory; clones have the same ones.
#[derive(Clone, Default)]
pub struct MemoryBlobs(Arc<Mutex<BTreeMap<BlobKey, Kept>>>);

impl MemoryBlobs {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// How many bytes there are.
    pub fn size(&self) -> usize {
        self.all().values().flat_map(|chunks| chunks.iter().map(Vec::len)).sum()
    }
    fn all(&self) -> MutexGuard<'_, BTreeMap<BlobKey, Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Blobs for MemoryBlobs {
    async fn put(&self, key: BlobKey, bytes: &mut dyn Chunks) -> Result<()> {
        let mut chunks = Vec::new();
        while let Some(chunk) = bytes.next().await? {
            chunks.push(chunk);
        }
        self.all().insert(key, Arc::new(chunks));
        Ok(())
    }
    async fn get(&self, key: BlobKey, range: Range<u64>) -> Result<Box<dyn Chunks>> {
        let chunks = self.all().get(&key).cloned().ok_or_else(|| MISSING.with("key", key.to_string()))?;
        Ok(Box::new(Reading { chunks, next: 0, at: 0, range }))
    }
    async fn delete(&self, key: BlobKey) -> Result<()> {
        self.all().remove(&key);
        Ok(())
    }
    async fn list(&self, org: Uuid, after: Option<Uuid>, limit: usize) -> Result<Vec<Uuid>> {
        let all = self.all();
        let of_org = all.keys().filter(|key| key.org == org && after.is_none_or(|after| key.id > after));
        Ok(of_org.take(limit).map(|key| key.id).collect())
    }
}

struct Reading {
    chunks: Kept,
    next: usize,
    /// Where in the file the next chunk begins.
    at: u64,
    range: Range<u64>,
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Chunks for Reading {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        while let Some(chunk) = self.chunks.get(self.next).filter(|_| self.at < self.range.end) {
            let place = |at: u64| usize::try_from(at.saturating_sub(self.at)).unwrap_or(usize::MAX).min(chunk.len());
            let part = chunk.get(place(self.range.start)..place(self.range.end)).unwrap_or_default().to_vec();
            self.next += 1;
            self.at += chunk.len() as u64;
            if !part.is_empty() {
                return Ok(Some(part));
            }
        }
        Ok(None)
    }
}
