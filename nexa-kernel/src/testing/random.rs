//! Chance that repeats itself: the same seed gives the same sequence, on every machine.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use crate::{
    ports::{Ids, uuid_v7},
    value::Timestamp,
};

/// The step of the counter and the mixing of SplitMix64 (Steele, Lea and Flood, 2014).
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

const fn mix(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// A small seeded generator for test data. Not for secrets.
#[derive(Debug)]
pub struct Random(AtomicU64);

impl Random {
    /// The sequence of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
    /// The next 64 bits.
    pub fn bits(&self) -> u64 {
        mix(self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP))
    }
    /// A number from 0 up to, but not including, this one; 0 when this is 0.
    pub fn below(&self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.bits() % end).unwrap_or(0)
    }
    /// True once in so many times.
    pub fn once_in(&self, times: usize) -> bool {
        self.below(times) == 0
    }
    /// One of these; `None` of none.
    pub fn pick<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

/// Identifiers and salts that are the same in every run with this seed.
#[derive(Debug)]
pub struct SeededIds(Random);

impl SeededIds {
    /// The sequence of this seed.
    pub const fn new(seed: u64) -> Self {
        Self(Random::new(seed))
    }
}

impl Ids for SeededIds {
    fn id(&self, at: Timestamp) -> Uuid {
        uuid_v7(at, self.0.bits().to_be_bytes())
    }
    fn salt(&self) -> [u8; 16] {
        Uuid::from_u64_pair(self.0.bits(), self.0.bits()).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let at = Timestamp::parse("2025-11-17T09:15:00Z").unwrap();
        let (one, two, other) = (SeededIds::new(7), SeededIds::new(7), SeededIds::new(8));
        let first = one.id(at);
        assert_eq!(first, two.id(at));
        assert_eq!(one.salt(), two.salt());
        assert_ne!(first, other.id(at));
        assert_ne!(first, one.id(at));
        assert_eq!(first.get_version_num(), 7);
    }

    #[test]
    fn numbers_stay_below_their_end() {
        let random = Random::new(1);
        let drawn: std::collections::BTreeSet<usize> = (0..200).map(|_| random.below(5)).collect();
        assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        assert_eq!(random.below(0), 0);
        assert_eq!(random.pick::<u8>(&[]), None);
    }
}
