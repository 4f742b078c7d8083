//! A session in a transaction of rusqlite, for hosts without an asynchronous runtime.

use nexa_core::{Envelope, Find, Once, Page, Perform, Query, Record, Ref, Result};
use nexa_store_sqlite::{HostSession, SqliteHostTransaction, rusqlite::Connection};
use serde_json::Value as Json;

use super::{Session, waiting::block_on};

impl Session {
    /// This session in a transaction that the host has opened on the same file; see [`HostSession`].
    pub fn within<'t>(&self, transaction: &'t Connection) -> Within<'t> {
        Within(self.asynchronous().within(transaction))
    }
}

/// A session inside the host's transaction: its rows and ours are committed together, or not at all.
pub struct Within<'t>(nexa_core::Within<SqliteHostTransaction<'t>>);

impl Within<'_> {
    /// Runs a command as one unit with its history.
    pub fn run<C: Perform>(&mut self, command: C) -> Result<C::Output> {
        block_on(self.0.run(command))
    }
    /// Runs a command in an envelope.
    pub fn run_with<C: Perform>(&mut self, envelope: Envelope, command: C) -> Result<C::Output> {
        block_on(self.0.run_with(envelope, command))
    }
    /// The same, and says whether the command was done now or before.
    pub fn run_once<C: Perform>(&mut self, envelope: Envelope, command: C) -> Result<Once<C::Output>> {
        block_on(self.0.run_once(envelope, command))
    }
    /// Asks a question.
    pub fn ask<Q: Query>(&mut self, query: Q) -> Result<Q::Output> {
        block_on(self.0.ask(query))
    }
    /// Reads one record. Error: `record.not_found`.
    pub fn get<R: Record>(&mut self, record: impl Into<Ref<R>>) -> Result<R> {
        block_on(self.0.get(record))
    }
    /// Reads a page of records.
    pub fn find<R: Record>(&mut self, find: Find<R>) -> Result<Page<R>> {
        block_on(self.0.find(find))
    }
    /// Runs an operation of the catalog by name, from JSON to JSON.
    pub fn execute(&mut self, operation: &str, arguments: Json, envelope: Envelope) -> Result<Json> {
        let work = async move |session: nexa_core::Session| session.execute(operation, arguments, envelope).await;
        block_on(self.0.with(work))
    }
}
