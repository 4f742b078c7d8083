//! Internal threads: what the team says to itself. None of it can leave.

use super::{Thread, ThreadKind};
use crate::{
    Body, Code, CollectionCommand, Command, Context, Id, Ref, Result, Subject, command,
    service::{Direction, Message, Ticket, ticket::CLOSED},
};

/// Somebody outside the team is in the thread.
pub const NOT_INTERNAL: Code = Code::rule(
    "thread.not_internal",
    "{number} is with the customer, who would expect to read it; write in an internal thread, or a comment on the ticket.",
);

impl Thread {
    fn must_be_internal(&self) -> Result<()> {
        match self.kind {
            ThreadKind::Internal => Ok(()),
            ThreadKind::External => Err(NOT_INTERNAL.with("number", &self.number)),
        }
    }
}

/// Writes a note into an internal thread; it notifies those whom it mentions.
async fn write(cx: &mut Context<'_>, mut thread: Thread, body: &Body) -> Result<(Thread, Message)> {
    let message = Message {
        thread: thread.id,
        direction: Direction::Note,
        author: cx.actor().user().map(Id::new),
        at: cx.now(),
        text: Some(body.clone()),
        ..Message::default()
    };
    let message = cx.insert(message).await?;
    thread.last_message = Some(message.id.uuid());
    Ok((cx.save(thread).await?, message))
}

/// Begins a thread among the team on a ticket. Nothing in it can be sent to anybody outside. Error: `ticket.closed`.
#[command("open_internal", collection = Thread, action = Create, errors(CLOSED))]
pub struct OpenInternal {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// What it is about.
    pub subject: Subject,
    /// The first note in it.
    pub body: Body,
}

impl CollectionCommand for OpenInternal {
    type Output = Thread;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Thread> {
        let ticket = cx.load(&self.ticket).await?;
        ticket.must_be_unclosed()?;
        let (kind, ticket) = (ThreadKind::Internal, Some(ticket.id));
        let thread = Thread { kind, ticket, subject: self.subject.clone(), ..Thread::default() }.begin(cx).await?;
        let thread = cx.insert(thread).await?;
        Ok(write(cx, thread, &self.body).await?.0)
    }
}

/// Writes a note into an internal thread. Error: `thread.not_internal`.
#[command("note", on = Thread, guard = Thread::must_be_internal, errors(NOT_INTERNAL))]
pub struct Note {
    /// The thread.
    pub thread: Ref<Thread>,
    /// What to write.
    pub body: Body,
}

impl Command for Note {
    type Output = Message;
    async fn run(&self, thread: Thread, cx: &mut Context<'_>) -> Result<Message> {
        Ok(write(cx, thread, &self.body).await?.1)
    }
}
