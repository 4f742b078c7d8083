//! The beginning of a run: once for each occurrence, within the bounds of its workflow.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Advance, RunPosition, RunState, WorkflowRun, WorkflowStepRun, cause, halt};
use crate::{
    Context, Document, Filter, Id, Op, Principal, Record, Ref, Result, Timestamp,
    automation::{
        Workflow, WorkflowVersion,
        workflow::{PerRecord, carries_on},
    },
    kernel::{error::codes, later::set_timer, ledger::Event, record::RecordDef, value::Value},
};

/// How many runs of a workflow begin in an hour, unless its limits say otherwise.
const PER_HOUR: u32 = 10_000;
/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;
/// A workflow halts with the stopped run that is so many in an hour.
const STOPPED_TO_HALT: usize = 3;

/// How many runs of a workflow began since the first of an hour.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "workflow_window",
    table = "workflow_windows", access = system,
    bookkeeping,
    unique("workflow", code = "workflow_window.taken")
)]
pub(crate) struct WorkflowWindow {
    /// The identifier.
    pub id: Id<WorkflowWindow>,
    /// Counts the changes.
    pub version: i64,
    /// When it was first counted.
    pub created_at: Timestamp,
    /// When it was last counted.
    pub updated_at: Timestamp,
    /// The workflow.
    #[record(on_trash = with_parent)]
    pub workflow: Id<Workflow>,
    /// When the hour began.
    pub began_at: Timestamp,
    /// How many there were.
    pub count: i64,
}

/// The run that something comes of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::automation) struct Origin {
    /// The first run of its chain.
    root: Uuid,
    /// How many runs of the chain were before what comes of it.
    depth: i64,
}

/// The run that did what an event says; none where no workflow did.
pub(in crate::automation) async fn origin_of(cx: &mut Context<'_>, event: &Event) -> Result<Option<Origin>> {
    if !event.cause.as_deref().is_some_and(|cause| cause.starts_with("workflow:")) {
        return Ok(None);
    }
    let steps: Vec<WorkflowStepRun> = cx.live_by(WorkflowStepRun::UNIT.name(), Value::Uuid(event.unit)).await?;
    let Some(step) = steps.into_iter().next() else { return Ok(None) };
    let run: WorkflowRun = cx.unrestricted().load(Id::new(step.run)).await?;
    Ok(Some(Origin { root: run.root, depth: run.depth + 1 }))
}

/// A run that may begin.
pub(in crate::automation) struct Beginning<'w> {
    pub(in crate::automation) workflow: &'w Workflow,
    pub(in crate::automation) version: &'w WorkflowVersion,
    /// What began it: there is one run for each.
    pub(in crate::automation) occurrence: String,
    pub(in crate::automation) record: Option<(&'static RecordDef, Uuid)>,
    /// The first and the last event of what happened.
    pub(in crate::automation) events: Option<(i64, i64)>,
    pub(in crate::automation) origin: Option<Origin>,
}

impl<'w> Beginning<'w> {
    pub(in crate::automation) const fn of(
        workflow: &'w Workflow,
        version: &'w WorkflowVersion,
        occurrence: String,
    ) -> Self {
        Self { workflow, version, occurrence, record: None, events: None, origin: None }
    }
}

/// Begins a run, unless it began before, or its record does not match the workflow's filter as it is now.
pub(in crate::automation) async fn begin(cx: &mut Context<'_>, of: Beginning<'_>) -> Result<Option<WorkflowRun>> {
    let Beginning { workflow, version, record, .. } = of;
    let occurrence = match record {
        Some((_, id)) if version.limits.per_record == PerRecord::Once => format!("once:{id}"),
        _ => of.occurrence,
    };
    let slot = format!("{}/{occurrence}", workflow.id);
    let known: Vec<WorkflowRun> = cx.unrestricted().matching(WorkflowRun::SLOT, &slot).await?;
    if !known.is_empty() {
        return Ok(None);
    }
    let refusal = match record {
        Some((def, id)) => match fits(cx, version, def, id).await {
            Ok(true) => None,
            Ok(false) => return Ok(None),
            Err(error) if error.retryable() => return Err(error),
            Err(error) if error.is(&codes::ACTOR_INACTIVE) => {
                halt(cx, workflow.id, "workflow.actor_inactive").await?;
                return Ok(None);
            }
            // A filter that cannot be asked any more is a run that failed, and seen as such.
            Err(error) => Some(error),
        },
        None => None,
    };
    let id: Id<WorkflowRun> = cx.new_id();
    let (root, depth) = of.origin.map_or((id.uuid(), 0), |origin| (origin.root, origin.depth));
    let chain = format!("{root}/{}/{}", workflow.id, record.map_or(Uuid::nil(), |(_, id)| id));
    let run = WorkflowRun {
        id,
        workflow: workflow.id,
        number: version.number,
        slot,
        kind: record.map(|(def, _)| def.kind.to_owned()),
        record: record.map(|(_, id)| id),
        event: of.events.map(|(first, _)| first),
        event_to: of.events.map(|(_, last)| last),
        root,
        depth,
        chain,
        position: Document(RunPosition::start()),
        ..WorkflowRun::default()
    };
    if let Some(error) = refusal {
        let failed = run.over(RunState::Failed, cx.now(), Some(&error.message()));
        let failed = WorkflowRun { code: Some(error.code().to_owned()), ..failed };
        return cx.unrestricted().insert(failed).await.map(Some);
    }
    match over_a_bound(cx, version, &run).await? {
        Some(bound) => {
            let stopped = run.over(RunState::Stopped, cx.now(), Some(bound));
            let stopped = cx.unrestricted().insert(stopped).await?;
            let since = Timestamp::from_micros(cx.now().micros().saturating_sub(HOUR));
            let of_hour = WorkflowRun::WORKFLOW
                .eq(workflow.id)
                .and(WorkflowRun::STATE.eq(RunState::Stopped))
                .and(Filter::compare(WorkflowRun::ENDED_AT.name(), Op::Ge, since));
            let stops: Vec<WorkflowRun> = cx.unrestricted().find(&of_hour, &[], STOPPED_TO_HALT).await?;
            if stops.len() >= STOPPED_TO_HALT {
                halt(cx, workflow.id, bound).await?;
            }
            Ok(Some(stopped))
        }
        None => {
            let now = cx.now();
            let run = cx.unrestricted().insert(WorkflowRun { due_at: Some(now), ..run }).await?;
            set_timer::<Advance>(cx, &run.timer(), now, None).await?;
            Ok(Some(run))
        }
    }
}

/// Whether a record is there for whom the workflow runs as, and matches its filter.
async fn fits(cx: &mut Context<'_>, version: &WorkflowVersion, def: &'static RecordDef, id: Uuid) -> Result<bool> {
    let runs_as = Principal::User(version.runs_as.uuid());
    let whole = cx.begin_part(&runs_as, cause(version.workflow, version.number)).await?;
    let asked = match cx.visible_row(def, &Ref::Id(id.into()), false).await {
        Ok(row) => cx.matches(def, &row, &version.filter).await,
        Err(error) if error.retryable() => Err(error),
        Err(_) => Ok(false),
    };
    cx.end_part(whole).await?;
    asked
}

/// The bound that a run would go beyond.
async fn over_a_bound(
    cx: &mut Context<'_>,
    version: &WorkflowVersion,
    run: &WorkflowRun,
) -> Result<Option<&'static str>> {
    if run.depth > 0 {
        if !carries_on(version, run.depth) {
            return Ok(Some("loop"));
        }
        let before: Vec<WorkflowRun> = cx.live_by(WorkflowRun::CHAIN.name(), Value::Text(run.chain.clone())).await?;
        // A workflow comes to the same record once in a chain, unless it may be part of a circle.
        if !before.is_empty() && !version.limits.allow_loop {
            return Ok(Some("loop"));
        }
    }
    let known: Vec<WorkflowWindow> = cx.unrestricted().matching(WorkflowWindow::WORKFLOW, &run.workflow).await?;
    let began_at = cx.now();
    let window = match known.into_iter().next() {
        None => {
            let first = WorkflowWindow { workflow: run.workflow, began_at, count: 1, ..WorkflowWindow::default() };
            cx.unrestricted().insert(first).await?;
            return Ok(None);
        }
        Some(known) if began_at.since(known.began_at) < HOUR => known,
        Some(known) => WorkflowWindow { began_at, count: 0, ..known },
    };
    if window.count >= i64::from(version.limits.per_hour.unwrap_or(PER_HOUR)) {
        return Ok(Some("budget"));
    }
    cx.save(WorkflowWindow { count: window.count + 1, ..window }).await?;
    Ok(None)
}
