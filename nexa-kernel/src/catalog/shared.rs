//! The table of the operations that kinds have in common.

#[cfg(feature = "catalog")]
use schemars::{Schema, SchemaGenerator};
use serde_json::Value as Json;

use super::malformed;
#[cfg(feature = "operations")]
use super::prepared::{self, Prepared};
use crate::{
    access::{Action, Actor},
    context::Behaviour,
    entity::{Create, Merge, Purge, Restore, Trash, Update, Upsert},
    error::Result,
    operation::Mode,
    query::{AggregateOf, Count, Find, Get, History, Search},
    record::Row,
    shared::SharedOperation,
};
#[cfg(feature = "catalog")]
use crate::{error::Code, record::RecordDef};

/// The operations that kinds have in common: a new one is a file of its own and a line here.
pub(crate) const SHARED: &[&Shared] = &[
    Shared::of::<Get<()>>(),
    Shared::of::<Find<()>>(),
    Shared::of::<Count<()>>(),
    Shared::of::<AggregateOf<()>>(),
    Shared::of::<Search<()>>(),
    Shared::of::<History<()>>(),
    Shared::of::<Create<()>>(),
    Shared::of::<Update<()>>(),
    Shared::of::<Upsert<()>>(),
    Shared::of::<Trash<()>>(),
    Shared::of::<Restore<()>>(),
    Shared::of::<Purge<()>>(),
    Shared::of::<Merge<()>>(),
];

/// What a shared operation says of itself, as data.
pub(crate) struct Shared {
    pub(super) verb: &'static str,
    #[cfg(feature = "catalog")]
    pub(super) doc: &'static str,
    pub(super) mode: Mode,
    pub(super) action: Action,
    pub(super) trashed: bool,
    /// Whether it is a change of one record.
    pub(super) names_record: bool,
    pub(super) fits: fn(&Behaviour) -> bool,
    #[cfg(feature = "catalog")]
    pub(super) errors: fn(&Behaviour) -> Vec<Code>,
    pub(super) guard: fn(&'static Behaviour, &Row, &Actor) -> Result<()>,
    pub(super) check: fn(&'static str, &'static Behaviour, &Json) -> Result<()>,
    #[cfg(feature = "operations")]
    pub(super) prepare: fn(&'static str, &'static Behaviour, &Json) -> Result<Prepared>,
    #[cfg(feature = "catalog")]
    pub(super) input: fn(&'static RecordDef, &mut SchemaGenerator) -> Schema,
    #[cfg(feature = "catalog")]
    pub(super) output: fn(&'static RecordDef, &mut SchemaGenerator) -> Schema,
}

impl Shared {
    /// What this operation says of itself.
    pub(crate) const fn of<S: SharedOperation>() -> &'static Self {
        struct Of<S>(S);
        impl<S: SharedOperation> Of<S> {
            const IT: &'static Shared = &Shared {
                verb: S::VERB,
                #[cfg(feature = "catalog")]
                doc: S::DOC,
                mode: S::MODE,
                action: S::ACTION,
                trashed: S::TRASHED,
                names_record: S::NAMES_RECORD,
                fits: S::fits,
                #[cfg(feature = "catalog")]
                errors: S::errors,
                guard: S::guard,
                check: |name, kind, json| {
                    let def = (kind.def)();
                    S::read(def, json).map_err(|problem| malformed(name, &problem))?.check(def)
                },
                #[cfg(feature = "operations")]
                prepare: prepared::shared::<S>,
                #[cfg(feature = "catalog")]
                input: S::input,
                #[cfg(feature = "catalog")]
                output: S::output,
            };
        }
        Of::<S>::IT
    }
}

/// The codes of a kind's uniques, for an operation of its own that gives a record its values as a shared one does.
#[cfg(feature = "catalog")]
pub(super) fn taken_by(verb: &str, def: &'static RecordDef) -> Vec<Code> {
    let gives = [Create::<()>::VERB, Update::<()>::VERB, Upsert::<()>::VERB].contains(&verb);
    if gives { def.taken_codes().collect() } else { Vec::new() }
}
