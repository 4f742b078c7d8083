//! Enabling and disabling a workflow.

use super::{LOOP, NOT_PUBLISHED, Workflow, WorkflowState, WorkflowVersion, loops};
use crate::{
    Code, Command, Context, Ref, Result,
    automation::{run, trigger},
    closed_enum, command,
};

/// The workflow does not run.
pub const NOT_ACTIVE: Code =
    Code::rule("workflow.not_active", "The workflow is {state}; enable it first with workflow.enable.");

closed_enum! {
    /// What becomes of runs that are not over when their workflow is disabled.
    pub enum OnWaiting {
        /// They stand still until it is enabled again.
        Hold = "hold",
        /// They are cancelled.
        Cancel = "cancel",
    }
}

/// Enables a workflow: what happens from now on begins runs of the version that was published last. Runs that stood still go on.
/// Errors: `workflow.not_published`, `workflow.loop` with the workflows that would start each other.
#[command("enable", on = Workflow, errors(LOOP, NOT_PUBLISHED))]
pub struct Enable {
    /// The workflow.
    pub workflow: Ref<Workflow>,
}

impl Command for Enable {
    type Output = Workflow;
    async fn run(&self, mut workflow: Workflow, cx: &mut Context<'_>) -> Result<Workflow> {
        let version = workflow.running(cx).await?;
        if workflow.state == WorkflowState::Active {
            return Ok(workflow);
        }
        loops::must_end(cx, &workflow, &version).await?;
        workflow.state = WorkflowState::Active;
        workflow.halted_reason = None;
        workflow.active_since = Some(cx.last_event());
        let workflow = cx.save(workflow).await?;
        trigger::plan(cx, &version).await?;
        run::go_on(cx, workflow.id).await?;
        Ok(workflow)
    }
}

/// Takes up what a workflow waits for, and its runs that stood still. Error: `workflow.loop`.
pub(super) async fn begin_again(cx: &mut Context<'_>, workflow: &Workflow, version: &WorkflowVersion) -> Result<()> {
    loops::must_end(cx, workflow, version).await?;
    trigger::plan(cx, version).await?;
    run::go_on(cx, workflow.id).await
}

/// Disables a workflow: no run begins any more. What happens meanwhile is not made up for. Error: `workflow.not_active`.
#[command("disable", on = Workflow, guard = Workflow::must_be_active, errors(NOT_ACTIVE))]
pub struct Disable {
    /// The workflow.
    pub workflow: Ref<Workflow>,
    /// What becomes of runs that are not over: `hold` unless said.
    pub waiting: Option<OnWaiting>,
}

impl Command for Disable {
    type Output = Workflow;
    async fn run(&self, mut workflow: Workflow, cx: &mut Context<'_>) -> Result<Workflow> {
        workflow.state = WorkflowState::Paused;
        let workflow = cx.save(workflow).await?;
        trigger::unplan(cx, workflow.id).await?;
        if self.waiting == Some(OnWaiting::Cancel) {
            run::cancel_all(cx, workflow.id).await?;
        }
        Ok(workflow)
    }
}

impl Workflow {
    fn must_be_active(&self) -> Result<()> {
        match self.state {
            WorkflowState::Active | WorkflowState::Halted => Ok(()),
            state => Err(NOT_ACTIVE.with("state", state)),
        }
    }
    /// Whether its runs go on.
    pub(in crate::automation) fn runs(&self) -> bool {
        self.state == WorkflowState::Active && self.deleted_at.is_none()
    }
}
