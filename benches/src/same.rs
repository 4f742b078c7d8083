//! Both files must end up alike, or the comparison says nothing.

use std::{collections::BTreeMap, path::Path};

use nexa_crm::{Principal, people::org::Verify};
use rusqlite::{Connection, OpenFlags};
use uuid::Uuid;

use crate::{Outcome, office};

/// Refuses files with different row counts, and a ledger that does not verify.
pub(crate) fn check(ours: &Path, baseline: &Path, org: Uuid, admin: &Principal) -> Outcome<()> {
    let (a, b) = (counts(ours)?, counts(baseline)?);
    for (table, rows) in &a {
        let other = b.get(table).copied().unwrap_or_default();
        if *rows != other {
            return Err(format!("{table} has {rows} rows in our file and {other} in the hand-written one").into());
        }
    }
    for path in [ours, baseline] {
        office::open(path)?.session(org, admin.clone()).ask(Verify::default())?;
    }
    Ok(())
}

fn counts(path: &Path) -> Outcome<BTreeMap<String, i64>> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let tables: Vec<String> = db
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'nexa_*'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut counts = BTreeMap::new();
    for table in tables {
        let rows = db.query_row(&format!("SELECT count(*) FROM \"{table}\""), [], |row| row.get(0))?;
        counts.insert(table, rows);
    }
    Ok(counts)
}
