//! A version of a workflow: what was published, and never changes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{
    ARGUMENT_INVALID, COMMAND_REFUSED, IMPORT_UNSAID, LOOP, NO_STEPS, NO_TRIGGER, NOT_ALLOWED, NOT_PUBLISHED,
    RUNS_AS_NOBODY, STEP_INVALID, TRIGGER_INVALID, VALUE_UNKNOWN, Workflow, WorkflowLimits, WorkflowState,
    WorkflowStep, WorkflowTrigger, loops,
};
use crate::{
    Command, Context, Document, Filter, Id, Op, Record, Ref, Result, Timestamp, automation::trigger, command,
    people::User,
};

/// A workflow as it was published. It never changes: a run that began with it ends with it.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "workflow_version",
    table = "workflow_versions", access = settings,
    unique("workflow", "number", code = "workflow.number_taken")
)]
pub struct WorkflowVersion {
    /// The identifier.
    pub id: Id<WorkflowVersion>,
    /// Counts the changes; there are none.
    pub version: i64,
    /// When it was published.
    pub created_at: Timestamp,
    /// The same.
    pub updated_at: Timestamp,
    /// The workflow.
    #[record(on_trash = with_parent)]
    pub workflow: Id<Workflow>,
    /// Its number; the first is 1.
    pub number: i64,
    /// The user with whose access its steps run.
    pub runs_as: Id<User>,
    /// What begins a run.
    pub trigger: Document<WorkflowTrigger>,
    /// The records for which a run begins.
    pub filter: Document<Filter>,
    /// The values that steps name.
    pub settings: Document<Map<String, Json>>,
    /// What a run does.
    pub steps: Document<Vec<WorkflowStep>>,
    /// Its bounds.
    pub limits: Document<WorkflowLimits>,
    /// The user who published it; nobody when a service or the host did.
    pub publisher: Option<Id<User>>,
}

impl WorkflowVersion {
    /// The version of this number. Error: `workflow.not_published`.
    pub(in crate::automation) async fn numbered(
        cx: &mut Context<'_>,
        workflow: Id<Workflow>,
        number: i64,
    ) -> Result<Self> {
        let filter = Self::WORKFLOW.eq(workflow).and(Filter::compare(Self::NUMBER.name(), Op::Eq, number));
        let found: Vec<Self> = cx.unrestricted().find(&filter, &[], 1).await?;
        found.into_iter().next().ok_or_else(|| NOT_PUBLISHED.with("name", workflow))
    }
}

impl Workflow {
    /// The version that runs. Error: `workflow.not_published`.
    pub(in crate::automation) async fn running(&self, cx: &mut Context<'_>) -> Result<WorkflowVersion> {
        let number = self.published.ok_or_else(|| NOT_PUBLISHED.with("name", &self.name))?;
        WorkflowVersion::numbered(cx, self.id, number).await
    }
}

/// Publishes a workflow as it is now: a version that never changes. An active workflow begins its runs with it from here on; runs that
/// began before stay with theirs. Everything is checked that can be: the commands with their arguments and values, the rights of whom it
/// runs as, and, where it is active, whether it would start itself again.
#[command("publish", on = Workflow, errors(
    ARGUMENT_INVALID, COMMAND_REFUSED, IMPORT_UNSAID, LOOP, NO_STEPS, NO_TRIGGER, NOT_ALLOWED, RUNS_AS_NOBODY, STEP_INVALID,
    TRIGGER_INVALID, VALUE_UNKNOWN
))]
pub struct Publish {
    /// The workflow.
    pub workflow: Ref<Workflow>,
}

impl Command for Publish {
    type Output = WorkflowVersion;
    async fn run(&self, workflow: Workflow, cx: &mut Context<'_>) -> Result<WorkflowVersion> {
        publish(cx, workflow).await
    }
}

pub(super) async fn publish(cx: &mut Context<'_>, mut workflow: Workflow) -> Result<WorkflowVersion> {
    let runs_as = workflow.check_to_publish(cx).await?;
    let number = workflow.published.unwrap_or_default() + 1;
    workflow.published = Some(number);
    let workflow = cx.save(workflow).await?;
    let version = WorkflowVersion {
        workflow: workflow.id,
        number,
        runs_as,
        trigger: workflow.trigger.clone(),
        filter: workflow.filter.clone(),
        settings: workflow.settings.clone(),
        steps: workflow.steps.clone(),
        limits: workflow.limits.clone(),
        publisher: cx.actor().user().map(Id::new),
        ..WorkflowVersion::default()
    };
    let version = cx.insert(version).await?;
    if workflow.state == WorkflowState::Active {
        loops::must_end(cx, &workflow, &version).await?;
        trigger::plan(cx, &version).await?;
    }
    Ok(version)
}
