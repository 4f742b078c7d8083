//! Business time by a calendar, for callers: how much of it lies between two moments, and when so much of it has passed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Calendar, hours::MOST_DAYS};
use crate::{Code, Context, Get, Id, Query, Ref, Result, Timestamp, people::org};

/// No calendar was named, and the organisation has none.
pub const NO_CALENDAR: Code = Code::rule(
    "calendar.none",
    "The organisation has no calendar; name one in {field}, or give the organisation one with org.configure.",
);
/// The period is too long.
pub const TOO_FAR: Code =
    Code::invalid("calendar.too_far", "{field} is over {years} years; business time is computed for at most that.");
/// The period ends before it begins.
pub const PERIOD_REVERSED: Code =
    Code::invalid("calendar.period_reversed", "The period ends at {to}, before it begins at {from}; swap them.");

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;
/// How many years business time is computed for.
const MOST_YEARS: i64 = 100;

/// How much of the time between two moments is inside business hours: `calendar.business_time`. Errors: `calendar.none`,
/// `calendar.period_reversed`, `calendar.too_far`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Between {
    /// The calendar; the organisation's unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Ref<Calendar>>,
    /// The moment from which it counts.
    pub from: Timestamp,
    /// The moment until which it counts.
    pub to: Timestamp,
}

/// Time inside business hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BusinessTime {
    /// The calendar.
    pub calendar: Id<Calendar>,
    /// The time in seconds, as far as they are whole.
    pub seconds: i64,
}

impl Query for Between {
    const VERB: &'static str = "business_time";
    const ERRORS: &'static [Code] = &[NO_CALENDAR, PERIOD_REVERSED, TOO_FAR];
    type Of = Calendar;
    type Output = BusinessTime;
    async fn run(&self, cx: &mut Context<'_>) -> Result<BusinessTime> {
        if self.to < self.from {
            return Err(PERIOD_REVERSED.with("from", self.from).with("to", self.to));
        }
        if self.to > self.from.plus_days(MOST_DAYS) {
            return Err(TOO_FAR.with("field", "to").with("years", MOST_YEARS));
        }
        let calendar = named(cx, self.calendar.as_ref()).await?;
        let time = calendar.hours().between(self.from, self.to);
        Ok(BusinessTime { calendar: calendar.id, seconds: time / 1_000_000 })
    }
}

/// The moment at which so much business time has passed: `calendar.after`. Errors: `calendar.none`, `calendar.too_far`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// The calendar; the organisation's unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<Ref<Calendar>>,
    /// The moment from which it counts.
    pub from: Timestamp,
    /// How many minutes of business time.
    pub minutes: u32,
}

/// When business time has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Due {
    /// The calendar.
    pub calendar: Id<Calendar>,
    /// The moment, which may be the end of business hours; nothing when the calendar stays closed for 400 days before it, or when
    /// it is over a hundred years away.
    pub due: Option<Timestamp>,
}

impl Query for After {
    const VERB: &'static str = "after";
    const ERRORS: &'static [Code] = &[NO_CALENDAR, TOO_FAR];
    type Of = Calendar;
    type Output = Due;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Due> {
        let time = i64::from(self.minutes) * MINUTE;
        if self.from.micros().saturating_add(time) > self.from.plus_days(MOST_DAYS).micros() {
            return Err(TOO_FAR.with("field", "minutes").with("years", MOST_YEARS));
        }
        let calendar = named(cx, self.calendar.as_ref()).await?;
        Ok(Due { calendar: calendar.id, due: calendar.hours().after(self.from, time) })
    }
}

/// The calendar that was named, or the organisation's. Error: `calendar.none`.
async fn named(cx: &mut Context<'_>, calendar: Option<&Ref<Calendar>>) -> Result<Calendar> {
    let calendar = match calendar {
        Some(calendar) => calendar.clone(),
        None => {
            let own = org::settings(cx).await?.calendar;
            Ref::Id(own.ok_or_else(|| NO_CALENDAR.with("field", "calendar"))?)
        }
    };
    Ok(Get::of(calendar).run(cx).await?.record)
}
