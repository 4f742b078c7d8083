//! Both sides must have written the same rows, or the comparison says nothing.

use nexa_crm::people::org::Verify;
use nexa_sql::Dialect;
use sqlx::Row;

use super::{baseline::BASELINE, building::Building};
use crate::Outcome;

/// What the hand-written side does without.
const LEDGER: [&str; 3] = ["events", "ledger", "schema_version"];

/// Refuses tables with different row counts, and a ledger that does not verify.
pub(crate) fn check(building: &Building) -> Outcome<()> {
    let ours = Dialect::Postgres(nexa_store_postgres::Namespace::default());
    for table in nexa_sql::tables(ours, building.crm.asynchronous().kinds().all()) {
        let Some((_, name)) = table.name.split_once('.') else { continue };
        if LEDGER.contains(&name) {
            continue;
        }
        let rows = building.own(format!(
            "SELECT (SELECT count(*) FROM {})::text, (SELECT count(*) FROM {BASELINE}.{name})::text",
            table.name
        ))?;
        let row = rows.first().ok_or("nothing was counted")?;
        let (own, other): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        if own != other {
            return Err(format!("{name} has {own} rows in ours and {other} in the hand-written one").into());
        }
    }
    verify(building)
}

/// Verifies the ledger of each tenant.
pub(crate) fn verify(building: &Building) -> Outcome<()> {
    building.tenants.iter().try_for_each(|tenant| tenant.admin.ask(Verify::default()).map(|_| ()).map_err(Into::into))
}
