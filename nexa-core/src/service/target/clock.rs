//! The clocks of a ticket: what its target promises, how much of that is used, and when it is due.
//!
//! A clock counts time inside the hours of its target. Used time is kept when a clock pauses, never the length of the pause; so a
//! weekend for which a ticket is pending costs nothing.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Id, Timestamp, people::calendar::Calendar};

/// Microseconds of a minute.
pub(super) const MINUTE: i64 = 60_000_000;

/// One promise that runs on a ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// The minutes that it promises.
    pub minutes: u32,
    /// The calendar whose hours count; every minute when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Id<Calendar>>,
    /// The time inside these hours that was used before it began to run, in microseconds.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub used: i64,
    /// Since when it runs; absent while it pauses and when it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// When it is due, inclusive; absent while it pauses, and when the calendar never opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// When it is near to be due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near: Option<Timestamp>,
    /// The due moment before which it was found to be near, once for each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub near_of: Option<Timestamp>,
    /// The due moment that passed without what was promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breached: Option<Timestamp>,
    /// When what it promises was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met_at: Option<Timestamp>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_zero(number: &i64) -> bool {
    *number == 0
}

/// The clocks of a ticket; a clock is absent when nothing is promised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Clocks {
    /// From the report until a user first answers; it never pauses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_response: Option<Clock>,
    /// From the oldest unanswered message after the first answer until a user answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_response: Option<Clock>,
    /// From one answer to the next while the ticket is open or in progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub update: Option<Clock>,
    /// Until the ticket is resolved; it pauses while the ticket is pending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Clock>,
}

impl Clocks {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Clock> {
        [&self.first_response, &self.next_response, &self.update, &self.resolution].into_iter().flatten()
    }
    /// When something is due next.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.all().filter_map(|clock| Self::due_of(Some(clock))).min()
    }
    /// When a clock that runs is due.
    pub(in crate::service) fn due_of(clock: Option<&Clock>) -> Option<Timestamp> {
        clock.filter(|clock| clock.since.is_some()).and_then(|clock| clock.due)
    }
    /// Whether one was missed.
    pub fn is_breached(&self) -> bool {
        self.all().any(|clock| clock.breached.is_some())
    }
    /// When somebody is to look at them next, to see whether one is near or missed.
    pub(in crate::service) fn next_look(&self) -> Option<Timestamp> {
        self.all().filter_map(Clock::next_look).min()
    }
}

/// The hours that count.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Hours {
    /// Every minute.
    Always,
    /// Those of a calendar.
    Of(Arc<Calendar>),
}

impl Hours {
    fn id(&self) -> Option<Id<Calendar>> {
        match self {
            Self::Always => None,
            Self::Of(calendar) => Some(calendar.id),
        }
    }
    fn between(&self, from: Timestamp, to: Timestamp) -> i64 {
        match self {
            Self::Always => to.since(from).max(0),
            Self::Of(calendar) => calendar.hours().between(from, to),
        }
    }
    fn after(&self, from: Timestamp, time: i64) -> Option<Timestamp> {
        match self {
            Self::Always => Some(Timestamp::from_micros(from.micros().saturating_add(time.max(0)))),
            Self::Of(calendar) => calendar.hours().after(from, time),
        }
    }
}

/// What is promised, and by which hours.
#[derive(Clone, Debug)]
pub(super) struct Promise {
    pub(super) minutes: u32,
    /// How many minutes before it is due it is near.
    pub(super) near: u32,
    pub(super) hours: Hours,
}

impl Promise {
    fn time(&self) -> i64 {
        i64::from(self.minutes) * MINUTE
    }
}

/// What the ticket says of a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It counts.
    Runs,
    /// It does not count for now.
    Pauses,
    /// What is promised was done at this moment.
    Met(Timestamp),
}

impl Clock {
    /// Whether nothing is to happen to it any more, as long as the ticket does not go back.
    const fn is_met(&self) -> bool {
        self.met_at.is_some()
    }
    fn next_look(&self) -> Option<Timestamp> {
        let due = self.due.filter(|_| self.since.is_some())?;
        let missed = if self.breached == Some(due) { None } else { Some(after_it(due)) };
        let near = self.near.filter(|_| self.near_of != Some(due) && self.breached != Some(due));
        near.into_iter().chain(missed).min()
    }

    /// The clock after a change at `now`. One that is new began at `begun`; `hours` are those by which a clock that was there counted.
    pub(super) fn next(
        before: Option<&Self>,
        promise: Option<&Promise>,
        state: State,
        begun: Timestamp,
        hours: &Hours,
        now: Timestamp,
    ) -> Option<Self> {
        let promise = promise?;
        if let Some(met) = before
            && met.is_met()
            && matches!(state, State::Met(_))
        {
            return Some(met.clone());
        }
        let mut clock = before.cloned().unwrap_or_default();
        let is_new = before.is_none();
        if is_new {
            clock.since = Some(begun);
        }
        let other = !is_new && (clock.minutes != promise.minutes || clock.calendar != promise.hours.id());
        if other || state != State::Runs {
            // What was used so far counted by the hours as they were.
            let counted = if is_new { &promise.hours } else { hours };
            let until = match state {
                State::Met(at) => at,
                _ => now,
            };
            if let Some(since) = clock.since.take() {
                clock.used = clock.used.saturating_add(counted.between(since, until));
            }
        }
        clock.minutes = promise.minutes;
        clock.calendar = promise.hours.id();
        clock.arrange(promise, state, now);
        clock.look(now);
        Some(clock)
    }

    fn arrange(&mut self, promise: &Promise, state: State, now: Timestamp) {
        let left = promise.time().saturating_sub(self.used);
        match state {
            State::Runs => {
                self.met_at = None;
                let since = self.since.unwrap_or(now);
                self.since = Some(since);
                // What is over keeps the moment at which it was over.
                if left > 0 || self.due.is_none() {
                    self.due = promise.hours.after(since, left.max(0));
                }
                let warned = left.saturating_sub(i64::from(promise.near) * MINUTE);
                self.near = if warned > 0 { promise.hours.after(since, warned) } else { None };
            }
            State::Pauses => {
                self.met_at = None;
                if left >= 0 {
                    (self.due, self.near) = (None, None);
                }
            }
            State::Met(at) => {
                self.met_at = Some(at);
                if left < 0 {
                    self.breached = self.breached.or(self.due).or(Some(at));
                } else {
                    (self.due, self.near) = (None, None);
                }
            }
        }
        if left > 0 && state == State::Runs && self.breached.is_some_and(|breached| Some(breached) != self.due) {
            // More was promised than before: what was missed is not missed any more.
            self.breached = None;
        }
    }

    /// Notes what time has brought.
    fn look(&mut self, now: Timestamp) {
        if self.since.is_none() {
            return;
        }
        let Some(due) = self.due else { return };
        if now > due {
            self.breached = Some(due);
        } else if self.near.is_some_and(|near| near <= now) {
            self.near_of = Some(due);
        }
    }
}

/// The first moment after one.
const fn after_it(due: Timestamp) -> Timestamp {
    Timestamp::from_micros(due.micros().saturating_add(1))
}

#[cfg(test)]
mod tests;
