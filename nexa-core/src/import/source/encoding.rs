//! Which encoding a file has, told by its mark or by its first bytes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The encoding of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Encoding {
    /// Told by the byte order mark, or guessed from the first 64 KiB.
    #[default]
    Detect,
    /// UTF-8, with or without a mark.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Latin-1 as it is found in the wild: Windows-1252.
    Latin1,
}

/// How many bytes a detection looks at.
pub(super) const SAMPLE: usize = 64 * 1024;

/// Bytes that Windows-1252 leaves undefined.
pub(super) const fn undefined_in_latin1(byte: u8) -> bool {
    matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)
}

/// The encoding of a file that starts with these bytes, and the length of its byte order mark.
pub(super) fn detect(sample: &[u8], wanted: Encoding) -> (Encoding, usize) {
    let marked = match sample {
        [0xef, 0xbb, 0xbf, ..] => Some((Encoding::Utf8, 3)),
        [0xff, 0xfe, ..] => Some((Encoding::Utf16Le, 2)),
        [0xfe, 0xff, ..] => Some((Encoding::Utf16Be, 2)),
        _ => None,
    };
    match (wanted, marked) {
        (Encoding::Detect, Some(found)) => found,
        (Encoding::Detect, None) => (guess(sample), 0),
        (wanted, Some((found, mark))) if wanted == found => (found, mark),
        (wanted, _) => (wanted, 0),
    }
}

fn guess(sample: &[u8]) -> Encoding {
    utf16_by_zeros(sample).unwrap_or(if is_latin1(sample) { Encoding::Latin1 } else { Encoding::Utf8 })
}

/// The first lines of a table in UTF-16 are mostly ASCII: every second byte is zero, always on the same side.
fn utf16_by_zeros(sample: &[u8]) -> Option<Encoding> {
    let (pairs, _) = sample.as_chunks::<2>();
    let pairs = pairs.iter().take(512);
    let (mut units, mut first, mut second) = (0_usize, 0_usize, 0_usize);
    for [a, b] in pairs {
        units += 1;
        first += usize::from(*a == 0);
        second += usize::from(*b == 0);
    }
    if units < 2 {
        return None;
    }
    let enough = units.div_ceil(3);
    match (first, second) {
        (first, second) if second >= enough && first * 10 <= second => Some(Encoding::Utf16Le),
        (first, second) if first >= enough && second * 10 <= first => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// High bytes, none of which is part of a valid UTF-8 sequence, and none of which Windows-1252 leaves undefined.
fn is_latin1(sample: &[u8]) -> bool {
    let mut high = false;
    for chunk in sample.utf8_chunks() {
        if !chunk.valid().is_ascii() || chunk.invalid().iter().copied().any(undefined_in_latin1) {
            return false;
        }
        high |= !chunk.invalid().is_empty();
    }
    high
}
