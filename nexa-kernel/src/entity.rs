//! The commands that every kind has: create, update, upsert, trash, restore, purge, merge.

mod behaviour;
mod create;
mod dependents;
mod merge;
mod purge;
mod restore;
mod succession;
mod topics;
mod trash;
mod upsert;

pub use behaviour::of_entity;
pub(crate) use behaviour::of_mergeable;
pub use create::{Create, Update};
pub(super) use dependents::HIDDEN_DEPENDENTS;
pub use dependents::TOO_MANY_DEPENDENTS;
pub use merge::{Merge, MergeOptions, Mergeable};
pub use purge::Purge;
pub use restore::{REFERENCE_GONE, TRASHED_TOO};
pub use restore::{Restore, RestoreOptions};
pub use trash::{Dependents, NoOptions, Trash, TrashOptions};
pub use upsert::{EXISTS, NO_MATCH_FIELD};
pub use upsert::{MatchPolicy, Upsert, Upserted};

pub use super::context::LookedUp;

use serde_json::{Map, Value as Json};

use uuid::Uuid;

use super::{
    access::{Action, Actor},
    context::{Behaviour, Context, not_found},
    error::{Code, Result},
    maybe_send::MaybeSend,
    record::{Id, Record, RecordDef, Row},
    store::Prefetch,
    value::Value,
};

/// The loads that creating a record of a kind with these fields will make.
fn looked_up(kind: &'static Behaviour, fields: &Map<String, Json>) -> Vec<Prefetch> {
    let Some(entity) = kind.entity else { return Vec::new() };
    let loads = entity.looked_up.iter().filter_map(|looked_up| {
        let json = fields.get(looked_up.field).filter(|json| !json.is_null())?;
        let values = ((kind.def)().field(looked_up.field)?.parse)(json).ok()?;
        Some(Prefetch { of: (looked_up.of)(), column: looked_up.column()?, values: vec![values.into_iter().next()?] })
    });
    loads.collect()
}

/// A kind that callers create and edit by its fields.
pub trait Entity: Record + Default {
    /// Whether callers make records by giving their fields. Where they do not, commands of the kind's own make them, and there is no
    /// `create`, no `upsert` and no import.
    const IS_CREATED: bool = true;
    /// What [`Entity::settle`] looks up for a new record: read ahead, so that creating it waits for the storage once.
    const LOOKED_UP: &'static [LookedUp] = &[];
    /// The codes that [`Entity::settle`] and [`Entity::may_edit`] answer.
    const ERRORS: &'static [Code] = &[];
    /// The codes that [`Entity::may_change_hands`] answers.
    const HANDS_ERRORS: &'static [Code] = &[];

    /// Whether the state of the record lets it be given to somebody else.
    fn may_change_hands(&self) -> Result<()> {
        Ok(())
    }
    /// Whether the state of the record lets anybody edit it.
    fn may_edit(&self, actor: &Actor) -> Result<()> {
        let _ = actor;
        Ok(())
    }
    /// Whether there is still something to do about it, for whoever owns it or has it assigned.
    fn is_open(&self) -> bool {
        true
    }
    /// Whether [`Entity::maintain`] does something.
    const MAINTAINED: bool = false;
    /// What [`Entity::maintain`] loads whatever the record is, so that a change of one brings it along with its first message.
    fn maintained_by() -> Vec<Prefetch> {
        Vec::new()
    }
    /// Brings what rules keep about a record up to date with its change, whatever changed it: a caller who sets fields, a command, an
    /// import, a merge, an undo, a way into the trash or out of it. It is asked each time the record is kept; `before` is how the record
    /// was when the call began, and absent for a new one. Where nothing changed that it goes by, it changes nothing. It looks others up by
    /// their ids and keys alone, and may set timers.
    fn maintain(
        &mut self,
        before: Option<&Self>,
        cx: &mut Context<'_>,
    ) -> impl Future<Output = Result<()>> + MaybeSend {
        let _ = (before, cx);
        async { Ok(()) }
    }
    /// Notes which fields a caller gave, whatever their values; asked before [`Entity::settle`].
    fn given(&mut self, fields: &Map<String, Json>) {
        let _ = fields;
    }
    /// Completes and checks a record after a caller set its fields; `before` is `None` for a new one. What it is about is checked
    /// after it for every kind.
    fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> impl Future<Output = Result<()>> + MaybeSend {
        let _ = (before, cx);
        async { Ok(()) }
    }
    /// Checks and completes a record that comes out of the trash: what [`Entity::settle`] asks of a new one, except that it keeps
    /// what it has. What it points at and its unique values are checked for every kind.
    fn restored(&mut self, cx: &mut Context<'_>) -> impl Future<Output = Result<()>> + MaybeSend {
        let _ = cx;
        async { Ok(()) }
    }
    /// The fields that rules compute from others. An undo leaves them to [`Entity::compute`] where the record changed since.
    fn computed(&self) -> &'static [&'static str] {
        &[]
    }
    /// Computes [`Entity::computed`] anew.
    fn compute(&mut self, cx: &mut Context<'_>) -> impl Future<Output = Result<()>> + MaybeSend {
        let _ = cx;
        async { Ok(()) }
    }
    /// Checks what an undo puts back beside how it was before; one of the two is absent where the record comes or goes. The record held
    /// once: what may not hold any more is what it has to do with others, such as a hierarchy. Its unique values, and what it points
    /// at, are checked for every kind. What goes with the record and has no history, such as a timer, is moved here.
    fn put_back(
        before: Option<&Self>,
        now: Option<&Self>,
        cx: &mut Context<'_>,
    ) -> impl Future<Output = Result<()>> + MaybeSend {
        let _ = (before, now, cx);
        async { Ok(()) }
    }
    /// What has to hold after the dependents of a trashed record were pointed at this one.
    fn took_over(&self, cx: &mut Context<'_>) -> impl Future<Output = Result<()>> + MaybeSend {
        let _ = cx;
        async { Ok(()) }
    }
}

impl Context<'_> {
    /// A new record from the fields of a caller, settled but not yet added. Error: `id.taken`.
    pub async fn draft<R: Entity>(&mut self, id: Option<Id<R>>, fields: &Map<String, Json>) -> Result<R> {
        R::from_row(self.draft_row(of_entity::<R>(), id.map(Id::uuid), fields).await?)
    }

    /// A new record that a command puts together, settled like one from a caller. Error: `id.taken`.
    pub async fn add<R: Entity>(&mut self, mut record: R) -> Result<R> {
        let id = if record.id().uuid().is_nil() {
            let id = self.new_id();
            self.named.insert(id.uuid(), true);
            id
        } else {
            record.id()
        };
        record.stamp(id, 1, self.now(), self.now());
        record.settle(None, self).await?;
        if !R::def().follows.is_empty() {
            let mut row = record.to_row();
            self.check_topics(R::def(), &mut row, None).await?;
            record = R::from_row(row)?;
        }
        self.insert(record).await
    }

    /// A new record from the fields of a caller. Error: `id.taken`.
    pub async fn create<R: Entity>(&mut self, id: Option<Id<R>>, fields: &Map<String, Json>) -> Result<R> {
        R::from_row(self.create_row(of_entity::<R>(), id.map(Id::uuid), fields).await?)
    }

    /// Sets fields of a record that was loaded in this call.
    pub async fn edit<R: Entity>(&mut self, before: R, fields: &Map<String, Json>) -> Result<R> {
        R::from_row(self.edit_row(of_entity::<R>(), before.to_row(), fields).await?)
    }

    async fn draft_row(
        &mut self,
        kind: &'static Behaviour,
        id: Option<Uuid>,
        fields: &Map<String, Json>,
    ) -> Result<Row> {
        let def = (kind.def)();
        let entity = kind.edited()?;
        let mut row = (entity.blank)();
        self.assign(def, &mut row, fields).await?;
        let id = match id.filter(|id| !id.is_nil()) {
            Some(id) => {
                self.must_be_free(id).await?;
                id
            }
            None => {
                let id = self.new_id::<()>().uuid();
                self.named.insert(id, true);
                id
            }
        };
        self.stamp_row(def, &mut row, id);
        (entity.settle)(self, row, None, Some(fields)).await
    }

    /// Makes a row a new one of this moment.
    pub fn stamp_row(&self, def: &RecordDef, row: &mut Row, id: Uuid) {
        row.set(def.id, Value::Uuid(id));
        row.set(def.version, Value::Int(1));
        row.set(def.created_at, Value::Time(self.now()));
        row.set(def.updated_at, Value::Time(self.now()));
    }

    pub(crate) async fn create_row(
        &mut self,
        kind: &'static Behaviour,
        id: Option<Uuid>,
        fields: &Map<String, Json>,
    ) -> Result<Row> {
        let def = (kind.def)();
        let mut row = self.draft_row(kind, id, fields).await?;
        self.authorize_kind(def, Action::Create)?;
        let id = if row.id(def).is_nil() { self.new_id::<()>().uuid() } else { row.id(def) };
        self.stamp_row(def, &mut row, id);
        let id = row.id(def);
        self.insert_row(def, row).await?;
        self.current(def, id).cloned().ok_or_else(|| not_found(def, id))
    }

    pub(crate) async fn edit_row(
        &mut self,
        kind: &'static Behaviour,
        before: Row,
        fields: &Map<String, Json>,
    ) -> Result<Row> {
        let def = (kind.def)();
        let entity = kind.edited()?;
        (entity.may_edit)(before.clone(), self.actor())?;
        let mut row = before.clone();
        self.assign(def, &mut row, fields).await?;
        let row = (entity.settle)(self, row, Some(before), Some(fields)).await?;
        self.save_row(def, row).await
    }
}
