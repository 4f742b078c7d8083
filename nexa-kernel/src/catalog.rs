//! Every operation by name: its schema, its codes, and how it is run from JSON.

mod declared;
#[cfg(feature = "catalog")]
mod document;
mod every_entity;
mod shared;

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

pub(crate) use self::declared::{Declared, Of, OfEntity, OfRecord};
#[cfg(feature = "catalog")]
use self::document::Schemas;
pub use self::every_entity::EntityOperation;
pub(crate) use self::every_entity::EveryEntity;
use self::shared::Shared;
#[cfg(feature = "catalog")]
use super::record::Names;
use super::{
    access::Action,
    behaviour::Behaviour,
    entity::TOO_MANY_DEPENDENTS,
    error::{Code, Error, Result, codes},
    input::{self, Unreadable},
    record::RecordDef,
    unit::Guard,
};
#[cfg(feature = "operations")]
use super::{answer::Answer, context::Context, record::Ref, send::BoxFuture, unit::Terms};

/// Whether an operation changes or reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It changes.
    Command,
    /// It reads.
    Query,
}

/// Reads the arguments of an operation and checks them by themselves.
type Check = fn(&Json) -> Result<()>;

/// Runs an operation that was let in.
#[cfg(feature = "operations")]
type Perform = for<'a, 'c> fn(&'a mut Context<'c>, &'a Json) -> BoxFuture<'a, Result<Answer>>;

/// How an operation works.
#[derive(Clone, Copy)]
enum Work {
    /// As every kind's does.
    Shared {
        shared: Shared,
        #[cfg(feature = "operations")]
        kind: &'static Behaviour,
    },
    /// As that of every kind which callers edit, from a layer above.
    EveryEntity {
        of: &'static EveryEntity,
        #[cfg(feature = "operations")]
        kind: &'static Behaviour,
    },
    /// By its own command or query.
    Own {
        check: Check,
        #[cfg(feature = "operations")]
        perform: Perform,
    },
}

/// One operation of the catalog.
#[derive(Clone)]
pub struct Operation {
    /// Its name, such as `lead.qualify`.
    pub name: &'static str,
    /// Whether it changes or reads.
    pub mode: Mode,
    /// The kind it works on.
    pub kind: &'static str,
    /// What the actor must be allowed to do.
    pub action: Action,
    /// Whether it names one record of the kind, so that `explain` can tell of it.
    pub targeted: bool,
    /// The codes it may answer beside the kernel's own.
    #[cfg(feature = "catalog")]
    pub errors: Vec<Code>,
    pub(crate) trashed_target: bool,
    pub(crate) guard: Option<Guard>,
    expects_version: bool,
    def: &'static RecordDef,
    work: Work,
    #[cfg(feature = "catalog")]
    schemas: Schemas,
}

/// Every operation that a Crm knows.
#[derive(Clone, Default)]
pub struct Catalog {
    operations: BTreeMap<&'static str, Operation>,
    pub(crate) duplicates: Vec<&'static str>,
}

impl Catalog {
    /// The operation of this name. Error: `operation.unknown`.
    pub fn operation(&self, name: &str) -> Result<&Operation> {
        self.operations.get(name).ok_or_else(|| codes::UNKNOWN_OPERATION.with("operation", name))
    }
    /// All of them, by name.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.values()
    }

    pub(crate) fn add(&mut self, declared: &'static Declared) {
        let def = (declared.def)();
        let operation = Operation {
            name: declared.name,
            mode: declared.mode,
            kind: def.kind,
            action: declared.action,
            targeted: declared.guard.is_some(),
            #[cfg(feature = "catalog")]
            errors: declared.errors.iter().copied().chain(taken_values(declared.name, declared.names, def)).collect(),
            trashed_target: declared.trashed_target,
            guard: declared.guard,
            expects_version: declared.expects_version,
            def,
            work: declared.work,
            #[cfg(feature = "catalog")]
            schemas: declared.schemas,
        };
        self.insert(operation);
    }

    pub(crate) fn record(&mut self, of: &'static OfRecord, def: &'static RecordDef) {
        self.add(&of.get);
        self.add(&of.find);
        self.add(&of.count);
        self.add(&of.aggregate);
        if !def.search.is_empty() {
            self.add(&of.search);
        }
        self.add(&of.history);
    }

    pub(crate) fn entity(&mut self, of: &'static OfEntity, def: &'static RecordDef) {
        self.add(&of.create);
        self.answers(of.names.create, taken(def));
        self.entity_without_create(of, def);
    }

    pub(crate) fn entity_without_create(&mut self, of: &'static OfEntity, def: &'static RecordDef) {
        self.record(of.record, def);
        self.add(&of.update);
        self.answers(of.names.update, taken(def));
        if !def.uniques.is_empty() || def.external_keys.is_some() {
            self.add(&of.upsert);
            self.answers(of.names.upsert, of.errors.iter().copied().chain(taken(def)));
        }
        if def.deleted_at.is_some() {
            self.add(&of.trash);
            // Where its dependents go is asked as well.
            self.answers(of.names.trash, of.errors.iter().copied());
            self.add(&of.restore);
            self.answers(of.names.restore, taken(def));
            self.add(&of.purge);
        }
    }

    pub(crate) fn mergeable(&mut self, merge: &'static Declared) {
        self.add(merge);
        self.answers(merge.name, [TOO_MANY_DEPENDENTS]);
    }

    /// Adds an operation of every kind which callers edit, for one of them.
    pub(crate) fn every_entity(&mut self, every: &'static EveryEntity, of: &'static OfEntity) {
        let def = (of.kind.def)();
        let name = (every.name)(of.names);
        let operation = Operation {
            name,
            mode: every.mode,
            kind: def.kind,
            action: every.action,
            targeted: false,
            #[cfg(feature = "catalog")]
            errors: every.errors.to_vec(),
            trashed_target: false,
            guard: None,
            expects_version: false,
            def,
            work: Work::EveryEntity {
                of: every,
                #[cfg(feature = "operations")]
                kind: of.kind,
            },
            #[cfg(feature = "catalog")]
            schemas: every.schemas,
        };
        self.insert(operation);
        if every.mode == Mode::Command {
            let taken = def.uniques.iter().map(|unique| Code { code: unique.code, ..codes::TAKEN });
            self.answers(name, taken.chain(of.errors.iter().copied()));
        }
    }

    fn insert(&mut self, operation: Operation) {
        let name = operation.name;
        if self.operations.insert(name, operation).is_some() {
            self.duplicates.push(name);
        }
    }

    /// Notes codes that an operation answers beside those it names itself.
    #[allow(unused_variables, reason = "only the catalog tells them")]
    fn answers(&mut self, name: &str, codes: impl IntoIterator<Item = Code>) {
        #[cfg(feature = "catalog")]
        if let Some(operation) = self.operations.get_mut(name) {
            operation.errors.extend(codes);
        }
    }
}

/// The codes of a kind's uniques, as far as callers set their fields.
fn taken(def: &'static RecordDef) -> impl Iterator<Item = Code> {
    let given = |field| def.field(field).is_some_and(|field| field.editable);
    let uniques = def.uniques.iter().filter(move |unique| given(unique.field));
    uniques.map(|unique| Code { code: unique.code, ..codes::TAKEN })
}

/// The codes of the kind's unique values, for the commands that give a record its values.
#[cfg(feature = "catalog")]
fn taken_values(operation: &str, names: Option<&Names>, def: &'static RecordDef) -> impl Iterator<Item = Code> {
    let gives =
        |names: &Names| [names.create, names.update, names.upsert, names.restore, names.merge].contains(&operation);
    let uniques = if names.is_some_and(gives) { def.uniques.as_slice() } else { &[] };
    uniques.iter().map(|unique| Code { code: unique.code, ..codes::TAKEN })
}

impl Operation {
    /// Reads the arguments and checks them by themselves, without any storage. Errors: `command.malformed`, and what the
    /// command says of its arguments.
    pub fn check(&self, arguments: &Json) -> Result<()> {
        match self.work {
            Work::Shared { shared, .. } => shared.check(self, arguments),
            Work::EveryEntity { of, .. } => (of.check)(self, arguments),
            Work::Own { check, .. } => check(arguments),
        }
    }

    /// Runs the operation inside a unit.
    #[cfg(feature = "operations")]
    pub(crate) async fn perform(&self, cx: &mut Context<'_>, arguments: &Json) -> Result<Answer> {
        match self.work {
            Work::Shared { shared, kind } => shared.perform(cx, self, kind, arguments).await,
            Work::EveryEntity { of, kind } => (of.perform)(cx, self, kind, arguments).await,
            Work::Own { perform, .. } => perform(cx, arguments).await,
        }
    }

    /// Lets the operation in, or refuses it.
    #[cfg(feature = "operations")]
    async fn admit(&self, cx: &mut Context<'_>, target: Option<&Ref<()>>) -> Result<()> {
        match self.mode {
            Mode::Query => cx.authorize_kind(self.def, Action::Read),
            Mode::Command => cx.admit(&self.terms(), target).await,
        }
    }

    /// On what terms it is let in.
    #[cfg(feature = "operations")]
    fn terms(&self) -> Terms {
        Terms {
            operation: self.name,
            def: self.def,
            action: self.action,
            expects_version: self.expects_version,
            trashed_target: self.trashed_target,
            guard: self.guard,
        }
    }
}

/// Reads what a caller gives for an operation. Error: `command.malformed` with the path of what is wrong.
pub fn arguments<T: DeserializeOwned>(operation: &str, json: &Json) -> Result<T> {
    input::value(json).map_err(|problem| malformed(operation, &problem))
}

/// What a caller gave for an operation cannot be read: `command.malformed`.
// Apart from what reads, which is there for each type.
#[cold]
#[inline(never)]
pub fn malformed(operation: &str, Unreadable { path, problem }: &Unreadable) -> Error {
    let path = if path.is_empty() { AT_TOP } else { path.as_str() };
    codes::MALFORMED.with("operation", operation).with("path", path).with("problem", problem)
}

/// The path of a problem that belongs to no part of the arguments.
const AT_TOP: &str = "the top";
