//! Bytes that come piece by piece, so that memory does not grow with a file.

use std::io::Read;

use async_trait::async_trait;

use super::failed;
use crate::{error::Result, maybe_send::MaybeSend};

/// How many bytes are read at once: 64 KiB.
const AT_ONCE: usize = 64 * 1024;

/// Bytes that come piece by piece. A host's own stream is one with a few lines.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait Chunks: MaybeSend {
    /// The next bytes, never none; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<u8>>>;
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Chunks for Box<dyn Chunks> {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        (**self).next().await
    }
}

/// Bytes that are all there.
pub struct OfBytes(Option<Vec<u8>>);

impl OfBytes {
    /// These bytes, in one piece.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Some(bytes.into()).filter(|bytes| !bytes.is_empty()))
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Chunks for OfBytes {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        Ok(self.0.take())
    }
}

/// What a reader reads, such as a file. It blocks the thread that asks for it.
pub struct OfReader<R>(R);

impl<R: Read> OfReader<R> {
    /// What this reader reads, to its end.
    pub const fn new(reader: R) -> Self {
        Self(reader)
    }
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl<R: Read + MaybeSend> Chunks for OfReader<R> {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let mut bytes = vec![0; AT_ONCE];
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.0.read(rest) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed("the file that is uploaded could not be read", error)),
            }
        }
        bytes.truncate(filled);
        Ok(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }
}

/// All bytes at once, for what is known to be small.
pub async fn collect(mut chunks: impl Chunks) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = chunks.next().await? {
        bytes.extend(chunk);
    }
    Ok(bytes)
}
