//! What begins runs: events of the ledger, dates of records, and plans.

mod dates;
mod events;
mod schedule;

pub(super) use self::{
    dates::{DateReached, DatesOfOlder},
    events::FromEvents,
    schedule::{Scheduled, ScheduledOver},
};
use crate::{
    Context, Id, Record, Result,
    automation::{Workflow, WorkflowVersion},
    kernel::later::{set_timer, stop_timer},
};

/// Plans what an active workflow waits for beside events.
pub(super) async fn plan(cx: &mut Context<'_>, version: &WorkflowVersion) -> Result<()> {
    unplan(cx, version.workflow).await?;
    let key = version.workflow.to_string();
    if version.trigger.date.is_some() {
        // Records that are there already have dates as well.
        let now = cx.now();
        set_timer::<DatesOfOlder>(cx, &key, now, None).await?;
    }
    if let Some(schedule) = &version.trigger.schedule {
        let (now, zone) = (cx.now(), cx.time_zone().await?);
        if let Some(next) = schedule::next(schedule, now, now, zone) {
            set_timer::<Scheduled>(cx, &key, next, None).await?;
        }
    }
    Ok(())
}

/// A workflow waits for nothing any more.
pub(super) async fn unplan(cx: &mut Context<'_>, workflow: Id<Workflow>) -> Result<()> {
    let key = workflow.to_string();
    stop_timer::<DatesOfOlder>(cx, &key).await?;
    stop_timer::<Scheduled>(cx, &key).await
}

/// A workflow with the version that begins runs, where it is active.
async fn active(cx: &mut Context<'_>, workflow: &str) -> Result<Option<(Workflow, WorkflowVersion)>> {
    let Ok(id) = workflow.parse::<uuid::Uuid>() else { return Ok(None) };
    let row = cx.unrestricted().row(Workflow::def(), id).await?;
    let Some(workflow) = row.map(Workflow::from_row).transpose()?.filter(Workflow::runs) else { return Ok(None) };
    let version = workflow.running(cx).await?;
    Ok(Some((workflow, version)))
}
