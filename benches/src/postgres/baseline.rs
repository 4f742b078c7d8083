//! What somebody writes who needs these few operations and nothing else: sqlx, a connection per caller, prepared statements,
//! one transaction per command.
//!
//! It has tables of its own, of the same columns, indexes and references, without row-level security and without a ledger.
//! What it changes it locks, and it takes the number that all wait for last.

mod convert;
mod import;
mod queue;
mod ticket;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use nexa_crm::{
    SystemClock, SystemIds, Timestamp,
    kernel::ports::{Clock, Ids},
};
use nexa_sql::{Dialect, Namespace};
use nexa_store_postgres::Namespace as Schema;
use sqlx::{AssertSqlSafe, Connection, PgConnection, query, query_as, query_scalar};
use tokio::sync::Mutex;
use uuid::Uuid;

pub(crate) use self::{import::Importer, queue::Viewer};
use super::{
    building::{Building, connect},
    database::ROLE,
    job::{Job, Kind},
};
use crate::{Outcome, terms::Terms};

/// The schema of its tables.
pub(crate) const BASELINE: &str = "baseline";

/// The hand-written program.
#[derive(Clone)]
pub(crate) struct Baseline {
    connections: Vec<Arc<Mutex<PgConnection>>>,
    ids: Arc<SystemIds>,
}

impl Baseline {
    /// Makes its tables and copies every row of ours to them.
    pub(crate) fn seed_data(building: &Building) -> Outcome<()> {
        let theirs = Namespace::new(BASELINE).ok_or("that is no name of a schema")?;
        let kinds = building.crm.asynchronous().kinds().all();
        building.own(format!("CREATE SCHEMA {BASELINE}"))?;
        building.own(nexa_sql::schema(Dialect::Postgres(theirs), kinds))?;
        for table in nexa_sql::tables(Dialect::Postgres(Schema::default()), kinds) {
            let Some((_, name)) = table.name.split_once('.') else { continue };
            building.own(format!(
                "SET session_replication_role = replica; INSERT INTO {BASELINE}.{name} SELECT * FROM {}",
                table.name
            ))?;
        }
        building.own(format!(
            "GRANT USAGE ON SCHEMA {BASELINE} TO {ROLE}; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {BASELINE} TO {ROLE}"
        ))?;
        building.own("ANALYZE; CHECKPOINT")?;
        Ok(())
    }

    /// Connects as many callers, by this port.
    pub(crate) fn connect(building: &Building, callers: usize, port: u16) -> Outcome<Self> {
        building.runtime.block_on(async {
            let mut connections = Vec::with_capacity(callers);
            for _ in 0..callers {
                connections.push(Arc::new(Mutex::new(connect(building.by(port)).await?)));
            }
            Ok(Self { connections, ids: Arc::default() })
        })
    }

    /// Does a job on the connection of a caller.
    pub(crate) async fn run(self, kind: Kind, caller: usize, job: Job) -> Outcome<()> {
        let connection = self.connections.get(caller).ok_or("there are fewer connections than callers")?;
        let mut connection = connection.lock().await;
        let mut tx = connection.begin().await?;
        authenticate(&mut tx, &job).await?;
        match kind {
            Kind::Convert => self.convert(&mut tx, &job).await?,
            Kind::Ticket => self.ticket(&mut tx, &job).await?,
        }
        Ok(tx.commit().await?)
    }

    fn id(&self, at: DateTime<Utc>) -> Uuid {
        self.ids.id(Timestamp::from_micros(at.timestamp_micros()))
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(SystemClock.now().micros()).unwrap_or_default()
}

/// Makes sure that the caller may work here, as anybody's program does.
async fn authenticate(db: &mut PgConnection, job: &Job) -> Outcome<()> {
    let (role, active): (String, bool) = query_as("SELECT role, active FROM baseline.users WHERE org = $1 AND id = $2")
        .bind(job.org)
        .bind(job.agent)
        .fetch_one(db)
        .await?;
    if active && matches!(role.as_str(), "agent" | "admin") { Ok(()) } else { Err("the user may not".into()) }
}

impl Baseline {
    /// The next number under a name; whoever else wants one waits until this transaction ends.
    async fn next_number(&self, db: &mut PgConnection, org: Uuid, name: &str, at: DateTime<Utc>) -> Outcome<i64> {
        let next = query_scalar(
            "UPDATE baseline.counters SET last = last + 1, version = version + 1, updated_at = $3 WHERE org = $1 AND name = $2 \
             RETURNING last",
        );
        if let Some(next) = next.bind(org).bind(name).bind(at).fetch_optional(&mut *db).await? {
            return Ok(next);
        }
        let first = query_scalar(
            "INSERT INTO baseline.counters (org, id, version, created_at, updated_at, name, last) VALUES ($1, $2, 1, $4, $4, $3, 1) \
             ON CONFLICT (org, name) DO UPDATE SET last = counters.last + 1, version = counters.version + 1 RETURNING last",
        );
        Ok(first.bind(org).bind(self.id(at)).bind(name).bind(at).fetch_one(db).await?)
    }
}

/// Writes the addresses by which a record is found: its mail address, which no other has, and its telephone number.
async fn address(db: &mut PgConnection, org: Uuid, kind: &str, record: Uuid, email: &str, phone: &str) -> Outcome<()> {
    query("INSERT INTO baseline.external_keys (org, kind, system, key, record) VALUES ($1, $2, '@email', $3, $4)")
        .bind(org)
        .bind(kind)
        .bind(email)
        .bind(record)
        .execute(&mut *db)
        .await?;
    query("INSERT INTO baseline.indexed_values (org, kind, field, value, record) VALUES ($1, $2, '@phone', $3, $4)")
        .bind(org)
        .bind(kind)
        .bind(phone)
        .bind(record)
        .execute(db)
        .await?;
    Ok(())
}

/// Writes the terms of a record in one statement.
async fn index(db: &mut PgConnection, org: Uuid, kind: &str, record: Uuid, terms: Terms) -> Outcome<()> {
    let mut sql = "INSERT INTO baseline.terms (org, kind, record, term, weight) VALUES ".to_owned();
    let entries = terms.entries();
    for position in 0..entries.len() {
        let comma = if position > 0 { ", " } else { "" };
        sql.push_str(&format!("{comma}($1, $2, $3, ${}, ${})", 2 * position + 4, 2 * position + 5));
    }
    let mut insert = query(AssertSqlSafe(sql)).bind(org).bind(kind).bind(record);
    for (term, weight) in &entries {
        insert = insert.bind(term).bind(weight);
    }
    insert.execute(db).await?;
    Ok(())
}
