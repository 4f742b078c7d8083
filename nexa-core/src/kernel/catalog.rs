//! Every operation by name: its schema, its codes, and how it is run from JSON.

#[cfg(feature = "catalog")]
mod document;

use std::collections::BTreeMap;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

#[cfg(feature = "catalog")]
use self::document::Schemas;
use super::{
    access::{Action, Actor},
    command::{Command, Query},
    context::Context,
    entity::{Create, Entity, Merge, Mergeable, Purge, Restore, TOO_MANY_DEPENDENTS, Trash, Update, Upsert},
    error::{Code, Error, Result, codes},
    query::{AggregateOf, Count, Find, Get, History, Search},
    record::{Record, Row},
    send::BoxFuture,
};
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

pub(crate) type Perform = for<'a, 'c> fn(&'a mut Context<'c>, Json) -> BoxFuture<'a, Result<Json>>;

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
    pub errors: Vec<Code>,
    pub(crate) trashed_target: bool,
    pub(crate) perform: Perform,
    pub(crate) guard: Option<fn(&Row, &Actor) -> Result<()>>,
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
        self.add(Operation {
            name: C::NAME,
            mode: Mode::Command,
            kind: C::Target::def().kind,
            action: C::ACTION,
            targeted,
            errors: C::ERRORS.iter().copied().chain(taken_values::<C>()).collect(),
            trashed_target: C::TRASHED_TARGET,
            perform: perform_command::<C>,
            guard: targeted.then_some(guard::<C> as fn(&Row, &Actor) -> Result<()>),
            #[cfg(feature = "catalog")]
            schemas: Schemas::of::<C, C::Output>(),
        });
    }

    pub(crate) fn query<Q: Query>(&mut self) {
        self.add(Operation {
            name: Q::NAME,
            mode: Mode::Query,
            kind: Q::Target::def().kind,
            action: Action::Read,
            targeted: false,
            errors: Q::ERRORS.to_vec(),
            trashed_target: false,
            perform: perform_query::<Q>,
            guard: None,
            #[cfg(feature = "catalog")]
            schemas: Schemas::of::<Q, Q::Output>(),
        });
    }

    pub(crate) fn record<R: Record>(&mut self) {
        self.query::<Get<R>>();
        self.query::<Find<R>>();
        self.query::<Count<R>>();
        self.query::<AggregateOf<R>>();
        if !R::def().search.is_empty() {
            self.query::<Search<R>>();
        }
        self.query::<History<R>>();
    }

    pub(crate) fn entity<R: Entity>(&mut self) {
        self.command::<Create<R>>(false);
        self.answers(R::NAMES.create, taken::<R>());
        self.entity_without_create::<R>();
    }

    pub(crate) fn entity_without_create<R: Entity>(&mut self) {
        self.record::<R>();
        self.command::<Update<R>>(true);
        self.answers(R::NAMES.update, taken::<R>());
        self.command::<ImportCsv<R>>(false);
        self.command::<ImportRows<R>>(false);
        if !R::def().uniques.is_empty() || R::def().external_keys.is_some() {
            self.command::<Upsert<R>>(false);
            self.answers(R::NAMES.upsert, R::ERRORS.iter().copied().chain(taken::<R>()));
        }
        for name in [R::NAMES.import_csv, R::NAMES.import_rows, R::NAMES.upsert] {
            if let Some(operation) = self.operations.get_mut(name) {
                operation.errors.extend_from_slice(R::ERRORS);
            }
        }
        if R::def().deleted_at.is_some() {
            self.command::<Trash<R>>(true);
            // Where its dependents go is asked as well.
            self.answers(R::NAMES.trash, R::ERRORS.iter().copied());
            self.command::<Restore<R>>(true);
            self.answers(R::NAMES.restore, taken::<R>());
            self.command::<Purge<R>>(true);
        }
    }

    pub(crate) fn mergeable<R: Mergeable>(&mut self) {
        self.command::<Merge<R>>(true);
        self.answers(R::NAMES.merge, [TOO_MANY_DEPENDENTS]);
    }

    /// Notes codes that an operation answers beside those it names itself.
    fn answers(&mut self, name: &str, codes: impl IntoIterator<Item = Code>) {
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
fn taken_values<C: Command>() -> Vec<Code> {
    let names = C::Target::NAMES;
    let giving =
        [names.create, names.update, names.upsert, names.restore, names.merge, names.import_csv, names.import_rows];
    let uniques = if giving.contains(&C::NAME) { C::Target::def().uniques.as_slice() } else { &[] };
    uniques.iter().map(|unique| Code { code: unique.code, ..codes::TAKEN }).collect()
}

/// Reads the arguments of an operation. Error: `command.malformed` with the path of what is wrong.
pub(crate) fn arguments<T: DeserializeOwned>(operation: &str, json: Json) -> Result<T> {
    serde_path_to_error::deserialize(json).map_err(|error| malformed(operation, &error))
}

fn malformed(operation: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let path = match error.path().to_string() {
        path if path == "." => "the top".to_owned(),
        path => path,
    };
    codes::MALFORMED.with("operation", operation).with("path", path).with("problem", error.inner().to_string())
}

fn answer<T: Serialize>(output: T) -> Result<Json> {
    serde_json::to_value(output).map_err(|error| super::record::corrupt("output", error))
}

fn perform_command<'a, C: Command>(cx: &'a mut Context<'_>, json: Json) -> BoxFuture<'a, Result<Json>> {
    Box::pin(async move {
        let command: C = arguments(C::NAME, json)?;
        let output = cx.perform(&command).await?;
        answer(output)
    })
}

fn perform_query<'a, Q: Query>(cx: &'a mut Context<'_>, json: Json) -> BoxFuture<'a, Result<Json>> {
    Box::pin(async move {
        let query: Q = arguments(Q::NAME, json)?;
        cx.authorize_kind(Q::Target::def(), Action::Read)?;
        let output = query.run(cx).await?;
        answer(output)
    })
}

fn guard<C: Command>(row: &Row, actor: &Actor) -> Result<()> {
    let target = C::Target::from_row(row.clone())?;
    C::guard(&target, actor)
}
