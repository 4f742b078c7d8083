//! Runs that begin when the date or moment in a field of a record has come.

use chrono::Datelike;
use uuid::Uuid;

use super::active;
use crate::{
    Context, Result, Timestamp,
    automation::{
        Workflow,
        run::{Beginning, begin},
        workflow::DateTrigger,
    },
    kernel::{
        Timed, Timer,
        later::{set_timer, stop_timer},
        record::{RecordDef, Row},
        value::{Date, Value, local_time::LocalTime, period::Period, zone::Zone},
    },
};

/// What is later than this does not begin a run any more: a day, in microseconds.
const LATE: i64 = 86_400_000_000;
/// How many records are looked at in one unit.
const AT_ONCE: usize = 200;

/// The moment in a field of a record, with the workflow and the record as its key.
pub(in crate::automation) struct DateReached;

impl Timed for DateReached {
    const NAME: &'static str = "workflow.date";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Some((workflow, record)) = timer.key().split_once('/') else { return Ok(()) };
        let (Some((workflow, version)), Ok(record)) = (active(cx, workflow).await?, record.parse::<Uuid>()) else {
            return Ok(());
        };
        let Some(date) = &version.trigger.date else { return Ok(()) };
        let def = cx.kind(&date.kind)?;
        let now = cx.now();
        let Some(due) = due(cx, date, def, record, timer.due_at).await? else { return Ok(()) };
        if due.at > now {
            // The value changed since, and its own event has not been read.
            return set_timer::<DateReached>(cx, timer.key(), due.at, None).await;
        }
        let beginning = Beginning {
            record: Some((def, record)),
            ..Beginning::of(&workflow, &version, format!("d:{record}:{}", due.of))
        };
        begin(cx, beginning).await?;
        if date.yearly {
            let after = Timestamp::from_micros(due.at.micros().saturating_add(1));
            if let Some(next) = self::due(cx, date, def, record, after).await?.filter(|next| next.at > due.at) {
                set_timer::<DateReached>(cx, timer.key(), next.at, None).await?;
            }
        }
        Ok(())
    }
}

/// A walk over the records that were there before a workflow waited for their dates, from one of them on.
pub(in crate::automation) struct DatesOfOlder;

impl Timed for DatesOfOlder {
    const NAME: &'static str = "workflow.dates_of_older";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Some((workflow, version)) = active(cx, timer.key()).await? else { return Ok(()) };
        let Some(date) = &version.trigger.date else { return Ok(()) };
        let def = cx.kind(&date.kind)?;
        let after = timer.detail.as_deref().and_then(|id| id.parse().ok());
        let with_date = crate::Filter::compare(date.field.as_str(), crate::Op::IsNull, false);
        let ids = cx.visible_ids(def, &with_date, after, AT_ONCE).await?;
        for id in &ids {
            changed(cx, &workflow, date, def, *id).await?;
        }
        match ids.last() {
            Some(last) if ids.len() == AT_ONCE => {
                // Later than this timer, which is gone behind it.
                let next = Timestamp::from_micros(timer.due_at.micros().saturating_add(1));
                set_timer::<DatesOfOlder>(cx, timer.key(), next, Some(last.to_string())).await
            }
            _ => Ok(()),
        }
    }
}

/// A record changed, or is there: its date is waited for, as it is now.
pub(super) async fn changed(
    cx: &mut Context<'_>,
    workflow: &Workflow,
    date: &DateTrigger,
    def: &'static RecordDef,
    record: Uuid,
) -> Result<()> {
    let key = format!("{}/{record}", workflow.id);
    let earliest = Timestamp::from_micros(cx.now().micros().saturating_sub(LATE));
    match due(cx, date, def, record, earliest).await? {
        Some(due) if due.at >= earliest => set_timer::<DateReached>(cx, &key, due.at, None).await,
        _ => stop_timer::<DateReached>(cx, &key).await,
    }
}

/// When a record's date is due.
struct Due {
    at: Timestamp,
    /// The date or moment of which it is.
    of: String,
}

/// When the date of a live record is due; of one that comes every year the first time from this moment on.
async fn due(
    cx: &mut Context<'_>,
    date: &DateTrigger,
    def: &'static RecordDef,
    record: Uuid,
    from: Timestamp,
) -> Result<Option<Due>> {
    let zone = cx.time_zone().await?;
    let row: Option<Row> = cx.unrestricted().row(def, record).await?;
    let Some(row) = row.filter(|row| row.live(def)) else { return Ok(None) };
    let Some(value) = def.column(&date.field).map(|column| row.get(column)) else { return Ok(None) };
    let offset = date.offset.as_ref().and_then(|offset| Period::parse(offset)).unwrap_or_default();
    let day = match value {
        Value::Date(day) => *day,
        Value::Time(at) if date.yearly || date.at.is_some() => at.date_in(zone),
        Value::Time(at) => {
            return Ok(offset.after(*at, zone).map(|due| Due { at: due, of: format!("{at}:{}", offset_text(date)) }));
        }
        _ => return Ok(None),
    };
    if !date.yearly {
        return Ok(of_day(date, day, offset, zone).map(|at| Due { at, of: format!("{day}:{}", offset_text(date)) }));
    }
    let year = from.date_in(zone).year();
    let found = (year - 1..=year + 2).filter(|year| *year >= day.year()).find_map(|year| {
        let day = in_year(day, year)?;
        let at = of_day(date, day, offset, zone).filter(|at| *at >= from)?;
        Some(Due { at, of: format!("{day}:{}", offset_text(date)) })
    });
    Ok(found)
}

fn offset_text(date: &DateTrigger) -> &str {
    date.offset.as_ref().map_or("", |offset| offset.as_str())
}

/// The day in a year; the last of February where that has no such day.
fn in_year(day: Date, year: i32) -> Option<Date> {
    day.with_year(year).or_else(|| day.with_day(28)?.with_year(year))
}

/// The moment of a day, so long after it.
fn of_day(date: &DateTrigger, day: Date, offset: Period, zone: Zone) -> Option<Timestamp> {
    let time = |day| LocalTime::of(zone, day, date.at.map_or(0, |at| at.minutes())).first();
    if offset.is_of_days() { offset.after_date(day).map(time) } else { offset.after(time(day), zone) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_of_february_stands_for_the_29th() {
        assert_eq!(in_year(date("2024-02-29"), 2025), Some(date("2025-02-28")));
        assert_eq!(in_year(date("2024-02-29"), 2028), Some(date("2028-02-29")));
        assert_eq!(in_year(date("2025-11-17"), 2026), Some(date("2026-11-17")));
    }

    #[test]
    fn a_date_is_one_of_the_zone_and_begins_at_its_midnight() {
        let zone = Zone::named("America/New_York").unwrap();
        let trigger = DateTrigger { offset: Some(crate::Name::parse("-P30D").unwrap()), ..DateTrigger::default() };
        let at = of_day(&trigger, date("2025-12-17"), Period::parse("-P30D").unwrap(), zone).unwrap();
        assert_eq!(at.to_string(), "2025-11-17T05:00:00.000000Z");
    }
}
