//! A transaction that the store holds open, for the host's own rows beside ours: on a connection of its own, or, where a file has one
//! connection alone, on that.

#[cfg(not(target_arch = "wasm32"))]
mod beside;
mod guard;
#[cfg(target_arch = "wasm32")]
mod held;
mod statement;
mod values;

use nexa_kernel::{error::Result, store::open::NOT_COMMITTED};

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use self::beside::Openings;
#[cfg(target_arch = "wasm32")]
pub(crate) use self::held::{Held, Watched};
use crate::{connection::Link, failure};

/// Commits the transaction of a connection. Errors: `transaction.not_committed`, `store.…`.
fn commit(link: &Link<'_>) -> Result<()> {
    let committed = link.execute("COMMIT").map_err(|failure| match failure::is_constraint(&failure) {
        true => NOT_COMMITTED.with("problem", statement::said(&failure)),
        false => link.failed(&failure),
    });
    committed.and_then(|()| link.files.check().inspect_err(|_| link.forsake()))
}
