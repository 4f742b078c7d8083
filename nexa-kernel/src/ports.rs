//! The world outside, as the rules see it: a clock and a source of identifiers.

use uuid::Uuid;

use super::{
    maybe_send::{MaybeSend, MaybeSync},
    value::Timestamp,
};

/// Gives the time.
pub trait Clock: MaybeSend + MaybeSync {
    /// Now, in UTC.
    fn now(&self) -> Timestamp;
    /// Whether it is set by hand, as the clocks of tests are: its time is taken however far it jumps ahead.
    fn is_set(&self) -> bool {
        false
    }
}

impl<T: Clock + ?Sized> Clock for std::sync::Arc<T> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
    fn is_set(&self) -> bool {
        (**self).is_set()
    }
}

/// Makes identifiers and salts.
pub trait Ids: MaybeSend + MaybeSync {
    /// A new UUIDv7 for something made at this moment.
    fn id(&self, at: Timestamp) -> Uuid;
    /// Sixteen unpredictable bytes.
    fn salt(&self) -> [u8; 16];
}

/// A UUIDv7 of a moment and ten random bytes: 48 bits of milliseconds, 12 bits of the rest, 62 random bits.
pub fn uuid_v7(at: Timestamp, random: [u8; 8]) -> Uuid {
    let micros = at.micros().max(0).unsigned_abs();
    let (millis, rest) = (micros / 1_000, micros % 1_000);
    // Twelve bits hold the part below a millisecond, so that ids sort within it.
    let fraction = (rest * 4_096 / 1_000) & 0xfff;
    let high = (millis << 16) | 0x7000 | fraction;
    let low = (u64::from_be_bytes(random) & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
    Uuid::from_u64_pair(high, low)
}
