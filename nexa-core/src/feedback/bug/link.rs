//! A ticket that reports a bug: who said so, when, and in which version the customer has it.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{Bug, BugStatus, IS_DUPLICATE};
use crate::{
    Code, Command, Context, Id, Name, Record, Ref, Result, Timestamp, command,
    feedback::{Release, version_order},
    people::User,
    service::Ticket,
};

/// The ticket is linked to the bug already.
pub const ALREADY_LINKED: Code =
    Code::conflict("bug.already_linked", "The ticket is linked to this bug already; there is nothing to add.");
/// The ticket is not linked to the bug.
pub const NOT_LINKED: Code =
    Code::rule("bug.not_linked", "The ticket is not linked to this bug; there is nothing to remove.");
/// Without a version nobody knows whether a released bug is back.
pub const VERSION_NEEDED: Code = Code::rule(
    "bug.version_needed",
    "The bug was fixed in {fixed_in}; ask the customer which version they have, and give it in version.",
);
/// Nothing says whether a version is older than another one.
pub const VERSION_UNKNOWN: Code = Code::invalid(
    "bug.version_unknown",
    "Nothing says whether {version} is older than {fixed_in}; give a version such as 2.1.6, or one that was released.",
);

/// A ticket that reports a bug. It is seen by those who see the ticket.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "bug_ticket",
    table = "bug_tickets", access = through(ticket),
    unique("bug", "ticket", code = "bug.already_linked"),
    index("ticket")
)]
pub struct BugTicket {
    /// The identifier.
    pub id: Id<BugTicket>,
    /// Counts the changes.
    pub version: i64,
    /// When the ticket was linked.
    pub created_at: Timestamp,
    /// When the link was last changed.
    pub updated_at: Timestamp,
    /// The bug.
    #[record(on_trash = with_parent)]
    pub bug: Id<Bug>,
    /// The ticket.
    #[record(on_trash = with_parent)]
    pub ticket: Id<Ticket>,
    /// The user who linked it; nobody when a service or the host did.
    pub linked_by: Option<Id<User>>,
    /// The version of the product in which the customer has it.
    pub seen_in: Option<Name>,
}

impl BugTicket {
    /// The links of a bug.
    pub(in crate::feedback) async fn of_bug(cx: &mut Context<'_>, bug: Id<Bug>) -> Result<Vec<Self>> {
        cx.unrestricted().matching(Self::BUG, &bug).await
    }
    /// The links of a ticket.
    pub(in crate::feedback) async fn of_ticket(cx: &mut Context<'_>, ticket: Id<Ticket>) -> Result<Vec<Self>> {
        cx.unrestricted().matching(Self::TICKET, &ticket).await
    }
    /// Makes it a link to another bug, or takes it away where that has one.
    pub(super) async fn go_over(mut self, bug: Id<Bug>, cx: &mut Context<'_>) -> Result<()> {
        if Self::of_ticket(cx, self.ticket).await?.iter().any(|link| link.bug == bug) {
            return cx.remove(&self).await;
        }
        self.bug = bug;
        cx.save(self).await.map(drop)
    }
}

/// Links a ticket to the bug that it reports. A customer who has a bug in the version that fixed it, or in a later one, marks it as
/// `recurred`; one with an older version does not.
///
/// Versions are ordered by Semantic Versioning, and others by when they were deployed. Errors: `bug.already_linked`, `bug.is_duplicate`,
/// `bug.version_needed`, `bug.version_unknown`.
#[command(
    "link_ticket",
    on = Bug,
    guard = Bug::must_be_no_duplicate,
    errors(ALREADY_LINKED, IS_DUPLICATE, VERSION_NEEDED, VERSION_UNKNOWN)
)]
pub struct LinkTicket {
    /// The bug.
    pub bug: Ref<Bug>,
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// The version of the product in which the customer has it; needed where the bug was released.
    pub version: Option<Name>,
}

impl Command for LinkTicket {
    type Output = BugTicket;
    async fn run(&self, mut bug: Bug, cx: &mut Context<'_>) -> Result<BugTicket> {
        let ticket = cx.load(&self.ticket).await?.id;
        if BugTicket::of_ticket(cx, ticket).await?.iter().any(|link| link.bug == bug.id) {
            return Err(ALREADY_LINKED.error());
        }
        let id = bug.id;
        if is_back(cx, &bug, self.version.as_ref()).await? {
            bug.recurred = bug.recurred.saturating_add(1);
            bug.recurred_at = Some(cx.now());
            cx.save(bug).await?;
        }
        let linked_by = cx.actor().user().map(Id::new);
        let link = BugTicket { bug: id, ticket, linked_by, seen_in: self.version.clone(), ..BugTicket::default() };
        cx.unrestricted().insert(link).await
    }
}

/// Whether a bug that was released is in a version that should not have it.
async fn is_back(cx: &mut Context<'_>, bug: &Bug, version: Option<&Name>) -> Result<bool> {
    let Some(fixed_in) = bug.fixed_in.filter(|_| bug.status == BugStatus::Released) else { return Ok(false) };
    let Some(row) = cx.unrestricted().row(Release::def(), fixed_in.uuid()).await? else { return Ok(false) };
    let fixed_in = Release::from_row(row)?;
    let version = version.ok_or_else(|| VERSION_NEEDED.with("fixed_in", &fixed_in.name).with("field", "version"))?;
    if let Some(order) = version_order::compare(version, &fixed_in.name) {
        return Ok(order != Ordering::Less);
    }
    if version_order::normal(version) == version_order::normal(&fixed_in.name) {
        return Ok(true);
    }
    let seen_in = Release::named(cx, fixed_in.product.as_ref(), version).await?;
    match (seen_in.and_then(|release| release.deployed_at), fixed_in.deployed_at) {
        (Some(seen), Some(fixed)) => Ok(seen >= fixed),
        _ => {
            let unknown = VERSION_UNKNOWN.with("version", version).with("fixed_in", &fixed_in.name);
            Err(unknown.with("field", "version"))
        }
    }
}

/// Takes away the link of a ticket to a bug. Error: `bug.not_linked`.
#[command("unlink_ticket", on = Bug, errors(NOT_LINKED))]
pub struct UnlinkTicket {
    /// The bug.
    pub bug: Ref<Bug>,
    /// The ticket.
    pub ticket: Ref<Ticket>,
}

impl Command for UnlinkTicket {
    type Output = ();
    async fn run(&self, bug: Bug, cx: &mut Context<'_>) -> Result<()> {
        let ticket = cx.load_even_trashed(&self.ticket).await?.id;
        let link = BugTicket::of_ticket(cx, ticket).await?.into_iter().find(|link| link.bug == bug.id);
        cx.remove(&link.ok_or_else(|| NOT_LINKED.error())?).await
    }
}
