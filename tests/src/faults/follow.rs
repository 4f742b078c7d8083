//! What follows from what the writer writes: a note for each new lead, and another one a moment later, each once.

use std::{collections::HashMap, thread, time::Duration};

use nexa_crm::{
    Body, Context, CrmBuilder, Result,
    blocking::Crm,
    kernel::{
        Consumer, Timed, Timer,
        error::codes,
        later::set_timer,
        ledger::{Event, Verb},
        query::Change,
        record::RecordDef,
    },
    productivity::Note,
};
use uuid::Uuid;

/// How much later the second note is made, in microseconds.
const PAUSE: i64 = 20_000;

/// How much is done before somebody else may write.
const AT_ONCE: usize = 20;

struct Follow;

impl Consumer for Follow {
    const NAME: &'static str = "host.follow";
    fn wants(event: &Event, of: &'static RecordDef) -> bool {
        of.kind == "lead" && event.verb == Verb::Created
    }
    async fn consume(cx: &mut Context<'_>, events: &[Event]) -> Result<()> {
        for event in events {
            let lead = event.record.to_string();
            note(cx, format!("followed {lead}")).await?;
            let due_at = nexa_crm::Timestamp::from_micros(cx.now().micros() + PAUSE);
            set_timer::<Again>(cx, &lead, due_at, None).await?;
        }
        Ok(())
    }
}

struct Again;

impl Timed for Again {
    const NAME: &'static str = "host.again";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        note(cx, format!("again {}", timer.key())).await
    }
}

async fn note(cx: &mut Context<'_>, body: String) -> Result<()> {
    let body =
        Body::parse(&body).map_err(|problem| codes::FIELD_INVALID.with("field", "body").with("problem", problem))?;
    cx.insert(Note { body, ..Note::default() }).await.map(|_| ())
}

/// A builder that knows what follows.
pub fn builder() -> CrmBuilder {
    nexa_crm::builder().consumer::<Follow>().timed::<Again>()
}

/// Ticks until the process ends.
pub fn tick(crm: &Crm, org: Uuid) -> Result<()> {
    loop {
        if crm.tick(org, AT_ONCE)?.done == 0 {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Ticks until nothing is left to do.
pub fn finish(crm: &Crm, org: Uuid) -> Result<(), String> {
    loop {
        let ticked = crm.tick(org, 1_000).map_err(|error| format!("what is due cannot be done: {error:?}"))?;
        if ticked.done == 0 && ticked.next_due.is_none() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// Every lead was followed exactly once, and once again.
pub fn once(changes: &[Change]) -> Result<(), String> {
    let mut notes: HashMap<&str, usize> = HashMap::new();
    for change in changes.iter().filter(|change| change.kind == "note" && change.verb == Verb::Created) {
        let body = change.changes.as_ref().and_then(|made| made.get("body")?.as_str()).unwrap_or_default();
        *notes.entry(body).or_default() += 1;
    }
    let leads = changes.iter().filter(|change| change.kind == "lead" && change.verb == Verb::Created);
    let mut expected = 0;
    for lead in leads.map(|change| change.record) {
        for word in ["followed", "again"] {
            let count = notes.get(format!("{word} {lead}").as_str()).copied().unwrap_or_default();
            if count != 1 {
                return Err(format!("the lead {lead} was {word} {count} times"));
            }
            expected += 1;
        }
    }
    if notes.len() == expected { Ok(()) } else { Err(format!("there are {} notes, and not {expected}", notes.len())) }
}
