//! What a kind's own commands and queries say of themselves, as data: the catalog is made from it by code that none repeats.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::arguments;
#[cfg(feature = "catalog")]
use super::document::Schemas;
#[cfg(feature = "operations")]
use super::prepared::{self, Prepared};
#[cfg(feature = "catalog")]
use crate::error::Code;
use crate::{
    access::Action,
    error::Result,
    operation::{Guard, Mode, Operation, Perform, Query, guard_of},
    record::{Record, RecordDef},
};

/// A command or a query of a kind's own.
pub(crate) struct Own {
    #[cfg(feature = "catalog")]
    pub(super) verb: &'static str,
    pub(super) name: fn() -> &'static str,
    pub(super) mode: Mode,
    pub(crate) def: fn() -> &'static RecordDef,
    pub(super) action: Action,
    #[cfg(feature = "catalog")]
    pub(super) errors: &'static [Code],
    pub(super) is_final: Option<&'static str>,
    pub(super) trashed: bool,
    /// Present when it is a change of one record of the kind.
    pub(super) guard: Option<Guard>,
    pub(super) check: fn(&'static str, &Json) -> Result<()>,
    #[cfg(feature = "operations")]
    pub(super) prepare: fn(&'static str, &Json) -> Result<Prepared>,
    #[cfg(feature = "catalog")]
    pub(super) schemas: Schemas,
}

/// A change that the catalog can read from JSON and describe.
pub trait OwnOperation: Operation + DeserializeOwned + JsonSchema + Perform<Output: JsonSchema> {}

impl<C: Operation + DeserializeOwned + JsonSchema + Perform<Output: JsonSchema>> OwnOperation for C {}

impl Own {
    /// A command.
    pub(crate) const fn command<C: OwnOperation>() -> &'static Self {
        struct Of<C>(C);
        impl<C: OwnOperation> Of<C> {
            const IT: &'static Own = &Own {
                #[cfg(feature = "catalog")]
                verb: C::VERB,
                name: <C as Perform>::name,
                mode: Mode::Command,
                def: <C as Operation>::Of::def,
                action: C::ACTION,
                #[cfg(feature = "catalog")]
                errors: C::ERRORS,
                is_final: C::FINAL,
                trashed: C::TRASHED,
                guard: guard_of::<C>(),
                check: |name, json| Operation::check(&arguments::<C>(name, json)?),
                #[cfg(feature = "operations")]
                prepare: prepared::command::<C>,
                #[cfg(feature = "catalog")]
                schemas: Schemas::of::<C, <C as Perform>::Output>(),
            };
        }
        Of::<C>::IT
    }

    /// A query.
    pub(crate) const fn query<Q: Query<Output: JsonSchema> + DeserializeOwned + JsonSchema>() -> &'static Self {
        struct Of<Q>(Q);
        impl<Q: Query<Output: JsonSchema> + DeserializeOwned + JsonSchema> Of<Q> {
            const IT: &'static Own = &Own {
                #[cfg(feature = "catalog")]
                verb: Q::VERB,
                name: Q::name,
                mode: Mode::Query,
                def: Q::Of::def,
                action: Action::Read,
                #[cfg(feature = "catalog")]
                errors: Q::ERRORS,
                is_final: None,
                trashed: false,
                guard: None,
                check: |name, json| arguments::<Q>(name, json)?.check(),
                #[cfg(feature = "operations")]
                prepare: prepared::query::<Q>,
                #[cfg(feature = "catalog")]
                schemas: Schemas::of::<Q, Q::Output>(),
            };
        }
        Of::<Q>::IT
    }
}
