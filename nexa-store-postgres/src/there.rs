//! What of the schema is there.

use std::collections::{HashMap, HashSet};

use nexa_kernel::error::Result;
use nexa_sql::{Found, Namespace, quoted_texts};
use sqlx::{PgConnection, Row, postgres::PgRow};

use crate::{migrate::ask, store::failed};

/// Tables, indexes, foreign keys and policies, each by its sort and its name without the schema's, and the columns of the
/// tables. Something else of the same name is an obstacle that the migration runs into.
pub(crate) struct There {
    named: HashSet<(String, String)>,
    columns: HashMap<String, Vec<Found>>,
}

impl There {
    pub(crate) async fn read(db: &mut PgConnection, namespace: Namespace) -> Result<Self> {
        let schema = namespace.name();
        let asked = format!(
            "SELECT CASE WHEN c.relkind IN ('r', 'p') THEN 'table' ELSE 'index' END, c.relname::text \
             FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             WHERE n.nspname = '{schema}' AND c.relkind IN ('r', 'p', 'i', 'I') \
             UNION ALL SELECT 'reference', f.conname::text FROM pg_catalog.pg_constraint AS f \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = f.connamespace WHERE n.nspname = '{schema}' AND f.contype = 'f' \
             UNION ALL SELECT 'policy', p.tablename::text FROM pg_catalog.pg_policies AS p WHERE p.schemaname = '{schema}'"
        );
        let rows = ask(db, asked).await.map_err(|problem| failed(&problem))?;
        let read = |row: &PgRow| Ok((row.try_get(0)?, row.try_get(1)?));
        let named =
            rows.iter().map(|row| read(row).map_err(|problem| failed(&problem))).collect::<Result<HashSet<_>>>()?;
        // A closed list is a check that is named after its column.
        let asked = format!(
            "SELECT c.relname::text, a.attname::text, \
             pg_catalog.format_type(a.atttypid, a.atttypmod) || coalesce(' COLLATE \"' || l.collname || '\"', ''), \
             NOT a.attnotnull, a.atthasdef OR a.attidentity <> '', pg_catalog.pg_get_constraintdef(k.oid) \
             FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation AND l.collname <> 'default' \
             LEFT JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'c' \
             AND k.conname = c.relname || '_' || a.attname || '_check' \
             WHERE n.nspname = '{schema}' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        );
        let mut columns: HashMap<String, Vec<Found>> = HashMap::new();
        for row in ask(db, asked).await.map_err(|problem| failed(&problem))? {
            let (table, found) = column(&row).map_err(|problem| failed(&problem))?;
            columns.entry(table).or_default().push(found);
        }
        Ok(Self { named, columns })
    }

    /// Whether something of this sort has this name.
    pub(crate) fn has(&self, sort: &str, name: &str) -> bool {
        self.named.contains(&(sort.to_owned(), name.to_owned()))
    }

    /// The columns of a table.
    pub(crate) fn columns(&self, table: &str) -> &[Found] {
        self.columns.get(table).map(Vec::as_slice).unwrap_or_default()
    }
}

fn column(row: &PgRow) -> Result<(String, Found), sqlx::Error> {
    let check: Option<String> = row.try_get(5)?;
    let found = Found {
        name: row.try_get(1)?,
        kind: row.try_get(2)?,
        nullable: row.try_get(3)?,
        filled: row.try_get(4)?,
        values: check.map(|check| quoted_texts(&check)),
    };
    Ok((row.try_get(0)?, found))
}
