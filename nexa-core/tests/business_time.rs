//! Business time beside a slow reference that looks at every minute, in twenty zones and around every change of their clocks.
//!
//! `NEXA_CASES` says how many random cases are tried, `NEXA_SEED` where they start.

use std::env;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use nexa_core::{
    TimeOfDay, Timestamp,
    people::calendar::{BusinessHours, Span, SpecialDay, Week},
    testing::Random,
};

const ZONES: [Tz; 20] = [
    Tz::UTC,
    Tz::Europe__Berlin,
    Tz::Europe__London,
    Tz::Europe__Moscow,
    Tz::Europe__Istanbul,
    Tz::Africa__Cairo,
    Tz::Africa__Casablanca,
    Tz::Asia__Beirut,
    Tz::Asia__Gaza,
    Tz::Asia__Kathmandu,
    Tz::Asia__Tehran,
    Tz::Asia__Pyongyang,
    Tz::Australia__Lord_Howe,
    Tz::Pacific__Apia,
    Tz::Pacific__Chatham,
    Tz::America__New_York,
    Tz::America__Havana,
    Tz::America__Sao_Paulo,
    Tz::America__St_Johns,
    Tz::America__Scoresbysund,
];
const MINUTES_A_DAY: i64 = 24 * 60;
const MINUTE: i64 = 60_000_000;

/// What clocks show at a minute.
fn local(zone: Tz, minute: i64) -> NaiveDateTime {
    DateTime::<Utc>::from_timestamp(minute * 60, 0).unwrap().with_timezone(&zone).naive_local()
}

/// The minutes after which clocks go differently, over thirty years.
fn changes(zone: Tz) -> Vec<i64> {
    let begin = NaiveDate::from_ymd_opt(2006, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp() / 60;
    let ahead = |minute| (local(zone, minute) - local(Tz::UTC, minute)).num_minutes();
    let mut found = Vec::new();
    for day in 0..30 * 366 {
        let (mut early, mut late) = (begin + day * MINUTES_A_DAY, begin + (day + 1) * MINUTES_A_DAY);
        let after = ahead(late);
        if ahead(early) != after {
            while late - early > 1 {
                let middle = (early + late) / 2;
                if ahead(middle) == after { late = middle } else { early = middle }
            }
            found.push(late);
        }
    }
    found
}

/// A calendar with spans that are often at night, where clocks change.
struct Calendar {
    zone: Tz,
    weekly: Week,
    holidays: Vec<NaiveDate>,
    exceptions: Vec<SpecialDay>,
}

fn spans(random: &Random) -> Vec<Span> {
    let mut ends: Vec<u16> = (0..2 * random.below(4))
        .map(|_| {
            let time = match random.below(4) {
                0 => 24 * 60,
                1 => random.below(4 * 60 + 1),
                2 => random.below(24 * 4) * 15,
                _ => random.below(24 * 60),
            };
            u16::try_from(time).unwrap()
        })
        .collect();
    ends.sort_unstable();
    let time = |minutes| TimeOfDay::from_minutes(minutes).unwrap();
    let spans = ends.chunks(2).map(|ends| Span { from: time(ends[0]), to: time(ends[1]) });
    spans.filter(|span| span.from < span.to).collect()
}

fn calendar(random: &Random, zone: Tz, around: NaiveDate) -> Calendar {
    let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = [(); 7].map(|()| spans(random));
    let near = |_| around + TimeDelta::days(i64::try_from(random.below(7)).unwrap() - 3);
    let mut holidays: Vec<NaiveDate> = (0..random.below(3)).map(near).collect();
    holidays.sort_unstable();
    let mut dates: Vec<NaiveDate> = (0..random.below(3)).map(near).collect();
    dates.sort_unstable();
    dates.dedup();
    let exceptions = dates.into_iter().map(|date| SpecialDay { day: date, hours: spans(random) }).collect();
    Calendar {
        zone,
        weekly: Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday },
        holidays,
        exceptions,
    }
}

impl Calendar {
    fn hours(&self) -> BusinessHours<'_> {
        let Self { zone, weekly, holidays, exceptions } = self;
        BusinessHours { zone: (*zone).into(), weekly, holidays, exceptions }
    }
    fn on(&self, date: NaiveDate) -> &[Span] {
        if let Some(day) = self.exceptions.iter().find(|day| day.day == date) {
            return &day.hours;
        }
        if self.holidays.contains(&date) {
            return &[];
        }
        let week = &self.weekly;
        let days =
            [&week.monday, &week.tuesday, &week.wednesday, &week.thursday, &week.friday, &week.saturday, &week.sunday];
        days[date.weekday().num_days_from_monday() as usize]
    }
    /// Which minutes from one to another are open: a span goes from the first minute at which clocks show its beginning, or more
    /// where they leave it out, to the last one at which they show its end, or the first at which they show more.
    fn open(&self, from: i64, to: i64) -> Vec<bool> {
        let first = from - 2 * MINUTES_A_DAY;
        let shown: Vec<NaiveDateTime> =
            (first..to + 2 * MINUTES_A_DAY).map(|minute| local(self.zone, minute)).collect();
        let mut open = vec![false; shown.len()];
        let midnight = |date: NaiveDate| date.and_hms_opt(0, 0, 0).unwrap();
        let mut date = shown[0].date();
        while date <= shown[shown.len() - 1].date() {
            for span in self.on(date) {
                let from = midnight(date) + TimeDelta::minutes(span.from.minutes().into());
                let to = midnight(date) + TimeDelta::minutes(span.to.minutes().into());
                // What lies outside of what is shown does not matter: it is days away.
                let begin = shown.iter().position(|shown| *shown >= from).unwrap_or(shown.len());
                let ends = shown.iter().rposition(|shown| *shown == to);
                let end = ends.or_else(|| shown.iter().position(|shown| *shown > to)).unwrap_or(shown.len());
                open.iter_mut().take(end).skip(begin).for_each(|minute| *minute = true);
            }
            date = date.succ_opt().unwrap();
        }
        let skipped = usize::try_from(from - first).unwrap();
        open[skipped..skipped + usize::try_from(to - from).unwrap()].to_vec()
    }
}

fn number(name: &str, unless_said: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(unless_said)
}

#[test]
fn business_time_is_what_a_look_at_every_minute_says() {
    let random = Random::new(number("NEXA_SEED", 1));
    let changes: Vec<Vec<i64>> = ZONES.iter().map(|zone| changes(*zone)).collect();
    assert!(changes.iter().map(Vec::len).sum::<usize>() > 500);
    let (mut opened, mut counted) = (0_u64, 0_u64);
    let cases = number("NEXA_CASES", 1_500);
    for case in 0..cases {
        let at = random.below(ZONES.len());
        let pivot = match random.pick(&changes[at]) {
            Some(change) if !random.once_in(4) => *change,
            _ => 20_000_000 + i64::try_from(random.below(15_000_000)).unwrap(),
        };
        let within = |days: usize| i64::try_from(random.below(days * 24 * 60)).unwrap();
        let from = pivot - within(2);
        let to = from + within(4);
        let calendar = calendar(&random, ZONES[at], local(ZONES[at], pivot).date());
        let open = calendar.open(from, to);
        let moment = |minute: i64| Timestamp::from_micros(minute * MINUTE);
        let time = calendar.hours().between(moment(from), moment(to));
        let expected = i64::try_from(open.iter().filter(|open| **open).count()).unwrap();
        let place = || format!("case {case}: {} from {} to {}", ZONES[at], moment(from), moment(to));
        assert_eq!(time, expected * MINUTE, "{}", place());
        // The inverse: the end of the minute in which so much has passed.
        if expected > 0 {
            let wanted = 1 + i64::try_from(random.below(usize::try_from(expected).unwrap())).unwrap();
            let open_minutes = open.iter().enumerate().filter(|(_, open)| **open);
            let last = open_minutes.map(|(minute, _)| minute).nth(usize::try_from(wanted - 1).unwrap()).unwrap();
            let due = moment(from + i64::try_from(last).unwrap() + 1);
            assert_eq!(
                calendar.hours().after(moment(from), wanted * MINUTE),
                Some(due),
                "{}: {wanted} minutes",
                place()
            );
            opened += 1;
        }
        if let Some(first) = open.first() {
            assert_eq!(calendar.hours().is_open(moment(from)), *first, "{}", place());
            counted += 1;
        }
    }
    assert!(opened * 3 > cases && counted * 10 > cases * 9, "{opened} and {counted} of {cases}");
}
