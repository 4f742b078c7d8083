//! `Session`: operations by name.

use std::sync::Arc;

use nexa_crm::{
    Envelope, Error, Principal, Ref, Request,
    kernel::{catalog, error::codes, feed::FeedOnly, input, store::open::ENDED, transaction::SessionTransaction},
};
use pyo3::{exceptions::PyValueError, prelude::*, types::PyTuple};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    crm::place,
    errors::raised,
    export, files,
    frame::{self, Table},
    handle::Handle,
    import,
    sql::{Parameter, question, tuples},
    transaction::Began,
    wait::wait,
};

/// Somebody at work in a tenant.
#[pyclass(frozen, module = "nexa_crm._native")]
pub(crate) struct Session {
    handle: Arc<Handle>,
    org: Uuid,
    principal: Principal,
    /// The transaction that it works in, where it does.
    transaction: Option<Began>,
}

impl Session {
    pub(crate) const fn new(handle: Arc<Handle>, org: Uuid, principal: Principal) -> Self {
        Self { handle, org, principal, transaction: None }
    }
    pub(crate) fn open(&self, py: Python<'_>) -> PyResult<nexa_crm::Session> {
        let crm = self.handle.crm().map_err(|error| raised(py, &error))?;
        Ok(match self.transaction.as_ref().and_then(Began::get) {
            Some(transaction) => transaction.session().clone(),
            None => crm.session(self.org, self.principal.clone()),
        })
    }
    /// The transaction that it works in. Errors: `crm.closed`, `crm.forked`, `transaction.ended`.
    fn began(&self, py: Python<'_>) -> PyResult<&SessionTransaction> {
        self.handle.crm().map_err(|error| raised(py, &error))?;
        self.transaction.as_ref().and_then(Began::get).ok_or_else(|| raised(py, &ENDED.error()))
    }
}

/// What cannot be read, as the door says it.
pub(crate) fn malformed(operation: &str, path: &str, problem: &str) -> Error {
    codes::MALFORMED.with("operation", operation).with("path", path).with("problem", problem)
}

/// An answer as text. It is written by us, and can be.
pub(crate) fn text(answer: impl Serialize) -> PyResult<String> {
    serde_json::to_string(&answer).map_err(|problem| PyValueError::new_err(problem.to_string()))
}

/// Reads text that Python wrote. Error: `command.malformed`.
pub(crate) fn parsed<T: serde::de::DeserializeOwned>(py: Python<'_>, operation: &str, text: &str) -> PyResult<T> {
    read(operation, text).map_err(|error| raised(py, &error))
}

/// Reads text that Python wrote. Error: `command.malformed`.
pub(crate) fn read<T: serde::de::DeserializeOwned>(operation: &str, text: &str) -> nexa_crm::Result<T> {
    input::text(text).map_err(|problem| catalog::malformed(operation, &problem))
}

#[pymethods]
impl Session {
    /// The tenant.
    #[getter]
    fn org(&self) -> String {
        self.org.to_string()
    }
    /// The principal that acts, such as `user:ID`.
    #[getter]
    fn principal(&self) -> String {
        self.principal.to_string()
    }
    /// Runs an operation by name.
    #[pyo3(signature = (operation, arguments, envelope=None))]
    fn execute(&self, py: Python<'_>, operation: &str, arguments: &str, envelope: Option<&str>) -> PyResult<String> {
        let session = self.open(py)?;
        let work = async {
            let arguments = input::document(arguments).map_err(|problem| catalog::malformed(operation, &problem))?;
            let envelope = envelope.map_or(Ok(Envelope::default()), |text| read(operation, text))?;
            session.execute_to_text(operation, arguments, envelope).await
        };
        wait(py, work)
    }
    /// Runs several operations, all or none.
    #[pyo3(signature = (requests, envelope=None))]
    fn batch(&self, py: Python<'_>, requests: &str, envelope: Option<&str>) -> PyResult<String> {
        let session = self.open(py)?;
        let requests: Vec<Request> = parsed(py, "batch", requests)?;
        let envelope = envelope.map_or(Ok(Envelope::default()), |text| parsed(py, "batch", text))?;
        wait(py, session.batch_to_text(requests, envelope))
    }
    /// What the actor may do with a record now.
    fn explain(&self, py: Python<'_>, kind: &str, record: &str) -> PyResult<String> {
        let session = self.open(py)?;
        let record: Ref<()> = parsed(py, "explain", record)?;
        text(wait(py, session.explain_kind(kind, record))?)
    }
    /// A page of events that the actor may see; `only` is `{"kind", "filter"}`.
    #[pyo3(signature = (after, limit, only=None))]
    fn feed(&self, py: Python<'_>, after: &str, limit: usize, only: Option<&str>) -> PyResult<String> {
        let (session, after) = (self.open(py)?, place(py, after)?);
        let only = only.map(|only| parsed(py, "feed", only)).transpose()?;
        text(wait(py, FeedOnly::feed(only, &session, after, limit))?)
    }
    /// Imports a CSV file: `file` has `read(size)` that answers bytes; `progress` is called after each unit.
    #[pyo3(signature = (kind, file, options, progress=None, refused=None))]
    fn import_csv(
        &self,
        py: Python<'_>,
        kind: &str,
        file: Py<PyAny>,
        options: &str,
        progress: Option<Py<PyAny>>,
        refused: Option<Py<PyAny>>,
    ) -> PyResult<String> {
        import::csv(py, &self.open(py)?, kind, file, options, import::Callbacks { progress, refused })
    }
    /// Imports rows: `rows` answers the next objects as the text of a JSON list, and `None` after the last.
    #[pyo3(signature = (kind, rows, options, progress=None, refused=None))]
    fn import_rows(
        &self,
        py: Python<'_>,
        kind: &str,
        rows: Py<PyAny>,
        options: &str,
        progress: Option<Py<PyAny>>,
        refused: Option<Py<PyAny>>,
    ) -> PyResult<String> {
        import::rows(py, &self.open(py)?, kind, rows, options, import::Callbacks { progress, refused })
    }
    /// Writes records as the options say: `target` has `write(bytes)`; answers records and bytes.
    #[pyo3(signature = (kind, find, options, target, progress=None))]
    fn export(
        &self,
        py: Python<'_>,
        kind: &str,
        find: &str,
        options: &str,
        target: Py<PyAny>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(u64, u64)> {
        export::text(py, &self.open(py)?, kind, find, options, target, progress)
    }
    /// Sends a file: `file` has `read(size)` that answers bytes; the upload as JSON.
    #[pyo3(signature = (file, name, declared_type=None, sha256=None))]
    fn upload(
        &self,
        py: Python<'_>,
        file: Py<PyAny>,
        name: &str,
        declared_type: Option<String>,
        sha256: Option<String>,
    ) -> PyResult<String> {
        files::send(py, &self.open(py)?, file, name, declared_type, sha256)
    }
    /// Takes a mail that came to an inbox: JSON of what became of it.
    fn receive(&self, py: Python<'_>, inbox: &str, envelope: &str, mail: &[u8]) -> PyResult<String> {
        files::receive(py, &self.open(py)?, inbox, envelope, mail)
    }
    /// Opens a file to be read.
    #[pyo3(signature = (attachment, range=None, inline=false))]
    fn download(
        &self,
        py: Python<'_>,
        attachment: &str,
        range: Option<(u64, u64)>,
        inline: bool,
    ) -> PyResult<files::Download> {
        files::open(py, &self.open(py)?, attachment, range, inline)
    }
    /// Removes bytes that no record knows: JSON of what was found.
    fn sweep_files(&self, py: Python<'_>) -> PyResult<String> {
        let session = self.open(py)?;
        text(wait(py, nexa_crm::files::sweep(&session))?)
    }
    /// Records as a table of Arrow with these columns, or all of them.
    #[pyo3(signature = (kind, find, columns=None))]
    fn frame(&self, py: Python<'_>, kind: &str, find: &str, columns: Option<Vec<String>>) -> PyResult<Table> {
        frame::table(py, &self.open(py)?, kind, find, columns)
    }
    /// Begins a transaction: the same session in it.
    fn begin(&self, py: Python<'_>) -> PyResult<Self> {
        let session = self.open(py)?;
        let transaction = Some(Began::new(wait(py, session.begin())?));
        Ok(Self { handle: Arc::clone(&self.handle), org: self.org, principal: self.principal.clone(), transaction })
    }
    /// Whether another session works on the same storage.
    fn beside(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.handle, &other.handle)
    }
    /// Runs a statement of the host: the names of the columns, a tuple per row, and how many rows were changed.
    fn sql<'py>(
        &self,
        py: Python<'py>,
        query: String,
        params: Vec<Option<Parameter>>,
        limit: usize,
        timeout: f64,
    ) -> PyResult<(Vec<String>, Vec<Bound<'py, PyTuple>>, u64)> {
        let (transaction, asked) = (self.began(py)?, question(py, query, params, None, limit, timeout)?);
        let answered = wait(py, transaction.sql(&asked))?;
        let changed = answered.changed;
        let (columns, rows) = tuples(py, answered)?;
        Ok((columns, rows, changed))
    }
    /// Keeps what was done in the transaction, unless it was rolled back before.
    fn commit(&self, py: Python<'_>) -> PyResult<()> {
        if self.transaction.as_ref().is_some_and(Began::given_up) {
            return Ok(());
        }
        match self.began(py) {
            Ok(transaction) => wait(py, transaction.commit()),
            Err(closed) => {
                self.roll_back(py)?;
                Err(closed)
            }
        }
    }
    /// Keeps nothing of the transaction.
    fn roll_back(&self, py: Python<'_>) -> PyResult<()> {
        let Some(began) = self.transaction.as_ref().filter(|_| !self.handle.is_forked()) else { return Ok(()) };
        began.give_up();
        wait(py, async {
            if let Some(transaction) = began.get() {
                transaction.roll_back().await;
            }
            Ok(())
        })
    }
    fn __reduce__(&self) -> PyResult<()> {
        Err(PyValueError::new_err("a session cannot be pickled; make it again with Crm.session(org=…, user=…)"))
    }
}
