//! What people do with runs: cancel one, or try a failed one again.

use super::{Advance, RunPosition, RunState, WorkflowRun};
use crate::{
    Code, Command, Context, Document, Filter, Id, Ref, Result,
    automation::{Workflow, WorkflowVersion},
    closed_enum, command,
    kernel::later::{set_timer, stop_timer},
};

/// The run is over.
pub const OVER: Code = Code::rule("workflow.run_over", "The run is {state} already; there is nothing to cancel.");
/// The run did not fail.
pub const NOT_FAILED: Code =
    Code::rule("workflow.run_not_failed", "The run is {state}; only a failed or stopped one is tried again.");

closed_enum! {
    /// Where a failed run goes on.
    pub enum RetryFrom {
        /// With the step that failed.
        Step = "step",
        /// Behind the step that failed.
        Next = "next",
        /// With the first step: what was done is done again.
        Start = "start",
    }
}

/// Cancels a run, whoever holds what: it does no step any more. Error: `workflow.run_over`.
#[command(
    "cancel",
    on = WorkflowRun,
    name = "workflow.cancel_run",
    guard = WorkflowRun::must_be_open,
    errors(OVER),
    final = "a run that was cancelled is not taken up again"
)]
pub struct Cancel {
    /// The run.
    pub workflow_run: Ref<WorkflowRun>,
}

impl Command for Cancel {
    type Output = WorkflowRun;
    async fn run(&self, run: WorkflowRun, cx: &mut Context<'_>) -> Result<WorkflowRun> {
        cancel(cx, run).await
    }
}

/// Tries a failed run again, from the step that failed unless said. What was done before is not done again. Error:
/// `workflow.run_not_failed`.
#[command(
    "retry",
    on = WorkflowRun,
    name = "workflow.retry_run",
    guard = WorkflowRun::must_have_failed,
    errors(NOT_FAILED),
    final = "what a run does when it is tried again is undone by its own units"
)]
pub struct Retry {
    /// The run.
    pub workflow_run: Ref<WorkflowRun>,
    /// Where it goes on.
    pub from: Option<RetryFrom>,
}

impl Command for Retry {
    type Output = WorkflowRun;
    async fn run(&self, mut run: WorkflowRun, cx: &mut Context<'_>) -> Result<WorkflowRun> {
        match self.from.unwrap_or_default() {
            RetryFrom::Step => {}
            RetryFrom::Next => {
                let version = WorkflowVersion::numbered(cx, run.workflow, run.number).await?;
                let mut position = run.position.0.clone();
                if position.next(&version.steps).is_some() {
                    position.go_on();
                }
                run.position = Document(position);
            }
            RetryFrom::Start => run.position = Document(RunPosition::start()),
        }
        let now = cx.now();
        let again = WorkflowRun {
            state: RunState::Running,
            turn: run.turn + 1,
            attempt: 0,
            steps: 0,
            due_at: Some(now),
            ended_at: None,
            reason: None,
            code: None,
            ..run
        };
        let run = cx.save(again).await?;
        set_timer::<Advance>(cx, &run.timer(), now, None).await?;
        Ok(run)
    }
}

impl WorkflowRun {
    fn must_be_open(&self) -> Result<()> {
        if self.is_over() { Err(OVER.with("state", self.state)) } else { Ok(()) }
    }
    fn must_have_failed(&self) -> Result<()> {
        match self.state {
            RunState::Failed | RunState::Stopped => Ok(()),
            state => Err(NOT_FAILED.with("state", state)),
        }
    }
}

async fn cancel(cx: &mut Context<'_>, run: WorkflowRun) -> Result<WorkflowRun> {
    stop_timer::<Advance>(cx, &run.timer()).await?;
    let now = cx.now();
    cx.save(run.over(RunState::Cancelled, now, None)).await
}

/// The runs of a workflow that are not over.
fn open(workflow: Id<Workflow>) -> Filter {
    WorkflowRun::WORKFLOW.eq(workflow).and(WorkflowRun::STATE.any_of([RunState::Running, RunState::Waiting]))
}

/// Cancels all runs of a workflow.
pub(in crate::automation) async fn cancel_all(cx: &mut Context<'_>, workflow: Id<Workflow>) -> Result<()> {
    for run in cx.unrestricted().every::<WorkflowRun>(&open(workflow)).await? {
        cancel(cx, run).await?;
    }
    Ok(())
}

/// Lets the runs of a workflow go on that stood still while it was disabled: at once those that are overdue.
pub(in crate::automation) async fn go_on(cx: &mut Context<'_>, workflow: Id<Workflow>) -> Result<()> {
    let now = cx.now();
    for run in cx.unrestricted().every::<WorkflowRun>(&open(workflow)).await? {
        let due_at = run.due_at.map_or(now, |due| due.max(now));
        set_timer::<Advance>(cx, &run.timer(), due_at, None).await?;
    }
    Ok(())
}
