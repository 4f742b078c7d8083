//! How workflows stand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Workflow, WorkflowState};
use crate::{
    Context, Filter, Id, Key, Name, Op, Query, Result, Timestamp,
    automation::{FROM_EVENTS, RunState, WorkflowRun},
    kernel::later::Cursor,
};

/// How many workflows are listed.
const MOST: usize = 200;

/// How workflows stand: each with its state and the runs that are not over or failed, and how far the ledger was read for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Status {}

/// How one workflow stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OneStatus {
    /// The workflow.
    pub workflow: Id<Workflow>,
    /// Its name.
    pub name: Name,
    /// Its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Whether it runs.
    pub state: WorkflowState,
    /// Why it halted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub halted_reason: Option<String>,
    /// The version that begins runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<i64>,
}

/// How workflows stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WorkflowStatus {
    /// The workflows, by name; the first 200.
    pub workflows: Vec<OneStatus>,
    /// The number of the last event that was read for them.
    pub read_to: i64,
    /// How many events of the ledger were not read yet.
    pub lag: i64,
    /// How long ago the oldest run became due that has not gone on, in seconds; 0 when there is none.
    pub overdue_seconds: i64,
}

impl Query for Status {
    const VERB: &'static str = "status";
    type Of = Workflow;
    type Output = WorkflowStatus;
    async fn run(&self, cx: &mut Context<'_>) -> Result<WorkflowStatus> {
        let workflows: Vec<Workflow> = cx.visible(&Filter::everything(), &["name"], MOST).await?;
        let cursors: Vec<Cursor> = cx.unrestricted().matching(Cursor::CONSUMER, &FROM_EVENTS.to_owned()).await?;
        let read_to = cursors.first().map_or(0, |cursor| cursor.read_to);
        let open = WorkflowRun::STATE.any_of([RunState::Running, RunState::Waiting]);
        let now: Timestamp = cx.now();
        let due = open.and(Filter::compare(WorkflowRun::DUE_AT.name(), Op::Le, now));
        let oldest: Vec<WorkflowRun> = cx.unrestricted().find(&due, &["due_at"], 1).await?;
        let since = oldest.first().and_then(|run| run.due_at).map_or(0, |due| now.since(due) / 1_000_000);
        let workflows = workflows.into_iter().map(|workflow| OneStatus {
            workflow: workflow.id,
            name: workflow.name,
            key: workflow.key,
            state: workflow.state,
            halted_reason: workflow.halted_reason,
            published: workflow.published,
        });
        let workflows = workflows.collect();
        Ok(WorkflowStatus {
            workflows,
            read_to,
            lag: cx.last_event().saturating_sub(read_to).max(0),
            overdue_seconds: since,
        })
    }
}
