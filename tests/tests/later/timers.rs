//! Timers fire when they are due, in their order, once, and never early.

use std::time::Duration;

use nexa_crm::{CollectionCommand, Timestamp, command, kernel::later};
use serde_json::json;

use super::*;

/// Sets the bell of this key.
#[command("set_bell", collection = Note)]
pub(super) struct SetBell {
    /// Its key.
    pub key: String,
    /// When it rings.
    pub at: Timestamp,
    /// How often, a day apart.
    pub often: Option<u32>,
}

impl CollectionCommand for SetBell {
    type Output = ();
    async fn run(&self, cx: &mut Context<'_>) -> Result<()> {
        later::set_timer::<Bell>(cx, &self.key, self.at, self.often.map(|often| often.to_string())).await
    }
}

/// Stops the bell of this key.
#[command("stop_bell", collection = Note)]
pub(super) struct StopBell {
    /// Its key.
    pub key: String,
}

impl CollectionCommand for StopBell {
    type Output = ();
    async fn run(&self, cx: &mut Context<'_>) -> Result<()> {
        later::stop_timer::<Bell>(cx, &self.key).await
    }
}

fn moment(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn set(office: &Office, key: &str, at: &str) {
    office.run("note.set_bell", json!({"key": key, "at": at}));
}

fn at(office: &Office, now: &str) -> Ticked {
    office.clock.set(moment(now));
    tick(office)
}

#[test]
fn a_timer_fires_once_when_it_is_due_and_never_early() {
    for backend in backends::all() {
        let office = office(backend.store);
        set(&office, "a", "2025-11-17T12:00:00Z");
        let early = at(&office, "2025-11-17T11:59:59.999999Z");
        assert_eq!((early.done, early.next_due), (0, Some(moment("2025-11-17T12:00:00Z"))), "{}", backend.name);
        assert_eq!(at(&office, "2025-11-17T12:00:00Z"), Ticked { done: 1, next_due: None }, "{}", backend.name);
        assert_eq!(at(&office, "2025-11-18T12:00:00Z").done, 0, "{}", backend.name);
        assert_eq!(notes(&office), ["rang a for 2025-11-17T12:00:00.000000Z, late by 0 s"], "{}", backend.name);
    }
}

#[test]
fn timers_fire_in_the_order_in_which_they_are_due_and_say_how_late_they_are() {
    for backend in backends::all() {
        let office = office(backend.store);
        for (key, due) in [("c", "2025-11-22T03:00:00Z"), ("a", "2025-11-22T01:00:00Z"), ("b", "2025-11-22T02:00:00Z")]
        {
            set(&office, key, due);
        }
        // Nobody ticked over the weekend.
        assert_eq!(at(&office, "2025-11-24T01:00:00Z").done, 3, "{}", backend.name);
        let rang = [
            "rang a for 2025-11-22T01:00:00.000000Z, late by 172800 s",
            "rang b for 2025-11-22T02:00:00.000000Z, late by 169200 s",
            "rang c for 2025-11-22T03:00:00.000000Z, late by 165600 s",
        ];
        assert_eq!(notes(&office), rang, "{}", backend.name);
    }
}

#[test]
fn a_timer_is_moved_and_stopped_with_its_record() {
    for backend in backends::all() {
        let office = office(backend.store);
        set(&office, "moved", "2025-11-17T10:00:00Z");
        set(&office, "moved", "2025-11-17T12:00:00Z");
        set(&office, "stopped", "2025-11-17T10:00:00Z");
        office.run("note.stop_bell", json!({"key": "stopped"}));
        office.run("note.stop_bell", json!({"key": "never set"}));
        let refused = nexa_crm::Envelope::dry();
        let dry = json!({"key": "dry", "at": "2025-11-17T10:00:00Z"});
        block_on(office.session("admin").execute("note.set_bell", dry, refused)).unwrap();
        let none = at(&office, "2025-11-17T11:00:00Z");
        assert_eq!((none.done, none.next_due), (0, Some(moment("2025-11-17T12:00:00Z"))), "{}", backend.name);
        set(&office, "moved", "2025-11-17T11:30:00Z");
        assert_eq!(at(&office, "2025-11-17T11:30:00Z"), Ticked { done: 1, next_due: None }, "{}", backend.name);
        assert_eq!(notes(&office), ["rang moved for 2025-11-17T11:30:00.000000Z, late by 0 s"], "{}", backend.name);
    }
}

#[test]
fn a_timer_that_fails_records_it_and_holds_up_no_other() {
    for backend in backends::all() {
        let office = office(backend.store);
        for key in ["a", "refused", "b"] {
            set(&office, key, "2025-11-17T10:00:00Z");
        }
        assert_eq!(at(&office, "2025-11-17T10:00:00Z"), Ticked { done: 2, next_due: None }, "{}", backend.name);
        assert_eq!(notes(&office).len(), 2, "{}", backend.name);
        let failures = failures(&office);
        assert_eq!(failures.len(), 1, "{}", backend.name);
        let failure = &failures[0];
        assert_eq!((failure.name.as_str(), failure.timer.as_deref()), ("bell", Some("refused")), "{}", backend.name);
        assert_eq!(failure.due_at, Some(moment("2025-11-17T10:00:00Z")), "{}", backend.name);
    }
}

#[test]
fn a_year_of_timers_passes_in_a_moment() {
    for backend in backends::all() {
        let office = office(backend.store);
        // Two bells that ring every day: the second was set for the middle of the first one's days.
        for (key, due) in [("noon", "2025-11-18T12:00:00Z"), ("midnight", "2025-11-19T00:00:00Z")] {
            office.run("note.set_bell", json!({"key": key, "at": due, "often": 365}));
        }
        // For half a year somebody ticks at every change; then nobody does for the other half.
        let mut due = moment("2025-11-18T12:00:00Z");
        for _ in 0..365 {
            office.clock.set(due);
            let ticked = tick(&office);
            assert_eq!(ticked.done, 1, "{} at {due}", backend.name);
            due = ticked.next_due.unwrap();
        }
        office.clock.set(due.plus_days(400));
        let late = tick(&office);
        assert_eq!(late, Ticked { done: 365, next_due: None }, "{}", backend.name);
        let rang = notes(&office);
        assert_eq!(rang.len(), 730, "{}", backend.name);
        for (number, rang) in rang.iter().enumerate() {
            let (key, first) = [("noon", "2025-11-18T12:00:00Z"), ("midnight", "2025-11-19T00:00:00Z")][number % 2];
            let due = moment(first).plus_days(i64::try_from(number / 2).unwrap());
            assert!(rang.starts_with(&format!("rang {key} for {due},")), "{}: {number}: {rang}", backend.name);
            assert_eq!(rang.ends_with("late by 0 s"), number < 365, "{}: {number}: {rang}", backend.name);
        }
    }
}

#[test]
fn a_timer_whose_purpose_is_unknown_waits_for_a_version_that_knows_it() {
    for backend in backends::all() {
        let new = office(Arc::clone(&backend.store));
        set(&new, "a", "2025-11-17T10:00:00Z");
        let old = nexa_core::builder().store(backend.store).clock(Arc::clone(&new.clock));
        let old = old.ids(nexa_crm::testing::SeededIds::new(11)).build().unwrap();
        new.clock.set(moment("2025-11-17T10:00:00Z"));
        block_on(old.tick(new.org, 1_000)).unwrap();
        assert_eq!(notes(&new), [] as [&str; 0], "{}", backend.name);
        new.clock.advance(Duration::from_secs(3_600));
        assert_eq!(tick(&new).done, 1, "{}", backend.name);
        assert_eq!(notes(&new).len(), 1, "{}", backend.name);
    }
}

#[test]
fn names_are_checked_when_the_crm_is_built() {
    struct Loud;
    impl Timed for Loud {
        const NAME: &'static str = "LOUD, ";
        async fn fire(_: &mut Context<'_>, _: &Timer) -> Result<()> {
            Ok(())
        }
    }
    let build = |builder: CrmBuilder| {
        let builder = builder.store(backends::memory().store).clock(nexa_crm::SystemClock);
        builder.ids(nexa_crm::testing::SeededIds::new(1)).build().map(|_| ()).unwrap_err()
    };
    let twice = build(nexa_core::builder().consumer::<TaskNotes>().consumer::<TaskNotes>());
    assert_eq!((twice.code(), twice.message().contains("task_notes")), ("crm.unbuildable", true));
    assert_eq!(build(nexa_core::builder().timed::<Loud>()).code(), "crm.unbuildable");
}
