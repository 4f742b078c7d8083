//! Every operation by name: its schema, its codes, and how it is run from JSON.

#[cfg(feature = "catalog")]
mod document;
mod shared;

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

#[cfg(feature = "catalog")]
use self::document::Schemas;
use self::shared::Shared;
use super::{
    access::Action,
    behaviour::{Behaviour, of_entity, of_mergeable, of_record},
    command::{Command, Query},
    entity::{Create, Entity, Merge, Mergeable, Purge, Restore, TOO_MANY_DEPENDENTS, Trash, Update, Upsert},
    error::{Code, Error, Result, codes},
    input::{self, Problem},
    query::{AggregateOf, Count, Find, Get, History, Search},
    record::{Record, RecordDef},
    unit::{self, Guard},
};
#[cfg(feature = "operations")]
use super::{context::Context, send::BoxFuture, unit::Terms};
use crate::import::{ImportCsv, ImportRows};

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
type Check = fn(Json) -> Result<()>;

/// Runs an operation that was let in.
#[cfg(feature = "operations")]
type Perform = for<'a, 'c> fn(&'a mut Context<'c>, Json) -> BoxFuture<'a, Result<Json>>;

/// How an operation works.
#[derive(Clone, Copy)]
enum Work {
    /// As every kind's does.
    Shared {
        shared: Shared,
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

    fn add(&mut self, operation: Operation) {
        let name = operation.name;
        if self.operations.insert(name, operation).is_some() {
            self.duplicates.push(name);
        }
    }

    pub(crate) fn command<C: Command>(&mut self, targeted: bool) {
        let work = Work::Own {
            check: check_command::<C>,
            #[cfg(feature = "operations")]
            perform: perform_command::<C>,
        };
        self.command_that::<C>(targeted, work);
    }

    fn command_that<C: Command>(&mut self, targeted: bool, work: Work) {
        self.add(Operation {
            name: C::NAME,
            mode: Mode::Command,
            kind: C::Target::def().kind,
            action: C::ACTION,
            targeted,
            #[cfg(feature = "catalog")]
            errors: C::ERRORS.iter().copied().chain(taken_values::<C::Target>(C::NAME)).collect(),
            trashed_target: C::TRASHED_TARGET,
            guard: targeted.then_some(unit::guard::<C> as Guard),
            expects_version: C::EXPECTS_VERSION,
            def: C::Target::def(),
            work,
            #[cfg(feature = "catalog")]
            schemas: Schemas::of::<C, C::Output>(),
        });
    }

    pub(crate) fn query<Q: Query>(&mut self) {
        let work = Work::Own {
            check: check_query::<Q>,
            #[cfg(feature = "operations")]
            perform: perform_query::<Q>,
        };
        self.query_that::<Q>(work);
    }

    fn query_that<Q: Query>(&mut self, work: Work) {
        self.add(Operation {
            name: Q::NAME,
            mode: Mode::Query,
            kind: Q::Target::def().kind,
            action: Action::Read,
            targeted: false,
            #[cfg(feature = "catalog")]
            errors: Q::ERRORS.to_vec(),
            trashed_target: false,
            guard: None,
            expects_version: false,
            def: Q::Target::def(),
            work,
            #[cfg(feature = "catalog")]
            schemas: Schemas::of::<Q, Q::Output>(),
        });
    }

    pub(crate) fn record<R: Record>(&mut self) {
        let kind = of_record::<R>();
        self.query_that::<Get<R>>(shared(Shared::Get, kind));
        self.query_that::<Find<R>>(shared(Shared::Find, kind));
        self.query_that::<Count<R>>(shared(Shared::Count, kind));
        self.query_that::<AggregateOf<R>>(shared(Shared::Aggregate, kind));
        if !R::def().search.is_empty() {
            self.query_that::<Search<R>>(shared(Shared::Search, kind));
        }
        self.query_that::<History<R>>(shared(Shared::History, kind));
    }

    pub(crate) fn entity<R: Entity>(&mut self) {
        self.command_that::<Create<R>>(false, shared(Shared::Create, of_entity::<R>()));
        self.answers(R::NAMES.create, taken::<R>());
        self.entity_without_create::<R>();
    }

    pub(crate) fn entity_without_create<R: Entity>(&mut self) {
        let kind = of_entity::<R>();
        self.record::<R>();
        self.command_that::<Update<R>>(true, shared(Shared::Update, kind));
        self.answers(R::NAMES.update, taken::<R>());
        self.command_that::<ImportCsv<R>>(false, shared(Shared::ImportCsv, kind));
        self.command_that::<ImportRows<R>>(false, shared(Shared::ImportRows, kind));
        if !R::def().uniques.is_empty() || R::def().external_keys.is_some() {
            self.command_that::<Upsert<R>>(false, shared(Shared::Upsert, kind));
            self.answers(R::NAMES.upsert, R::ERRORS.iter().copied().chain(taken::<R>()));
        }
        for name in [R::NAMES.import_csv, R::NAMES.import_rows, R::NAMES.upsert] {
            self.answers(name, R::ERRORS.iter().copied());
        }
        if R::def().deleted_at.is_some() {
            self.command_that::<Trash<R>>(true, shared(Shared::Trash, kind));
            // Where its dependents go is asked as well.
            self.answers(R::NAMES.trash, R::ERRORS.iter().copied());
            self.command_that::<Restore<R>>(true, shared(Shared::Restore, kind));
            self.answers(R::NAMES.restore, taken::<R>());
            self.command_that::<Purge<R>>(true, shared(Shared::Purge, kind));
        }
    }

    pub(crate) fn mergeable<R: Mergeable>(&mut self) {
        self.command_that::<Merge<R>>(true, shared(Shared::Merge, of_mergeable::<R>()));
        self.answers(R::NAMES.merge, [TOO_MANY_DEPENDENTS]);
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
fn taken<R: Record>() -> impl Iterator<Item = Code> {
    let given = |field| R::def().field(field).is_some_and(|field| field.editable);
    let uniques = R::def().uniques.iter().filter(move |unique| given(unique.field));
    uniques.map(|unique| Code { code: unique.code, ..codes::TAKEN })
}

/// The codes of the kind's unique values, for the commands that give a record its values.
#[cfg(feature = "catalog")]
fn taken_values<R: Record>(operation: &str) -> impl Iterator<Item = Code> {
    let names = R::NAMES;
    let giving =
        [names.create, names.update, names.upsert, names.restore, names.merge, names.import_csv, names.import_rows];
    let uniques = if giving.contains(&operation) { R::def().uniques.as_slice() } else { &[] };
    uniques.iter().map(|unique| Code { code: unique.code, ..codes::TAKEN })
}

/// What every kind has, for one kind.
#[cfg_attr(not(feature = "operations"), allow(unused_variables, reason = "only what runs looks at the kind's rules"))]
const fn shared(shared: Shared, kind: &'static Behaviour) -> Work {
    Work::Shared {
        shared,
        #[cfg(feature = "operations")]
        kind,
    }
}

impl Operation {
    /// Reads the arguments and checks them by themselves, without any storage. Errors: `command.malformed`, and what the
    /// command says of its arguments.
    pub fn check(&self, arguments: Json) -> Result<()> {
        match self.work {
            Work::Shared { shared, .. } => shared.check(self, arguments),
            Work::Own { check, .. } => check(arguments),
        }
    }

    /// Runs the operation inside a unit.
    #[cfg(feature = "operations")]
    pub(crate) async fn perform(&self, cx: &mut Context<'_>, arguments: Json) -> Result<Json> {
        match self.work {
            Work::Shared { shared, kind } => shared.perform(cx, self, kind, arguments).await,
            Work::Own { perform, .. } => perform(cx, arguments).await,
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

/// Reads the arguments of an operation. Error: `command.malformed` with the path of what is wrong.
pub(crate) fn arguments<T: DeserializeOwned>(operation: &str, json: Json) -> Result<T> {
    input::located(&json).map_err(|Problem { path, error }| {
        let path = if path.is_empty() { AT_TOP } else { path.as_str() };
        malformed(operation, path, &error)
    })
}

/// The path of a problem that belongs to no part of the arguments.
const AT_TOP: &str = "the top";

fn malformed(operation: &str, path: &str, problem: &serde_json::Error) -> Error {
    codes::MALFORMED.with("operation", operation).with("path", path).with("problem", problem.to_string())
}

fn malformed_at_top(operation: &str, problem: &serde_json::Error) -> Error {
    malformed(operation, AT_TOP, problem)
}

fn check_command<C: Command>(json: Json) -> Result<()> {
    arguments::<C>(C::NAME, json)?.check()
}

fn check_query<Q: Query>(json: Json) -> Result<()> {
    arguments::<Q>(Q::NAME, json).map(|_| ())
}

#[cfg(feature = "operations")]
fn answer<T: Serialize>(output: T) -> Result<Json> {
    serde_json::to_value(output).map_err(|error| super::record::corrupt("output", error))
}

#[cfg(feature = "operations")]
fn perform_command<'a, C: Command>(cx: &'a mut Context<'_>, json: Json) -> BoxFuture<'a, Result<Json>> {
    Box::pin(async move {
        let command: C = arguments(C::NAME, json)?;
        // The door could not foresee what it had not read yet.
        cx.foresee(command.foreseen(cx.org())).await?;
        let output = cx.perform(&command).await?;
        answer(output)
    })
}

#[cfg(feature = "operations")]
fn perform_query<'a, Q: Query>(cx: &'a mut Context<'_>, json: Json) -> BoxFuture<'a, Result<Json>> {
    Box::pin(async move {
        let query: Q = arguments(Q::NAME, json)?;
        cx.authorize_kind(Q::Target::def(), Action::Read)?;
        let output = query.run(cx).await?;
        answer(output)
    })
}
