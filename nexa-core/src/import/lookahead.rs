//! The beginning of a file, looked at before its rows are read.

use std::io::{self, Read};

/// How many bytes are looked at.
const AHEAD: usize = 64 << 10;

/// A file whose first bytes are known.
pub(super) struct Lookahead<F> {
    first: Vec<u8>,
    given: usize,
    /// What went wrong behind these bytes.
    failed: Option<io::Error>,
    file: F,
}

impl<F: Read> Lookahead<F> {
    /// Reads the beginning.
    pub(super) fn of(mut file: F) -> Self {
        let mut first = Vec::new();
        let failed = file.by_ref().take(AHEAD as u64).read_to_end(&mut first).err();
        Self { first, given: 0, failed, file }
    }
    /// The beginning, and whether it is all of the file.
    pub(super) fn first(&self) -> (&[u8], bool) {
        (&self.first, self.first.len() < AHEAD && self.failed.is_none())
    }
}

impl<F: Read> Read for Lookahead<F> {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        let mut rest = self.first.get(self.given..).unwrap_or_default();
        if !rest.is_empty() {
            let read = rest.read(target)?;
            self.given += read;
            return Ok(read);
        }
        self.first = Vec::new();
        match self.failed.take() {
            Some(problem) => Err(problem),
            None => self.file.read(target),
        }
    }
}
