//! Answering the customer.

use super::{
    ADDRESS_UNDELIVERABLE, DONE, INTERNAL, NO_INBOX, NO_RECIPIENT, NO_REPLY_ADDRESS, TOO_MANY_RECIPIENTS, Thread,
    must_be_unclosed,
    outgoing::{Outgoing, answered as find_answered, answering, check},
    recipients::Recipients,
};
use crate::{
    Code, Command, Context, Emails, Id, PlainText, Ref, Result, Timestamp, command,
    files::{TOO_MANY, TYPE_BLOCKED, UPLOAD_NOT_FOUND, Upload},
    kernel::{error::codes, record::Record as _},
    mail::sender::{HALTED, UNVERIFIED},
    service::{
        Message,
        inbox::{INACTIVE, NO_SENDER},
        ticket::CLOSED,
    },
};

/// Somebody wrote meanwhile.
pub const MOVED_ON: Code = Code::conflict(
    "thread.moved_on",
    "{number} has a message {message} that you have not seen; read it first, or say force to send yours all the same.",
);

/// So many files go with a message at most.
const MOST_FILES: usize = 50;

/// Answers in an external thread, by a mail that leaves with the next worker. It goes to the sender of the message that it answers, and to
/// those of its copies who get answers in the thread, unless it is said to whom.
///
/// `seen` is the newest message that the author has read: where there is a newer one, nothing is sent (`thread.moved_on`).
///
/// Errors: `thread.moved_on`, `thread.internal`, `thread.done`, `thread.no_inbox`, `thread.no_recipient`, `thread.too_many_recipients`,
/// `thread.address_undeliverable`, `thread.no_reply_address`, `ticket.closed`, `inbox.inactive`, `inbox.no_sender`, `sender.halted`,
/// `sender.unverified`, `upload.not_found`, `attachment.too_many`, `attachment.type_blocked`.
#[command(
    "reply",
    on = Thread,
    guard = Thread::may_be_answered,
    check = Self::check,
    errors(
        MOVED_ON, INTERNAL, DONE, NO_INBOX, NO_RECIPIENT, TOO_MANY_RECIPIENTS, ADDRESS_UNDELIVERABLE, NO_REPLY_ADDRESS,
        CLOSED, INACTIVE, NO_SENDER, HALTED, UNVERIFIED, UPLOAD_NOT_FOUND, TOO_MANY, TYPE_BLOCKED
    )
)]
pub struct Reply {
    /// The thread.
    pub thread: Ref<Thread>,
    /// What to answer.
    pub body: PlainText,
    /// The newest message of the thread that its author has read.
    pub seen: Id<Message>,
    /// The message that it answers; the one that its author has read last, or the last that came in, unless said.
    pub answers: Option<Id<Message>>,
    /// To whom it goes, instead of whom it would go to by itself.
    #[serde(default, skip_serializing_if = "Emails::is_empty")]
    pub to: Emails,
    /// Who gets a copy, instead of who would get one by itself.
    #[serde(default, skip_serializing_if = "Emails::is_empty")]
    pub cc: Emails,
    /// Who gets a copy of which nobody else knows.
    #[serde(default, skip_serializing_if = "Emails::is_empty")]
    pub bcc: Emails,
    /// Uploads of the author that go with it, at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub attachments: Vec<Id<Upload>>,
    /// The moment before which it does not leave; until then `message.cancel` holds it back.
    pub send_at: Option<Timestamp>,
    /// Whether it is sent although somebody wrote meanwhile, or an address takes no mail.
    #[serde(default)]
    pub force: bool,
}

impl Reply {
    fn check(&self) -> Result<()> {
        if self.attachments.len() > MOST_FILES {
            return Err(codes::FIELD_INVALID.with("field", "attachments").with("problem", "give at most 50 uploads"));
        }
        Ok(())
    }
}

impl Command for Reply {
    type Output = Message;
    async fn run(&self, thread: Thread, cx: &mut Context<'_>) -> Result<Message> {
        if let Some(newest) = thread.last_message.filter(|newest| *newest != self.seen.uuid() && !self.force) {
            return Err(MOVED_ON.with("number", &thread.number).with("message", newest));
        }
        let ticket = thread.ticket(cx).await?;
        must_be_unclosed(ticket.as_ref())?;
        let thread = thread.external()?;
        let inbox = thread.inbox(cx).await?;
        let sender = inbox.sending(cx).await?;
        let messages: Vec<Message> = cx.unrestricted().matching(Message::THREAD, &thread.0.id).await?;
        let answered =
            match self.answers {
                Some(id) => Some(messages.iter().find(|message| message.id == id).ok_or_else(|| {
                    codes::REFERENCE_BROKEN.with("field", "answers").with("kind", Message::def().kind)
                })?),
                None => find_answered(&messages, self.seen),
            };
        let chosen = Recipients::chosen(&thread.0, &self.to, &self.cc, &self.bcc);
        let mut recipients = match answered {
            Some(answered) => Recipients::of_answer(cx, &thread, answered).await?,
            None => Recipients::default(),
        };
        if !chosen.to.is_empty() {
            // Who says to whom it goes says who gets copies as well.
            recipients = Recipients { bcc: Vec::new(), ..chosen.clone() };
        } else if !chosen.cc.is_empty() {
            recipients.cc.clone_from(&chosen.cc);
        }
        recipients.bcc = chosen.bcc;
        recipients.each_once();
        check(cx, &recipients, self.force).await?;
        let subject = answered.and_then(|message| message.subject.as_deref()).unwrap_or(&thread.0.subject);
        let outgoing = Outgoing {
            subject: answering(subject)?,
            thread,
            inbox,
            sender,
            recipients,
            body: &self.body,
            answers: answered,
            files: &self.attachments,
            send_at: self.send_at,
            automatic: false,
        };
        let (thread, message) = outgoing.send(cx).await?;
        thread.answered(cx).await?;
        Ok(message)
    }
}
