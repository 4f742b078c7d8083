//! Whether the log beside a database is its own, before it is read into it.
#![allow(unsafe_code, reason = "SQLite hands out its open file through a pointer alone")]

use std::{ffi::c_int, path::Path, ptr};

use nexa_core::kernel::error::Result;
use rusqlite::{Connection, ffi};

use crate::{codes, files::beside};

/// Where the header says how the file is written: 2 with a log.
const WRITTEN: usize = 18;
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
    let mut file: *mut ffi::sqlite3_file = ptr::null_mut();
    let mut header = [0_u8; WRITTEN + 2];
    let length = c_int::try_from(header.len()).ok()?;
    // SAFETY: the connection is open, so the file that it answers is; it fills what it was given, with zeros behind the file's end.
    unsafe {
        let asked = ffi::SQLITE_FCNTL_FILE_POINTER;
        let answered = ffi::sqlite3_file_control(db.handle(), c"main".as_ptr(), asked, (&raw mut file).cast());
        let methods = file.as_ref().filter(|_| answered == ffi::SQLITE_OK)?.pMethods.as_ref()?;
        match methods.xRead?(file, header.as_mut_ptr().cast(), length, 0) {
            ffi::SQLITE_OK | ffi::SQLITE_IOERR_SHORT_READ => header.get(WRITTEN).copied(),
            _ => None,
        }
    }
}
