//! The bytes of files in an object store: S3 and what speaks its language, Google Cloud Storage, Azure, or any other that the crate
//! `object_store` knows.
//!
//! `PREFIX/TENANT/ID` is a file. An object appears as a whole or not at all, so that there is nothing to tidy up but the parts of an
//! upload that was cut off, which stores remove by a rule of the bucket.

use std::{collections::BTreeSet, ops::Range, sync::Arc};

use async_trait::async_trait;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use nexa_core::{
    Error, Result,
    kernel::blobs::{BlobKey, Blobs, Chunks, MISSING, OfBytes, failed},
};
use object_store::{GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt, path::Path};
use uuid::Uuid;

use crate::runtime::Runtime;

/// How many bytes are sent at once: 8 MiB. Stores take up to 10,000 parts, none but the last smaller than 5 MiB, some all of one size.
const PART: usize = 8 * 1024 * 1024;

/// The bytes of files in an object store. Several processes may use one. It works on any runtime and on none: without Tokio around it, it
/// brings a thread of its own.
///
/// ```
/// use std::sync::Arc;
/// use nexa_connect::{ObjectBlobs, object_store::memory::InMemory};
///
/// // For S3: `AmazonS3Builder::from_env().with_bucket_name("crm-files").build()?`, with the feature `aws` of `object_store`.
/// let blobs = ObjectBlobs::new(Arc::new(InMemory::new())).under("crm");
/// let builder = nexa_core::builder().blobs(Arc::new(blobs));
/// # drop(builder);
/// ```
#[derive(Clone)]
pub struct ObjectBlobs {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    runtime: Arc<Runtime>,
}

impl ObjectBlobs {
    /// In this store, which the host has built with its address and credentials.
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, prefix: Path::default(), runtime: Arc::new(Runtime::new()) }
    }

    /// Under this prefix alone, such as `crm/files`, where the bucket has other things as well.
    #[must_use]
    pub fn under(self, prefix: impl Into<Path>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    fn tenant(&self, org: Uuid) -> Path {
        self.prefix.clone().join(org.to_string())
    }

    fn place(&self, key: BlobKey) -> Path {
        self.tenant(key.org).join(key.id.to_string())
    }

    async fn keep(&self, key: BlobKey, bytes: &mut dyn Chunks) -> Result<()> {
        let place = self.place(key);
        let mut held = Vec::new();
        let mut upload: Option<Box<dyn MultipartUpload>> = None;
        let sent = async {
            while let Some(chunk) = bytes.next().await? {
                held.extend(chunk);
                while held.len() > PART {
                    let rest = held.split_off(PART);
                    let part = std::mem::replace(&mut held, rest);
                    let upload = match &mut upload {
                        Some(upload) => upload,
                        none => none.insert(self.store.put_multipart(&place).await.map_err(unwritten)?),
                    };
                    upload.put_part(part.into()).await.map_err(unwritten)?;
                }
            }
            match &mut upload {
                None => self.store.put(&place, held.into()).await.map(drop),
                Some(upload) => match upload.put_part(held.into()).await {
                    Ok(()) => upload.complete().await.map(drop),
                    Err(error) => Err(error),
                },
            }
            .map_err(unwritten)
        }
        .await;
        if sent.is_err()
            && let Some(upload) = &mut upload
        {
            // Parts that cannot be removed now are removed by the rule of the bucket.
            let _ = upload.abort().await;
        }
        sent
    }

    async fn open(&self, key: BlobKey, range: Range<u64>) -> Result<Option<Stream>> {
        let place = self.place(key);
        if !range.is_empty() {
            // Not every store takes an end that is beyond all numbers of files.
            let end = i64::try_from(range.end).ok();
            let asked = if end.is_some() { GetRange::Bounded(range.clone()) } else { GetRange::Offset(range.start) };
            match self.store.get_opts(&place, GetOptions::new().with_range(Some(asked))).await {
                Ok(found) => return Ok(Some(found.into_stream())),
                Err(error @ object_store::Error::NotFound { .. }) => return Err(missing(key, error)),
                // It may begin behind the end, which stores answer in many ways.
                Err(error) => match self.store.head(&place).await {
                    Ok(found) if found.size <= range.start => return Ok(None),
                    _ => return Err(unread(error)),
                },
            }
        }
        match self.store.head(&place).await {
            Ok(_) => Ok(None),
            Err(error @ object_store::Error::NotFound { .. }) => Err(missing(key, error)),
            Err(error) => Err(unread(error)),
        }
    }

    /// The smallest ids after one of them, since not every store lists in an order.
    async fn ids(&self, org: Uuid, after: Option<Uuid>, limit: usize) -> Result<Vec<Uuid>> {
        let tenant = self.tenant(org);
        let mut listed = match after {
            Some(after) => self.store.list_with_offset(Some(&tenant), &self.place(BlobKey::new(org, after))),
            None => self.store.list(Some(&tenant)),
        };
        let mut found = BTreeSet::new();
        let unlisted = |error| failed("its files could not be listed", error);
        while let Some(object) = listed.try_next().await.map_err(unlisted)? {
            // What else lies there is none of ours.
            let name = object.location.filename().unwrap_or_default();
            found.extend(Uuid::try_parse(name).ok().filter(|id| id.to_string() == name && Some(*id) > after));
            if found.len() > limit {
                found.pop_last();
            }
        }
        Ok(found.into_iter().collect())
    }
}

fn unwritten(error: object_store::Error) -> Error {
    failed("a file could not be written", error)
}

fn unread(error: object_store::Error) -> Error {
    failed("a file could not be read", error)
}

fn missing(key: BlobKey, error: object_store::Error) -> Error {
    MISSING.with("key", key.to_string()).caused_by(error)
}

#[async_trait]
impl Blobs for ObjectBlobs {
    async fn put(&self, key: BlobKey, bytes: &mut dyn Chunks) -> Result<()> {
        self.runtime.run(self.keep(key, bytes)).await
    }
    async fn get(&self, key: BlobKey, range: Range<u64>) -> Result<Box<dyn Chunks>> {
        match self.runtime.run(self.open(key, range)).await? {
            Some(stream) => Ok(Box::new(Reading { stream, runtime: self.runtime.clone() })),
            None => Ok(Box::new(OfBytes::new([]))),
        }
    }
    async fn delete(&self, key: BlobKey) -> Result<()> {
        match self.runtime.run(self.store.delete(&self.place(key))).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed("a file could not be removed", error)),
        }
    }
    async fn list(&self, org: Uuid, after: Option<Uuid>, limit: usize) -> Result<Vec<Uuid>> {
        self.runtime.run(self.ids(org, after, limit)).await
    }
}

type Stream = BoxStream<'static, object_store::Result<bytes::Bytes>>;

/// A file as it is read.
struct Reading {
    stream: Stream,
    runtime: Arc<Runtime>,
}

#[async_trait]
impl Chunks for Reading {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        loop {
            match self.runtime.run(self.stream.next()).await {
                None => return Ok(None),
                Some(Err(error)) => return Err(unread(error)),
                Some(Ok(bytes)) if bytes.is_empty() => {}
                Some(Ok(bytes)) => return Ok(Some(bytes.into())),
            }
        }
    }
}
