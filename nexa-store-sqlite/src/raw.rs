//! The bytes of a file, where SQLite has it open.
#![allow(unsafe_code, reason = "SQLite hands out its open file through a pointer alone")]

use std::{ffi::c_int, ptr};

use rusqlite::{Connection, Result, ffi};

/// Reads from a place of the database's file; what lies behind its end is zeros.
pub(crate) fn read(db: &Connection, buffer: &mut [u8], from: u64) -> Result<()> {
    let (length, from) = (sized(buffer)?, place(from)?);
    let (file, methods) = file(db)?;
    let read = methods.xRead.ok_or_else(unknown)?;
    // SAFETY: the connection is open, so the file that it answers is; it fills what it was given.
    match unsafe { read(file, buffer.as_mut_ptr().cast(), length, from) } {
        ffi::SQLITE_IOERR_SHORT_READ => Ok(()),
        answered => fine(answered),
    }
}

/// Writes at a place of the database's file. The connection must not have read any of it.
#[cfg(target_arch = "wasm32")]
pub(crate) fn write(db: &Connection, bytes: &[u8], from: u64) -> Result<()> {
    let (length, from) = (sized(bytes)?, place(from)?);
    let (file, methods) = file(db)?;
    let write = methods.xWrite.ok_or_else(unknown)?;
    // SAFETY: the connection is open, so the file that it answers is; it reads what it was given.
    fine(unsafe { write(file, bytes.as_ptr().cast(), length, from) })
}

/// Waits until what was written to the database's file has reached the disk.
#[cfg(target_arch = "wasm32")]
pub(crate) fn sync(db: &Connection) -> Result<()> {
    let (file, methods) = file(db)?;
    let sync = methods.xSync.ok_or_else(unknown)?;
    // SAFETY: the connection is open, so the file that it answers is.
    fine(unsafe { sync(file, ffi::SQLITE_SYNC_FULL) })
}

/// The file that a connection has open, which lives as long as it, and what can be done with it.
fn file(db: &Connection) -> Result<(*mut ffi::sqlite3_file, &ffi::sqlite3_io_methods)> {
    let mut file: *mut ffi::sqlite3_file = ptr::null_mut();
    // SAFETY: the connection is open, and answers its file, which has its methods as long as it is open.
    unsafe {
        let asked = ffi::SQLITE_FCNTL_FILE_POINTER;
        fine(ffi::sqlite3_file_control(db.handle(), c"main".as_ptr(), asked, (&raw mut file).cast()))?;
        let methods = file.as_ref().and_then(|file| file.pMethods.as_ref());
        Ok((file, methods.ok_or_else(unknown)?))
    }
}

fn sized(bytes: &[u8]) -> Result<c_int> {
    c_int::try_from(bytes.len()).map_err(|_| unknown())
}

fn place(from: u64) -> Result<i64> {
    i64::try_from(from).map_err(|_| unknown())
}

fn fine(answered: c_int) -> Result<()> {
    if answered == ffi::SQLITE_OK { Ok(()) } else { Err(failure(answered)) }
}

fn unknown() -> rusqlite::Error {
    failure(ffi::SQLITE_IOERR)
}

fn failure(code: c_int) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(code), None)
}
