//! Whether a file is a whole database of Nexa.

use std::{path::Path, sync::Arc};

use nexa_kernel::{
    Error,
    error::Result,
    ledger::{EventQuery, Head},
};
use uuid::Uuid;

use crate::{
    codes,
    connection::{Kinds, Link, Purpose},
    failure,
    files::Files,
    ledger::read_head,
    migrate,
    options::Options,
    transaction::SqliteTransaction,
};

/// So many events are checked at once.
const EVENTS: usize = 1_000;

/// Checks a copy of a backup, which nobody else has open: its pages, its schema, and every tenant's ledger from the first event to the
/// last. Afterwards it is one file without a log. Errors: `restore.invalid`, `schema.newer`.
pub(crate) fn check(backup: &Path, copied: &Path) -> Result<()> {
    let unread = |failure: rusqlite::Error| unreadable(backup, &failure);
    let files = Arc::new(Files::of(copied));
    let mut link = Link::open(files, &Options::default(), &Kinds::default(), Purpose::Write)
        .map_err(|error| invalid(backup, &error.message()))?;
    let verdict: String = link.db.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(unread)?;
    if verdict != "ok" {
        return Err(invalid(backup, &verdict));
    }
    match migrate::found(&link).map_err(unread)? {
        None => return Err(invalid(backup, "it has no tables of Nexa, as a copied file without its log has none")),
        Some(version) if version > migrate::VERSION => {
            return Err(codes::NEWER
                .with("path", backup.display().to_string())
                .with("found", version)
                .with("known", migrate::VERSION));
        }
        Some(_) => {}
    }
    for org in tenants(&link).map_err(unread)? {
        verify(&mut link, org).map_err(|error| invalid(backup, &error.message()))?;
    }
    link.db.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).map_err(unread)
}

/// What cannot be restored, and why not.
pub(crate) fn invalid(backup: &Path, problem: &str) -> Error {
    let problem = problem.trim_end_matches('.');
    codes::BACKUP_INVALID.with("path", backup.display().to_string()).with("problem", problem)
}

/// A backup that SQLite cannot read.
pub(crate) fn unreadable(backup: &Path, failure: &rusqlite::Error) -> Error {
    invalid(backup, &failure::error(backup, failure).message())
}

fn tenants(link: &Link<'_>) -> rusqlite::Result<Vec<Uuid>> {
    let mut statement = link.db.prepare("SELECT org FROM nexa_ledger")?;
    let found = statement.query_map([], |row| row.get(0).map(Uuid::from_bytes))?;
    found.collect()
}

/// Follows a tenant's ledger from its beginning to its head.
fn verify(link: &mut Link<'_>, org: Uuid) -> Result<()> {
    let stored = read_head(link, org)?;
    let tx = SqliteTransaction::reading(link, org);
    let mut head = Head::default();
    loop {
        let events = tx.read_events(&EventQuery { after: head.seq, limit: EVENTS, ..EventQuery::default() })?;
        if events.is_empty() {
            break;
        }
        events.iter().try_for_each(|event| event.verify(&mut head))?;
    }
    if head == stored {
        return Ok(());
    }
    Err(nexa_kernel::ledger::LEDGER_BROKEN.with("seq", stored.seq).with("problem", "is missing"))
}
