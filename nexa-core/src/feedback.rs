//! What customers say of the product: bugs and requests for features, the tickets and votes behind them, and the releases that answer.

pub mod bug;
pub mod feature_request;
mod impact;
pub mod release;
mod version_order;
pub mod weekly_review;

pub use bug::{Bug, BugRejection, BugStatus, BugTicket};
pub use feature_request::{FeatureRequest, FeatureRequestStatus, Vote};
pub use impact::Impact;
pub use release::{Release, ReleaseStatus, ReleaseTicket, ReleaseType, TicketOutcome};

use crate::{Column, Context, CrmBuilder, Filter, Record, Result, kernel::draft::Accepts};

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Release>()
        .command::<release::Deploy>()
        .command::<release::RollBack>()
        .query::<release::Notes>()
        .record::<ReleaseTicket>()
        .entity::<Bug>()
        .command::<bug::Move>()
        .command::<bug::Reject>()
        .command::<bug::Reopen>()
        .command::<bug::LinkTicket>()
        .command::<bug::UnlinkTicket>()
        .query::<bug::Overview>()
        .record::<BugTicket>()
        .mergeable::<FeatureRequest>()
        .command::<feature_request::Move>()
        .command::<feature_request::Decline>()
        .command::<feature_request::Reopen>()
        .command::<feature_request::CastVote>()
        .command::<feature_request::WithdrawVote>()
        .query::<feature_request::Overview>()
        .record::<Vote>()
        .query::<weekly_review::WeeklyReview>()
}

/// Whether the actor may see a field of a kind.
fn shows<R: Record, T>(cx: &Context<'_>, column: Column<R, T>) -> Result<bool> {
    Ok(!cx.hidden(R::def())?.contains(&column.name()))
}

/// The records that point at one by this field, as far as the actor sees them and the field.
async fn seen_of<R: Record, T: Accepts<V>, V>(cx: &mut Context<'_>, column: Column<R, T>, value: V) -> Result<Vec<R>> {
    if shows(cx, column)? { cx.visible_every(&column.eq(value)).await } else { Ok(Vec::new()) }
}

/// Those of these records that the actor sees.
async fn seen<R: Record>(cx: &mut Context<'_>, mut ids: Vec<crate::Id<R>>) -> Result<Vec<R>> {
    ids.sort_unstable_by_key(|id| id.uuid());
    ids.dedup_by_key(|id| id.uuid());
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = ids.into_iter().map(crate::Id::uuid).collect();
    cx.visible_every(&Filter::compare("id", crate::Op::In, ids)).await
}
