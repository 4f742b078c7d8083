//! Whether tenants are kept apart on this connection.

use nexa_kernel::error::Result;
use sqlx::{PgConnection, Row};

use crate::{
    ask::ask,
    codes,
    failure::failed,
    options::{Isolation, Options},
    shared::Shared,
    version,
};

/// Refuses a schema that is not there or newer, and a role that row-level security does not bind.
pub(crate) async fn check(shared: &Shared) -> Result<()> {
    let mut db = shared.acquire().await.map_err(|problem| failed(&problem))?;
    version::check(&mut db, shared.server.statements.namespace).await?;
    encoding(&mut db).await?;
    if shared.options.isolation == Isolation::FilterOnly {
        return Ok(());
    }
    let ledger = shared.server.statements.dialect().table("ledger");
    let asked = format!("SELECT row_security_active('{ledger}'), current_user::text");
    let rows = ask(&mut db, asked).await.map_err(|problem| failed(&problem))?;
    let Some(row) = rows.first() else { return Err(failed(&sqlx::Error::RowNotFound)) };
    let bound: bool = row.try_get(0).map_err(|problem| failed(&problem))?;
    let role: String = row.try_get(1).map_err(|problem| failed(&problem))?;
    if bound { Ok(()) } else { Err(codes::ISOLATION.with("role", role)) }
}

/// Refuses a role that row-level security does not bind and a database of another encoding, before anything is set up for it.
/// Who sets up the tables for another role may be anybody.
pub(crate) async fn fits(db: &mut PgConnection, options: &Options) -> Result<()> {
    encoding(db).await?;
    if options.isolation == Isolation::FilterOnly {
        return Ok(());
    }
    let asked =
        "SELECT rolsuper OR rolbypassrls, current_user::text FROM pg_catalog.pg_roles WHERE rolname = current_user";
    let rows = ask(db, asked.to_owned()).await.map_err(|problem| failed(&problem))?;
    let Some(row) = rows.first() else { return Ok(()) };
    let bypasses: bool = row.try_get(0).map_err(|problem| failed(&problem))?;
    let role: String = row.try_get(1).map_err(|problem| failed(&problem))?;
    let for_another = options.role.as_ref().is_some_and(|other| *other != role);
    if bypasses && !for_another { Err(codes::ISOLATION.with("role", role)) } else { Ok(()) }
}

/// Refuses a database that cannot keep every text. Error: `store.encoding`.
async fn encoding(db: &mut PgConnection) -> Result<()> {
    let asked = "SELECT current_setting('server_encoding')".to_owned();
    let rows = ask(db, asked).await.map_err(|problem| failed(&problem))?;
    let Some(row) = rows.first() else { return Ok(()) };
    let encoding: String = row.try_get(0).map_err(|problem| failed(&problem))?;
    if encoding == "UTF8" { Ok(()) } else { Err(codes::ENCODING.with("encoding", encoding)) }
}
