//! The native part of the Python package `nexa_crm`: JSON text in, JSON text out, without the interpreter's lock.
//!
//! Nothing here knows an operation; the Python around it is generated from the catalog.

mod crm;
mod errors;
mod export;
mod files;
mod frame;
mod handle;
mod import;
mod session;
mod sql;
mod testing;
mod transaction;
mod wait;

use pyo3::prelude::*;

/// The module `nexa_crm._native`; the package around it is the API.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::catalog;
    #[pymodule_export]
    use super::crm::{Crm, open, position, restore};
    #[pymodule_export]
    use super::files::Download;
    #[pymodule_export]
    use super::frame::Table;
    #[pymodule_export]
    use super::session::Session;
    #[pymodule_export]
    use super::testing::{Clock, open_testing};
}

/// The catalog of every operation as JSON.
#[pyfunction]
fn catalog(py: Python<'_>) -> PyResult<String> {
    py.detach(nexa_crm::catalog_json).map_err(|error| errors::raised(py, &error))
}
