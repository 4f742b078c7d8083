//! The host's rows and ours in one transaction of the host.

mod postgres;
mod sqlite;
