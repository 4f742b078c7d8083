//! Holding a message back that has not left.

use super::Message;
use crate::{
    Code, Command, Context, Ref, Result, command,
    mail::{MailState, outgoing::LEAVING, outgoing::OVER},
};

/// The message was sent.
pub const ALREADY_SENT: Code = Code::rule(
    "message.already_sent",
    "The message has left, or is leaving, and cannot be held back; write another one that corrects it.",
);
/// Nothing of the message leaves.
pub const NOT_A_MAIL: Code =
    Code::rule("message.not_a_mail", "The message was not sent by mail; there is nothing to hold back.");

/// Holds a message back that has not left: until its moment has come and a worker sends it. It stays in the thread, and was not sent.
/// Errors: `message.already_sent`, `message.not_a_mail`.
#[command("cancel", on = Message, errors(ALREADY_SENT, NOT_A_MAIL))]
pub struct Cancel {
    /// The message.
    pub message: Ref<Message>,
}

impl Command for Cancel {
    type Output = Message;
    async fn run(&self, message: Message, cx: &mut Context<'_>) -> Result<Message> {
        let mail = message.mail.ok_or_else(|| NOT_A_MAIL.error())?;
        let mut mail = cx.unrestricted().load(mail).await?;
        if mail.state == MailState::Cancelled {
            return Ok(message);
        }
        mail.must_be_held_back()
            .map_err(|error| if error.is(&LEAVING) || error.is(&OVER) { ALREADY_SENT.error() } else { error })?;
        (mail.state, mail.lease_until) = (MailState::Cancelled, None);
        cx.save(mail).await?;
        Ok(message)
    }
}
