//! The host's clock and source of randomness.

use std::{
    sync::{Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use nexa_core::{
    Timestamp,
    kernel::ports::{Clock, Ids, uuid_v7},
};
use uuid::Uuid;

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// How many random bytes are fetched at once: a call to the system costs as much as the rest of an identifier.
const BUFFER: usize = 4_096;

/// UUIDv7 identifiers and salts from the system's randomness.
pub struct SystemIds(Mutex<Buffer>);

struct Buffer {
    bytes: [u8; BUFFER],
    used: usize,
}

impl Default for SystemIds {
    fn default() -> Self {
        Self(Mutex::new(Buffer { bytes: [0; BUFFER], used: BUFFER }))
    }
}

impl SystemIds {
    fn take<const N: usize>(&self) -> [u8; N] {
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buffer.used + N > BUFFER {
            if getrandom::fill(&mut buffer.bytes).is_err() {
                // Without randomness an identifier could repeat; the standard library has another source.
                return spare();
            }
            buffer.used = 0;
        }
        let from = buffer.used;
        buffer.used += N;
        let mut taken = [0; N];
        for (to, byte) in taken.iter_mut().zip(buffer.bytes.iter_mut().skip(from)) {
            // What was given out is not kept.
            *to = std::mem::take(byte);
        }
        taken
    }
}

/// Bytes from the hasher that the standard library seeds at random.
fn spare<const N: usize>() -> [u8; N] {
    use std::hash::{BuildHasher, RandomState};
    let mut bytes = [0; N];
    for (position, chunk) in bytes.chunks_mut(8).enumerate() {
        let word = RandomState::new().hash_one(position).to_ne_bytes();
        for (to, byte) in chunk.iter_mut().zip(word) {
            *to = byte;
        }
    }
    bytes
}

impl Ids for SystemIds {
    fn id(&self, at: Timestamp) -> Uuid {
        uuid_v7(at, self.take())
    }
    fn salt(&self) -> [u8; 16] {
        self.take()
    }
}
