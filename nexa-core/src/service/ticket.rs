//! A ticket: an issue of a customer, from its report until it is closed.
//!
//! Open, pending and in progress move freely among each other and to resolved; resolved goes back to any of them or on to closed;
//! closed is final, and what comes later is a follow-up ticket. Nothing moves by itself.

mod create;
mod escalation;
mod follow_up;
mod lifecycle;
mod lists;
mod report;

use serde::{Deserialize, Serialize};

pub(super) use self::follow_up::followed_up;
pub use self::{
    create::{CUSTOMER_UNREACHABLE, Create, Customer},
    escalation::{Escalate, Escalation},
    follow_up::{FollowUp, NOT_CLOSED},
    lifecycle::{Close, Move, NOT_RESOLVED, Prioritize, Resolve},
    lists::{TicketChannel, TicketPriority, TicketSeverity, TicketStatus, TicketType},
    report::{
        DurationFigures, PERIOD_REVERSED, REPORT_TOO_LARGE, Report, ReportBy, TargetFigures, TicketReport,
        TicketReportGroup,
    },
};
use crate::{
    Actor, Assignee, Body, Choice, Code, Context, Custom, Document, Entity, ExternalKey, Id, Mergeable, Record, Result,
    Subject, Tags, Timestamp,
    kernel::store::Prefetch,
    people::{
        Group,
        assignment::{self},
        counter,
        org::{self, CHOICE_UNKNOWN},
    },
    sales::{Account, Contact},
    service::target::{self, Clocks, Target},
};

/// Closed is final.
pub const CLOSED: Code =
    Code::rule("ticket.closed", "{number} is closed, and closed is final; open a follow-up with ticket.follow_up.");

/// An issue of a customer.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "ticket",
    table = "tickets", access = restricted,
    search(number = 2, subject = 1),
    unique("number", code = "ticket.number_taken"),
    index("status", "assignee.queue", "priority.rank", "created_at"),
    index("contact"),
    index("account"),
    index("next_due")
)]
pub struct Ticket {
    /// The identifier.
    pub id: Id<Ticket>,
    /// Counts the changes.
    pub version: i64,
    /// When it was reported.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The ticket that this one was folded into.
    pub merged_into: Option<Id<Ticket>>,
    /// The number that people say, such as `T-000001`.
    pub number: String,
    /// What the issue is, in one line.
    #[record(editable, folded)]
    pub subject: Subject,
    /// What the issue is, in full.
    #[record(editable)]
    pub description: Option<Body>,
    /// Where it stands; changed by `ticket.move`, `ticket.resolve` and `ticket.close`.
    pub status: TicketStatus,
    /// How urgent it is.
    #[record(editable, ranked)]
    pub priority: TicketPriority,
    /// What sort of issue it is.
    #[record(editable)]
    pub r#type: Option<TicketType>,
    /// How bad the damage is.
    #[record(editable, ranked)]
    pub severity: Option<TicketSeverity>,
    /// How the customer reached the team.
    #[record(editable)]
    pub channel: Option<TicketChannel>,
    /// What it does to the customer, such as `blocking_work`; one of the tenant's list `ticket.customer_impact`, if it has one.
    #[record(editable)]
    pub customer_impact: Option<Choice>,
    /// The customer.
    #[record(editable, on_trash = refuse, person)]
    pub contact: Option<Id<Contact>>,
    /// The customer's company.
    #[record(editable, on_trash = refuse)]
    pub account: Option<Id<Account>>,
    /// Who works on it: a user or a group, never both; nobody when absent. Changed by `ticket.claim`, `assign` and `release`.
    #[record(assignee)]
    pub assignee: Option<Assignee>,
    /// The group that its user took it from; `ticket.release` puts it back there.
    pub via_group: Option<Id<Group>>,
    /// To whom it was escalated, when, how bad and why.
    pub escalation: Option<Escalation>,
    /// Until when it is pending. What comes due notifies; nothing moves by itself.
    pub pending_until: Option<Timestamp>,
    /// How it was resolved.
    pub resolution: Option<Body>,
    /// When it was last resolved; absent while it is not.
    pub resolved_at: Option<Timestamp>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When the customer reported it: when their mail reached the inbox; absent where the ticket was made by hand, and then it is when it
    /// was made.
    pub reported_at: Option<Timestamp>,
    /// When a person first did something about it.
    pub acknowledged_at: Option<Timestamp>,
    /// Since when the customer waits for an answer; absent while they do not.
    pub waiting_since: Option<Timestamp>,
    /// When the customer was first answered.
    pub first_response_at: Option<Timestamp>,
    /// When the customer was last answered.
    pub responded_at: Option<Timestamp>,
    /// The target that it has: the first whose filter it matches.
    #[record(on_trash = keep)]
    pub target: Option<Id<Target>>,
    /// What the target promises: how much of it is used, and when it is due; absent where nothing is promised.
    pub clocks: Option<Document<Clocks>>,
    /// When something that was promised is due next; absent while nothing runs.
    pub next_due: Option<Timestamp>,
    /// When the first response is due; absent once it was given.
    pub first_response_due: Option<Timestamp>,
    /// When the resolution is due; absent while it is pending or resolved.
    pub resolution_due: Option<Timestamp>,
    /// Whether something that was promised came late, or did not come in time.
    #[record(backfill = false)]
    pub breached: bool,
    /// How often it went back from resolved.
    pub reopened: u32,
    /// The closed ticket that this one follows.
    #[record(on_trash = keep)]
    pub follow_up_of: Option<Id<Ticket>>,
    /// Tags.
    #[record(editable)]
    pub tags: Tags,
    /// The tenant's own fields.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

/// What numbers the tickets of a tenant.
const COUNTER: &str = "ticket";

// ── rules ──

impl Ticket {
    /// Error: `ticket.closed`.
    pub(crate) fn must_be_unclosed(&self) -> Result<()> {
        if self.status == TicketStatus::Closed { Err(CLOSED.with("number", &self.number)) } else { Ok(()) }
    }
}

impl Ticket {
    /// What its target promises; no clocks where nothing is promised.
    pub fn clocks(&self) -> Clocks {
        self.clocks.as_ref().map(|clocks| clocks.0.clone()).unwrap_or_default()
    }

    /// Brings its clocks up to date. Those of a ticket that is closed, or was folded into another, stay as they were then.
    async fn keep_clocks(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let finished = |ticket: &Self| ticket.status == TicketStatus::Closed && ticket.deleted_at.is_none();
        match before {
            Some(before) if finished(before) && finished(self) => {
                (self.target, self.clocks) = (before.target, before.clocks.clone());
            }
            _ => {
                let goals = target::goals_for(self, cx).await?;
                let clocks = goals.clocks(self, before, cx).await?;
                self.clocks = (clocks != Clocks::default()).then_some(Document(clocks));
                self.target = goals.target;
            }
        }
        let clocks = self.clocks();
        self.next_due = clocks.next_due();
        self.first_response_due = Clocks::due_of(clocks.first_response.as_ref());
        self.resolution_due = Clocks::due_of(clocks.resolution.as_ref());
        self.breached = clocks.is_breached();
        let look = clocks.next_look();
        if look != before.and_then(|before| before.clocks().next_look()) {
            target::plan(cx, self.id, look).await?;
        }
        Ok(())
    }
}

impl Entity for Ticket {
    const ERRORS: &'static [Code] = &[CLOSED, CHOICE_UNKNOWN];
    const HANDS_ERRORS: &'static [Code] = &[CLOSED];
    fn may_change_hands(&self) -> Result<()> {
        self.must_be_unclosed()
    }
    fn is_open(&self) -> bool {
        TicketStatus::UNSOLVED.contains(&self.status)
    }
    fn may_edit(&self, _: &Actor) -> Result<()> {
        self.must_be_unclosed()
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if let Some(impact) = &mut self.customer_impact {
            org::choose(cx, "ticket.customer_impact", impact).await?;
        }
        if before.is_none() {
            self.number = format!("T-{:06}", counter::next_number(cx, COUNTER).await?);
        }
        // A customer's company is known with them.
        if self.account.is_none()
            && let Some(contact) = self.contact
            && before.is_none_or(|before| before.contact != self.contact)
        {
            let contacts: Vec<Contact> = cx.unrestricted().matching(Contact::ID, &contact).await?;
            self.account = contacts.first().and_then(|contact| contact.account);
        }
        Ok(())
    }

    const MAINTAINED: bool = true;
    fn maintained_by() -> Vec<Prefetch> {
        Prefetch::matching(Target::ACTIVE, &true).into_iter().collect()
    }
    async fn maintain(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if let Some(before) = before {
            let acts = (before.status, before.assignee) != (self.status, self.assignee);
            // What an undo takes back was known before.
            let unseen = before.acknowledged_at.is_none() && self.acknowledged_at.is_none();
            if acts && unseen && cx.actor().user().is_some() {
                self.acknowledged_at = Some(cx.now());
            }
        }
        self.keep_clocks(before, cx).await
    }
    fn computed(&self) -> &'static [&'static str] {
        &["target", "clocks", "next_due", "first_response_due", "resolution_due", "breached"]
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(now) = now.filter(|record| record.is_open()) else { return Ok(()) };
        assignment::check_given_back(cx, before.and_then(|before| before.assignee), now.assignee).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        org::check_choices(cx, &[("ticket.customer_impact", self.customer_impact.as_deref())]).await?;
        match &self.assignee {
            Some(assignee) if self.status != TicketStatus::Closed => assignment::check_assignee(cx, assignee).await,
            _ => Ok(()),
        }
    }
}

impl Mergeable for Ticket {
    fn may_merge(&self, _: &Actor) -> Result<()> {
        self.must_be_unclosed()
    }
    async fn merged(survivor: &Self, cx: &mut Context<'_>) -> Result<()> {
        let mut survivor = cx.unrestricted().load(survivor.id).await?;
        // What followed the other follows the survivor, but not itself.
        if survivor.follow_up_of == Some(survivor.id) {
            survivor.follow_up_of = None;
            cx.save(survivor).await?;
        }
        Ok(())
    }
}
