//! What SQLite reports, as an error of this crate.

use std::{fs::OpenOptions, io, path::Path};

use nexa_core::{Error, kernel::error::codes as kernel};
use rusqlite::{Error as Failure, ErrorCode};

use crate::codes;

/// The error of a failed call on the database at this path.
pub(crate) fn error(path: &Path, failure: &Failure) -> Error {
    let code = match failure {
        Failure::SqliteFailure(cause, _) => cause.code,
        Failure::SqlInputError { error, .. } => error.code,
        _ => ErrorCode::Unknown,
    };
    let at = |code: nexa_core::Code| code.with("path", path.display().to_string());
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => at(codes::LOCKED),
        ErrorCode::DiskFull => at(codes::FULL),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => at(codes::NOT_WRITABLE),
        ErrorCode::NotADatabase => at(codes::NOT_A_DATABASE),
        ErrorCode::CannotOpen => cannot_open(path, failure),
        ErrorCode::SystemIoFailure | ErrorCode::NoLargeFileSupport => {
            at(codes::IO).with("problem", failure.to_string())
        }
        ErrorCode::DatabaseCorrupt => {
            kernel::CORRUPT.with("kind", "page of the database").with("problem", failure.to_string())
        }
        _ => kernel::STORE_FAILED.with("problem", failure.to_string()),
    }
}

/// SQLite does not say why a file cannot be opened; the operating system does.
fn cannot_open(path: &Path, failure: &Failure) -> Error {
    let at = |code: nexa_core::Code| code.with("path", path.display().to_string());
    let exists = path.exists();
    match OpenOptions::new().read(true).write(true).create(!exists).truncate(false).open(path) {
        Ok(_) => {
            if !exists {
                // Only the question was whether it can be made.
                let _ = std::fs::remove_file(path);
            }
            // The file is fine, so its journal beside it is not.
            match directory_refuses(path) {
                true => at(codes::NOT_WRITABLE),
                false => at(codes::IO).with("problem", failure.to_string()),
            }
        }
        Err(problem) if refused(&problem) => at(codes::NOT_WRITABLE),
        Err(problem) => at(codes::IO).with("problem", problem.to_string()),
    }
}

fn refused(problem: &io::Error) -> bool {
    matches!(problem.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

fn directory_refuses(path: &Path) -> bool {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::metadata(directory).is_ok_and(|metadata| metadata.permissions().readonly())
}

/// Whether a failure is a violated constraint.
pub(crate) fn is_constraint(failure: &Failure) -> bool {
    matches!(failure, Failure::SqliteFailure(cause, _) if cause.code == ErrorCode::ConstraintViolation)
}
