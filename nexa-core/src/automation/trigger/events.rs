//! Runs that begin with what happened to a record.

use std::sync::Arc;

use uuid::Uuid;

use super::dates;
use crate::{
    Context, Result,
    automation::{
        FROM_EVENTS, Workflow, WorkflowState, WorkflowVersion,
        run::{Beginning, begin, origin_of},
        workflow::{EventTrigger, EventVerb, OnImport},
    },
    kernel::{
        Consumer,
        ledger::{Event, Verb},
        record::RecordDef,
    },
};

/// Begins runs of active workflows with what happened, and sees to the dates of records.
pub(in crate::automation) struct FromEvents;

/// The command that takes back what others did.
const UNDO: &str = "ledger.undo";

/// The active workflows with the versions that begin runs.
struct Active(Vec<(Workflow, WorkflowVersion)>);

impl Consumer for FromEvents {
    const NAME: &'static str = FROM_EVENTS;
    fn wants(event: &Event, of: &'static RecordDef) -> bool {
        matches!(event.verb, Verb::Created | Verb::Updated) && !of.kind.starts_with("workflow")
    }
    async fn listens(cx: &mut Context<'_>) -> Result<bool> {
        Ok(!active(cx).await?.0.is_empty())
    }
    async fn consume(cx: &mut Context<'_>, events: &[Event]) -> Result<()> {
        let active = active(cx).await?;
        let mut seen: Vec<(&str, Uuid)> = Vec::new();
        for first in events {
            let record = (&*first.kind, first.record);
            if seen.contains(&record) {
                continue;
            }
            let of_kind = |version: &WorkflowVersion| version.trigger.kind() == Some(record.0);
            if !active.0.iter().any(|(_, version)| of_kind(version)) {
                continue;
            }
            seen.push(record);
            let Ok(def) = cx.kind(&first.kind) else { continue };
            // What one unit does to a record happened once: from before its first event to behind its last.
            let of_record: Vec<&Event> = events.iter().filter(|event| (&*event.kind, event.record) == record).collect();
            let happened = Happened { def, events: of_record };
            let waits = |workflow: &Workflow| workflow.active_since.is_none_or(|since| since < first.seq.cast_signed());
            for (workflow, version) in active.0.iter().filter(|(one, version)| of_kind(version) && waits(one)) {
                happened.to(cx, workflow, version).await?;
            }
        }
        Ok(())
    }
}

/// What a unit did to a record.
struct Happened<'e> {
    def: &'static RecordDef,
    events: Vec<&'e Event>,
}

impl Happened<'_> {
    /// Begins a run of a workflow, where it is one that waits for this.
    async fn to(&self, cx: &mut Context<'_>, workflow: &Workflow, version: &WorkflowVersion) -> Result<()> {
        let (Some(first), Some(last)) = (self.events.first(), self.events.last()) else { return Ok(()) };
        if let Some(date) = &version.trigger.date {
            return dates::changed(cx, workflow, date, self.def, first.record).await;
        }
        let Some(trigger) = &version.trigger.event else { return Ok(()) };
        if !self.fits(trigger) || !self.changes(cx, trigger).await? {
            return Ok(());
        }
        let beginning = Beginning {
            record: Some((self.def, first.record)),
            events: Some((first.seq.cast_signed(), last.seq.cast_signed())),
            origin: origin_of(cx, first).await?,
            ..Beginning::of(workflow, version, format!("u:{}:{}", first.unit, first.record))
        };
        begin(cx, beginning).await.map(drop)
    }

    /// Whether it is of the verb, by one of the commands, and not of an import or an undo that begins nothing.
    fn fits(&self, trigger: &EventTrigger) -> bool {
        let created = self.events.iter().any(|event| event.verb == Verb::Created);
        let of_verb = match trigger.verb {
            Some(EventVerb::Created) => created,
            Some(EventVerb::Updated) => !created,
            _ => true,
        };
        let named = |event: &&&Event| trigger.commands.iter().any(|name| name.as_str() == event.command);
        let of_command = trigger.commands.is_empty() || self.events.iter().any(|event| named(&event));
        let Some(first) = self.events.first() else { return false };
        let verb = first.command.split_once('.').map_or("", |(_, verb)| verb);
        let cause = first.cause.as_deref().unwrap_or_default();
        let by_import = verb.starts_with("import_") || cause.starts_with("import:");
        let imported = by_import && trigger.on_import != Some(OnImport::Run);
        let taken_back = first.command == UNDO && trigger.commands.is_empty();
        of_verb && of_command && !imported && !taken_back
    }

    /// Whether what changed is what the trigger waits for.
    async fn changes(&self, cx: &mut Context<'_>, trigger: &EventTrigger) -> Result<bool> {
        if trigger.change.is_everything() {
            return Ok(true);
        }
        let (Some(first), Some(last)) = (self.events.first(), self.events.last()) else { return Ok(false) };
        let asked = cx.kept_on_change(self.def, &trigger.change).await?;
        let turn = cx.turn(self.def, first, last).await?;
        Ok(turn.is_some_and(|turn| asked.matches(turn.before.as_ref(), turn.after.as_ref())))
    }
}

/// The active workflows; read once as long as none changes.
async fn active(cx: &mut Context<'_>) -> Result<Arc<Active>> {
    if let Some(kept) = cx.kept::<Active>() {
        return Ok(kept);
    }
    let mut found = Vec::new();
    for workflow in cx.unrestricted().every::<Workflow>(&Workflow::STATE.eq(WorkflowState::Active)).await? {
        let version = workflow.running(cx).await?;
        if version.trigger.event.is_some() || version.trigger.date.is_some() {
            found.push((workflow, version));
        }
    }
    Ok(cx.keep_while::<Workflow, Active>(Arc::new(Active(found))))
}
