//! How a thread that hangs on no ticket moves, and what is spam.

use super::{DONE, ON_TICKET, Thread, ThreadState};
use crate::{Apply, Code, Moment, Ref, Result, Timestamp, command};

/// The thread is not finished.
pub const NOT_DONE: Code = Code::rule("thread.not_done", "{number} is {state}; only what is done is reopened.");

/// A thread does not come back in the past.
pub const SNOOZE_OVER: Code = Code::rule("thread.snooze_over", "The moment {until} is over; give one to come.");

impl Thread {
    fn may_rest(&self) -> Result<()> {
        self.must_stand_alone()?;
        self.must_not_be_done()
    }
    fn may_reopen(&self) -> Result<()> {
        match self.state {
            ThreadState::Done => Ok(()),
            state => Err(NOT_DONE.with("number", &self.number).with("state", state)),
        }
    }
}

/// Puts a thread aside until a moment, or until somebody answers. Errors: `thread.on_ticket`, `thread.done`,
/// `thread.snooze_over`.
#[command("snooze", on = Thread, guard = Thread::may_rest, errors(ON_TICKET, DONE, SNOOZE_OVER))]
pub struct Snooze {
    /// The thread.
    pub thread: Ref<Thread>,
    /// When it comes back.
    pub until: Timestamp,
}

impl Apply for Snooze {
    fn apply(&self, thread: &mut Thread, at: &Moment<'_>) -> Result<()> {
        if self.until <= at.now {
            return Err(SNOOZE_OVER.with("until", self.until));
        }
        (thread.state, thread.snoozed_until) = (ThreadState::Snoozed, Some(self.until));
        Ok(())
    }
}

/// Says that nothing is left to do in a thread. An answer brings it back. Errors: `thread.on_ticket`, `thread.done`.
#[command("done", on = Thread, guard = Thread::may_rest, errors(ON_TICKET, DONE))]
pub struct Done {
    /// The thread.
    pub thread: Ref<Thread>,
}

impl Apply for Done {
    fn apply(&self, thread: &mut Thread, _: &Moment<'_>) -> Result<()> {
        (thread.state, thread.snoozed_until) = (ThreadState::Done, None);
        Ok(())
    }
}

/// Takes up a thread that was done. Error: `thread.not_done`.
#[command("reopen", on = Thread, guard = Thread::may_reopen, errors(NOT_DONE))]
pub struct Reopen {
    /// The thread.
    pub thread: Ref<Thread>,
}

impl Apply for Reopen {
    fn apply(&self, thread: &mut Thread, _: &Moment<'_>) -> Result<()> {
        thread.state = ThreadState::Open;
        Ok(())
    }
}

/// Says that a thread is spam: it is done, nobody waits in it, and nothing is answered by itself. Error: `thread.on_ticket`.
#[command("mark_spam", on = Thread, guard = Thread::must_stand_alone, errors(ON_TICKET))]
pub struct MarkSpam {
    /// The thread.
    pub thread: Ref<Thread>,
}

impl Apply for MarkSpam {
    fn apply(&self, thread: &mut Thread, _: &Moment<'_>) -> Result<()> {
        (thread.spam, thread.state, thread.snoozed_until) = (true, ThreadState::Done, None);
        thread.waiting_since = None;
        Ok(())
    }
}

/// Says that a thread is no spam after all; it is open again, and whoever wrote last waits.
#[command("not_spam", on = Thread)]
pub struct NotSpam {
    /// The thread.
    pub thread: Ref<Thread>,
}

impl Apply for NotSpam {
    fn apply(&self, thread: &mut Thread, _: &Moment<'_>) -> Result<()> {
        if thread.spam {
            (thread.spam, thread.state) = (false, ThreadState::Open);
            thread.waiting_since = thread.last_in.filter(|last| thread.last_out.is_none_or(|out| out < *last));
        }
        Ok(())
    }
}
