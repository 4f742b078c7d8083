//! Values that depend on the moment or on the tenant's time zone: `{"now": "-P30D"}`, `{"today": "-P3D"}`, a day of a moment.

use std::cell::Cell;

use serde_json::Value as Json;

use super::{fit, invalid};
use crate::{
    error::Result,
    filter::{Comparison, Predicate},
    value::{
        Date, Timestamp, Value,
        period::{Period, start_of},
        zone::Zone,
    },
};

const A_PERIOD: &str = "give a period such as -P30D, P1M or, with now, -PT12H";

/// The moment and the time zone by which a filter is read, and whether it was read by them.
#[derive(Debug)]
pub struct When {
    now: Timestamp,
    zone: Option<Zone>,
    by_now: Cell<bool>,
    by_zone: Cell<bool>,
}

/// What a value of a filter says of time.
pub(super) enum Said {
    /// A moment.
    Moment(Timestamp),
    /// A calendar date.
    Day(Date),
    /// Neither: what the field itself reads.
    Otherwise,
}

impl When {
    /// At this moment, in a zone that is not known yet; see [`When::lacks_zone`].
    pub const fn at(now: Timestamp) -> Self {
        Self { now, zone: None, by_now: Cell::new(false), by_zone: Cell::new(false) }
    }
    /// At this moment in this zone.
    pub const fn in_zone(now: Timestamp, zone: Zone) -> Self {
        Self { zone: Some(zone), ..Self::at(now) }
    }
    /// Whether the filter would have to be read again in the tenant's zone.
    pub const fn lacks_zone(&self) -> bool {
        self.zone.is_none() && self.by_zone.get()
    }
    /// Whether the filter means the same at any other moment, and in any other zone.
    pub const fn is_always_the_same(&self) -> bool {
        !self.by_now.get() && !self.by_zone.get()
    }
    /// The moment itself.
    pub(super) fn moment(&self) -> Timestamp {
        self.by_now.set(true);
        self.now
    }
    fn zone(&self) -> Zone {
        self.by_zone.set(true);
        self.zone.unwrap_or(Zone::UTC)
    }

    /// What a value says of time: `{"now": period}`, `{"today": period}`, a date or a moment.
    pub(super) fn said(&self, path: &str, json: &Json) -> Result<Said> {
        let map = match json {
            Json::String(text) => {
                let date = || text.parse::<Date>().ok().map(Said::Day);
                return Ok(Timestamp::parse(text).map(Said::Moment).or_else(date).unwrap_or(Said::Otherwise));
            }
            Json::Object(map) => map,
            _ => return Ok(Said::Otherwise),
        };
        let mut entries = map.iter();
        let (Some((word, period)), None) = (entries.next(), entries.next()) else { return Ok(Said::Otherwise) };
        let period = || period.as_str().and_then(Period::parse).ok_or_else(|| invalid(path, A_PERIOD));
        let beyond = || invalid(path, "the period leads beyond the calendar");
        match word.as_str() {
            "now" => {
                self.by_now.set(true);
                let period = period()?;
                let zone = if period.passes_everywhere() { Zone::UTC } else { self.zone() };
                let moment = period.after(self.now, zone).ok_or_else(beyond)?;
                fit(path, Value::Time(moment))?;
                Ok(Said::Moment(moment))
            }
            "today" => {
                self.by_now.set(true);
                let period = period()?;
                if !period.is_of_days() {
                    return Err(invalid(path, "today takes whole days; use now for hours, minutes and seconds"));
                }
                let date = period.after_date(self.now.date_in(self.zone())).ok_or_else(beyond)?;
                fit(path, Value::Date(date))?;
                Ok(Said::Day(date))
            }
            _ => Ok(Said::Otherwise),
        }
    }

    /// The day of a moment.
    pub(super) fn day_of(&self, moment: Timestamp) -> Date {
        moment.date_in(self.zone())
    }

    /// The first moment of a day, and that of the next one.
    pub(super) fn day(&self, path: &str, date: Date) -> Result<(Timestamp, Timestamp)> {
        fit(path, Value::Date(date))?;
        let next = date.succ_opt().ok_or_else(|| invalid(path, "give a date of the calendar"))?;
        Ok((start_of(date, self.zone()), start_of(next, self.zone())))
    }
}

/// How a moment compares with a day, whose first moment and that after it are given; `at` compares with a moment.
pub(super) fn with_day<T>(
    comparison: Comparison,
    (start, end): (T, T),
    at: impl Fn(Comparison, T) -> Predicate,
) -> Predicate {
    match comparison {
        Comparison::Eq => Predicate::And(vec![at(Comparison::Ge, start), at(Comparison::Lt, end)]),
        Comparison::Ne => Predicate::Or(vec![at(Comparison::Lt, start), at(Comparison::Ge, end)]),
        Comparison::Lt => at(Comparison::Lt, start),
        Comparison::Le => at(Comparison::Lt, end),
        Comparison::Gt => at(Comparison::Ge, end),
        Comparison::Ge => at(Comparison::Ge, start),
    }
}
