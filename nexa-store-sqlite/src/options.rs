//! How a store is opened.

use std::time::Duration;

/// How a [`SqliteStore`](crate::SqliteStore) treats its file.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How long to wait for another process that writes; then `store.locked`. Five seconds by default.
    pub busy_timeout: Duration,
    /// Whether an answered write survives a power cut (`synchronous = FULL`, the default). Otherwise it survives the
    /// end of the process only, and the last writes before a power cut may be missing; the file stays whole.
    pub durable: bool,
    /// How many connections for reading are kept open; more are opened while more read at once. Four by default. With
    /// none, reads take turns with writes on the one connection that there is; in a browser it is always so.
    pub readers: usize,
    /// The largest size of the file in bytes; beyond it a write is `store.full`. No limit by default.
    pub largest: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            durable: true,
            readers: if cfg!(target_arch = "wasm32") { 0 } else { 4 },
            largest: None,
        }
    }
}

impl Options {
    /// The same with another busy timeout.
    #[must_use]
    pub const fn busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }
    /// The same, durable or not.
    #[must_use]
    pub const fn durable(mut self, durable: bool) -> Self {
        self.durable = durable;
        self
    }
    /// The same with another number of readers.
    #[must_use]
    pub const fn readers(mut self, readers: usize) -> Self {
        self.readers = readers;
        self
    }
    /// The same with a limit to the size of the file, in bytes.
    #[must_use]
    pub const fn largest(mut self, bytes: u64) -> Self {
        self.largest = Some(bytes);
        self
    }
}
