//! Business time: how much of the time between two instants is inside business hours, and when so much of it has passed.
//!
//! Everything is a sum of instants in UTC. A span's ends are times of its date in the calendar's zone, each turned into an instant
//! by itself: a beginning that clocks show twice is the earlier one and an end the later one; what clocks leave out is the first
//! instant after it. An instant is counted once, also where two spans meet in an hour that clocks show twice.

use crate::{
    Date, TimeOfDay, Timestamp,
    kernel::value::{days_after, local_time::LocalTime, zone::Zone},
};

use super::week::{Span, SpecialDay, Week};

/// For how long a calendar may be closed before what waits for it to open waits for nothing: 400 days.
const LONGEST_CLOSED: i64 = 400 * 24 * 3_600_000_000;
/// How far ahead business time is computed, in days: a hundred years.
pub(super) const MOST_DAYS: i64 = 36_525;

/// When a calendar is open.
#[derive(Clone, Copy, Debug)]
pub struct BusinessHours<'c> {
    /// The zone whose clocks the hours are of.
    pub zone: Zone,
    /// The hours of each day of the week.
    pub weekly: &'c Week,
    /// Days that are closed, in order.
    pub holidays: &'c [Date],
    /// Days with hours of their own, in order.
    pub exceptions: &'c [SpecialDay],
}

impl<'c> BusinessHours<'c> {
    /// The hours of a date: its own, else none on a holiday, else those of its weekday.
    pub fn on(&self, date: Date) -> &'c [Span] {
        if let Ok(position) = self.exceptions.binary_search_by_key(&date, |special| special.day) {
            return self.exceptions.get(position).map(|special| special.hours.as_slice()).unwrap_or_default();
        }
        if self.holidays.binary_search(&date).is_ok() { &[] } else { self.weekly.on(date) }
    }
    /// How much business time lies between two instants, in microseconds; nothing when the second is not after the first.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> i64 {
        let openings = self.openings(from, days_after(to.date_in(self.zone), 1));
        openings.take_while(|(opens, _)| *opens < to).map(|(opens, closes)| closes.min(to).since(opens)).sum()
    }
    /// The instant at which so much business time has passed since another one, in microseconds: `from` itself when that is
    /// none, and the end of hours when they end just then. `None` when the calendar does not open for 400 days before that,
    /// or within a hundred years.
    pub fn after(&self, from: Timestamp, time: i64) -> Option<Timestamp> {
        if time <= 0 {
            return Some(from);
        }
        let (mut left, mut closed_since) = (time, from);
        for (opens, closes) in self.openings(from, days_after(from.date_in(self.zone), MOST_DAYS)) {
            if opens.since(closed_since) > LONGEST_CLOSED {
                return None;
            }
            let length = closes.since(opens);
            if left <= length {
                return Some(Timestamp::from_micros(opens.micros().saturating_add(left)));
            }
            left -= length;
            closed_since = closes;
        }
        None
    }
    /// Whether it is open at an instant; the end of hours is no part of them.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let tomorrow = days_after(at.date_in(self.zone), 1);
        self.openings(at, tomorrow).next().is_some_and(|(opens, _)| opens == at)
    }
    /// What is open from an instant until the end of a date, in order and without overlaps.
    fn openings(&self, from: Timestamp, last: Date) -> Openings<'c> {
        // What began the day before by these clocks may go on where they are set back into that day.
        let first = days_after(from.date_in(self.zone), -1);
        Openings { hours: *self, since: from, last, date: Some(first), spans: [].iter(), day: first }
    }
}

/// The openings of a calendar, one after another.
struct Openings<'c> {
    hours: BusinessHours<'c>,
    /// Up to where everything was given out.
    since: Timestamp,
    /// The last date to look at.
    last: Date,
    /// The next one.
    date: Option<Date>,
    /// What is left of the one before it.
    spans: std::slice::Iter<'c, Span>,
    /// The one before it.
    day: Date,
}

impl Iterator for Openings<'_> {
    type Item = (Timestamp, Timestamp);
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            for span in self.spans.by_ref() {
                let instant = |time: TimeOfDay| LocalTime::of(self.hours.zone, self.day, time.minutes());
                let (opens, closes) = (instant(span.from).first().max(self.since), instant(span.to).last());
                if opens < closes {
                    self.since = closes;
                    return Some((opens, closes));
                }
            }
            self.day = self.date.filter(|date| *date <= self.last)?;
            self.date = self.day.succ_opt();
            self.spans = self.hours.on(self.day).iter();
        }
    }
}

#[cfg(test)]
mod tests;
