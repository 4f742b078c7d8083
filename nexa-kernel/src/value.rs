//! What a column can hold, and how it looks in JSON.

pub mod local_time;
pub mod period;
pub mod zone;

use std::{cmp::Ordering, fmt};

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, TimeDelta};
use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value as Json;
use uuid::Uuid;

use self::zone::Zone;

/// A calendar date, without time or zone.
pub type Date = NaiveDate;

/// A moment in UTC, in microseconds since 1970. In JSON `2025-11-17T09:15:00.000000Z`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From microseconds since 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn micros(self) -> i64 {
        self.0
    }
    /// Reads RFC 3339 with any offset.
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(DateTime::parse_from_rfc3339(text).ok()?.timestamp_micros()))
    }
    /// The moment so many hours later; saturates at the end of time.
    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours.saturating_mul(3_600_000_000)))
    }
    /// The moment so many days later; saturates at the end of time.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_hours(days.saturating_mul(24))
    }
    /// Whole microseconds from `earlier` to this moment.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
    fn rfc_3339(self) -> String {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Micros, true)
    }
    /// The calendar date in UTC.
    pub fn date(self) -> Date {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default().date_naive()
    }
    /// The calendar date in a time zone.
    pub fn date_in(self, zone: Zone) -> Date {
        zone.date(self)
    }
}

/// The first day of the month of a date.
pub fn month_of(date: Date) -> Date {
    use chrono::Datelike;
    date.with_day(1).unwrap_or(date)
}

/// The date so many days later; the same date at the end of the calendar.
pub fn days_after(date: Date, days: i64) -> Date {
    TimeDelta::try_days(days).and_then(|delta| date.checked_add_signed(delta)).unwrap_or(date)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.rfc_3339())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("give a time as 2025-11-17T09:15:00Z"))
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-time"})
    }
}

/// An exact decimal with four places, stored as ten-thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(i64);

impl Amount {
    /// From whole ten-thousandths.
    pub const fn from_ten_thousandths(value: i64) -> Self {
        Self(value)
    }
    /// Whole ten-thousandths.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }
    /// From a decimal; `None` when it has more than four places or does not fit.
    pub fn from_decimal(value: Decimal) -> Option<Self> {
        let scaled = value.checked_mul(Decimal::from(10_000))?;
        if !scaled.fract().is_zero() {
            return None;
        }
        i64::try_from(scaled.trunc()).ok().map(Self)
    }
    /// From a decimal, rounded half to even at the fourth place.
    pub fn rounded(value: Decimal) -> Option<Self> {
        Self::from_decimal(value.round_dp(4))
    }
    /// As a decimal with two to four places.
    pub fn decimal(self) -> Decimal {
        let mut value = Decimal::new(self.0, 4).normalize();
        if value.scale() < 2 {
            value.rescale(2);
        }
        value
    }
    /// Reads `50000`, `50000.00` or `50000.0000`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        // A decimal may otherwise be written `+1`, `.5` or `1_000`.
        if !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'))
            || !text.trim_start_matches('-').starts_with(|first: char| first.is_ascii_digit())
        {
            return None;
        }
        Decimal::from_str_exact(text).ok().and_then(Self::from_decimal)
    }
}

/// In JSON a string such as `"50000.00"`.
impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads a string or a number.
impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadAmount)
    }
}

struct ReadAmount;

/// From here on a floating-point number no longer holds four exact places.
const LARGEST_FLOAT: f64 = 1e11;

impl de::Visitor<'_> for ReadAmount {
    type Value = Amount;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount such as \"50000.00\"")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
        Amount::parse(text).ok_or_else(|| E::custom("give an amount such as 50000.00, with at most four places"))
    }
    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Amount, E> {
        number.checked_mul(10_000).map(Amount).ok_or_else(|| E::custom("give an amount below 922 trillion"))
    }
    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Amount, E> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Amount, E> {
        if number.abs() < LARGEST_FLOAT {
            self.visit_str(&number.to_string())
        } else {
            Err(E::custom("write an amount this large as a string, so that it stays exact"))
        }
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "number"],
            "pattern": r"^-?[0-9]{1,14}(\.[0-9]{1,4})?$",
            "description": "An exact decimal with at most four places; answered as a string such as \"50000.00\"."
        })
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.decimal())
    }
}

/// The character that PostgreSQL keeps in no text.
pub(crate) const NUL: char = '\0';
/// What to do about it.
pub(crate) const NO_NUL: &str = "leave out the character NUL";
/// The years 0 to 9999, which have four digits and so an order as text: from the first microsecond to before the last.
const YEARS: std::ops::Range<i64> = -62_167_219_200_000_000..253_402_300_800_000_000;
/// What to do about another year.
const NO_YEAR: &str = "give a year from 0 to 9999";

/// Whether a text or a name in a document holds NUL.
pub(crate) fn holds_nul(json: &Json) -> bool {
    match json {
        Json::String(text) => text.contains(NUL),
        Json::Array(items) => items.iter().any(holds_nul),
        Json::Object(map) => map.iter().any(|(name, value)| name.contains(NUL) || holds_nul(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// The value of one column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An exact decimal with four places.
    Amount(Amount),
    /// Text.
    Text(String),
    /// An identifier or reference.
    Uuid(Uuid),
    /// A moment.
    Time(Timestamp),
    /// A calendar date.
    Date(Date),
    /// A JSON document in canonical form: compact, with sorted keys.
    Json(String),
}

impl Value {
    /// Whether this is [`Value::Null`].
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
    /// What is wrong with it where not every storage keeps it, or keeps it in order; as a problem to report.
    pub fn unfit(&self) -> Option<&'static str> {
        match self {
            Self::Text(text) => text.contains(NUL).then_some(NO_NUL),
            // In JSON it is written as an escape, which may also be a text that begins with a backslash.
            Self::Json(text) => {
                let held = text.contains("\\u0000") && serde_json::from_str(text).is_ok_and(|json| holds_nul(&json));
                held.then_some(NO_NUL)
            }
            Self::Time(time) => (!YEARS.contains(&time.0)).then_some(NO_YEAR),
            Self::Date(date) => (!(0..=9999).contains(&date.year())).then_some(NO_YEAR),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Amount(_) | Self::Uuid(_) => None,
        }
    }
    /// The name of its type, for messages that must not show the value.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "Null",
            Self::Bool(_) => "Bool",
            Self::Int(_) => "Int",
            Self::Amount(_) => "Amount",
            Self::Text(_) => "Text",
            Self::Uuid(_) => "Uuid",
            Self::Time(_) => "Time",
            Self::Date(_) => "Date",
            Self::Json(_) => "Json",
        }
    }
    /// The text, when this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
    /// The identifier, when this is one.
    pub const fn as_uuid(&self) -> Option<Uuid> {
        match self {
            Self::Uuid(id) => Some(*id),
            _ => None,
        }
    }
    /// The number, when this is one.
    pub const fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }
    /// The value in JSON.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(*value),
            Self::Int(value) => Json::from(*value),
            Self::Amount(value) => Json::String(value.to_string()),
            Self::Text(value) => Json::String(value.clone()),
            Self::Uuid(value) => Json::String(value.to_string()),
            Self::Time(value) => Json::String(value.to_string()),
            Self::Date(value) => Json::String(value.to_string()),
            Self::Json(text) => serde_json::from_str(text).unwrap_or(Json::Null),
        }
    }
    /// Appends the value's JSON text, without building a document.
    pub fn write_json(&self, out: &mut String) {
        use fmt::Write;
        // Writing to a String does not fail.
        let _ = match self {
            Self::Null => out.write_str("null"),
            Self::Bool(value) => write!(out, "{value}"),
            Self::Int(value) => write!(out, "{value}"),
            Self::Amount(value) => write!(out, "\"{value}\""),
            Self::Uuid(value) => {
                let mut digits = uuid::Uuid::encode_buffer();
                out.push('"');
                out.push_str(value.hyphenated().encode_lower(&mut digits));
                out.write_char('"')
            }
            Self::Time(value) => {
                out.push('"');
                out.push_str(&value.rfc_3339());
                out.write_char('"')
            }
            Self::Date(value) => write!(out, "\"{value}\""),
            Self::Json(text) => out.write_str(text),
            Self::Text(text) => {
                write_json_text(out, text);
                Ok(())
            }
        };
    }
    /// Order within one type, as every backend sorts: numbers by size, text by bytes, nulls last.
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Greater,
            (_, Self::Null) => Ordering::Less,
            _ => self.compare(other).unwrap_or(Ordering::Equal),
        }
    }
    /// Compares two values of one type; `None` when one is null or the types differ.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::Amount(a), Self::Amount(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) | (Self::Json(a), Self::Json(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (Self::Uuid(a), Self::Uuid(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (Self::Time(a), Self::Time(b)) => Some(a.cmp(b)),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

/// Appends a JSON string literal.
pub fn write_json_text(out: &mut String, text: &str) {
    use fmt::Write;
    out.push('"');
    let mut rest = text;
    while let Some(position) = rest.bytes().position(|byte| byte == b'"' || byte == b'\\' || byte < 0x20) {
        let (plain, special) = rest.split_at(position);
        out.push_str(plain);
        let mut characters = special.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(other) => {
                let _ = write!(out, "\\u{:04x}", u32::from(other));
            }
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}
