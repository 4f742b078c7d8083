//! Whether tenants are kept apart on this connection.

use nexa_core::kernel::error::Result;
use sqlx::Row;

use crate::{codes, migrate, options::Isolation, store::Shared, store::failed};

/// Refuses a schema that is not there or newer, and a role that row-level security does not bind.
pub(crate) async fn check(shared: &Shared) -> Result<()> {
    let mut db = shared.acquire().await.map_err(|problem| failed(&problem))?;
    migrate::check(&mut db, shared.statements.namespace).await?;
    if shared.options.isolation == Isolation::FilterOnly {
        return Ok(());
    }
    let ledger = shared.statements.dialect().table("ledger");
    let asked = format!("SELECT row_security_active('{ledger}'), current_user::text");
    let rows = migrate::ask(&mut db, asked).await.map_err(|problem| failed(&problem))?;
    let Some(row) = rows.first() else { return Err(failed(&sqlx::Error::RowNotFound)) };
    let bound: bool = row.try_get(0).map_err(|problem| failed(&problem))?;
    let role: String = row.try_get(1).map_err(|problem| failed(&problem))?;
    if bound { Ok(()) } else { Err(codes::ISOLATION.with("role", role)) }
}
