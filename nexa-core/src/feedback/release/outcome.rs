//! What a release did to the tickets behind its bugs, and who was told.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Release;
use crate::{
    Context, Id, Record, Result, Timestamp, closed_enum,
    feedback::{Bug, FeatureRequest, seen_of},
    mail::Mail,
    people::Group,
    sales::Contact,
    service::Ticket,
};

closed_enum! {
    /// What a release did to a ticket.
    pub enum TicketOutcome {
        /// It resolved the ticket.
        Resolved = "resolved",
        /// The ticket was resolved already.
        WasResolved = "was_resolved",
        /// The ticket is closed.
        Closed = "closed",
        /// The ticket reports another bug as well, which is not fixed.
        OtherBugOpen = "other_bug_open",
        /// The ticket is in the trash.
        Trashed = "trashed",
    }
}

/// What a release did to a ticket that was linked to one of its bugs. It is seen by those who see the ticket, and never changes but by
/// merges.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "release_ticket",
    table = "release_tickets", access = through(ticket),
    unique("release", "ticket", code = "release.ticket_taken"),
    index("ticket"),
    index("contact")
)]
pub struct ReleaseTicket {
    /// The identifier.
    pub id: Id<ReleaseTicket>,
    /// Counts the changes.
    pub version: i64,
    /// When the release was deployed.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The release.
    #[record(on_trash = with_parent)]
    pub release: Id<Release>,
    /// The ticket.
    #[record(on_trash = with_parent)]
    pub ticket: Id<Ticket>,
    /// What became of the ticket.
    pub outcome: TicketOutcome,
    /// The group of the bug, on whose behalf it was resolved.
    pub on_behalf_of: Option<Id<Group>>,
    /// The customer, where the ticket was resolved.
    #[record(on_trash = mention, person)]
    pub contact: Option<Id<Contact>>,
    /// The mail that told them.
    pub mail: Option<Id<Mail>>,
    /// Why nothing was sent to them, such as `no_address`, `no_sender` or what is said of a mail that may not go.
    pub not_told: Option<String>,
}

/// A ticket that a release left as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SkippedTicket {
    /// The ticket.
    pub ticket: Id<Ticket>,
    /// Why it was left.
    pub outcome: TicketOutcome,
}

/// A customer who was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InformedContact {
    /// The customer.
    pub contact: Id<Contact>,
    /// The mail.
    pub mail: Id<Mail>,
    /// Their tickets that it names.
    pub tickets: Vec<Id<Ticket>>,
}

/// A customer who was not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UninformedContact {
    /// The customer; absent where a ticket has none.
    pub contact: Option<Id<Contact>>,
    /// Why nothing was sent to them.
    pub reason: String,
    /// Their tickets.
    pub tickets: Vec<Id<Ticket>>,
}

/// What came of a release, as far as the actor sees the bugs, requests and tickets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReleaseOutcome {
    /// The release.
    pub release: Release,
    /// Its bugs.
    pub bugs: Vec<Id<Bug>>,
    /// Its requests.
    pub feature_requests: Vec<Id<FeatureRequest>>,
    /// The tickets that it resolved.
    pub resolved: Vec<Id<Ticket>>,
    /// The tickets that it left as they were.
    pub skipped: Vec<SkippedTicket>,
    /// Who was told.
    pub informed: Vec<InformedContact>,
    /// Who was not.
    pub not_informed: Vec<UninformedContact>,
}

impl ReleaseOutcome {
    /// Reads what came of a release.
    pub(super) async fn of(cx: &mut Context<'_>, release: Release) -> Result<Self> {
        let bugs: Vec<Bug> = seen_of(cx, Bug::FIXED_IN, release.id).await?;
        let requests: Vec<FeatureRequest> = seen_of(cx, FeatureRequest::SHIPPED_IN, release.id).await?;
        let mut tickets: Vec<ReleaseTicket> = seen_of(cx, ReleaseTicket::RELEASE, release.id).await?;
        tickets.sort_by_key(|one| one.ticket);
        let mut outcome = Self {
            release,
            bugs: bugs.into_iter().filter(|bug| !bug.is_rejected()).map(|bug| bug.id).collect(),
            feature_requests: requests.into_iter().map(|request| request.id).collect(),
            resolved: Vec::new(),
            skipped: Vec::new(),
            informed: Vec::new(),
            not_informed: Vec::new(),
        };
        let mut informed: BTreeMap<Id<Contact>, InformedContact> = BTreeMap::new();
        let mut uninformed: BTreeMap<Option<Id<Contact>>, UninformedContact> = BTreeMap::new();
        for one in tickets {
            if one.outcome != TicketOutcome::Resolved {
                outcome.skipped.push(SkippedTicket { ticket: one.ticket, outcome: one.outcome });
                continue;
            }
            outcome.resolved.push(one.ticket);
            match (one.contact, one.mail, one.not_told) {
                (Some(contact), Some(mail), None) => {
                    let told = informed.entry(contact);
                    let told = told.or_insert_with(|| InformedContact { contact, mail, tickets: Vec::new() });
                    told.tickets.push(one.ticket);
                }
                (contact, _, Some(reason)) => {
                    let untold = uninformed.entry(contact);
                    let untold = untold.or_insert_with(|| UninformedContact { contact, reason, tickets: Vec::new() });
                    untold.tickets.push(one.ticket);
                }
                _ => {}
            }
        }
        outcome.informed = informed.into_values().collect();
        outcome.not_informed = uninformed.into_values().collect();
        Ok(outcome)
    }
}
