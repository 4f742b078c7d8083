//! The hours of a week, of special days, and what makes them valid.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Code, Date, Error, Result, TimeOfDay, kernel::error::codes};

/// Two spans of a day overlap.
pub const OVERLAP: Code = Code::invalid(
    "calendar.overlap",
    "On {day} the hours {first} and {second} overlap; join them into one span, or let the later one begin after the earlier.",
);

/// How many spans a day may have.
const MOST_SPANS: usize = 24;

/// Hours of one day without a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// When they begin.
    pub from: TimeOfDay,
    /// When they end; `24:00` is the midnight after the day. What goes on over midnight is a span of each day.
    pub to: TimeOfDay,
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// The hours of each day of the week; a day without any is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Week {
    /// Monday's hours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub monday: Vec<Span>,
    /// Tuesday's hours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tuesday: Vec<Span>,
    /// Wednesday's hours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wednesday: Vec<Span>,
    /// Thursday's hours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub thursday: Vec<Span>,
    /// Friday's hours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub friday: Vec<Span>,
    /// Saturday's hours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub saturday: Vec<Span>,
    /// Sunday's hours.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sunday: Vec<Span>,
}

/// A day with hours of its own, whatever its weekday, and also when it is a holiday.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SpecialDay {
    /// The day.
    pub day: Date,
    /// Its hours; none when it is closed.
    #[serde(default)]
    pub hours: Vec<Span>,
}

impl Week {
    /// The hours of a date's weekday.
    pub fn on(&self, date: Date) -> &[Span] {
        use chrono::{Datelike, Weekday};
        match date.weekday() {
            Weekday::Mon => &self.monday,
            Weekday::Tue => &self.tuesday,
            Weekday::Wed => &self.wednesday,
            Weekday::Thu => &self.thursday,
            Weekday::Fri => &self.friday,
            Weekday::Sat => &self.saturday,
            Weekday::Sun => &self.sunday,
        }
    }
    /// Whether no day has hours.
    pub fn is_closed(&self) -> bool {
        *self == Self::default()
    }
    /// Sorts and checks each day. Errors: `calendar.overlap`, `field.invalid`.
    pub(super) fn settle(&mut self) -> Result<()> {
        let days = [
            ("monday", &mut self.monday),
            ("tuesday", &mut self.tuesday),
            ("wednesday", &mut self.wednesday),
            ("thursday", &mut self.thursday),
            ("friday", &mut self.friday),
            ("saturday", &mut self.saturday),
            ("sunday", &mut self.sunday),
        ];
        days.into_iter().try_for_each(|(day, spans)| settle_day("weekly", day, spans))
    }
}

/// Sorts and checks the spans of a day. Errors: `calendar.overlap`, `field.invalid`.
pub(super) fn settle_day(field: &'static str, day: &str, spans: &mut [Span]) -> Result<()> {
    if spans.len() > MOST_SPANS {
        return Err(invalid(field, format!("give {day} at most {MOST_SPANS} spans")));
    }
    spans.sort_unstable();
    if let Some(span) = spans.iter().find(|span| span.from >= span.to) {
        let problem = format!(
            "on {day} the hours {span} end before they begin; give what goes on over midnight as two spans, of which the first \
             ends at 24:00"
        );
        return Err(invalid(field, problem));
    }
    let mut later = spans.iter().skip(1);
    match spans.iter().find_map(|span| later.next().filter(|later| later.from < span.to).map(|later| (span, later))) {
        None => Ok(()),
        Some((first, second)) => {
            let error = OVERLAP.with("day", day).with("first", first.to_string());
            Err(error.with("second", second.to_string()).with("field", field))
        }
    }
}

pub(super) fn invalid(field: &'static str, problem: impl Into<String>) -> Error {
    codes::FIELD_INVALID.with("field", field).with("problem", problem.into())
}
