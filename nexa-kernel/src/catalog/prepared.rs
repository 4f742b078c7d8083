//! Calls by name, read and checked before any storage is touched: from here on they are as those of Rust callers.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use uuid::Uuid;

use super::{arguments, malformed};
use crate::{
    access::Action,
    answer::Answer,
    context::{Behaviour, Context},
    error::Result,
    maybe_send::{BoxFuture, MaybeSend, MaybeSync},
    operation::{Operation, Perform, Query},
    record::Record,
    shared::{self, SharedOperation},
    store::Prefetch,
};

/// A call whose arguments are sound by themselves.
pub(crate) trait PreparedCall: MaybeSend + MaybeSync {
    /// What it will load in this tenant, as far as its arguments say.
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch>;
    /// Runs it inside a unit.
    fn perform<'a>(&'a self, cx: &'a mut Context<'_>) -> BoxFuture<'a, Result<Answer>>;
}

/// A prepared call of whatever operation.
pub(crate) type Prepared = Box<dyn PreparedCall>;

struct CommandCall<C>(C);

impl<C: Operation> PreparedCall for CommandCall<C> {
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        Perform::prefetch(&self.0, org)
    }
    fn perform<'a>(&'a self, cx: &'a mut Context<'_>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move { Answer::output::<<C as Operation>::Of, _>(self.0.perform(cx).await?) })
    }
}

struct QueryCall<Q>(Q);

impl<Q: Query> PreparedCall for QueryCall<Q> {
    fn prefetch(&self, _: Uuid) -> Vec<Prefetch> {
        self.0.prefetch()
    }
    fn perform<'a>(&'a self, cx: &'a mut Context<'_>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(async move {
            cx.authorize_kind(Q::Of::def(), Action::Read)?;
            Answer::output::<Q::Of, _>(self.0.run(cx).await?)
        })
    }
}

struct SharedCall<S> {
    call: S,
    kind: &'static Behaviour,
}

impl<S: SharedOperation> PreparedCall for SharedCall<S> {
    fn prefetch(&self, _: Uuid) -> Vec<Prefetch> {
        self.call.prefetch(self.kind)
    }
    fn perform<'a>(&'a self, cx: &'a mut Context<'_>) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(shared::perform(cx, self.kind, &self.call))
    }
}

/// Prepares a command of a kind's own.
pub(super) fn command<C: Operation + DeserializeOwned>(name: &'static str, json: &Json) -> Result<Prepared> {
    let command: C = arguments(name, json)?;
    Operation::check(&command)?;
    Ok(Box::new(CommandCall(command)))
}

/// Prepares a query of a kind's own.
pub(super) fn query<Q: Query + DeserializeOwned>(name: &'static str, json: &Json) -> Result<Prepared> {
    let query: Q = arguments(name, json)?;
    query.check()?;
    Ok(Box::new(QueryCall(query)))
}

/// Prepares a shared operation for a kind.
pub(super) fn shared<S: SharedOperation>(
    name: &'static str,
    kind: &'static Behaviour,
    json: &Json,
) -> Result<Prepared> {
    let def = (kind.def)();
    let call = S::read(def, json).map_err(|problem| malformed(name, &problem))?;
    call.check(def)?;
    Ok(Box::new(SharedCall { call, kind }))
}
