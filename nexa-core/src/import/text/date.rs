//! Dates and times as other systems write them. A date is the date that is written: no time zone moves it.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Formats, codes};
use crate::kernel::{
    error::{Error, Result},
    value::{Date, Timestamp},
};

/// The order of day, month and year in a file, such as `DD-MM-YY` or `MM/DD/YYYY`. Days and months have one or two
/// digits; a year of two digits is one from 1970 to 2069.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateFormat {
    parts: [Part; 3],
    separator: char,
    long_year: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Day,
    Month,
    Year,
}

impl DateFormat {
    /// Reads a format: `D` or `DD`, `M` or `MM`, `YY` or `YYYY`, in any order, with one separator.
    /// `import.date_format_unknown`.
    pub fn parse(text: &str) -> Result<Self> {
        let unknown = || codes::DATE_FORMAT_UNKNOWN.with("format", text);
        let separator = text.chars().find(|c| !c.is_alphanumeric()).ok_or_else(unknown)?;
        let mut parts = Vec::with_capacity(3);
        let mut long_year = false;
        for part in text.trim().split(separator) {
            parts.push(match part.to_ascii_uppercase().as_str() {
                "D" | "DD" => Part::Day,
                "M" | "MM" => Part::Month,
                year @ ("YY" | "YYYY") => {
                    long_year = year.len() == 4;
                    Part::Year
                }
                _ => return Err(unknown()),
            });
        }
        let parts = <[Part; 3]>::try_from(parts).map_err(|_| unknown())?;
        match [Part::Day, Part::Month, Part::Year].iter().all(|part| parts.contains(part)) {
            true => Ok(Self { parts, separator, long_year }),
            false => Err(unknown()),
        }
    }

    fn read(self, text: &str) -> Option<Date> {
        let (mut day, mut month, mut year) = (0, 0, 0);
        let mut texts = text.split(self.separator);
        for part in self.parts {
            let text = texts.next()?;
            let lengths = match part {
                Part::Year if self.long_year => 4..=4,
                Part::Year => 2..=2,
                Part::Day | Part::Month => 1..=2,
            };
            if !lengths.contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let number: u16 = text.parse().ok()?;
            match part {
                Part::Day => day = number,
                Part::Month => month = number,
                Part::Year => year = number,
            }
        }
        let year = match (self.long_year, year) {
            (true, year) => year,
            (false, year @ ..70) => year + 2_000,
            (false, year) => year + 1_900,
        };
        texts.next().is_none().then(|| NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)))?
    }
}

impl FromStr for DateFormat {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl std::fmt::Display for DateFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.parts.map(|part| match part {
            Part::Day => "DD",
            Part::Month => "MM",
            Part::Year if self.long_year => "YYYY",
            Part::Year => "YY",
        });
        f.write_str(&names.join(&self.separator.to_string()))
    }
}

impl Serialize for DateFormat {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateFormat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for DateFormat {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DateFormat".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date-format", "examples": ["DD-MM-YY", "MM/DD/YYYY"]})
    }
}

/// A date in ISO form or in the named format. A time of midnight behind it is let go, any other is refused.
pub(super) fn date(column: &str, cell: &str, formats: &Formats) -> Result<Date> {
    let (day, time) = split_time(cell);
    let midnight = time.is_none_or(|time| clock(time).is_some_and(|(clock, _)| clock == NaiveTime::MIN));
    match read_day(day, formats) {
        Some(date) if midnight => Ok(date),
        Some(_) => Err(codes::DATE_INVALID.with("column", column)),
        None => Err(not_a_day(day, formats, &codes::DATE_INVALID).with("column", column)),
    }
}

/// A moment: a day in ISO form or in the named format, and a time of day with an offset or in UTC. A day alone is its
/// midnight.
pub(super) fn time(column: &str, cell: &str, formats: &Formats) -> Result<Timestamp> {
    let (day, time) = split_time(cell);
    let Some(date) = read_day(day, formats) else {
        return Err(not_a_day(day, formats, &codes::TIME_INVALID).with("column", column));
    };
    let moment = match time {
        None => Some(date.and_time(NaiveTime::MIN)),
        Some(time) => clock(time).and_then(|(clock, offset)| {
            let shift = chrono::TimeDelta::try_seconds(i64::from(offset))?;
            NaiveDateTime::new(date, clock).checked_sub_signed(shift)
        }),
    };
    let moment = moment.ok_or_else(|| codes::TIME_INVALID.with("column", column))?;
    Ok(Timestamp::from_micros(moment.and_utc().timestamp_micros()))
}

/// The day, and the time of day behind a `T` or a blank.
fn split_time(cell: &str) -> (&str, Option<&str>) {
    match cell.split_once(['T', 't', ' ']) {
        Some((day, time)) => (day, Some(time.trim())),
        None => (cell, None),
    }
}

fn read_day(text: &str, formats: &Formats) -> Option<Date> {
    iso_day(text).or_else(|| formats.date.and_then(|format| format.read(text)))
}

/// `2025-11-17`, and nothing shorter or longer.
fn iso_day(text: &str) -> Option<Date> {
    let shape = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let fits = text.len() == 10 && text.bytes().enumerate().all(shape);
    fits.then(|| text.parse().ok())?
}

/// The time of day and its offset from UTC in seconds: `9:15`, `09:15:00`, with fractions, `Z`, `+01:00` or `+0100`.
fn clock(text: &str) -> Option<(NaiveTime, i32)> {
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let clock = clock.trim();
    let time = NaiveTime::parse_from_str(clock, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(clock, "%H:%M"));
    let offset = match zone {
        "" | "Z" | "z" => 0,
        zone => DateTime::parse_from_str(&format!("1970-01-01 00:00 {zone}"), "%Y-%m-%d %H:%M %z")
            .ok()?
            .offset()
            .local_minus_utc(),
    };
    Some((time.ok()?, offset))
}

/// What to say of a text that is no day: three short numbers could be one if a format were named.
fn not_a_day(text: &str, formats: &Formats, otherwise: &crate::kernel::error::Code) -> Error {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let numbers = parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    match parts.len() == 3 && numbers && formats.date.is_none() && iso_shape_missing(&parts) {
        true => codes::DATE_AMBIGUOUS.error(),
        false => otherwise.error(),
    }
}

/// Whether the year does not stand first, so that day and month may be either way round.
fn iso_shape_missing(parts: &[&str]) -> bool {
    parts.first().is_none_or(|year| year.len() < 3)
}
