//! A file as it is read.

use std::{
    io::{self, Read},
    ops::Range,
};

use nexa_core::{files, kernel::blobs::Chunks};

use super::block_on;

/// The bytes of a file, which are read piece by piece, and the headers that a server sends with them.
pub struct Download {
    /// The name of the file.
    pub name: String,
    /// What its bytes are.
    pub r#type: String,
    /// How many bytes the whole file has.
    pub size: u64,
    /// The bytes that follow.
    pub range: Range<u64>,
    /// Headers of HTTP, which keep a browser from running what it gets. A server sends all of them.
    pub headers: Vec<(&'static str, String)>,
    bytes: Box<dyn Chunks>,
    piece: io::Cursor<Vec<u8>>,
}

impl Download {
    pub(super) fn new(download: files::Download) -> Self {
        let files::Download { name, r#type, size, range, headers, bytes, .. } = download;
        Self { name, r#type, size, range, headers, bytes, piece: io::Cursor::default() }
    }
}

impl Read for Download {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.piece.read(into)?;
            if read > 0 || into.is_empty() {
                return Ok(read);
            }
            match block_on(self.bytes.next()).map_err(io::Error::other)? {
                Some(piece) => self.piece = io::Cursor::new(piece),
                None => return Ok(0),
            }
        }
    }
}
