//! Whether the files at their paths are still those that are open.
//!
//! A file that was moved, removed or replaced while it is open goes on taking writes, and nobody ever finds them again.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use nexa_kernel::error::Result;

use crate::codes;

/// The database and its log: where they are, and which files they were when the store was opened.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) database: PathBuf,
    log: PathBuf,
    opened: OnceLock<[Place; 2]>,
    replaced: AtomicBool,
}

/// What identifies a file on this machine, whatever its name: device and inode.
type Place = (u64, u64);

impl Files {
    /// Those of the database at this path, which are not open yet.
    pub(crate) fn of(database: &Path) -> Self {
        let (database, log) = (database.to_owned(), beside(database, "-wal"));
        Self { database, log, opened: OnceLock::new(), replaced: AtomicBool::new(false) }
    }

    /// Remembers which files these are. A connection has read, so the log is there, and stays as long as the connection.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn remember(&self) -> Result<()> {
        if let Some(opened) = self.now()? {
            // Only the first call counts.
            let _ = self.opened.set(opened);
        }
        Ok(())
    }

    /// Refuses files that were replaced, now or at an earlier look: `store.replaced`. Two calls to the system.
    pub(crate) fn check(&self) -> Result<()> {
        self.standing()?;
        let Some(opened) = self.opened.get() else { return Ok(()) };
        if self.now().is_ok_and(|now| now.is_none_or(|now| now == *opened)) {
            return Ok(());
        }
        self.replaced.store(true, Ordering::Release);
        self.standing()
    }

    /// Refuses files that are known to have been replaced: `store.replaced`. No call to the system.
    pub(crate) fn standing(&self) -> Result<()> {
        if self.replaced.load(Ordering::Acquire) {
            return Err(codes::REPLACED.with("path", self.database.display().to_string()));
        }
        Ok(())
    }

    fn now(&self) -> Result<Option<[Place; 2]>> {
        let at = |path: &Path| {
            place(path).map_err(|problem| codes::IO.with("path", path.display().to_string()).caused_by(problem))
        };
        Ok(at(&self.database)?.zip(at(&self.log)?).map(|(database, log)| [database, log]))
    }
}

/// The path of a file that SQLite keeps beside a database.
pub(crate) fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut path = OsString::from(database);
    path.push(suffix);
    path.into()
}

#[cfg(unix)]
fn place(path: &Path) -> io::Result<Option<Place>> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path)?;
    Ok(Some((found.dev(), found.ino())))
}

/// Where open files cannot be removed or replaced there is nothing to look for.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "it fails elsewhere")]
const fn place(_: &Path) -> io::Result<Option<Place>> {
    Ok(None)
}

/// The path of a database, absolute and without links, so that it stays the same file when the process changes its directory.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    if let Ok(found) = absolute.canonicalize() {
        return found;
    }
    // The file is not there yet; what is wrong with its directory shows when it is made.
    match (absolute.parent().map(Path::canonicalize), absolute.file_name()) {
        (Some(Ok(directory)), Some(name)) => directory.join(name),
        _ => absolute,
    }
}
