//! Where a mail belongs: to the thread that its signed address is of; or to the one whose mails it names, if its sender is in that. Nothing
//! else lets anybody in: no number in a subject, no likeness, no name of a mail that a stranger knows.

use super::{Inbox, ReceivedMail};
use crate::{
    Context, Email, Entity as _, Id, Record, Result,
    mail::secret::Secret,
    sales::Contact,
    service::{MailEnvelope, MessageMark, PlacedBy, Thread, ThreadKind, Ticket, TicketStatus, message, thread, ticket},
};

/// So many of the mails that a mail names are looked up.
const MOST: usize = 20;

/// Where a mail belongs.
pub(super) enum Place {
    /// Into a thread.
    In(Box<Thread>, PlacedBy, Vec<MessageMark>),
    /// Into a thread whose ticket is in the trash.
    Trashed,
    /// It begins a thread; it named mails of another, into which it is not let.
    New(Option<Id<Thread>>),
}

/// Finds where a mail belongs.
pub(super) async fn find(
    cx: &mut Context<'_>,
    inbox: &Inbox,
    envelope: &MailEnvelope,
    mail: &ReceivedMail,
    from: &Email,
) -> Result<Place> {
    let named = mail.to.iter().chain(&mail.cc).map(|mailbox| &mailbox.address);
    for address in named.chain(&mail.delivered_to).chain(&envelope.to) {
        if let Some(thread) = thread::read_address(cx, inbox, address).await? {
            return open(cx, inbox, thread, PlacedBy::SignedAddress, Vec::new()).await;
        }
    }
    let Some(secret) = Secret::known(cx).await? else { return Ok(Place::New(None)) };
    let (mut into, mut suggested): (Vec<Thread>, Option<Id<Thread>>) = (Vec::new(), None);
    let references = mail.in_reply_to.iter().chain(mail.references.iter().rev());
    for reference in references.take(MOST) {
        let key = message::reference_key(&secret, inbox.id, reference);
        for known in message::references_of_key(cx, key).await? {
            if into.iter().any(|thread| thread.id.uuid() == known.thread) {
                continue;
            }
            // It may have gone with its ticket.
            let row = cx.unrestricted().row(Thread::def(), known.thread).await?;
            let Some(thread) = row.map(Thread::from_row).transpose()? else { continue };
            if is_in(cx, &thread, mail, from).await? {
                into.push(thread);
            } else {
                suggested = suggested.or(Some(thread.id));
            }
        }
    }
    let marks = if into.len() > 1 { vec![MessageMark::ThreadConflict] } else { Vec::new() };
    match into.into_iter().max_by_key(|thread| (thread.last_in.max(thread.last_out), thread.id)) {
        Some(thread) => open(cx, inbox, thread, PlacedBy::References, marks).await,
        None => Ok(Place::New(suggested)),
    }
}

/// Whether a sender is in a thread, and nobody says that it is not them.
async fn is_in(cx: &mut Context<'_>, thread: &Thread, mail: &ReceivedMail, from: &Email) -> Result<bool> {
    if thread.kind != ThreadKind::External || mail.authentication == super::Authentication::Failed {
        return Ok(false);
    }
    if thread.is_active(from) {
        return Ok(true);
    }
    if let Some(contact) = thread.contact {
        let row = cx.unrestricted().row(Contact::def(), contact.uuid()).await?;
        let contact = row.map(Contact::from_row).transpose()?;
        let theirs = contact.is_some_and(|contact| {
            contact.email.as_ref() == Some(from) || contact.other_emails.iter().any(|other| other == from)
        });
        if theirs {
            return Ok(true);
        }
    }
    // One of the team answers what the inbox sent.
    super::is_user(cx, from).await
}

/// The thread itself, or where a conversation goes on whose ticket was closed.
async fn open(
    cx: &mut Context<'_>,
    inbox: &Inbox,
    thread: Thread,
    placed_by: PlacedBy,
    marks: Vec<MessageMark>,
) -> Result<Place> {
    let Some(id) = thread.ticket else { return Ok(Place::In(Box::new(thread), placed_by, marks)) };
    let row = cx.unrestricted().row(Ticket::def(), id.uuid()).await?;
    let Some(mut ticket) = row.map(Ticket::from_row).transpose()?.filter(|ticket| ticket.deleted_at.is_none()) else {
        return Ok(Place::Trashed);
    };
    if ticket.status != TicketStatus::Closed {
        return Ok(Place::In(Box::new(thread), placed_by, marks));
    }
    // The newest that follows it, however long the chain.
    for _ in 0..MOST {
        let mut next: Vec<Ticket> = cx.unrestricted().matching(Ticket::FOLLOW_UP_OF, &ticket.id).await?;
        next.sort_by_key(|next| (next.status != TicketStatus::Closed, next.id));
        let Some(newest) = next.pop() else { break };
        ticket = newest;
        if ticket.status != TicketStatus::Closed {
            let threads: Vec<Thread> = cx.unrestricted().matching(Thread::TICKET, &ticket.id).await?;
            let same = threads.into_iter().find(|other| {
                other.kind == ThreadKind::External && other.inbox == Some(inbox.id) && other.contact == thread.contact
            });
            let there = match same {
                Some(same) => same,
                None => follow(cx, inbox, &thread, &ticket).await?,
            };
            return Ok(Place::In(Box::new(there), PlacedBy::FollowUp, marks));
        }
    }
    let mut next = ticket::followed_up(&ticket);
    next.channel = Some(thread.channel);
    next.reported_at = Some(cx.now());
    next.assignee = inbox.assignee();
    next.settle(None, cx).await?;
    let next = cx.unrestricted().insert(next).await?;
    let there = follow(cx, inbox, &thread, &next).await?;
    Ok(Place::In(Box::new(there), PlacedBy::FollowUp, marks))
}

/// A thread on a ticket that follows another one, with the same people.
async fn follow(cx: &mut Context<'_>, inbox: &Inbox, before: &Thread, ticket: &Ticket) -> Result<Thread> {
    let thread = Thread {
        ticket: Some(ticket.id),
        contact: before.contact,
        subject: before.subject.clone(),
        participants: before.participants.clone(),
        assignee: None,
        ..inbox.thread()
    };
    let thread = thread.begin(cx).await?;
    cx.unrestricted().insert(thread).await
}
