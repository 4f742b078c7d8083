//! Operations of every kind that callers edit which a layer above the kernel adds, such as importing.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value as Json;

use super::{Mode, Operation, arguments};
use crate::{
    access::Action,
    behaviour::Behaviour,
    context::Context,
    error::{Code, Result},
    record::Names,
    send::MaybeSend,
};
#[cfg(feature = "operations")]
use crate::{answer::Answer, send::BoxFuture};

/// An operation that every kind has which callers edit. It works on rows by the behaviour of the kind, so that it is written and
/// compiled once; [`CrmBuilder::every_entity`](crate::CrmBuilder::every_entity) adds it.
pub trait EntityOperation: DeserializeOwned + MaybeSend + 'static {
    /// Whether it changes or reads.
    const MODE: Mode;
    /// What the actor must be allowed to do with the kind.
    const ACTION: Action;
    /// The codes that it may answer beside the kernel's own and those of the kind.
    const ERRORS: &'static [Code];
    /// What it answers.
    type Output: Serialize + JsonSchema + MaybeSend;

    /// The name of the operation among those of a kind.
    fn name(of: &Names) -> &'static str;
    /// The JSON Schema of its arguments for a kind.
    fn schema(generator: &mut SchemaGenerator, kind: &str) -> Schema;
    /// Checks the arguments by themselves, without I/O.
    fn check(&self) -> Result<()>;
    /// Runs it for a kind.
    fn run(
        self,
        cx: &mut Context<'_>,
        kind: &'static Behaviour,
    ) -> impl Future<Output = Result<Self::Output>> + MaybeSend;
}

/// What such an operation says of itself, as data.
pub(crate) struct EveryEntity {
    pub(super) name: fn(&Names) -> &'static str,
    pub(super) mode: Mode,
    pub(super) action: Action,
    #[cfg(feature = "catalog")]
    pub(super) errors: &'static [Code],
    pub(super) check: fn(&Operation, &Json) -> Result<()>,
    #[cfg(feature = "operations")]
    pub(super) perform: Perform,
    #[cfg(feature = "catalog")]
    pub(super) schemas: super::Schemas,
}

/// Runs such an operation for a kind.
#[cfg(feature = "operations")]
type Perform =
    for<'a, 'c> fn(&'a mut Context<'c>, &'a Operation, &'static Behaviour, &'a Json) -> BoxFuture<'a, Result<Answer>>;

impl EveryEntity {
    /// What this operation says of itself.
    pub(crate) const fn of<E: EntityOperation>() -> &'static Self {
        struct Of<E>(E);
        impl<E: EntityOperation> Of<E> {
            const IT: &'static EveryEntity = &EveryEntity {
                name: E::name,
                mode: E::MODE,
                action: E::ACTION,
                #[cfg(feature = "catalog")]
                errors: E::ERRORS,
                check: check::<E>,
                #[cfg(feature = "operations")]
                perform: perform::<E>,
                #[cfg(feature = "catalog")]
                schemas: super::Schemas::of_kinds::<E::Output>(E::schema),
            };
        }
        Of::<E>::IT
    }
}

fn check<E: EntityOperation>(operation: &Operation, json: &Json) -> Result<()> {
    arguments::<E>(operation.name, json)?.check()
}

#[cfg(feature = "operations")]
fn perform<'a, E: EntityOperation>(
    cx: &'a mut Context<'_>,
    operation: &'a Operation,
    kind: &'static Behaviour,
    json: &'a Json,
) -> BoxFuture<'a, Result<Answer>> {
    Box::pin(async move {
        let call: E = arguments(operation.name, json)?;
        call.check()?;
        operation.admit(cx, None).await?;
        Answer::of(call.run(cx, kind).await?)
    })
}
