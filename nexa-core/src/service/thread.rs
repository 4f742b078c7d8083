//! A thread: what is said with a customer (external), or among the team (internal), in its order.
//!
//! Its kind is for life. An answer reaches the people of its own thread and no others; a ticket may have several external threads, each
//! with its own people, so that a supplier is asked without the customer seeing it.

mod address;
mod internal;
mod lifecycle;
mod lists;
mod log;
mod open;
mod outgoing;
mod participant;
mod people;
mod recipients;
mod reply;
mod ticket;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use self::address::signed;
pub(super) use self::{
    address::read as read_address,
    outgoing::{Outgoing, answering, bare_subject, nobody_reads},
    recipients::Recipients,
    ticket::{known_contact, make_ticket},
};
pub use self::{
    internal::{NOT_INTERNAL, Note, OpenInternal},
    lifecycle::{Done, MarkSpam, NOT_DONE, NotSpam, Reopen, SNOOZE_OVER, Snooze},
    lists::{ThreadKind, ThreadState},
    log::{Log, Said},
    open::{INBOX_AND_BODY, Open},
    outgoing::{ADDRESS_UNDELIVERABLE, NO_INBOX, NO_RECIPIENT, NO_REPLY_ADDRESS, TOO_MANY_RECIPIENTS},
    participant::{Participant, ParticipantRole, ParticipantState},
    people::{AcceptParticipant, NOT_PARTICIPANT, RemoveParticipant},
    reply::{MOVED_ON, Reply},
    ticket::{AttachTicket, HAS_TICKET, ToTicket},
};
use super::{Inbox, Message, Ticket, ticket::TicketChannel};
use crate::{
    Assignee, Code, Context, Document, Entity, Id, Moment, Record, Result, Subject, Timestamp,
    kernel::redact::redacted_debug,
    people::{Group, counter},
    sales::Contact,
};

/// Nobody outside the team is in the thread.
pub const INTERNAL: Code = Code::rule(
    "thread.internal",
    "{number} is internal, and nothing in it can be sent; write to the customer in an external thread.",
);
/// The thread is finished.
pub const DONE: Code = Code::rule("thread.done", "{number} is done; take it up again with thread.reopen first.");
/// The thread hangs on a ticket.
pub const ON_TICKET: Code = Code::rule(
    "thread.on_ticket",
    "{number} hangs on a ticket, and goes with that: move or assign the ticket instead.",
);

/// What is said with a customer, or among the team.
#[derive(Record, Clone, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "thread",
    table = "threads", access = through(ticket),
    search(number = 2, subject = 1),
    lapses("state", "snoozed", "snoozed_until", "open"),
    unique("number", code = "thread.number_taken"),
    index("ticket"),
    index("contact"),
    index("inbox"),
    index("state", "assignee.queue", "waiting_since")
)]
pub struct Thread {
    /// The identifier.
    pub id: Id<Thread>,
    /// Counts the changes.
    pub version: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The number that people say, such as `TH-000001`.
    pub number: String,
    /// Whether it is with a customer or among the team, for life.
    pub kind: ThreadKind,
    /// How it came about.
    pub channel: TicketChannel,
    /// The inbox through which it goes; a thread without one is not answered by mail.
    pub inbox: Option<Id<Inbox>>,
    /// The ticket on which it hangs: who sees that sees the thread. Without one it is seen like a ticket, by whose it is.
    #[record(on_trash = with_parent)]
    pub ticket: Option<Id<Ticket>>,
    /// The customer. A mail never changes it.
    #[record(on_trash = mention, person)]
    pub contact: Option<Id<Contact>>,
    /// What it is about, in one line.
    #[record(editable)]
    pub subject: Subject,
    /// Who works on it while it hangs on no ticket.
    #[record(assignee)]
    pub assignee: Option<Assignee>,
    /// The group that its user took it from.
    pub via_group: Option<Id<Group>>,
    /// Where it stands while it hangs on no ticket. One that is snoozed reads `open` once its moment has come.
    pub state: ThreadState,
    /// Until when it is snoozed.
    pub snoozed_until: Option<Timestamp>,
    /// Whether it is spam.
    pub spam: bool,
    /// Whether it was begun by something that is no person.
    pub automatic: bool,
    /// Who is in it beside the team.
    #[record(personal)]
    pub participants: Option<Document<Vec<Participant>>>,
    /// Since when the customer waits for an answer; absent while they do not.
    pub waiting_since: Option<Timestamp>,
    /// When something last came in.
    pub last_in: Option<Timestamp>,
    /// When something last went out.
    pub last_out: Option<Timestamp>,
    /// The newest message; an answer names it, so that nobody answers what they have not read.
    pub last_message: Option<Uuid>,
    /// The thread to which a mail pointed that was not let into it, such as that of a stranger who names one of its mails.
    #[record(on_trash = mention)]
    pub suggested_thread: Option<Id<Thread>>,
}

redacted_debug!(Thread);

/// What numbers the threads of a tenant.
const COUNTER: &str = "thread";

// ── rules ──

/// An external thread: of these alone something can be sent.
pub(super) struct External(pub(super) Thread);

impl Thread {
    /// The thread as one from which something can be sent. Error: `thread.internal`.
    pub(super) fn external(self) -> Result<External> {
        self.must_be_external()?;
        Ok(External(self))
    }
    /// Error: `thread.internal`.
    pub(super) fn must_be_external(&self) -> Result<()> {
        match self.kind {
            ThreadKind::External => Ok(()),
            ThreadKind::Internal => Err(INTERNAL.with("number", &self.number)),
        }
    }
    /// Error: `thread.done`.
    pub(super) fn must_not_be_done(&self) -> Result<()> {
        if self.state == ThreadState::Done { Err(DONE.with("number", &self.number)) } else { Ok(()) }
    }
    /// Errors: `thread.internal`, `thread.done`.
    pub(super) fn may_be_answered(&self) -> Result<()> {
        self.must_be_external()?;
        self.must_not_be_done()
    }
    /// Error: `thread.on_ticket`.
    pub(super) fn must_stand_alone(&self) -> Result<()> {
        if self.ticket.is_some() { Err(ON_TICKET.with("number", &self.number)) } else { Ok(()) }
    }
    /// The ticket, live, in the unrestricted scope; who sees the thread sees it.
    pub(super) async fn ticket(&self, cx: &mut Context<'_>) -> Result<Option<Ticket>> {
        match self.ticket {
            Some(ticket) => cx.unrestricted().load(ticket).await.map(Some),
            None => Ok(None),
        }
    }
    /// Begins it: with its number. Error: `thread.number_taken`.
    pub(super) async fn begin(mut self, cx: &mut Context<'_>) -> Result<Self> {
        self.number = format!("TH-{:06}", counter::next_number(cx, COUNTER).await?);
        Ok(self)
    }
    /// Notes a message that came in or was said to us.
    pub(super) fn heard(&mut self, message: &Message, by_person: bool) {
        self.last_in = Some(message.at);
        self.last_message = Some(message.id.uuid());
        if by_person {
            self.waiting_since.get_or_insert(message.at);
            self.wake();
        }
    }
    /// Notes a message that went out or was said by us.
    pub(super) fn told(&mut self, message: &Message) {
        self.last_out = Some(message.at);
        self.last_message = Some(message.id.uuid());
        self.waiting_since = None;
        self.wake();
    }
    /// An answer brings back what was snoozed or done.
    fn wake(&mut self) {
        if !self.spam {
            (self.state, self.snoozed_until) = (ThreadState::Open, None);
        }
    }
    /// Puts it on a ticket: from then on it is that which waits for somebody.
    pub(super) fn hang_on(&mut self, ticket: Id<Ticket>) {
        self.ticket = Some(ticket);
        (self.assignee, self.via_group) = (None, None);
        (self.state, self.snoozed_until) = (ThreadState::Open, None);
    }
    /// Notes what an answer does to the ticket of the thread.
    pub(super) async fn answered(&self, cx: &mut Context<'_>) -> Result<()> {
        if let Some(mut ticket) = self.ticket(cx).await? {
            ticket.answered(&cx.moment());
            cx.save(ticket).await?;
        }
        Ok(())
    }
}

/// Refuses what goes out of a thread whose ticket is closed. Error: `ticket.closed`.
pub(super) fn must_be_unclosed(ticket: Option<&Ticket>) -> Result<()> {
    ticket.map_or(Ok(()), Ticket::must_be_unclosed)
}

impl Entity for Thread {
    const IS_CREATED: bool = false;
    const HANDS_ERRORS: &'static [Code] = &[ON_TICKET];
    fn may_change_hands(&self) -> Result<()> {
        self.must_stand_alone()
    }
    fn is_open(&self) -> bool {
        self.ticket.is_none() && self.state != ThreadState::Done
    }
}

/// The moment of a call, for what was said at some other one.
pub(super) const fn said_at(at: Option<Timestamp>, moment: &Moment<'_>) -> Timestamp {
    match at {
        Some(at) => at,
        None => moment.now,
    }
}
