//! Planned times as days and moments.

use super::{OnWeekend, PlannedDue, PlannedFrom, PlannedMeeting};
use crate::{
    Date, Timestamp,
    kernel::{
        value::{
            days_after,
            local_time::LocalTime,
            period::{Period, start_of},
        },
        zone::Zone,
    },
};

/// How long a meeting takes unless said, in minutes.
const MINUTES: u16 = 60;

/// By what planned times become days and moments.
#[derive(Clone, Copy)]
pub(in crate::productivity) struct Calendar {
    /// The day on which the project begins.
    pub(in crate::productivity) start: Date,
    /// What becomes of days at a weekend.
    pub(in crate::productivity) weekend: OnWeekend,
    /// The tenant's time zone.
    pub(in crate::productivity) zone: Zone,
    /// Now, where the project begins today.
    pub(in crate::productivity) now: Option<Timestamp>,
}

/// The whole day or the moment at which something is due; neither where nothing is said.
pub(in crate::productivity) type Due = (Option<Date>, Option<Timestamp>);

impl Calendar {
    /// When something is due. `None` beyond the calendar.
    pub(in crate::productivity) fn due(
        &self,
        due: Option<&PlannedDue>,
        project_due: Option<&PlannedDue>,
    ) -> Option<Due> {
        let Some(due) = due else { return Some((None, None)) };
        let period = Period::parse(&due.after)?;
        let from = match due.of {
            PlannedFrom::Start => self.start,
            PlannedFrom::ProjectDue => self.project_due(project_due)?,
        };
        if !period.is_of_days() {
            let moment = self.now.filter(|_| due.of == PlannedFrom::Start);
            let moment = moment.unwrap_or_else(|| start_of(from, self.zone));
            return period.after(moment, self.zone).map(|at| (None, Some(at)));
        }
        let day = self.worked(period.after_date(from)?);
        Some(match due.at {
            Some(at) => (None, Some(LocalTime::of(self.zone, day, at.minutes()).first())),
            None => (Some(day), None),
        })
    }
    /// The day until which the project is to be done.
    pub(in crate::productivity) fn project_due(&self, due: Option<&PlannedDue>) -> Option<Date> {
        let period = Period::parse(&due?.after)?;
        period.after_date(self.start).map(|day| self.worked(day))
    }
    /// Between which moments a meeting is.
    pub(in crate::productivity) fn span(&self, meeting: &PlannedMeeting) -> Option<(Timestamp, Timestamp)> {
        let (_, from) = self.due(Some(&meeting.due), None)?;
        let from = from?;
        let long = i64::from(meeting.minutes.unwrap_or(MINUTES)) * 60_000_000;
        Some((from, Timestamp::from_micros(from.micros().saturating_add(long))))
    }
    /// The day, or another one where that is at a weekend.
    fn worked(&self, day: Date) -> Date {
        use chrono::{Datelike, Weekday};
        let (forward, back) = match day.weekday() {
            Weekday::Sat => (2, -1),
            Weekday::Sun => (1, -2),
            _ => return day,
        };
        match self.weekend {
            OnWeekend::Keep => day,
            OnWeekend::Next => days_after(day, forward),
            OnWeekend::Previous => days_after(day, back),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TimeOfDay;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }
    fn calendar(start: &str, weekend: OnWeekend) -> Calendar {
        Calendar { start: day(start), weekend, zone: Zone::named("America/New_York").unwrap(), now: None }
    }
    fn due(after: &str) -> PlannedDue {
        PlannedDue { after: after.to_owned(), ..PlannedDue::default() }
    }

    #[test]
    fn days_count_from_the_start_and_from_the_end() {
        let of_start = calendar("2025-11-17", OnWeekend::Keep);
        for (after, on) in
            [("P0D", "2025-11-17"), ("P14D", "2025-12-01"), ("P30D", "2025-12-17"), ("P5D", "2025-11-22")]
        {
            assert_eq!(of_start.due(Some(&due(after)), None), Some((Some(day(on)), None)), "{after}");
        }
        let before_end = PlannedDue { of: PlannedFrom::ProjectDue, ..due("-P1W") };
        let end = due("P30D");
        assert_eq!(of_start.due(Some(&before_end), Some(&end)), Some((Some(day("2025-12-10")), None)));
        assert_eq!(of_start.due(Some(&before_end), None), None);
        assert_eq!(of_start.due(None, None), Some((None, None)));
    }

    #[test]
    fn a_weekend_is_kept_or_left() {
        for (weekend, saturday, sunday) in [
            (OnWeekend::Keep, "2025-11-22", "2025-11-23"),
            (OnWeekend::Next, "2025-11-24", "2025-11-24"),
            (OnWeekend::Previous, "2025-11-21", "2025-11-21"),
        ] {
            let calendar = calendar("2025-11-17", weekend);
            assert_eq!(calendar.due(Some(&due("P5D")), None), Some((Some(day(saturday)), None)));
            assert_eq!(calendar.due(Some(&due("P6D")), None), Some((Some(day(sunday)), None)));
        }
    }

    #[test]
    fn times_are_those_of_the_tenants_clocks_and_hours_pass() {
        let at_ten = PlannedDue { at: TimeOfDay::parse("10:00").ok(), ..due("P3D") };
        let moment = |text: &str| Timestamp::parse(text);
        // Clocks go back on the second of November.
        let summer = calendar("2025-10-29", OnWeekend::Keep).due(Some(&at_ten), None);
        assert_eq!(summer, Some((None, moment("2025-11-01T14:00:00Z"))));
        let winter = calendar("2025-10-30", OnWeekend::Keep).due(Some(&at_ten), None);
        assert_eq!(winter, Some((None, moment("2025-11-02T15:00:00Z"))));
        let now = Calendar { now: moment("2025-11-17T14:30:00Z"), ..calendar("2025-11-17", OnWeekend::Keep) };
        assert_eq!(now.due(Some(&due("PT24H")), None), Some((None, moment("2025-11-18T14:30:00Z"))));
        let later = calendar("2025-11-17", OnWeekend::Keep);
        assert_eq!(later.due(Some(&due("PT24H")), None), Some((None, moment("2025-11-18T05:00:00Z"))));
    }
}
