//! What SQLite reports, as an error of this crate.

use std::{io, path::Path};

use nexa_kernel::{Error, error::codes as kernel};
use rusqlite::{Error as Failure, ErrorCode};

use crate::codes;

/// The error of a failed call on the database at this path. What SQLite said is the error's source.
pub(crate) fn error(path: &Path, failure: &Failure) -> Error {
    classified(path, failure).caused_by(failure)
}

fn classified(path: &Path, failure: &Failure) -> Error {
    let code = match failure {
        Failure::SqliteFailure(cause, _) => cause.code,
        Failure::SqlInputError { error, .. } => error.code,
        _ => ErrorCode::Unknown,
    };
    let at = |code: nexa_kernel::Code| code.with("path", path.display().to_string());
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => at(codes::LOCKED),
        ErrorCode::DiskFull => at(codes::FULL),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => at(codes::NOT_WRITABLE),
        ErrorCode::NotADatabase => at(codes::NOT_A_DATABASE),
        ErrorCode::CannotOpen => cannot_open(path),
        ErrorCode::SystemIoFailure | ErrorCode::NoLargeFileSupport => at(codes::IO),
        ErrorCode::DatabaseCorrupt => {
            kernel::CORRUPT.with("kind", "page of the database").with("problem", "its data is damaged")
        }
        // These pass: SQLite was interrupted, was short of memory, or has to read the schema anew.
        ErrorCode::OperationInterrupted
        | ErrorCode::OperationAborted
        | ErrorCode::OutOfMemory
        | ErrorCode::SchemaChanged
        | ErrorCode::FileLockingProtocolFailed => kernel::STORE_FAILED.with("problem", "SQLite was interrupted"),
        _ if lacks_a_table_or_column(failure) => at(codes::NOT_MIGRATED),
        ErrorCode::ConstraintViolation => refused("a constraint of a table is violated"),
        ErrorCode::TooBig => refused("a value is too large"),
        _ => refused("SQLite does not take a statement"),
    }
}

fn refused(problem: &str) -> Error {
    kernel::STORE_FAILED_FOR_GOOD.with("problem", problem)
}

/// SQLite has one code for all that is wrong with a statement, and says in words what it is.
fn lacks_a_table_or_column(failure: &Failure) -> bool {
    let (Failure::SqliteFailure(_, Some(said)) | Failure::SqlInputError { msg: said, .. }) = failure else {
        return false;
    };
    ["no such table", "no such column", "has no column named"].iter().any(|missing| said.contains(missing))
}

/// SQLite does not say why a file cannot be opened; the operating system does.
fn cannot_open(path: &Path) -> Error {
    let at = |code: nexa_kernel::Code| code.with("path", path.display().to_string());
    if cfg!(target_arch = "wasm32") {
        return at(codes::IO);
    }
    let mut asked = may_be_written(path);
    if asked.as_ref().map_or_else(|problem| problem.kind() == io::ErrorKind::NotFound, |()| true) {
        // The file is fine or not there yet, so the question is whether files can be made beside it.
        asked = make_beside(path);
    }
    match asked {
        Ok(()) => at(codes::IO),
        Err(problem) if is_denied(&problem) => at(codes::NOT_WRITABLE),
        Err(_) => at(codes::IO),
    }
}

/// Whether a file can be read and written. It is not opened: closing it would drop the locks that others in the process have.
#[cfg(unix)]
#[allow(unsafe_code, reason = "the standard library cannot ask without opening")]
fn may_be_written(path: &Path) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: the path ends with a zero.
    match unsafe { libc::access(name.as_ptr(), libc::R_OK | libc::W_OK) } {
        0 if path.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

#[cfg(not(unix))]
fn may_be_written(path: &Path) -> io::Result<()> {
    std::fs::OpenOptions::new().read(true).write(true).open(path).map(|_| ())
}

/// Makes a file in the same directory, and removes it.
fn make_beside(path: &Path) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let probe = path.with_file_name(format!(".{name}.{}.probe", std::process::id()));
    std::fs::OpenOptions::new().write(true).create_new(true).open(&probe)?;
    std::fs::remove_file(probe)
}

fn is_denied(problem: &io::Error) -> bool {
    matches!(problem.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// Whether a failure is a violated constraint.
pub(crate) fn is_constraint(failure: &Failure) -> bool {
    matches!(failure, Failure::SqliteFailure(cause, _) if cause.code == ErrorCode::ConstraintViolation)
}
