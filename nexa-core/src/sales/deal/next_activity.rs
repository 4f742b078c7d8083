//! What comes next with a deal: the earliest open task or planned meeting about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Deal;
use crate::{
    About, Context, Filter, Get, Op, Query, Record, Ref, Result, Timestamp,
    kernel::value::{days_after, period::start_of},
    people::org,
    productivity::{Meeting, Task, TaskStatus, meeting},
};

/// What comes next with a deal, of what the actor sees: `deal.next_activity`. A task without a day comes after those that have one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NextActivity {
    /// The deal.
    pub deal: Ref<Deal>,
}

/// What comes next with a deal: a task or a meeting, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DealNextActivity {
    /// When it is: the moment at which the meeting begins or the task is due, or the end of the day on which it is.
    pub at: Option<Timestamp>,
    /// The task, where it is one.
    pub task: Option<Task>,
    /// The meeting, where it is one.
    pub meeting: Option<Meeting>,
}

impl Query for NextActivity {
    const VERB: &'static str = "next_activity";
    type Of = Deal;
    type Output = DealNextActivity;
    async fn run(&self, cx: &mut Context<'_>) -> Result<DealNextActivity> {
        let about = About::from(&Get::of(self.deal.clone()).run(cx).await?.record);
        let meeting = if shows(
            cx,
            &[Meeting::ABOUT.name(), Meeting::STATUS.name(), Meeting::STARTS_AT.name()],
            Meeting::def(),
        )? {
            let planned = meeting::planned_about(&about);
            cx.visible(&planned, &[Meeting::STARTS_AT.name()], 1).await?.into_iter().next()
        } else {
            None
        };
        let task = next_task(cx, about).await?;
        Ok(match (task, meeting) {
            (Some((Some(at), task)), meeting)
                if meeting
                    .as_ref()
                    .and_then(|meeting: &Meeting| meeting.starts_at)
                    .is_none_or(|starts| at <= starts) =>
            {
                DealNextActivity { at: Some(at), task: Some(task), meeting: None }
            }
            (_, Some(meeting)) => DealNextActivity { at: meeting.starts_at, task: None, meeting: Some(meeting) },
            (Some((at, task)), None) => DealNextActivity { at, task: Some(task), meeting: None },
            (None, None) => DealNextActivity::default(),
        })
    }
}

/// The open task about something that is due first, and when.
async fn next_task(cx: &mut Context<'_>, about: About) -> Result<Option<(Option<Timestamp>, Task)>> {
    let asked = [Task::ABOUT.name(), Task::STATUS.name(), Task::DUE_AT.name(), Task::DUE_DATE.name()];
    if !shows(cx, &asked, Task::def())? {
        return Ok(None);
    }
    let open = Task::ABOUT.eq(about).and(Task::STATUS.any_of([TaskStatus::Todo, TaskStatus::InProgress]));
    let zone = org::settings(cx).await?.time_zone.zone();
    let mut first: Option<(Option<Timestamp>, Task)> = None;
    for column in [Task::DUE_AT.name(), Task::DUE_DATE.name(), "id"] {
        let dated = open.clone().and(Filter::compare(column, Op::IsNull, false));
        let found: Vec<Task> = cx.visible(&dated, &[column], 1).await?;
        let Some(task) = found.into_iter().next() else { continue };
        let at = task.due_at.or_else(|| task.due_date.map(|day| start_of(days_after(day, 1), zone)));
        let earlier = match &first {
            Some((known, _)) => at.is_some_and(|at| known.is_none_or(|known| at < known)),
            None => true,
        };
        if earlier {
            first = Some((at, task));
        }
    }
    Ok(first)
}

/// Whether the actor sees these fields; where one is hidden, nothing is found by it.
fn shows(cx: &Context<'_>, fields: &[&str], def: &'static crate::kernel::record::RecordDef) -> Result<bool> {
    let hidden = cx.hidden(def)?;
    Ok(!fields.iter().any(|field| hidden.contains(field)))
}
