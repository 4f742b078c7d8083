//! Bringing a backup back in the place of a database.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use nexa_kernel::{Error, error::Result};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::{
    backup::copy,
    codes, failure,
    files::{beside, resolved},
    whole::{self, invalid, unreadable},
};

/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Puts a backup at the place of a database that nobody has open, all of it or nothing: it is copied beside the place, checked, and
/// renamed. Logs that were left over at the place go, since they belong to what was there before.
///
/// A database that is there already is replaced only with `overwrite`.
///
/// Errors: `restore.invalid` when the backup is damaged, was changed outside, or is no database of Nexa; `schema.newer`;
/// `restore.target_exists`, `restore.target_open`; `store.io`, `store.not_writable`, `store.full`.
pub fn restore(backup: impl AsRef<Path>, database: impl AsRef<Path>, overwrite: bool) -> Result<()> {
    let (backup, database) = (resolved(backup.as_ref()), resolved(database.as_ref()));
    let there = database.try_exists().map_err(|problem| io_error(&database, &problem))?;
    if there && !overwrite {
        return Err(codes::TARGET_EXISTS.with("path", database.display().to_string()));
    }
    let copied = Copy::of(&backup, &database)?;
    whole::check(&backup, &copied.0)?;
    synced(&copied.0)?;
    let held = if there { alone(&database)? } else { None };
    for companion in COMPANIONS {
        remove(&beside(&database, companion))?;
    }
    if cfg!(windows) {
        // A file that is open cannot be replaced there.
        drop(held);
        fs::rename(&copied.0, &database).map_err(|problem| io_error(&database, &problem))
    } else {
        fs::rename(&copied.0, &database).map_err(|problem| io_error(&database, &problem))?;
        drop(held);
        synced(database.parent().unwrap_or(&database))
    }
}

/// A copy on its way, gone with all beside it unless it was renamed.
struct Copy(PathBuf);

impl Copy {
    fn of(backup: &Path, database: &Path) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        if !backup.is_file() {
            let missing = io::Error::from(io::ErrorKind::NotFound);
            return Err(invalid(backup, &fs::metadata(backup).err().unwrap_or(missing).to_string()));
        }
        let name = database.file_name().unwrap_or_default().to_string_lossy();
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let copied = Self(database.with_file_name(format!(".{name}.{}-{number}.restoring", std::process::id())));
        File::create_new(&copied.0).map_err(|problem| io_error(&copied.0, &problem))?;
        // Through SQLite: what is in a log beside the backup belongs to it, and somebody may have it open.
        let source = open(backup).map_err(|failure| unreadable(backup, &failure))?;
        copy(&source, &copied.0, |failure| unreadable(backup, failure))?;
        Ok(copied)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let all = [""].iter().chain(&COMPANIONS);
        // It has served, or is incomplete; what cannot be removed is in nobody's way.
        all.for_each(|companion| drop(fs::remove_file(beside(&self.0, companion))));
    }
}

fn open(backup: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if beside(backup, "-wal").exists() {
        return Connection::open_with_flags(backup, flags);
    }
    // Nobody has it open, and reading it leaves nothing beside it.
    let mut url = String::from("file:");
    for byte in backup.to_string_lossy().bytes() {
        match byte {
            b'%' | b'?' | b'#' => url.push_str(&format!("%{byte:02x}")),
            _ => url.push(char::from(byte)),
        }
    }
    url.push_str("?immutable=1");
    Connection::open_with_flags(url, flags | OpenFlags::SQLITE_OPEN_URI)
}

/// Makes sure that nobody has a database open, and keeps it so. A file that is no database any more can be replaced.
fn alone(database: &Path) -> Result<Option<Connection>> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let hold = || {
        let db = Connection::open_with_flags(database, flags)?;
        db.busy_timeout(Duration::ZERO)?;
        // Only who has it alone can take the log away.
        db.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
        db.execute_batch("BEGIN EXCLUSIVE")?;
        Ok(db)
    };
    match hold() {
        Ok(db) => Ok(Some(db)),
        Err(failure) => match rusqlite::Error::sqlite_error_code(&failure) {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Ok(None),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Err(codes::TARGET_OPEN.with("path", database.display().to_string()))
            }
            _ => Err(failure::error(database, &failure)),
        },
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(problem) if problem.kind() != io::ErrorKind::NotFound => Err(io_error(path, &problem)),
        _ => Ok(()),
    }
}

/// Waits until a file, or what a directory lists, has reached the disk.
fn synced(path: &Path) -> Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    File::open(path).and_then(|file| file.sync_all()).map_err(|problem| io_error(path, &problem))
}

fn io_error(path: &Path, problem: &io::Error) -> Error {
    let code = match problem.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => codes::NOT_WRITABLE,
        io::ErrorKind::StorageFull => codes::FULL,
        _ => return codes::IO.with("path", path.display().to_string()).caused_by(problem),
    };
    code.with("path", path.display().to_string())
}
