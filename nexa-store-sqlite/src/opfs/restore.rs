//! Bringing a backup back in the place of a database.

use std::path::Path;

use nexa_kernel::{
    Code,
    error::{Result, codes as kernel},
};
use rusqlite::OpenFlags;

use super::{
    Files,
    folder::{self, Standing},
    has, refused, usable,
};
use crate::{
    codes, failure, raw,
    vfs::connect,
    whole::{self, invalid},
};

/// The database to be replaced is in use.
const TARGET_OPEN: Code = Code {
    message: "The database {path} is open; close it in every tab that has it, and restore then.",
    ..codes::TARGET_OPEN
};

/// So many bytes are written at once.
const PIECE: u64 = 1 << 20;
/// How every database of SQLite begins.
const BEGINNING: &[u8] = b"SQLite format 3\0";

/// What is restored, and where.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Restored {
    /// What the backup is called in errors.
    pub backup: String,
    /// Its size in bytes.
    pub size: u64,
    /// The name of the database.
    pub name: String,
    /// Whether a database that is there is replaced.
    pub overwrite: bool,
    /// Whether the caller knows that somebody has the database open.
    pub open: bool,
}

impl Restored {
    /// A backup of so many bytes, to the place of a database that is not there.
    pub fn new(backup: impl Into<String>, size: u64, name: impl Into<String>) -> Self {
        Self { backup: backup.into(), size, name: name.into(), overwrite: false, open: false }
    }
}

/// Puts a backup at the place of a database in the origin's private file system, all of it or nothing: `give` answers its bytes from one
/// place to another; it is copied into a folder of its own, checked, and moved. Only in a dedicated worker; nobody may open the
/// database meanwhile.
///
/// Errors: `restore.invalid` when the backup is damaged, was changed outside, is no database of Nexa, or cannot be read; `schema.newer`;
/// `restore.target_exists`, `restore.target_open`; `store.unsupported`, `store.name`, `store.io`, `store.full`.
pub async fn restore_opfs<F>(restored: Restored, give: impl Fn(u64, u64) -> F) -> Result<()>
where
    F: Future<Output = std::result::Result<Vec<u8>, String>>,
{
    let name = restored.name.as_str();
    usable(name)?;
    if !has(&["FileSystemFileHandle", "prototype", "move"]) {
        return Err(kernel::STORE_UNSUPPORTED.with("what", "restoring a backup"));
    }
    allowed(&restored).await?;
    folder::remove(&folder::preparing(name)).await.map_err(|problem| refused(name, &problem))?;
    let prepared = prepare(&restored, give).await;
    let done = match prepared {
        Ok(()) => match allowed(&restored).await {
            Ok(()) => folder::put(name).await.map_err(|problem| refused(name, &problem)),
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    // It has served, or is incomplete; what cannot be removed is in nobody's way, and goes when the database is opened.
    let _ = folder::remove(&folder::preparing(name)).await;
    done
}

/// Refuses a place that is taken.
async fn allowed(restored: &Restored) -> Result<()> {
    let name = restored.name.as_str();
    let standing = if restored.open {
        Standing::Open
    } else {
        folder::standing(name).await.map_err(|problem| refused(name, &problem))?
    };
    match standing {
        Standing::Nothing => Ok(()),
        _ if !restored.overwrite => Err(codes::TARGET_EXISTS.with("path", name)),
        Standing::Database => Ok(()),
        Standing::Open => Err(TARGET_OPEN.with("path", name)),
    }
}

/// Copies the backup into a folder of its own, and checks it there.
async fn prepare<F>(restored: &Restored, give: impl Fn(u64, u64) -> F) -> Result<()>
where
    F: Future<Output = std::result::Result<Vec<u8>, String>>,
{
    let folder = folder::preparing(&restored.name);
    let (backup, copied) = (Path::new(&restored.backup), Path::new(&folder).join(&restored.name));
    // Given back after the last connection.
    let _files = Files::take(&folder).await.map_err(|problem| refused(&restored.name, &problem))?;
    let failed = |failure: rusqlite::Error| failure::error(Path::new(&restored.name), &failure);
    let db = connect(&copied, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE).map_err(failed)?;
    let mut from = 0;
    while from < restored.size {
        let to = restored.size.min(from + PIECE);
        let bytes = give(from, to).await.map_err(|problem| invalid(backup, &problem))?;
        if from == 0 && !bytes.starts_with(BEGINNING) {
            let problem = codes::NOT_A_DATABASE.with("path", restored.backup.as_str());
            return Err(invalid(backup, &problem.message()));
        }
        raw::write(&db, &bytes, from).map_err(failed)?;
        from = to;
    }
    raw::sync(&db).map_err(failed)?;
    db.close().map_err(|(_, failure)| failed(failure))?;
    whole::check(backup, &copied)
}
