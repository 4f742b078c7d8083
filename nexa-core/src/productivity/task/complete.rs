//! A task is done, when its parts and what it waits for are.

use super::{FINISHED, Task, TaskStatus, dependency::waited_for};
use crate::{Action, Code, Command, Context, Moment, Record, Ref, Result, closed_enum, command};

/// Parts of the task are still to be done.
pub const SUBTASKS_OPEN: Code = Code::rule(
    "task.subtasks_open",
    "{count} parts of the task are still to be done; say in subtasks whether to complete, cancel or keep them.",
);
/// The task waits for others.
pub const BLOCKED: Code = Code::rule(
    "task.blocked",
    "The task waits for {count} others that are still to be done; do these first, or say anyway.",
);

closed_enum! {
    /// What becomes of the parts of a task that are still to be done when the task is.
    pub enum OpenSubtasks {
        /// They are done as well.
        Complete = "complete",
        /// Nobody will do them.
        Cancel = "cancel",
        /// They stay to be done.
        Keep = "keep",
    }
}

/// Marks a task as done, by whom and when. Parts that the actor may not change stay as they are.
/// Errors: `task.finished`, `task.subtasks_open`, `task.blocked`.
#[command("complete", on = Task, guard = Task::must_be_unfinished, errors(FINISHED, SUBTASKS_OPEN, BLOCKED))]
pub struct Complete {
    /// The task.
    pub task: Ref<Task>,
    /// What becomes of its parts, and theirs, that are still to be done; with such parts it must be said.
    pub subtasks: Option<OpenSubtasks>,
    /// Whether it is done although it waits for tasks that are not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anyway: bool,
}

impl Complete {
    /// One without open parts that waits for nothing.
    pub fn of(task: impl Into<Ref<Task>>) -> Self {
        Self { task: task.into(), subtasks: None, anyway: false }
    }
}

impl Command for Complete {
    type Output = Task;
    async fn run(&self, mut task: Task, cx: &mut Context<'_>) -> Result<Task> {
        task.complete(self.subtasks, self.anyway, cx).await?;
        cx.save(task).await
    }
}

impl Task {
    /// Finishes it, and what is a part of it as is said. Errors: `task.subtasks_open`, `task.blocked`.
    pub(super) async fn complete(
        &mut self,
        subtasks: Option<OpenSubtasks>,
        anyway: bool,
        cx: &mut Context<'_>,
    ) -> Result<()> {
        let parts = self.open_parts(cx).await?;
        let subtasks = match subtasks {
            Some(subtasks) => subtasks,
            None if parts.is_empty() => OpenSubtasks::Keep,
            None => return Err(SUBTASKS_OPEN.with("count", parts.len())),
        };
        let mut along = Vec::new();
        for part in parts {
            let row = part.to_row();
            let may = cx.allows(Self::def(), &row, Action::Read).await?
                && cx.allows(Self::def(), &row, Action::Update).await?;
            if may && subtasks != OpenSubtasks::Keep {
                along.push(part);
            }
        }
        if !anyway {
            let ids: Vec<_> = along.iter().map(|part| part.id).chain([self.id]).collect();
            let done = if subtasks == OpenSubtasks::Complete { ids.as_slice() } else { &[self.id] };
            let mut waiting = std::collections::BTreeSet::new();
            for id in done {
                let others = waited_for(cx, *id).await?.into_iter().map(|other| other.id);
                waiting.extend(others.filter(|other| !ids.contains(other)));
            }
            if !waiting.is_empty() {
                return Err(BLOCKED.with("count", waiting.len()));
            }
        }
        for mut part in along {
            part.end_with(subtasks, &cx.moment());
            cx.save(part).await?;
        }
        self.finish(&cx.moment());
        Ok(())
    }
    /// Ends it as is said of those that are still to be done.
    pub(in crate::productivity) fn end_with(&mut self, as_said: OpenSubtasks, at: &Moment<'_>) {
        match as_said {
            OpenSubtasks::Complete => self.finish(at),
            OpenSubtasks::Cancel => self.status = TaskStatus::Cancelled,
            OpenSubtasks::Keep => {}
        }
    }
}
