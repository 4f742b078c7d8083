//! How a task moves from status to status.

use schemars::JsonSchema;
use serde::Serialize;

use super::{FINISHED, NOT_FINISHED, Task, TaskStatus};
use crate::{Actor, Code, Command, Context, Id, Input, Ref, Result};

/// Shows that somebody is at it. Error: `task.finished`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// The task.
    pub task: Ref<Task>,
}

impl Command for Start {
    const NAME: &'static str = "task.start";
    const ERRORS: &'static [Code] = &[FINISHED];
    type Target = Task;
    type Output = Task;
    fn target(&self) -> Option<&Ref<Task>> {
        Some(&self.task)
    }
    fn guard(task: &Task, _: &Actor) -> Result<()> {
        task.must_be_unfinished()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Task> {
        cx.change(&self.task, |task, _| {
            task.must_be_unfinished()?;
            task.status = TaskStatus::InProgress;
            Ok(())
        })
        .await
    }
}

/// Marks a task as done, by whom and when. Error: `task.finished`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Complete {
    /// The task.
    pub task: Ref<Task>,
}

impl Command for Complete {
    const NAME: &'static str = "task.complete";
    const ERRORS: &'static [Code] = &[FINISHED];
    type Target = Task;
    type Output = Task;
    fn target(&self) -> Option<&Ref<Task>> {
        Some(&self.task)
    }
    fn guard(task: &Task, _: &Actor) -> Result<()> {
        task.must_be_unfinished()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Task> {
        let by = cx.actor().user().map(Id::new);
        cx.change(&self.task, |task, now| {
            task.must_be_unfinished()?;
            (task.status, task.completed_at, task.completed_by) = (TaskStatus::Done, Some(now), by);
            Ok(())
        })
        .await
    }
}

/// Says that nobody will do it. Error: `task.finished`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancel {
    /// The task.
    pub task: Ref<Task>,
}

impl Command for Cancel {
    const NAME: &'static str = "task.cancel";
    const ERRORS: &'static [Code] = &[FINISHED];
    type Target = Task;
    type Output = Task;
    fn target(&self) -> Option<&Ref<Task>> {
        Some(&self.task)
    }
    fn guard(task: &Task, _: &Actor) -> Result<()> {
        task.must_be_unfinished()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Task> {
        cx.change(&self.task, |task, _| {
            task.must_be_unfinished()?;
            task.status = TaskStatus::Cancelled;
            Ok(())
        })
        .await
    }
}

/// Takes up a task that was done or cancelled. Error: `task.not_finished`.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reopen {
    /// The task.
    pub task: Ref<Task>,
}

impl Command for Reopen {
    const NAME: &'static str = "task.reopen";
    const ERRORS: &'static [Code] = &[NOT_FINISHED];
    type Target = Task;
    type Output = Task;
    fn target(&self) -> Option<&Ref<Task>> {
        Some(&self.task)
    }
    fn guard(task: &Task, _: &Actor) -> Result<()> {
        task.may_reopen()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Task> {
        cx.change(&self.task, |task, _| {
            task.may_reopen()?;
            (task.status, task.completed_at, task.completed_by) = (TaskStatus::Todo, None, None);
            Ok(())
        })
        .await
    }
}
