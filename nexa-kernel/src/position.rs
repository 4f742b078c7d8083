//! Where a reader of the feed is.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{
    error::Error,
    ledger::{Event, Hash, Head, Seq},
};

pub use super::error::codes::{POSITION_MALFORMED, POSITION_UNKNOWN};

/// A place in a tenant's ledger: after an event, whose hash it carries a piece of, so that it does not fit another ledger.
///
/// As text, and in JSON, `"42-1a2b3c4d"`; the start is `"0"`, and `"end"` stands for the end, wherever that is when it is asked.
///
/// ```
/// use nexa_kernel::Position;
///
/// assert_eq!("0".parse(), Ok::<_, nexa_kernel::Error>(Position::START));
/// assert_eq!("end".parse(), Ok::<_, nexa_kernel::Error>(Position::END));
/// assert_eq!("42-1a2b3c4d".parse::<Position>().unwrap().to_string(), "42-1a2b3c4d");
/// assert_eq!("42".parse::<Position>().unwrap_err().code(), "feed.position_malformed");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    seq: Seq,
    mark: [u8; 4],
}

impl Position {
    /// Before the first event.
    pub const START: Self = Self { seq: 0, mark: [0; 4] };
    /// After the last event, for who wants to hear of what happens next alone. A feed answers with the place that it stands for.
    pub const END: Self = Self { seq: Seq::MAX, mark: [0xff; 4] };

    /// After this event.
    pub fn after(event: &Event) -> Self {
        Self::at(event.seq, &event.hash)
    }

    /// At the end of a ledger.
    pub fn end(head: &Head) -> Self {
        Self::at(head.seq, &head.hash)
    }

    fn at(seq: Seq, hash: &Hash) -> Self {
        match hash {
            [a, b, c, d, ..] if seq > 0 => Self { seq, mark: [*a, *b, *c, *d] },
            _ => Self::START,
        }
    }

    /// The number of the last event before it; 0 at the start.
    pub const fn seq(self) -> Seq {
        self.seq
    }

    /// Whether this is the start.
    pub const fn is_start(self) -> bool {
        self.seq == 0
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_start() {
            return f.write_str("0");
        }
        if *self == Self::END {
            return f.write_str("end");
        }
        write!(f, "{}-{:08x}", self.seq, u32::from_be_bytes(self.mark))
    }
}

impl FromStr for Position {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        read(text).ok_or_else(|| POSITION_MALFORMED.with("position", text))
    }
}

fn read(text: &str) -> Option<Position> {
    if text == "0" {
        return Some(Position::START);
    }
    if text == "end" {
        return Some(Position::END);
    }
    let (seq, mark) = text.split_once('-')?;
    let digits = |text: &str, digit: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(digit);
    if !digits(seq, u8::is_ascii_digit)
        || seq.starts_with('0')
        || mark.len() != 8
        || !digits(mark, u8::is_ascii_hexdigit)
    {
        return None;
    }
    let seq: Seq = seq.parse().ok()?;
    Some(Position { seq, mark: u32::from_str_radix(mark, 16).ok()?.to_be_bytes() })
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(|error: Error| de::Error::custom(error.message()))
    }
}

impl JsonSchema for Position {
    fn schema_name() -> Cow<'static, str> {
        "Position".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^(0|end|[1-9][0-9]*-[0-9a-f]{8})$" })
    }
}
