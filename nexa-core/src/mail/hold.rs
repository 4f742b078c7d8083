//! What people do about a mail: hold it back, or send one again of which nobody knows whether it left.

use super::{
    Mail, MailStage, MailState, due,
    outgoing::{LEAVING, OVER},
};
use crate::{Apply, Code, Command, Context, Moment, Ref, Result, command};

/// The mail is not uncertain.
pub const NOT_UNCERTAIN: Code = Code::rule(
    "mail.not_uncertain",
    "The mail is {state}; only one of which nobody knows whether it left is sent again.",
);

/// Holds a mail back that has not left. One that a worker has is held back until its message begins to leave. Errors: `mail.leaving`,
/// `mail.over`.
#[command("cancel", on = Mail, guard = Mail::must_be_held_back, errors(LEAVING, OVER))]
pub struct Cancel {
    /// The mail.
    pub mail: Ref<Mail>,
}

impl Apply for Cancel {
    fn apply(&self, mail: &mut Mail, _: &Moment<'_>) -> Result<()> {
        mail.state = MailState::Cancelled;
        mail.lease_until = None;
        Ok(())
    }
}

impl Mail {
    fn must_be_uncertain(&self) -> Result<()> {
        if self.state == MailState::Uncertain { Ok(()) } else { Err(NOT_UNCERTAIN.with("state", self.state)) }
    }
}

/// Sends a mail again of which nobody knows whether it left: the person may get it twice, with the same `Message-ID`, and the mail is
/// marked `maybe_twice`. Error: `mail.not_uncertain`.
#[command("resend_uncertain", on = Mail, guard = Mail::must_be_uncertain, errors(NOT_UNCERTAIN))]
pub struct ResendUncertain {
    /// The mail.
    pub mail: Ref<Mail>,
}

impl Command for ResendUncertain {
    type Output = Mail;
    async fn run(&self, mail: Mail, cx: &mut Context<'_>) -> Result<Mail> {
        let now = cx.now();
        due::look_at(cx, now).await?;
        let (state, stage) = (MailState::Planned, MailStage::Open);
        cx.save(Mail { state, stage, maybe_twice: true, not_before: now, ..mail }).await
    }
}
