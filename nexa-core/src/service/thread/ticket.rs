//! A thread on a ticket: one that is made of it, or one that was there.

use super::{INTERNAL, Thread};
use crate::{
    Body, Code, Command, Context, Email, Name, Ref, Result, Subject, command,
    people::org::CHOICE_UNKNOWN,
    sales::Contact,
    service::{
        Direction, Message, Ticket, inbox,
        ticket::{CLOSED, Customer, TicketPriority, TicketType},
    },
};

/// The thread hangs on a ticket already.
pub const HAS_TICKET: Code =
    Code::rule("thread.has_ticket", "{number} hangs on another ticket already; a thread is on one ticket, for life.");

/// Makes a ticket of an external thread: with its subject, its customer, and what they wrote first. It is reported when their first mail
/// reached us. Again it returns the same ticket. Errors: `thread.internal`, `choice.unknown`.
#[command("to_ticket", on = Thread, guard = Thread::must_be_external, errors(INTERNAL, CHOICE_UNKNOWN))]
pub struct ToTicket {
    /// The thread.
    pub thread: Ref<Thread>,
    /// What the issue is, in one line; the subject of the thread unless said.
    pub subject: Option<Subject>,
    /// What the issue is, in full; what the customer wrote first unless said.
    pub description: Option<Body>,
    /// What sort of issue it is.
    pub r#type: Option<TicketType>,
    /// How urgent it is; medium unless said.
    pub priority: Option<TicketPriority>,
}

impl Command for ToTicket {
    type Output = Ticket;
    async fn run(&self, thread: Thread, cx: &mut Context<'_>) -> Result<Ticket> {
        if let Some(ticket) = thread.ticket(cx).await? {
            cx.answers_again();
            return Ok(ticket);
        }
        Ok(make(cx, thread, self).await?.1)
    }
}

/// Makes a ticket of a thread that hangs on none.
async fn make(cx: &mut Context<'_>, mut thread: Thread, said: &ToTicket) -> Result<(Thread, Ticket)> {
    let mut messages: Vec<Message> = cx.unrestricted().matching(Message::THREAD, &thread.id).await?;
    messages.sort_by_key(|message| message.at);
    let first = messages.iter().find(|message| message.direction == Direction::In);
    let (contact, account) = match (thread.contact, thread.people().first()) {
        (Some(contact), _) => (Some(contact), None),
        (None, Some(customer)) if !thread.automatic && !inbox::is_user(cx, &customer.address).await? => {
            let (contact, account) =
                customer_of(&customer.address, customer.name.as_ref()).find_or_create(cx, None).await?;
            (Some(contact), account)
        }
        _ => (None, None),
    };
    let mut ticket = Ticket {
        subject: said.subject.clone().unwrap_or_else(|| thread.subject.clone()),
        description: said.description.clone().or_else(|| first.and_then(|message| message.text.clone())),
        r#type: said.r#type,
        priority: said.priority.unwrap_or_default(),
        channel: Some(thread.channel),
        contact,
        account,
        assignee: thread.assignee,
        via_group: thread.via_group,
        reported_at: first.map(|message| message.at),
        waiting_since: thread.waiting_since,
        first_response_at: thread.last_out.filter(|_| first.is_some()),
        ..Ticket::default()
    };
    ticket.acknowledge(&cx.moment());
    let ticket = cx.add(ticket).await?;
    thread.contact = contact;
    thread.hang_on(ticket.id);
    Ok((cx.save(thread).await?, ticket))
}

/// Makes a ticket of a thread that begins with a mail.
pub(in crate::service) async fn make_ticket(cx: &mut Context<'_>, thread: Thread) -> Result<Thread> {
    let said = ToTicket { thread: thread.id.into(), subject: None, description: None, r#type: None, priority: None };
    Ok(make(cx, thread, &said).await?.0)
}

/// Who writes from an address.
fn customer_of(address: &Email, name: Option<&Name>) -> Customer {
    Customer { email: Some(address.clone()), name: name.cloned(), ..Customer::default() }
}

/// Puts a thread that hangs on none on a ticket, which may have others. Errors: `thread.has_ticket`, `ticket.closed`.
#[command("attach_ticket", on = Thread, errors(HAS_TICKET, CLOSED))]
pub struct AttachTicket {
    /// The thread.
    pub thread: Ref<Thread>,
    /// The ticket.
    pub ticket: Ref<Ticket>,
}

impl Command for AttachTicket {
    type Output = Thread;
    async fn run(&self, mut thread: Thread, cx: &mut Context<'_>) -> Result<Thread> {
        let mut ticket = cx.load(&self.ticket).await?;
        match thread.ticket {
            Some(there) if there == ticket.id => return Ok(thread),
            Some(_) => return Err(HAS_TICKET.with("number", &thread.number)),
            None => {}
        }
        ticket.must_be_unclosed()?;
        if let Some(since) = thread.waiting_since {
            ticket.waiting_since = Some(ticket.waiting_since.map_or(since, |known| known.min(since)));
            cx.save(ticket.clone()).await?;
        }
        thread.hang_on(ticket.id);
        cx.save(thread).await
    }
}

/// The contact of an address, whatever the actor may see.
pub(in crate::service) async fn known_contact(cx: &mut Context<'_>, address: &Email) -> Result<Option<Contact>> {
    cx.unrestricted().by_email(address).await
}
