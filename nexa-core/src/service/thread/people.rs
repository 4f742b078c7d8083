//! Who gets answers: somebody of the team says so.

use super::{INTERNAL, ParticipantState, Thread};
use crate::{Apply, Code, Email, Moment, Ref, Result, command};

/// Nobody of the address is in the thread.
pub const NOT_PARTICIPANT: Code = Code::rule(
    "thread.not_participant",
    "Nobody with this address is in {number}; give one of its participants, or name them in thread.reply.",
);

impl Thread {
    fn settle_participant(&mut self, address: &Email, state: ParticipantState) -> Result<()> {
        if self.set_state(address, state) { Ok(()) } else { Err(NOT_PARTICIPANT.with("number", &self.number)) }
    }
}

/// Lets answers go to somebody whom a customer put in copy, or who was removed. Errors: `thread.internal`, `thread.not_participant`.
#[command("accept_participant", on = Thread, guard = Thread::must_be_external, errors(INTERNAL, NOT_PARTICIPANT))]
pub struct AcceptParticipant {
    /// The thread.
    pub thread: Ref<Thread>,
    /// Their address.
    pub address: Email,
}

impl Apply for AcceptParticipant {
    fn apply(&self, thread: &mut Thread, _: &Moment<'_>) -> Result<()> {
        thread.settle_participant(&self.address, ParticipantState::Active)
    }
}

/// Lets no answer go to somebody any more. Errors: `thread.internal`, `thread.not_participant`.
#[command("remove_participant", on = Thread, guard = Thread::must_be_external, errors(INTERNAL, NOT_PARTICIPANT))]
pub struct RemoveParticipant {
    /// The thread.
    pub thread: Ref<Thread>,
    /// Their address.
    pub address: Email,
}

impl Apply for RemoveParticipant {
    fn apply(&self, thread: &mut Thread, _: &Moment<'_>) -> Result<()> {
        thread.settle_participant(&self.address, ParticipantState::Removed)
    }
}
