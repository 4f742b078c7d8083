//! Receiving a mail: whatever it is, one record says what became of it. Nothing is refused and nothing is lost.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Authentication, AutomaticMail, CopiedPeople, Inbox, InboxMakes, ReceivedMail, acknowledge, all, is_user, place,
};
use crate::{
    About, CollectionCommand, Context, Document, Email, Id, Name, Record as _, Ref, Result, Subject, command,
    files::{UPLOAD_NOT_FOUND, Upload, attach_received, received_upload},
    mail::{
        Mail, Mailbox,
        feedback::{RecordBounce, RecordReply, mail_of},
    },
    people::User,
    service::{
        Audience, Comment, Direction, HeldReason, Inbound, InboundState, MailEnvelope, Message, MessageAuto,
        MessageMark, MessageTrust, ParticipantRole, ParticipantState, PlacedBy, Thread, Ticket, message, thread,
    },
};

/// More than so many mails from one address in ten minutes are of machines that answer each other.
const MOST_IN_A_WHILE: usize = 20;
/// Ten minutes, in microseconds.
const A_WHILE: i64 = 600_000_000;

/// Takes a mail that came to an inbox, as it was read, with its bytes as an upload. Whatever is wrong with it, it is kept, and the answer
/// says what became of it: a connector marks a mail as fetched once it has that. The same mail again is a `duplicate`. For the host's
/// connector; `receive` of the library reads the bytes and calls it. Errors: `upload.not_found`.
#[command(
    "receive",
    collection = Inbox,
    action = Operate,
    errors(UPLOAD_NOT_FOUND),
    final = "the mail did come; what was made of it can be trashed."
)]
pub struct Receive {
    /// The inbox.
    pub inbox: Ref<Inbox>,
    /// The bytes of the mail, as they came.
    pub upload: Id<Upload>,
    /// The addresses that the servers used.
    #[serde(default)]
    pub envelope: MailEnvelope,
    /// The mail as it was read.
    pub mail: ReceivedMail,
}

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Received {
    /// Its record.
    pub inbound: Id<Inbound>,
    /// What became of it.
    pub state: InboundState,
    /// Why it is held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<HeldReason>,
    /// The message that it is, or that of the one that came before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Id<Message>>,
    /// The thread of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<Id<Thread>>,
    /// The ticket of the thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Id<Ticket>>,
}

/// What was decided of a mail.
enum Fate {
    Held(HeldReason),
    Duplicate(Box<Inbound>),
    /// It says something of a mail of ours, and is no message.
    About(Box<Mail>),
    Commented(Id<Comment>),
    Placed {
        message: Id<Message>,
        acknowledged: bool,
    },
}

impl CollectionCommand for Receive {
    type Output = Received;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Received> {
        let inbox = cx.load(&self.inbox).await?;
        let upload = received_upload(cx, self.upload).await?;
        let sender = self.mail.from.as_ref().map(|from| from.address.clone());
        let contact = match &sender {
            Some(sender) => thread::known_contact(cx, sender).await?.map(|contact| contact.id),
            None => None,
        };
        let inbound = Inbound {
            inbox: inbox.id,
            envelope: Document(self.envelope.clone()),
            sender,
            contact,
            sha256: upload.sha256.unwrap_or_default(),
            size: upload.size,
            digest: self.mail.digest.as_ref().map(ToString::to_string),
            detail: self.mail.detail.clone(),
            ..Inbound::default()
        };
        let mut inbound = cx.unrestricted().insert(inbound).await?;
        attach_received(cx, self.upload, About::from(&inbound)).await?;
        match self.decide(cx, &inbox, &inbound).await? {
            Fate::Held(reason) => (inbound.state, inbound.reason) = (InboundState::Held, Some(reason)),
            Fate::Duplicate(first) => {
                inbound.state = InboundState::Duplicate;
                (inbound.duplicate_of, inbound.message) = (Some(first.id), first.message);
            }
            Fate::About(mail) => {
                inbound.state = InboundState::Placed;
                inbound.message = message_of(&mail);
            }
            Fate::Commented(comment) => (inbound.state, inbound.comment) = (InboundState::Placed, Some(comment)),
            Fate::Placed { message, acknowledged } => {
                (inbound.state, inbound.message) = (InboundState::Placed, Some(message));
                inbound.acknowledged = acknowledged;
            }
        }
        let inbound = cx.save(inbound).await?;
        answer(cx, &inbound).await
    }
}

/// The message that a mail of ours is.
fn message_of(mail: &Mail) -> Option<Id<Message>> {
    match &mail.about {
        Some(About::Record { kind, id }) if kind == Message::def().kind => Some(Id::new(*id)),
        _ => None,
    }
}

async fn answer(cx: &mut Context<'_>, inbound: &Inbound) -> Result<Received> {
    let message = match inbound.message {
        Some(message) => {
            cx.unrestricted().row(Message::def(), message.uuid()).await?.map(Message::from_row).transpose()?
        }
        None => None,
    };
    let thread = match &message {
        Some(message) => Some(cx.unrestricted().load(message.thread).await?),
        None => None,
    };
    Ok(Received {
        inbound: inbound.id,
        state: inbound.state,
        reason: inbound.reason,
        message: message.map(|message| message.id),
        ticket: thread.as_ref().and_then(|thread| thread.ticket),
        thread: thread.map(|thread| thread.id),
    })
}

impl Receive {
    async fn decide(&self, cx: &mut Context<'_>, inbox: &Inbox, inbound: &Inbound) -> Result<Fate> {
        let mail = &self.mail;
        if inbox.off {
            return Ok(Fate::Held(HeldReason::InboxOff));
        }
        if let Some(reason) = mail.held {
            return Ok(Fate::Held(reason));
        }
        if let Some(first) = self.came_before(cx, inbox, inbound).await? {
            return Ok(Fate::Duplicate(Box::new(first)));
        }
        if let Some(own) = &mail.message_id
            && let Some(ours) = mail_of(cx, own).await?
        {
            // It is what we sent, and came back by a list or a copy.
            return Ok(Fate::About(Box::new(ours)));
        }
        if let Some(fate) = self.report(cx, inbound).await? {
            return Ok(fate);
        }
        let Some(from) = self.author(inbox) else { return Ok(Fate::Held(HeldReason::NoSender)) };
        if mail.spam || inbox.blocks(&from.address) {
            return Ok(Fate::Held(HeldReason::Spam));
        }
        if is_loop(cx, inbox, &from.address).await? {
            return Ok(Fate::Held(HeldReason::Loop));
        }
        let place = place::find(cx, inbox, &self.envelope, mail, &from.address).await?;
        let (into, placed_by, mut marks) = match place {
            place::Place::Trashed => return Ok(Fate::Held(HeldReason::ThreadTrashed)),
            place::Place::In(thread, placed_by, marks) => (Ok(*thread), placed_by, marks),
            place::Place::New(suggested) => (Err(suggested), PlacedBy::New, Vec::new()),
        };
        marks.extend(mail.marks.iter().copied());
        if !mail.not_taken.is_empty() {
            marks.push(MessageMark::FilesNotTaken);
        }
        if all(cx).await?.iter().any(|ours| ours.has(&from.address)) {
            // Our own address is no person: what it wrote by another program goes where it belongs, and nowhere else.
            let Ok(thread) = into else { return Ok(Fate::Held(HeldReason::Loop)) };
            marks.push(MessageMark::SentOutside);
            return self.keep(cx, inbox, thread, &from, placed_by, marks, Direction::Out).await;
        }
        if is_user(cx, &from.address).await? {
            if let Ok(thread) = &into
                && let Some(ticket) = thread.ticket
            {
                return self.comment(cx, ticket, &from).await;
            }
            marks.push(MessageMark::FromUser);
        }
        let thread = match into {
            Ok(thread) => thread,
            Err(_) if mail.auto != MessageAuto::None && inbox.automatic == AutomaticMail::Hold => {
                return Ok(Fate::Held(HeldReason::Automatic));
            }
            Err(suggested) => self.begin(cx, inbox, &from, suggested).await?,
        };
        self.keep(cx, inbox, thread, &from, placed_by, marks, Direction::In).await
    }

    /// The one with the same content that came to the same inbox before.
    async fn came_before(&self, cx: &mut Context<'_>, inbox: &Inbox, inbound: &Inbound) -> Result<Option<Inbound>> {
        let Some(digest) = &inbound.digest else { return Ok(None) };
        let same = Inbound::DIGEST.eq(digest.as_str()).and(Inbound::INBOX.eq(inbox.id));
        let found = cx.unrestricted().find::<Inbound>(&same, &["created_at"], 3).await?;
        Ok(found.into_iter().find(|other| other.id != inbound.id && other.state != InboundState::Duplicate))
    }

    /// What a server or a mail program says of a mail of ours.
    async fn report(&self, cx: &mut Context<'_>, inbound: &Inbound) -> Result<Option<Fate>> {
        let mail = &self.mail;
        match (mail.auto, &mail.bounce) {
            (MessageAuto::Bounce, bounce) => {
                let named = bounce.as_ref().and_then(|bounce| bounce.message_id.as_deref());
                let named: Vec<&str> = named
                    .into_iter()
                    .chain(mail.in_reply_to.iter().chain(&mail.references).map(String::as_str))
                    .collect();
                for message_id in named {
                    let Some(ours) = mail_of(cx, message_id).await? else { continue };
                    let bounce = bounce.clone().unwrap_or_default();
                    let record = RecordBounce {
                        event_id: Name::parse(&format!("inbound:{}", inbound.id)).unwrap_or_default(),
                        mail: Some(ours.id),
                        message_id: None,
                        address: None,
                        class: bounce.class,
                        code: bounce.code,
                        at: None,
                    };
                    record.run(cx).await?;
                    return Ok(Some(Fate::About(Box::new(ours))));
                }
                Ok(Some(Fate::Held(HeldReason::BounceUnmatched)))
            }
            (MessageAuto::Receipt, _) => {
                for message_id in mail.in_reply_to.iter().chain(&mail.references) {
                    if let Some(ours) = mail_of(cx, message_id).await? {
                        return Ok(Some(Fate::About(Box::new(ours))));
                    }
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// Who wrote it: whom `From` names; of a form that sends for others, whom `Reply-To` names.
    fn author(&self, inbox: &Inbox) -> Option<Mailbox> {
        let from = self.mail.from.clone()?;
        let relayed = inbox.relays.contains(&from.address);
        Some(self.mail.reply_to.first().cloned().filter(|_| relayed).unwrap_or(from))
    }

    /// A thread that begins with it.
    async fn begin(
        &self,
        cx: &mut Context<'_>,
        inbox: &Inbox,
        from: &Mailbox,
        suggested_thread: Option<Id<Thread>>,
    ) -> Result<Thread> {
        let subject = self.mail.subject.clone().or_else(|| Subject::parse("(no subject)").ok()).unwrap_or_default();
        let contact = thread::known_contact(cx, &from.address).await?.map(|contact| contact.id);
        let automatic = self.mail.auto != MessageAuto::None;
        let mut thread = Thread { subject, contact, suggested_thread, automatic, ..inbox.thread() }.begin(cx).await?;
        thread.join(from.clone(), ParticipantRole::Customer, ParticipantState::Active);
        cx.unrestricted().insert(thread).await
    }

    /// What one of the team answers by mail is a comment: it may answer what no customer is to read.
    async fn comment(&self, cx: &mut Context<'_>, ticket: Id<Ticket>, from: &Mailbox) -> Result<Fate> {
        let author: Vec<User> = cx.unrestricted().matching(User::EMAIL, &from.address).await?;
        let text = self.mail.text.as_deref().unwrap_or_default();
        let end = self.mail.reply_end.and_then(|end| usize::try_from(end).ok()).unwrap_or(text.len());
        let reply = text.get(..end).unwrap_or(text);
        let Ok(body) = crate::Body::parse(reply) else { return Ok(Fate::Held(HeldReason::Failure)) };
        let author = author.first().map(|user| user.id);
        let comment = Comment { ticket, author, body, audience: Audience::Members, ..Comment::default() };
        Ok(Fate::Commented(cx.unrestricted().insert(comment).await?.id))
    }

    /// Writes it into its thread.
    #[allow(clippy::too_many_arguments)]
    async fn keep(
        &self,
        cx: &mut Context<'_>,
        inbox: &Inbox,
        mut thread: Thread,
        from: &Mailbox,
        placed_by: PlacedBy,
        mut marks: Vec<MessageMark>,
        direction: Direction,
    ) -> Result<Fate> {
        let mail = &self.mail;
        let came_in = direction == Direction::In;
        if came_in && thread.participant(&from.address).is_none() {
            marks.push(MessageMark::NewPerson);
            thread.join(from.clone(), ParticipantRole::Copied, ParticipantState::Proposed);
        }
        let theirs = thread::known_contact(cx, &from.address).await?.map(|contact| contact.id);
        let message = Message {
            thread: thread.id,
            direction,
            contact: if came_in { theirs } else { thread.contact },
            at: cx.now(),
            claimed_at: mail.date,
            from: Some(from.address.clone()),
            from_name: from.name.clone(),
            reply_to: message::listed(mail.reply_to.clone()),
            to: message::listed(mail.to.clone()),
            cc: message::listed(mail.cc.clone()),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            reply_end: mail.reply_end.map(i64::from),
            message_id: mail.message_id.clone(),
            in_reply_to: mail.in_reply_to.first().cloned(),
            references: Document(mail.references.clone()),
            digest: mail.digest.as_ref().map(ToString::to_string),
            auto: mail.auto,
            trust: match (mail.authentication, placed_by) {
                (Authentication::Failed, _) => MessageTrust::Failed,
                (_, PlacedBy::SignedAddress) => MessageTrust::Signed,
                (Authentication::Passed, _) => MessageTrust::Known,
                (Authentication::Unknown, _) => MessageTrust::Unknown,
            },
            placed_by,
            ..Message::default()
        };
        let mut message = cx.unrestricted().insert(message).await?;
        for file in &mail.files {
            let attachment = attach_received(cx, file.upload, About::from(&message)).await?;
            if file.html {
                message.html = Some(attachment.id);
            }
        }
        if self.is_reused(cx, inbox, &message).await? {
            marks.push(MessageMark::IdReused);
        }
        if placed_by != PlacedBy::New && !same_subject(&thread.subject, message.subject.as_deref()) {
            marks.push(MessageMark::SubjectChanged);
        }
        message.marks = Document(marks);
        let message = cx.save(message).await?;
        message::keep_references(cx, inbox.id, &message).await?;
        self.copy(cx, inbox, &mut thread, from).await?;
        let by_person = mail.auto == MessageAuto::None && !message.marks.contains(&MessageMark::FromUser);
        if came_in && by_person {
            self.note_reply(cx, &message).await?;
        }
        if came_in {
            thread.heard(&message, by_person);
        } else {
            thread.told(&message);
        }
        let mut thread = cx.save(thread).await?;
        if placed_by == PlacedBy::New && inbox.makes == InboxMakes::Ticket {
            thread = thread::make_ticket(cx, thread).await?;
        } else if let Some(mut ticket) = thread.ticket(cx).await?
            && by_person
        {
            if came_in {
                ticket.waiting_since.get_or_insert(message.at);
            } else {
                ticket.waiting_since = None;
            }
            cx.save(ticket).await?;
        }
        let acknowledged =
            placed_by == PlacedBy::New && acknowledge::acknowledge(cx, inbox, thread, &message, mail).await?;
        Ok(Fate::Placed { message: message.id, acknowledged })
    }

    /// Notes on the mail that it answers that the person did.
    async fn note_reply(&self, cx: &mut Context<'_>, message: &Message) -> Result<()> {
        for answered in &self.mail.in_reply_to {
            let Some(ours) = mail_of(cx, answered).await? else { continue };
            let reply = RecordReply {
                event_id: Name::parse(&format!("message:{}", message.id)).unwrap_or_default(),
                mail: Some(ours.id),
                message_id: None,
                auto: false,
                at: None,
            };
            reply.run(cx).await?;
            return Ok(());
        }
        Ok(())
    }

    /// Whether another message of the inbox has its `Message-ID`.
    async fn is_reused(&self, cx: &mut Context<'_>, inbox: &Inbox, message: &Message) -> Result<bool> {
        let (Some(own), Some(secret)) = (&message.message_id, crate::mail::secret::Secret::known(cx).await?) else {
            return Ok(false);
        };
        let known = message::references_of_key(cx, message::reference_key(&secret, inbox.id, own)).await?;
        Ok(known.iter().any(|known| known.own && known.message != message.id.uuid()))
    }

    /// Lets those whom a customer put in copy into the thread, as the inbox says.
    async fn copy(&self, cx: &mut Context<'_>, inbox: &Inbox, thread: &mut Thread, from: &Mailbox) -> Result<()> {
        let state = match inbox.copied {
            CopiedPeople::Accept if thread.is_active(&from.address) => ParticipantState::Active,
            _ => ParticipantState::Proposed,
        };
        let named = self.mail.to.iter().chain(&self.mail.cc).cloned().collect();
        for copied in super::only_people(cx, named).await? {
            thread.join(copied, ParticipantRole::Copied, state);
        }
        Ok(())
    }
}

/// Whether an address writes as machines do that answer each other.
async fn is_loop(cx: &mut Context<'_>, inbox: &Inbox, from: &Email) -> Result<bool> {
    let since = crate::Timestamp::from_micros(cx.now().micros().saturating_sub(A_WHILE));
    let lately = Inbound::SENDER.eq(from.as_str()).and(Inbound::INBOX.eq(inbox.id)).and(Inbound::CREATED_AT.gt(since));
    Ok(cx.unrestricted().find::<Inbound>(&lately, &[], MOST_IN_A_WHILE + 2).await?.len() > MOST_IN_A_WHILE)
}

/// Whether a subject is that of a thread, but for the marks of answers and of lists.
fn same_subject(of_thread: &str, of_mail: Option<&str>) -> bool {
    let bare = |subject: &str| crate::kernel::search::fold(thread::bare_subject(subject));
    of_mail.is_some_and(|subject| bare(subject) == bare(of_thread))
}
