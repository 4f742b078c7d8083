//! What a task waits for: other tasks that are to be done before it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{Task, TaskStatus};
use crate::{Code, Command, Context, Entity, Filter, Id, Op, Record, Ref, Result, Timestamp, command};

/// Tasks would wait for each other.
pub const DEPENDENCY_CYCLE: Code = Code::rule(
    "task.dependency_cycle",
    "The task {task} waits for this one already, over {steps} steps, so neither could begin; remove one of these dependencies.",
);
/// The task waits for the other already.
pub const ALREADY_DEPENDS: Code =
    Code::conflict("task.already_depends", "The task waits for that one already; there is nothing to add.");
/// The task does not wait for the other.
pub const NOT_DEPENDENT: Code =
    Code::rule("task.not_dependent", "The task does not wait for that one; there is nothing to remove.");

/// One task waits for another: it is blocked while one of those that it waits for is `todo` or `in_progress`. One that is cancelled or in
/// the trash is not waited for.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "task_dependency",
    table = "task_dependencies", access = through(task),
    unique("task", "depends_on", code = "task.already_depends")
)]
pub struct TaskDependency {
    /// The identifier.
    pub id: Id<TaskDependency>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The task that waits.
    #[record(on_trash = with_parent)]
    pub task: Id<Task>,
    /// The task that is to be done before.
    #[record(on_trash = with_parent)]
    pub depends_on: Id<Task>,
}

impl Entity for TaskDependency {
    const IS_CREATED: bool = false;

    async fn put_back(_: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        match now {
            Some(now) => now.check(cx).await,
            None => Ok(()),
        }
    }
}

impl TaskDependency {
    /// Refuses a ring, over any number of steps. Error: `task.dependency_cycle`.
    pub(in crate::productivity) async fn check(&self, cx: &mut Context<'_>) -> Result<()> {
        let (mut seen, mut level, mut steps) = (HashSet::new(), vec![self.depends_on], 0_usize);
        while !level.is_empty() {
            let mut next = Vec::new();
            for id in level {
                if id == self.task {
                    return Err(DEPENDENCY_CYCLE.with("task", self.depends_on).with("steps", steps));
                }
                if seen.insert(id) {
                    next.extend(dependencies_of(cx, id).await?.into_iter().map(|dependency| dependency.depends_on));
                }
            }
            (level, steps) = (next, steps + 1);
        }
        Ok(())
    }
}

/// What a task waits for.
pub(super) async fn dependencies_of(cx: &mut Context<'_>, task: Id<Task>) -> Result<Vec<TaskDependency>> {
    cx.unrestricted().matching(TaskDependency::TASK, &task).await
}

/// The tasks that are still to be done before one.
pub(super) async fn waited_for(cx: &mut Context<'_>, task: Id<Task>) -> Result<Vec<Task>> {
    let mut open = Vec::new();
    for dependency in dependencies_of(cx, task).await? {
        let row = cx.unrestricted().row(Task::def(), dependency.depends_on.uuid()).await?;
        let before = row.filter(|row| row.live(Task::def())).map(Task::from_row).transpose()?;
        open.extend(before.filter(|before| !before.is_finished()));
    }
    Ok(open)
}

impl Task {
    /// The tasks that wait for another one which is still to be done.
    pub fn is_blocked() -> Filter {
        let open = Filter::compare(
            format!("{}.{}", TaskDependency::DEPENDS_ON.name(), Self::STATUS.name()),
            Op::In,
            [TaskStatus::Todo, TaskStatus::InProgress],
        );
        crate::Children::of::<TaskDependency>().by(TaskDependency::TASK).matching(open).any()
    }
}

/// Lets a task wait for another one. Errors: `task.dependency_cycle`, `task.already_depends`.
#[command("add_dependency", on = Task, errors(DEPENDENCY_CYCLE, ALREADY_DEPENDS))]
pub struct AddDependency {
    /// The task that waits.
    pub task: Ref<Task>,
    /// The task that is to be done before.
    pub depends_on: Ref<Task>,
}

impl Command for AddDependency {
    type Output = TaskDependency;
    async fn run(&self, task: Task, cx: &mut Context<'_>) -> Result<TaskDependency> {
        let before = cx.load(&self.depends_on).await?;
        if dependencies_of(cx, task.id).await?.iter().any(|known| known.depends_on == before.id) {
            return Err(ALREADY_DEPENDS.error());
        }
        let dependency = TaskDependency { task: task.id, depends_on: before.id, ..TaskDependency::default() };
        dependency.check(cx).await?;
        cx.unrestricted().insert(dependency).await
    }
}

/// Lets a task wait for another one no more. Error: `task.not_dependent`.
#[command("remove_dependency", on = Task, errors(NOT_DEPENDENT))]
pub struct RemoveDependency {
    /// The task that waits.
    pub task: Ref<Task>,
    /// The task that was to be done before.
    pub depends_on: Ref<Task>,
}

impl Command for RemoveDependency {
    type Output = ();
    async fn run(&self, task: Task, cx: &mut Context<'_>) -> Result<()> {
        let before = cx.load_even_trashed(&self.depends_on).await?.id;
        let found = dependencies_of(cx, task.id).await?.into_iter().find(|known| known.depends_on == before);
        cx.remove(&found.ok_or_else(|| NOT_DEPENDENT.error())?).await
    }
}
