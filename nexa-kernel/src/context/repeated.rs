//! What a command under an idempotency key answered: remembered, and answered again.

use uuid::Uuid;

use super::Context;
use crate::{
    error::{Result, codes},
    filter::{Comparison, Predicate},
    idempotency::{IdempotencyRecord, KEPT_HOURS},
    ledger::EventQuery,
    named_unit::NamedUnit,
    record::{Id, Record},
    store::{Key, Select, SortKey},
    value::Value,
};

/// An answer that was not erased with a person. Error: `answer.erased`.
fn still_known(output: String) -> Result<String> {
    if output.is_empty() { Err(codes::ANSWER_ERASED.error()) } else { Ok(output) }
}

/// How many expired idempotency records a keyed command takes with it.
const EXPIRED_AT_ONCE: usize = 2;
/// One in so many keyed commands looks for idempotency records from the future instead, and dates so many again.
const FUTURE_ONCE_IN: u8 = 8;
const FUTURE_AT_ONCE: usize = 64;

impl Context<'_> {
    /// What this command answered under a unit that its client named. Error: `unit.taken`, also where the unit is one that the ledger has
    /// by itself.
    pub(crate) async fn done_as(&mut self, unit: Uuid, command: &str) -> Result<Option<String>> {
        let def = NamedUnit::def();
        let column = def.column(NamedUnit::BY).unwrap_or_default();
        let taken = || codes::UNIT_TAKEN.with("unit", unit);
        let rows = self.tx.load(def, Key::Column(column), &[Value::Uuid(unit)]).await?;
        if let Some(row) = rows.into_iter().next() {
            let named = NamedUnit::from_row(row)?;
            return if named.command == command { still_known(named.output).map(Some) } else { Err(taken()) };
        }
        let query = EventQuery { limit: 1, unit: Some(unit), ..EventQuery::default() };
        if self.tx.events(&query).await?.is_empty() { Ok(None) } else { Err(taken()) }
    }

    /// Remembers what a command answered under the unit that its client named.
    pub(crate) async fn remember_unit(&mut self, unit: Uuid, command: String, output: String) -> Result<()> {
        let named = NamedUnit { unit, command, output, ..NamedUnit::default() };
        self.insert_by_rule(named).await.map(|_| ())
    }

    /// The remembered answer of this command under this key. Errors: `idempotency.mismatch`, `answer.erased`.
    pub(crate) async fn remembered(&mut self, key: &str, command: &str) -> Result<Option<String>> {
        let caller_key = IdempotencyRecord::key_of(&self.actor.principal, key);
        let def = IdempotencyRecord::def();
        let column = def.column(IdempotencyRecord::BY).unwrap_or_default();
        let rows = self.tx.load(def, Key::Column(column), &[Value::Text(caller_key)]).await?;
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        self.keep(def, row.clone());
        let idempotency_record = IdempotencyRecord::from_row(row)?;
        if idempotency_record.created_at.plus_hours(KEPT_HOURS) <= self.now {
            self.remove(&idempotency_record).await?;
            self.flush().await?;
            return Ok(None);
        }
        if idempotency_record.command == command {
            still_known(idempotency_record.output).map(Some)
        } else {
            Err(codes::IDEMPOTENCY_MISMATCH.error())
        }
    }

    /// Removes a few idempotency records that are past their time, so that they do not pile up. Those that a wrong clock dated in the
    /// future would answer for years: now and then they are dated as of now.
    async fn forget_expired(&mut self) -> Result<()> {
        let def = IdempotencyRecord::def();
        let by_time = |bound, limit, descending| Select {
            sort: vec![SortKey::of(def.created_at, descending)],
            ..Select::all(def, limit).filtered(bound)
        };
        let salt = self.unit.as_bytes().last().copied().unwrap_or_default();
        if salt.is_multiple_of(FUTURE_ONCE_IN) {
            let future = Value::Time(self.now.plus_hours(1));
            let bound = Predicate::Compare(def.created_at, Comparison::Gt, future);
            for row in self.rows(&by_time(bound, FUTURE_AT_ONCE, true)).await? {
                self.date_again(def, row);
            }
            return Ok(());
        }
        let past = Value::Time(self.now.plus_hours(-KEPT_HOURS));
        let bound = Predicate::Compare(def.created_at, Comparison::Le, past);
        for row in self.rows(&by_time(bound, EXPIRED_AT_ONCE, false)).await? {
            self.remove(&IdempotencyRecord::from_row(row)?).await?;
        }
        Ok(())
    }

    /// Remembers an answer under a key.
    pub(crate) async fn remember(&mut self, key: &str, command: String, output: String) -> Result<()> {
        self.forget_expired().await?;
        let caller_key = IdempotencyRecord::key_of(&self.actor.principal, key);
        let idempotency_record =
            IdempotencyRecord { id: Id::default(), caller_key, command, output, ..IdempotencyRecord::default() };
        self.insert_by_rule(idempotency_record).await.map(|_| ())
    }
}
