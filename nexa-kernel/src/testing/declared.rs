//! What an operation refuses, it declares.

use crate::{
    catalog::Catalog,
    error::{Error, ErrorKind, codes},
};

/// Fails unless an operation declares the code of an error, or it is one of the kernel's own, of a storage, or of the host.
///
/// In a debug build with the feature `testing` every session holds what is asked of it by name, by type and in a batch to this.
///
/// # Panics
///
/// When the operation is in the catalog and does not declare the code.
#[track_caller]
pub fn must_declare(catalog: &Catalog, operation: &str, error: &Error) {
    let Ok(known) = catalog.operation(operation) else { return };
    let code = error.code();
    let declared = known.errors.iter().chain(codes::ALL).any(|known| known.code == code);
    let elsewhere = ["host.", "store."].iter().any(|start| code.starts_with(start));
    let elsewhere = elsewhere || error.kind() == ErrorKind::Unavailable;
    assert!(declared || elsewhere, "{operation} does not declare {code}: {error:?}");
}
