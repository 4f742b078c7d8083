//! A unit of work as a conversation: it runs until it asks for something, and goes on when it is answered.
//!
//! So the store decides what is asked together, and nobody holds a transaction while work computes.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use async_trait::async_trait;
use nexa_kernel::{
    error::{Result, codes},
    in_place::poll_in_place,
    ledger::{Event, EventQuery, Head},
    record::{RecordDef, Row},
    store::{Aggregate, Batch, Key, Prefetch, Select, Transaction, Work},
    value::{Timestamp, Value},
};
use uuid::Uuid;

/// What work asks of its transaction.
#[derive(Debug)]
pub(crate) enum Asked {
    Prefetch(Vec<Prefetch>),
    Load { of: &'static RecordDef, by: Key, values: Vec<Value> },
    Select(Select),
    Aggregate(Aggregate),
    Apply(Batch),
    Events(EventQuery),
    Recorded(Vec<Uuid>),
}

/// The answer to a question of a unit.
pub(crate) enum Answered {
    Rows(Vec<Row>),
    Events(Vec<Event>),
    Ids(Vec<Uuid>),
    Done,
}

/// How a step ended.
pub(crate) enum Step {
    Asks(Asked),
    Ends(Result<()>),
}

#[derive(Default)]
struct Desk {
    head: Head,
    /// The server's clock at the beginning of the transaction.
    clock: Option<Timestamp>,
    asked: Option<Asked>,
    answered: Option<Result<Answered>>,
    /// Whether something was applied, and whether the head was looked at since.
    applied: bool,
    looked: bool,
}

/// The two ends of a conversation share it.
type Shared = Arc<Mutex<Desk>>;

fn locked(desk: &Shared) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Work that runs.
pub(crate) struct Script {
    desk: Shared,
    running: Option<Pin<Box<dyn Future<Output = Result<()>> + Send>>>,
}

impl Script {
    /// Starts work on a tenant's ledger; in a read, changes are refused.
    pub(crate) fn start(work: &Arc<dyn Work>, head: Head, clock: Option<Timestamp>, writes: bool) -> Self {
        let desk = Shared::new(Mutex::new(Desk { head, clock, ..Desk::default() }));
        let (work, side) = (Arc::clone(work), Arc::clone(&desk));
        let running = Box::pin(async move { work.run(&mut Conversation { desk: side, writes }).await });
        Self { desk, running: Some(running) }
    }

    /// What work prefetches before it has asked or looked at anything.
    pub(crate) fn first_prefetch(work: &Arc<dyn Work>) -> Vec<Prefetch> {
        match Self::start(work, Head::default(), None, false).step() {
            Step::Asks(Asked::Prefetch(loads)) => loads,
            _ => Vec::new(),
        }
    }

    /// Runs to the next question, or to the end.
    pub(crate) fn step(&mut self) -> Step {
        let Some(running) = &mut self.running else { return Step::Ends(Err(codes::AWAITED_OUTSIDE.error())) };
        let ends = match poll_in_place(running.as_mut()) {
            Poll::Ready(result) => result,
            Poll::Pending => match locked(&self.desk).asked.take() {
                Some(asked) => return Step::Asks(asked),
                None => Err(codes::AWAITED_OUTSIDE.error()),
            },
        };
        self.running = None;
        Step::Ends(ends)
    }

    /// Answers the last question.
    pub(crate) fn answer(&self, answer: Result<Answered>) {
        locked(&self.desk).answered = Some(answer);
    }

    /// Notes where the ledger is after what was applied.
    pub(crate) fn moved(&self, head: Head) {
        locked(&self.desk).head = head;
    }

    /// Whether work looked at the head of the ledger after it had applied something.
    pub(crate) fn looked(&self) -> bool {
        locked(&self.desk).looked
    }
}

/// The end that work has.
struct Conversation {
    desk: Shared,
    writes: bool,
}

impl Conversation {
    async fn ask(&self, asked: Asked) -> Result<Answered> {
        locked(&self.desk).asked = Some(asked);
        std::future::poll_fn(|_| match locked(&self.desk).answered.take() {
            Some(answer) => Poll::Ready(answer),
            None => Poll::Pending,
        })
        .await
    }
    async fn rows(&self, asked: Asked) -> Result<Vec<Row>> {
        match self.ask(asked).await? {
            Answered::Rows(rows) => Ok(rows),
            Answered::Events(_) | Answered::Ids(_) | Answered::Done => Ok(Vec::new()),
        }
    }
}

#[async_trait]
impl Transaction for Conversation {
    fn head(&self) -> Head {
        let mut desk = locked(&self.desk);
        desk.looked |= desk.applied;
        desk.head
    }

    fn clock(&self) -> Option<Timestamp> {
        locked(&self.desk).clock
    }

    async fn prefetch(&mut self, loads: Vec<Prefetch>) -> Result<()> {
        if loads.is_empty() {
            return Ok(());
        }
        self.ask(Asked::Prefetch(loads)).await.map(|_| ())
    }

    async fn load(&mut self, of: &'static RecordDef, by: Key, values: &[Value]) -> Result<Vec<Row>> {
        if values.is_empty() {
            return Ok(Vec::new());
        }
        self.rows(Asked::Load { of, by, values: values.to_vec() }).await
    }

    async fn select(&mut self, query: &Select) -> Result<Vec<Row>> {
        self.rows(Asked::Select(query.clone())).await
    }

    async fn aggregate(&mut self, query: &Aggregate) -> Result<Vec<Row>> {
        self.rows(Asked::Aggregate(query.clone())).await
    }

    async fn apply(&mut self, batch: Batch) -> Result<()> {
        if !self.writes {
            return Err(codes::READ_ONLY.error());
        }
        locked(&self.desk).applied = true;
        self.ask(Asked::Apply(batch)).await.map(|_| ())
    }

    async fn events(&mut self, query: &EventQuery) -> Result<Vec<Event>> {
        match self.ask(Asked::Events(query.clone())).await? {
            Answered::Events(events) => Ok(events),
            Answered::Rows(_) | Answered::Ids(_) | Answered::Done => Ok(Vec::new()),
        }
    }

    async fn recorded(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        match self.ask(Asked::Recorded(ids.to_vec())).await? {
            Answered::Ids(ids) => Ok(ids),
            Answered::Rows(_) | Answered::Events(_) | Answered::Done => Ok(Vec::new()),
        }
    }
}
