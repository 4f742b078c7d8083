//! Every operation by name: its schema, its codes, and how it is run from JSON.

#[cfg(feature = "catalog")]
mod document;
mod own;
#[cfg(feature = "operations")]
mod prepared;
mod shared;

use std::collections::{BTreeMap, btree_map};

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

pub(crate) use self::own::{Own, OwnOperation};
#[cfg(feature = "operations")]
pub(crate) use self::prepared::Prepared;
pub(crate) use self::shared::{SHARED, Shared};
#[cfg(feature = "catalog")]
use super::error::Code;
use super::{
    access::{Action, Actor},
    context::{Behaviour, NamedOperation, Operations},
    error::{Error, Result, codes},
    input::{self, Unreadable},
    operation::{Mode, operation_name},
    record::Row,
};
#[cfg(feature = "operations")]
use super::{context::Context, maybe_send::BoxFuture, output::Output};

/// How an operation works.
#[derive(Clone, Copy)]
enum Work {
    /// As that of every kind of its sort.
    Shared(&'static Shared, &'static Behaviour),
    /// By its own command or query.
    Own(&'static Own),
}

/// One operation of the catalog.
#[derive(Clone)]
pub struct Entry {
    /// Its name, such as `lead.qualify`.
    pub name: &'static str,
    /// Whether it changes or reads.
    pub mode: Mode,
    /// The kind it works on.
    pub kind: &'static str,
    /// What the actor must be allowed to do.
    pub action: Action,
    /// Whether it is a change of one record of the kind, so that `explain` describes it.
    pub targeted: bool,
    /// The codes it may answer beside the kernel's own.
    #[cfg(feature = "catalog")]
    pub errors: Vec<Code>,
    /// Why what it did cannot be undone; `None` where it can be.
    pub is_final: Option<&'static str>,
    /// Whether its record may be in the trash.
    pub(crate) trashed: bool,
    work: Work,
}

/// Every operation that a Crm knows.
#[derive(Clone, Default)]
pub struct Catalog {
    entries: BTreeMap<&'static str, Entry>,
    pub(crate) duplicates: Vec<&'static str>,
}

impl Catalog {
    /// The operation of this name. Error: `operation.unknown`.
    pub fn operation(&self, name: &str) -> Result<&Entry> {
        self.entries.get(name).ok_or_else(|| codes::UNKNOWN_OPERATION.with("operation", name))
    }
    /// All of them, by name.
    pub fn operations(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    /// Adds an operation of a kind's own.
    pub(crate) fn own(&mut self, own: &'static Own) {
        let def = (own.def)();
        let name = (own.name)();
        let entry = Entry {
            name,
            mode: own.mode,
            kind: def.kind,
            action: own.action,
            targeted: own.guard.is_some(),
            #[cfg(feature = "catalog")]
            errors: own.errors.iter().copied().chain(shared::taken_by(own.verb, def)).collect(),
            is_final: own.is_final,
            trashed: own.trashed,
            work: Work::Own(own),
        };
        if self.entries.insert(name, entry).is_some() {
            self.duplicates.push(name);
        }
    }

    /// Adds a shared operation for a kind that has it. A kind's own operation of that name takes its place.
    pub(crate) fn shared(&mut self, shared: &'static Shared, kind: &'static Behaviour) {
        if !(shared.fits)(kind) {
            return;
        }
        let def = (kind.def)();
        let name = operation_name(def.kind, shared.verb);
        if let btree_map::Entry::Vacant(place) = self.entries.entry(name) {
            place.insert(Entry {
                name,
                mode: shared.mode,
                kind: def.kind,
                action: shared.action,
                targeted: shared.names_record,
                #[cfg(feature = "catalog")]
                errors: (shared.errors)(kind),
                is_final: None,
                trashed: shared.trashed,
                work: Work::Shared(shared, kind),
            });
        }
    }
}

impl Operations for Catalog {
    fn named(&self, name: &str) -> Result<NamedOperation> {
        let &Entry { name, kind, mode, action, .. } = self.operation(name)?;
        Ok(NamedOperation::new(name, kind, mode == Mode::Command, action))
    }
    fn check(&self, name: &str, arguments: &Json) -> Result<()> {
        self.operation(name)?.check(arguments)
    }
    #[cfg(feature = "operations")]
    fn perform<'a>(
        &'a self,
        cx: &'a mut Context<'_>,
        name: &'a str,
        arguments: &'a Json,
    ) -> BoxFuture<'a, Result<Json>> {
        Box::pin(async move {
            let call = self.operation(name)?.prepare(arguments)?;
            let answer = call.perform(cx).await?;
            answer.shown(cx)?.json()
        })
    }
}

impl Entry {
    /// Reads the arguments and checks them by themselves, without any storage. Errors: `command.malformed`, and what the
    /// operation says of its arguments.
    pub fn check(&self, arguments: &Json) -> Result<()> {
        match self.work {
            Work::Shared(shared, kind) => (shared.check)(self.name, kind, arguments),
            Work::Own(own) => (own.check)(self.name, arguments),
        }
    }

    /// Reads the arguments and checks them by themselves; what comes back needs the storage alone. Errors: as [`Entry::check`].
    #[cfg(feature = "operations")]
    pub(crate) fn prepare(&self, arguments: &Json) -> Result<Prepared> {
        match self.work {
            Work::Shared(shared, kind) => (shared.prepare)(self.name, kind, arguments),
            Work::Own(own) => (own.prepare)(self.name, arguments),
        }
    }

    /// What the state of a row and the actor allow; nothing is asked of an operation that names no record.
    pub(crate) fn guard(&self, row: &Row, actor: &Actor) -> Result<()> {
        match self.work {
            Work::Shared(shared, kind) => (shared.guard)(kind, row, actor),
            Work::Own(own) => own.guard.map_or(Ok(()), |guard| guard(row, actor)),
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
