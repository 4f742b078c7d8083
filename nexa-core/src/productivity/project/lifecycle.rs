//! How a project moves from status to status, and its tasks with it.

use super::{FINISHED, Project, ProjectStatus};
use crate::{
    Action, Apply, Code, Command, Context, Moment, Record, Ref, Result, command,
    productivity::{Task, task::OpenSubtasks},
};

/// Tasks of the project are still to be done.
pub const TASKS_OPEN: Code = Code::rule(
    "project.tasks_open",
    "{count} tasks of the project are still to be done; say in tasks whether to complete, cancel or keep them.",
);
/// The project is not over.
pub const NOT_FINISHED: Code =
    Code::rule("project.not_finished", "The project is {status}; there is nothing to reopen.");

impl Project {
    fn may_reopen(&self) -> Result<()> {
        if self.is_finished() { Ok(()) } else { Err(NOT_FINISHED.with("status", self.status)) }
    }
    /// Does with its open tasks what is said; those that the actor may not change stay as they are.
    async fn end_tasks(&self, open: Vec<Task>, as_said: OpenSubtasks, cx: &mut Context<'_>) -> Result<()> {
        for mut task in open {
            let row = task.to_row();
            let may = cx.allows(Task::def(), &row, Action::Read).await?
                && cx.allows(Task::def(), &row, Action::Update).await?;
            if may {
                task.end_with(as_said, &cx.moment());
                cx.save(task).await?;
            }
        }
        Ok(())
    }
    /// Its tasks, finished or not, in the order of their making.
    pub(super) async fn tasks(&self, cx: &mut Context<'_>) -> Result<Vec<Task>> {
        cx.unrestricted().matching(Task::PROJECT, &self.id).await
    }
    async fn open_tasks(&self, cx: &mut Context<'_>) -> Result<Vec<Task>> {
        Ok(self.tasks(cx).await?.into_iter().filter(|task| !task.is_finished()).collect())
    }
}

/// Shows that a project is worked on. Error: `project.finished`.
#[command("start", on = Project, guard = Project::must_be_unfinished, errors(FINISHED))]
pub struct Start {
    /// The project.
    pub project: Ref<Project>,
}

impl Apply for Start {
    fn apply(&self, project: &mut Project, _: &Moment<'_>) -> Result<()> {
        project.status = ProjectStatus::Active;
        Ok(())
    }
}

/// Lets a project wait. Error: `project.finished`.
#[command("hold", on = Project, guard = Project::must_be_unfinished, errors(FINISHED))]
pub struct Hold {
    /// The project.
    pub project: Ref<Project>,
}

impl Apply for Hold {
    fn apply(&self, project: &mut Project, _: &Moment<'_>) -> Result<()> {
        project.status = ProjectStatus::OnHold;
        Ok(())
    }
}

/// Marks a project as done. Tasks that the actor may not change stay as they are. Errors: `project.finished`, `project.tasks_open`.
#[command("complete", on = Project, guard = Project::must_be_unfinished, errors(FINISHED, TASKS_OPEN))]
pub struct Complete {
    /// The project.
    pub project: Ref<Project>,
    /// What becomes of its tasks that are still to be done; with such tasks it must be said.
    pub tasks: Option<OpenSubtasks>,
}

impl Command for Complete {
    type Output = Project;
    async fn run(&self, mut project: Project, cx: &mut Context<'_>) -> Result<Project> {
        let open = project.open_tasks(cx).await?;
        match self.tasks {
            Some(as_said) => project.end_tasks(open, as_said, cx).await?,
            None if open.is_empty() => {}
            None => return Err(TASKS_OPEN.with("count", open.len())),
        }
        (project.status, project.completed_at) = (ProjectStatus::Done, Some(cx.now()));
        cx.save(project).await
    }
}

/// Says that nobody goes on with a project: its open tasks are cancelled, what is done stays. Tasks that the actor may not change stay as
/// they are. Error: `project.finished`.
#[command("cancel", on = Project, guard = Project::must_be_unfinished, errors(FINISHED))]
pub struct Cancel {
    /// The project.
    pub project: Ref<Project>,
}

impl Command for Cancel {
    type Output = Project;
    async fn run(&self, mut project: Project, cx: &mut Context<'_>) -> Result<Project> {
        let open = project.open_tasks(cx).await?;
        project.end_tasks(open, OpenSubtasks::Cancel, cx).await?;
        project.status = ProjectStatus::Cancelled;
        cx.save(project).await
    }
}

/// Takes up a project that was done or cancelled; its tasks stay as they are. Error: `project.not_finished`.
#[command("reopen", on = Project, guard = Project::may_reopen, errors(NOT_FINISHED))]
pub struct Reopen {
    /// The project.
    pub project: Ref<Project>,
}

impl Apply for Reopen {
    fn apply(&self, project: &mut Project, _: &Moment<'_>) -> Result<()> {
        (project.status, project.completed_at) = (ProjectStatus::Active, None);
        Ok(())
    }
}
