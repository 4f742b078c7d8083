//! A part of what is due, as one unit.

use std::{
    borrow::Cow,
    sync::{Arc, Mutex, PoisonError},
};

use uuid::Uuid;

use crate::{
    access::AccessClass,
    agenda::Agenda,
    context::Context,
    error::Result,
    filter::{Comparison, Predicate},
    later::{Consuming, Cursor, Later, Start, Timer},
    ledger::{Event, EventQuery, Seq},
    record::{Id, Record},
    session::Job,
    store::{Prefetch, Select, SortKey},
    value::{Timestamp, Value},
};

/// How many events are read at once.
const PAGE: usize = 256;

/// A timer whose purpose this version does not know is left to one that does, and looked at again after so many microseconds.
const UNKNOWN_AGAIN: i64 = 600_000_000;

/// What was being done.
#[derive(Clone, Debug)]
pub(super) enum Tried {
    /// A timer fired.
    Timer(Timer),
    /// A consumer was given a unit: the number of the first event that it wants, and of the last event of the unit.
    Events { consumer: &'static str, first: i64, to: i64 },
}

/// Where a round says what it is about to do.
#[derive(Clone, Default)]
pub(super) struct Trying(Arc<Mutex<Option<Tried>>>);

impl Trying {
    fn set(&self, tried: Tried) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(tried);
    }
    pub(super) fn take(&self) -> Option<Tried> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What timers that fired were for.
#[derive(Clone, Default)]
pub(super) struct Fired(Arc<Mutex<Vec<&'static str>>>);

impl Fired {
    fn note(&self, name: &'static str) {
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    /// Whether one for this has fired, as far as a unit was tried: it may be lost.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&name)
    }
}

/// Does at most so much of what is due; it returns how much that was.
pub(super) struct RoundJob {
    later: Arc<Later>,
    budget: usize,
    trying: Trying,
    fired: Fired,
}

impl RoundJob {
    pub(super) fn new(later: &Arc<Later>, budget: usize, fired: &Fired) -> Self {
        Self { later: Arc::clone(later), budget, trying: Trying::default(), fired: fired.clone() }
    }
    pub(super) fn tried(&self) -> Trying {
        self.trying.clone()
    }
}

impl Job for RoundJob {
    type Output = usize;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed(super::TICK)
    }
    fn arguments(&self) -> String {
        String::new()
    }
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        [Some(Prefetch::id(Agenda::def(), org)), cursors(&self.later)].into_iter().flatten().collect()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<usize> {
        let head = cx.tx.head();
        let agenda = agenda(cx).await?;
        let mut left = self.budget;
        let mut due_at = agenda.due_at;
        if due_at.is_some_and(|due| due <= cx.now()) {
            left -= self.timers(cx, left).await?;
            due_at = None;
        }
        let mut read_to = head.seq.cast_signed();
        for consumer in &self.later.consumers {
            let mut cursor = cursor(cx, consumer, &agenda, head.seq).await?;
            if left > 0 && cursor.read_to.cast_unsigned() < head.seq {
                if (consumer.listens)(cx).await? {
                    left -= self.events(cx, consumer, &mut cursor, left).await?;
                } else {
                    cursor.read_to = head.seq.cast_signed();
                }
            }
            read_to = read_to.min(cursor.read_to);
            cx.save(cursor).await?;
        }
        let due_at = match due_at {
            // Nothing was due: what was set meanwhile has been noted.
            Some(_) => self::agenda(cx).await?.due_at,
            None => first_timer(cx).await?,
        };
        let names = self.later.names();
        let agenda = self::agenda(cx).await?;
        let (read_to, consumers) = match names.is_empty() {
            true => (agenda.read_to, agenda.consumers.clone()),
            false => (read_to, Some(names.to_owned())),
        };
        cx.save(Agenda { due_at, read_to, consumers, ..agenda }).await?;
        Ok(self.budget - left)
    }
}

impl RoundJob {
    /// Fires timers that are due, in their order.
    async fn timers(&self, cx: &mut Context<'_>, most: usize) -> Result<usize> {
        let def = Timer::def();
        let due = Predicate::Compare(due_at(), Comparison::Le, Value::Time(cx.now()));
        let query = Select { sort: vec![SortKey::of(due_at(), false)], ..Select::all(def, most).filtered(due) };
        let rows = cx.rows(&query).await?;
        // What is set from here on shows in the agenda.
        let agenda = agenda(cx).await?;
        cx.save(Agenda { due_at: None, ..agenda }).await?;
        let mut fired = 0;
        for row in rows {
            let timer = Timer::from_row(row)?;
            if self::agenda(cx).await?.due_at.is_some_and(|set| set < timer.due_at) {
                // One that was set now comes first.
                break;
            }
            let stands = |now: &Timer| now.due_at == timer.due_at;
            if !current(cx, timer.id)?.as_ref().is_some_and(stands) {
                continue;
            }
            fired += 1;
            let Some(firing) = self.later.timer(timer.name()) else {
                let due_at = Timestamp::from_micros(cx.now().micros().saturating_add(UNKNOWN_AGAIN));
                cx.save(Timer { due_at, ..timer }).await?;
                continue;
            };
            self.trying.set(Tried::Timer(timer.clone()));
            acting_as(cx, firing.name).await?;
            (firing.fire)(cx, &timer).await?;
            self.fired.note(firing.name);
            if current(cx, timer.id)?.as_ref().is_some_and(stands) {
                cx.remove_row(def, timer.id.uuid());
            }
        }
        Ok(fired)
    }

    /// Gives a consumer what it has not read, unit by unit, and moves its cursor.
    async fn events(
        &self,
        cx: &mut Context<'_>,
        consumer: &Consuming,
        cursor: &mut Cursor,
        most: usize,
    ) -> Result<usize> {
        let query = EventQuery { after: cursor.read_to.cast_unsigned(), limit: PAGE, ..EventQuery::default() };
        let mut events = cx.tx.events(&query).await?;
        if events.len() == PAGE
            && let Some(last) = events.last().map(|event| event.unit)
            && let Some(other) = events.iter().rposition(|event| event.unit != last)
        {
            // The last unit may go on; it is read as a whole next time, unless it fills the page.
            events.truncate(other + 1);
        }
        let mut events = events.into_iter().peekable();
        let mut given = 0;
        while let Some(first) = events.peek() {
            let unit = first.unit;
            let mut wanted: Vec<Event> = Vec::new();
            let mut to: Seq = first.seq;
            while let Some(event) = events.next_if(|event| event.unit == unit) {
                to = event.seq;
                if is_for(cx, consumer, &event) {
                    wanted.push(event);
                }
            }
            if let Some(first) = wanted.first() {
                if given == most {
                    break;
                }
                let (first, to) = (first.seq.cast_signed(), to.cast_signed());
                self.trying.set(Tried::Events { consumer: consumer.name, first, to });
                acting_as(cx, consumer.name).await?;
                (consumer.consume)(cx, &wanted).await?;
                given += 1;
            }
            cursor.read_to = to.cast_signed();
        }
        Ok(given)
    }
}

/// Whether a consumer is given an event: not what it did itself, and nothing of the engine's own kinds.
fn is_for(cx: &Context<'_>, consumer: &Consuming, event: &Event) -> bool {
    let own = event.command == consumer.name && event.actor.strip_prefix("system:") == Some(super::TICK);
    !own && cx.kind(&event.kind).is_ok_and(|of| of.access != AccessClass::System && (consumer.wants)(event, of))
}

/// What follows is done under this name; what was done before is written under its own.
async fn acting_as(cx: &mut Context<'_>, name: &'static str) -> Result<()> {
    if cx.operation != name {
        cx.flush().await?;
        cx.operation = Cow::Borrowed(name);
    }
    Ok(())
}

/// The agenda of the tenant, which is made where there is none.
async fn agenda(cx: &mut Context<'_>) -> Result<Agenda> {
    match cx.row(Agenda::def(), cx.org()).await? {
        Some(row) => Agenda::from_row(row),
        None => {
            let agenda = Agenda::first(cx.org(), cx.now());
            cx.insert_row(Agenda::def(), agenda.to_row()).await?;
            Ok(agenda)
        }
    }
}

/// The load of the cursors of all consumers.
fn cursors(later: &Later) -> Option<Prefetch> {
    let values = later.consumers.iter().map(|consumer| Value::Text(consumer.name.to_owned())).collect();
    let column = Cursor::def().column("consumer")?;
    (!later.consumers.is_empty()).then_some(Prefetch { of: Cursor::def(), column, values })
}

/// Where a consumer is, which begins when it has not been anywhere.
async fn cursor(cx: &mut Context<'_>, consumer: &Consuming, agenda: &Agenda, head: Seq) -> Result<Cursor> {
    if let Some(cursor) = known_cursor(cx, consumer.name).await? {
        return Ok(cursor);
    }
    // A tenant that was made with it is read from its first event.
    let since = agenda.consumers.as_deref().is_some_and(|names| names.split(',').any(|name| name == consumer.name));
    let read_to = match consumer.start {
        Start::Now if !since => head.cast_signed(),
        Start::Now | Start::Beginning => 0,
    };
    let cursor = Cursor { consumer: consumer.name.to_owned(), read_to, ..Cursor::default() };
    cx.insert_by_rule(cursor).await
}

/// Where a consumer was.
pub(super) async fn known_cursor(cx: &mut Context<'_>, consumer: &str) -> Result<Option<Cursor>> {
    let column = Cursor::def().column("consumer").unwrap_or_default();
    let rows = cx.rows_by(Cursor::def(), column, Value::Text(consumer.to_owned())).await?;
    rows.into_iter().next().map(Cursor::from_row).transpose()
}

fn due_at() -> usize {
    Timer::def().column("due_at").unwrap_or_default()
}

/// A timer as it is now.
fn current(cx: &Context<'_>, id: Id<Timer>) -> Result<Option<Timer>> {
    let id: Uuid = id.uuid();
    cx.current(Timer::def(), id).cloned().map(Timer::from_row).transpose()
}

/// When the first timer is due.
async fn first_timer(cx: &mut Context<'_>) -> Result<Option<Timestamp>> {
    let query = Select { sort: vec![SortKey::of(due_at(), false)], ..Select::all(Timer::def(), 1) };
    let rows = cx.rows(&query).await?;
    let first = rows.into_iter().next().map(Timer::from_row).transpose()?;
    Ok(first.map(|timer| timer.due_at))
}
