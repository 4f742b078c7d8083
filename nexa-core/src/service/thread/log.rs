//! Logging: what was said on the phone, or came by a channel that is not ours.

use super::{INTERNAL, Thread, must_be_unclosed, said_at};
use crate::{
    Body, Command, Context, Id, PlainText, Ref, Result, Timestamp, closed_enum, command,
    kernel::error::codes,
    service::{Direction, Message, ticket::CLOSED},
};

closed_enum! {
    /// Who said something.
    pub enum Said {
        /// The customer, to us.
        In = "in",
        /// We, to the customer.
        Out = "out",
    }
}

/// Writes down what was said in an external thread by another way than mail. Nothing is sent. What we said answers the customer. Errors:
/// `thread.internal`, `ticket.closed`.
#[command("log", on = Thread, guard = Thread::must_be_external, errors(INTERNAL, CLOSED))]
pub struct Log {
    /// The thread.
    pub thread: Ref<Thread>,
    /// Who said it.
    pub said: Said,
    /// What was said.
    pub body: PlainText,
    /// When; now unless said, and no later than now.
    pub at: Option<Timestamp>,
}

impl Command for Log {
    type Output = Message;
    async fn run(&self, mut thread: Thread, cx: &mut Context<'_>) -> Result<Message> {
        let ticket = thread.ticket(cx).await?;
        must_be_unclosed(ticket.as_ref())?;
        let at = said_at(self.at, &cx.moment()).min(cx.now());
        let said_in = self.said == Said::In;
        let text = Body::parse(&self.body)
            .map_err(|problem| codes::FIELD_INVALID.with("field", "body").with("problem", problem))?;
        let message = Message {
            thread: thread.id,
            direction: if said_in { Direction::In } else { Direction::Out },
            author: if said_in { None } else { cx.actor().user().map(Id::new) },
            contact: thread.contact,
            at,
            text: Some(text),
            ..Message::default()
        };
        let message = cx.insert(message).await?;
        if said_in {
            thread.heard(&message, true);
            if let Some(mut ticket) = ticket {
                ticket.waiting_since.get_or_insert(message.at);
                cx.save(ticket).await?;
            }
        } else {
            thread.told(&message);
            thread.answered(cx).await?;
        }
        cx.save(thread).await?;
        Ok(message)
    }
}
