//! What the rules of sales look up, in the unrestricted scope.

use std::collections::HashSet;

use crate::{
    Context, Date, Id, Record, Result,
    kernel::{context::not_found, error::codes},
    people::org,
};

/// Whether the chain that starts with one record and goes up by `above` meets another. Records in the trash count: they may
/// come back.
pub(super) async fn leads_to<R: Record>(
    cx: &mut Context<'_>,
    start: Id<R>,
    sought: Id<R>,
    above: fn(&R) -> Option<Id<R>>,
) -> Result<bool> {
    let mut seen = HashSet::new();
    let mut next = Some(start);
    while let Some(id) = next {
        if id == sought {
            return Ok(true);
        }
        if !seen.insert(id) {
            break;
        }
        next = match cx.unrestricted().row(R::def(), id.uuid()).await? {
            Some(row) => above(&R::from_row(row)?),
            None => None,
        };
    }
    Ok(false)
}

/// The record, unless it is in the trash or gone.
pub(super) async fn if_live<R: Record>(cx: &mut Context<'_>, id: Option<Id<R>>) -> Result<Option<R>> {
    let Some(id) = id else { return Ok(None) };
    match cx.unrestricted().load(id).await {
        Ok(record) => Ok(Some(record)),
        Err(error) if error.is(&codes::NOT_FOUND) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The record, wherever it is by now. Error: `record.not_found` where it is gone.
pub(super) async fn wherever<R: Record>(cx: &mut Context<'_>, id: Id<R>) -> Result<R> {
    match cx.unrestricted().row(R::def(), id.uuid()).await? {
        Some(row) => R::from_row(row),
        None => Err(not_found(R::def(), id)),
    }
}

/// The calendar date in the tenant's time zone.
pub(crate) async fn today(cx: &mut Context<'_>) -> Result<Date> {
    let zone = org::settings(cx).await?.time_zone.zone();
    Ok(cx.now().date_in(zone))
}
