//! What can go wrong with the file. Nothing is lost and nothing is half done after any of these.

use nexa_kernel::Code;

/// Somebody else kept the file locked for longer than the busy timeout.
pub const LOCKED: Code = Code::unavailable(
    "store.locked",
    "The database {path} stayed locked by another process; nothing was changed, try again.",
);
/// The disk is full, or the file has reached the size that the host allows it. Room may be made, so that the same call may succeed later.
pub const FULL: Code = Code::unavailable(
    "store.full",
    "There is no room left for the database {path}; nothing was changed, make room and try again.",
);
/// The file or its directory cannot be written to.
pub const NOT_WRITABLE: Code = Code::unavailable(
    "store.not_writable",
    "The database {path} cannot be written; allow writing to the file and to its directory.",
)
.permanent();
/// The file is something else.
pub const NOT_A_DATABASE: Code =
    Code::unavailable("store.not_a_database", "The file {path} is not an SQLite database; name another file.")
        .permanent();
/// The file was written by a later version of the library.
pub const NEWER: Code = Code::unavailable(
    "schema.newer",
    "The database {path} has schema {found}, and this version knows {known}; use a newer version of Nexa.",
)
.permanent();
/// The file keeps texts in another encoding.
pub const ENCODING: Code = Code::unavailable(
    "store.encoding",
    "The database {path} has the encoding {encoding}; name one that is encoded in UTF-8.",
)
.permanent();
/// A table has other columns than its kind needs.
pub use nexa_kernel::schema::SCHEMA_DIFFERS as DIFFERS;
/// Reading or writing the file failed. Disks and networks recover, so that the same call may succeed later.
pub const IO: Code = Code::unavailable(
    "store.io",
    "The database {path} cannot be read or written; nothing was changed, check the disk. The host's log has what the system said.",
);
/// The file or its log is no longer the one that the store has open.
pub const REPLACED: Code = Code::unavailable(
    "store.replaced",
    "The database {path} or the log beside it was removed or replaced while it was open; nothing was acknowledged, open it \
     again and leave its files alone while it is open.",
)
.permanent();
/// The process was forked after the store was opened.
pub const FORKED: Code = Code::unavailable(
    "store.forked",
    "The database {path} was opened before the process forked, and its locks belong to the parent; open it again in the child.",
)
.permanent();
/// The log beside the file was written for another one.
pub const LOG_FOREIGN: Code = Code::unavailable(
    "store.log_foreign",
    "The log beside the database {path} was left over by another file; nothing was changed, move the log away, or put the file back \
     that it belongs to.",
)
.permanent();
/// What is to be restored cannot be.
pub const BACKUP_INVALID: Code = Code::invalid(
    "restore.invalid",
    "The file {path} cannot be restored ({problem}); name a whole backup that was made with `backup`.",
);
/// A restore does not overwrite unless it is asked to.
pub const TARGET_EXISTS: Code = Code::conflict(
    "restore.target_exists",
    "There is already a database {path}; restore to another place, or allow to overwrite it.",
);
/// The database to be replaced is in use.
pub const TARGET_OPEN: Code = Code::conflict(
    "restore.target_open",
    "The database {path} is open; close it in every process that has it, and restore then.",
);
/// The tables lack something that this version, or a record of the host, needs.
pub const NOT_MIGRATED: Code = Code::unavailable(
    "schema.missing",
    "The database {path} lacks a table or a column; nothing was changed, run the migration.",
)
.permanent();
/// The connection that a session is to work in has no open transaction.
pub const NO_TRANSACTION: Code = Code::invalid(
    "store.no_transaction",
    "The connection has no open transaction; begin one, so that your changes and ours end together.",
);
/// A backup does not overwrite.
pub const BACKUP_EXISTS: Code =
    Code::conflict("backup.exists", "There is already a file {path}; give the backup a new name.");

/// All of them, for a host that translates their sentences.
pub const ALL: &[Code] = &[
    LOCKED,
    FULL,
    NOT_WRITABLE,
    NOT_A_DATABASE,
    NEWER,
    ENCODING,
    DIFFERS,
    IO,
    REPLACED,
    FORKED,
    NOT_MIGRATED,
    NO_TRANSACTION,
    BACKUP_EXISTS,
    LOG_FOREIGN,
    BACKUP_INVALID,
    TARGET_EXISTS,
    TARGET_OPEN,
];
