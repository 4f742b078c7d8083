//! Giving work to a user or a group: one of them, never both, and never somebody who cannot do it.

mod assign;
mod claim;
mod holder;
mod release;

pub use assign::{Assign, AssignOptions};
pub use claim::Claim;
pub(super) use holder::Holder;
pub use release::Release;

use super::{group::Membership, user::User};
use crate::{Assignee, Code, Context, CrmBuilder, Id, Result, kernel::record::Row, people::Group};

/// Adds what every kind has whose records belong to somebody.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder.shared::<Assign<()>>().shared::<Claim<()>>().shared::<Release<()>>()
}

/// The assignee cannot work.
pub const INACTIVE: Code =
    Code::rule("assignee.inactive", "The {assignee} is deactivated or has no active member; choose somebody else.");
/// Somebody else has it.
pub const TAKEN: Code =
    Code::conflict("assignee.taken", "Somebody else has it already; look for another one in your queue.");
/// Nobody has it.
pub const NOT_ASSIGNED: Code = Code::rule("assignee.none", "Nobody has it; there is nothing to release.");
/// Only users take work for themselves.
pub const NOT_A_USER: Code =
    Code::rule("assignee.not_a_user", "Only a user takes work for themselves; assign it to somebody instead.");

/// Only users own records of this kind.
pub const MUST_BE_USER: Code =
    Code::rule("assignee.must_be_user", "Only a user can own a {kind}; give a user instead of a group.");

/// Refuses a user or group that is not there, and one that cannot work. Errors: `record.not_found`, `assignee.inactive`.
pub async fn check_assignee(cx: &mut Context<'_>, assignee: &Assignee) -> Result<()> {
    match *assignee {
        // Who acts is active, or the call would have been refused.
        Assignee::User(id) if cx.actor().user() == Some(id) => Ok(()),
        Assignee::User(id) => {
            let user: User = cx.load(&Id::new(id).into()).await?;
            if user.active { Ok(()) } else { Err(INACTIVE.with("assignee", "user")) }
        }
        Assignee::Group(id) => {
            let group: Group = cx.load(&Id::new(id).into()).await?;
            if active_members(cx, group.id).await?.is_empty() {
                return Err(INACTIVE.with("assignee", "group"));
            }
            Ok(())
        }
    }
}

/// Refuses to give something back to somebody who cannot work any more. Error: `assignee.inactive`.
pub async fn check_given_back(cx: &mut Context<'_>, from: Option<Assignee>, to: Option<Assignee>) -> Result<()> {
    match to {
        Some(assignee) if from != to => check_assignee(cx, &assignee).await,
        _ => Ok(()),
    }
}

/// The active users of a group, in the order of their ids.
pub async fn active_members(cx: &mut Context<'_>, group: Id<Group>) -> Result<Vec<User>> {
    let memberships: Vec<Membership> = cx.unrestricted().matching(Membership::GROUP, &group).await?;
    let mut members = Vec::with_capacity(memberships.len());
    for membership in memberships {
        let user = cx.unrestricted().load(membership.user).await?;
        if user.active {
            members.push(user);
        }
    }
    members.sort_by_key(|user: &User| user.id);
    Ok(members)
}

/// The group that a record came through, while somebody of it can see it there.
pub(super) async fn group_again(cx: &mut Context<'_>, holder: Holder, row: &Row) -> Result<Option<Assignee>> {
    let Some(group) = holder.came_through(row) else { return Ok(None) };
    let active = !active_members(cx, Id::new(group)).await?.is_empty();
    Ok(active.then_some(Assignee::Group(group)))
}
