//! `Crm`: the host's side.

use std::{path::PathBuf, sync::Arc, time::Duration};

use nexa_crm::{CreateOrg, Error, Migrate, Position, Principal, Timestamp, kernel::feed::FeedOnly};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyTuple};

use crate::{
    errors::raised,
    files,
    frame::{Table, broken},
    handle::Handle,
    session::{Session, malformed, parsed, read, text},
    sql::{Parameter, question, table, tuples},
    wait::wait,
};

/// Opens `memory:`, `sqlite:PATH` or `postgres://…`. An embedded storage is migrated and a server's is not, unless said.
#[pyfunction]
#[pyo3(signature = (url, migrate=None, largest_jump=None, files=None))]
pub(crate) fn open(
    py: Python<'_>,
    url: &str,
    migrate: Option<bool>,
    largest_jump: Option<f64>,
    files: Option<PathBuf>,
) -> PyResult<Crm> {
    let migrate = match migrate {
        None => Migrate::Embedded,
        Some(true) => Migrate::Always,
        Some(false) => Migrate::Never,
    };
    let builder = match largest_jump {
        // More seconds than a duration has are as many as there are.
        Some(seconds) => {
            nexa_crm::builder().largest_jump(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
        }
        None => nexa_crm::builder(),
    };
    let builder = match files {
        Some(place) => builder.blobs(files::place(&place).map_err(|error| raised(py, &error))?),
        None => builder,
    };
    Ok(Crm::new(wait(py, nexa_crm::open_as(url, builder, migrate))?))
}

/// Puts a backup at the place that a URL names.
#[pyfunction]
pub(crate) fn restore(py: Python<'_>, backup: PathBuf, url: &str, overwrite: bool) -> PyResult<()> {
    py.detach(|| nexa_crm::restore(backup, url, overwrite)).map_err(|error| raised(py, &error))
}

/// An open storage.
#[pyclass(frozen, module = "nexa_crm._native")]
pub(crate) struct Crm {
    handle: Arc<Handle>,
}

impl Crm {
    pub(crate) fn new(crm: nexa_crm::Crm) -> Self {
        Self { handle: Arc::new(Handle::new(crm)) }
    }
    fn crm(&self, py: Python<'_>) -> PyResult<nexa_crm::Crm> {
        self.handle.crm().map_err(|error| raised(py, &error))
    }
}

/// A tenant's identifier.
pub(crate) fn org_id(py: Python<'_>, text: &str) -> PyResult<uuid::Uuid> {
    text.parse().map_err(|_| raised(py, &malformed("session", "org", "give an id")))
}

/// A position of a feed. Error: `feed.position_malformed`.
pub(crate) fn place(py: Python<'_>, text: &str) -> PyResult<Position> {
    text.parse().map_err(|error: Error| raised(py, &error))
}

/// The position of a feed, checked. Error: `feed.position_malformed`.
#[pyfunction]
pub(crate) fn position(py: Python<'_>, text: &str) -> PyResult<String> {
    place(py, text).map(|position| position.to_string())
}

#[pymethods]
impl Crm {
    /// Brings the storage up to this version's schema.
    fn migrate(&self, py: Python<'_>) -> PyResult<()> {
        let crm = self.crm(py)?;
        wait(py, crm.migrate())
    }
    /// The statements of the whole schema.
    fn schema(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let crm = self.crm(py)?;
        wait(py, crm.schema())
    }
    /// The statements that `migrate` would run.
    fn migration(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let crm = self.crm(py)?;
        wait(py, crm.migration())
    }
    /// What the storage has otherwise than the kinds need, as JSON.
    fn check(&self, py: Python<'_>) -> PyResult<String> {
        let crm = self.crm(py)?;
        text(wait(py, crm.check())?)
    }
    /// Makes a tenant with its first admin, from JSON; answers the admin's session.
    fn create_org(&self, py: Python<'_>, founding: &str) -> PyResult<Session> {
        let crm = self.crm(py)?;
        let founding: CreateOrg = read("create_org", founding).map_err(|error| raised(py, &error))?;
        let session = wait(py, crm.create_org(founding))?;
        Ok(Session::new(self.handle.clone(), session.org(), session.principal().clone()))
    }
    /// Whether the tenant exists.
    fn has_org(&self, py: Python<'_>, org: &str) -> PyResult<bool> {
        let (crm, org) = (self.crm(py)?, org_id(py, org)?);
        wait(py, crm.has_org(org))
    }
    /// Removes a tenant with everything it has.
    fn drop_org(&self, py: Python<'_>, org: &str) -> PyResult<()> {
        let (crm, org) = (self.crm(py)?, org_id(py, org)?);
        wait(py, crm.drop_org(org))
    }
    /// The tenants in which something is due by a moment, now unless said: a JSON list of `{"org", "at"}`.
    #[pyo3(signature = (now, limit))]
    fn due(&self, py: Python<'_>, now: Option<&str>, limit: usize) -> PyResult<String> {
        let crm = self.crm(py)?;
        let now = match now {
            Some(text) => Timestamp::parse(text).ok_or_else(|| {
                raised(py, &malformed("due", "now", "give a moment in UTC, such as 2026-03-02T09:00:00Z"))
            })?,
            None => crm.now(),
        };
        text(wait(py, crm.due(now, limit))?)
    }
    /// Does what is due in a tenant: JSON of `{"done", "next_due"}`.
    fn tick(&self, py: Python<'_>, org: &str, limit: usize) -> PyResult<String> {
        let (crm, org) = (self.crm(py)?, org_id(py, org)?);
        text(wait(py, crm.tick(org, limit))?)
    }
    /// Writes a consistent copy of an embedded storage to a new file.
    fn backup(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        let crm = self.crm(py)?;
        wait(py, crm.backup(&path))
    }
    /// Answers a question in SQL: the names of the columns, and a tuple per row.
    #[allow(clippy::too_many_arguments)]
    fn sql<'py>(
        &self,
        py: Python<'py>,
        query: String,
        params: Vec<Option<Parameter>>,
        org: Option<&str>,
        limit: usize,
        timeout: f64,
    ) -> PyResult<(Vec<String>, Vec<Bound<'py, PyTuple>>)> {
        let crm = self.crm(py)?;
        let answered = wait(py, crm.sql(question(py, query, params, org, limit, timeout)?))?;
        tuples(py, answered)
    }
    /// The same as a table.
    #[allow(clippy::too_many_arguments)]
    fn sql_frame(
        &self,
        py: Python<'_>,
        query: String,
        params: Vec<Option<Parameter>>,
        org: Option<&str>,
        limit: usize,
        timeout: f64,
    ) -> PyResult<Table> {
        let crm = self.crm(py)?;
        let answered = wait(py, crm.sql(question(py, query, params, org, limit, timeout)?))?;
        table(answered).map_err(|problem| raised(py, &broken(&problem)))
    }
    /// A session of `user:ID`, `contact:ID`, `service:NAME` or `system:CAUSE`.
    fn session(&self, py: Python<'_>, org: &str, principal: &str) -> PyResult<Session> {
        let org = org_id(py, org)?;
        let principal: Principal =
            principal.parse().map_err(|problem: &str| raised(py, &malformed("session", "principal", problem)))?;
        Ok(Session::new(self.handle.clone(), org, principal))
    }
    /// A page of a tenant's events, for the host; `only` is `{"kind", "filter"}`.
    #[pyo3(signature = (org, after, limit, only=None))]
    fn feed(&self, py: Python<'_>, org: &str, after: &str, limit: usize, only: Option<&str>) -> PyResult<String> {
        let (crm, org, after) = (self.crm(py)?, org_id(py, org)?, place(py, after)?);
        let only = only.map(|only| parsed(py, "feed", only)).transpose()?;
        text(wait(py, FeedOnly::feed(only, &crm.system(org, "feed"), after, limit))?)
    }
    /// Lets go of the storage.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.handle.close());
    }
    /// Whether it was closed, or belongs to another process.
    #[getter]
    fn closed(&self) -> bool {
        self.handle.is_closed()
    }
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyValueError::new_err("an open Crm cannot be pickled; open it again where it is needed"))
    }
}
