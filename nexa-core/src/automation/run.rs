//! A run of a workflow: where it is, and what its steps did. Both are the engine's own: they have no history beside themselves.

mod act;
mod advance;
mod begin;
mod control;
mod position;
mod trouble;
mod values;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(super) use self::{
    advance::Advance,
    begin::{Beginning, WorkflowWindow, begin, origin_of},
    control::{cancel_all, go_on},
    trouble::halt,
};
pub use self::{
    control::{Cancel, NOT_FAILED, OVER, Retry, RetryFrom},
    position::{RunFrame, RunPosition},
    values::{NO_MOMENT, VALUE_MISSING},
};
use crate::{Document, Id, Record, Timestamp, automation::Workflow, closed_enum};

closed_enum! {
    /// Where a run is.
    pub enum RunState {
        /// Its next step is due.
        Running = "running",
        /// It waits for a moment.
        Waiting = "waiting",
        /// It came to its end.
        Done = "done",
        /// A step was refused.
        Failed = "failed",
        /// It went beyond a bound.
        Stopped = "stopped",
        /// Its record is not there any more.
        Skipped = "skipped",
        /// Somebody cancelled it.
        Cancelled = "cancelled",
    }
}

closed_enum! {
    /// What came of a step.
    pub enum StepState {
        /// It was done.
        Done = "done",
        /// It was refused.
        Failed = "failed",
        /// It was refused, and is tried again.
        Again = "again",
    }
}

/// A run of a workflow. There is one for each occurrence, whoever ticks how often.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "workflow_run",
    table = "workflow_runs", access = system,
    bookkeeping,
    unique("slot", code = "workflow_run.taken"),
    index("workflow", "state", "ended_at"),
    index("chain"),
    index("record"),
    index("state", "due_at")
)]
pub struct WorkflowRun {
    /// The identifier.
    pub id: Id<WorkflowRun>,
    /// Counts the changes.
    pub version: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The workflow.
    #[record(on_trash = with_parent)]
    pub workflow: Id<Workflow>,
    /// The number of the version with which it began, and ends.
    pub number: i64,
    /// The workflow and what began it, with a slash between them.
    pub slot: String,
    /// The kind of its record.
    pub kind: Option<String>,
    /// Its record.
    pub record: Option<Uuid>,
    /// The number of the event that began it.
    pub event: Option<i64>,
    /// The number of the last event of the same unit on the record.
    pub event_to: Option<i64>,
    /// The first run of the chain, in which each run started the next.
    pub root: Uuid,
    /// How many runs of the chain were before it.
    pub depth: i64,
    /// The root, the workflow and the record, by which a chain that comes back is known.
    pub chain: String,
    /// Where it is.
    pub state: RunState,
    /// Which step comes next.
    pub position: Document<RunPosition>,
    /// How often it went on: what a timer names that is not outdated.
    pub turn: i64,
    /// How often the next step was tried before.
    pub attempt: i64,
    /// How many lines its log has.
    pub lines: i64,
    /// How many steps the runs of the chain did that began with it.
    pub steps: i64,
    /// The records that steps made, by the steps' names.
    pub made: Document<BTreeMap<String, Made>>,
    /// When it goes on.
    pub due_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Why it is where it is.
    pub reason: Option<String>,
    /// The code of the refusal.
    pub code: Option<String>,
}

/// What a step made, or worked on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Made {
    /// The kind of the record that the command is of.
    pub kind: String,
    /// The record, where the command answered one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The records in the parts of its answer, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, Uuid>,
}

/// What a step of a run did, each time.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "workflow_step_run",
    table = "workflow_step_runs", access = system,
    bookkeeping,
    index("run", "number"),
    index("unit")
)]
pub struct WorkflowStepRun {
    /// The identifier.
    pub id: Id<WorkflowStepRun>,
    /// Counts the changes; there are none.
    pub version: i64,
    /// When it was done.
    pub created_at: Timestamp,
    /// The same.
    pub updated_at: Timestamp,
    /// The run.
    pub run: Uuid,
    /// Which line of the run's log it is; the first is 1.
    pub number: i64,
    /// The step.
    pub step: String,
    /// Which turn of the run it was.
    pub turn: i64,
    /// How often it was tried before.
    pub attempt: i64,
    /// What came of it.
    pub state: StepState,
    /// What it did: the command, or the way that it went.
    pub what: Option<String>,
    /// The unit of the ledger in which it was done.
    pub unit: Option<Uuid>,
    /// The record that it made, or worked on.
    pub record: Option<Uuid>,
    /// The code of the refusal.
    pub code: Option<String>,
    /// The sentence of the refusal.
    pub message: Option<String>,
}

/// The cause that the ledger has for what a version of a workflow does.
pub(super) fn cause(workflow: Id<Workflow>, number: i64) -> String {
    format!("workflow:{workflow}@{number}")
}

impl WorkflowRun {
    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        !matches!(self.state, RunState::Running | RunState::Waiting)
    }
    /// The key of its timer.
    fn timer(&self) -> String {
        format!("{}/{}", self.id, self.turn)
    }
    /// It, over in this way.
    fn over(self, state: RunState, at: Timestamp, reason: Option<&str>) -> Self {
        Self { state, ended_at: Some(at), due_at: None, reason: reason.map(str::to_owned), ..self }
    }
}
