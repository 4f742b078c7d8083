//! What is measured on PostgreSQL.

pub(crate) mod children;
pub(crate) mod commands;
pub(crate) mod import;
pub(crate) mod network;
pub(crate) mod queue;
pub(crate) mod search;
pub(crate) mod trips;
