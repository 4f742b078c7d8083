//! Gone for good.

use std::collections::BTreeMap;

use schemars::{Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    Entity,
    dependents::{HIDDEN_DEPENDENTS, TOO_MANY_DEPENDENTS, in_words},
    of_entity,
    restore::must_be_trashed,
    trash::{NoOptions, can_be_trashed},
};
use crate::{
    access::{Action, Actor},
    answer::Answer,
    context::{Behaviour, Context},
    error::{Code, Result},
    filter::Predicate,
    input::Unreadable,
    limits::LARGEST_PAGE,
    operation::Mode,
    record::{OnTrash, Record, RecordDef, Ref, Row},
    references::References,
    shared::{SharedOperation, shared_perform},
    store::{Select, Trash as Rows},
    targeted::{self, Targeted},
    value::Value,
};

/// Records that stay point at the one that goes for good.
pub(crate) const POINTED_AT: Code = Code::rule(
    "record.pointed_at",
    "The {kind} cannot be purged while {pointing} point at it, in the trash or not; purge those first, or let them \
     point elsewhere.",
);

/// Removes a trashed record for good, with its parts and with the records that were folded into it; its history stays:
/// `lead.purge` and the like.
///
/// Errors: `record.pointed_at`, which counts what the actor sees; `record.dependents_hidden`, when somebody who sees more has to do it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "R: Record")]
pub struct Purge<R>(pub Targeted<R, NoOptions>);

impl<R> Purge<R> {
    /// Removes this record for good.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, NoOptions {}))
    }
}

impl SharedOperation for Purge<()> {
    const VERB: &'static str = "purge";
    const DOC: &'static str = "Removes {a kind} in the trash for good, with its parts and with the records that were folded into it; its \
        history stays.\n\nErrors: `record.pointed_at`, which counts what the actor sees; `record.dependents_hidden`, when somebody \
        who sees more has to do it.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Purge;
    const TRASHED: bool = true;
    type On = Row;

    fn fits(kind: &Behaviour) -> bool {
        can_be_trashed(kind)
    }
    fn errors(_: &Behaviour) -> Vec<Code> {
        vec![POINTED_AT, TOO_MANY_DEPENDENTS, HIDDEN_DEPENDENTS]
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        targeted::schema::<NoOptions>(def, generator)
    }
    fn output(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<()>()
    }
    fn read(def: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        targeted::read(def, json).map(Self)
    }
    fn record(&self) -> Option<&Ref<()>> {
        Some(&self.0.record)
    }
    fn guard(kind: &'static Behaviour, row: &Row, _: &Actor) -> Result<()> {
        must_be_trashed((kind.def)(), row)
    }
    async fn run(&self, row: Row, cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        cx.purge_row(kind, &row).await?;
        Answer::of(&())
    }
}

shared_perform!(Purge<R: Entity> of of_entity::<R>() => () {
    check: |_call| Ok(()),
    prefetch: |call| call.0.record.prefetch().into_iter().collect(),
    call: |call| Purge(call.0.untyped()),
    answer: Answer::into_document,
});

/// The records of a purge, by their kinds.
type Going = BTreeMap<&'static str, Vec<Value>>;

impl Context<'_> {
    pub(crate) async fn purge_row(&mut self, kind: &'static Behaviour, row: &Row) -> Result<()> {
        let def = (kind.def)();
        let mut ids = vec![row.id(def)];
        if let Some(mark) = def.merged_into.and_then(|column| def.columns.get(column)) {
            // What was folded into it is the same person's data, and forwards to nobody once it is gone.
            let mut next = 0;
            while let Some(id) = ids.get(next).copied() {
                next += 1;
                let merged = self.pointing(def, &mark.path, id, Rows::Any).await?;
                ids.extend(merged.iter().map(|row| row.id(def)));
            }
        }
        let mut going = Going::new();
        // Parts have parts: the files on the comments of a ticket.
        let mut waiting: Vec<(&'static RecordDef, Uuid)> = ids.iter().map(|id| (def, *id)).collect();
        while let Some((whole, id)) = waiting.pop() {
            for (of, row) in self.parts_of(whole, id).await? {
                let part = Value::Uuid(row.id(of));
                let parts = going.entry(of.kind).or_default();
                if !parts.contains(&part) {
                    parts.push(part);
                    waiting.push((of, row.id(of)));
                }
            }
        }
        going.entry(def.kind).or_default().extend(ids.into_iter().map(Value::Uuid));
        self.forget_mentions(&going).await?;
        self.must_be_pointed_at_by_none(def, &going).await?;
        for (kind, ids) in going {
            let of = self.kind(kind)?;
            for id in ids.iter().filter_map(Value::as_uuid) {
                self.remove_row(of, id);
            }
        }
        Ok(())
    }

    /// Empties the references to what goes that only mention it.
    async fn forget_mentions(&mut self, going: &Going) -> Result<()> {
        for (gone, ids) in going {
            for (kind, path) in self.environment.references.to(gone, OnTrash::Mention) {
                let of = self.kind(kind)?;
                let Some(column) = of.column(path) else { continue };
                for id in ids.iter().filter_map(Value::as_uuid) {
                    for mut row in self.pointing(of, path, id, Rows::Any).await? {
                        // What goes itself need not forget anything.
                        let goes = going.get(kind).is_some_and(|all| all.contains(&Value::Uuid(row.id(of))));
                        if !goes {
                            row.set(column, Value::Null);
                            self.save_row(of, row).await?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The rows that are parts of a record: those that point at it, and those that are about it.
    async fn parts_of(&mut self, def: &'static RecordDef, id: Uuid) -> Result<Vec<(&'static RecordDef, Row)>> {
        let mut parts = Vec::new();
        for (part, path) in self.environment.references.to(def.kind, OnTrash::WithParent) {
            let of = self.kind(part)?;
            parts.extend(self.pointing(of, path, id, Rows::Any).await?.into_iter().map(|row| (of, row)));
        }
        for (of, topic) in References::about(&self.environment.kinds, def) {
            let about = Predicate::about(topic, def.kind, id);
            let query = Select { trash: Rows::Any, ..Select::all(of, LARGEST_PAGE).filtered(about) };
            parts.extend(self.every_row(query).await?.into_iter().map(|row| (of, row)));
        }
        Ok(parts)
    }

    /// Refuses when a record that stays points at one that goes. Errors: `record.pointed_at`, `record.dependents_hidden`.
    async fn must_be_pointed_at_by_none(&mut self, def: &'static RecordDef, going: &Going) -> Result<()> {
        let mut pointing = Vec::new();
        for of in self.environment.kinds.all().to_vec() {
            for relation in &of.relations {
                let Some(ids) = going.get(relation.kind) else { continue };
                let mut filter = Predicate::In(relation.column, ids.clone());
                if let Some(own) = going.get(of.kind) {
                    filter = filter.and(Predicate::Not(Box::new(Predicate::In(of.id, own.clone()))));
                }
                pointing.push((of, relation.name.clone(), filter));
            }
        }
        let pointed_at = |counted| POINTED_AT.with("kind", def.kind).with("pointing", in_words(counted));
        self.must_be_none(&pointing, Rows::Any, pointed_at, def).await
    }
}
