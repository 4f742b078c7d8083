//! Folding one record into another of its kind.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Entity, TOO_MANY_DEPENDENTS, of_mergeable};
use crate::{
    access::{Action, Actor},
    answer::Answer,
    context::{Behaviour, Context, not_found},
    error::{Code, Result, codes},
    filter::Predicate,
    input::{self, Unreadable},
    limits::LARGEST_PAGE,
    maybe_send::MaybeSend,
    operation::Mode,
    record::{ExternalKey, Record, RecordDef, Ref, Row, schema},
    shared::{SharedOperation, shared_perform},
    store::{Prefetch, Select, Trash as Rows},
    targeted::{self, Targeted},
    value::Value,
};

/// A kind whose records can be folded into each other.
pub trait Mergeable: Entity {
    /// Whether the state of the record lets it be merged.
    fn may_merge(&self, actor: &Actor) -> Result<()> {
        let _ = actor;
        Ok(())
    }
    /// What the survivor takes from the other beyond its empty fields.
    fn absorb(&mut self, other: &Self) {
        let _ = other;
    }
    /// What has to hold after everything points at the survivor.
    fn merged(survivor: &Self, cx: &mut Context<'_>) -> impl Future<Output = Result<()>> + MaybeSend {
        let _ = (survivor, cx);
        async { Ok(()) }
    }
}

/// Options of a merge.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "R: JsonSchema")]
pub struct MergeOptions<R> {
    /// The record that goes; its id finds the survivor from now on.
    pub other: Ref<R>,
}

/// Folds another record into this one: `contact.merge` and the like.
///
/// The survivor keeps its fields and fills its empty ones; tags and external keys are united; everything that pointed at the other
/// points at the survivor, whatever of it the actor sees: else the data would break. None of it is answered. Error: `merge.cycle`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "R: Record")]
pub struct Merge<R>(pub Targeted<R, MergeOptions<R>>);

impl<R> Merge<R> {
    /// Folds `other` into `survivor`.
    pub fn into(survivor: impl Into<Ref<R>>, other: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(survivor, MergeOptions { other: other.into() }))
    }
}

impl SharedOperation for Merge<()> {
    const VERB: &'static str = "merge";
    const DOC: &'static str = "Folds another {kind} into this one.\n\nThe survivor keeps its fields and fills its empty ones; tags and \
        external keys are united; everything that pointed at the other points at the survivor, whatever of it the actor sees: else the \
        data would break. None of it is answered. Error: `merge.cycle`.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Merge;
    type On = Row;

    fn fits(kind: &Behaviour) -> bool {
        kind.merge.is_some()
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        kind.value_errors().into_iter().chain([TOO_MANY_DEPENDENTS]).collect()
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        targeted::schema::<MergeOptions<()>>(def, generator)
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
    fn prefetch(&self, kind: &'static Behaviour) -> Vec<Prefetch> {
        let records = [&self.0.record, &self.0.arguments.other];
        records.into_iter().filter_map(|record| record.prefetch_of((kind.def)())).collect()
    }
    fn guard(kind: &'static Behaviour, row: &Row, actor: &Actor) -> Result<()> {
        kind.merge.map_or(Ok(()), |merge| (merge.may_merge)(row.clone(), actor))
    }
    async fn run(&self, row: Row, cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let row = cx.merge_rows(kind, row, &self.0.arguments.other).await?;
        Ok(Answer::record((kind.def)(), row))
    }
}

shared_perform!(Merge<R: Mergeable> of of_mergeable::<R>() => R {
    check: |_call| Ok(()),
    prefetch: |call| {
        let records = [&call.0.record, &call.0.arguments.other];
        records.into_iter().filter_map(Ref::prefetch).collect()
    },
    call: |call| {
        let other = call.0.arguments.other.untyped();
        Merge(Targeted::new(call.0.record.untyped(), MergeOptions { other }))
    },
    answer: Answer::into_record,
});

impl Context<'_> {
    pub(crate) async fn merge_rows(&mut self, kind: &'static Behaviour, kept: Row, other: &Ref<()>) -> Result<Row> {
        let def = (kind.def)();
        let merge = kind.merge.ok_or_else(|| codes::KIND_UNKNOWN.with("kind", def.kind))?;
        let gone = self.visible_row(def, other, false).await?;
        let id = kept.id(def);
        if id == gone.id(def) {
            return Err(codes::MERGE_CYCLE.with("kind", def.kind));
        }
        (merge.may_merge)(gone.clone(), self.actor())?;
        self.authorize(def, &gone, Action::Merge).await?;
        let filled = fill(def, kept, &gone);

        // The other leaves first, so that its unique values are free for the survivor.
        let mut forwarded = gone.clone();
        for (column, value) in [(def.merged_into, Value::Uuid(id)), (def.deleted_at, Value::Time(self.now()))] {
            if let Some(column) = column {
                forwarded.set(column, value);
            }
        }
        self.save_row(def, forwarded).await?;
        let from = gone.id(def);
        let survivor = (merge.absorb)(filled, gone)?;
        let survivor = self.save_row(def, survivor).await?;
        self.move_references(def, from, id).await?;
        (merge.merged)(self, survivor).await?;
        self.row(def, id).await?.filter(|row| row.live(def)).ok_or_else(|| not_found(def, id))
    }
}

/// The survivor's row with its empty fields filled, tags and external keys united.
fn fill(def: &RecordDef, mut kept: Row, gone: &Row) -> Row {
    for field in def.fields.iter().filter(|field| field.editable) {
        let columns = field.first..field.first + field.count;
        if columns.clone().all(|column| kept.get(column).is_null()) {
            for column in columns {
                kept.set(column, gone.get(column).clone());
            }
        }
    }
    if let Some(column) = def.tags {
        kept.set(column, union::<String>(kept.get(column), gone.get(column)));
    }
    if let Some(column) = def.external_keys {
        kept.set(column, union::<ExternalKey>(kept.get(column), gone.get(column)));
    }
    def.derive(&mut kept);
    kept
}

fn union<T: Ord + Serialize + serde::de::DeserializeOwned>(a: &Value, b: &Value) -> Value {
    let read = |value: &Value| match value {
        Value::Json(text) => input::stored::<Vec<T>>(text).unwrap_or_default(),
        _ => Vec::new(),
    };
    let mut all = read(a);
    all.extend(read(b));
    all.sort();
    all.dedup();
    if all.is_empty() {
        return Value::Null;
    }
    Value::Json(serde_json::json!(all).to_string())
}

impl Context<'_> {
    /// Makes everything that points at one record point at another: references, and what is `about` it.
    async fn move_references(&mut self, def: &'static RecordDef, from: uuid::Uuid, to: uuid::Uuid) -> Result<()> {
        for of in self.environment.kinds.all().to_vec() {
            for relation in of.relations.iter().filter(|relation| relation.kind == def.kind) {
                if of.kind == def.kind && of.merged_into == Some(relation.column) {
                    continue;
                }
                self.point(of.kind, &relation.name, from, to).await?;
            }
            for topic in of.follows.iter().copied() {
                let filter = Predicate::about(topic, def.kind, from);
                let query = Select { trash: Rows::Any, ..Select::all(of, LARGEST_PAGE).filtered(filter) };
                for mut row in self.every_row(query).await? {
                    topic.replace(&mut row, (def.kind, from), (def.kind, to));
                    self.save_row(of, row).await?;
                }
            }
        }
        Ok(())
    }
}
