//! A mail as it was read: plain data, so that what becomes of it needs nothing but this and the records.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Body, Email, Id, Name, Subject, Timestamp, closed_enum,
    files::Upload,
    mail::{MailBounceClass, Mailbox},
    service::{HeldReason, MessageAuto, MessageMark},
};

closed_enum! {
    /// What the host's own mail server says of the sender's domain.
    pub enum Authentication {
        /// It says nothing, or nobody trusts it.
        Unknown = "unknown",
        /// The domain sent the mail.
        Passed = "passed",
        /// The domain did not send the mail.
        Failed = "failed",
    }
}

/// What a server says of a mail that it did not deliver (RFC 3464).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BounceReport {
    /// The `Message-ID` of that mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The address that it went to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<Email>,
    /// The server's code, such as `5.1.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What sort of bounce it is.
    pub class: MailBounceClass,
}

/// A file that came in a mail, as an upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceivedFile {
    /// The upload.
    pub upload: Id<Upload>,
    /// Whether it is the HTML of the mail, cleaned.
    #[serde(default)]
    pub html: bool,
}

/// A file that was not taken from a mail; it is in its source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NotTaken {
    /// The name of the file.
    pub name: String,
    /// How many bytes it has.
    pub size: i64,
    /// Why it was not taken.
    pub reason: String,
}

/// A mail as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReceivedMail {
    /// The `Message-ID` with its angle brackets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The mails that it answers, by `In-Reply-To`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_reply_to: Vec<String>,
    /// The mails before it, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// When its sender says that it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
    /// Who wrote it: `From`, or `Sender` where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Mailbox>,
    /// Where answers are to go.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reply_to: Vec<Mailbox>,
    /// Whom it names in `To`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Mailbox>,
    /// Whom it names in `Cc`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<Mailbox>,
    /// To whom a server delivered it, by `Delivered-To` and `X-Original-To`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub delivered_to: Vec<Email>,
    /// Its subject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Body>,
    /// So many bytes of the text are what was written; the rest quotes or signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_end: Option<u32>,
    /// What sort of mail no person wrote.
    pub auto: MessageAuto,
    /// What a server says of a mail that it did not deliver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounce: Option<BounceReport>,
    /// What the host's mail server says of the sender's domain.
    pub authentication: Authentication,
    /// Whether the host's mail server says that it is spam.
    pub spam: bool,
    /// What of its headers and body tells it from any other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Name>,
    /// What else there is to know of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<MessageMark>,
    /// Its files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<ReceivedFile>,
    /// The files that were not taken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<NotTaken>,
    /// Why it cannot be placed, whatever else it says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldReason>,
    /// What else there is to say of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Body>,
}

impl ReceivedMail {
    /// A mail that nobody can place, for this reason.
    pub fn held(reason: HeldReason) -> Self {
        Self { held: Some(reason), ..Self::default() }
    }
}
