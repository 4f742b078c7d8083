//! Refusals as Python exceptions of the package's own tree.

use nexa_crm::Error;
use pyo3::{prelude::*, sync::PyOnceLock};

/// The function of the package that makes an exception of a refusal as it is on the wire.
static REFUSAL: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The exception of a refusal.
pub(crate) fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let text = serde_json::to_string(error).unwrap_or_default();
    let made = REFUSAL
        .get_or_try_init(py, || py.import("nexa_crm._errors")?.getattr("refusal").map(Bound::unbind))
        .and_then(|refusal| refusal.bind(py).call1((text,)));
    made.map_or_else(|problem| problem, PyErr::from_value)
}
