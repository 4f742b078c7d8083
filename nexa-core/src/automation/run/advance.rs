//! The machine: a run goes on by one step at a time, each with its place in the run and its line in the log in one unit.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Made, RunState, WorkflowRun, WorkflowStepRun, act, cause, trouble,
    values::{self, Source},
};
use crate::{
    Context, Error, Id, Principal, Record, Ref, Result, Timestamp,
    automation::{
        Workflow, WorkflowVersion,
        workflow::{Act, StepShare, StepWait, WorkflowStep},
    },
    kernel::{
        Timed, Timer,
        later::set_timer,
        record::RecordDef,
        value::{
            Date,
            period::{Period, start_of},
        },
    },
    people::calendar::calendar_of,
};

/// How many steps the runs of one chain do.
const MOST_STEPS: i64 = 1_000;
/// A minute, in microseconds.
const MINUTE: i64 = 60_000_000;

/// The moment at which a run goes on, with the run and its turn as the key.
pub(in crate::automation) struct Advance;

impl Timed for Advance {
    const NAME: &'static str = "workflow.step";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Some(run) = named(cx, timer).await? else { return Ok(()) };
        advance(cx, run).await
    }
    async fn refused(cx: &mut Context<'_>, timer: &Timer, error: &Error) -> Result<()> {
        let Some(run) = named(cx, timer).await? else { return Ok(()) };
        let version = WorkflowVersion::numbered(cx, run.workflow, run.number).await?;
        let mut position = run.position.0.clone();
        let Some(step) = position.next(&version.steps) else { return Ok(()) };
        trouble::refused(cx, WorkflowRun { position: position.into(), ..run }, step, error).await
    }
}

/// The run that a timer is for, unless it went on or ended since.
async fn named(cx: &mut Context<'_>, timer: &Timer) -> Result<Option<WorkflowRun>> {
    let Some((id, turn)) = timer.key().split_once('/') else { return Ok(None) };
    let (Ok(id), Ok(turn)) = (id.parse::<Uuid>(), turn.parse::<i64>()) else { return Ok(None) };
    let row = cx.unrestricted().row(WorkflowRun::def(), id).await?;
    let run = row.map(WorkflowRun::from_row).transpose()?;
    Ok(run.filter(|run| run.turn == turn && !run.is_over()))
}

/// Goes on at a moment.
pub(super) async fn wait(cx: &mut Context<'_>, run: WorkflowRun, state: RunState, until: Timestamp) -> Result<()> {
    let run = cx.save(WorkflowRun { state, turn: run.turn + 1, due_at: Some(until), ..run }).await?;
    set_timer::<Advance>(cx, &run.timer(), until, None).await
}

/// Ends a run.
pub(super) async fn end(cx: &mut Context<'_>, run: WorkflowRun, state: RunState, reason: Option<&str>) -> Result<()> {
    let now = cx.now();
    cx.save(run.over(state, now, reason)).await.map(drop)
}

/// What came of one step.
enum Did {
    /// It was done, as this says; the run goes on behind it.
    Done { what: Option<String>, made: Option<Made>, unit: Option<Uuid> },
    /// The run goes on in a list of steps inside of it.
    Enters { what: String, arm: usize, items: Vec<Uuid> },
    /// The run goes on behind it, at this moment.
    Waits(Timestamp),
    /// The run is over.
    Ends(String),
}

async fn advance(cx: &mut Context<'_>, mut run: WorkflowRun) -> Result<()> {
    let workflow = cx.unrestricted().row(Workflow::def(), run.workflow.uuid()).await?;
    if !workflow.map(Workflow::from_row).transpose()?.is_some_and(|workflow| workflow.runs()) {
        // It stands still; whoever enables the workflow lets it go on.
        return Ok(());
    }
    let version = WorkflowVersion::numbered(cx, run.workflow, run.number).await?;
    let mut acted = false;
    loop {
        let mut position = run.position.0.clone();
        let next = position.next(&version.steps);
        run.position = position.into();
        let Some(step) = next else { return end(cx, run, RunState::Done, None).await };
        let acts = matches!(step.act(), Some(Act::Do(_) | Act::Notify(_)));
        if acts && acted {
            let now = cx.now();
            return wait(cx, run, RunState::Running, now).await;
        }
        if !counted(cx, &mut run).await? {
            return end(cx, run, RunState::Stopped, Some("budget")).await;
        }
        let did = match as_whom(cx, &run, &version, step).await? {
            Tried::Did(did) => did,
            Tried::Gone => return end(cx, run, RunState::Skipped, Some("gone")).await,
            Tried::Refused(error) => return trouble::refused(cx, run, step, &error).await,
            Tried::Inactive => return trouble::halt(cx, run.workflow, "workflow.actor_inactive").await,
        };
        acted |= acts;
        run.attempt = 0;
        match did {
            Did::Done { what, made, unit } => {
                let record = made.as_ref().and_then(|made| made.id);
                log(cx, &mut run, step, WorkflowStepRun { what, unit, record, ..WorkflowStepRun::default() }).await?;
                if let Some(made) = made {
                    run.made.0.insert(step.id.to_string(), made);
                }
                run.position.0.go_on();
            }
            Did::Enters { what, arm, items } => {
                log(cx, &mut run, step, WorkflowStepRun { what: Some(what), ..WorkflowStepRun::default() }).await?;
                run.position.0.enter(arm, items);
            }
            Did::Waits(until) => {
                let what = Some(format!("until {until}"));
                log(cx, &mut run, step, WorkflowStepRun { what, ..WorkflowStepRun::default() }).await?;
                run.position.0.go_on();
                if until > cx.now() {
                    return wait(cx, run, RunState::Waiting, until).await;
                }
            }
            Did::Ends(reason) => {
                log(
                    cx,
                    &mut run,
                    step,
                    WorkflowStepRun { what: Some("stop".to_owned()), ..WorkflowStepRun::default() },
                )
                .await?;
                return end(cx, run, RunState::Done, Some(&reason)).await;
            }
        }
    }
}

/// Counts a step of the chain; whether it may still be done.
async fn counted(cx: &mut Context<'_>, run: &mut WorkflowRun) -> Result<bool> {
    if run.root == run.id.uuid() {
        run.steps += 1;
        return Ok(run.steps <= MOST_STEPS);
    }
    let row = cx.unrestricted().row(WorkflowRun::def(), run.root).await?;
    let Some(root) = row.map(WorkflowRun::from_row).transpose()? else { return Ok(true) };
    let root = cx.save(WorkflowRun { steps: root.steps + 1, ..root }).await?;
    Ok(root.steps <= MOST_STEPS)
}

/// Writes a line of the log.
pub(super) async fn log(
    cx: &mut Context<'_>,
    run: &mut WorkflowRun,
    step: &WorkflowStep,
    line: WorkflowStepRun,
) -> Result<()> {
    run.lines += 1;
    let (number, turn, attempt) = (run.lines, run.turn, run.attempt);
    let line = WorkflowStepRun { run: run.id.uuid(), number, step: step.id.to_string(), turn, attempt, ..line };
    cx.unrestricted().insert(line).await.map(drop)
}

/// What trying a step led to.
enum Tried {
    Did(Did),
    /// The record is not there for whom it runs as.
    Gone,
    Refused(Error),
    /// Whom it runs as may not act any more.
    Inactive,
}

/// Tries a step with the access of whom the workflow runs as. What a refused one changed is taken back; an error is one of the storage, or
/// a refusal that only the end of the unit takes back.
async fn as_whom(
    cx: &mut Context<'_>,
    run: &WorkflowRun,
    version: &WorkflowVersion,
    step: &WorkflowStep,
) -> Result<Tried> {
    let runs_as = Principal::User(version.runs_as.uuid());
    let whole = match cx.begin_part(&runs_as, cause(run.workflow, run.number)).await {
        Ok(whole) => whole,
        Err(error) if error.is(&crate::kernel::error::codes::ACTOR_INACTIVE) => return Ok(Tried::Inactive),
        Err(error) => return Err(error),
    };
    cx.begin_attempt();
    let did = match source(cx, run, version).await {
        Ok(Some(source)) => match tried(cx, &source, step).await {
            // What is written is refused here or not at all.
            Ok(did) => cx.written().await.map(|()| Some(did)),
            Err(error) => Err(error),
        },
        Ok(None) => Ok(None),
        Err(error) => Err(error),
    };
    let can_go_on = cx.end_attempt(did.is_ok());
    match did {
        Err(error) if error.retryable() || !can_go_on => Err(error),
        did => {
            cx.end_part(whole).await?;
            // The notice is the engine's own: whom it reaches, and not who may write notifications, was decided above.
            Ok(match did {
                Ok(Some(Trial::Did(did))) => Tried::Did(did),
                Ok(Some(Trial::Notifies(users))) => Tried::Did(notified(cx, run, version, step, users).await?),
                Ok(None) => Tried::Gone,
                Err(error) => Tried::Refused(error),
            })
        }
    }
}

async fn notified(
    cx: &mut Context<'_>,
    run: &WorkflowRun,
    version: &WorkflowVersion,
    step: &WorkflowStep,
    users: Vec<Id<crate::people::User>>,
) -> Result<Did> {
    let record = run.kind.as_deref().and_then(|kind| cx.kind(kind).ok()).zip(run.record);
    let source = Source { run, version, record, item: item(cx, run, version) };
    let message = step.notify.as_ref().and_then(|notice| notice.message.as_ref());
    let what = Some(format!("{} notified", users.len()));
    act::tell(cx, &source, message, users).await?;
    Ok(Did::Done { what, made: None, unit: None })
}

/// Where expressions read; none where the record of the run is not there any more.
async fn source<'r>(
    cx: &mut Context<'_>,
    run: &'r WorkflowRun,
    version: &'r WorkflowVersion,
) -> Result<Option<Source<'r>>> {
    let record = match (run.kind.as_deref(), run.record) {
        (Some(kind), Some(id)) => {
            let def = cx.kind(kind)?;
            match cx.visible_row(def, &Ref::Id(id.into()), false).await {
                // A record that was merged goes on as its survivor.
                Ok(row) => Some((def, row.id(def))),
                Err(error) if error.retryable() => return Err(error),
                Err(_) => return Ok(None),
            }
        }
        _ => None,
    };
    Ok(Some(Source { run, version, record, item: item(cx, run, version) }))
}

/// The record for which steps are done in their turn.
fn item(cx: &Context<'_>, run: &WorkflowRun, version: &WorkflowVersion) -> Option<(&'static RecordDef, Uuid)> {
    let (depth, id) = run.position.item()?;
    let Act::Each(each) = run.position.around(&version.steps, depth)?.act()? else { return None };
    Some((cx.kind(&each.kind).ok()?, id))
}

/// What a step would do, with the access of whom the workflow runs as.
enum Trial {
    Did(Did),
    Notifies(Vec<Id<crate::people::User>>),
}

async fn tried(cx: &mut Context<'_>, source: &Source<'_>, step: &WorkflowStep) -> Result<Trial> {
    Ok(Trial::Did(match step.act() {
        Some(Act::Do(command)) => {
            let made = act::command(cx, source, command).await?;
            Did::Done { what: Some(command.command.to_string()), made: Some(made), unit: Some(cx.unit()) }
        }
        Some(Act::Notify(notice)) => return act::receivers(cx, source, notice).await.map(Trial::Notifies),
        Some(Act::Wait(wait)) => Did::Waits(until(cx, source, wait).await?),
        Some(Act::Branch(branch)) => {
            let mut arm = branch.cases.len();
            if let Some((def, id)) = source.item.or(source.record) {
                let row = cx.visible_row(def, &Ref::Id(id.into()), false).await?;
                for (number, case) in branch.cases.iter().enumerate() {
                    if cx.matches(def, &row, &case.filter).await? {
                        arm = number;
                        break;
                    }
                }
            }
            let what = if arm < branch.cases.len() { format!("case {}", arm + 1) } else { "otherwise".to_owned() };
            Did::Enters { what, arm, items: Vec::new() }
        }
        Some(Act::Split(shares)) => {
            let of = source.item.or(source.record).map_or(source.run.id.uuid(), |(_, id)| id);
            let arm = share(source.run.workflow.uuid(), step.id.as_str(), of, shares);
            Did::Enters { what: format!("share {}", arm + 1), arm, items: Vec::new() }
        }
        Some(Act::Each(each)) => {
            let def = cx.kind(&each.kind)?;
            let filter = serde_json::to_value(&each.filter).unwrap_or_default();
            let filter = values::filled(cx, source, &filter).await?;
            let filter = serde_json::from_value(filter).unwrap_or_else(|_| crate::Filter::nothing());
            let most = each.limit.map_or(100, |limit| usize::try_from(limit).unwrap_or(1_000));
            let items = cx.visible_ids(def, &filter, None, most).await?;
            if items.is_empty() {
                Did::Done { what: Some("0 records".to_owned()), made: None, unit: None }
            } else {
                Did::Enters { what: format!("{} records", items.len()), arm: 0, items }
            }
        }
        Some(Act::Stop(reason)) => Did::Ends(reason.to_string()),
        None => Did::Ends("nothing to do".to_owned()),
    }))
}

/// The share that a record falls into, always the same.
fn share(workflow: Uuid, step: &str, of: Uuid, shares: &[StepShare]) -> usize {
    let mut hash = Sha256::new();
    hash.update(workflow.as_bytes());
    hash.update(step.as_bytes());
    hash.update(of.as_bytes());
    let drawn = hash.finalize().iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let sum: u64 = shares.iter().map(|share| u64::from(share.share)).sum();
    let mut left = drawn % sum.max(1);
    for (number, share) in shares.iter().enumerate() {
        match left.checked_sub(u64::from(share.share)) {
            Some(rest) => left = rest,
            None => return number,
        }
    }
    0
}

/// The moment until which a run waits.
async fn until(cx: &mut Context<'_>, source: &Source<'_>, wait: &StepWait) -> Result<Timestamp> {
    let now = cx.now();
    let zone = cx.time_zone().await?;
    if let Some(period) = wait.period.as_ref().and_then(|period| Period::parse(period)) {
        return Ok(period.after(now, zone).unwrap_or(now));
    }
    if let Some(minutes) = wait.business_minutes {
        let user = cx.unrestricted().load(source.version.runs_as).await?;
        let time = i64::from(minutes) * MINUTE;
        let elapsed = Timestamp::from_micros(now.micros().saturating_add(time));
        let calendar = calendar_of(cx, Some(&user), None).await?;
        return Ok(calendar.map_or(Some(elapsed), |calendar| calendar.hours().after(now, time)).unwrap_or(elapsed));
    }
    let text = wait.until.as_ref().map_or(Json::Null, |until| Json::from(until.as_str()));
    let value = values::filled(cx, source, &text).await?;
    let Some(text) = value.as_str() else { return Ok(now) };
    if let Ok(date) = text.parse::<Date>() {
        return Ok(start_of(date, zone));
    }
    Timestamp::parse(text).ok_or_else(|| values::NO_MOMENT.with("value", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_kept_within_a_few_of_a_hundred_and_never_change() {
        let shares = [20, 30, 50].map(|share| StepShare { share, steps: Vec::new() });
        let workflow = Uuid::from_u128(7);
        let mut counts = [0_usize; 3];
        for number in 0..10_000 {
            counts[share(workflow, "test", Uuid::from_u128(number), &shares)] += 1;
        }
        for (count, expected) in counts.into_iter().zip([2_000_usize, 3_000, 5_000]) {
            assert!(count.abs_diff(expected) < 200, "{counts:?}");
        }
        assert_eq!(
            share(workflow, "test", Uuid::from_u128(1), &shares),
            share(workflow, "test", Uuid::from_u128(1), &shares)
        );
    }
}
