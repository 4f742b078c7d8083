//! Work on a snapshot.

use nexa_kernel::{
    error::Result,
    in_place::run_in_place,
    store::{ReadRequest, Work},
};

use crate::{connection::Link, reader::Readers, transaction::SqliteTransaction};

/// Runs work on a snapshot of a connection for reading, on the caller's thread.
pub(crate) fn beside(readers: &Readers, request: ReadRequest, work: &dyn Work) -> Result<()> {
    readers.lend(|link| snapshot(link, request, Some(readers), work))
}

/// Runs work on a snapshot of this connection; what reads whole tables may take others to its help.
pub(crate) fn snapshot(
    link: &mut Link<'_>,
    request: ReadRequest,
    readers: Option<&Readers>,
    work: &dyn Work,
) -> Result<()> {
    link.execute("BEGIN").map_err(|failure| link.failed(&failure))?;
    let mut tx = SqliteTransaction { readers, ..SqliteTransaction::reading(link, request.org) };
    let answered = run_in_place(work, &mut tx);
    let result = answered.and(tx.lost.take().map_or(Ok(()), Err));
    // Nothing was written; a connection whose snapshot does not end is not used again.
    let _ = link.execute("COMMIT");
    result
}
