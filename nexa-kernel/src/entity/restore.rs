//! Out of the trash, with what went into it along.

use std::collections::HashSet;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Entity,
    dependents::{HIDDEN_DEPENDENTS, TOO_MANY_DEPENDENTS},
    of_entity,
    trash::can_be_trashed,
};
use crate::{
    access::{Action, Actor},
    answer::Answer,
    context::{Behaviour, Context},
    error::{Code, ErrorKind, Result, codes},
    input::Unreadable,
    ledger::{Event, EventQuery, Verb},
    operation::Mode,
    record::{ColumnType, Record, RecordDef, Ref, Row, schema},
    shared::{SharedOperation, shared_perform},
    store::Trash as Rows,
    targeted::{self, Targeted},
    value::Value,
};

/// What the record points at is not there.
pub const REFERENCE_GONE: Code =
    Code::rule("restore.reference_gone", "The {kind} cannot come back: its {field} is the {of} {id}, {problem}.");
/// A record that went along cannot come back.
pub(crate) const DEPENDENT_STAYS: Code = Code::rule(
    "restore.dependent_stays",
    "The {kind} {id}, which went into the trash along, cannot come back: {problem} Pass without_dependents to leave it there.",
);

/// What a record points at is in the trash.
pub const TRASHED_TOO: &str = "which is in the trash; restore that one first";
/// What a record points at is not there for the actor.
const UNSEEN: &str = "which you may not see; ask an admin of your organisation";

/// How many events are read at a time.
const PAGE: usize = 200;

/// Options of a restore command.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RestoreOptions {
    /// Leaves in the trash what went there along with the record.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub without_dependents: bool,
}

/// Takes a record out of the trash, and what a cascade put there with it: `lead.restore` and the like.
///
/// What creation checks is checked again: unique values, what the record points at, the tenant's choices, hierarchies. Errors:
/// `restore.reference_gone`, `restore.dependent_stays`, `record.dependents_hidden`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "R: Record")]
pub struct Restore<R>(pub Targeted<R, RestoreOptions>);

impl<R> Restore<R> {
    /// Takes this record out of the trash, and what went there along.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, RestoreOptions::default()))
    }
    /// Leaves in the trash what went there along.
    #[must_use]
    pub const fn without_dependents(mut self) -> Self {
        self.0.arguments.without_dependents = true;
        self
    }
}

/// Refuses a record that is not in the trash. Error: `record.not_trashed`.
pub(super) fn must_be_trashed(def: &RecordDef, row: &Row) -> Result<()> {
    if row.live(def) { Err(codes::NOT_TRASHED.with("kind", def.kind)) } else { Ok(()) }
}

impl SharedOperation for Restore<()> {
    const VERB: &'static str = "restore";
    const DOC: &'static str = "Takes {a kind} out of the trash, and what a cascade put there with it.\n\nWhat creation checks is \
        checked again: unique values, what the record points at, the tenant's choices, hierarchies. Errors: \
        `restore.reference_gone`, `restore.dependent_stays`, `record.dependents_hidden`.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Trash;
    const TRASHED: bool = true;
    type On = Row;

    fn fits(kind: &Behaviour) -> bool {
        can_be_trashed(kind)
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        let own = [REFERENCE_GONE, DEPENDENT_STAYS, HIDDEN_DEPENDENTS, TOO_MANY_DEPENDENTS];
        own.into_iter().chain(kind.value_errors()).collect()
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        targeted::schema::<RestoreOptions>(def, generator)
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
        must_be_trashed((kind.def)(), row)
    }
    async fn run(&self, row: Row, cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let row = cx.restore_row(kind, row, &self.0.arguments).await?;
        Ok(Answer::record((kind.def)(), row))
    }
}

shared_perform!(Restore<R: Entity> of of_entity::<R>() => R {
    check: |_call| Ok(()),
    prefetch: |call| call.0.record.prefetch().into_iter().collect(),
    call: |call| Restore(call.0.untyped()),
    answer: Answer::into_record,
});

impl Context<'_> {
    pub(crate) async fn restore_row(
        &mut self,
        kind: &'static Behaviour,
        row: Row,
        options: &RestoreOptions,
    ) -> Result<Row> {
        let def = (kind.def)();
        let id = row.id(def);
        let with_it = if options.without_dependents { Vec::new() } else { self.went_along(kind, &row).await? };
        // All of them are there again before any is checked: they may point at one another.
        self.set_trashed(def, row, false).await?;
        for (of, row) in &with_it {
            self.set_trashed((of.def)(), row.clone(), false).await?;
        }
        for (of, row) in with_it {
            let of_def = (of.def)();
            let dependent = row.id(of_def);
            let Some(row) = self.current(of_def, dependent).cloned() else { continue };
            if !self.allows(of_def, &row, Action::Read).await? {
                return Err(HIDDEN_DEPENDENTS.with("kind", def.kind));
            }
            self.authorize(of_def, &row, Action::Trash).await?;
            if let Err(error) = self.check_restored(of, row).await {
                if error.kind() == ErrorKind::Unavailable {
                    return Err(error);
                }
                let stays = DEPENDENT_STAYS.with("kind", of_def.kind).with("id", dependent);
                return Err(stays.with("problem", error.message()));
            }
        }
        let Some(row) = self.current(def, id).cloned() else { return Err(codes::NOT_TRASHED.with("kind", def.kind)) };
        self.check_restored(kind, row).await
    }

    /// Checks a row that is no longer in the trash as if it were new.
    async fn check_restored(&mut self, kind: &'static Behaviour, row: Row) -> Result<Row> {
        let def = (kind.def)();
        let row = (kind.edited()?.restored)(self, row).await?;
        self.check_references(def, &row).await?;
        let row = self.save_row(def, row).await?;
        self.check_pending(def, row.id(def)).await?;
        Ok(row)
    }

    /// Refuses what a caller could not point at. Error: `restore.reference_gone`.
    async fn check_references(&mut self, def: &'static RecordDef, row: &Row) -> Result<()> {
        for field in def.fields.iter().filter(|field| field.editable) {
            for column in field.first..field.first + field.count {
                let (Some(ColumnType::Reference(kind)), Value::Uuid(id)) =
                    (def.columns.get(column).map(|column| column.kind), row.get(column))
                else {
                    continue;
                };
                let (of, id) = (self.kind(kind)?, *id);
                let there = self.row(of, id).await?;
                let problem = match there {
                    Some(there) if !self.allows(of, &there, Action::Read).await? => UNSEEN,
                    Some(there) if there.live(of) => continue,
                    Some(_) => TRASHED_TOO,
                    None => UNSEEN,
                };
                let gone = REFERENCE_GONE.with("kind", def.kind).with("field", field.name).with("of", kind);
                return Err(gone.with("id", id).with("problem", problem));
            }
        }
        Ok(())
    }

    /// The rows that a cascade put into the trash in the same unit as this one.
    async fn went_along(&mut self, kind: &'static Behaviour, row: &Row) -> Result<Vec<(&'static Behaviour, Row)>> {
        let def = (kind.def)();
        let mut found = Vec::new();
        if self.environment.needed_by(def.kind).is_empty() {
            return Ok(found);
        }
        self.flush().await?;
        let Some(unit) = self.unit_of_trashing(def, row).await? else { return Ok(found) };
        if unit.len() <= 1 {
            return Ok(found);
        }
        let at = def.deleted_at.map_or(&Value::Null, |column| row.get(column)).clone();
        let mut known: HashSet<(&'static str, Uuid)> = HashSet::from([(def.kind, row.id(def))]);
        let mut waiting = vec![(kind, row.id(def))];
        while let Some((kind, id)) = waiting.pop() {
            for (dependent, path) in self.environment.needed_by((kind.def)().kind) {
                let of = self.kind(dependent)?;
                let dependent = self.environment.behaviour(of.kind)?;
                for row in self.pointing(of, path, id, Rows::Trashed).await? {
                    let same = of.deleted_at.is_some_and(|column| *row.get(column) == at);
                    let identity = (of.kind, row.id(of));
                    let merged = of.merged_into.is_some_and(|column| !row.get(column).is_null());
                    if same && !merged && unit.contains(&identity) && known.insert(identity) {
                        waiting.push((dependent, row.id(of)));
                        found.push((dependent, row));
                    }
                }
            }
        }
        Ok(found)
    }

    /// The records that changed in the unit in which this one went into the trash.
    async fn unit_of_trashing(
        &mut self,
        def: &'static RecordDef,
        row: &Row,
    ) -> Result<Option<HashSet<(&'static str, Uuid)>>> {
        let Some(event) = self.trashing(def, row).await? else { return Ok(None) };
        let mut changed = HashSet::from([(def.kind, row.id(def))]);
        // The events of a unit stand together.
        for backwards in [true, false] {
            let mut query =
                EventQuery { after: event.seq, limit: PAGE, records: None, backwards, ..EventQuery::default() };
            loop {
                let events = self.tx.events(&query).await?;
                let read = events.len();
                let of_unit: Vec<Event> = events.into_iter().take_while(|other| other.unit == event.unit).collect();
                for other in of_unit.iter().filter(|other| other.verb == Verb::Updated) {
                    if let Some(of) = self.environment.kinds.get(&other.kind) {
                        changed.insert((of.kind, other.record));
                    }
                }
                match of_unit.last() {
                    // Before the first event there is none; 0 would ask for the end.
                    Some(last) if of_unit.len() == read && read == PAGE && last.seq > 1 => query.after = last.seq,
                    _ => break,
                }
            }
        }
        Ok(Some(changed))
    }

    /// The event with which a record went into the trash.
    async fn trashing(&mut self, def: &'static RecordDef, row: &Row) -> Result<Option<Event>> {
        let Some(path) = def.deleted_at.and_then(|column| def.columns.get(column)).map(|column| &column.path) else {
            return Ok(None);
        };
        let records = Some(vec![(def.kind, row.id(def))]);
        let mut query = EventQuery { after: 0, limit: 8, records, backwards: true, ..EventQuery::default() };
        loop {
            let events = self.tx.events(&query).await?;
            let Some(oldest) = events.last().map(|event| event.seq) else { return Ok(None) };
            for event in events {
                let changes: Map<String, Json> =
                    event.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok()).unwrap_or_default();
                if event.verb == Verb::Updated
                    && changes.get(path).and_then(|change| change.get(1)).is_some_and(|to| !to.is_null())
                {
                    return Ok(Some(event));
                }
            }
            if oldest <= 1 {
                return Ok(None);
            }
            (query.after, query.limit) = (oldest, PAGE);
        }
    }
}
