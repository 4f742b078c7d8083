//! What a refusal does to a run, and when a workflow halts.

use super::{
    RunState, StepState, WorkflowRun, WorkflowStepRun,
    advance::{end, log, wait},
};
use crate::{
    About, Context, Error, ErrorKind, Id, Record, Result, Timestamp,
    automation::{
        Workflow, WorkflowState, WorkflowVersion, trigger,
        workflow::{OnError, WorkflowStep},
    },
    people::{Role, User},
    productivity::notification::{Notification, NotificationReason, notify},
};

/// When what somebody else was first at is tried again, in seconds.
const AGAIN: [i64; 6] = [10, 60, 300, 1_800, 7_200, 21_600];
/// So many failed runs in a row halt their workflow.
const FAILED_TO_HALT: usize = 20;

/// A step was refused: it is tried again, passed over, or the end of the run.
pub(super) async fn refused(
    cx: &mut Context<'_>,
    mut run: WorkflowRun,
    step: &WorkflowStep,
    error: &Error,
) -> Result<()> {
    let attempt = usize::try_from(run.attempt).unwrap_or_default();
    let again = AGAIN.get(attempt).filter(|_| error.kind() == ErrorKind::Conflict);
    let state = if again.is_some() { StepState::Again } else { StepState::Failed };
    let (code, message) = (Some(error.code().to_owned()), Some(error.message()));
    log(cx, &mut run, step, WorkflowStepRun { state, code, message, ..WorkflowStepRun::default() }).await?;
    let now = cx.now();
    if let Some(seconds) = again {
        let until = Timestamp::from_micros(now.micros().saturating_add(seconds * 1_000_000));
        return wait(cx, WorkflowRun { attempt: run.attempt + 1, ..run }, RunState::Running, until).await;
    }
    let mut run = WorkflowRun { attempt: 0, code: Some(error.code().to_owned()), ..run };
    if step.on_error == OnError::Continue {
        run.position.0.go_on();
        return wait(cx, run, RunState::Running, now).await;
    }
    let (workflow, reason) = (run.workflow, format!("step {}: {}", step.id, error.message()));
    end(cx, run, RunState::Failed, Some(&reason)).await?;
    let over = WorkflowRun::WORKFLOW.eq(workflow).and(WorkflowRun::STATE.any_of([RunState::Done, RunState::Failed]));
    let last: Vec<WorkflowRun> = cx.unrestricted().find(&over, &["-ended_at"], FAILED_TO_HALT).await?;
    if last.len() == FAILED_TO_HALT && last.iter().all(|run| run.state == RunState::Failed) {
        halt(cx, workflow, "20 runs in a row failed").await?;
    }
    Ok(())
}

/// Halts a workflow, and notifies the admins and whom it runs as. Its runs stand still until somebody enables it.
pub(in crate::automation) async fn halt(cx: &mut Context<'_>, workflow: Id<Workflow>, reason: &str) -> Result<()> {
    let row = cx.unrestricted().row(Workflow::def(), workflow.uuid()).await?;
    let Some(workflow) = row.map(Workflow::from_row).transpose()?.filter(Workflow::runs) else { return Ok(()) };
    let about = About::from(&workflow);
    let number = workflow.published.unwrap_or_default();
    let id = workflow.id;
    let halted = Workflow { state: WorkflowState::Halted, halted_reason: Some(reason.to_owned()), ..workflow };
    cx.save(halted).await?;
    trigger::unplan(cx, id).await?;
    let runs_as = WorkflowVersion::numbered(cx, id, number).await?.runs_as;
    let admins = User::ROLE.eq(Role::Admin.as_str()).and(User::ACTIVE.eq(true));
    let mut users = cx.unrestricted().every::<User>(&admins).await?;
    if !users.iter().any(|user| user.id == runs_as) {
        users.push(cx.unrestricted().load(runs_as).await?);
    }
    for user in users.into_iter().filter(|user| user.active) {
        let notification = Notification {
            user: user.id,
            reason: NotificationReason::WorkflowHalted,
            about: Some(about.clone()),
            count: 1,
            ..Notification::default()
        };
        notify(cx, notification).await?;
    }
    Ok(())
}
