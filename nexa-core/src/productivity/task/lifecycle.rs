//! How a task moves from status to status.

use super::{FINISHED, NOT_FINISHED, Task, TaskStatus};
use crate::{Apply, Id, Moment, Ref, Result, command};

/// Shows that somebody is at it. Error: `task.finished`.
#[command("start", on = Task, guard = Task::must_be_unfinished, errors(FINISHED))]
pub struct Start {
    /// The task.
    pub task: Ref<Task>,
}

impl Apply for Start {
    fn apply(&self, task: &mut Task, _: &Moment<'_>) -> Result<()> {
        task.status = TaskStatus::InProgress;
        Ok(())
    }
}

/// Says that nobody will do it. Error: `task.finished`.
#[command("cancel", on = Task, guard = Task::must_be_unfinished, errors(FINISHED))]
pub struct Cancel {
    /// The task.
    pub task: Ref<Task>,
}

impl Apply for Cancel {
    fn apply(&self, task: &mut Task, _: &Moment<'_>) -> Result<()> {
        task.status = TaskStatus::Cancelled;
        Ok(())
    }
}

/// Takes up a task that was done or cancelled. Error: `task.not_finished`.
#[command("reopen", on = Task, guard = Task::may_reopen, errors(NOT_FINISHED))]
pub struct Reopen {
    /// The task.
    pub task: Ref<Task>,
}

impl Apply for Reopen {
    fn apply(&self, task: &mut Task, _: &Moment<'_>) -> Result<()> {
        task.take_up();
        Ok(())
    }
}

impl Task {
    /// It is done, by whoever acts.
    pub(super) fn finish(&mut self, at: &Moment<'_>) {
        let by = at.actor.user().map(Id::new);
        (self.status, self.completed_at, self.completed_by) = (TaskStatus::Done, Some(at.now), by);
    }
    /// It is to be done, whatever it was.
    pub(super) fn take_up(&mut self) {
        (self.status, self.completed_at, self.completed_by) = (TaskStatus::Todo, None, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Actor, Operation, Principal, Timestamp};

    #[test]
    fn a_task_is_done_by_whoever_completes_it_and_taken_up_again() {
        let (by, now) = (uuid::Uuid::from_u128(7), Timestamp::from_micros(1_763_370_900_000_000));
        let actor = Actor { principal: Principal::User(by), role: None, groups: Vec::new() };
        let (at, named) = (Moment { now, actor: &actor }, || Ref::Id(Id::new(uuid::Uuid::from_u128(1))));
        let mut task = Task::default();
        Start { task: named() }.apply(&mut task, &at).unwrap();
        task.finish(&at);
        assert_eq!(
            (task.status, task.completed_at, task.completed_by),
            (TaskStatus::Done, Some(now), Some(Id::new(by)))
        );
        assert!(Cancel::guard(&task, &actor).unwrap_err().is(&FINISHED));
        Reopen { task: named() }.apply(&mut task, &at).unwrap();
        assert_eq!((task.status, task.completed_at, task.completed_by), (TaskStatus::Todo, None, None));
        assert!(Reopen::guard(&task, &actor).unwrap_err().is(&NOT_FINISHED));
    }
}
