//! Periods of time such as `-P30D`, as ISO 8601 writes them, and where they lead in a time zone.

use chrono::{Datelike, Months};

use super::{Date, Timestamp, days_after, local_time::LocalTime, zone::Zone};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How much one part of a period may say.
const LARGEST: i64 = 999_999;

/// A period: calendar months and days, and hours, minutes and seconds as they pass. All of it leads forward, or all of it back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    months: i64,
    days: i64,
    micros: i64,
}

impl Period {
    /// Reads `P1Y2M3W4DT5H6M7S`, with as many of the parts as are wanted, in whole numbers up to 999,999; `-` before it leads back.
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let (days, time) = match rest.strip_prefix('P')?.split_once('T') {
            Some((days, time)) if !time.is_empty() => (days, time),
            Some(_) => return None,
            None => (rest.strip_prefix('P')?, ""),
        };
        let [years, months, weeks, single] = parts(days, ['Y', 'M', 'W', 'D'])?;
        let [hours, minutes, seconds] = parts(time, ['H', 'M', 'S'])?;
        if days.is_empty() && time.is_empty() {
            return None;
        }
        Some(Self {
            months: sign * (years * 12 + months),
            days: sign * (weeks * 7 + single),
            micros: sign * (hours * HOUR + minutes * MINUTE + seconds * SECOND),
        })
    }
    /// Whether it is one of whole days.
    pub const fn is_of_days(self) -> bool {
        self.micros == 0
    }
    /// Whether it is the same in every zone: hours, minutes and seconds alone.
    pub const fn passes_everywhere(self) -> bool {
        self.months == 0 && self.days == 0
    }
    /// The date after it. A day that a month has not is its last one. `None` beyond the calendar.
    pub fn after_date(self, date: Date) -> Option<Date> {
        let months = Months::new(u32::try_from(self.months.unsigned_abs()).ok()?);
        let date = if self.months < 0 { date.checked_sub_months(months)? } else { date.checked_add_months(months)? };
        let moved = days_after(date, self.days);
        let reached = moved.num_days_from_ce() - date.num_days_from_ce();
        (i64::from(reached) == self.days).then_some(moved)
    }
    /// The moment after it: at the same time of the day so many days on, as clocks in the zone show it, and then so many hours as
    /// pass. Where clocks show that time twice it is the one with the offset of the start, else the earlier one; where they leave it
    /// out, the first moment after. `None` beyond the calendar.
    pub fn after(self, at: Timestamp, zone: Zone) -> Option<Timestamp> {
        let mut to = at.micros();
        if self.months != 0 || self.days != 0 {
            let offset = i64::from(zone.offset(at)) * SECOND;
            let of_day = at.micros().checked_add(offset)?.rem_euclid(DAY);
            let date = self.after_date(zone.date(at))?;
            let minutes = u16::try_from(of_day / MINUTE).ok()?;
            let rest = of_day % MINUTE;
            to = match LocalTime::of(zone, date, minutes) {
                LocalTime::Once(to) => to.micros() + rest,
                LocalTime::Twice(early, late) => {
                    let same = i64::from(zone.offset(late)) * SECOND == offset;
                    (if same { late } else { early }).micros() + rest
                }
                LocalTime::Skipped(to) => to.micros(),
            };
        }
        to.checked_add(self.micros).map(Timestamp::from_micros)
    }
}

/// Numbers with these letters behind them, in their order; what is left out is 0.
fn parts<const N: usize>(mut text: &str, letters: [char; N]) -> Option<[i64; N]> {
    let mut found = [0; N];
    for (slot, letter) in found.iter_mut().zip(letters) {
        let Some((number, rest)) = text.split_once(letter) else { continue };
        // What stands before a letter of a later part is no number.
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *slot = number.parse().ok().filter(|number| *number <= LARGEST)?;
        text = rest;
    }
    text.is_empty().then_some(found)
}

/// The first moment of a date in a zone.
pub fn start_of(date: Date, zone: Zone) -> Timestamp {
    LocalTime::of(zone, date, 0).first()
}

#[cfg(all(test, feature = "zones"))]
mod tests {
    use super::*;

    fn after(period: &str, at: &str, zone: &str) -> String {
        let zone = Zone::named(zone).unwrap();
        Period::parse(period).unwrap().after(Timestamp::parse(at).unwrap(), zone).unwrap().to_string()
    }

    #[test]
    fn periods_are_read_as_iso_8601_writes_them() {
        for (text, months, days, micros) in [
            ("P30D", 0, 30, 0),
            ("-P1Y2M", -14, 0, 0),
            ("+P2W1D", 0, 15, 0),
            ("PT1H30M", 0, 0, 90 * MINUTE),
            ("-P1MT1M1S", -1, 0, -61 * SECOND),
            ("P0D", 0, 0, 0),
        ] {
            assert_eq!(Period::parse(text), Some(Period { months, days, micros }), "{text}");
        }
        for text in [
            "",
            "P",
            "PT",
            "P1",
            "1D",
            "P1DT",
            "P1D1M",
            "P-1D",
            "P1.5D",
            "p1d",
            "PD",
            "P1H",
            "P1000000D",
            "P 1D",
            "--P1D",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_keep_the_time_that_clocks_show_and_hours_pass() {
        // Clocks in Berlin were set back on 26 October 2025 and forward on 30 March.
        assert_eq!(after("-P30D", "2025-11-17T09:00:00Z", "Europe/Berlin"), "2025-10-18T08:00:00.000000Z");
        assert_eq!(after("-PT720H", "2025-11-17T09:00:00Z", "Europe/Berlin"), "2025-10-18T09:00:00.000000Z");
        assert_eq!(after("P1D", "2025-03-29T01:30:15Z", "Europe/Berlin"), "2025-03-30T01:00:00.000000Z", "left out");
        assert_eq!(
            after("P1D", "2025-10-25T00:30:00.5Z", "Europe/Berlin"),
            "2025-10-26T00:30:00.500000Z",
            "shown twice"
        );
        assert_eq!(
            after("-P1D", "2025-10-27T01:30:00Z", "Europe/Berlin"),
            "2025-10-26T01:30:00.000000Z",
            "shown twice"
        );
        assert_eq!(after("P1MT1H", "2025-01-31T12:00:00Z", "UTC"), "2025-02-28T13:00:00.000000Z");
        assert_eq!(after("-P1Y", "2024-02-29T12:00:00Z", "UTC"), "2023-02-28T12:00:00.000000Z");
    }

    #[test]
    fn nothing_is_beyond_the_calendar() {
        let period = Period::parse("P999999Y").unwrap();
        assert_eq!(period.after_date(Date::default()), None);
        assert_eq!(period.after(Timestamp::from_micros(0), Zone::UTC), None);
    }

    #[test]
    fn a_day_begins_where_its_clocks_do() {
        let start = |date: &str, zone| start_of(date.parse().unwrap(), Zone::named(zone).unwrap()).to_string();
        assert_eq!(start("2025-11-17", "Europe/Berlin"), "2025-11-16T23:00:00.000000Z");
        // Clocks in São Paulo were set forward at midnight.
        assert_eq!(start("2018-11-04", "America/Sao_Paulo"), "2018-11-04T03:00:00.000000Z");
    }
}
