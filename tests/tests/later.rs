//! What happens later: consumers of the ledger and timers, on every backend, with a clock that stands still until it is set.

mod consumers;
mod due;
mod notifications;
mod preferences;
mod timers;
mod worker;

use std::sync::Arc;

use nexa_crm::{
    Context, CrmBuilder, FeedItem, Result,
    kernel::{
        Consumer, Ticked, Timed, Timer,
        later::{Failure, Start},
        ledger::Event,
        record::RecordDef,
        store::Store,
    },
    productivity::Note,
    testing::Office,
};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::Value as Json;

/// Writes a note of this text.
async fn note(cx: &mut Context<'_>, body: String) -> Result<()> {
    let body = nexa_crm::Body::parse(&body).map_err(|problem| {
        nexa_crm::kernel::error::codes::FIELD_INVALID.with("field", "body").with("problem", problem)
    })?;
    cx.insert(Note { body, ..Note::default() }).await.map(|_| ())
}

/// Notes down every task that is made, unless it says that this fails; of one whose title says so, that somebody else reads it.
struct TaskNotes;

impl Consumer for TaskNotes {
    const NAME: &'static str = "task_notes";
    fn wants(_: &Event, of: &'static RecordDef) -> bool {
        of.kind == "task"
    }
    async fn consume(cx: &mut Context<'_>, events: &[Event]) -> Result<()> {
        let titles: Vec<String> = events.iter().filter_map(title).collect();
        note(cx, format!("made {}", titles.join(", "))).await?;
        if titles.iter().any(|title| title.contains("refused")) {
            return Err(nexa_crm::kernel::error::codes::FIELD_INVALID
                .with("field", "title")
                .with("problem", "it is refused"));
        }
        Ok(())
    }
}

fn title(event: &Event) -> Option<String> {
    let payload: Json = serde_json::from_str(event.payload.as_deref()?).ok()?;
    Some(payload["title"].as_str()?.to_owned())
}

/// Counts everything from the first event on, and answers its own events by nothing.
struct EveryNote;

impl Consumer for EveryNote {
    const NAME: &'static str = "every_note";
    const START: Start = Start::Beginning;
    fn wants(_: &Event, of: &'static RecordDef) -> bool {
        of.kind == "note"
    }
    async fn consume(cx: &mut Context<'_>, events: &[Event]) -> Result<()> {
        note(cx, format!("seen {}", events.len())).await
    }
}

/// Rings, and says so in a note.
struct Bell;

impl Timed for Bell {
    const NAME: &'static str = "bell";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let late = timer.late(cx.now()) / 1_000_000;
        note(cx, format!("rang {} for {}, late by {late} s", timer.key(), timer.due_at)).await?;
        if timer.key().contains("refused") {
            return Err(nexa_crm::kernel::error::codes::FIELD_INVALID
                .with("field", "key")
                .with("problem", "it is refused"));
        }
        // One that says how often rings again a day later.
        let often: u32 = timer.detail.as_deref().and_then(|detail| detail.parse().ok()).unwrap_or_default();
        if often > 1 {
            let next = timer.due_at.plus_days(1);
            nexa_crm::kernel::later::set_timer::<Self>(cx, timer.key(), next, Some((often - 1).to_string())).await?;
        }
        Ok(())
    }
}

/// An office that does these things later.
fn office(store: Arc<dyn Store>) -> Office {
    Office::staffed(store, builder())
}

fn builder() -> CrmBuilder {
    nexa_core::builder()
        .consumer::<TaskNotes>()
        .timed::<Bell>()
        .command::<timers::SetBell>()
        .command::<timers::StopBell>()
}

/// The notes of a tenant, in the order in which they were made.
fn notes(office: &Office) -> Vec<String> {
    let made = office.events().into_iter().filter_map(|item| match item {
        FeedItem::Changed(change) if change.kind == "note" => change.changes,
        _ => None,
    });
    made.map(|changes| changes["body"].as_str().unwrap().to_owned()).collect()
}

fn failures(office: &Office) -> Vec<Failure> {
    let found = block_on(office.session("admin").find::<Failure>(nexa_crm::Find::new())).unwrap();
    found.items
}

fn tick(office: &Office) -> Ticked {
    block_on(office.crm.tick(office.org, 1_000)).unwrap()
}
