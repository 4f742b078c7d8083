//! Business time, with numbers that were checked by another program.

use super::*;

fn span(hours: &str) -> Span {
    let (from, to) = hours.split_once('-').unwrap();
    Span { from: TimeOfDay::parse(from).unwrap(), to: TimeOfDay::parse(to).unwrap() }
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A calendar to compute with.
struct Days {
    zone: Zone,
    weekly: Week,
    holidays: Vec<Date>,
    exceptions: Vec<SpecialDay>,
}

impl Days {
    /// Monday to Friday.
    fn working(zone: &str, hours: &str) -> Self {
        let day = || vec![span(hours)];
        let weekly =
            Week { monday: day(), tuesday: day(), wednesday: day(), thursday: day(), friday: day(), ..Week::default() };
        Self::of(zone, weekly)
    }
    fn of(zone: &str, weekly: Week) -> Self {
        Self { zone: Zone::named(zone).unwrap(), weekly, holidays: Vec::new(), exceptions: Vec::new() }
    }
    fn always(zone: &str) -> Self {
        let mut days = Self::working(zone, "00:00-24:00");
        days.weekly.saturday = vec![span("00:00-24:00")];
        days.weekly.sunday = vec![span("00:00-24:00")];
        days
    }
    fn hours(&self) -> BusinessHours<'_> {
        let Self { zone, weekly, holidays, exceptions } = self;
        BusinessHours { zone: *zone, weekly, holidays, exceptions }
    }
    fn after(&self, from: &str, hours: i64) -> Timestamp {
        self.hours().after(at(from), hours * HOUR).unwrap()
    }
    fn between(&self, from: &str, to: &str) -> i64 {
        self.hours().between(at(from), at(to))
    }
}

const HOUR: i64 = 3_600_000_000;

#[test]
fn a_target_goes_over_the_weekend_and_the_holidays() {
    let mut office = Days::working("Europe/Berlin", "09:00-17:00");
    assert_eq!(office.after("2026-03-06T16:00:00+01:00", 4), at("2026-03-09T12:00:00+01:00"));
    office.holidays = ["2026-04-03", "2026-04-06"].iter().map(|date| date.parse().unwrap()).collect();
    assert_eq!(office.after("2026-04-02T16:00:00+02:00", 4), at("2026-04-07T12:00:00+02:00"));
}

#[test]
fn what_is_left_is_business_time_and_no_length_of_a_pause() {
    let office = Days::working("Europe/Berlin", "09:00-17:00");
    let used = office.between("2026-03-02T09:00:00+01:00", "2026-03-02T10:00:00+01:00");
    let due = office.hours().after(at("2026-03-04T15:00:00+01:00"), 8 * HOUR - used);
    assert_eq!(due, Some(at("2026-03-05T14:00:00+01:00")));
    assert_eq!(office.between("2026-03-06T16:00:00+01:00", "2026-03-07T10:00:00+01:00"), HOUR);
}

#[test]
fn around_the_clock_is_elapsed_time() {
    let always = Days::always("Europe/Berlin");
    assert_eq!(always.after("2026-03-28T20:00:00+01:00", 8), at("2026-03-29T05:00:00+02:00"));
    assert_eq!(always.after("2026-10-24T20:00:00+02:00", 8), at("2026-10-25T03:00:00+01:00"));
    assert_eq!(always.between("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"), 365 * 24 * HOUR);
}

#[test]
fn a_night_shift_is_an_hour_shorter_in_spring_and_longer_in_autumn() {
    let weekly = Week { saturday: vec![span("22:00-24:00")], sunday: vec![span("00:00-06:00")], ..Week::default() };
    let night = Days::of("Europe/Berlin", weekly);
    for (saturday, hours) in [("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-06", 8)] {
        let noon = at(&format!("{saturday}T12:00:00Z"));
        assert_eq!(night.hours().between(noon, noon.plus_days(1)), hours * HOUR, "{saturday}");
    }
}

#[test]
fn what_clocks_leave_out_begins_with_the_first_instant_after_it() {
    let early = Days::of("Europe/Berlin", Week { sunday: vec![span("02:30-04:00")], ..Week::default() });
    assert_eq!(early.between("2026-03-29T00:00:00Z", "2026-03-29T12:00:00Z"), HOUR);
    // Nothing is left of a span that lies in it.
    let gone = Days::of("Europe/Berlin", Week { sunday: vec![span("02:00-02:45")], ..Week::default() });
    assert_eq!(gone.between("2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"), 0);
    // A whole day that Samoa left out.
    assert_eq!(Days::always("Pacific/Apia").between("2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z"), 48 * HOUR);
    let friday = Days::of("Pacific/Apia", Week { friday: vec![span("09:00-17:00")], ..Week::default() });
    assert_eq!(friday.between("2011-12-28T00:00:00Z", "2012-01-03T00:00:00Z"), 0);
}

#[test]
fn what_clocks_show_twice_counts_once_each_time() {
    // From the first 02:15 to the second 02:45, which is an hour and a half.
    let night = Days::of("Europe/Berlin", Week { sunday: vec![span("02:15-02:45")], ..Week::default() });
    assert_eq!(night.between("2026-10-25T00:00:00Z", "2026-10-25T12:00:00Z"), HOUR * 3 / 2);
    // Who ends at two stays until the second two.
    let late = Days::of("Europe/Berlin", Week { sunday: vec![span("00:00-02:00")], ..Week::default() });
    assert_eq!(late.between("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), 3 * HOUR);
    // Spans that meet, or nearly, in that hour do not count the same instant for both.
    for hours in [["00:00-02:30", "02:30-05:00"], ["00:00-02:45", "02:45-05:00"]] {
        let spans = hours.iter().map(|hours| span(hours)).collect();
        let night = Days::of("Europe/Berlin", Week { sunday: spans, ..Week::default() });
        assert_eq!(night.between("2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"), 6 * HOUR);
    }
}

#[test]
fn the_end_of_hours_is_in_time() {
    let office = Days::working("Europe/Berlin", "09:00-17:00");
    assert_eq!(office.after("2026-03-02T09:00:00+01:00", 8), at("2026-03-02T17:00:00+01:00"));
    let (from, hours) = (at("2026-03-02T09:00:00+01:00"), office.hours());
    assert_eq!(
        hours.after(from, 8 * HOUR + 1),
        Some(Timestamp::from_micros(at("2026-03-03T09:00:00+01:00").micros() + 1))
    );
    let closed = at("2026-03-07T12:00:00+01:00");
    assert_eq!((hours.after(closed, 0), hours.between(closed, from)), (Some(closed), 0));
    assert!(hours.is_open(from) && !hours.is_open(at("2026-03-02T17:00:00+01:00")) && !hours.is_open(closed));
}

#[test]
fn a_special_day_has_its_own_hours_also_on_a_holiday() {
    let mut office = Days::working("UTC", "09:00-17:00");
    let eve: Date = "2026-12-24".parse().unwrap();
    office.holidays = vec![eve, "2026-12-25".parse().unwrap()];
    office.exceptions = vec![
        SpecialDay { day: eve, hours: vec![span("09:00-12:00")] },
        SpecialDay { day: "2026-12-28".parse().unwrap(), hours: Vec::new() },
    ];
    assert_eq!(office.between("2026-12-24T00:00:00Z", "2026-12-29T00:00:00Z"), 3 * HOUR);
    assert_eq!(office.after("2026-12-24T11:00:00Z", 2), at("2026-12-29T10:00:00Z"));
}

#[test]
fn what_waits_over_400_days_for_an_opening_waits_for_nothing() {
    let opens = |date: &str| {
        let mut days = Days::of("UTC", Week::default());
        days.exceptions = vec![SpecialDay { day: date.parse().unwrap(), hours: vec![span("00:00-01:00")] }];
        let from = at("2026-01-01T00:00:00Z");
        (days.hours().after(from, HOUR), days.hours().between(from, from.plus_days(500)))
    };
    assert_eq!(opens("2027-02-05"), (Some(at("2027-02-05T01:00:00Z")), HOUR), "400 days later");
    assert_eq!(opens("2027-02-06"), (None, HOUR));
    assert_eq!(opens("2025-12-31"), (None, 0));
    // Far away, but never closed for long.
    let office = Days::working("UTC", "09:00-10:00");
    assert_eq!(office.after("2026-01-01T00:00:00Z", 1_000), at("2029-10-31T10:00:00Z"));
    assert_eq!(office.hours().after(at("2026-01-01T00:00:00Z"), 30_000 * HOUR), None, "in over a hundred years");
}
