//! Into the trash, out of it, and gone for good.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Entity;
use crate::{
    Input,
    kernel::{
        access::{Action, Actor},
        behaviour::{Behaviour, of_entity},
        command::Command,
        context::{Context, not_found},
        error::{Code, Result, codes},
        filter::{Comparison, Predicate},
        record::{Record, RecordDef, Ref, Row},
        send::BoxFuture,
        store::{Aggregate, Measure, Select, Trash as Rows},
        targeted::Targeted,
        value::Value,
    },
};

/// What happens to records that need the one that goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dependents {
    /// The call is refused and names them.
    #[default]
    Refuse,
    /// They go into the trash as well.
    Cascade,
    /// They point at this record instead.
    Reassign(Uuid),
}

/// Options of a trash command.
#[derive(Clone, Debug, Default, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrashOptions {
    /// What happens to records that need this one.
    pub on_dependents: Dependents,
}

/// No arguments beside the record.
#[derive(Clone, Debug, Default, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoOptions {}

/// Puts a record into the trash; its unique values become free: `lead.trash` and the like.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent, bound = "R: Record")]
#[schemars(bound = "R: Record")]
pub struct Trash<R>(pub Targeted<R, TrashOptions>);

/// Takes a record out of the trash; its unique values are checked again: `lead.restore` and the like.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent, bound = "R: Record")]
#[schemars(bound = "R: Record")]
pub struct Restore<R>(pub Targeted<R, NoOptions>);

/// Removes a trashed record for good; its history stays: `lead.purge` and the like.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent, bound = "R: Record")]
#[schemars(bound = "R: Record")]
pub struct Purge<R>(pub Targeted<R, NoOptions>);

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
impl<R> Restore<R> {
    /// Takes this record out of the trash.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, NoOptions {}))
    }
}
impl<R> Purge<R> {
    /// Removes this record for good.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, NoOptions {}))
    }
}

/// How many dependents one call moves or trashes.
const MOST_DEPENDENTS: usize = 10_000;

/// Too many records hang on the one that goes.
pub(in crate::kernel) const TOO_MANY_DEPENDENTS: Code = Code::rule(
    "record.too_many_dependents",
    "Over {limit} records of the kind {kind} point at this one; move or trash them in portions first.",
);

/// Whether the record can come out of the trash, one way or the other. Error: `record.not_trashed`.
fn must_be_trashed(def: &RecordDef, row: &Row) -> Result<()> {
    if row.live(def) { Err(codes::NOT_TRASHED.with("kind", def.kind)) } else { Ok(()) }
}

impl<R: Entity> Command for Trash<R> {
    const NAME: &'static str = R::NAMES.trash;
    const ACTION: Action = Action::Trash;
    const ERRORS: &'static [Code] = &[TOO_MANY_DEPENDENTS];
    type Target = R;
    type Output = R;
    fn target(&self) -> Option<&Ref<R>> {
        Some(&self.0.record)
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<R> {
        let dependents = &self.0.arguments.on_dependents;
        R::from_row(cx.trash_row(of_entity::<R>(), &self.0.record.untyped(), dependents).await?)
    }
}

impl<R: Entity> Command for Restore<R> {
    const NAME: &'static str = R::NAMES.restore;
    const ACTION: Action = Action::Trash;
    const TRASHED_TARGET: bool = true;
    type Target = R;
    type Output = R;
    fn target(&self) -> Option<&Ref<R>> {
        Some(&self.0.record)
    }
    fn guard(target: &R, _: &Actor) -> Result<()> {
        must_be_trashed(R::def(), &target.to_row())
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<R> {
        R::from_row(cx.restore_row(of_entity::<R>(), &self.0.record.untyped()).await?)
    }
}

impl<R: Entity> Command for Purge<R> {
    const NAME: &'static str = R::NAMES.purge;
    const ACTION: Action = Action::Purge;
    const ERRORS: &'static [Code] = &[TOO_MANY_DEPENDENTS];
    const TRASHED_TARGET: bool = true;
    type Target = R;
    type Output = ();
    fn target(&self) -> Option<&Ref<R>> {
        Some(&self.0.record)
    }
    fn guard(target: &R, _: &Actor) -> Result<()> {
        must_be_trashed(R::def(), &target.to_row())
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<()> {
        cx.purge_row(of_entity::<R>(), &self.0.record.untyped()).await
    }
}

impl Context<'_> {
    pub(crate) async fn trash_row(
        &mut self,
        kind: &'static Behaviour,
        record: &Ref<()>,
        dependents: &Dependents,
    ) -> Result<Row> {
        let def = (kind.def)();
        let entity = kind.edited()?;
        let row = self.visible_row(def, record, false).await?;
        let id = row.id(def);
        match dependents {
            Dependents::Refuse => {
                let used_by = self.used_by(entity.needed_by, id).await?;
                if !used_by.is_empty() {
                    return Err(codes::IN_USE.with("kind", def.kind).with("used_by", used_by));
                }
            }
            Dependents::Cascade => self.cascade(entity.needed_by, id).await?,
            Dependents::Reassign(other) => {
                let target = self.visible_row(def, &Ref::<()>::Id((*other).into()), false).await?.id(def);
                if target == id {
                    return Err(not_found(def, other));
                }
                for (kind, path) in entity.needed_by {
                    self.point(kind, path, id, target).await?;
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

    pub(crate) async fn restore_row(&mut self, kind: &'static Behaviour, record: &Ref<()>) -> Result<Row> {
        let def = (kind.def)();
        let row = self.visible_row(def, record, true).await?;
        must_be_trashed(def, &row)?;
        self.set_trashed(def, row, false).await
    }

    pub(crate) async fn purge_row(&mut self, kind: &'static Behaviour, record: &Ref<()>) -> Result<()> {
        let def = (kind.def)();
        let row = self.visible_row(def, record, true).await?;
        must_be_trashed(def, &row)?;
        for (part, path) in kind.edited()?.parts {
            let of = self.kind(part)?;
            for row in self.pointing(of, path, row.id(def), Rows::Any).await? {
                self.remove_row(of, row.id(of));
            }
        }
        self.remove_row(def, row.id(def));
        Ok(())
    }
}

impl Context<'_> {
    async fn set_trashed(&mut self, def: &'static RecordDef, mut row: Row, trashed: bool) -> Result<Row> {
        let Some(column) = def.deleted_at else { return Err(codes::NOT_TRASHED.with("kind", def.kind)) };
        row.set(column, if trashed { Value::Time(self.now()) } else { Value::Null });
        self.save_row(def, row).await
    }

    fn pointer(&self, of: &'static RecordDef, path: &str, id: Uuid) -> Result<Predicate> {
        let column = of.column(path).ok_or_else(|| codes::FIELD_UNKNOWN.with("kind", of.kind).with("field", path))?;
        Ok(Predicate::Compare(column, Comparison::Eq, Value::Uuid(id)))
    }

    /// Rows of a kind whose field points at this record, with the tenant's eyes. Error: `record.too_many_dependents`.
    pub(crate) async fn pointing(
        &mut self,
        of: &'static RecordDef,
        path: &str,
        id: Uuid,
        trash: Rows,
    ) -> Result<Vec<Row>> {
        let query = Select { trash, ..Select::all(of, MOST_DEPENDENTS + 1).filtered(self.pointer(of, path, id)?) };
        let rows = self.rows(&query).await?;
        if rows.len() > MOST_DEPENDENTS {
            return Err(TOO_MANY_DEPENDENTS.with("limit", MOST_DEPENDENTS).with("kind", of.kind));
        }
        Ok(rows)
    }

    /// What needs this record, as `3 contact`.
    async fn used_by(&mut self, needed_by: &[(&'static str, &'static str)], id: Uuid) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for (kind, path) in needed_by {
            let of = self.kind(kind)?;
            self.flush().await?;
            let query = Aggregate {
                of,
                filter: self.pointer(of, path, id)?,
                trash: Rows::Live,
                groups: Vec::new(),
                measures: vec![Measure::Count],
                limit: 1,
            };
            let rows = self.tx.aggregate(&query).await?;
            let count = rows.first().and_then(|row| row.get(0).as_int()).unwrap_or_default();
            if count > 0 {
                found.push(format!("{count} {kind}"));
            }
        }
        Ok(found)
    }

    /// Makes every row that points at one record point at another. What would then be there twice, such as two memberships of one
    /// person in one list, is dropped: put in the trash where its kind has one.
    pub(crate) async fn point(&mut self, kind: &str, path: &str, from: Uuid, to: Uuid) -> Result<()> {
        let of = self.kind(kind)?;
        let Some(column) = of.column(path) else { return Ok(()) };
        for mut row in self.pointing(of, path, from, Rows::Any).await? {
            row.set(column, Value::Uuid(to));
            of.derive(&mut row);
            if !self.is_double(of, column, &row).await? {
                self.save_row(of, row).await?;
            } else if of.deleted_at.is_some() {
                self.set_trashed(of, row, true).await?;
            } else {
                self.remove_row(of, row.id(of));
            }
        }
        Ok(())
    }

    /// Whether another live row links the same: it agrees in all columns of a unique constraint over this reference and others.
    async fn is_double(&mut self, of: &'static RecordDef, reference: usize, row: &Row) -> Result<bool> {
        if !row.live(of) {
            return Ok(false);
        }
        for unique in &of.uniques {
            if unique.columns.len() < 2
                || !unique.columns.contains(&reference)
                || unique.columns.iter().any(|column| row.get(*column).is_null())
            {
                continue;
            }
            let there = self.rows_by(of, reference, row.get(reference).clone()).await?;
            let same = |other: &Row| unique.columns.iter().all(|column| other.get(*column) == row.get(*column));
            if there.iter().any(|other| other.id(of) != row.id(of) && other.live(of) && same(other)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn cascade<'b>(
        &'b mut self,
        needed_by: &'static [(&'static str, &'static str)],
        id: Uuid,
    ) -> BoxFuture<'b, Result<()>> {
        Box::pin(async move {
            for (dependent, path) in needed_by {
                let of = self.kind(dependent)?;
                for row in self.pointing(of, path, id, Rows::Live).await? {
                    self.authorize(of, &row, Action::Trash).await?;
                    let needed = self.parts.needed_by(of.kind);
                    // A kind that needs itself (a hierarchy) goes down level by level.
                    self.cascade(needed, row.id(of)).await?;
                    self.set_trashed(of, row, true).await?;
                }
            }
            Ok(())
        })
    }

    fn remove_row(&mut self, of: &'static RecordDef, id: Uuid) {
        let key = (of.kind, id);
        self.trace(key);
        self.forget(of.kind);
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.now = None;
            if !entry.dirty {
                entry.dirty = true;
                self.touched.push(key);
            }
        }
    }

    /// Removes a record for good; its last state stays in the ledger.
    pub async fn remove<R: Record>(&mut self, record: &R) -> Result<()> {
        self.remove_row(R::def(), record.id().uuid());
        Ok(())
    }

    /// Checks a filter that is kept as data. Errors: `filter.invalid`, `field.unknown`.
    pub async fn check_filter(&mut self, kind: &str, filter: &crate::kernel::filter::Filter) -> Result<()> {
        let of = self.kind(kind)?;
        self.tenants_filter(of, filter).await.map(|_| ())
    }
}
