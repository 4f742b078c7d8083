//! The host's rows and ours in one transaction.

mod begun;
mod postgres;
mod sqlite;
