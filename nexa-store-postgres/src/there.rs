//! What of the schema is there.

use std::collections::BTreeSet;

use nexa_kernel::error::Result;
use nexa_sql::{ColumnShape, Namespace, Shape, index_shape, quoted_texts, reference_shape};
use sqlx::{PgConnection, Row, postgres::PgRow};

use crate::{ask::ask, failure::failed};

/// The tables of the schema, and which of them row-level security guards. Something else of the same name is an obstacle that the
/// migration runs into.
pub(crate) struct There {
    pub(crate) shape: Shape,
    pub(crate) guarded: BTreeSet<String>,
}

impl There {
    /// What was released is guarded.
    pub(crate) fn released(shape: &Shape) -> Self {
        Self { shape: shape.clone(), guarded: shape.keys().cloned().collect() }
    }

    pub(crate) async fn read(db: &mut PgConnection, namespace: Namespace) -> Result<Self> {
        let schema = namespace.name();
        // Partitions follow their table.
        let tables = format!(
            "pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             AND n.nspname = '{schema}' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        );
        let mut shape = Shape::new();
        let guarded =
            format!("SELECT p.tablename::text FROM pg_catalog.pg_policies AS p WHERE p.schemaname = '{schema}'");
        let guarded = rows(db, guarded, |row| row.try_get::<String, _>(0)).await?;
        let guarded = guarded.into_iter().map(|name| format!("{schema}.{name}")).collect();
        for name in rows(db, format!("SELECT c.relname::text FROM {tables}"), |row| row.try_get::<String, _>(0)).await?
        {
            shape.insert(format!("{schema}.{name}"), nexa_sql::TableShape::default());
        }
        // A closed list is a check that is named after its column.
        let asked = format!(
            "SELECT c.relname::text, a.attname::text, \
             pg_catalog.format_type(a.atttypid, a.atttypmod) || coalesce(' COLLATE \"' || l.collname || '\"', ''), \
             NOT a.attnotnull, a.atthasdef OR a.attidentity <> '', pg_catalog.pg_get_constraintdef(k.oid) \
             FROM {tables} \
             JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation AND l.collname <> 'default' \
             LEFT JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'c' \
             AND k.conname = c.relname || '_' || a.attname || '_check'"
        );
        for (table, name, column) in rows(db, asked, column).await? {
            shape.entry(format!("{schema}.{table}")).or_default().columns.insert(name, column);
        }
        let asked = format!(
            "SELECT c.relname::text, i.relname::text, pg_catalog.pg_get_indexdef(i.oid) FROM {tables} \
             JOIN pg_catalog.pg_index AS x ON x.indrelid = c.oid JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid"
        );
        for [table, name, definition] in rows(db, asked, texts).await? {
            let indexes = &mut shape.entry(format!("{schema}.{table}")).or_default().indexes;
            indexes.insert(name, index_shape(&definition));
        }
        // The second column of a foreign key, as the first is the tenant.
        let asked = format!(
            "SELECT c.relname::text, k.conname::text, a.attname::text, m.nspname || '.' || o.relname FROM {tables} \
             JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'f' \
             JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.conkey[cardinality(k.conkey)] \
             JOIN pg_catalog.pg_class AS o ON o.oid = k.confrelid JOIN pg_catalog.pg_namespace AS m ON m.oid = o.relnamespace"
        );
        for [table, name, column, other] in rows(db, asked, texts).await? {
            let references = &mut shape.entry(format!("{schema}.{table}")).or_default().references;
            references.insert(name, reference_shape(&column, &other));
        }
        let asked = format!(
            "SELECT c.relname::text, k.conname::text FROM {tables} \
             JOIN pg_catalog.pg_constraint AS k ON k.conrelid = c.oid AND k.contype = 'c'"
        );
        for [table, name] in rows(db, asked, texts).await? {
            shape.entry(format!("{schema}.{table}")).or_default().checks.insert(name);
        }
        Ok(Self { shape, guarded })
    }
}

async fn rows<T>(
    db: &mut PgConnection,
    asked: String,
    read: impl Fn(&PgRow) -> Result<T, sqlx::Error>,
) -> Result<Vec<T>> {
    let rows = ask(db, asked).await.map_err(|problem| failed(&problem))?;
    rows.iter().map(|row| read(row).map_err(|problem| failed(&problem))).collect()
}

fn texts<const N: usize>(row: &PgRow) -> Result<[String; N], sqlx::Error> {
    let mut texts = [const { String::new() }; N];
    for (at, text) in texts.iter_mut().enumerate() {
        *text = row.try_get(at)?;
    }
    Ok(texts)
}

fn column(row: &PgRow) -> Result<(String, String, ColumnShape), sqlx::Error> {
    let check: Option<String> = row.try_get(5)?;
    let column = ColumnShape {
        kind: row.try_get(2)?,
        nullable: row.try_get(3)?,
        filled: row.try_get(4)?,
        values: check.map(|check| quoted_texts(&check)),
    };
    Ok((row.try_get(0)?, row.try_get(1)?, column))
}
