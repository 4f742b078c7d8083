//! A settable clock, for tests of hosts.

use std::{sync::Arc, time::Duration};

use nexa_crm::{
    Migrate, Timestamp,
    kernel::{blobs::MemoryBlobs, ports},
    testing,
};
use pyo3::prelude::*;

use crate::{crm::Crm, errors::raised, session::malformed, wait::wait};

/// A clock that shows what it was set to.
#[pyclass(frozen, module = "nexa_crm._native")]
pub(crate) struct Clock(Arc<testing::ManualClock>);

fn moment(py: Python<'_>, text: &str) -> PyResult<Timestamp> {
    let problem = "give a moment such as 2025-11-17T09:15:00Z";
    Timestamp::parse(text).ok_or_else(|| raised(py, &malformed("clock", "the top", problem)))
}

#[pymethods]
impl Clock {
    /// Shows this moment from now on, in RFC 3339.
    fn set(&self, py: Python<'_>, now: &str) -> PyResult<()> {
        self.0.set(moment(py, now)?);
        Ok(())
    }
    /// Moves forward.
    fn advance(&self, microseconds: u64) {
        self.0.advance(Duration::from_micros(microseconds));
    }
    /// What it shows, in microseconds since 1970.
    fn micros(&self) -> i64 {
        ports::Clock::now(&*self.0).micros()
    }
}

/// Opens a storage with a settable clock; with a seed, identifiers are the same in every run.
#[pyfunction]
#[pyo3(signature = (url, now, seed=None))]
pub(crate) fn open_testing(py: Python<'_>, url: &str, now: &str, seed: Option<u64>) -> PyResult<(Crm, Clock)> {
    let clock = Arc::new(testing::ManualClock::new(moment(py, now)?));
    let mut builder = nexa_crm::builder().clock(clock.clone()).blobs(Arc::new(MemoryBlobs::new()));
    if let Some(seed) = seed {
        builder = builder.ids(testing::SeededIds::new(seed));
    }
    let crm = wait(py, nexa_crm::open_as(url, builder, Migrate::Always))?;
    Ok((Crm::new(crm), Clock(clock)))
}
