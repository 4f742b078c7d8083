//! What happens by itself: workflows, which begin with what happens or at a moment and run commands of the catalog, step by step.

pub mod run;
mod trigger;
pub mod workflow;

pub use run::{RunState, StepState, WorkflowRun, WorkflowStepRun};
pub use workflow::{Workflow, WorkflowState, WorkflowVersion};

use crate::CrmBuilder;

/// The name of the consumer that begins runs, for ever.
const FROM_EVENTS: &str = "workflow.from_events";

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Workflow>()
        .record::<WorkflowVersion>()
        .command::<workflow::Publish>()
        .command::<workflow::Enable>()
        .command::<workflow::Disable>()
        .command::<workflow::Start>()
        .command::<workflow::Take>()
        .query::<workflow::Status>()
        .record::<WorkflowRun>()
        .record::<WorkflowStepRun>()
        .command::<run::Cancel>()
        .command::<run::Retry>()
        .kind::<run::WorkflowWindow>()
        .timed::<run::Advance>()
        .consumer::<trigger::FromEvents>()
        .timed::<trigger::DateReached>()
        .timed::<trigger::DatesOfOlder>()
        .timed::<trigger::Scheduled>()
        .timed::<trigger::ScheduledOver>()
}
