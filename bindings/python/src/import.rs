//! Imports from files and iterators of Python, with progress.

use std::{
    cell::RefCell,
    io::{self, Read},
};

use nexa_crm::{
    Result, Session,
    import::{ImportOptions, ImportReport, Progress, Refused},
};
use pyo3::{prelude::*, types::PyBytes};
use serde_json::{Map, Value as Json, json};

use crate::{
    errors::raised,
    session::{parsed, text},
    wait::run,
};

/// The callbacks of an import.
pub(crate) struct Callbacks {
    /// `progress(rows, created, updated, unchanged, skipped, refused, bytes)`.
    pub(crate) progress: Option<Py<PyAny>>,
    /// `refused(text)`: a JSON object with `problem` and `cells`.
    pub(crate) refused: Option<Py<PyAny>>,
}

/// The first exception of a callback; it ends the import, and is raised in its place.
#[derive(Default)]
struct Raised(RefCell<Option<PyErr>>);

impl Raised {
    fn is_some(&self) -> bool {
        self.0.borrow().is_some()
    }
    fn keep(&self, problem: PyErr) {
        self.0.borrow_mut().get_or_insert(problem);
    }
    /// Runs a callback, unless one has failed before; afterwards signals are looked for.
    fn call<T>(&self, work: impl FnOnce(Python<'_>) -> PyResult<T>) -> Option<T> {
        if self.is_some() {
            return None;
        }
        let done = Python::attach(|py| work(py).and_then(|answer| py.check_signals().map(|()| answer)));
        done.map_err(|problem| self.keep(problem)).ok()
    }
}

/// A Python file that is read in bytes.
struct File<'a> {
    file: Py<PyAny>,
    raised: &'a Raised,
}

impl Read for File<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len();
        let read = self.raised.call(|py| {
            let answer = self.file.bind(py).call_method1("read", (wanted,))?;
            let bytes = answer.cast::<PyBytes>()?.as_bytes();
            let size = bytes.len().min(wanted);
            if let (Some(to), Some(from)) = (buffer.get_mut(..size), bytes.get(..size)) {
                to.copy_from_slice(from);
            }
            Ok(size)
        });
        read.ok_or_else(|| io::Error::other("the file raised an exception"))
    }
}

/// Objects that Python hands over many at a time.
struct Rows<'a> {
    next: Py<PyAny>,
    ready: std::vec::IntoIter<Map<String, Json>>,
    raised: &'a Raised,
}

impl Iterator for Rows<'_> {
    type Item = Map<String, Json>;
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.ready.next() {
                return Some(row);
            }
            let more = self.raised.call(|py| {
                let answer = self.next.bind(py).call0()?;
                let Some(text) = answer.extract::<Option<String>>()? else { return Ok(None) };
                parsed::<Vec<Map<String, Json>>>(py, "import_rows", &text).map(Some)
            });
            self.ready = more??.into_iter();
        }
    }
}

/// Imports a CSV file.
pub(crate) fn csv(
    py: Python<'_>,
    session: &Session,
    kind: &str,
    file: Py<PyAny>,
    options: &str,
    callbacks: Callbacks,
) -> PyResult<String> {
    let options: ImportOptions = parsed(py, "import_csv", options)?;
    with_progress(py, callbacks, |raised, callbacks| {
        let file = File { file, raised };
        run(prepared(session, kind, options, raised, callbacks)?.csv(file)).unwrap_or_else(stop(raised))
    })
}

/// Imports objects.
pub(crate) fn rows(
    py: Python<'_>,
    session: &Session,
    kind: &str,
    rows: Py<PyAny>,
    options: &str,
    callbacks: Callbacks,
) -> PyResult<String> {
    let options: ImportOptions = parsed(py, "import_rows", options)?;
    with_progress(py, callbacks, |raised, callbacks| {
        let rows = Rows { next: rows, ready: Vec::new().into_iter(), raised };
        run(prepared(session, kind, options, raised, callbacks)?.rows(rows)).unwrap_or_else(stop(raised))
    })
}

/// A signal while the import waited.
fn stop(raised: &Raised) -> impl FnOnce(PyErr) -> Result<ImportReport> {
    move |problem| {
        raised.keep(problem);
        Ok(ImportReport::default())
    }
}

fn with_progress(
    py: Python<'_>,
    callbacks: Callbacks,
    work: impl FnOnce(&Raised, Callbacks) -> Result<ImportReport> + Send,
) -> PyResult<String> {
    let (report, problem) = py.detach(|| {
        let raised = Raised::default();
        let report = work(&raised, callbacks);
        (report, raised.0.into_inner())
    });
    match problem {
        Some(problem) => Err(problem),
        None => text(report.map_err(|error| raised(py, &error))?),
    }
}

fn prepared<'a>(
    session: &'a Session,
    kind: &str,
    options: ImportOptions,
    raised: &'a Raised,
    callbacks: Callbacks,
) -> Result<nexa_crm::import::Import<'a>> {
    let mut import = nexa_crm::import::Import::of_kind(session, kind, options)?;
    if let Some(progress) = callbacks.progress {
        import = import.on_progress(move |so_far: &Progress| {
            let counts = so_far.counts;
            let numbers = (
                counts.rows,
                counts.created,
                counts.updated,
                counts.unchanged,
                counts.skipped,
                counts.refused,
                so_far.bytes,
            );
            raised.call(|py| progress.call1(py, numbers).map(|_| ()));
        });
    }
    if let Some(refused) = callbacks.refused {
        import = import.on_refused(move |row: &Refused<'_>| {
            let cells: Map<String, Json> =
                row.columns.iter().zip(row.cells).map(|(column, cell)| (column.clone(), json!(cell))).collect();
            let row = json!({"problem": row.problem, "cells": cells}).to_string();
            raised.call(|py| refused.call1(py, (row,)).map(|_| ()));
        });
    }
    Ok(import)
}
