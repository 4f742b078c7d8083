//! A clock that stands still until a test moves it.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use crate::{ports::Clock, value::Timestamp};

/// A clock that shows what it was set to. Tests keep one in an `Arc` beside the Crm that reads it.
///
/// ```
/// use std::time::Duration;
/// use nexa_kernel::{Timestamp, ports::Clock, testing::ManualClock};
///
/// let clock = ManualClock::at("2025-11-17T09:15:00Z");
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), Timestamp::parse("2025-11-17T09:16:00Z").unwrap());
/// ```
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows this moment.
    pub const fn new(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.micros()))
    }
    /// A clock that shows a moment given in RFC 3339; 1970 when it cannot be read.
    pub fn at(text: &str) -> Self {
        Self::new(Timestamp::parse(text).unwrap_or_default())
    }
    /// Shows this moment from now on.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.micros(), Ordering::SeqCst);
    }
    /// Moves forward, in whole microseconds.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
    fn is_set(&self) -> bool {
        true
    }
}
