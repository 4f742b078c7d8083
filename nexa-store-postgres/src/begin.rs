//! How a transaction begins: one message sets what it needs, and reads what it will read first.
//!
//! The server would plan the statements of such a message each time. So they are prepared by their names, once in a
//! connection; one that does not know them yet says so.

use std::error::Error as _;
use std::sync::Arc;

use nexa_kernel::{
    ledger::Head,
    record::{Row, corrupt},
    store::Work,
    value::{Timestamp, Value},
};
use sqlx::{Row as _, postgres::PgRow};

use crate::{
    cache::Cache,
    failure::{Class, Failure},
    link::Link,
    load::Load,
    rows::{read_head, read_simple_record, simple_text},
    script::Script,
    statements::Named,
};

/// A transaction that is open and holds the tenant.
pub(crate) struct Begun {
    pub(crate) head: Head,
    /// The server's clock as the transaction began.
    pub(crate) clock: Option<Timestamp>,
    /// What was read already.
    pub(crate) cache: Cache,
}

/// A statement that a connection may know, with its arguments.
struct Execution {
    named: Arc<Named>,
    arguments: String,
}

impl Execution {
    fn text(&self) -> String {
        format!("EXECUTE {} ({})", self.named.name, self.arguments)
    }
}

/// Where the row with the head of the ledger has the process of the server, and the server's clock.
const HEAD_PROCESS: usize = 3;
const HEAD_CLOCK: usize = 4;
/// The server's clock, for a tenant that has no ledger yet.
const CLOCK: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// How many columns a row of prefetched loads has; the head of the ledger has more.
const PREFETCHED_COLUMNS: usize = 2;

impl Link<'_> {
    /// Begins a transaction, and reads the head of the ledger and what the work prefetches; with `lock`, nobody else writes for
    /// the tenant until its end.
    pub(crate) async fn begin(
        &mut self,
        opening: &str,
        lock: bool,
        work: Option<&Arc<dyn Work>>,
    ) -> Result<Begun, Failure> {
        let org = self.org;
        let begin = format!("{opening}; SET LOCAL nexa.org = '{org}'");
        if !self.server.statements.prepared {
            let head = self.server.statements.head_of(&format!("'{org}'"), lock);
            let rows = self.simple(format!("{begin}; {head}")).await?;
            return self.began(&rows, Cache::default(), lock).await;
        }
        let mut cache = Cache::default();
        let loads = work.map(|work| cache.prefetch(&Script::first_prefetch(work))).unwrap_or_default();
        let first = self.first(&loads);
        if first.is_none() {
            cache = Cache::default();
        }
        let head = Execution { named: self.server.statements.head(lock), arguments: format!("'{org}'") };
        let executions: Vec<Execution> = std::iter::once(head).chain(first).collect();
        let (prefetched, head): (Vec<PgRow>, Vec<PgRow>) = self
            .execute(&begin, &executions)
            .await?
            .into_iter()
            .partition(|row| row.columns().len() == PREFETCHED_COLUMNS);
        let read = |row: &PgRow| {
            let number = simple_text(row, 0).and_then(|text| text.parse::<usize>().ok());
            match number.and_then(|number| Some((number, loads.get(number)?))) {
                Some((number, load)) => Ok((number, read_simple_record(load.of, row, 1)?)),
                None => Err(corrupt("load", "it has no number")),
            }
        };
        let rows: Vec<(usize, Row)> = prefetched.iter().map(read).collect::<Result<_, _>>()?;
        cache.found_together(&loads, rows);
        self.began(&head, cache, lock).await
    }

    /// Reads the head of the ledger from the row that a transaction begins with, and forgets plans that are outdated. A tenant
    /// that is about to be founded has no such row.
    pub(crate) async fn began(&mut self, rows: &[PgRow], cache: Cache, writes: bool) -> Result<Begun, Failure> {
        let head = read_head(rows)?;
        let number = |row: &PgRow, position| simple_text(row, position).and_then(|text| text.parse().ok());
        let clock = match rows.last() {
            Some(row) => number(row, HEAD_CLOCK),
            None if writes => self.simple(CLOCK.to_owned()).await?.last().and_then(|row| number(row, 0)),
            None => None,
        };
        let process = rows.last().and_then(|row| simple_text(row, HEAD_PROCESS)).and_then(|text| text.parse().ok());
        if process.is_some_and(|process| self.server.growth.outdates(process)) {
            self.simple("DISCARD PLANS".to_owned()).await?;
        }
        Ok(Begun { head, clock: clock.map(Timestamp::from_micros), cache })
    }

    /// What reads these loads in the message that begins; nothing where it cannot, or has nothing to read.
    fn first(&self, loads: &[Load]) -> Option<Execution> {
        if loads.iter().all(|load| load.values.is_empty()) {
            return None;
        }
        let mut arguments = format!("'{}'", self.org);
        for load in loads {
            arguments.push_str(", ");
            arguments.push_str(&match load.values.as_slice() {
                [] => "NULL".to_owned(),
                [value] => literal(value)?,
                _ => return None,
            });
        }
        Some(Execution { named: self.server.statements.first(loads)?, arguments })
    }

    /// Begins and executes; what the connection does not know is prepared first.
    async fn execute(&mut self, begin: &str, executions: &[Execution]) -> Result<Vec<PgRow>, Failure> {
        let texts: Vec<String> = executions.iter().map(Execution::text).collect();
        let texts = texts.join("; ");
        let mut ended = self.simple(format!("{begin}; {texts}")).await;
        for _ in executions {
            let unknown = match &ended {
                Err(failure) if failure.class == Class::Unprepared => {
                    let said = failure.error.source().map(ToString::to_string).unwrap_or_default();
                    executions.iter().find(|execution| said.contains(&execution.named.name))
                }
                _ => None,
            };
            let Some(Execution { named, .. }) = unknown else { break };
            ended = self.simple(format!("ROLLBACK; {begin}; PREPARE {} AS {}; {texts}", named.name, named.text)).await;
        }
        ended
    }
}

/// A value as a statement has it, where that needs no care: it has neither quotes nor anything that settings of the server
/// read in another way.
fn literal(value: &Value) -> Option<String> {
    match value {
        Value::Uuid(id) => Some(format!("'{id}'")),
        Value::Bool(yes) => Some(format!("'{yes}'")),
        Value::Int(number) => Some(format!("'{number}'")),
        Value::Text(text) if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:@".contains(&byte)) => {
            Some(format!("'{text}'"))
        }
        _ => None,
    }
}
