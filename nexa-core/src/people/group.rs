//! A group: several users who share work. The seeds' senior reps, product managers and engineers are groups.

use serde::{Deserialize, Serialize};

use super::{
    assignment::INACTIVE,
    assignment::MUST_BE_USER,
    calendar::Calendar,
    open_work::{OPEN_WORK, OnOpenWork},
    user::User,
};
use crate::{
    Assignee, Code, Command, Context, Entity, Id, Name, Record, Ref, Result, Timestamp, command,
    kernel::entity::TOO_MANY_DEPENDENTS,
    people::{assignment, open_work},
};

/// The user is in the group already.
pub const ALREADY_MEMBER: Code =
    Code::conflict("group.already_member", "The user is in the group already; there is nothing to add.");
/// The user is not in the group.
pub const NOT_MEMBER: Code =
    Code::rule("group.not_member", "The user is not in the group; there is nothing to remove.");

/// Several users who share work.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "group", table = "groups", access = settings, search(name = 1), unique("name.folded", code = "group.name_taken"))]
pub struct Group {
    /// The identifier.
    pub id: Id<Group>,
    /// Counts the changes.
    pub version: i64,
    /// When the group was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// The group's business hours; the organisation's without.
    #[record(editable, on_trash = refuse)]
    pub calendar: Option<Id<Calendar>>,
}

impl Entity for Group {}

/// One user in one group.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "membership", table = "memberships", access = settings, unique("group", "user", code = "group.already_member"))]
pub struct Membership {
    /// The identifier.
    pub id: Id<Membership>,
    /// Counts the changes.
    pub version: i64,
    /// When the user became a member.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The group.
    pub group: Id<Group>,
    /// The user.
    pub user: Id<User>,
}

async fn membership(cx: &mut Context<'_>, group: &Group, user: &User) -> Result<Option<Membership>> {
    let of_user: Vec<Membership> = cx.unrestricted().matching(Membership::USER, &user.id).await?;
    Ok(of_user.into_iter().find(|membership| membership.group == group.id))
}

/// Adds a user to a group.
#[command("add_member", on = Group, errors(ALREADY_MEMBER))]
pub struct AddMember {
    /// The group.
    pub group: Ref<Group>,
    /// The user.
    pub user: Ref<User>,
}

impl Command for AddMember {
    type Output = Membership;
    async fn run(&self, group: Group, cx: &mut Context<'_>) -> Result<Membership> {
        let user = cx.load(&self.user).await?;
        if membership(cx, &group, &user).await?.is_some() {
            return Err(ALREADY_MEMBER.error());
        }
        cx.unrestricted().insert(Membership { group: group.id, user: user.id, ..Membership::default() }).await
    }
}

/// Takes a user out of a group. Open work of the group keeps its last active member, unless `on_open_work` says where it goes.
/// Error: `assignee.open_work`.
#[command("remove_member", on = Group, errors(NOT_MEMBER, OPEN_WORK, INACTIVE, MUST_BE_USER, TOO_MANY_DEPENDENTS))]
pub struct RemoveMember {
    /// The group.
    pub group: Ref<Group>,
    /// The user.
    pub user: Ref<User>,
    /// What happens to the open work of the group when no active member is left.
    #[serde(default, skip_serializing_if = "OnOpenWork::is_refuse")]
    pub on_open_work: OnOpenWork,
}

impl RemoveMember {
    /// Takes this user out of this group, unless the group would be left with open work and nobody for it.
    pub fn of(group: impl Into<Ref<Group>>, user: impl Into<Ref<User>>) -> Self {
        Self { group: group.into(), user: user.into(), on_open_work: OnOpenWork::Refuse }
    }
    /// Says what happens to open work.
    #[must_use]
    pub const fn on_open_work(mut self, on: OnOpenWork) -> Self {
        self.on_open_work = on;
        self
    }
}

impl Command for RemoveMember {
    type Output = ();
    async fn run(&self, group: Group, cx: &mut Context<'_>) -> Result<()> {
        let user = cx.load(&self.user).await?;
        let membership = membership(cx, &group, &user).await?.ok_or_else(|| NOT_MEMBER.error())?;
        cx.remove(&membership).await?;
        // Who was not active left nobody behind who was not there before.
        if user.active && assignment::active_members(cx, group.id).await?.is_empty() {
            open_work::leave_open_work(cx, &[Assignee::group(group.id)], self.on_open_work).await?;
        }
        Ok(())
    }
}
