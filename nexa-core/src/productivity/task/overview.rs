//! What a task waits for, and what it is made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Task, TaskDependency, dependency::waited_for};
use crate::{Context, Get, Id, Query, Ref, Result};

/// What a task waits for, what waits for it, and its parts, as far as the actor may see them: `task.overview`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overview {
    /// The task.
    pub task: Ref<Task>,
}

/// A task among others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TaskOverview {
    /// The task.
    pub task: Task,
    /// Whether it is to be done and waits for another one that is as well.
    pub blocked: bool,
    /// Whether it is to be done and waits for nothing.
    pub ready: bool,
    /// The tasks that are to be done before it.
    pub depends_on: Vec<Task>,
    /// The tasks that wait for it.
    pub needed_by: Vec<Task>,
    /// Its parts, without theirs.
    pub subtasks: Vec<Task>,
}

impl Query for Overview {
    const VERB: &'static str = "overview";
    type Of = Task;
    type Output = TaskOverview;
    async fn run(&self, cx: &mut Context<'_>) -> Result<TaskOverview> {
        let task = Get::of(self.task.clone()).run(cx).await?.record;
        let dependencies: Vec<TaskDependency> = cx.visible_every(&TaskDependency::TASK.eq(task.id)).await?;
        let dependents: Vec<TaskDependency> = cx.visible_every(&TaskDependency::DEPENDS_ON.eq(task.id)).await?;
        let depends_on = visible(cx, dependencies.iter().map(|dependency| dependency.depends_on)).await?;
        let needed_by = visible(cx, dependents.iter().map(|dependency| dependency.task)).await?;
        let subtasks = cx.visible_every(&Task::PARENT.eq(task.id)).await?;
        let is_open = !task.is_finished();
        let blocked = is_open && !waited_for(cx, task.id).await?.is_empty();
        Ok(TaskOverview { blocked, ready: is_open && !blocked, depends_on, needed_by, subtasks, task })
    }
}

/// The live ones of these tasks that the actor sees.
async fn visible(cx: &mut Context<'_>, ids: impl Iterator<Item = Id<Task>>) -> Result<Vec<Task>> {
    let filters = ids.map(|id| Task::ID.eq(id)).collect();
    cx.visible_every(&crate::Filter::Or(filters)).await
}
