//! What follows from events.

use crate::{
    context::Context,
    error::Result,
    ledger::Event,
    maybe_send::{BoxFuture, MaybeSend},
    record::RecordDef,
};

/// Where a consumer begins in a tenant that was there before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// With what happens from the first tick on that knows the consumer.
    #[default]
    Now,
    /// With the first event of the tenant.
    Beginning,
}

/// Reads the ledger in its order, and does what follows. In a tenant that was made since the consumer was added it reads from the
/// first event on.
///
/// It acts as the host itself: every record of the tenant is there, and every access is open. It is not given the events of its own
/// consequences, nor those of kinds that are the engine's own, or that this Crm does not have.
///
/// What it refuses, or fails at, is kept as a [`Failure`](super::Failure), with nothing of what it did; then it goes on with the next
/// unit. A storage that does not answer is no failure: the same is tried again.
pub trait Consumer: 'static {
    /// Its name, for ever: of lower-case letters, digits, underscores and dots. In the ledger it is the command of what it does.
    const NAME: &'static str;
    /// Where it begins.
    const START: Start = Start::Now;
    /// Whether it wants an event, which is of a record of this kind. It is asked about every event of the tenant.
    fn wants(event: &Event, of: &'static RecordDef) -> bool;
    /// Whether it wants anything at all now, as one that follows what a tenant has set up; unless said, it does. What happened before it
    /// does is passed over.
    fn listens(cx: &mut Context<'_>) -> impl Future<Output = Result<bool>> + MaybeSend {
        let _ = cx;
        std::future::ready(Ok(true))
    }
    /// Does what follows from the wanted events of one unit, in their order. Those of a very large unit come in several parts.
    fn consume(cx: &mut Context<'_>, events: &[Event]) -> impl Future<Output = Result<()>> + MaybeSend;
}

type Listens = for<'a, 'c> fn(&'a mut Context<'c>) -> BoxFuture<'a, Result<bool>>;

type Consume = for<'a, 'c> fn(&'a mut Context<'c>, &'a [Event]) -> BoxFuture<'a, Result<()>>;

/// A consumer as data.
#[derive(Clone, Copy)]
pub(crate) struct Consuming {
    pub(crate) name: &'static str,
    pub(crate) start: Start,
    pub(crate) wants: fn(&Event, &'static RecordDef) -> bool,
    pub(crate) listens: Listens,
    pub(crate) consume: Consume,
}

impl Consuming {
    pub(crate) fn of<C: Consumer>() -> Self {
        Self { name: C::NAME, start: C::START, wants: C::wants, listens: listens::<C>, consume: consume::<C> }
    }
}

fn listens<'a, C: Consumer>(cx: &'a mut Context<'_>) -> BoxFuture<'a, Result<bool>> {
    Box::pin(C::listens(cx))
}

fn consume<'a, C: Consumer>(cx: &'a mut Context<'_>, events: &'a [Event]) -> BoxFuture<'a, Result<()>> {
    Box::pin(C::consume(cx, events))
}
