//! A shop follows its leads: at once a task to call them, and after three days one to ask again. A worker does both.
//!
//! `cargo run -p worker`. The crate depends on the facade alone.

use std::{
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use nexa_crm::{
    Context, Create, CreateOrg, Find, Result, Subject, Timestamp, blocking,
    kernel::{
        Consumer, Timed, Timer,
        error::codes,
        later::set_timer,
        ledger::{Event, Verb},
        ports::Clock,
        record::RecordDef,
    },
    productivity::Task,
    sales::Lead,
};

/// Makes a task of each lead that comes in, and looks after it three days later.
struct Welcome;

impl Consumer for Welcome {
    const NAME: &'static str = "host.welcome";
    fn wants(event: &Event, of: &'static RecordDef) -> bool {
        of.kind == "lead" && event.verb == Verb::Created
    }
    async fn consume(cx: &mut Context<'_>, events: &[Event]) -> Result<()> {
        for event in events {
            add_task(cx, "Call them").await?;
            set_timer::<AskAgain>(cx, &event.record.to_string(), event.at.plus_days(3), None).await?;
        }
        Ok(())
    }
}

/// Asks again.
struct AskAgain;

impl Timed for AskAgain {
    const NAME: &'static str = "host.ask_again";
    async fn fire(cx: &mut Context<'_>, _: &Timer) -> Result<()> {
        add_task(cx, "Ask again").await
    }
}

async fn add_task(cx: &mut Context<'_>, title: &str) -> Result<()> {
    let title = Subject::parse(title)
        .map_err(|problem| codes::FIELD_INVALID.with("field", "title").with("problem", problem))?;
    cx.add(Task { title, ..Task::default() }).await.map(|_| ())
}

/// A clock that is set by hand, so that three days pass while we look.
struct Hurried(AtomicI64);

impl Clock for Hurried {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
    fn is_set(&self) -> bool {
        true
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let monday = Timestamp::parse("2026-03-02T09:00:00Z").unwrap_or_default();
    let clock = Arc::new(Hurried(AtomicI64::new(monday.micros())));
    let builder = nexa_crm::builder().consumer::<Welcome>().timed::<AskAgain>();
    let crm = pollster::block_on(nexa_crm::open_with("memory:", builder.clock(Arc::clone(&clock))))?;
    let lisa = blocking::Crm::new(crm.clone()).create_org(CreateOrg::new("Acme", "Lisa", "lisa@acme.example")?)?;
    let tasks = || lisa.find(Find::<Task>::new());

    lisa.run(Create::<Lead>::new().set(Lead::EMAIL, "sarah@example.com"))?;

    // A host that serves people starts a worker once: `nexa_crm::worker(crm).start()`. Here we look at every step.
    let mut worker = nexa_crm::worker(crm.clone());
    pollster::block_on(worker.once());
    for task in tasks()?.items {
        println!("{}: {}", task.created_at, task.title);
    }
    for due in pollster::block_on(crm.due(monday.plus_days(365), 10))? {
        println!("next due: {}", due.at);
        clock.0.store(due.at.micros(), Ordering::SeqCst);
        pollster::block_on(worker.once());
    }
    for task in tasks()?.items {
        println!("{}: {}", task.created_at, task.title);
    }
    Ok(())
}
