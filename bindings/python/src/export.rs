//! Exports into files of Python.

use std::{
    cell::RefCell,
    io::{self, Write},
    rc::Rc,
};

use nexa_crm::{
    Find, Result, Session,
    export::{self, ExportOptions, Exported},
    kernel::{catalog, input},
};
use pyo3::{prelude::*, types::PyBytes};
use serde_json::Value as Json;

use crate::{errors::raised, session::parsed, wait::run};

type Problem = Rc<RefCell<Option<PyErr>>>;

/// A Python file that bytes are written to.
struct File {
    file: Py<PyAny>,
    problem: Problem,
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = Python::attach(|py| {
            self.file.bind(py).call_method1("write", (PyBytes::new(py, bytes),))?;
            py.check_signals()
        });
        match written {
            Ok(()) => Ok(bytes.len()),
            Err(problem) => {
                self.problem.borrow_mut().get_or_insert(problem);
                Err(io::Error::other("the file raised an exception"))
            }
        }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes every record that a find matches.
pub(crate) fn text(
    py: Python<'_>,
    session: &Session,
    kind: &str,
    find: &str,
    options: &str,
    target: Py<PyAny>,
    progress: Option<Py<PyAny>>,
) -> PyResult<(u64, u64)> {
    let find: Json = parsed(py, "export", find)?;
    let options: ExportOptions = parsed(py, "export", options)?;
    let (done, problem) = py.detach(|| {
        let problem = Problem::default();
        let file = File { file: target, problem: problem.clone() };
        let report = |so_far: &Exported| {
            let Some(progress) = &progress else { return };
            let called = Python::attach(|py| progress.call1(py, (so_far.records, so_far.bytes)).map(|_| ()));
            if let Err(raised) = called {
                problem.borrow_mut().get_or_insert(raised);
            }
        };
        let done = exported(session, kind, &find, options, file, report, &problem);
        (done, problem.take())
    });
    match problem {
        Some(problem) => Err(problem),
        None => done.map(|done| (done.records, done.bytes)).map_err(|error| raised(py, &error)),
    }
}

fn exported(
    session: &Session,
    kind: &str,
    find: &Json,
    options: ExportOptions,
    file: File,
    report: impl FnMut(&Exported),
    problem: &Problem,
) -> Result<Exported> {
    let find: Find<()> = input::value(find).map_err(|problem| catalog::malformed("export", &problem))?;
    run(export::export_kind(session, kind, find, options, file, report)).unwrap_or_else(|raised| {
        problem.borrow_mut().get_or_insert(raised);
        Ok(Exported::default())
    })
}
