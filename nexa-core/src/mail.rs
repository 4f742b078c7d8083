//! Outgoing mail: what leaves, to whom, and how a host hands it to a mail server.

pub mod mailer;
pub mod message;
pub mod template;

pub use crate::PlainText;
pub use mailer::{Attempt, BeforeBody, Mailer, Outcome, RefusedRecipient};
pub use message::{Content, FinishedMessage, Header, Mailbox};
pub use template::{Template, TemplateVersion};
