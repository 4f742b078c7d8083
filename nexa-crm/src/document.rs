//! What `schema/` holds: the catalog and the tables, made from the code.

use nexa_core::Result;

/// The catalog of every operation as pretty JSON.
pub fn catalog_json() -> Result<String> {
    let crm = pollster::block_on(crate::open("memory:"))?;
    let document = crm.catalog().document(crm.kinds());
    Ok(serde_json::to_string_pretty(&document).unwrap_or_default() + "\n")
}

/// The tables of the SQLite backend as SQL.
#[cfg(feature = "sqlite")]
pub fn sqlite_schema() -> Result<String> {
    let crm = pollster::block_on(crate::open("memory:"))?;
    Ok(nexa_store_sqlite::schema(crm.kinds().all()))
}

/// The tables of the PostgreSQL backend as SQL, in a schema and for the role that the host connects as.
#[cfg(feature = "postgres")]
pub fn postgres_schema(namespace: nexa_store_postgres::Namespace, role: Option<&str>) -> Result<String> {
    let crm = pollster::block_on(crate::open("memory:"))?;
    Ok(nexa_store_postgres::schema(namespace, crm.kinds().all(), role))
}
