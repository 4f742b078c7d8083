//! A comment: what the team says to itself about a ticket. No comment ever reaches a customer.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Ticket;
use crate::{Body, Id, Record, Timestamp, closed_enum, people::User};

closed_enum! {
    /// Who may read a comment.
    pub enum Audience {
        /// All who see the ticket.
        Members = "members",
        /// Admins alone.
        Admins = "admins",
    }
}

/// What somebody of the team wrote on a ticket.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[record(kind = "comment", table = "comments", index("ticket", "created_at"))]
pub struct Comment {
    /// The identifier.
    pub id: Id<Comment>,
    /// Counts the changes.
    pub version: i64,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The ticket.
    pub ticket: Id<Ticket>,
    /// The user who wrote it; nobody when a service or the host did.
    pub author: Option<Id<User>>,
    /// What was written.
    pub body: Body,
    /// Who may read it.
    pub audience: Audience,
}
