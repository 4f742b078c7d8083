//! What can go wrong with the server. Nothing is half done after any of these.

use nexa_kernel::Code;

/// The server cannot be reached, or the connection broke. A command that was not answered is whole or absent: repeat it
/// under its idempotency key.
pub const UNREACHABLE: Code = Code::unavailable(
    "store.unreachable",
    "The PostgreSQL server does not answer; repeat the call, a command under its idempotency key.",
);
/// No connection became free, and none could be made, within the acquire timeout.
pub const EXHAUSTED: Code = Code::unavailable(
    "store.exhausted",
    "No connection to PostgreSQL became free or could be made in time; try again, check the server, or allow more connections.",
);
/// The server takes no connection of this user to this database.
pub const NO_ENTRY: Code = Code::unavailable(
    "store.no_entry",
    "The PostgreSQL server does not let this user into this database; check the user, the password and the database in the URL.",
)
.permanent();
/// The disk of the server is full. Room may be made, so that the same call may succeed later.
pub const FULL: Code = Code::unavailable(
    "store.full",
    "There is no room left on the disk of the PostgreSQL server; nothing was changed, make room and try again.",
);
/// The server or the database takes no changes, such as a replica.
pub const READ_ONLY_SERVER: Code = Code::unavailable(
    "store.not_writable",
    "The PostgreSQL server takes no changes; nothing was changed, connect to the primary or let the database be written.",
)
.permanent();
/// Somebody else holds the tenant: a host's transaction that is still open.
pub const BUSY: Code = Code::unavailable(
    "org.busy",
    "Another transaction keeps the organisation {org} locked; nothing was changed, try again when it has ended.",
);
/// Another transaction keeps a row or a table that the host's SQL needs, or waits for one that ours keeps.
pub const ROW_LOCKED: Code = Code::unavailable(
    "store.locked",
    "Another transaction keeps a row locked that the SQL needs; nothing of it was done, roll back and try again.",
);
/// The host's transaction began before a change that it has to see.
pub const SERIALIZATION: Code = Code::unavailable(
    "store.serialization",
    "The organisation {org} was changed since the transaction began; roll the transaction back and run all of it again.",
);
/// The role is not bound by row-level security.
pub const ISOLATION: Code = Code::unavailable(
    "store.isolation",
    "The role {role} bypasses row-level security; connect as one without SUPERUSER and BYPASSRLS, or say Isolation::FilterOnly.",
)
.permanent();
/// A table is not there, or the role may not read it.
pub const NOT_MIGRATED: Code = Code::unavailable(
    "schema.missing",
    "The schema {schema} lacks {missing}; run the migration with a role that owns the schema.",
)
.permanent();
/// The schema is empty, an older version's, or lacks what a kind needs. Opening it changes nothing: others may work with it still.
pub const OUTDATED: Code = Code::unavailable(
    "schema.outdated",
    "The schema {schema} is not up to date, {problem}; open it with the option to migrate, or call migrate, with a role that owns it.",
)
.permanent();
/// The migration may not do what it has to.
pub const RIGHTS: Code = Code::unavailable(
    "schema.rights",
    "The role {role} may not set up the schema {schema} ({problem}); give it CREATE on the database or make the schema its own.",
)
.permanent();
/// The role that the tables are meant for is not there.
pub const ROLE_UNKNOWN: Code = Code::unavailable(
    "schema.role_unknown",
    "There is no role {role} to give the tables to; create it, with NOSUPERUSER and NOBYPASSRLS, and migrate again.",
)
.permanent();
/// The database was migrated by a later version of the library.
pub const NEWER: Code = Code::unavailable(
    "schema.newer",
    "The schema {schema} has version {found}, and this library knows {known}; use a newer version of Nexa.",
)
.permanent();
/// The database cannot keep every text.
pub const ENCODING: Code = Code::unavailable(
    "store.encoding",
    "The database has the encoding {encoding}; create one with the encoding UTF8, such as by CREATE DATABASE … ENCODING 'UTF8' \
     TEMPLATE template0.",
)
.permanent();
/// A table has other columns than its kind needs.
pub use nexa_kernel::schema::SCHEMA_DIFFERS as DIFFERS;
/// The URL or an option makes no sense.
pub const MISCONFIGURED: Code =
    Code::invalid("store.misconfigured", "The store cannot be opened: {problem}. Correct its URL or options.");

/// All of them, for a host that translates their sentences.
pub const ALL: &[Code] = &[
    UNREACHABLE,
    EXHAUSTED,
    NO_ENTRY,
    FULL,
    READ_ONLY_SERVER,
    BUSY,
    ROW_LOCKED,
    SERIALIZATION,
    ISOLATION,
    NOT_MIGRATED,
    OUTDATED,
    RIGHTS,
    ROLE_UNKNOWN,
    NEWER,
    ENCODING,
    DIFFERS,
    MISCONFIGURED,
];
