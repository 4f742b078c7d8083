//! What came in: one record for each delivery, whatever became of it, with its bytes as they came.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Comment, Inbox, Message};
use crate::{
    Apply, Body, Code, Document, Email, Id, Moment, Record, Ref, Result, Timestamp, closed_enum, command,
    kernel::redact::redacted_debug, sales::Contact,
};

closed_enum! {
    /// What became of a mail that came in.
    pub enum InboundState {
        /// It is held until somebody decides.
        Held = "held",
        /// It is a message in a thread, or what a server said of one of our mails.
        Placed = "placed",
        /// It came before.
        Duplicate = "duplicate",
        /// Somebody decided that it is not wanted.
        Discarded = "discarded",
    }
}

closed_enum! {
    /// Why a mail is held.
    pub enum HeldReason {
        /// Nobody can read it as a mail.
        Unparsable = "unparsable",
        /// Something went wrong with it.
        Failure = "error",
        /// It is larger than what is taken.
        TooLarge = "too_large",
        /// It has too many parts, addresses or headers.
        Limit = "limit",
        /// Its sender writes too often, as machines do that answer each other.
        Loop = "loop",
        /// It is spam.
        Spam = "spam",
        /// It does not say from whom it is.
        NoSender = "no_sender",
        /// A server says that a mail was not delivered, and it is none of ours.
        BounceUnmatched = "bounce_unmatched",
        /// It answers in a thread whose ticket is in the trash.
        ThreadTrashed = "thread_trashed",
        /// No person wrote it, and the inbox holds such.
        Automatic = "automatic",
        /// The inbox is switched off.
        InboxOff = "inbox_off",
    }
}

/// The addresses that the servers used for a mail; its headers may say others.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MailEnvelope {
    /// The sender of the envelope; absent for a bounce, which has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Email>,
    /// The recipients of the envelope.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 500))]
    pub to: Vec<Email>,
    /// Whether the sender of the envelope is known: then no sender means a bounce.
    pub known: bool,
}

/// One delivery to an inbox.
#[derive(Record, Clone, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "inbound",
    table = "inbounds", access = system,
    index("sha256"),
    index("digest"),
    index("inbox", "state"),
    index("sender", "created_at")
)]
pub struct Inbound {
    /// The identifier.
    pub id: Id<Inbound>,
    /// Counts the changes.
    pub version: i64,
    /// When it came.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The inbox.
    pub inbox: Id<Inbox>,
    /// The addresses that the servers used.
    #[record(personal)]
    pub envelope: Document<MailEnvelope>,
    /// Who wrote it, as its headers say.
    #[record(personal, person)]
    pub sender: Option<Email>,
    /// The contact who wrote it.
    #[record(on_trash = mention, person)]
    pub contact: Option<Id<Contact>>,
    /// The hash of its bytes, SHA-256 in hexadecimal digits. The bytes are its attachment.
    pub sha256: String,
    /// How many bytes it has.
    pub size: i64,
    /// What of its headers and body tells it from any other.
    pub digest: Option<String>,
    /// What became of it.
    pub state: InboundState,
    /// Why it is held.
    pub reason: Option<HeldReason>,
    /// What else there is to say of that.
    #[record(personal)]
    pub detail: Option<Body>,
    /// The message that it is.
    #[record(on_trash = mention)]
    pub message: Option<Id<Message>>,
    /// The comment that it is, where one of the team answered a notification or a mail of the thread.
    #[record(on_trash = mention)]
    pub comment: Option<Id<Comment>>,
    /// The one that came before with the same content.
    pub duplicate_of: Option<Id<Inbound>>,
    /// Why it was discarded.
    pub discarded_reason: Option<Body>,
    /// Whether its sender was answered at once that it came.
    pub acknowledged: bool,
}

redacted_debug!(Inbound);

/// The mail is not held.
pub const NOT_HELD: Code = Code::rule("inbound.not_held", "The mail is {state}; only what is held is discarded.");

impl Inbound {
    fn must_be_held(&self) -> Result<()> {
        match self.state {
            InboundState::Held => Ok(()),
            state => Err(NOT_HELD.with("state", state)),
        }
    }
}

/// Says that a mail which is held is not wanted. Its bytes stay. Error: `inbound.not_held`.
#[command("discard", on = Inbound, guard = Inbound::must_be_held, errors(NOT_HELD))]
pub struct Discard {
    /// The mail.
    pub inbound: Ref<Inbound>,
    /// Why.
    pub reason: Body,
}

impl Apply for Discard {
    fn apply(&self, inbound: &mut Inbound, _: &Moment<'_>) -> Result<()> {
        (inbound.state, inbound.discarded_reason) = (InboundState::Discarded, Some(self.reason.clone()));
        Ok(())
    }
}
