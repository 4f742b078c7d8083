//! Starting a workflow by hand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{NOT_ACTIVE, NOT_PUBLISHED, Workflow, WorkflowState};
use crate::{
    About, Action, Code, Command, Context, Id, Record, Ref, Result,
    automation::{
        WorkflowRun,
        run::{Beginning, begin},
    },
    command,
};

/// Nobody starts it.
pub const NOT_BY_HAND: Code = Code::rule(
    "workflow.not_by_hand",
    "The workflow {name} begins by itself; give its trigger as manual and publish it to start it by hand.",
);
/// It is for records of another kind.
pub const OTHER_KIND: Code = Code::invalid(
    "workflow.other_kind",
    "The workflow is started for {kind}; name a record of that kind, and no other.",
);

/// The caller may not do what it begins with.
pub const NOT_YOURS: Code = Code::rule(
    "workflow.not_yours",
    "A workflow is started by whoever may change its record, or without a record by an admin; ask one of them.",
);

/// Starts a workflow by hand, for a record that the caller may change, or for none. Its steps follow with the next tick, with the access
/// of the user as whom it runs. Errors: `workflow.not_active`, `workflow.not_by_hand`, `workflow.not_yours`, `workflow.other_kind`.
#[command("start", on = Workflow, action = Read, errors(NOT_ACTIVE, NOT_BY_HAND, NOT_PUBLISHED, NOT_YOURS, OTHER_KIND))]
pub struct Start {
    /// The workflow.
    pub workflow: Ref<Workflow>,
    /// The record.
    pub record: Option<About>,
}

/// What came of starting a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StartedRun {
    /// The run; absent where the record does not match the workflow's filter, or it runs once for each record and did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Id<WorkflowRun>>,
}

impl Command for Start {
    type Output = StartedRun;
    async fn run(&self, workflow: Workflow, cx: &mut Context<'_>) -> Result<StartedRun> {
        if workflow.state != WorkflowState::Active {
            return Err(NOT_ACTIVE.with("state", workflow.state));
        }
        let version = workflow.running(cx).await?;
        let Some(manual) = &version.trigger.manual else { return Err(NOT_BY_HAND.with("name", &workflow.name)) };
        let kind = manual.kind.as_ref().map_or("no record", |kind| kind.as_str());
        let record = match &self.record {
            Some(About::Record { kind: of, id }) if of == kind => {
                let def = cx.kind(kind)?;
                let row = cx.visible_row(def, &Ref::Id((*id).into()), false).await?;
                if !cx.allows(def, &row, Action::Update).await? {
                    return Err(NOT_YOURS.error());
                }
                Some((def, row.id(def)))
            }
            None if manual.kind.is_none() => {
                cx.authorize_kind(Workflow::def(), Action::Update).map_err(|_| NOT_YOURS.error())?;
                None
            }
            _ => return Err(OTHER_KIND.with("kind", kind).with("field", "record")),
        };
        let unit = cx.unit();
        let beginning = Beginning { record, ..Beginning::of(&workflow, &version, format!("m:{unit}")) };
        let run = begin(cx, beginning).await?;
        Ok(StartedRun { run: run.map(|run| run.id) })
    }
}
