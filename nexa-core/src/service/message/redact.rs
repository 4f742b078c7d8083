//! Taking out what should not stand in a message.

use super::Message;
use crate::{Apply, Body, Moment, Ref, Result, command};

/// Takes subject, text and HTML out of a message, with a reason that stays: a password, a card number. Its files go by
/// `attachment.trash`, its history with the person's erasure. For who may purge.
#[command("redact", on = Message, action = Purge)]
pub struct Redact {
    /// The message.
    pub message: Ref<Message>,
    /// Why.
    pub reason: Body,
}

impl Apply for Redact {
    fn apply(&self, message: &mut Message, at: &Moment<'_>) -> Result<()> {
        (message.subject, message.text, message.html, message.reply_end) = (None, None, None, None);
        (message.redacted_at, message.redacted_reason) = (Some(at.now), Some(self.reason.clone()));
        Ok(())
    }
}
