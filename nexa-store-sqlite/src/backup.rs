//! A copy of the file while work goes on.

use std::{fs::OpenOptions, io, path::Path};

use nexa_core::kernel::error::Result;
use rusqlite::{
    Connection, OpenFlags,
    backup::{Backup, StepResult},
};

use crate::{codes, connection::Link, failure};

/// So many pages are copied at once.
const PAGES: i32 = 1_024;

/// Copies the file as it is now to a new one.
pub(crate) fn backup(link: &Link<'_>, path: &Path) -> Result<()> {
    let at = |code: nexa_core::Code| code.with("path", path.display().to_string());
    // Taken at once, so that two backups never write to one file.
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(_) => {}
        Err(problem) if problem.kind() == io::ErrorKind::AlreadyExists => return Err(at(codes::BACKUP_EXISTS)),
        Err(problem) if problem.kind() == io::ErrorKind::PermissionDenied => return Err(at(codes::NOT_WRITABLE)),
        Err(problem) => return Err(at(codes::IO).with("problem", problem.to_string())),
    }
    let copied = copy(link, path);
    // The snapshot has served; a connection whose snapshot does not end is closed by the caller.
    let _ = link.execute("COMMIT");
    if copied.is_err() {
        // A half copy is worse than none.
        let _ = std::fs::remove_file(path);
    }
    copied
}

fn copy(link: &Link<'_>, path: &Path) -> Result<()> {
    let reading = |failure: rusqlite::Error| link.failed(&failure);
    let writing = |failure: rusqlite::Error| failure::error(path, &failure);
    // One snapshot for the whole copy: without it every commit would make the copy start again.
    link.execute("BEGIN").map_err(reading)?;
    link.db.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).map_err(reading)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut target = Connection::open_with_flags(path, flags).map_err(writing)?;
    {
        let backup = Backup::new(&link.db, &mut target).map_err(writing)?;
        while backup.step(PAGES).map_err(writing)? != StepResult::Done {}
    }
    target.close().map_err(|(_, failure)| writing(failure))
}
