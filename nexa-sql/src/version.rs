//! The version of the schema; `cargo xtask gen` writes this file when it drafts one.

/// The version of the schema that this library writes.
pub const VERSION: i64 = 2;
