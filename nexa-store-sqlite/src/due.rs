//! Which tenants of the file have something due.

use nexa_kernel::{
    Timestamp,
    agenda::{Due, DueRequest},
    error::Result,
    record::corrupt,
};
use nexa_sql::Dialect;
use uuid::Uuid;

use crate::connection::Link;

/// Asks about all tenants at once.
pub(crate) fn due(link: &Link<'_>, asked: &DueRequest) -> Result<Vec<Due>> {
    let failed = |failure: rusqlite::Error| link.failed(&failure);
    let mut statement = link.db.prepare(&nexa_sql::due(Dialect::Sqlite, asked)).map_err(failed)?;
    let mut rows = statement.query([]).map_err(failed)?;
    let mut due = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        let org: [u8; 16] = row.get(0).map_err(|problem| corrupt("ledger", problem))?;
        let at: i64 = row.get(1).map_err(|problem| corrupt("agenda", problem))?;
        due.push(Due { at: Timestamp::from_micros(at), org: Uuid::from_bytes(org) });
    }
    Ok(due)
}
