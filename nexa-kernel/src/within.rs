//! A session on a transaction that the host has opened: its rows and ours are committed together, or not at all.

use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use async_trait::async_trait;
use uuid::Uuid;

use super::{
    envelope::Envelope,
    error::{Result, codes},
    once::Once,
    operation::{Perform, Query},
    query::{Find, Page},
    record::{Record, RecordDef, Ref},
    session::Session,
    store::{ReadRequest, Store, Work, WriteRequest},
};

/// A transaction of the host, as a backend works in it.
pub trait HostTransaction {
    /// Runs work in the transaction under a savepoint: a refusal takes back what the work did and leaves the transaction usable.
    /// Nothing is run again; what only a new transaction can cure is the host's to decide.
    fn write(&mut self, request: WriteRequest, work: Arc<dyn Work>) -> impl Future<Output = Result<()>>;
    /// Runs work that sees what the transaction sees.
    fn read(&mut self, request: ReadRequest, work: Arc<dyn Work>) -> impl Future<Output = Result<()>>;
}

/// A session inside the host's transaction. Backends make it, as `session.within(&mut transaction)`.
///
/// The tenant stays locked from the first change until the host ends its transaction, and nobody is notified of anything
/// before it is committed. A call that is dropped half-way leaves the transaction to be rolled back.
pub struct Within<H> {
    session: Session,
    host: H,
}

impl<H: HostTransaction> Within<H> {
    /// A session on a transaction.
    pub const fn new(session: Session, host: H) -> Self {
        Self { session, host }
    }

    /// Does anything that a session can: the session that is given works in the transaction, as long as this call lasts.
    pub async fn with<T, F: Future<Output = Result<T>>>(&mut self, work: impl FnOnce(Session) -> F) -> Result<T> {
        let desk = Arc::new(Desk::default());
        let mut working = pin!(work(self.session.on(Arc::clone(&desk) as Arc<dyn Store>)));
        loop {
            let next = poll_fn(|waker| match working.as_mut().poll(waker) {
                Poll::Ready(result) => Poll::Ready(Next::Done(result)),
                Poll::Pending => {
                    desk.locked().pop_front().map_or(Poll::Pending, |asked| Poll::Ready(Next::Asked(asked)))
                }
            });
            match next.await {
                Next::Done(result) => return result,
                Next::Asked(Asked { what, answer }) => {
                    let result = match what {
                        What::Write(request, work) => self.host.write(request, work).await,
                        What::Read(request, work) => self.host.read(request, work).await,
                    };
                    *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
                }
            }
        }
    }

    /// Runs a command as one unit with its history.
    pub async fn run<C: Perform>(&mut self, command: C) -> Result<C::Output> {
        self.run_with(Envelope::default(), command).await
    }
    /// Runs a command in an envelope.
    pub async fn run_with<C: Perform>(&mut self, envelope: Envelope, command: C) -> Result<C::Output> {
        self.with(async move |session: Session| session.run_with(envelope, command).await).await
    }
    /// The same, and says whether the command was done now or before.
    pub async fn run_once<C: Perform>(&mut self, envelope: Envelope, command: C) -> Result<Once<C::Output>> {
        self.with(async move |session: Session| session.run_once(envelope, command).await).await
    }
    /// Asks a question.
    pub async fn ask<Q: Query>(&mut self, query: Q) -> Result<Q::Output> {
        self.with(async move |session: Session| session.ask(query).await).await
    }
    /// Reads one record. Error: `record.not_found`.
    pub async fn get<R: Record>(&mut self, record: impl Into<Ref<R>>) -> Result<R> {
        let record = record.into();
        self.with(async move |session: Session| session.get(record).await).await
    }
    /// Reads a page of records.
    pub async fn find<R: Record>(&mut self, find: Find<R>) -> Result<Page<R>> {
        self.with(async move |session: Session| session.find(find).await).await
    }
}

/// What the session wants done in the transaction.
struct Asked {
    what: What,
    answer: Answer,
}

enum What {
    Write(WriteRequest, Arc<dyn Work>),
    Read(ReadRequest, Arc<dyn Work>),
}

type Answer = Arc<Mutex<Option<Result<()>>>>;

enum Next<T> {
    Done(Result<T>),
    Asked(Asked),
}

/// The store of a session inside a transaction: it hands on what it is asked to whoever has the transaction.
#[derive(Default)]
struct Desk(Mutex<VecDeque<Asked>>);

impl Desk {
    fn locked(&self) -> MutexGuard<'_, VecDeque<Asked>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self, what: What) -> Result<()> {
        let answer = Answer::default();
        self.locked().push_back(Asked { what, answer: Arc::clone(&answer) });
        // Whoever answers polls again at once, so there is nobody to wake.
        poll_fn(|_| match answer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(result) => Poll::Ready(result),
            None => Poll::Pending,
        })
        .await
    }
}

fn unsupported(what: &str) -> Result<()> {
    Err(codes::STORE_UNSUPPORTED.with("what", format!("{what} inside a transaction of the host")))
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl Store for Desk {
    async fn migrate(&self, _: &[&'static RecordDef]) -> Result<()> {
        unsupported("migration")
    }
    async fn write(&self, request: WriteRequest, work: Arc<dyn Work>) -> Result<()> {
        self.ask(What::Write(request, work)).await
    }
    async fn read(&self, request: ReadRequest, work: Arc<dyn Work>) -> Result<()> {
        self.ask(What::Read(request, work)).await
    }
    async fn drop_org(&self, _: Uuid) -> Result<()> {
        unsupported("removing a tenant")
    }
}
