//! A message that is ready to leave, and what it can be made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::MailFile;
use crate::{Email, Name, PlainText, Subject, Timestamp};

/// What a mail says: subject, text, and HTML where a template has it. It is made of a template, or of a text that somebody wrote as a
/// mail, and of nothing else.
///
/// The text of a comment is none:
///
/// ```compile_fail
/// fn leak(comment: nexa_core::service::Comment) -> nexa_core::mail::PlainText {
///     comment.body.into()
/// }
/// ```
///
/// Nor is it put together of texts of any sort:
///
/// ```compile_fail
/// fn leak(subject: nexa_core::Subject, body: nexa_core::Body) -> nexa_core::mail::Content {
///     nexa_core::mail::Content { subject, text: body.to_string(), html: None }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Content {
    /// The subject.
    pub(in crate::mail) subject: Subject,
    /// The text.
    pub(in crate::mail) text: String,
    /// The HTML, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::mail) html: Option<String>,
}

impl Content {
    /// A mail as somebody wrote it.
    pub fn plain(subject: Subject, text: &PlainText) -> Self {
        Self { subject, text: text.as_str().to_owned(), html: None }
    }
    /// The subject.
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }
    /// The HTML, where there is one.
    pub fn html(&self) -> Option<&str> {
        self.html.as_deref()
    }
}

/// A mail address with the name that stands beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mailbox {
    /// The name, not encoded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The address.
    pub address: Email,
}

impl From<Email> for Mailbox {
    fn from(address: Email) -> Self {
        Self { name: None, address }
    }
}

/// A header beside those that have a field of their own: one line, not encoded and not folded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// The name, such as `List-Unsubscribe`.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A message that is ready to leave. It is the same in every attempt, byte for byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct FinishedMessage {
    /// The mail that it is.
    pub mail: Uuid,
    /// The key under which a provider takes it once; the same in every attempt.
    pub idempotency_key: String,
    /// The `Message-ID` with its angle brackets; the same in every attempt.
    pub message_id: String,
    /// The sender of the envelope, to which bounces go.
    pub envelope_from: Email,
    /// The recipients of the envelope.
    pub recipients: Vec<Email>,
    /// Whom `From` names.
    pub from: Mailbox,
    /// Whom `To` names.
    pub to: Vec<Mailbox>,
    /// Whom `Cc` names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<Mailbox>,
    /// Whom `Reply-To` names, when answers go elsewhere than to `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Mailbox>,
    /// The moment of `Date`; the same in every attempt.
    pub date: Timestamp,
    /// The subject, not encoded.
    pub subject: Subject,
    /// The text part.
    pub text: String,
    /// The HTML part, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The other headers, in their order, such as `Auto-Submitted` and `List-Unsubscribe`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Header>,
    /// The names of the headers that a signature (DKIM) must cover beside what it covers anyway.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed_headers: Vec<String>,
    /// The files that go with it, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<MailFile>,
}
