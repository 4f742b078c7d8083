//! Workflows that would start each other without an end: found before they run, by what their commands write and what begins them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{Act, EventVerb, PerRecord, Workflow, WorkflowState, WorkflowStep, WorkflowVersion};
use crate::{Code, Context, Filter, Id, Op, Result};

/// Workflows would start each other for ever.
pub const LOOP: Code = Code::rule(
    "workflow.loop",
    "The workflows {path} would start each other without an end; ask for what changed in a trigger, run one of them once per record, or \
     say allow_loop in its limits.",
);

/// What commands write beside the kind that they are of, where a trigger may wait for it.
const BESIDE: &[(&str, &[(&str, bool)])] = &[
    ("lead.convert", &[("account", true), ("contact", true), ("deal", true), ("task", false)]),
    ("lead.route", &[("task", true), ("contact_list_member", true)]),
    ("deal.win", &[("account", false), ("contact", false)]),
    ("playbook.start", &[("project", true), ("task", true), ("meeting", true), ("note", true)]),
    ("contact_list.add", &[("contact_list_member", true)]),
    ("campaign.add", &[("campaign_member", true)]),
    ("ticket.create", &[("contact", true), ("account", true)]),
    ("ticket.comment", &[("comment", true)]),
    ("ticket.escalate", &[("ticket", false)]),
    ("quote.accept", &[("deal", false)]),
    ("call.create", &[("lead", false)]),
    ("meeting.hold", &[("lead", false)]),
];

/// What a step writes of a kind.
struct Write<'s> {
    kind: &'s str,
    command: &'s str,
    /// Whether it makes a record.
    creates: bool,
    /// The fields that it sets, with their values; any of them where that is not known.
    fields: Option<BTreeMap<&'s str, &'s Json>>,
}

/// Whether the chain of runs goes on after so many.
pub(in crate::automation) fn carries_on(version: &WorkflowVersion, depth: i64) -> bool {
    let chain = version.limits.chain.map_or(DEEPEST, i64::from);
    depth < chain.min(DEEPEST)
}

/// How long a chain of runs may be in which each starts the next.
const DEEPEST: i64 = 8;

/// Refuses a workflow that would start itself again, perhaps through others that are active. Error: `workflow.loop`.
pub(super) async fn must_end(cx: &mut Context<'_>, own: &Workflow, version: &WorkflowVersion) -> Result<()> {
    let active: Vec<Workflow> = cx.unrestricted().every(&Workflow::STATE.eq(WorkflowState::Active)).await?;
    let mut versions = vec![version.clone()];
    let mut names: BTreeMap<Id<Workflow>, String> = BTreeMap::new();
    for workflow in &active {
        names.insert(workflow.id, workflow.name.to_string());
        if workflow.id != version.workflow {
            versions.push(workflow.running(cx).await?);
        }
    }
    names.insert(own.id, own.name.to_string());
    match circle(cx, &versions) {
        Some(path) => {
            let path: Vec<&str> =
                path.iter().filter_map(|at| names.get(&versions.get(*at)?.workflow)).map(String::as_str).collect();
            Err(LOOP.with("path", path.join(" → ")).with("field", "steps"))
        }
        None => Ok(()),
    }
}

/// A way from the first of these back to it, by numbers.
fn circle(cx: &Context<'_>, versions: &[WorkflowVersion]) -> Option<Vec<usize>> {
    let starts = |from: usize, to: usize| match (versions.get(from), versions.get(to)) {
        (Some(from), Some(to)) => !ends(to) && writes(cx, from).iter().any(|write| begins(write, to)),
        _ => false,
    };
    let mut seen = BTreeSet::new();
    let mut waiting = vec![vec![0]];
    while let Some(path) = waiting.pop() {
        let last = path.last().copied().unwrap_or_default();
        for next in 0..versions.len() {
            if !starts(last, next) {
                continue;
            }
            let mut longer = path.clone();
            longer.push(next);
            if next == 0 {
                return Some(longer);
            }
            if seen.insert(next) {
                waiting.push(longer);
            }
        }
    }
    None
}

/// Whether a circle through it ends by itself, or was allowed.
fn ends(version: &WorkflowVersion) -> bool {
    version.limits.allow_loop || version.limits.per_record == PerRecord::Once
}

fn writes<'v>(cx: &'v Context<'_>, version: &'v WorkflowVersion) -> Vec<Write<'v>> {
    let mut found = Vec::new();
    let mut waiting: Vec<&WorkflowStep> = version.steps.iter().collect();
    while let Some(step) = waiting.pop() {
        waiting.extend(step.inner());
        let Some(Act::Do(step)) = step.act() else { continue };
        let command = step.command.as_str();
        let Ok(operation) = cx.operation_named(command) else { continue };
        let verb = command.split_once('.').map_or("", |(_, verb)| verb);
        let known = matches!(verb, "create" | "update" | "upsert" | "assign");
        let named = |name: &&String| name.as_str() != operation.kind;
        let fields = known.then(|| {
            step.with.keys().filter(named).filter_map(|name| Some((name.as_str(), step.with.get(name)?))).collect()
        });
        let creates = operation.action == crate::Action::Create || verb == "upsert";
        found.push(Write { kind: operation.kind, command, creates, fields });
        let beside = BESIDE.iter().filter(|(name, _)| *name == command).flat_map(|(_, kinds)| kinds.iter());
        found.extend(beside.map(|&(kind, creates)| Write { kind, command, creates, fields: None }));
    }
    found
}

/// Whether what a step writes may begin a run.
fn begins(write: &Write<'_>, version: &WorkflowVersion) -> bool {
    if let Some(date) = &version.trigger.date {
        return date.kind.as_str() == write.kind && sets(write, date.field.as_str());
    }
    let Some(event) = &version.trigger.event else { return false };
    if event.kind.as_str() != write.kind {
        return false;
    }
    if !event.commands.is_empty() && !event.commands.iter().any(|name| name.as_str() == write.command) {
        return false;
    }
    // What makes a record may find it instead, as an upsert does.
    let fits = match event.verb {
        Some(EventVerb::Created) => write.creates,
        Some(EventVerb::Updated) => !write.creates || write.command.ends_with(".upsert") || write.fields.is_none(),
        _ => true,
    };
    fits && may_hold(write, &event.change) && may_hold(write, &version.filter)
}

/// Whether a filter may hold after what a step writes. What changed or became so must be what the step sets.
fn may_hold(write: &Write<'_>, filter: &Filter) -> bool {
    match filter {
        Filter::And(all) => all.iter().all(|one| may_hold(write, one)),
        Filter::Or(any) => any.iter().any(|one| may_hold(write, one)),
        Filter::Changed(field) => write.creates || sets(write, field),
        Filter::Became(one) => {
            (write.creates || names(one).iter().any(|field| sets(write, field))) && may_hold(write, one)
        }
        Filter::Compare { field, op: Op::Eq, value } => match constant(write, field) {
            Some(set) => set == value,
            None => true,
        },
        Filter::Compare { field, op: Op::In, value: Json::Array(values) } => match constant(write, field) {
            Some(set) => values.contains(set),
            None => true,
        },
        Filter::Compare { field, op: Op::Ne, value } => constant(write, field) != Some(value),
        Filter::Compare { field, op: Op::IsNull, value } => match constant(write, field) {
            Some(set) => Json::Bool(set.is_null()) == *value,
            None => true,
        },
        _ => true,
    }
}

/// The value that a step sets a field to, where it is the same each time.
fn constant<'w>(write: &'w Write<'_>, field: &str) -> Option<&'w Json> {
    let value = *write.fields.as_ref()?.get(field)?;
    match value {
        Json::String(text) if text.contains("{{") => None,
        Json::Array(_) | Json::Object(_) => None,
        _ => Some(value),
    }
}

fn sets(write: &Write<'_>, field: &str) -> bool {
    let first = field.split('.').next().unwrap_or(field);
    write.fields.as_ref().is_none_or(|fields| fields.contains_key(first))
}

fn names(filter: &Filter) -> Vec<&str> {
    match filter {
        Filter::Compare { field, .. } | Filter::Changed(field) => vec![field.as_str()],
        Filter::And(all) | Filter::Or(all) => all.iter().flat_map(names).collect(),
        Filter::Not(one) | Filter::Was(one) | Filter::Became(one) => names(one),
        // A related record may have changed.
        _ => vec![],
    }
}
