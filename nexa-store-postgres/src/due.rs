//! Which tenants of the database have something due.

use nexa_kernel::{
    Timestamp,
    agenda::{Due, DueRequest},
    error::Result,
    record::corrupt,
};

use crate::{ask::ask, failure::failed, rows::simple_text, shared::Shared};

/// The setting under which row-level security shows of every tenant how far it has come and when it is to be looked at. It holds for
/// one message, which asks for tenants and moments alone.
pub(crate) const LOOK_OUT: &str = "nexa.due";

/// Asks about all tenants at once, in one message, which is a transaction of its own.
pub(crate) async fn due(shared: &Shared, asked: &DueRequest) -> Result<Vec<Due>> {
    let mut db = shared.acquire().await.map_err(|problem| failed(&problem))?;
    let question = nexa_sql::due(shared.server.statements.dialect(), asked);
    let asked = format!("SET LOCAL {LOOK_OUT} = 'on'; {question}");
    let rows = ask(&mut db, asked).await.map_err(|problem| failed(&problem))?;
    let found = rows.iter().map(|row| {
        let unreadable = || corrupt("agenda", "it is not a tenant and a moment");
        let (org, at) = (simple_text(row, 0).ok_or_else(unreadable)?, simple_text(row, 1).ok_or_else(unreadable)?);
        let at = at.parse().map_err(|problem| corrupt("agenda", problem))?;
        Ok(Due { at: Timestamp::from_micros(at), org: org.parse().map_err(|problem| corrupt("agenda", problem))? })
    });
    found.collect()
}
