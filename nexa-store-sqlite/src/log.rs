//! Whether the log beside a database is its own, before it is read into it.

use std::path::Path;

use nexa_kernel::error::Result;
use rusqlite::Connection;

use crate::{codes, files::beside, raw};

/// Where the header says how the file is written: 2 with a log.
const WRITTEN: u64 = 18;
const WITH_A_LOG: u8 = 2;

/// Refuses a log that was left over by another file: `store.log_foreign`. A file is marked before its first log begins, and after its
/// log has gone the mark goes; so a log beside a file without the mark, such as a backup that was put back, is another's.
pub(crate) fn check(db: &Connection, path: &Path) -> Result<()> {
    if std::fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
        && written(db).is_some_and(|written| written != WITH_A_LOG)
    {
        return Err(codes::LOG_FOREIGN.with("path", path.display().to_string()));
    }
    Ok(())
}

/// How the file is written; zero for an empty one. It is read where SQLite has it open: opening it once more would drop the locks
/// of others in this process when it is closed.
fn written(db: &Connection) -> Option<u8> {
    let mut mark = [0_u8];
    raw::read(db, &mut mark, WRITTEN).ok()?;
    let [written] = mark;
    Some(written)
}
