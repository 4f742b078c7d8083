//! A workflow: what happens by itself when something has happened, at a moment, or when somebody starts it. It runs commands of the
//! catalog, one by one, with the access of a user.

mod check;
pub(super) mod expression;
mod lifecycle;
mod loops;
mod shipped;
mod start;
mod status;
mod step;
mod trigger;
mod version;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

pub(super) use self::loops::carries_on;
pub(super) use self::step::Act;
pub use self::{
    check::{
        ARGUMENT_INVALID, COMMAND_REFUSED, IMPORT_UNSAID, NO_STEPS, NO_TRIGGER, NOT_ALLOWED, NOT_PUBLISHED,
        RUNS_AS_NOBODY, STEP_INVALID, STEP_TWICE, TRIGGER_INVALID, VALUE_UNKNOWN,
    },
    lifecycle::{Disable, Enable, NOT_ACTIVE, OnWaiting},
    loops::LOOP,
    shipped::{SETTING_MISSING, SETTING_UNKNOWN, TAKEN, Take, UNKNOWN},
    start::{NOT_BY_HAND, NOT_YOURS, OTHER_KIND, Start, StartedRun},
    status::{OneStatus, Status, WorkflowStatus},
    step::{OnError, StepBranch, StepCase, StepCommand, StepEach, StepNotice, StepShare, StepWait, WorkflowStep},
    trigger::{
        DateTrigger, EventTrigger, EventVerb, ManualTrigger, OnImport, ScheduleOver, ScheduleTrigger, WorkflowTrigger,
    },
    version::{Publish, WorkflowVersion},
};
use crate::{
    Body, Code, Context, Document, Entity, ExternalKey, Filter, Id, Key, Name, Record, Result, Timestamp, closed_enum,
    people::User,
};

closed_enum! {
    /// Whether a workflow runs.
    pub enum WorkflowState {
        /// It was never enabled.
        Draft = "draft",
        /// It runs.
        Active = "active",
        /// Somebody disabled it.
        Paused = "paused",
        /// It halted by itself; `halted_reason` says why.
        Halted = "halted",
    }
}

closed_enum! {
    /// How often a workflow runs for the same record.
    pub enum PerRecord {
        /// Each time that its trigger says so.
        Always = "always",
        /// Once for ever.
        Once = "once",
    }
}

/// The bounds of a workflow. A run that goes beyond them is stopped, and seen as such; the third within an hour halts the workflow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WorkflowLimits {
    /// How often it runs for the same record.
    pub per_record: PerRecord,
    /// How many runs may begin in an hour: 10,000 unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub per_hour: Option<u32>,
    /// Whether it may be part of a circle of workflows that start each other: then a chain of runs is at most `chain` long.
    pub allow_loop: bool,
    /// How long a chain of runs may be in which each starts the next: 8 unless said, and at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 8))]
    pub chain: Option<u8>,
}

/// What happens by itself. It is the version that is being written; those that were published are `workflow_version`, and what runs is
/// the last of them.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "workflow",
    table = "workflows", access = settings,
    search(name = 1),
    unique("name.folded", code = "workflow.name_taken"),
    unique("key", code = "workflow.key_taken")
)]
pub struct Workflow {
    /// The identifier.
    pub id: Id<Workflow>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash; there it does not run.
    pub deleted_at: Option<Timestamp>,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// The name by which hosts find it, such as `webinar_routing`.
    #[record(editable)]
    pub key: Option<Key>,
    /// What it is for.
    #[record(editable)]
    pub description: Option<Body>,
    /// The user with whose access its steps run; whoever publishes it unless said.
    #[record(editable)]
    pub runs_as: Option<Id<User>>,
    /// What begins a run.
    #[record(editable)]
    pub trigger: Document<WorkflowTrigger>,
    /// The records for which a run begins, as they are when it begins; all of them unless said.
    #[record(editable)]
    pub filter: Document<Filter>,
    /// Values that steps name as `{{ settings.… }}`, such as the group that gets something.
    #[record(editable)]
    pub settings: Document<Map<String, Json>>,
    /// What a run does, in this order.
    #[record(editable)]
    pub steps: Document<Vec<WorkflowStep>>,
    /// Its bounds.
    #[record(editable)]
    pub limits: Document<WorkflowLimits>,
    /// Whether it runs.
    pub state: WorkflowState,
    /// The number of the event after which it begins runs: the last one when it was enabled.
    pub active_since: Option<i64>,
    /// Why it halted.
    pub halted_reason: Option<String>,
    /// The number of the version that was published last; absent before the first.
    pub published: Option<i64>,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Entity for Workflow {
    const ERRORS: &'static [Code] = &[LOOP, NOT_PUBLISHED, STEP_INVALID, STEP_TWICE, TRIGGER_INVALID];

    async fn settle(&mut self, _: Option<&Self>, _: &mut Context<'_>) -> Result<()> {
        self.check_shape()
    }
    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        self.settle(None, cx).await?;
        // What was active when it went into the trash goes on, as long as that still ends.
        if self.state == WorkflowState::Active {
            let version = self.running(cx).await?;
            lifecycle::begin_again(cx, self, &version).await?;
        }
        Ok(())
    }
}
