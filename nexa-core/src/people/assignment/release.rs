//! Putting a record back into its queue: the same for every kind whose records wait in one.

use schemars::{Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{NOT_ASSIGNED, group_again, holder::Holder};
use crate::{
    Action, Actor, Code, Context, Entity, Record, Ref, Result,
    kernel::{
        answer::Answer,
        context::Behaviour,
        entity::{NoOptions, of_entity},
        input::Unreadable,
        operation::Mode,
        record::{RecordDef, Row, schema},
        shared::{SharedOperation, shared_perform},
        targeted::{self, Targeted},
    },
};

/// Puts a record back where it came from: into its group's queue, or into everybody's: `ticket.release` and the like.
/// Error: `assignee.none`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "R: Record")]
pub struct Release<R>(pub Targeted<R, NoOptions>);

impl<R> Release<R> {
    /// Puts this record back.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, NoOptions::default()))
    }
}

impl SharedOperation for Release<()> {
    const VERB: &'static str = "release";
    const DOC: &'static str =
        "Puts {a kind} back where it came from: into its group's queue, or into everybody's. Error: `assignee.none`.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Update;
    type On = Row;

    fn fits(kind: &Behaviour) -> bool {
        kind.edited().is_ok() && Holder::of((kind.def)()).is_some_and(Holder::is_queue)
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        let own = kind.edited().map_or(&[][..], |edited| edited.hands_errors);
        own.iter().copied().chain([NOT_ASSIGNED]).collect()
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        targeted::schema::<NoOptions>(def, generator)
    }
    fn output(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        schema::record(def, generator)
    }
    fn read(def: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        targeted::read(def, json).map(Self)
    }
    fn record(&self) -> Option<&Ref<()>> {
        Some(&self.0.record)
    }
    fn guard(kind: &'static Behaviour, row: &Row, _: &Actor) -> Result<()> {
        (kind.edited()?.may_change_hands)(row.clone())?;
        match Holder::of((kind.def)()).and_then(|holder| holder.assignee(row)) {
            Some(_) => Ok(()),
            None => Err(NOT_ASSIGNED.error()),
        }
    }
    async fn run(&self, mut row: Row, cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let def = (kind.def)();
        if let Some(holder) = Holder::of(def) {
            let back = group_again(cx, holder, &row).await?;
            holder.hand_over(def, &mut row, back, None)?;
        }
        Ok(Answer::record(def, cx.save_row(def, row).await?))
    }
}

shared_perform!(Release<R: Entity> of of_entity::<R>() => R {
    check: |_call| Ok(()),
    prefetch: |call| call.0.record.prefetch().into_iter().collect(),
    call: |call| Release(call.0.untyped()),
    answer: Answer::into_record,
});
