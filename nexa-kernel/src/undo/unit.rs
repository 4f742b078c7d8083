//! What a unit did, from its events: by record, in the order in which it is undone.

use std::collections::HashMap;

use uuid::Uuid;

use super::{ERASED, FINAL, NOT_YOURS, NOTHING};
use crate::{
    context::{Context, FOUNDING},
    error::Result,
    ledger::{EventQuery, Seq, Verb},
    past::{Contents, contents},
    record::RecordDef,
};

/// How many events are read at once.
const PAGE: usize = 1_000;

/// A record by its kind and its id.
pub(super) type Key = (&'static str, Uuid);

/// One change of a record.
pub(super) struct Step {
    pub(super) verb: Verb,
    pub(super) said: Contents,
}

/// What a unit did to one record, oldest first.
pub(super) struct Touched {
    pub(super) def: &'static RecordDef,
    pub(super) id: Uuid,
    pub(super) steps: Vec<Step>,
}

/// A unit of the ledger.
pub(super) struct Unit {
    pub(super) id: Uuid,
    pub(super) first: Seq,
    pub(super) last: Seq,
    /// The records, those that it changed last first.
    pub(super) touched: Vec<Touched>,
    /// Who did it.
    actors: Vec<String>,
    /// The operations of its events.
    operations: Vec<String>,
    erased: bool,
}

/// Reads a unit. Errors: `undo.nothing`, `kind.unknown`.
pub(super) async fn read_unit(cx: &mut Context<'_>, id: Uuid) -> Result<Unit> {
    let mut unit =
        Unit { id, first: 0, last: 0, touched: Vec::new(), actors: Vec::new(), operations: Vec::new(), erased: false };
    let mut places: HashMap<Key, usize> = HashMap::new();
    let mut steps: Vec<(Seq, Touched)> = Vec::new();
    let mut query = EventQuery { limit: PAGE, unit: Some(id), ..EventQuery::default() };
    loop {
        let events = cx.events(&query).await?;
        let read = events.len();
        for event in events {
            if unit.first == 0 {
                unit.first = event.seq;
            }
            unit.last = event.seq;
            query.after = event.seq;
            if !unit.actors.contains(&event.actor) {
                unit.actors.push(event.actor.clone());
            }
            if !unit.operations.iter().any(|known| *known == event.command) {
                unit.operations.push(event.command.clone().into_owned());
            }
            let def = cx.kind(&event.kind)?;
            let said = contents(&event);
            unit.erased |= said.is_none() || event.verb == Verb::Erased;
            let step = Step { verb: event.verb, said: said.unwrap_or_default() };
            let place = *places.entry((def.kind, event.record)).or_insert(steps.len());
            match steps.get_mut(place) {
                Some((last, touched)) => {
                    *last = event.seq;
                    touched.steps.push(step);
                }
                None => steps.push((event.seq, Touched { def, id: event.record, steps: vec![step] })),
            }
        }
        if read < PAGE {
            break;
        }
    }
    if steps.is_empty() {
        return Err(NOTHING.with("what", format!("The unit {id}")));
    }
    steps.sort_by_key(|(last, _)| std::cmp::Reverse(*last));
    unit.touched = steps.into_iter().map(|(_, touched)| touched).collect();
    Ok(unit)
}

impl Context<'_> {
    /// Refuses what nobody can undo, and what the actor may not. Errors: `undo.final`, `undo.erased`, `undo.not_yours`.
    pub(super) fn must_be_undoable(&self, unit: &Unit, everybodys: bool) -> Result<()> {
        if !everybodys && unit.actors.iter().any(|actor| *actor != self.acting) {
            return Err(NOT_YOURS.with("unit", unit.id));
        }
        for operation in &unit.operations {
            let reason = match operation.as_str() {
                FOUNDING => Some("the organisation is removed as a whole instead"),
                name => self.environment.finals.get(name).copied(),
            };
            if let Some(reason) = reason {
                return Err(FINAL.with("operation", operation).with("reason", reason));
            }
        }
        if unit.erased { Err(ERASED.with("unit", unit.id)) } else { Ok(()) }
    }

    /// What is known of a kind that callers read.
    pub(super) fn edited_of(&self, def: &RecordDef) -> Option<&'static crate::context::Edited> {
        self.environment.behaviours.get(def.kind).and_then(|kind| kind.edited().ok())
    }
}
