//! The version of the schema that a database has.

use nexa_kernel::{Error, error::Result};
use nexa_sql::{Namespace, VERSION};
use sqlx::{PgConnection, Row};

use crate::{ask::ask, codes, failure::failed};

/// The table of versions belongs to no tenant.
pub(crate) const VERSIONS: &str = "schema_version";

/// Refuses a schema that is not there, an older one, and one that is more than a version later.
pub(crate) async fn check(db: &mut PgConnection, namespace: Namespace) -> Result<()> {
    let missing = || codes::NOT_MIGRATED.with("schema", namespace.name()).with("missing", "its tables");
    match found(db, namespace).await.map_err(|problem| failed(&problem))? {
        None => Err(missing()),
        Some(version) if version > VERSION + 1 => Err(newer(namespace, version)),
        Some(version) if version < VERSION => {
            Err(codes::OUTDATED.with("schema", namespace.name()).with("found", version).with("needed", VERSION))
        }
        Some(_) => Ok(()),
    }
}

/// The refusal of a schema that a later version of this crate has set up.
pub(crate) fn newer(namespace: Namespace, found: i64) -> Error {
    codes::NEWER.with("schema", namespace.name()).with("found", found).with("known", VERSION)
}

/// The version of the schema; `None` before the first migration. It fails where the role may not look.
pub(crate) async fn found(db: &mut PgConnection, namespace: Namespace) -> Result<Option<i64>, sqlx::Error> {
    // A name that is resolved, as by `to_regclass`, is refused to a role without rights.
    let schema = namespace.name();
    let known = format!(
        "SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
         WHERE n.nspname = '{schema}' AND c.relname = '{VERSIONS}'"
    );
    if ask(db, known).await?.is_empty() {
        return Ok(None);
    }
    let rows = ask(db, format!("SELECT max(version) FROM {schema}.{VERSIONS}")).await?;
    rows.first().map_or(Ok(None), |row| row.try_get(0))
}
