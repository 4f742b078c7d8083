//! A comment: what the team says to itself about a ticket. No comment ever reaches a customer.

use serde::{Deserialize, Serialize};

use super::{Ticket, ticket::CLOSED};
use crate::{
    Actor, Body, Code, Command, Context, Id, Record, Ref, Result, Timestamp, closed_enum, command,
    people::{Role, User},
};

/// Only an admin writes for admins.
pub const ADMINS_ONLY: Code =
    Code::forbidden("comment.admins_only", "Only an admin writes for admins; write for the members instead.");

closed_enum! {
    /// Who may read a comment.
    pub enum Audience {
        /// All who see the ticket.
        Members = "members",
        /// Admins alone.
        Admins = "admins",
    }
}

/// What somebody of the team wrote on a ticket. It is seen by those who see the ticket, or by the admins among them.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "comment", table = "comments", access = through(ticket, audience = "members"), index("ticket", "created_at"))]
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
    #[record(on_trash = with_parent)]
    pub ticket: Id<Ticket>,
    /// The user who wrote it; nobody when a service or the host did.
    pub author: Option<Id<User>>,
    /// What was written. `@[user:…]` and `@[group:…]` with an id mention users and groups, who are notified where they may read it.
    #[record(mentions)]
    pub body: Body,
    /// Who may read it.
    pub audience: Audience,
}

impl Audience {
    /// Whether this actor may write for it. Error: `comment.admins_only`.
    fn may_be_addressed(self, actor: &Actor) -> Result<()> {
        match self {
            Self::Admins if !actor.is_system() && !actor.has_role(Role::Admin.as_str()) => Err(ADMINS_ONLY.error()),
            _ => Ok(()),
        }
    }
}

/// Writes a comment on a ticket that is not closed. A comment on a ticket that was folded into another reaches that one.
#[command("comment", on = Ticket, guard = Ticket::must_be_unclosed, errors(CLOSED, ADMINS_ONLY))]
pub struct Write {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// What to write.
    pub body: Body,
    /// Who may read it; the members unless said.
    #[serde(default)]
    pub audience: Audience,
}

impl Command for Write {
    type Output = Comment;
    async fn run(&self, ticket: Ticket, cx: &mut Context<'_>) -> Result<Comment> {
        self.audience.may_be_addressed(cx.actor())?;
        cx.insert(Comment {
            ticket: ticket.id,
            author: cx.actor().user().map(Id::new),
            body: self.body.clone(),
            audience: self.audience,
            ..Comment::default()
        })
        .await
    }
}
