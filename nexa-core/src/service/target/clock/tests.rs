//! The worked examples of business time with pauses, and chance against a reference that counts minute by minute.

use super::*;
use crate::{
    Date, Document, TimeOfDay, TimeZone,
    people::calendar::{Span, Week},
};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn office(zone: &str, spans: &[(&str, &str)], days: usize, holidays: &[Date]) -> Hours {
    let spans: Vec<Span> = spans
        .iter()
        .map(|(from, to)| Span { from: TimeOfDay::parse(from).unwrap(), to: TimeOfDay::parse(to).unwrap() })
        .collect();
    let on = |day: usize| if day < days { spans.clone() } else { Vec::new() };
    let week = Week {
        monday: on(0),
        tuesday: on(1),
        wednesday: on(2),
        thursday: on(3),
        friday: on(4),
        saturday: on(5),
        sunday: on(6),
    };
    Hours::Of(Arc::new(Calendar {
        time_zone: Some(TimeZone::parse(zone).unwrap()),
        weekly: Document(week),
        holidays: Document(holidays.to_vec()),
        ..Calendar::default()
    }))
}

fn berlin(holidays: &[Date]) -> Hours {
    office("Europe/Berlin", &[("09:00", "17:00")], 5, holidays)
}

fn promise(minutes: u32, hours: &Hours) -> Promise {
    Promise { minutes, near: minutes.div_ceil(4), hours: hours.clone() }
}

/// A clock of this promise through states at moments.
fn through(promise: &Promise, begun: &str, steps: &[(&str, State)]) -> Clock {
    let begun = at(begun);
    let mut clock = Clock::next(None, Some(promise), State::Runs, begun, &promise.hours, begun).unwrap();
    for (moment, state) in steps {
        clock = Clock::next(Some(&clock), Some(promise), *state, begun, &promise.hours, at(moment)).unwrap();
    }
    clock
}

#[test]
fn what_is_due_skips_nights_weekends_and_holidays() {
    let four_hours = promise(240, &berlin(&[]));
    let due = |promise: &Promise, begun: &str| through(promise, begun, &[]).due.unwrap();
    assert_eq!(due(&four_hours, "2026-03-06T16:00:00+01:00"), at("2026-03-09T12:00:00+01:00"));
    let easter = [Date::from_ymd_opt(2026, 4, 3).unwrap(), Date::from_ymd_opt(2026, 4, 6).unwrap()];
    assert_eq!(due(&promise(240, &berlin(&easter)), "2026-04-02T16:00:00+02:00"), at("2026-04-07T12:00:00+02:00"));
    let always = promise(480, &Hours::Always);
    assert_eq!(due(&always, "2026-03-28T20:00:00+01:00"), at("2026-03-29T05:00:00+02:00"));
    assert_eq!(due(&always, "2026-10-24T20:00:00+02:00"), at("2026-10-25T03:00:00+01:00"));
}

#[test]
fn a_pause_costs_nothing_but_the_time_before_it() {
    let eight_hours = promise(480, &berlin(&[]));
    let clock = through(
        &eight_hours,
        "2026-03-02T09:00:00+01:00",
        &[("2026-03-02T10:00:00+01:00", State::Pauses), ("2026-03-04T15:00:00+01:00", State::Runs)],
    );
    assert_eq!(clock.due.unwrap(), at("2026-03-05T14:00:00+01:00"));
    let clock = through(&eight_hours, "2026-03-06T09:00:00+01:00", &[("2026-03-06T16:00:00+01:00", State::Pauses)]);
    assert_eq!((clock.used, clock.due, clock.since), (7 * 60 * MINUTE, None, None));
    // Opened again on a Saturday, nothing was lost: the last hour is Monday's first.
    let clock = Clock::next(
        Some(&clock),
        Some(&eight_hours),
        State::Runs,
        at("2026-03-06T09:00:00+01:00"),
        &eight_hours.hours,
        at("2026-03-07T10:00:00+01:00"),
    );
    assert_eq!(clock.unwrap().due.unwrap(), at("2026-03-09T10:00:00+01:00"));
}

#[test]
fn due_is_inclusive_and_a_breach_is_noted_once_for_each_due_moment() {
    let hour = promise(60, &Hours::Always);
    let begun = "2026-03-02T16:00:00Z";
    let met = through(&hour, begun, &[("2026-03-02T17:00:00Z", State::Met(at("2026-03-02T17:00:00Z")))]);
    assert_eq!((met.breached, met.met_at), (None, Some(at("2026-03-02T17:00:00Z"))));
    let late = through(&hour, begun, &[("2026-03-02T17:00:01Z", State::Met(at("2026-03-02T17:00:01Z")))]);
    assert_eq!(late.breached, Some(at("2026-03-02T17:00:00Z")));

    let clock = through(&hour, begun, &[]);
    assert_eq!(clock.next_look(), Some(at("2026-03-02T16:45:00Z")));
    let clock = through(&hour, begun, &[("2026-03-02T16:45:00Z", State::Runs)]);
    assert_eq!((clock.near_of, clock.breached), (clock.due, None));
    assert_eq!(clock.next_look(), Some(at("2026-03-02T17:00:00.000001Z")));
    let clock = through(&hour, begun, &[("2026-03-02T17:00:00.000001Z", State::Runs)]);
    assert_eq!((clock.breached, clock.next_look()), (clock.due, None));
    let again =
        Clock::next(Some(&clock), Some(&hour), State::Runs, at(begun), &Hours::Always, at("2026-03-03T00:00:00Z"));
    assert_eq!(again.as_ref(), Some(&clock), "time alone changes nothing any more");
    // Twice the time was promised meanwhile.
    let more = promise(2_880, &Hours::Always);
    let clock =
        Clock::next(Some(&clock), Some(&more), State::Runs, at(begun), &Hours::Always, at("2026-03-03T00:00:00Z"))
            .unwrap();
    assert_eq!((clock.breached, clock.due.unwrap()), (None, at("2026-03-04T16:00:00Z")));
}

#[test]
fn reopened_it_goes_on_from_the_time_that_was_used() {
    let day = promise(480, &berlin(&[]));
    let resolved = at("2026-03-02T13:00:00+01:00");
    let clock = through(
        &day,
        "2026-03-02T09:00:00+01:00",
        &[("2026-03-02T13:00:00+01:00", State::Met(resolved)), ("2026-03-10T09:00:00+01:00", State::Runs)],
    );
    assert_eq!((clock.met_at, clock.due.unwrap()), (None, at("2026-03-10T13:00:00+01:00")));
}

#[test]
fn another_promise_keeps_the_time_that_was_used() {
    let office = promise(480, &berlin(&[]));
    let begun = at("2026-03-02T15:00:00+01:00");
    let clock = through(&office, "2026-03-02T15:00:00+01:00", &[]);
    // Two hours of the office were used when it became urgent, on Tuesday before it opens.
    let urgent = promise(240, &Hours::Always);
    let now = at("2026-03-03T07:00:00+01:00");
    let clock = Clock::next(Some(&clock), Some(&urgent), State::Runs, begun, &office.hours, now).unwrap();
    assert_eq!((clock.used, clock.due.unwrap()), (120 * MINUTE, at("2026-03-03T09:00:00+01:00")));
    assert_eq!(Clock::next(Some(&clock), None, State::Runs, begun, &urgent.hours, now), None);
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most
    }
}

/// Counts the open minutes of the states in which it runs, one after another.
fn minutes_used(hours: &Hours, from: Timestamp, to: Timestamp) -> i64 {
    let minutes = to.since(from) / MINUTE;
    (0..minutes)
        .filter(|minute| match hours {
            Hours::Always => true,
            Hours::Of(calendar) => calendar.hours().is_open(Timestamp::from_micros(from.micros() + minute * MINUTE)),
        })
        .count()
        .try_into()
        .unwrap()
}

#[test]
fn used_time_and_due_moments_equal_a_count_minute_by_minute() {
    const ZONES: [&str; 6] = [
        "Europe/Berlin",
        "America/New_York",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Asia/Kolkata",
        "Africa/Cairo",
    ];
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for case in 0..400 {
        let zone = ZONES[usize::try_from(numbers.below(6)).unwrap()];
        let spans: &[(&str, &str)] = match numbers.below(4) {
            0 => &[("09:00", "17:00")],
            1 => &[("08:00", "12:00"), ("13:00", "18:30")],
            2 => &[("00:00", "06:00"), ("22:00", "24:00")],
            _ => &[("01:30", "03:15")],
        };
        let hours = if numbers.below(5) == 0 {
            Hours::Always
        } else {
            office(zone, spans, 5 + usize::try_from(numbers.below(3)).unwrap(), &[])
        };
        let promise = promise(30 + u32::try_from(numbers.below(1_500)).unwrap(), &hours);
        // Around the days on which clocks change.
        let days = [at("2026-03-27T00:00:00Z"), at("2026-10-23T00:00:00Z"), at("2026-06-01T00:00:00Z")];
        let start = days[usize::try_from(numbers.below(3)).unwrap()];
        let minute = |minute: u64| Timestamp::from_micros(start.micros() + i64::try_from(minute).unwrap() * MINUTE);
        let mut now = numbers.below(2_880);
        let begun = minute(now);
        let mut clock = Clock::next(None, Some(&promise), State::Runs, begun, &hours, begun).unwrap();
        let (mut used, mut running) = (0, Some(now));
        for _ in 0..6 {
            let then = now + 1 + numbers.below(2_000);
            if let Some(since) = running {
                used += minutes_used(&hours, minute(since), minute(then));
            }
            let state = match numbers.below(3) {
                0 => State::Pauses,
                1 => State::Met(minute(then)),
                _ => State::Runs,
            };
            clock = Clock::next(Some(&clock), Some(&promise), state, begun, &hours, minute(then)).unwrap();
            running = (state == State::Runs).then_some(then);
            now = then;
            if state != State::Runs {
                assert_eq!(clock.used, used * MINUTE, "case {case}, {zone}, {spans:?}");
                assert_eq!(
                    matches!(state, State::Met(_)) && used > i64::from(promise.minutes),
                    clock.met_at.is_some() && clock.breached.is_some()
                );
            }
        }
        let left = i64::from(promise.minutes) - used;
        if let (Some(since), Some(due), true) = (running, clock.due, left > 0) {
            let since = minute(since);
            assert_eq!(minutes_used(&hours, since, due), left, "case {case}, {zone}, {spans:?}");
            let before = Timestamp::from_micros(due.micros() - MINUTE);
            assert_eq!(minutes_used(&hours, since, before), left - 1, "case {case}: due at the end of its last minute");
        }
    }
}
