//! Questions outside of a tenant's transaction.

use sqlx::{AssertSqlSafe, PgConnection, postgres::PgRow, raw_sql};

/// Asks in one message and without a prepared statement: behind a pooler every message outside of a transaction may meet
/// another connection of the server.
pub(crate) async fn ask(db: &mut PgConnection, sql: String) -> Result<Vec<PgRow>, sqlx::Error> {
    raw_sql(AssertSqlSafe(sql)).fetch_all(db).await
}
