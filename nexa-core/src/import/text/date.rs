//! Dates and times as other systems write them. A date is the date that is written: no time zone moves it. A moment in a
//! column of dates is the day in the tenant's time zone when it says its offset, and otherwise the day that is written.

use std::str::FromStr;

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{Formats, codes, month};
use crate::kernel::{
    error::{Error, Result},
    value::{Date, Timestamp},
};

/// The order of day, month and year in a file, such as `DD-MM-YY` or `MM/DD/YYYY`. Days and months have one or two
/// digits; a year of two digits is one from 1970 to 2069. `EXCEL` says that dates are the numbers of days which
/// spreadsheets keep, such as 46112 for 2026-03-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateFormat {
    parts: [Part; 3],
    separator: char,
    long_year: bool,
    serial: bool,
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
        if text.trim().eq_ignore_ascii_case(SERIAL) {
            return Ok(Self {
                parts: [Part::Day, Part::Month, Part::Year],
                separator: '-',
                long_year: true,
                serial: true,
            });
        }
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
            true => Ok(Self { parts, separator, long_year, serial: false }),
            false => Err(unknown()),
        }
    }

    fn read(self, text: &str) -> Option<Date> {
        if self.serial {
            return serial(text);
        }
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
        let year = if self.long_year { i32::from(year) } else { full_year(i32::from(year)) };
        texts.next().is_none().then(|| NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day)))?
    }
}

/// The name of the format of days as numbers.
const SERIAL: &str = "EXCEL";

/// A year of two digits, from 1970 to 2069.
const fn full_year(year: i32) -> i32 {
    if year < 70 { year + 2_000 } else { year + 1_900 }
}

/// The day of a number of days since 1900, with the leap day that spreadsheets have in that year; a time of day behind it
/// is let go. Only days after that one are read.
fn serial(text: &str) -> Option<Date> {
    let (days, time) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let days: u64 = days.parse().ok().filter(|days| digits(time) && (61..=2_958_465).contains(days))?;
    NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(days))
}

impl FromStr for DateFormat {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl std::fmt::Display for DateFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.serial {
            return f.write_str(SERIAL);
        }
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
        json_schema!({"type": "string", "format": "date-format", "examples": ["DD-MM-YY", "MM/DD/YYYY", "EXCEL"]})
    }
}

/// Which of two short numbers is the day, as the cells of a column show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// No cell shows it.
    #[default]
    Unknown,
    /// The day stands before the month.
    DayFirst,
    /// The month stands before the day.
    MonthFirst,
    /// Some cells show the one, some the other.
    Mixed,
}

impl DateOrder {
    /// What one more cell shows.
    #[must_use]
    pub fn and(self, cell: &str) -> Self {
        let Some((first, second, _, _)) = short_numbers(split_time(cell.trim()).0) else { return self };
        let shown = match (first > 12, second > 12) {
            (true, false) => Self::DayFirst,
            (false, true) => Self::MonthFirst,
            _ => return self,
        };
        match self {
            Self::Unknown => shown,
            same if same == shown => same,
            _ => Self::Mixed,
        }
    }
}

/// A date in any form that has one meaning, or in the named format. A moment is its day: the one that is written, or with
/// an offset the day in the tenant's time zone; midnight with an offset stands for the day that is written.
pub(super) fn date(column: &str, cell: &str, formats: &Formats) -> Result<Date> {
    let (day, time) = split_time(cell);
    let invalid = || codes::DATE_INVALID.with("column", column);
    let date =
        read_day(day, formats).ok_or_else(|| not_a_day(day, formats, &codes::DATE_INVALID).with("column", column))?;
    let Some(time) = time else { return Ok(date) };
    match clock(time).ok_or_else(invalid)? {
        (_, None) => Ok(date),
        (clock, Some(_)) if clock == NaiveTime::MIN => Ok(date),
        (clock, Some(offset)) => {
            let moment = at_offset(date, clock, offset).ok_or_else(invalid)?;
            Ok(moment.date_in(formats.zone))
        }
    }
}

/// A moment: a day in any form of a date, and a time of day with an offset or in UTC. A day alone is its midnight.
pub(super) fn time(column: &str, cell: &str, formats: &Formats) -> Result<Timestamp> {
    let (day, time) = split_time(cell);
    let Some(date) = read_day(day, formats) else {
        return Err(not_a_day(day, formats, &codes::TIME_INVALID).with("column", column));
    };
    let moment = match time {
        None => at_offset(date, NaiveTime::MIN, 0),
        Some(time) => clock(time).and_then(|(clock, offset)| at_offset(date, clock, offset.unwrap_or_default())),
    };
    moment.ok_or_else(|| codes::TIME_INVALID.with("column", column))
}

fn at_offset(date: Date, clock: NaiveTime, offset: i32) -> Option<Timestamp> {
    let shift = chrono::TimeDelta::try_seconds(i64::from(offset))?;
    let moment = NaiveDateTime::new(date, clock).checked_sub_signed(shift)?;
    Some(Timestamp::from_micros(moment.and_utc().timestamp_micros()))
}

/// The day, and the time of day behind a `T`, a blank or a comma.
fn split_time(cell: &str) -> (&str, Option<&str>) {
    let Some(colon) = cell.find(':') else { return (cell, None) };
    let before = cell.get(..colon).unwrap_or_default();
    let day = before.trim_end_matches(|c: char| c.is_ascii_digit());
    let time = cell.get(day.len()..).unwrap_or_default();
    match day.strip_suffix(['T', 't', ' ', ',', '\u{a0}', '\u{202f}']) {
        Some(day) => (day.trim_end_matches([' ', ',']), Some(time.trim())),
        None => (cell, None),
    }
}

fn read_day(text: &str, formats: &Formats) -> Option<Date> {
    let named = |text| formats.date.and_then(|format| format.read(text));
    iso_day(text).or_else(|| named(text)).or_else(|| match formats.date {
        // Who names a format means it.
        Some(_) => None,
        None => year_first(text).or_else(|| ordered(text, formats.order)).or_else(|| with_month(text)),
    })
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

/// `2026/3/31`, `2026.03.31` or `20260331`: what starts with the year has one order.
fn year_first(text: &str) -> Option<Date> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let date = NaiveDate::parse_from_str(text, "%Y%m%d").ok()?;
        return text.starts_with(['1', '2']).then_some(date);
    }
    let (year, month, day) = three(text)?;
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.len() <= 2);
    (year.len() == 4).then(|| NaiveDate::from_ymd_opt(year.parse().ok()?, number(month)?, number(day)?))?
}

/// Three numbers with one separator between them.
fn three(text: &str) -> Option<(&str, &str, &str)> {
    let separator = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let mut parts = text.split(separator);
    let found = (parts.next()?, parts.next()?, parts.next()?);
    let numbers = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.next().is_none() && [found.0, found.1, found.2].into_iter().all(numbers)).then_some(found)
}

/// Two short numbers and the year behind them, with the separator; nothing where the year may stand elsewhere.
fn short_numbers(text: &str) -> Option<(u32, u32, i32, char)> {
    let (first, second, year) = three(text)?;
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    if first.len() > 2 || second.len() > 2 {
        return None;
    }
    let written: i32 = year.parse().ok()?;
    let year = match year.len() {
        4 => written,
        // 25-10-16 may begin with its year.
        2 if separator != '-' || written > 31 => full_year(written),
        _ => return None,
    };
    Some((first.parse().ok()?, second.parse().ok()?, year, separator))
}

/// `31.03.2026`, whose order the points show; `31/03/2026`, whose order the numbers or the column show.
fn ordered(text: &str, order: DateOrder) -> Option<Date> {
    let (first, second, year, separator) = short_numbers(text)?;
    let day_first = NaiveDate::from_ymd_opt(year, second, first);
    let month_first = NaiveDate::from_ymd_opt(year, first, second);
    match order {
        _ if separator == '.' => day_first,
        DateOrder::DayFirst => day_first,
        DateOrder::MonthFirst => month_first,
        DateOrder::Unknown | DateOrder::Mixed => match (day_first, month_first) {
            (Some(one), None) | (None, Some(one)) => Some(one),
            (Some(one), Some(other)) if one == other => Some(one),
            _ => None,
        },
    }
}

/// `31 Mar 2026`, `Mar 31, 2026`, `31. März 2026`: the month has a name.
fn with_month(text: &str) -> Option<Date> {
    let mut month = None;
    let mut numbers: Vec<&str> = Vec::with_capacity(2);
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '-' | '/' | '\''));
    for word in words.filter(|word| !word.is_empty()) {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let behind = word.get(digits.len()..).unwrap_or_default();
        match (digits.is_empty(), month::number(word)) {
            (true, Some(number)) if month.is_none() => month = Some(number),
            (true, None) if month::is_filler(word) => {}
            (false, _) if behind.is_empty() || month::is_filler(behind) => numbers.push(digits),
            _ => return None,
        }
    }
    let [first, second] = numbers.as_slice() else { return None };
    let (day, year) = if first.len() == 4 { (second, first) } else { (first, second) };
    let written: i32 = year.parse().ok()?;
    let year = match year.len() {
        4 => written,
        2 => full_year(written),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month?, day.parse().ok().filter(|_| day.len() <= 2)?)
}

/// The time of day and its offset from UTC in seconds, when it says one: `9:15`, `09:15:00`, with fractions, `5:05 PM`,
/// `Z`, `UTC`, `+01:00` or `+0100`.
fn clock(text: &str) -> Option<(NaiveTime, Option<i32>)> {
    let zone_at = text.find(['Z', 'z', '+', '-', 'U', 'G']).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let lower = clock.trim().to_ascii_lowercase();
    let half = [("pm", true), ("p.m.", true), ("p.m", true), ("am", false), ("a.m.", false), ("a.m", false)]
        .into_iter()
        .find_map(|(word, afternoon)| Some((lower.strip_suffix(word)?, afternoon)));
    let (clock, half) = match half {
        Some((clock, afternoon)) => (clock, Some(afternoon)),
        None => (lower.as_str(), None),
    };
    let clock = clock.trim();
    let read = |clock: &str| {
        NaiveTime::parse_from_str(clock, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(clock, "%H:%M")).ok()
    };
    let time = match half {
        None => read(clock)?,
        Some(afternoon) => {
            let (hour, rest) = clock.split_once(':')?;
            let hour: u32 = hour.trim().parse().ok().filter(|hour| (1..=12).contains(hour))?;
            read(&format!("{}:{rest}", hour % 12 + if afternoon { 12 } else { 0 }))?
        }
    };
    let offset = match zone.trim() {
        "" => None,
        "Z" | "z" | "UTC" | "GMT" => Some(0),
        zone => Some(
            DateTime::parse_from_str(&format!("1970-01-01 00:00 {zone}"), "%Y-%m-%d %H:%M %z")
                .ok()?
                .offset()
                .local_minus_utc(),
        ),
    };
    Some((time, offset))
}

/// What to say of a text that is no day: three short numbers could be one if a format were named.
fn not_a_day(text: &str, formats: &Formats, otherwise: &crate::kernel::error::Code) -> Error {
    let ambiguous = three(text).is_some_and(|(first, second, third)| {
        let short = |part: &str| (1..=2).contains(&part.len());
        short(first) && short(second) && matches!(third.len(), 2 | 4)
    });
    // A column that shows its order leaves no doubt: the cell is wrong.
    let known = matches!(formats.order, DateOrder::DayFirst | DateOrder::MonthFirst);
    let possible = match short_numbers(text) {
        Some((first, second, ..)) => first <= 31 && second <= 31 && (first <= 12 || second <= 12),
        None => true,
    };
    match ambiguous && formats.date.is_none() && !known && possible && !text.contains('.') {
        true => codes::DATE_AMBIGUOUS.error(),
        false => otherwise.error(),
    }
}
