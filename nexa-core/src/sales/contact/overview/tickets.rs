//! The tickets that a contact raised.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Contact, NEWEST, shows};
use crate::{
    Context, Count, Id, Query, Result, Subject,
    service::{Ticket, TicketPriority, TicketStatus},
};

/// The tickets of a contact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ContactTickets {
    /// How many are open, pending or in progress.
    pub open: u64,
    /// How many there are in all.
    pub total: u64,
    /// Those that are open, pending or in progress, the 20 newest at most, newest first.
    pub newest_open: Vec<OpenTicket>,
}

/// A ticket that is not solved yet, in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OpenTicket {
    /// The ticket.
    pub id: Id<Ticket>,
    /// The number that people say.
    pub number: String,
    /// What the issue is, in one line.
    pub subject: Subject,
    /// Where it stands.
    pub status: TicketStatus,
    /// How urgent it is.
    pub priority: TicketPriority,
}

pub(super) async fn of(cx: &mut Context<'_>, contact: Id<Contact>) -> Result<ContactTickets> {
    if !shows(cx, Ticket::CONTACT)? {
        return Ok(ContactTickets::default());
    }
    let theirs = || Ticket::CONTACT.eq(contact);
    let unsolved = || theirs().and(Ticket::STATUS.any_of(TicketStatus::UNSOLVED));
    let newest: Vec<Ticket> = cx.visible(&unsolved(), &["-created_at"], NEWEST).await?;
    Ok(ContactTickets {
        open: Count::<Ticket>::of(unsolved()).run(cx).await?,
        total: Count::<Ticket>::of(theirs()).run(cx).await?,
        newest_open: newest.into_iter().map(OpenTicket::from).collect(),
    })
}

impl From<Ticket> for OpenTicket {
    fn from(ticket: Ticket) -> Self {
        Self {
            id: ticket.id,
            number: ticket.number,
            subject: ticket.subject,
            status: ticket.status,
            priority: ticket.priority,
        }
    }
}

/// The same of tickets as they were, those created last first.
pub(super) fn counted(tickets: Vec<Ticket>) -> ContactTickets {
    let total = tickets.len() as u64;
    let unsolved: Vec<Ticket> =
        tickets.into_iter().filter(|ticket| TicketStatus::UNSOLVED.contains(&ticket.status)).collect();
    let open = unsolved.len() as u64;
    ContactTickets { open, total, newest_open: unsolved.into_iter().take(NEWEST).map(OpenTicket::from).collect() }
}
