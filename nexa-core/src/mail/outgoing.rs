//! A mail: one message to one person, from the moment that somebody wants it to leave until we know what became of it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Content, Correspondence, Header, Mailbox, Sender, TemplateVersion, Topic};
use crate::{
    About, Code, Document, Email, Id, Language, Name, Record, Result, TimeZone, Timestamp, closed_enum,
    kernel::redact::redacted_debug,
    sales::{Contact, Lead},
};

/// The mail is another worker's.
pub const NOT_YOURS: Code =
    Code::conflict("mail.not_yours", "The mail is not held by {worker}; send nothing, and leave it to who holds it.");
/// Nobody has claimed the mail.
pub const NOT_CLAIMED: Code = Code::rule(
    "mail.not_claimed",
    "The mail is {state}, and no worker has claimed it; claim it with mail.claim first.",
);
/// The mail is over.
pub const OVER: Code = Code::rule("mail.over", "The mail is {state} already; plan another one.");
/// The mail is leaving.
pub const LEAVING: Code = Code::rule(
    "mail.leaving",
    "The message is on its way to the server and cannot be held back; wait for what comes of it.",
);

closed_enum! {
    /// Who or what wants a mail to leave.
    pub enum MailPurpose {
        /// Somebody writes to one person.
        Person = "person",
        /// The system says something that belongs to what somebody has with us.
        System = "system",
        /// A user is told what happened.
        Notification = "notification",
        /// The team tries a template out.
        Test = "test",
        /// A mail to many.
        MassEmail = "mass_email",
        /// A step of a sequence.
        Sequence = "sequence",
        /// A step of a workflow.
        Workflow = "workflow",
    }
}

closed_enum! {
    /// Where a mail is.
    pub enum MailState {
        /// It waits for its moment and a worker.
        Planned = "planned",
        /// A worker has it.
        Claimed = "claimed",
        /// The server took it.
        HandedOver = "handed_over",
        /// The server did not take it, and it is not tried again.
        Failed = "failed",
        /// It was sent, and nobody knows whether the server took it.
        Uncertain = "uncertain",
        /// It may not go to the address.
        Skipped = "skipped",
        /// Somebody held it back.
        Cancelled = "cancelled",
        /// Its time was over before it could leave.
        Expired = "expired",
    }
}

closed_enum! {
    /// How far an attempt has come.
    pub enum MailStage {
        /// Nothing of the message has left: it can be sent again.
        Open = "open",
        /// The message is leaving, or has left: until the server answers, nobody knows.
        Body = "body",
    }
}

/// What stands around the content of a mail: made at the first claim, and the same in every attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MailFrame {
    /// The sender of the envelope.
    pub envelope_from: Email,
    /// Whom `From` names.
    pub from: Mailbox,
    /// The name that stands beside the address in `To`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_name: Option<Name>,
    /// Whom `Reply-To` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Mailbox>,
    /// The moment of `Date`.
    pub date: Timestamp,
    /// The other headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// The headers that a signature must cover.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed_headers: Vec<String>,
}

/// One message to one person.
#[derive(Record, Clone, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "mail",
    table = "mails", access = through(about),
    unique("dedup", code = "mail.dedup_taken"),
    index("about.id"),
    index("state", "marketing", "not_before"),
    index("state", "not_before"),
    index("state", "lease_until"),
    index("to", "claimed_at"),
    index("topic")
)]
pub struct Mail {
    /// The identifier.
    pub id: Id<Mail>,
    /// Counts the changes.
    pub version: i64,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The key under which it was planned; there is one mail of each, for ever.
    pub dedup: String,
    /// Who or what wants it to leave.
    pub purpose: MailPurpose,
    /// What it is about; who sees that sees the mail.
    #[record(follows)]
    pub about: Option<About>,
    /// What it is about for the person.
    pub topic: Option<Id<Topic>>,
    /// Whether it goes only to those who agreed.
    pub marketing: bool,
    /// The sender.
    pub sender: Id<Sender>,
    /// The lead it goes to.
    #[record(on_trash = mention, becomes = contact, person)]
    pub lead: Option<Id<Lead>>,
    /// The contact it goes to.
    #[record(on_trash = mention, person)]
    pub contact: Option<Id<Contact>>,
    /// The address it goes to, as it was when it was planned. A policy that hides the addresses of people hides this as well.
    #[record(personal, person)]
    pub to: Option<Email>,
    /// The version of a template of which it is made; absent where somebody wrote it.
    pub template_version: Option<Id<TemplateVersion>>,
    /// The language of that version's text.
    pub locale: Option<Language>,
    /// The time zone by whose clocks a template tells moments.
    pub time_zone: Option<TimeZone>,
    /// The values that its template reads, as whoever asked for the mail saw them then.
    #[record(personal)]
    pub values: Option<Document<Map<String, Json>>>,
    /// What it says. A mail that a template makes says something from its first claim on.
    #[record(personal)]
    pub content: Option<Document<Content>>,
    /// Who else gets it, where answers go and what it answers, where it belongs to a conversation.
    #[record(personal)]
    pub correspondence: Option<Document<Correspondence>>,
    /// What stands around that; absent until it is first claimed.
    #[record(personal)]
    pub frame: Option<Document<MailFrame>>,
    /// The `Message-ID` with its angle brackets.
    pub message_id: String,
    /// The moment before which it does not leave.
    pub not_before: Timestamp,
    /// The moment from which on it does not leave any more.
    pub expires_at: Option<Timestamp>,
    /// Where it is.
    pub state: MailState,
    /// Why it was skipped, or what else there is to say of its state.
    pub reason: Option<String>,
    /// How far the attempt under way has come.
    pub stage: MailStage,
    /// How often a worker had it.
    pub attempts: i64,
    /// How often a server put it off.
    pub put_off: i64,
    /// The worker that has it, or had it last.
    pub worker: Option<String>,
    /// When that worker had it.
    pub claimed_at: Option<Timestamp>,
    /// Until when that worker has it.
    pub lease_until: Option<Timestamp>,
    /// Whether that worker's provider takes the same message only once.
    pub idempotent: bool,
    /// Whether it was sent again although nobody knew whether it had left.
    pub maybe_twice: bool,
    /// The name that the server gave it.
    pub provider_id: Option<String>,
    /// The server's code.
    pub code: Option<String>,
    /// What the server said.
    #[record(personal)]
    pub detail: Option<String>,
    /// When the server took it.
    pub handed_over_at: Option<Timestamp>,
    /// When it arrived.
    pub delivered_at: Option<Timestamp>,
    /// When it came back.
    pub bounced_at: Option<Timestamp>,
    /// The code with which it came back.
    pub bounce_code: Option<String>,
    /// When the person reported it as spam.
    pub complained_at: Option<Timestamp>,
    /// When the person answered it.
    pub replied_at: Option<Timestamp>,
}

redacted_debug!(Mail);

impl Mail {
    /// Whether somebody may hold it back: it waits, or nothing of it has left. Errors: `mail.leaving`, `mail.over`.
    pub(crate) fn must_be_held_back(&self) -> Result<()> {
        match (self.state, self.stage) {
            (MailState::Planned, _) | (MailState::Claimed, MailStage::Open) => Ok(()),
            (MailState::Claimed, MailStage::Body) => Err(LEAVING.error()),
            _ => Err(OVER.with("state", self.state)),
        }
    }
    /// Whether this worker holds it, or held it last. Errors: `mail.not_claimed`, `mail.not_yours`.
    pub(super) fn must_be_of(&self, worker: &str) -> Result<()> {
        match self.worker.as_deref() {
            None => Err(NOT_CLAIMED.with("state", self.state)),
            Some(holder) if holder == worker => Ok(()),
            Some(_) => Err(NOT_YOURS.with("worker", worker)),
        }
    }
    /// Notes the earliest of the moments at which something of the sort was reported, whatever their order.
    pub(super) fn earliest(known: &mut Option<Timestamp>, at: Timestamp) -> bool {
        let earlier = known.is_none_or(|known| at < known);
        if earlier {
            *known = Some(at);
        }
        earlier
    }
    /// What the server, a delivery report or an answer shows: it left.
    pub(super) fn has_left(&mut self, at: Timestamp) {
        if matches!(self.state, MailState::Uncertain | MailState::Claimed) && self.stage == MailStage::Body {
            self.state = MailState::HandedOver;
        }
        if self.state == MailState::HandedOver {
            self.handed_over_at.get_or_insert(at);
        }
    }
}
