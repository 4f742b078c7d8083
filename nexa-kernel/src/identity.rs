//! A map by record, with a hash that is cheap for what it hashes: short names of kinds and random identifiers.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher},
};

use uuid::Uuid;

/// A map from a record, by kind and identifier.
pub(crate) type ByRecord<V> = HashMap<(&'static str, Uuid), V, Seeded>;

/// Seeds each map differently, since callers may choose identifiers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seeded(u64);

impl Seeded {
    /// A seed from an identifier that nobody outside chose.
    pub(crate) fn by(id: Uuid) -> Self {
        let (high, low) = id.as_u64_pair();
        Self(high ^ low.rotate_left(32))
    }
}

impl BuildHasher for Seeded {
    type Hasher = Folding;
    fn build_hasher(&self) -> Folding {
        Folding(self.0)
    }
}

/// Multiplies word by word, and folds the two halves of each product.
pub(crate) struct Folding(u64);

impl Folding {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

    fn fold(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * u128::from(Self::FACTOR);
        let [low, high] =
            [product, product >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap_or_default());
        self.0 = low ^ high;
    }
}

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.fold(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            self.fold(rest.iter().fold(1, |word, byte| word << 8 | u64::from(*byte)));
        }
    }
    fn write_u8(&mut self, byte: u8) {
        self.fold(u64::from(byte));
    }
    // The length of an identifier is always the same.
    fn write_usize(&mut self, _: usize) {}
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn records_are_told_apart() {
        let seed = Seeded::by(Uuid::from_u128(7));
        let kinds = ["lead", "contact", "contact_list", ""];
        let hashes: HashSet<u64> = kinds
            .iter()
            .flat_map(|kind| (0..10_000_u128).map(move |id| (*kind, Uuid::from_u128(id))))
            .map(|record| seed.hash_one(record))
            .collect();
        assert_eq!(hashes.len(), kinds.len() * 10_000);
        // The bits that choose a place in a map differ as well.
        let places: HashSet<u64> = hashes.iter().map(|hash| hash % 65_536).collect();
        assert!(places.len() > 25_000, "{}", places.len());
        assert_ne!(
            seed.hash_one(("lead", Uuid::nil())),
            Seeded::by(Uuid::from_u128(8)).hash_one(("lead", Uuid::nil()))
        );
    }
}
