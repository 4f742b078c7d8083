//! How an organisation sends mail: how much marketing somebody gets, when, and where their links lead.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Rate, Result, TimeOfDay, Timestamp, Url,
    kernel::{
        error::codes,
        value::{days_after, local_time::LocalTime, zone::Zone},
    },
};

/// How an organisation sends mail. What is left out has its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailSettings {
    /// How much marketing an address gets; what somebody writes to one person, and what is transactional, does not count.
    pub frequency_cap: FrequencyCap,
    /// When marketing waits, by the clocks of the person, else of the organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quiet_hours: Option<QuietHours>,
    /// When a sender halts by itself.
    pub halting: Halting,
    /// The page of the host where people choose what they get; the token is appended. Marketing needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferences_page: Option<Url>,
    /// The page of the host that shows a record; its `kind` and `id` are appended. Mails about notifications lead there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_page: Option<Url>,
}

/// How much marketing an address gets: 3 mails in 7 days unless said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FrequencyCap {
    /// At most so many mails; null for any number.
    pub most: Option<u16>,
    /// In so many days, from 1 to 365.
    pub days: u16,
}

impl Default for FrequencyCap {
    fn default() -> Self {
        Self { most: Some(3), days: 7 }
    }
}

/// Hours in which marketing waits. They go over midnight where they end before they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// When they begin.
    pub from: TimeOfDay,
    /// When they end.
    pub to: TimeOfDay,
}

impl QuietHours {
    /// When they end, where a moment is inside them.
    pub fn end(self, at: Timestamp, zone: Zone) -> Option<Timestamp> {
        let today = at.date_in(zone);
        // Those that began the day before may go on.
        [days_after(today, -1), today].into_iter().find_map(|date| {
            let begins = LocalTime::of(zone, date, self.from.minutes()).first();
            let end = if self.from < self.to { date } else { days_after(date, 1) };
            let ends = LocalTime::of(zone, end, self.to.minutes()).last();
            (begins <= at && at < ends).then_some(ends)
        })
    }
}

/// When a sender halts by itself: once it has handed over so many mails in 24 hours, and more than so many of a hundred came back for good,
/// or were reported as spam.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Halting {
    /// From so many mails on: 500 unless said.
    pub after: u32,
    /// The share that came back for good: 5 % unless said.
    pub hard_bounces: Rate,
    /// The share that was reported as spam: 0.3 % unless said.
    pub complaints: Rate,
}

impl Default for Halting {
    fn default() -> Self {
        let rate = |text: &str| Rate::parse(text).unwrap_or_default();
        Self { after: 500, hard_bounces: rate("5"), complaints: rate("0.3") }
    }
}

impl MailSettings {
    /// Checks what was given. Error: `field.invalid`.
    pub(super) fn check(&self) -> Result<()> {
        let invalid = |problem: &str| -> Error { codes::FIELD_INVALID.with("field", "mail").with("problem", problem) };
        if !(1..=365).contains(&self.frequency_cap.days) {
            return Err(invalid("give frequency_cap from 1 to 365 days"));
        }
        if self.quiet_hours.is_some_and(|quiet| quiet.from == quiet.to) {
            return Err(invalid("give quiet_hours an end that is not their beginning"));
        }
        if self.preferences_page.as_ref().is_some_and(|page| !page.starts_with("https://")) {
            return Err(invalid("give a preferences_page with https"));
        }
        if self.record_page.as_ref().is_some_and(|page| !page.starts_with("https://")) {
            return Err(invalid("give a record_page with https"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn quiet_hours_may_go_over_midnight() {
        let zone = Zone::named("Europe/Berlin").unwrap();
        let time = |text: &str| TimeOfDay::parse(text).unwrap();
        let night = QuietHours { from: time("21:00"), to: time("08:00") };
        assert_eq!(night.end(at("2025-11-17T19:59:00Z"), zone), None);
        assert_eq!(night.end(at("2025-11-17T20:00:00Z"), zone), Some(at("2025-11-18T07:00:00Z")));
        assert_eq!(night.end(at("2025-11-18T06:59:59Z"), zone), Some(at("2025-11-18T07:00:00Z")));
        assert_eq!(night.end(at("2025-11-18T07:00:00Z"), zone), None);
        let noon = QuietHours { from: time("12:00"), to: time("13:00") };
        assert_eq!(noon.end(at("2025-11-17T11:30:00Z"), zone), Some(at("2025-11-17T12:00:00Z")));
        assert_eq!(noon.end(at("2025-11-17T23:30:00Z"), zone), None);
        // The night in which clocks are set forward is an hour shorter.
        assert_eq!(night.end(at("2026-03-28T23:00:00Z"), zone), Some(at("2026-03-29T06:00:00Z")));
    }
}
