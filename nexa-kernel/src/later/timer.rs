//! What is done at a moment.

use serde::{Deserialize, Serialize};

use crate::{
    agenda::Agenda,
    context::Context,
    error::{Error, Result},
    maybe_send::{BoxFuture, MaybeSend},
    record::{Id, Record, Row},
    store::Prefetch,
    value::{Timestamp, Value},
};

/// Something that is done once, at a moment or soon after it. It is set, moved and stopped in the unit of the record that it belongs
/// to.
#[derive(Record, Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[record(
    kind = "timer",
    table = "timers", access = system,
    bookkeeping,
    unique("slot", code = "timer.taken"),
    index("due_at")
)]
pub struct Timer {
    /// The identifier.
    pub id: Id<Timer>,
    /// Counts the changes.
    pub version: i64,
    /// When it was set.
    pub created_at: Timestamp,
    /// When it was last moved.
    pub updated_at: Timestamp,
    /// When it is due.
    pub due_at: Timestamp,
    /// What it is for and its key, with a slash between them.
    pub slot: String,
    /// What it carries, in the form that the rule which set it has chosen.
    pub detail: Option<String>,
}

impl Timer {
    /// What it is for: [`Timed::NAME`].
    pub fn name(&self) -> &str {
        self.slot.split_once('/').map_or(&*self.slot, |(name, _)| name)
    }
    /// Its key, such as the id of its record.
    pub fn key(&self) -> &str {
        self.slot.split_once('/').map_or("", |(_, key)| key)
    }
    /// By how much it fires late, in microseconds; 0 when it is in time.
    pub fn late(&self, now: Timestamp) -> i64 {
        now.since(self.due_at).max(0)
    }
}

/// What timers are for. It acts as the host itself: every record of the tenant is there, and every access is open.
///
/// Timers of a tenant fire in the order in which they are due, never early. What one refuses, or fails at, is kept as a
/// [`Failure`](super::Failure), and the timer is gone. A storage that does not answer is no failure: the same is tried again.
pub trait Timed: 'static {
    /// Its name, for ever: of lower-case letters, digits, underscores and dots. In the ledger it is the command of what it does.
    const NAME: &'static str;
    /// Does it. The timer is gone afterwards, unless it was set again for another moment. [`Timer::late`] says whether it comes late,
    /// as after a weekend on which nobody ticked.
    fn fire(cx: &mut Context<'_>, timer: &Timer) -> impl Future<Output = Result<()>> + MaybeSend;
    /// What follows from a refusal or a failure of [`Timed::fire`], of which nothing was done; in the unit that records it. The timer is
    /// gone already, and may be set again. Unless said, nothing.
    fn refused(cx: &mut Context<'_>, timer: &Timer, error: &Error) -> impl Future<Output = Result<()>> + MaybeSend {
        let _ = (cx, timer, error);
        std::future::ready(Ok(()))
    }
}

type Fire = for<'a, 'c> fn(&'a mut Context<'c>, &'a Timer) -> BoxFuture<'a, Result<()>>;

type Refused = for<'a, 'c> fn(&'a mut Context<'c>, &'a Timer, &'a Error) -> BoxFuture<'a, Result<()>>;

/// What timers are for, as data.
#[derive(Clone, Copy)]
pub(crate) struct Firing {
    pub(crate) name: &'static str,
    pub(crate) fire: Fire,
    pub(crate) refused: Refused,
}

impl Firing {
    pub(crate) fn of<T: Timed>() -> Self {
        Self { name: T::NAME, fire: fire::<T>, refused: refused::<T> }
    }
}

fn fire<'a, T: Timed>(cx: &'a mut Context<'_>, timer: &'a Timer) -> BoxFuture<'a, Result<()>> {
    Box::pin(T::fire(cx, timer))
}

fn refused<'a, T: Timed>(cx: &'a mut Context<'_>, timer: &'a Timer, error: &'a Error) -> BoxFuture<'a, Result<()>> {
    Box::pin(T::refused(cx, timer, error))
}

/// Sets a timer, or moves the one that has this key, as part of this call's unit. A moment that is past is due at once.
pub async fn set_timer<T: Timed>(
    cx: &mut Context<'_>,
    key: &str,
    due_at: Timestamp,
    detail: Option<String>,
) -> Result<()> {
    let slot = slot::<T>(key);
    let timer = Prefetch::by(Timer::def(), "slot", Value::Text(slot.clone()));
    cx.prefetch(timer.into_iter().chain([Prefetch::id(Agenda::def(), cx.org())]).collect()).await?;
    match known(cx, &slot).await? {
        Some(row) => {
            let timer = Timer { due_at, detail, ..Timer::from_row(row)? };
            cx.save(timer).await?;
        }
        None => {
            cx.insert_by_rule(Timer { due_at, slot, detail, ..Timer::default() }).await?;
        }
    }
    plan(cx, due_at).await
}

/// Stops the timer that has this key, as part of this call's unit; there need not be one.
pub async fn stop_timer<T: Timed>(cx: &mut Context<'_>, key: &str) -> Result<()> {
    // The agenda may name its moment still: then somebody looks, finds nothing, and writes down the next one.
    if let Some(row) = known(cx, &slot::<T>(key)).await? {
        cx.remove_row(Timer::def(), row.id(Timer::def()));
    }
    Ok(())
}

fn slot<T: Timed>(key: &str) -> String {
    format!("{}/{key}", T::NAME)
}

async fn known(cx: &mut Context<'_>, slot: &str) -> Result<Option<Row>> {
    let column = Timer::def().column("slot").unwrap_or_default();
    Ok(cx.rows_by(Timer::def(), column, Value::Text(slot.to_owned())).await?.into_iter().next())
}

/// Sees to it that the tenant is looked at when a timer is due.
async fn plan(cx: &mut Context<'_>, due_at: Timestamp) -> Result<()> {
    match cx.row(Agenda::def(), cx.org()).await? {
        Some(row) if Agenda::due_of(&row).is_some_and(|first| first <= due_at) => Ok(()),
        Some(row) => {
            let agenda = Agenda { due_at: Some(due_at), ..Agenda::from_row(row)? };
            cx.save(agenda).await.map(|_| ())
        }
        None => {
            let agenda = Agenda { due_at: Some(due_at), ..Agenda::first(cx.org(), cx.now()) };
            cx.insert_row(Agenda::def(), agenda.to_row()).await
        }
    }
}
