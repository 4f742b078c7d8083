//! A ticket: an issue of a customer, from its report until it is closed.
//!
//! Open, pending and in progress move freely among each other and to resolved; resolved goes back, or on to closed; closed is final.

mod escalation;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::escalation::Escalation;
use crate::{
    Assignee, Body, Choice, Custom, Entity, ExternalKey, Id, Record, Subject, Tags, Timestamp, closed_enum,
    people::Group,
};

closed_enum! {
    /// Where a ticket stands.
    pub enum Status {
        /// New, and waiting for somebody.
        Open = "open",
        /// Waiting for something: the customer's answer, another system.
        Pending = "pending",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// The problem is fixed.
        Resolved = "resolved",
        /// Finished for good.
        Closed = "closed",
    }
}

closed_enum! {
    /// How urgent a ticket is; medium unless said.
    pub enum Priority default Medium {
        /// It can wait.
        Low = "low",
        /// In its turn.
        Medium = "medium",
        /// Before the others.
        High = "high",
        /// Now.
        Critical = "critical",
    }
}

closed_enum! {
    /// What sort of issue it is.
    pub enum Type {
        /// The customer wants to know something.
        Question = "question",
        /// Something does not work for the customer.
        Problem = "problem",
        /// Something does not work for many.
        Incident = "incident",
        /// The product is wrong.
        Bug = "bug",
        /// The customer wishes for something.
        FeatureRequest = "feature_request",
        /// Something is to be done.
        Task = "task",
    }
}

closed_enum! {
    /// How bad the damage is, mildest first.
    pub enum Severity {
        /// Cosmetic.
        P4 = "p4",
        /// There is a way around it.
        P3 = "p3",
        /// An important function is broken.
        P2 = "p2",
        /// Core functionality is blocked.
        P1 = "p1",
    }
}

closed_enum! {
    /// How the customer reached the team.
    pub enum Channel {
        /// By mail.
        Email = "email",
        /// In a chat.
        Chat = "chat",
        /// On the phone.
        Phone = "phone",
        /// In a form on the web.
        Web = "web",
        /// Through a program.
        Api = "api",
    }
}

/// An issue of a customer.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[record(
    kind = "ticket",
    table = "tickets",
    search(number = 2, subject = 1),
    unique("number", code = "ticket.number_taken"),
    index("status", "assignee.queue", "priority.rank", "created_at")
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
    #[record(editable)]
    pub subject: Subject,
    /// What the issue is, in full.
    #[record(editable)]
    pub description: Option<Body>,
    /// Where it stands; changed by `ticket.move`, `ticket.resolve` and `ticket.close`.
    pub status: Status,
    /// How urgent it is.
    #[record(editable, ranked)]
    pub priority: Priority,
    /// What sort of issue it is.
    #[record(editable)]
    pub r#type: Option<Type>,
    /// How bad the damage is.
    #[record(editable, ranked)]
    pub severity: Option<Severity>,
    /// How the customer reached the team.
    #[record(editable)]
    pub channel: Option<Channel>,
    /// What it does to the customer, such as `blocking_work`; one of the tenant's list `ticket.customer_impact`, if it has one.
    #[record(editable)]
    pub customer_impact: Option<Choice>,
    /// Who works on it: a user or a group, never both; nobody when absent. Changed by `ticket.claim`, `assign` and `release`.
    #[record(queue)]
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
    /// When the customer was first answered.
    pub first_response_at: Option<Timestamp>,
    /// How often it went back from resolved.
    pub reopened: u32,
    /// The closed ticket that this one follows.
    pub follow_up_of: Option<Id<Ticket>>,
    /// Tags.
    #[record(editable)]
    pub tags: Tags,
    /// The tenant's own fields.
    #[record(editable)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Entity for Ticket {
    const PARTS: &'static [(&'static str, &'static str)] = &[("comment", "ticket")];
}
