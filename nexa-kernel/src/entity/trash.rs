//! Into the trash.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    Entity,
    dependents::{HIDDEN_DEPENDENTS, TOO_MANY_DEPENDENTS},
    of_entity,
};
use crate::{
    access::Action,
    answer::Answer,
    context::{Behaviour, Context, not_found},
    error::{Code, Result, codes},
    input::Unreadable,
    operation::Mode,
    record::{Record, RecordDef, Ref, Row, schema},
    shared::{SharedOperation, shared_perform},
    targeted::{self, Targeted},
    value::Value,
};

/// What happens to records that need the one that goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dependents {
    /// The call is refused and names them.
    #[default]
    Refuse,
    /// They go into the trash as well, and come out of it with the record.
    Cascade,
    /// They point at this record instead.
    Reassign(Uuid),
}

/// Options of a trash command.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrashOptions {
    /// What happens to records that need this one.
    pub on_dependents: Dependents,
}

/// No arguments beside the record.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoOptions {}

/// Puts a record into the trash; its unique values become free: `lead.trash` and the like.
///
/// Errors: `record.in_use`, which counts what the actor sees; `record.dependents_hidden`, when somebody who sees more has to do it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "R: Record")]
pub struct Trash<R>(pub Targeted<R, TrashOptions>);

impl<R> Trash<R> {
    /// Puts this record into the trash, unless others need it.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, TrashOptions::default()))
    }
    /// Says what happens to records that need it.
    #[must_use]
    pub fn dependents(mut self, dependents: Dependents) -> Self {
        self.0.arguments.on_dependents = dependents;
        self
    }
}

impl SharedOperation for Trash<()> {
    const VERB: &'static str = "trash";
    const DOC: &'static str = "Puts {a kind} into the trash; its unique values become free.\n\nErrors: `record.in_use`, which counts \
        what the actor sees; `record.dependents_hidden`, when somebody who sees more has to do it.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Trash;
    type On = Row;

    fn fits(kind: &Behaviour) -> bool {
        can_be_trashed(kind)
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        // Where its dependents go is asked as well.
        let own = kind.edited().map_or(&[][..], |edited| edited.errors);
        [TOO_MANY_DEPENDENTS, HIDDEN_DEPENDENTS].into_iter().chain(own.iter().copied()).collect()
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        targeted::schema::<TrashOptions>(def, generator)
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
    async fn run(&self, row: Row, cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let row = cx.trash_row(kind, row, &self.0.arguments.on_dependents).await?;
        Ok(Answer::record((kind.def)(), row))
    }
}

shared_perform!(Trash<R: Entity> of of_entity::<R>() => R {
    check: |_call| Ok(()),
    prefetch: |call| call.0.record.prefetch().into_iter().collect(),
    call: |call| Trash(call.0.untyped()),
    answer: Answer::into_record,
});

/// Whether callers put records of a kind into the trash.
pub(super) fn can_be_trashed(kind: &Behaviour) -> bool {
    kind.edited().is_ok() && (kind.def)().deleted_at.is_some()
}

impl Context<'_> {
    pub(crate) async fn trash_row(
        &mut self,
        kind: &'static Behaviour,
        row: Row,
        dependents: &Dependents,
    ) -> Result<Row> {
        let def = (kind.def)();
        let entity = kind.edited()?;
        let id = row.id(def);
        match dependents {
            Dependents::Refuse => self.must_be_unused(def, id).await?,
            Dependents::Cascade => self.cascade(def, def, id).await?,
            Dependents::Reassign(other) => {
                let target = self.visible_row(def, &Ref::<()>::Id((*other).into()), false).await?.id(def);
                if target == id {
                    return Err(not_found(def, other));
                }
                for (kind, path) in self.environment.needed_by(def.kind) {
                    self.reassign(def, kind, path, id, target).await?;
                }
                // What was loaded before may itself have pointed at the record that goes.
                let Some(now) = self.row(def, target).await?.filter(|row| row.live(def)) else {
                    return Err(not_found(def, target));
                };
                (entity.took_over)(self, now).await?;
            }
        }
        self.set_trashed(def, row, true).await
    }

    pub(super) async fn set_trashed(&mut self, def: &'static RecordDef, mut row: Row, trashed: bool) -> Result<Row> {
        let Some(column) = def.deleted_at else { return Err(codes::NOT_TRASHED.with("kind", def.kind)) };
        row.set(column, if trashed { Value::Time(self.now()) } else { Value::Null });
        self.save_row(def, row).await
    }

    /// Checks a filter that is kept as data. Errors: `filter.invalid`, `filter.too_large`, `field.unknown`.
    pub async fn check_filter(&mut self, kind: &str, filter: &crate::filter::Filter) -> Result<()> {
        crate::limits::filter(filter)?;
        let of = self.kind(kind)?;
        self.tenants_filter(of, filter).await.map(|_| ())
    }
}
