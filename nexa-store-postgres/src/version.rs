//! The version of the schema that a database has.

use nexa_kernel::{Error, error::Result};
use nexa_sql::{Namespace, VERSION};
use sqlx::{PgConnection, Row};

use crate::{ask::ask, codes, failure::failed};

/// The table of versions belongs to no tenant.
pub(crate) const VERSIONS: &str = "schema_version";

/// Refuses an empty schema, an older one, and one that is more than a version later.
pub(crate) async fn check(db: &mut PgConnection, namespace: Namespace) -> Result<()> {
    match found(db, namespace).await.map_err(|problem| failed(&problem))? {
        None => Err(outdated(namespace, "it is empty")),
        Some(version) if version > VERSION + 1 => Err(newer(namespace, version)),
        Some(version) if version < VERSION => {
            Err(outdated(namespace, &format!("it has version {version} and this library needs {VERSION}")))
        }
        Some(_) => Ok(()),
    }
}

/// The refusal of a schema that a migration brings up to date.
pub(crate) fn outdated(namespace: Namespace, problem: &str) -> Error {
    codes::OUTDATED.with("schema", namespace.name()).with("problem", problem)
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
