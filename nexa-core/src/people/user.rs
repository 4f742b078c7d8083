//! A user: somebody of the tenant who works with it. Users are deactivated, never deleted.

use serde::{Deserialize, Serialize};

use super::{
    assignment::INACTIVE,
    assignment::MUST_BE_USER,
    calendar::Calendar,
    group::Membership,
    open_work::{OPEN_WORK, OnOpenWork},
};
use crate::{
    Apply, Assignee, Choice, Code, Command, Context, Email, Entity, Id, Language, Moment, Name, Record, Ref, Result,
    TimeZone, Timestamp, closed_enum, command,
    kernel::{entity::TOO_MANY_DEPENDENTS, error::codes, redact::redacted_debug, search::fold},
    people::{assignment, open_work},
};

/// The last admin cannot leave.
pub const LAST_ADMIN: Code =
    Code::rule("user.last_admin", "The user {user} is the last active admin; make somebody else an admin first.");
/// The user is deactivated already.
pub const ALREADY_INACTIVE: Code =
    Code::rule("user.already_inactive", "The user is deactivated already; user.activate lets them act again.");
/// The user is active already.
pub const ALREADY_ACTIVE: Code =
    Code::rule("user.already_active", "The user is active already; there is nothing to do.");

/// Somebody would be their own manager.
pub const MANAGER_CYCLE: Code = Code::rule(
    "user.manager_cycle",
    "The user {user} would report to themselves, perhaps through others; choose a manager who does not report to them.",
);
/// The policy has no such role.
pub const ROLE_UNKNOWN: Code = Code::invalid("user.role_unknown", "There is no role {role}; give one of: {roles}.");

closed_enum! {
    /// The roles of the default policy (ticket flow, "Who Can Do What?").
    pub enum Role {
        /// Sees what a tenant lets everybody see; changes nothing.
        Viewer = "viewer",
        /// Works on tickets of their own, of their groups and of nobody, and on the other records.
        Agent = "agent",
        /// Sees and does everything in the tenant.
        Admin = "admin",
    }
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.as_str().to_owned()
    }
}

/// Somebody of the tenant who works with it.
#[derive(Record, Clone, Default, Serialize, Deserialize)]
#[record(kind = "user", table = "users", access = settings, search(name = 2, email = 1), unique("email", code = "user.email_taken"), no_person = "a user is one of the team")]
pub struct User {
    /// The identifier.
    pub id: Id<User>,
    /// Counts the changes.
    pub version: i64,
    /// When the user was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The name.
    #[record(editable, personal, folded)]
    pub name: Name,
    /// The mail address.
    #[record(editable, personal)]
    pub email: Email,
    /// A role that the policy names: `admin`, `agent` or `viewer` with the default one. Case and blanks do not matter when it is given.
    #[record(editable)]
    pub role: String,
    /// Whether the user can act and be given work.
    pub active: bool,
    /// The time zone in which they live; the organisation's without.
    #[record(editable)]
    pub time_zone: Option<TimeZone>,
    /// The language in which they want to be addressed.
    #[record(editable)]
    pub language: Option<Language>,
    /// The user to whom they report.
    #[record(editable)]
    pub manager: Option<Id<User>>,
    /// When they work; as their group, and else as the organisation, without.
    #[record(editable, on_trash = refuse)]
    pub calendar: Option<Id<Calendar>>,
}

redacted_debug!(User);

impl User {
    fn is_active_admin(&self) -> bool {
        self.active && self.role == Role::Admin.as_str()
    }
    fn may_deactivate(&self) -> Result<()> {
        if self.active { Ok(()) } else { Err(ALREADY_INACTIVE.error()) }
    }
    fn may_activate(&self) -> Result<()> {
        if self.active { Err(ALREADY_ACTIVE.error()) } else { Ok(()) }
    }
}

impl Entity for User {
    const ERRORS: &'static [Code] = &[LAST_ADMIN, ROLE_UNKNOWN, MANAGER_CYCLE];
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.is_none() && self.role.is_empty() {
            self.role = Role::Agent.into();
        }
        if before.is_none_or(|before| before.role != self.role) {
            self.role = role_named(cx, &self.role)?;
        }
        if let Some(manager) = self.manager
            && before.is_none_or(|before| before.manager != self.manager)
        {
            must_not_report(cx, manager, self.id).await?;
        }
        match before {
            None => {
                self.active = true;
                Ok(())
            }
            before => Self::must_leave_an_admin(before, Some(self), cx).await,
        }
    }
    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if let Some(now) = now
            && let Some(manager) = now.manager
            && before.is_none_or(|before| before.manager != now.manager)
        {
            must_not_report(cx, manager, now.id).await?;
        }
        Self::must_leave_an_admin(before, now, cx).await
    }
}

impl User {
    async fn must_leave_an_admin(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        match before {
            Some(before) if before.is_active_admin() && !now.is_some_and(Self::is_active_admin) => {
                other_admin(cx, before).await
            }
            _ => Ok(()),
        }
    }
}

/// The role as the policy names it, whatever the case and the blanks; any, when the policy names none.
/// Errors: `user.role_unknown`, `field.invalid`.
pub(super) fn role_named(cx: &Context<'_>, given: &str) -> Result<String> {
    let role = Choice::parse(given);
    let role = role.map_err(|problem| codes::FIELD_INVALID.with("field", "role").with("problem", problem))?;
    let roles = cx.roles();
    if roles.is_empty() {
        return Ok(role.into());
    }
    let folded = fold(&role);
    let named = roles.iter().find(|named| fold(named) == folded).cloned();
    named.ok_or_else(|| ROLE_UNKNOWN.with("role", role).with("roles", roles))
}

/// Refuses when a user reports to another one at any level. Error: `user.manager_cycle`.
async fn must_not_report(cx: &mut Context<'_>, user: Id<User>, to: Id<User>) -> Result<()> {
    let mut above = Some(user);
    // No user reports to themselves, so there is an end.
    while let Some(manager) = above {
        if manager == to {
            return Err(MANAGER_CYCLE.with("user", to).with("field", "manager"));
        }
        above = cx.unrestricted().load(manager).await?.manager;
    }
    Ok(())
}

/// Refuses when there is no other active admin. Error: `user.last_admin`.
async fn other_admin(cx: &mut Context<'_>, leaving: &User) -> Result<()> {
    let admins = User::ROLE.eq(Role::Admin.as_str()).and(User::ACTIVE.eq(true)).and(User::ID.ne(leaving.id));
    let others: Vec<User> = cx.unrestricted().find(&admins, &[], 1).await?;
    if others.is_empty() { Err(LAST_ADMIN.with("user", leaving.id)) } else { Ok(()) }
}

/// Deactivates a user: they can no longer act or be given work; their history stays. Open work keeps them, unless `on_open_work` says
/// where it goes. Error: `assignee.open_work`.
#[command(
    "deactivate",
    on = User,
    guard = User::may_deactivate,
    errors(LAST_ADMIN, ALREADY_INACTIVE, OPEN_WORK, MUST_BE_USER, INACTIVE, TOO_MANY_DEPENDENTS)
)]
pub struct Deactivate {
    /// The user to deactivate.
    pub user: Ref<User>,
    /// What happens to the open work of the user, and of groups that have no other active member.
    #[serde(default, skip_serializing_if = "OnOpenWork::is_refuse")]
    pub on_open_work: OnOpenWork,
}

impl Deactivate {
    /// Deactivates this user, unless they have open work.
    pub fn of(user: impl Into<Ref<User>>) -> Self {
        Self { user: user.into(), on_open_work: OnOpenWork::Refuse }
    }
    /// Says what happens to open work.
    #[must_use]
    pub const fn on_open_work(mut self, on: OnOpenWork) -> Self {
        self.on_open_work = on;
        self
    }
}

impl Command for Deactivate {
    type Output = User;
    async fn run(&self, mut user: User, cx: &mut Context<'_>) -> Result<User> {
        if user.is_active_admin() {
            other_admin(cx, &user).await?;
        }
        user.active = false;
        let user = cx.save(user).await?;
        let mut leaving = vec![Assignee::user(user.id)];
        for membership in cx.unrestricted().matching(Membership::USER, &user.id).await? {
            if assignment::active_members(cx, membership.group).await?.is_empty() {
                leaving.push(Assignee::group(membership.group));
            }
        }
        open_work::leave_open_work(cx, &leaving, self.on_open_work).await?;
        Ok(user)
    }
}

/// Lets a deactivated user act again.
#[command("activate", on = User, guard = User::may_activate, errors(ALREADY_ACTIVE))]
pub struct Activate {
    /// The user to activate.
    pub user: Ref<User>,
}

impl Apply for Activate {
    fn apply(&self, user: &mut User, _: &Moment<'_>) -> Result<()> {
        user.active = true;
        Ok(())
    }
}
