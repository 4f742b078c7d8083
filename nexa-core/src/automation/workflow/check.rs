//! What makes a workflow that can be published.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{
    Act, StepCommand, StepNotice, StepWait, Workflow, WorkflowStep, WorkflowTrigger,
    expression::{self, Expression, Known},
};
use crate::{
    Action, Code, Context, Error, Id, Name, Principal, Result,
    kernel::{
        access::AccessClass,
        error::codes,
        record::{ColumnType, RecordDef},
        text::must_be_plain,
        value::period::Period,
    },
    people::User,
    productivity::notification::Weekday,
};

/// Nothing begins it.
pub const NO_TRIGGER: Code = Code::rule(
    "workflow.no_trigger",
    "Nothing begins the workflow; give a trigger with one of event, date, schedule and manual.",
);
/// It does nothing.
pub const NO_STEPS: Code = Code::rule("workflow.no_steps", "The workflow does nothing; give it steps.");
/// It has no version.
pub const NOT_PUBLISHED: Code = Code::rule(
    "workflow.not_published",
    "The workflow {name} has no version yet; publish it first with workflow.publish.",
);
/// A trigger that cannot be.
pub const TRIGGER_INVALID: Code = Code::invalid("workflow.trigger_invalid", "The trigger cannot be: {problem}.");
/// A step that cannot be.
pub const STEP_INVALID: Code = Code::invalid("workflow.step_invalid", "The step {step} cannot be: {problem}.");
/// A step's name is there twice.
pub const STEP_TWICE: Code =
    Code::invalid("workflow.step_twice", "The step {step} is there twice; give each step an id of its own.");
/// The arguments of a step do not fit its command.
pub const ARGUMENT_INVALID: Code = Code::invalid(
    "workflow.argument_invalid",
    "The step {step} gives {command} arguments that it refuses ({problem}); correct them and publish again.",
);
/// A step names a value that there is not.
pub const VALUE_UNKNOWN: Code = Code::invalid(
    "workflow.value_unknown",
    "The step {step} names {value}, which there is not; use record, item, before, event, run, org, settings, steps, now or today.",
);
/// No workflow runs the command.
pub const COMMAND_REFUSED: Code = Code::invalid(
    "workflow.command_refused",
    "No workflow runs {command}: {problem}. Leave the step out, or have a person do it.",
);
/// Whom it runs as may not do what a step does.
pub const NOT_ALLOWED: Code = Code::rule(
    "workflow.not_allowed",
    "The user as whom it runs may not run {command} (step {step}); choose another user in runs_as, or leave the step out.",
);
/// Nobody said as whom it runs.
pub const RUNS_AS_NOBODY: Code =
    Code::rule("workflow.runs_as_nobody", "Nobody said as whom the workflow runs; name a user in runs_as.");
/// Nobody said what imports do.
pub const IMPORT_UNSAID: Code = Code::rule(
    "workflow.import_unsaid",
    "An import would begin a run for each of its records; say on_import: run or ignore in the trigger.",
);

/// How many steps a workflow has.
const MOST_STEPS: usize = 200;
/// How large steps and settings are, in bytes of JSON.
const LARGEST: usize = 262_144;
/// How deep steps nest.
const DEEPEST: usize = 6;
/// The shortest period of a schedule, in microseconds: five minutes.
const SHORTEST: i64 = 300_000_000;
/// An id that stands in the place of one that is not known yet.
const SOME_ID: &str = "00000000-0000-7000-8000-000000000001";

impl Workflow {
    /// Errors: `workflow.step_invalid`, `workflow.step_twice`, `workflow.trigger_invalid`.
    pub(super) fn check_shape(&self) -> Result<()> {
        let mut seen = BTreeSet::new();
        check_steps(&self.steps, 1, &mut seen)?;
        must_be_texts("steps", &serde_json::to_value(&*self.steps).unwrap_or_default())?;
        must_be_texts("settings", &Json::Object(self.settings.0.clone()))?;
        check_trigger(&self.trigger)
    }

    /// As whom it runs, once everything was checked. Errors: those of `workflow.publish`.
    pub(super) async fn check_to_publish(&self, cx: &mut Context<'_>) -> Result<Id<User>> {
        self.check_shape()?;
        if self.trigger.ways() == 0 {
            return Err(NO_TRIGGER.error());
        }
        if self.steps.is_empty() {
            return Err(NO_STEPS.error());
        }
        if let Some(event) = &self.trigger.event
            && event.commands.is_empty()
            && event.on_import.is_none()
        {
            return Err(IMPORT_UNSAID.with("field", "trigger"));
        }
        let runs_as = self.runs_as.or_else(|| cx.actor().user().map(Id::new)).ok_or_else(|| RUNS_AS_NOBODY.error())?;
        cx.unrestricted().load(runs_as).await?;
        let of = match self.trigger.kind() {
            Some(kind) => Some(cx.kind(kind).map_err(|_| unknown_kind(kind))?),
            None => None,
        };
        // What is hidden from whom it runs as is hidden from the check as well.
        let whole = cx.begin_part(&Principal::User(runs_as.uuid()), super::super::run::cause(self.id, 0)).await?;
        let checked = self.check_as_run(cx, of).await;
        cx.end_part(whole).await?;
        checked.map(|()| runs_as)
    }

    async fn check_as_run(&self, cx: &mut Context<'_>, of: Option<&'static RecordDef>) -> Result<()> {
        self.check_trigger_values(cx, of).await?;
        match of {
            Some(of) => drop(cx.visible_ids(of, &self.filter, Some(some_id()), 1).await?),
            None if self.filter.is_everything() => {}
            None => return Err(trigger("a filter needs a record; leave it out")),
        }
        // Steps within steps are pushed behind those before them: the order does not count here.
        let mut waiting: Vec<(&WorkflowStep, Option<&'static RecordDef>)> =
            self.steps.iter().map(|step| (step, None)).collect();
        while let Some((step, item)) = waiting.pop() {
            self.check_step(cx, step, Roots { record: of, item }).await?;
            let item = match step.act() {
                Some(Act::Each(each)) => Some(cx.kind(&each.kind).map_err(|_| wrong(step, "there is no such kind"))?),
                _ => item,
            };
            waiting.extend(step.inner().map(|inner| (inner, item)));
        }
        Ok(())
    }

    async fn check_trigger_values(&self, cx: &mut Context<'_>, of: Option<&'static RecordDef>) -> Result<()> {
        let Some(of) = of else { return Ok(()) };
        if !of.ledger || of.access == AccessClass::System {
            return Err(trigger("nothing begins with records that have no history"));
        }
        if let Some(event) = &self.trigger.event {
            cx.kept_on_change(of, &event.change).await?;
            if let Some(unknown) = event.commands.iter().find(|name| cx.operation_named(name).is_err()) {
                return Err(trigger(&format!("there is no command {unknown}")));
            }
        }
        if let Some(date) = &self.trigger.date {
            let column = of.column(&date.field).and_then(|column| of.columns.get(column));
            if !column.is_some_and(|column| matches!(column.kind, ColumnType::Date | ColumnType::Time)) {
                return Err(trigger("the field is neither a date nor a moment"));
            }
        }
        if let Some(over) = self.trigger.schedule.as_ref().and_then(|schedule| schedule.over.as_ref()) {
            cx.visible_ids(of, &over.filter, Some(some_id()), 1).await?;
        }
        Ok(())
    }

    async fn check_step(&self, cx: &mut Context<'_>, step: &WorkflowStep, roots: Roots) -> Result<()> {
        match step.act() {
            Some(Act::Do(command)) => self.check_command(cx, step, command, roots),
            Some(Act::Notify(StepNotice { to, .. })) => {
                self.stand_ins(cx, step, &Json::Array(to.clone()), roots).map(drop)
            }
            Some(Act::Wait(StepWait { until: Some(until), .. })) => {
                self.stand_ins(cx, step, &Json::from(until.as_str()), roots).map(drop)
            }
            Some(Act::Branch(branch)) => {
                let Some(of) = roots.item.or(roots.record) else {
                    return Err(wrong(step, "there is no record by which it could branch"));
                };
                for case in &branch.cases {
                    cx.visible_ids(of, &case.filter, Some(some_id()), 1).await?;
                }
                Ok(())
            }
            Some(Act::Each(each)) => {
                let of = cx.kind(&each.kind).map_err(|_| wrong(step, "there is no such kind"))?;
                let filter = serde_json::to_value(&each.filter).unwrap_or_default();
                let (known, _) = self.stand_ins(cx, step, &filter, roots)?;
                let filter = expression::filled(&filter, &known).map_err(|value| unknown(step, &value))?;
                let filter = serde_json::from_value(filter).map_err(|_| wrong(step, "its filter cannot be read"))?;
                cx.visible_ids(of, &filter, Some(some_id()), 1).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    fn check_command(&self, cx: &Context<'_>, step: &WorkflowStep, command: &StepCommand, roots: Roots) -> Result<()> {
        let name = command.command.as_str();
        let operation = cx.operation_named(name)?;
        let of = cx.kind(operation.kind)?;
        let verb = name.split_once('.').map_or("", |(_, verb)| verb);
        let problem = if !operation.changes {
            Some("it changes nothing")
        } else if matches!(of.access, AccessClass::Settings | AccessClass::System) {
            Some("it changes how the organisation is set up")
        } else if matches!(
            operation.action,
            Action::Purge | Action::Merge | Action::Privacy | Action::Verify | Action::Operate
        ) {
            Some("what it does is for people to decide")
        } else if verb.starts_with("import_") {
            Some("imports take files")
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(COMMAND_REFUSED.with("command", name).with("problem", problem));
        }
        if cx.authorize_kind(of, operation.action).is_err() {
            return Err(NOT_ALLOWED.with("command", name).with("step", &step.id));
        }
        let with = Json::Object(command.with.clone());
        let (known, vague) = self.stand_ins(cx, step, &with, roots)?;
        let with = expression::filled(&with, &known).map_err(|value| unknown(step, &value))?;
        match cx.check_operation(name, &with) {
            Err(error) if !is_about(&error, &vague) => {
                let error =
                    ARGUMENT_INVALID.with("step", &step.id).with("command", name).with("problem", error.message());
                Err(error.with("field", "steps"))
            }
            _ => Ok(()),
        }
    }

    /// Values in the place of those that are known when it runs, and which of them may be of any type: the names of the arguments that
    /// have one. Error: `workflow.value_unknown`.
    fn stand_ins(
        &self,
        cx: &Context<'_>,
        step: &WorkflowStep,
        value: &Json,
        roots: Roots,
    ) -> Result<(Known, Vec<String>)> {
        let mut expressions = Vec::new();
        expression::named(value, &mut expressions).map_err(|text| unknown(step, &text))?;
        let (mut known, mut any) = (Known::new(), BTreeSet::new());
        for expression in expressions {
            let stand_in = self.stand_in(cx, &expression, roots).ok_or_else(|| unknown(step, &expression.text))?;
            let typed = stand_in.unwrap_or_else(|| {
                any.insert(expression.text.clone());
                json!("x")
            });
            known.insert(expression.text, typed);
        }
        let of_any = |item: &Json| {
            let mut inner = Vec::new();
            expression::named(item, &mut inner).is_ok() && inner.iter().any(|one| any.contains(&one.text))
        };
        let vague = match value {
            Json::Object(map) => map.iter().filter(|(_, item)| of_any(item)).map(|(name, _)| name.clone()).collect(),
            _ => Vec::new(),
        };
        Ok((known, vague))
    }

    /// A value of the type that an expression has; none inside where that is not known, and none where there is no such value.
    fn stand_in(&self, cx: &Context<'_>, expression: &Expression, roots: Roots) -> Option<Option<Json>> {
        let below = expression.path.get(1..).unwrap_or_default();
        match (expression.root(), below) {
            ("now", []) => Some(Some(json!("2025-11-17T09:00:00Z"))),
            ("today", []) => Some(Some(json!("2025-11-17"))),
            ("record", below) => of_record(cx, roots.record?, below),
            ("before", [_, ..]) => roots.record.map(|_| None),
            ("item", below) => of_record(cx, roots.item?, below),
            ("settings", [name, ..]) => {
                self.settings.get(name).map(|value| Some(value.clone()).filter(|_| below.len() == 1))
            }
            ("org", [_]) | ("event", [_]) => Some(None),
            ("run", [name]) => matches!(name.as_str(), "id" | "key" | "workflow").then_some(None),
            ("steps", [step, ..]) => knows(&self.steps, step).then_some(None),
            _ => None,
        }
    }
}

/// What the roots of expressions are.
#[derive(Clone, Copy)]
struct Roots {
    record: Option<&'static RecordDef>,
    item: Option<&'static RecordDef>,
}

/// A value of the type of a field; none inside where any text may be meant.
fn of_record(cx: &Context<'_>, def: &'static RecordDef, path: &[String]) -> Option<Option<Json>> {
    let [name, below @ ..] = path else { return Some(Some(json!(SOME_ID))) };
    if let (Some(relation), [_, ..]) = (def.relation(name), below) {
        return of_record(cx, cx.kind(relation.kind).ok()?, below);
    }
    let field = def.field(name)?;
    if !below.is_empty() {
        return Some(None);
    }
    let columns = def.columns.get(field.first..field.first + field.count)?;
    Some(match columns {
        [one] => match one.kind {
            ColumnType::Uuid | ColumnType::Reference(_) => Some(json!(SOME_ID)),
            ColumnType::Int => Some(json!(1)),
            ColumnType::Bool => Some(json!(true)),
            ColumnType::Time => Some(json!("2025-11-17T09:00:00Z")),
            ColumnType::Date => Some(json!("2025-11-17")),
            _ => None,
        },
        _ => None,
    })
}

fn knows(steps: &[WorkflowStep], id: &str) -> bool {
    steps.iter().any(|step| step.id.as_str() == id || step.inner().any(|inner| knows(std::slice::from_ref(inner), id)))
}

/// Whether a refusal of arguments is about one of these: there the value is known only when it runs.
fn is_about(error: &Error, vague: &[String]) -> bool {
    let named = ["path", "field"].into_iter().filter_map(|name| error.params().get(name)).filter_map(Json::as_str);
    let mut named = named.map(|path| path.split(['.', '[']).next().unwrap_or_default().to_owned());
    named.any(|first| vague.contains(&first))
}

/// Refuses values that are too large, or have texts that nobody can read. Error: `field.invalid`.
fn must_be_texts(field: &'static str, value: &Json) -> Result<()> {
    let invalid = |problem: &str| codes::FIELD_INVALID.with("field", field).with("problem", problem);
    if value.to_string().len() > LARGEST {
        return Err(invalid("give at most 256 KiB"));
    }
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Json::String(text) => {
                let lines = text.lines().filter(|line| !line.trim().is_empty()).try_for_each(must_be_plain);
                lines.map_err(invalid)?;
            }
            Json::Array(items) => waiting.extend(items),
            Json::Object(map) => waiting.extend(map.values()),
            _ => {}
        }
    }
    Ok(())
}

fn check_steps(steps: &[WorkflowStep], depth: usize, seen: &mut BTreeSet<String>) -> Result<()> {
    for step in steps {
        if !seen.insert(step.id.to_string()) {
            return Err(STEP_TWICE.with("step", &step.id).with("field", "steps"));
        }
        let problem = match step.act() {
            None => Some("give exactly one of do, notify, wait, branch, split, each and stop"),
            Some(Act::Wait(wait)) => wait_problem(wait),
            Some(Act::Branch(branch)) if !(1..=20).contains(&branch.cases.len()) => Some("give 1 to 20 cases"),
            Some(Act::Split(shares)) if !(1..=20).contains(&shares.len()) => Some("give 1 to 20 shares"),
            Some(Act::Split(shares)) if shares.iter().any(|share| !(1..=1_000).contains(&share.share)) => {
                Some("a share is 1 to 1,000")
            }
            Some(Act::Notify(notice)) if !(1..=50).contains(&notice.to.len()) => Some("name 1 to 50 in to"),
            Some(Act::Each(each)) if each.limit.is_some_and(|limit| !(1..=1_000).contains(&limit)) => {
                Some("it does its steps for 1 to 1,000 records")
            }
            _ if depth > DEEPEST => Some("steps nest at most 6 deep"),
            _ if seen.len() > MOST_STEPS => Some("a workflow has at most 200 steps"),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(wrong(step, problem));
        }
        for arm in (0..).map_while(|number| step.arm(number)) {
            check_steps(arm, depth + 1, seen)?;
        }
    }
    Ok(())
}

fn wait_problem(wait: &StepWait) -> Option<&'static str> {
    let said = [wait.period.is_some(), wait.until.is_some(), wait.business_minutes.is_some()];
    if said.into_iter().filter(|one| *one).count() != 1 {
        return Some("give exactly one of period, until and business_minutes");
    }
    if wait.business_minutes.is_some_and(|minutes| !(1..=525_600).contains(&minutes)) {
        return Some("it waits 1 to 525,600 minutes of business time");
    }
    let forward = |period: &Name| !period.starts_with('-') && Period::parse(period).is_some();
    if wait.period.as_ref().is_some_and(|period| !forward(period)) {
        return Some("give a period of ISO 8601, such as P2D");
    }
    None
}

fn check_trigger(of: &WorkflowTrigger) -> Result<()> {
    if of.ways() > 1 {
        return Err(trigger("give exactly one of event, date, schedule and manual"));
    }
    if let Some(date) = &of.date
        && date.offset.as_ref().is_some_and(|offset| Period::parse(offset).is_none())
    {
        return Err(trigger("give the offset as a period of ISO 8601, such as -P30D"));
    }
    let Some(schedule) = &of.schedule else { return Ok(()) };
    match (&schedule.every, schedule.at) {
        (Some(every), None) if schedule.weekdays.is_empty() && schedule.day.is_none() => {
            let period = Period::parse(every).ok_or_else(|| trigger("give a period of ISO 8601, such as P1D"))?;
            let start = crate::Timestamp::from_micros(0);
            let long = period.after(start, crate::kernel::value::zone::Zone::UTC).map_or(0, crate::Timestamp::micros);
            if long < SHORTEST { Err(trigger("it comes every five minutes at most")) } else { Ok(()) }
        }
        (None, Some(_)) => match schedule.day {
            Some(_) if !schedule.weekdays.is_empty() => Err(trigger("give weekdays or a day of the month, not both")),
            Some(day) if !(1..=31).contains(&day) => Err(trigger("a month has the days 1 to 31")),
            _ if schedule.weekdays.len() > Weekday::ALL.len() => Err(trigger("a week has seven days")),
            _ => Ok(()),
        },
        _ => Err(trigger("give every alone, or at with weekdays or a day")),
    }
}

fn some_id() -> uuid::Uuid {
    // Behind every other id: the question is checked, and finds nothing.
    uuid::Uuid::max()
}

fn unknown_kind(kind: &str) -> Error {
    trigger(&format!("there is no kind {kind}"))
}

fn trigger(problem: &str) -> Error {
    TRIGGER_INVALID.with("problem", problem).with("field", "trigger")
}

fn wrong(step: &WorkflowStep, problem: &str) -> Error {
    STEP_INVALID.with("step", &step.id).with("problem", problem).with("field", "steps")
}

fn unknown(step: &WorkflowStep, value: &str) -> Error {
    VALUE_UNKNOWN.with("step", &step.id).with("value", value).with("field", "steps")
}
