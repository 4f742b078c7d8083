//! A copy of the file while work goes on.

use std::{fs::OpenOptions, io, path::Path};

use nexa_kernel::{Error, error::Result};
use rusqlite::{
    Connection, ErrorCode, OpenFlags,
    backup::{Backup, StepResult},
};

use crate::{codes, connection::Link, failure};

/// So many pages are copied at once.
const PAGES: i32 = 1_024;

/// Copies the file as it is now to a new one.
pub(crate) fn backup(link: &Link<'_>, path: &Path) -> Result<()> {
    let at = |code: nexa_kernel::Code| code.with("path", path.display().to_string());
    // Taken at once, so that two backups never write to one file.
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => {}
        Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists => return Err(at(codes::BACKUP_EXISTS)),
        Err(problem) if problem.kind() == io::ErrorKind::PermissionDenied => return Err(at(codes::NOT_WRITABLE)),
        Err(problem) => return Err(at(codes::IO).caused_by(problem)),
    }
    let copied = copy(&link.db, path, |failure| link.failed(failure));
    if copied.is_err() {
        // A half copy is worse than none.
        let _ = std::fs::remove_file(path);
    }
    copied
}

/// Copies what a connection sees to a file that is there already and empty. The connection is closed afterwards.
pub(crate) fn copy(source: &Connection, path: &Path, unread: impl Fn(&rusqlite::Error) -> Error) -> Result<()> {
    let writing = |failure: rusqlite::Error| match failure.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => unread(&failure),
        _ => failure::error(path, &failure),
    };
    // One snapshot for the whole copy: without it every commit would make the copy start again.
    source.execute_batch("BEGIN").map_err(|failure| unread(&failure))?;
    source.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(|failure| unread(&failure))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(path, flags).map_err(writing)?;
    {
        let backup = Backup::new(source, &mut target).map_err(writing)?;
        while backup.step(PAGES).map_err(writing)? != StepResult::Done {}
    }
    // One file that needs no log, so that a log which is found beside it is known to be another's.
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).map_err(writing)?;
    target.close().map_err(|(_, failure)| writing(failure))
}
