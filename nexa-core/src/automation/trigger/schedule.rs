//! Runs that begin at times of a plan.

use chrono::Datelike;

use super::active;
use crate::{
    Context, Principal, Result, Timestamp,
    automation::{
        run::{Beginning, begin, cause},
        workflow::ScheduleTrigger,
    },
    kernel::{
        Timed, Timer,
        later::set_timer,
        value::{Date, days_after, local_time::LocalTime, period::Period, zone::Zone},
    },
    productivity::notification::Weekday,
};

/// How many runs begin in one unit.
const AT_ONCE: usize = 200;
/// How many planned times are counted on from one that is long past.
const MOST_MISSED: usize = 20_000;

/// The next time of a plan, with the workflow as its key.
pub(in crate::automation) struct Scheduled;

impl Timed for Scheduled {
    const NAME: &'static str = "workflow.schedule";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Some((workflow, version)) = active(cx, timer.key()).await? else { return Ok(()) };
        let Some(schedule) = &version.trigger.schedule else { return Ok(()) };
        let (now, zone, planned) = (cx.now(), cx.time_zone().await?, timer.due_at);
        // What was missed comes once, and the plan goes on from now.
        if let Some(next) = next(schedule, planned, now, zone) {
            set_timer::<Scheduled>(cx, timer.key(), next, None).await?;
        }
        if schedule.over.is_some() {
            let key = format!("{}/{}", workflow.id, planned.micros());
            return set_timer::<ScheduledOver>(cx, &key, now, None).await;
        }
        let beginning = Beginning::of(&workflow, &version, format!("s:{}", planned.micros()));
        begin(cx, beginning).await.map(drop)
    }
}

/// The records of a time of a plan, from one of them on; with the workflow and the time as its key.
pub(in crate::automation) struct ScheduledOver;

impl Timed for ScheduledOver {
    const NAME: &'static str = "workflow.schedule_over";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Some((workflow, planned)) = timer.key().split_once('/') else { return Ok(()) };
        let Some((workflow, version)) = active(cx, workflow).await? else { return Ok(()) };
        let over = version.trigger.schedule.as_ref().and_then(|schedule| schedule.over.as_ref());
        let Some(over) = over else { return Ok(()) };
        let def = cx.kind(&over.kind)?;
        let after = timer.detail.as_deref().and_then(|id| id.parse().ok());
        let runs_as = Principal::User(version.runs_as.uuid());
        let whole = cx.begin_part(&runs_as, cause(workflow.id, version.number)).await?;
        let ids = cx.visible_ids(def, &over.filter, after, AT_ONCE).await;
        cx.end_part(whole).await?;
        let ids = ids?;
        for id in &ids {
            let occurrence = format!("s:{planned}:{id}");
            let beginning = Beginning { record: Some((def, *id)), ..Beginning::of(&workflow, &version, occurrence) };
            begin(cx, beginning).await?;
        }
        match ids.last() {
            Some(last) if ids.len() == AT_ONCE => {
                let next = Timestamp::from_micros(timer.due_at.micros().saturating_add(1));
                set_timer::<ScheduledOver>(cx, timer.key(), next, Some(last.to_string())).await
            }
            _ => Ok(()),
        }
    }
}

/// The first time of a plan after now; `every` counts from the last planned one.
pub(super) fn next(schedule: &ScheduleTrigger, planned: Timestamp, now: Timestamp, zone: Zone) -> Option<Timestamp> {
    if let Some(period) = schedule.every.as_ref().and_then(|every| Period::parse(every)) {
        let mut next = planned;
        for _ in 0..MOST_MISSED {
            next = period.after(next, zone).filter(|later| *later > next)?;
            if next > now {
                return Some(next);
            }
        }
        return period.after(now, zone);
    }
    let minutes = schedule.at?.minutes();
    let today = now.date_in(zone);
    // A month has at most 31 days, and the last of the next one is at most 62 days away.
    (0..=62).map(|days| days_after(today, days)).filter(|day| is_of(schedule, *day)).find_map(|day| {
        let at = LocalTime::of(zone, day, minutes).first();
        (at > now).then_some(at)
    })
}

/// Whether a plan has a time on a day.
fn is_of(schedule: &ScheduleTrigger, day: Date) -> bool {
    if let Some(of_month) = schedule.day {
        let last = days_after(day, 1).day() == 1;
        return day.day() == u32::from(of_month) || (last && day.day() < u32::from(of_month));
    }
    let weekday =
        usize::try_from(day.weekday().num_days_from_monday()).ok().and_then(|at| Weekday::ALL.get(at).copied());
    schedule.weekdays.is_empty() || weekday.is_some_and(|weekday| schedule.weekdays.contains(&weekday))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Name, TimeOfDay};

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }
    fn daily(time: &str) -> ScheduleTrigger {
        ScheduleTrigger { at: Some(TimeOfDay::parse(time).unwrap()), ..ScheduleTrigger::default() }
    }

    #[test]
    fn every_counts_from_the_last_planned_moment_and_missed_ones_come_once() {
        let every = ScheduleTrigger { every: Some(Name::parse("PT13H").unwrap()), ..ScheduleTrigger::default() };
        let (zone, planned) = (Zone::UTC, at("2025-11-17T20:00:00Z"));
        assert_eq!(next(&every, planned, planned, zone), Some(at("2025-11-18T09:00:00Z")));
        assert_eq!(next(&every, planned, at("2025-11-21T00:00:00Z"), zone), Some(at("2025-11-21T02:00:00Z")));
    }

    #[test]
    fn a_time_that_clocks_leave_out_or_show_twice_comes_once() {
        let zone = Zone::named("America/New_York").unwrap();
        let spring = next(&daily("02:30"), at("2026-03-08T05:00:00Z"), at("2026-03-08T05:00:00Z"), zone).unwrap();
        assert_eq!(spring, at("2026-03-08T07:00:00Z"));
        let autumn = next(&daily("01:30"), at("2026-11-01T04:00:00Z"), at("2026-11-01T04:00:00Z"), zone).unwrap();
        assert_eq!(autumn, at("2026-11-01T05:30:00Z"));
        assert_eq!(next(&daily("01:30"), autumn, autumn, zone), Some(at("2026-11-02T06:30:00Z")));
    }

    #[test]
    fn the_31st_is_the_last_day_of_a_month() {
        let monthly = ScheduleTrigger { day: Some(31), ..daily("09:00") };
        let (zone, now) = (Zone::UTC, at("2026-01-31T09:00:00Z"));
        assert_eq!(next(&monthly, now, now, zone), Some(at("2026-02-28T09:00:00Z")));
        let weekly = ScheduleTrigger { weekdays: vec![Weekday::Monday], ..daily("09:00") };
        assert_eq!(next(&weekly, now, now, zone), Some(at("2026-02-02T09:00:00Z")));
    }
}
