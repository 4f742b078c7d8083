//! When a notification leaves: now, with a digest, and not while it is quiet. By the clocks of whoever gets it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::preference::{DigestPeriod, NotificationDigest, NotificationPreference, NotificationTiming, Weekday};
use crate::{
    Context, Result, Timestamp,
    kernel::value::{days_after, local_time::LocalTime, zone::Zone},
    people::{
        User,
        calendar::{BusinessHours, calendar_of},
        mail_settings::QuietHours,
        org,
    },
};

/// When nothing leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Quiet {
    /// It is never quiet.
    #[default]
    Never,
    /// Outside of the hours of the user's calendar, or else of the organisation's; never where neither has one.
    OutsideCalendar,
    /// In these hours of every day, by the clocks of the user.
    Hours(QuietHours),
}

impl Quiet {
    /// What is wrong with it.
    pub(super) fn check(self) -> Result<(), &'static str> {
        match self {
            Self::Hours(hours) if hours.from == hours.to => Err("give hours an end that is not their beginning"),
            _ => Ok(()),
        }
    }
    /// The first moment from this one on at which it is not quiet.
    fn over(self, at: Timestamp, zone: Zone, hours: Option<BusinessHours<'_>>) -> Timestamp {
        match (self, hours) {
            (Self::Hours(quiet), _) => quiet.end(at, zone).unwrap_or(at),
            (Self::OutsideCalendar, Some(hours)) if !hours.is_open(at) => {
                // The first microsecond of business time has passed just after it opens.
                hours.after(at, 1).map_or(at, |after| Timestamp::from_micros(after.micros().saturating_sub(1)))
            }
            _ => at,
        }
    }
}

impl NotificationDigest {
    /// The first digest after a moment, by the clocks of a zone.
    pub(super) fn next(self, after: Timestamp, zone: Zone) -> Timestamp {
        let today = after.date_in(zone);
        let days = (0..=8).map(|days| days_after(today, days));
        let wanted = days.filter(|date| self.every == DigestPeriod::Day || Weekday::of(*date) == self.on);
        let mut moments = wanted.map(|date| LocalTime::of(zone, date, self.at.minutes()).first());
        moments.find(|moment| *moment > after).unwrap_or(after)
    }
}

impl Weekday {
    fn of(date: crate::Date) -> Self {
        use chrono::Datelike;
        let days = usize::try_from(date.weekday().num_days_from_monday()).unwrap_or_default();
        Self::ALL.get(days).copied().unwrap_or_default()
    }
}

/// The moment at which something leaves that is ready at another one.
pub(super) async fn leaves_at(
    cx: &mut Context<'_>,
    preference: &NotificationPreference,
    timing: NotificationTiming,
    ready: Timestamp,
) -> Result<Timestamp> {
    if timing == NotificationTiming::Now && *preference.quiet == Quiet::Never {
        return Ok(ready);
    }
    let user = cx.unrestricted().load::<User>(preference.user).await?;
    let zone = match user.time_zone {
        Some(zone) => zone.zone(),
        None => org::settings(cx).await?.time_zone.zone(),
    };
    let at = if timing == NotificationTiming::Digest { preference.digest.next(ready, zone) } else { ready };
    let calendar = match *preference.quiet {
        Quiet::OutsideCalendar => calendar_of(cx, Some(&user), None).await?,
        _ => None,
    };
    Ok(preference.quiet.over(at, zone, calendar.as_ref().map(crate::people::Calendar::hours)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        TimeOfDay,
        people::calendar::{Span, Week},
    };

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn time(text: &str) -> TimeOfDay {
        TimeOfDay::parse(text).unwrap()
    }

    #[test]
    fn a_digest_comes_at_its_time_of_the_users_day_also_when_clocks_change() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let daily = NotificationDigest { at: time("08:00"), ..NotificationDigest::default() };
        for (after, next) in [
            ("2025-11-17T06:59:59Z", "2025-11-17T07:00:00Z"),
            ("2025-11-17T07:00:00Z", "2025-11-18T07:00:00Z"),
            ("2026-03-28T12:00:00Z", "2026-03-29T06:00:00Z"),
        ] {
            assert_eq!(daily.next(at(after), berlin), at(next), "{after}");
        }
        // A time that the clocks leave out is the first moment after it, and one that they show twice comes once.
        let night = NotificationDigest { at: time("02:30"), ..NotificationDigest::default() };
        assert_eq!(night.next(at("2026-03-28T23:00:00Z"), berlin), at("2026-03-29T01:00:00Z"));
        assert_eq!(night.next(at("2026-10-25T00:30:00Z"), berlin), at("2026-10-26T01:30:00Z"));
    }

    #[test]
    fn a_weekly_digest_comes_on_its_day() {
        let utc = Zone::named("UTC").unwrap();
        let weekly = NotificationDigest { every: DigestPeriod::Week, on: Weekday::Friday, at: time("16:00") };
        // 17 November 2025 was a Monday.
        assert_eq!(weekly.next(at("2025-11-17T09:00:00Z"), utc), at("2025-11-21T16:00:00Z"));
        assert_eq!(weekly.next(at("2025-11-21T16:00:00Z"), utc), at("2025-11-28T16:00:00Z"));
    }

    #[test]
    fn it_is_quiet_outside_of_the_calendar_until_it_opens() {
        let zone = Zone::named("UTC").unwrap();
        let day = vec![Span { from: time("09:00"), to: time("17:00") }];
        let weekly = Week { monday: day.clone(), friday: day, ..Week::default() };
        let hours = Some(BusinessHours { zone, weekly: &weekly, holidays: &[], exceptions: &[] });
        for (moment, over) in [
            ("2025-11-21T16:59:59Z", "2025-11-21T16:59:59Z"),
            ("2025-11-21T17:00:00Z", "2025-11-24T09:00:00Z"),
            ("2025-11-24T09:00:00Z", "2025-11-24T09:00:00Z"),
        ] {
            assert_eq!(Quiet::OutsideCalendar.over(at(moment), zone, hours), at(over), "{moment}");
        }
        assert_eq!(Quiet::OutsideCalendar.over(at("2025-11-22T00:00:00Z"), zone, None), at("2025-11-22T00:00:00Z"));
    }
}
