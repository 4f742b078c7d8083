//! Which encoding a file has: said by the caller, by its mark, or by bytes that can be nothing else.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{problem::codes, western::is_western};
use crate::kernel::error::Result;

/// The encoding of a file.
///
/// It is written as its name in the Encoding Standard, such as `utf-8`, `windows-1251` or `shift_jis`; every label of that
/// standard is read, and `detect`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// By the byte order mark; without one UTF-8, UTF-16 when every other byte is zero, and Windows-1252 when nothing else
    /// makes sense of the first 64 KiB. No other code page is guessed: a row that is no UTF-8 is refused.
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
    /// Any other.
    #[cfg(feature = "encodings")]
    Other(CodePage),
}

/// A code page other than those that have a name of their own in [`Encoding`].
#[cfg(feature = "encodings")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePage(pub(super) &'static encoding_rs::Encoding);

impl Encoding {
    /// The encoding of this label, whatever its case. Error: `import.encoding_unknown`.
    ///
    /// ```
    /// use nexa_core::import::source::Encoding;
    ///
    /// assert_eq!(Encoding::named("latin1")?, Encoding::Latin1);
    /// assert_eq!(Encoding::named("cp1251")?.to_string(), "windows-1251");
    /// # Ok::<(), nexa_core::Error>(())
    /// ```
    pub fn named(label: &str) -> Result<Self> {
        match label.trim().to_ascii_lowercase().as_str() {
            "detect" => Ok(Self::Detect),
            "utf8" | "utf-8" | "utf-8-sig" => Ok(Self::Utf8),
            "utf16_le" | "utf-16le" | "utf-16" => Ok(Self::Utf16Le),
            "utf16_be" | "utf-16be" => Ok(Self::Utf16Be),
            "latin1" | "latin-1" | "windows-1252" | "cp1252" | "iso-8859-1" | "ascii" => Ok(Self::Latin1),
            other => other_named(other).ok_or_else(|| codes::ENCODING_UNKNOWN.with("encoding", label)),
        }
    }
}

/// What Python calls code pages that the standard calls otherwise, and the standard's own labels.
#[cfg(feature = "encodings")]
fn other_named(label: &str) -> Option<Encoding> {
    let standard = match label {
        "cp932" | "sjis" => "shift_jis",
        "cp936" => "gbk",
        "cp949" => "euc-kr",
        "cp950" => "big5",
        "mac_roman" | "macroman" | "mac-roman" => "macintosh",
        "mac_cyrillic" => "x-mac-cyrillic",
        other => other,
    };
    let dashed = standard.replace('_', "-");
    let found = encoding_rs::Encoding::for_label_no_replacement(standard.as_bytes())
        .or_else(|| encoding_rs::Encoding::for_label_no_replacement(dashed.as_bytes()))?;
    Some(match found.name() {
        "UTF-8" => Encoding::Utf8,
        "UTF-16LE" => Encoding::Utf16Le,
        "UTF-16BE" => Encoding::Utf16Be,
        "windows-1252" => Encoding::Latin1,
        _ => Encoding::Other(CodePage(found)),
    })
}

/// Where the host decodes, it knows the others.
#[cfg(not(feature = "encodings"))]
const fn other_named(_: &str) -> Option<Encoding> {
    None
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Detect => "detect",
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Latin1 => "windows-1252",
            #[cfg(feature = "encodings")]
            Self::Other(page) => return f.write_str(&page.0.name().to_ascii_lowercase()),
        })
    }
}

impl Serialize for Encoding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Encoding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::named(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Encoding {
    fn schema_name() -> Cow<'static, str> {
        "Encoding".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "examples": ["detect", "utf-8", "windows-1252", "shift_jis"]})
    }
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
    if let Some(found) = utf16_by_zeros(sample) {
        return found;
    }
    let (mut letters, mut broken) = (0_usize, 0_usize);
    for chunk in sample.utf8_chunks() {
        letters += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // What is UTF-8 in most places is meant to be it.
    if broken > letters && is_western(sample) { Encoding::Latin1 } else { Encoding::Utf8 }
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
