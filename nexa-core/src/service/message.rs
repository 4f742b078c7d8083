//! A message: one thing that was said in a thread. It is never edited and never moves: what is wrong in it is said by another one, or
//! taken out with a reason.

mod cancel;
mod lists;
mod redact;
mod reference;

use serde::{Deserialize, Serialize};

pub(super) use self::reference::{keep as keep_references, key as reference_key, of_key as references_of_key};
pub use self::{
    cancel::{ALREADY_SENT, Cancel, NOT_A_MAIL},
    lists::{Direction, MessageAuto, MessageMark, MessageTrust, PlacedBy},
    redact::Redact,
    reference::MessageReference,
};
use super::Thread;
use crate::{
    Body, Document, Email, Id, Record, Subject, Timestamp,
    files::Attachment,
    kernel::redact::redacted_debug,
    mail::{Mail, Mailbox},
    people::User,
    sales::Contact,
};

/// One thing that was said in a thread.
#[derive(Record, Clone, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "message",
    table = "messages", access = through(thread),
    index("thread", "at"),
    index("contact")
)]
pub struct Message {
    /// The identifier.
    pub id: Id<Message>,
    /// Counts the changes.
    pub version: i64,
    /// When it was written down.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The thread, for life.
    #[record(on_trash = with_parent)]
    pub thread: Id<Thread>,
    /// Whether it came in, went out, or is a note among the team.
    pub direction: Direction,
    /// The user who wrote it; nobody when the customer, a service or the host did.
    pub author: Option<Id<User>>,
    /// The customer: who wrote it, or in whose thread it went out.
    #[record(on_trash = mention, person)]
    pub contact: Option<Id<Contact>>,
    /// When it reached us or left us.
    pub at: Timestamp,
    /// When its sender says that it was written.
    pub claimed_at: Option<Timestamp>,
    /// The address from which it came.
    #[record(personal, person)]
    pub from: Option<Email>,
    /// The name that stands beside that.
    #[record(personal)]
    pub from_name: Option<crate::Name>,
    /// Where its sender wants answers.
    #[record(personal)]
    pub reply_to: Option<Document<Vec<Mailbox>>>,
    /// Whom it names in `To`.
    #[record(personal)]
    pub to: Option<Document<Vec<Mailbox>>>,
    /// Whom it names in `Cc`.
    #[record(personal)]
    pub cc: Option<Document<Vec<Mailbox>>>,
    /// Who else got it; only of what went out.
    #[record(personal)]
    pub bcc: Option<Document<Vec<Mailbox>>>,
    /// Its subject.
    #[record(personal)]
    pub subject: Option<Subject>,
    /// Its text, whole: what it quotes stands in it as well.
    #[record(personal, mentions)]
    pub text: Option<Body>,
    /// So many bytes of the text are what was written; what follows quotes earlier mails or is a signature. All of it when absent.
    pub reply_end: Option<i64>,
    /// The file that has its HTML, cleaned of what a browser might run.
    #[record(on_trash = mention)]
    pub html: Option<Id<Attachment>>,
    /// The `Message-ID` with its angle brackets.
    pub message_id: Option<String>,
    /// Which mail it answers, by that one's `Message-ID`.
    pub in_reply_to: Option<String>,
    /// The mails before it, oldest first.
    pub references: Document<Vec<String>>,
    /// What of its headers and body tells it from any other.
    pub digest: Option<String>,
    /// What sort of mail no person wrote; `none` where a person did.
    pub auto: MessageAuto,
    /// How sure it is that its sender wrote it.
    pub trust: MessageTrust,
    /// Why it stands in this thread.
    pub placed_by: PlacedBy,
    /// What else there is to know of it.
    pub marks: Document<Vec<MessageMark>>,
    /// What leaves of it, where it is sent.
    pub mail: Option<Id<Mail>>,
    /// When it was taken out.
    pub redacted_at: Option<Timestamp>,
    /// Why it was taken out.
    pub redacted_reason: Option<Body>,
}

redacted_debug!(Message);

impl Message {
    /// What was written, without what it quotes.
    pub fn reply(&self) -> &str {
        let text = self.text.as_deref().unwrap_or_default();
        let end = self.reply_end.and_then(|end| usize::try_from(end).ok());
        end.and_then(|end| text.get(..end)).unwrap_or(text).trim_end()
    }
    /// The mailbox from which it came.
    pub(super) fn sender(&self) -> Option<Mailbox> {
        self.from.clone().map(|address| Mailbox { name: self.from_name.clone(), address })
    }
}

/// A list as a message keeps it: nothing where it is empty.
pub(super) fn listed(mailboxes: Vec<Mailbox>) -> Option<Document<Vec<Mailbox>>> {
    Some(mailboxes).filter(|mailboxes| !mailboxes.is_empty()).map(Document)
}

/// What a list of a message has.
pub(super) fn all_of(list: &Option<Document<Vec<Mailbox>>>) -> Vec<Mailbox> {
    list.as_ref().map(|list| list.0.clone()).unwrap_or_default()
}
