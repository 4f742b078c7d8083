//! Giving a record to somebody: the same for every kind whose records belong to somebody.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{INACTIVE, MUST_BE_USER, check_assignee, holder::Holder};
use crate::{
    Action, Actor, Assignee, Code, Context, Entity, Record, Ref, Result,
    kernel::{
        answer::Answer,
        context::Behaviour,
        entity::of_entity,
        input::Unreadable,
        operation::Mode,
        record::{RecordDef, Row, schema},
        shared::{SharedOperation, shared_perform},
        targeted::{self, Targeted},
    },
};

/// The user or group that gets a record.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssignOptions {
    /// A user or a group, or null for nobody; the one before loses it.
    // To leave it out is a mistake, and takes it from nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    pub assignee: Option<Assignee>,
}

/// Gives a record to a user or a group, or to nobody: `ticket.assign` and the like. Errors: `assignee.inactive`,
/// `assignee.must_be_user`, `record.not_found`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "R: Record")]
pub struct Assign<R>(pub Targeted<R, AssignOptions>);

impl<R> Assign<R> {
    /// Gives this record to somebody.
    pub fn to(record: impl Into<Ref<R>>, assignee: Assignee) -> Self {
        Self(Targeted::new(record, AssignOptions { assignee: Some(assignee) }))
    }
    /// Lets this record belong to nobody.
    pub fn to_nobody(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, AssignOptions::default()))
    }
}

impl SharedOperation for Assign<()> {
    const VERB: &'static str = "assign";
    const DOC: &'static str = "Gives {a kind} to somebody, or to nobody. Error: `assignee.inactive`.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Update;
    type On = Row;

    fn fits(kind: &Behaviour) -> bool {
        kind.edited().is_ok() && Holder::of((kind.def)()).is_some()
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        let mut codes = kind.edited().map_or_else(|_| Vec::new(), |edited| edited.hands_errors.to_vec());
        codes.push(INACTIVE);
        if Holder::of((kind.def)()).is_some_and(|holder| !holder.takes_groups()) {
            codes.push(MUST_BE_USER);
        }
        codes
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let mut schema = targeted::schema::<AssignOptions>(def, generator);
        if let Some(required) = schema.get_mut("required").and_then(Json::as_array_mut) {
            required.push("assignee".into());
        }
        schema
    }
    fn output(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        schema::record(def, generator)
    }
    fn read(def: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        targeted::read(def, json).map(Self)
    }
    fn check(&self, def: &'static RecordDef) -> Result<()> {
        let to_group = self.0.arguments.assignee.is_some_and(|assignee| assignee.as_group().is_some());
        let refused = to_group && Holder::of(def).is_some_and(|holder| !holder.takes_groups());
        if refused { Err(MUST_BE_USER.with("kind", def.kind)) } else { Ok(()) }
    }
    fn record(&self) -> Option<&Ref<()>> {
        Some(&self.0.record)
    }
    fn guard(kind: &'static Behaviour, row: &Row, _: &Actor) -> Result<()> {
        (kind.edited()?.may_change_hands)(row.clone())
    }
    async fn run(&self, mut row: Row, cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let (def, to) = ((kind.def)(), self.0.arguments.assignee);
        if let Some(assignee) = &to {
            check_assignee(cx, assignee).await?;
        }
        if let Some(holder) = Holder::of(def)
            && holder.assignee(&row) != to
        {
            holder.hand_over(def, &mut row, to, None)?;
            Holder::acknowledge(def, &mut row, &cx.moment());
        }
        Ok(Answer::record(def, cx.save_row(def, row).await?))
    }
}

shared_perform!(Assign<R: Entity> of of_entity::<R>() => R {
    check: |call| Assign(call.0.untyped()).check(R::def()),
    prefetch: |call| call.0.record.prefetch().into_iter().collect(),
    call: |call| Assign(call.0.untyped()),
    answer: Answer::into_record,
});
