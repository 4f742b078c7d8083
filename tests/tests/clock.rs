//! A clock that is wrong: what it may spoil, and what is right again once it is.

use std::{sync::Arc, time::Duration};

use nexa_crm::{
    CreateOrg, Crm, CrmBuilder, Envelope, ErrorKind, Position, Result, Session, SystemClock, SystemIds, Timestamp,
    kernel::ports::Clock, testing::ManualClock,
};
use nexa_tests::backends::{self, Backend};
use pollster::block_on;
use serde_json::{Value as Json, json};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A clock of the host's that nobody sets: that a test does is not for it to know.
#[derive(Clone)]
struct Wrong(Arc<ManualClock>);

impl Wrong {
    fn right() -> Self {
        Self(Arc::new(ManualClock::new(SystemClock.now())))
    }
    fn ahead(&self, by: Duration) {
        self.0.advance(by);
    }
    fn correct(&self) {
        self.0.set(SystemClock.now());
    }
}

impl Clock for Wrong {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

fn open(backend: &Backend, clock: impl Clock + 'static, adapt: impl FnOnce(CrmBuilder) -> CrmBuilder) -> Crm {
    let builder = nexa_core::builder().store(backend.store.clone()).clock(clock).ids(SystemIds::default());
    let crm = adapt(builder).build().unwrap();
    block_on(crm.migrate()).unwrap();
    crm
}

fn found(crm: &Crm) -> Result<Session> {
    block_on(crm.create_org(CreateOrg::new("Acme", "Lisa", "lisa@acme.example").unwrap()))
}

fn lead(session: &Session, envelope: Envelope) -> Result<Json> {
    block_on(session.execute("lead.create", json!({"last_name": "Jones"}), envelope))
}

fn times(crm: &Crm, session: &Session) -> Vec<Timestamp> {
    let feed = block_on(crm.feed(session.org(), Position::START, 1_000)).unwrap();
    let at = |item| serde_json::to_value(item).unwrap()["changed"]["at"].as_str().and_then(Timestamp::parse).unwrap();
    feed.items.iter().map(at).collect()
}

fn verify(session: &Session) -> Json {
    block_on(session.execute("ledger.verify", json!({}), Envelope::default())).unwrap()
}

#[test]
fn a_jump_ahead_of_the_last_event_and_of_the_storage_is_refused_and_changes_nothing() {
    for backend in backends::all() {
        let clock = Wrong::right();
        let crm = open(&backend, clock.clone(), |builder| builder);
        let lisa = found(&crm).unwrap();
        clock.ahead(HOUR / 2);
        lead(&lisa, Envelope::default()).unwrap();
        clock.ahead(2 * HOUR);
        let before = times(&crm, &lisa);
        for envelope in [Envelope::default(), Envelope::once("one")] {
            let error = lead(&lisa, envelope).unwrap_err();
            assert_eq!((error.code(), error.kind()), ("clock.ahead", ErrorKind::Unavailable), "{}", backend.name);
            assert!(!error.retryable(), "{}", backend.name);
            assert!(error.message().contains("largest_jump"), "{}: {error}", backend.name);
        }
        assert_eq!(times(&crm, &lisa), before, "{}", backend.name);
        // Questions are answered by any clock, and a right one writes again.
        block_on(lisa.execute("lead.count", json!({}), Envelope::default())).unwrap();
        clock.correct();
        lead(&lisa, Envelope::once("one")).unwrap();
        verify(&lisa);
    }
}

#[test]
fn nobody_is_founded_in_the_future() {
    for backend in backends::all() {
        let clock = Wrong::right();
        let crm = open(&backend, clock.clone(), |builder| builder);
        clock.ahead(400 * DAY);
        assert_eq!(found(&crm).map(drop).unwrap_err().code(), "clock.ahead", "{}", backend.name);
        clock.correct();
        found(&crm).unwrap();
    }
}

#[test]
fn a_tenant_that_was_idle_for_long_goes_on() {
    for backend in backends::all() {
        let clock = Wrong::right();
        clock.0.set(Timestamp::from_micros(SystemClock.now().micros() - 400 * 24 * 3_600 * 1_000_000));
        let crm = open(&backend, clock.clone(), |builder| builder);
        let lisa = found(&crm).unwrap();
        clock.correct();
        lead(&lisa, Envelope::default()).unwrap_or_else(|error| panic!("{}: {error}", backend.name));
    }
}

#[test]
fn a_host_that_insists_and_a_clock_that_is_set_by_hand_may_jump() {
    for backend in backends::all() {
        let clock = Wrong::right();
        let crm = open(&backend, clock.clone(), |builder| builder.largest_jump(Duration::MAX));
        let lisa = found(&crm).unwrap();
        clock.ahead(400 * DAY);
        lead(&lisa, Envelope::default()).unwrap_or_else(|error| panic!("{}: {error}", backend.name));
    }
    for backend in backends::all() {
        let clock = Arc::new(ManualClock::new(SystemClock.now()));
        let crm = open(&backend, clock.clone(), |builder| builder);
        let lisa = found(&crm).unwrap();
        clock.advance(400 * DAY);
        lead(&lisa, Envelope::default()).unwrap_or_else(|error| panic!("{}: {error}", backend.name));
    }
}

#[test]
fn after_a_wrong_jump_that_got_in_times_are_right_again() {
    for backend in backends::all() {
        let clock = Wrong::right();
        let crm = open(&backend, clock.clone(), |builder| builder.largest_jump(Duration::MAX));
        let lisa = found(&crm).unwrap();
        clock.ahead(400 * DAY);
        let wrong = lead(&lisa, Envelope::default()).unwrap();
        clock.correct();
        let now = clock.now();
        let right = lead(&lisa, Envelope::default()).unwrap();
        assert_eq!(right["created_at"], json!(now), "{}", backend.name);
        assert!(wrong["created_at"].as_str() > right["created_at"].as_str(), "{}", backend.name);
        assert_eq!(times(&crm, &lisa).last(), Some(&now), "{}", backend.name);
        // The record from the future is worked on as any other.
        let changes = json!({"lead": wrong["id"], "company": "Acme"});
        let changed = block_on(lisa.execute("lead.update", changes, Envelope::default())).unwrap();
        assert_eq!(changed["updated_at"], json!(now), "{}", backend.name);
        verify(&lisa);
    }
}

#[test]
fn a_clock_that_lags_a_little_gives_the_time_of_the_last_event() {
    for backend in backends::all() {
        let clock = Wrong::right();
        let crm = open(&backend, clock.clone(), |builder| builder);
        let lisa = found(&crm).unwrap();
        clock.ahead(Duration::from_secs(30));
        lead(&lisa, Envelope::default()).unwrap();
        let last = *times(&crm, &lisa).last().unwrap();
        clock.0.set(Timestamp::from_micros(last.micros() - 20_000_000));
        lead(&lisa, Envelope::default()).unwrap();
        assert_eq!(times(&crm, &lisa).last(), Some(&last), "{}", backend.name);
    }
}

#[test]
fn idempotency_records_from_the_future_answer_and_then_expire_as_any_other() {
    for backend in backends::all() {
        let clock = Wrong::right();
        let crm = open(&backend, clock.clone(), |builder| builder.largest_jump(Duration::MAX));
        let lisa = found(&crm).unwrap();
        clock.ahead(400 * DAY);
        let first = lead(&lisa, Envelope::once("form-4711")).unwrap();
        clock.correct();
        // Who asks again once the clock is right is answered the same.
        assert_eq!(lead(&lisa, Envelope::once("form-4711")).unwrap()["id"], first["id"], "{}", backend.name);
        for number in 0..100 {
            lead(&lisa, Envelope::once(format!("other-{number}"))).unwrap();
        }
        assert_eq!(lead(&lisa, Envelope::once("form-4711")).unwrap()["id"], first["id"], "{}", backend.name);
        clock.ahead(DAY + HOUR);
        let again = lead(&lisa, Envelope::once("form-4711")).unwrap();
        assert_ne!(again["id"], first["id"], "{}: the key is remembered for ever", backend.name);
    }
}
