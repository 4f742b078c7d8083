//! What a mail says around its text that belongs to a conversation: who else gets it, where answers go, what it answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Header, Mailbox};
use crate::{FileName, Name};

/// A file that goes with a mail. Its bytes are those of an attachment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MailFile {
    /// The attachment.
    pub attachment: Uuid,
    /// The name of the file.
    pub name: FileName,
    /// What its first bytes say that it is.
    pub r#type: Name,
    /// How many bytes it has.
    pub size: i64,
    /// Its bytes, in memory alone: [`deliver`](super::deliver()) puts them here before a mailer gets the message.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// What a mail of a conversation has beside its text and its first recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Correspondence {
    /// Who else stands in `To`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Mailbox>,
    /// Who stands in `Cc`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<Mailbox>,
    /// Who gets it and stands in no header.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bcc: Vec<Mailbox>,
    /// Where answers go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Mailbox>,
    /// The `Message-ID` of the mail that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<String>,
    /// Those of the mails before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Whether no person wrote it.
    #[serde(default)]
    pub automatic: bool,
    /// The files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<MailFile>,
}

impl Correspondence {
    /// The headers that it adds to a mail of this `Message-ID`. That stands first among the references as well: a provider that gives
    /// the message another one leaves it there.
    pub(super) fn headers(&self, own: &str) -> Vec<Header> {
        let header = |name: &str, value: String| Header { name: name.to_owned(), value };
        let mut headers = Vec::new();
        if let Some(answered) = &self.in_reply_to {
            headers.push(header("In-Reply-To", answered.clone()));
        }
        let references: Vec<&str> = [own].into_iter().chain(self.references.iter().map(String::as_str)).collect();
        headers.push(header("References", references.join(" ")));
        headers
    }
    /// Everybody who gets it beside its first recipient.
    pub(super) fn others(&self) -> impl Iterator<Item = &Mailbox> {
        self.to.iter().chain(&self.cc).chain(&self.bcc)
    }
}
