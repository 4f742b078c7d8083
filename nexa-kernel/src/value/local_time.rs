//! Which instant a time of a date is in a time zone, where clocks are set forward and back.

use super::{Date, Timestamp, zone::Zone};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;

/// When clocks in a zone show a time of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalTime {
    /// Once, as nearly always.
    Once(Timestamp),
    /// Twice, as clocks are set back: the earlier and the later instant.
    Twice(Timestamp, Timestamp),
    /// Never, as clocks are set forward over it: the first instant after what they leave out.
    Skipped(Timestamp),
}

impl LocalTime {
    /// The time of a date in a zone, in minutes after midnight; 1440 is the next midnight.
    pub fn of(zone: Zone, date: Date, minutes: u16) -> Self {
        let local = days_since_1970(date).saturating_mul(DAY).saturating_add(i64::from(minutes) * MINUTE);
        // No zone is further than a day from UTC, so these stand before and after any change of clocks that matters here.
        let (before, after) = (offset(zone, local.saturating_sub(DAY)), offset(zone, local.saturating_add(DAY)));
        let (by_before, by_after) = (local.saturating_sub(before), local.saturating_sub(after));
        match (offset(zone, by_before) == before, offset(zone, by_after) == after) {
            (true, true) if by_before == by_after => Self::Once(Timestamp::from_micros(by_before)),
            (true, true) => Self::Twice(
                Timestamp::from_micros(by_before.min(by_after)),
                Timestamp::from_micros(by_before.max(by_after)),
            ),
            (true, false) => Self::Once(Timestamp::from_micros(by_before)),
            (false, true) => Self::Once(Timestamp::from_micros(by_after)),
            (false, false) => Self::Skipped(Timestamp::from_micros(first_with(zone, after, by_after, by_before))),
        }
    }
    /// The instant; the earlier of two, and the first one after what is left out.
    pub const fn first(self) -> Timestamp {
        match self {
            Self::Once(at) | Self::Twice(at, _) | Self::Skipped(at) => at,
        }
    }
    /// The instant; the later of two, and the first one after what is left out.
    pub const fn last(self) -> Timestamp {
        match self {
            Self::Once(at) | Self::Twice(_, at) | Self::Skipped(at) => at,
        }
    }
}

fn days_since_1970(date: Date) -> i64 {
    date.signed_duration_since(Date::default()).num_days()
}

fn offset(zone: Zone, micros: i64) -> i64 {
    i64::from(zone.offset(Timestamp::from_micros(micros))) * SECOND
}

/// The first instant with an offset that `early` has not yet and `late` has.
fn first_with(zone: Zone, wanted: i64, mut early: i64, mut late: i64) -> i64 {
    // Clocks change on a whole second.
    while late.saturating_sub(early) > SECOND {
        let middle = early.midpoint(late).div_euclid(SECOND) * SECOND;
        let middle = if middle <= early { early.saturating_add(SECOND) } else { middle };
        if offset(zone, middle) == wanted {
            late = middle;
        } else {
            early = middle;
        }
    }
    late
}

#[cfg(all(test, feature = "zones"))]
mod tests {
    use super::*;

    fn of(zone: &str, date: &str, time: &str) -> LocalTime {
        let (hours, minutes) = time.split_once(':').unwrap();
        let minutes = hours.parse::<u16>().unwrap() * 60 + minutes.parse::<u16>().unwrap();
        LocalTime::of(Zone::named(zone).unwrap(), date.parse().unwrap(), minutes)
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn most_times_are_one_instant() {
        for (zone, date, time, instant) in [
            ("UTC", "2026-03-29", "02:30", "2026-03-29T02:30:00Z"),
            ("Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59:00Z"),
            ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z"),
            ("Asia/Kathmandu", "2026-01-01", "00:00", "2025-12-31T18:15:00Z"),
            ("America/New_York", "2026-12-31", "24:00", "2027-01-01T05:00:00Z"),
            ("Pacific/Apia", "2011-12-29", "23:59", "2011-12-30T09:59:00Z"),
            ("Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00:00Z"),
            ("Pacific/Kiritimati", "2026-06-01", "12:00", "2026-05-31T22:00:00Z"),
        ] {
            assert_eq!(of(zone, date, time), LocalTime::Once(at(instant)), "{zone} {date} {time}");
        }
    }

    #[test]
    fn what_clocks_leave_out_is_the_first_instant_after_it() {
        for (zone, date, time, instant) in [
            ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z"),
            ("Africa/Cairo", "2024-04-26", "00:30", "2024-04-25T22:00:00Z"),
            ("Asia/Beirut", "2024-03-31", "00:00", "2024-03-30T22:00:00Z"),
            ("Asia/Beirut", "2024-03-30", "24:00", "2024-03-30T22:00:00Z"),
            ("Australia/Lord_Howe", "2025-10-05", "02:15", "2025-10-04T15:30:00Z"),
            ("Pacific/Apia", "2011-12-30", "00:00", "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-30", "17:00", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(of(zone, date, time), LocalTime::Skipped(at(instant)), "{zone} {date} {time}");
        }
    }

    #[test]
    fn what_clocks_show_twice_is_two_instants() {
        for (zone, date, time, first, last) in [
            ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ("America/New_York", "2026-11-01", "01:00", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"),
            ("Australia/Lord_Howe", "2025-04-06", "01:45", "2025-04-05T14:45:00Z", "2025-04-05T15:15:00Z"),
            ("America/Havana", "2025-11-02", "00:30", "2025-11-02T04:30:00Z", "2025-11-02T05:30:00Z"),
        ] {
            let found = of(zone, date, time);
            assert_eq!(found, LocalTime::Twice(at(first), at(last)), "{zone} {date} {time}");
            assert_eq!((found.first(), found.last()), (at(first), at(last)));
        }
    }
}
