//! What leaves a thread: a mail of its own text, and of earlier messages of the same external thread. There is no way here from a comment
//! or a note.

use super::{External, ParticipantRole, ParticipantState, Thread, recipients::Recipients, signed};
use crate::{
    About, Body, Code, Context, Id, PlainText, Record, Result, Subject, Timestamp,
    files::{Upload, attach},
    kernel::error::codes,
    mail::{
        Content, Correspondence, MailFile, MailPurpose, Mailbox, Sender, gate,
        person::Person,
        plan::{Planned, Says, plan},
    },
    sales::Contact,
    service::{Direction, Inbox, Message, message},
};

/// Nobody would get the message.
pub const NO_RECIPIENT: Code =
    Code::rule("thread.no_recipient", "Nobody would get the message; say in to whom it goes.");
/// Too many would get the message.
pub const TOO_MANY_RECIPIENTS: Code =
    Code::rule("thread.too_many_recipients", "The message would go to {count} addresses; name at most {limit}.");
/// Nothing is sent to one of the addresses.
pub const ADDRESS_UNDELIVERABLE: Code = Code::rule(
    "thread.address_undeliverable",
    "Nothing is sent to {address}: mail to it came back, or they want none. Leave it out, or say force to try it.",
);
/// Nobody reads what is sent to one of the addresses.
pub const NO_REPLY_ADDRESS: Code = Code::rule(
    "thread.no_reply_address",
    "Nobody reads what is sent to {address}; leave it out, or say force to send it all the same.",
);
/// The thread goes through no inbox.
pub const NO_INBOX: Code = Code::rule(
    "thread.no_inbox",
    "{number} goes through no inbox, and is not answered by mail; log with thread.log what was said.",
);

/// So many addresses get a message at most.
const MOST: usize = 48;
/// So many of the oldest and of the newest references go with a mail.
const REFERENCES: usize = 10;

/// The local parts behind which nobody reads.
const NO_REPLY: [&str; 5] = ["noreply", "no-reply", "donotreply", "do-not-reply", "mailer-daemon"];

/// Whether nobody reads what is sent to an address.
pub(in crate::service) fn nobody_reads(address: &str) -> bool {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    NO_REPLY.iter().any(|word| local == *word || local.starts_with(&format!("{word}+")))
}

/// A message that is to leave an external thread.
pub(in crate::service) struct Outgoing<'m> {
    pub(in crate::service) thread: External,
    pub(in crate::service) inbox: Inbox,
    pub(in crate::service) sender: Sender,
    pub(in crate::service) recipients: Recipients,
    pub(in crate::service) subject: Subject,
    pub(in crate::service) body: &'m PlainText,
    /// The message that it answers.
    pub(in crate::service) answers: Option<&'m Message>,
    pub(in crate::service) files: &'m [Id<Upload>],
    pub(in crate::service) send_at: Option<Timestamp>,
    /// Whether no person wrote it.
    pub(in crate::service) automatic: bool,
}

impl External {
    /// The inbox of the thread. Error: `thread.no_inbox`.
    pub(super) async fn inbox(&self, cx: &mut Context<'_>) -> Result<Inbox> {
        let inbox = self.0.inbox.ok_or_else(|| NO_INBOX.with("number", &self.0.number))?;
        cx.unrestricted().load(inbox).await
    }
}

/// Refuses addresses to which nothing should be sent. Errors: `thread.no_recipient`, `thread.too_many_recipients`,
/// `thread.address_undeliverable`, `thread.no_reply_address`.
pub(super) async fn check(cx: &mut Context<'_>, recipients: &Recipients, force: bool) -> Result<()> {
    let count = recipients.all().count();
    if recipients.to.is_empty() {
        return Err(NO_RECIPIENT.with("field", "to"));
    }
    if count > MOST {
        return Err(TOO_MANY_RECIPIENTS.with("count", count).with("limit", MOST));
    }
    // Whoever may not see the addresses of people does not hear them by a refusal.
    let hidden = !cx.hidden(Message::def())?.is_empty();
    for mailbox in recipients.all().filter(|_| !force) {
        let shown = if hidden { "one of the addresses" } else { mailbox.address.as_str() };
        if nobody_reads(&mailbox.address) {
            return Err(NO_REPLY_ADDRESS.with("address", shown));
        }
        if gate::is_suppressed(cx, &mailbox.address).await? {
            return Err(ADDRESS_UNDELIVERABLE.with("address", shown));
        }
    }
    Ok(())
}

impl Outgoing<'_> {
    /// Writes the message into its thread and plans its mail.
    pub(in crate::service) async fn send(self, cx: &mut Context<'_>) -> Result<(Thread, Message)> {
        let External(mut thread) = self.thread;
        let id = cx.new_id::<Message>();
        let text = Body::parse(self.body)
            .map_err(|problem| codes::FIELD_INVALID.with("field", "body").with("problem", problem))?;
        let references = self.answers.map(references_of).unwrap_or_default();
        let at = self.send_at.unwrap_or_else(|| cx.now()).max(cx.now());
        let mut message = Message {
            id,
            thread: thread.id,
            direction: Direction::Out,
            contact: thread.contact,
            author: cx.actor().user().map(Id::new).filter(|_| !self.automatic),
            at,
            from: Some(self.inbox.address.clone()),
            to: message::listed(self.recipients.to.clone()),
            cc: message::listed(self.recipients.cc.clone()),
            bcc: message::listed(self.recipients.bcc.clone()),
            subject: Some(self.subject.clone()),
            text: Some(text),
            in_reply_to: self.answers.and_then(|answered| answered.message_id.clone()),
            references: references.clone().into(),
            auto: if self.automatic { message::MessageAuto::AutoReply } else { message::MessageAuto::None },
            ..Message::default()
        };
        message = if self.automatic { cx.unrestricted().insert(message).await? } else { cx.insert(message).await? };
        let mut files = Vec::with_capacity(self.files.len());
        for upload in self.files {
            let file = attach(cx, *upload, About::from(&message), None).await?;
            let attachment = file.id.uuid();
            files.push(MailFile {
                attachment,
                name: file.name,
                r#type: file.r#type,
                size: file.size,
                bytes: Vec::new(),
            });
        }
        let reply_to = signed(cx, &self.inbox, &thread).await?;
        let mut to = self.recipients.to.clone().into_iter();
        let Some(first) = to.next() else { return Err(NO_RECIPIENT.with("field", "to")) };
        let correspondence = Correspondence {
            to: to.collect(),
            cc: self.recipients.cc.clone(),
            bcc: self.recipients.bcc.clone(),
            reply_to: Some(Mailbox { name: None, address: reply_to }),
            in_reply_to: message.in_reply_to.clone(),
            references,
            automatic: self.automatic,
            files,
        };
        let quoted = self.answers.filter(|_| !self.automatic).map(quoted).unwrap_or_default();
        let content = Content::plain(self.subject.clone(), &with_quote(self.body, &quoted));
        let planned = Planned {
            dedup: format!("message:{}", message.id),
            purpose: if self.automatic { MailPurpose::System } else { MailPurpose::Person },
            about: Some(About::from(&message)),
            topic: None,
            sender: self.sender,
            person: person(cx, &thread, &first).await?,
            to: first.address,
            says: Says::Content(content),
            correspondence: Some(correspondence),
            not_before: self.send_at,
            expires_at: None,
        };
        let mail = plan(cx, planned).await?;
        message.mail = Some(mail.id);
        message.message_id = Some(mail.message_id);
        let message = cx.save(message).await?;
        message::keep_references(cx, self.inbox.id, &message).await?;
        if !self.automatic {
            for mailbox in self.recipients.to.iter().chain(&self.recipients.cc) {
                thread.join(mailbox.clone(), ParticipantRole::Copied, ParticipantState::Active);
                thread.set_state(&mailbox.address, ParticipantState::Active);
            }
            thread.told(&message);
        }
        Ok((cx.save(thread).await?, message))
    }
}

/// The contact of the thread, where the mail goes to an address of theirs.
async fn person(cx: &mut Context<'_>, thread: &Thread, to: &Mailbox) -> Result<Option<Person>> {
    let Some(contact) = thread.contact else { return Ok(None) };
    let row = cx.unrestricted().row(Contact::def(), contact.uuid()).await?;
    let contact = row.map(Contact::from_row).transpose()?;
    let person = contact.map(|contact| Person::Contact(Box::new(contact)));
    Ok(person.filter(|person| person.is_known_by(&to.address)))
}

/// The references of an answer to a message: those that it had, and itself.
fn references_of(answered: &Message) -> Vec<String> {
    let mut all: Vec<String> = answered.references.0.clone();
    all.extend(answered.message_id.clone());
    let (first, rest) = all.split_at(all.len().min(REFERENCES));
    let last = rest.split_at(rest.len().saturating_sub(REFERENCES)).1;
    first.iter().chain(last).cloned().collect()
}

/// What a message of the same thread said, as an answer to it quotes it.
fn quoted(answered: &Message) -> String {
    let said = answered.reply();
    if said.is_empty() || answered.direction == Direction::Note {
        return String::new();
    }
    let who = answered.sender().map(|sender| sender.name.map_or_else(|| sender.address.to_string(), String::from));
    let mut text = match who {
        Some(who) => format!("{who}:\n"),
        None => String::new(),
    };
    for line in said.lines() {
        text.push_str(if line.is_empty() { ">" } else { "> " });
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// A text with what it answers below it, as far as there is room.
fn with_quote(body: &PlainText, quoted: &str) -> PlainText {
    if quoted.is_empty() {
        return body.clone();
    }
    PlainText::parse(&format!("{body}\n\n{quoted}")).unwrap_or_else(|_| body.clone())
}

/// The subject of an answer: that of the message, with one `Re:`.
pub(in crate::service) fn answering(subject: &str) -> Result<Subject> {
    let rest = bare_subject(subject);
    let room = rest.floor_char_boundary(SUBJECT.min(rest.len()));
    let rest = rest.get(..room).unwrap_or(rest);
    Subject::parse(&format!("Re: {rest}"))
        .map_err(|problem| codes::FIELD_INVALID.with("field", "subject").with("problem", problem))
}

/// A subject without the marks of answers and forwards.
pub(in crate::service) fn bare_subject(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some(after) = prefix(rest) {
        rest = after.trim_start();
    }
    rest
}

/// What follows a mark of an answer, as programs of several languages write it.
fn prefix(subject: &str) -> Option<&str> {
    let (mark, rest) = subject.split_once(':')?;
    ["re", "aw", "sv", "antw", "rif", "ref"].iter().any(|word| mark.trim().eq_ignore_ascii_case(word)).then_some(rest)
}

/// So many bytes of a subject stay behind `Re:`.
const SUBJECT: usize = 480;

/// The message of a thread that an answer is of: the one that its author has seen last, where it came in; or else the last that did, or that
/// went out.
pub(super) fn answered(messages: &[Message], seen: Id<Message>) -> Option<&Message> {
    let read = messages.iter().find(|message| message.id == seen && message.direction == Direction::In);
    if read.is_some() {
        return read;
    }
    let of = |direction: Direction| {
        messages.iter().filter(|message| message.direction == direction).max_by_key(|message| (message.at, message.id))
    };
    of(Direction::In).or_else(|| of(Direction::Out))
}
