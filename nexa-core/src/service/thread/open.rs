//! Beginning a conversation with somebody.

use super::{
    ADDRESS_UNDELIVERABLE, NO_RECIPIENT, NO_REPLY_ADDRESS, ParticipantRole, ParticipantState, TOO_MANY_RECIPIENTS,
    Thread,
    outgoing::{Outgoing, check},
    recipients::Recipients,
};
use crate::{
    Code, CollectionCommand, Context, Emails, Id, PlainText, Ref, Result, Subject, Timestamp, command,
    files::{TOO_MANY, TYPE_BLOCKED, UPLOAD_NOT_FOUND, Upload},
    kernel::error::codes,
    mail::{
        Mailbox,
        sender::{HALTED, UNVERIFIED},
    },
    sales::Contact,
    service::{
        Inbox, Ticket,
        inbox::{INACTIVE, NO_SENDER},
        ticket::{CLOSED, TicketChannel},
    },
};

/// A mail needs an inbox and a text.
pub const INBOX_AND_BODY: Code = Code::invalid(
    "thread.inbox_and_body",
    "A mail needs an inbox and a body; give both, or neither, and log with thread.log what was said.",
);

/// So many files go with a message at most.
const MOST_FILES: usize = 50;

/// Begins an external thread. With an `inbox`, its first message leaves by mail: to the contact, unless `to` says to whom. Without one it
/// has no message yet: what was said goes into it with `thread.log`.
///
/// Errors: `thread.inbox_and_body`, `thread.no_recipient`, `thread.too_many_recipients`, `thread.address_undeliverable`, `thread.no_reply_address`,
/// `ticket.closed`, `inbox.inactive`, `inbox.no_sender`, `sender.halted`, `sender.unverified`, `upload.not_found`,
/// `attachment.too_many`, `attachment.type_blocked`.
#[command(
    "open",
    collection = Thread,
    action = Create,
    check = Self::check,
    errors(
        INBOX_AND_BODY, NO_RECIPIENT, TOO_MANY_RECIPIENTS, ADDRESS_UNDELIVERABLE, NO_REPLY_ADDRESS, CLOSED, INACTIVE, NO_SENDER,
        HALTED, UNVERIFIED, UPLOAD_NOT_FOUND, TOO_MANY, TYPE_BLOCKED
    )
)]
pub struct Open {
    /// The ticket on which it hangs; the customer of the ticket need not be in it.
    pub ticket: Option<Ref<Ticket>>,
    /// The customer; that of the ticket unless it is said to whom the mail goes.
    pub contact: Option<Ref<Contact>>,
    /// The inbox through which it goes.
    pub inbox: Option<Ref<Inbox>>,
    /// How it comes about; by mail with an inbox, otherwise on the phone, unless said.
    pub channel: Option<TicketChannel>,
    /// What it is about.
    pub subject: Subject,
    /// What the mail says; with an inbox.
    pub body: Option<PlainText>,
    /// To whom the mail goes; to the contact unless said.
    #[serde(default, skip_serializing_if = "Emails::is_empty")]
    pub to: Emails,
    /// Who gets a copy.
    #[serde(default, skip_serializing_if = "Emails::is_empty")]
    pub cc: Emails,
    /// Who gets a copy of which nobody else knows.
    #[serde(default, skip_serializing_if = "Emails::is_empty")]
    pub bcc: Emails,
    /// Uploads of the author that go with it, at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub attachments: Vec<Id<Upload>>,
    /// The moment before which the mail does not leave.
    pub send_at: Option<Timestamp>,
    /// Whether it is sent although an address takes no mail.
    #[serde(default)]
    pub force: bool,
}

impl Open {
    fn check(&self) -> Result<()> {
        if self.attachments.len() > MOST_FILES {
            let problem = "give at most 50 uploads";
            return Err(codes::FIELD_INVALID.with("field", "attachments").with("problem", problem));
        }
        let of_mail = self.body.is_some()
            || self.send_at.is_some()
            || !(self.to.is_empty() && self.cc.is_empty() && self.bcc.is_empty() && self.attachments.is_empty());
        if (self.inbox.is_some() && self.body.is_none()) || (self.inbox.is_none() && of_mail) {
            return Err(INBOX_AND_BODY.error());
        }
        Ok(())
    }
}

impl CollectionCommand for Open {
    type Output = Thread;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Thread> {
        let ticket = match &self.ticket {
            Some(ticket) => Some(cx.load(ticket).await?),
            None => None,
        };
        super::must_be_unclosed(ticket.as_ref())?;
        let contact = match (&self.contact, &ticket) {
            (Some(contact), _) => Some(cx.load(contact).await?),
            // A supplier who is asked is not the customer.
            (None, Some(Ticket { contact: Some(contact), .. })) if self.to.is_empty() => {
                Some(cx.load(&Ref::from(*contact)).await?)
            }
            _ => None,
        };
        let inbox = match &self.inbox {
            Some(inbox) => Some(cx.load(inbox).await?),
            None => None,
        };
        let mut thread = Thread {
            channel: self.channel.unwrap_or(if inbox.is_some() { TicketChannel::Email } else { TicketChannel::Phone }),
            inbox: inbox.as_ref().map(|inbox| inbox.id),
            ticket: ticket.as_ref().map(|ticket| ticket.id),
            contact: contact.as_ref().map(|contact| contact.id),
            subject: self.subject.clone(),
            assignee: inbox.as_ref().and_then(Inbox::assignee).filter(|_| ticket.is_none()),
            ..Thread::default()
        }
        .begin(cx)
        .await?;
        let own = contact.as_ref().and_then(|contact| contact.email.clone()).map(Mailbox::from);
        if let Some(own) = &own {
            thread.join(own.clone(), ParticipantRole::Customer, ParticipantState::Active);
        }
        let thread = cx.insert(thread).await?;
        let (Some(inbox), Some(body)) = (inbox, &self.body) else { return Ok(thread) };
        let sender = inbox.sending(cx).await?;
        let mut recipients = Recipients::chosen(&thread, &self.to, &self.cc, &self.bcc);
        if recipients.to.is_empty() {
            recipients.to.extend(own);
        }
        check(cx, &recipients, self.force).await?;
        let outgoing = Outgoing {
            thread: thread.external()?,
            inbox,
            sender,
            recipients,
            subject: self.subject.clone(),
            body,
            answers: None,
            files: &self.attachments,
            send_at: self.send_at,
            automatic: false,
        };
        let (thread, _) = outgoing.send(cx).await?;
        Ok(thread)
    }
}
