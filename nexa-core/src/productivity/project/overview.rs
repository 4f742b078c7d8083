//! How far a project is: computed from its tasks, never stored.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Project;
use crate::{
    About, Column, Context, Count, Date, Filter, Get, Op, Percent, Query, Record, Ref, Result,
    productivity::{Meeting, Task, TaskStatus},
    sales,
};

/// How far a project is, as far as the actor sees its tasks: `project.overview`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overview {
    /// The project.
    pub project: Ref<Project>,
}

/// How far a project is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProjectOverview {
    /// The project.
    pub project: Project,
    /// The share of its tasks that are done, of those that are not cancelled, rounded down; absent without any.
    pub progress: Option<Percent>,
    /// How many tasks there are.
    pub tasks: TaskCounts,
    /// The day of the next open task by its `due_date`.
    pub next_due: Option<Date>,
    /// The next meeting about it that is planned.
    pub next_meeting: Option<Meeting>,
}

/// How many tasks there are, by where they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskCounts {
    /// Those that nobody has begun.
    pub todo: u64,
    /// Those that somebody is at.
    pub in_progress: u64,
    /// Those that are done.
    pub done: u64,
    /// Those that nobody will do.
    pub cancelled: u64,
    /// Of those to be done, how many wait for others.
    pub blocked: u64,
    /// Of those to be done, how many were due before today.
    pub overdue: u64,
}

impl Query for Overview {
    const VERB: &'static str = "overview";
    type Of = Project;
    type Output = ProjectOverview;
    async fn run(&self, cx: &mut Context<'_>) -> Result<ProjectOverview> {
        let project = Get::of(self.project.clone()).run(cx).await?.record;
        let (mut tasks, mut next_due) = (TaskCounts::default(), None);
        if shows(cx, Task::PROJECT)? && shows(cx, Task::STATUS)? {
            let of = Task::PROJECT.eq(project.id);
            let open = of.clone().and(Task::STATUS.any_of([TaskStatus::Todo, TaskStatus::InProgress]));
            for (status, count) in [
                (TaskStatus::Todo, &mut tasks.todo),
                (TaskStatus::InProgress, &mut tasks.in_progress),
                (TaskStatus::Done, &mut tasks.done),
                (TaskStatus::Cancelled, &mut tasks.cancelled),
            ] {
                *count = Count::<Task>::of(of.clone().and(Task::STATUS.eq(status))).run(cx).await?;
            }
            tasks.blocked = Count::<Task>::of(open.clone().and(Task::is_blocked())).run(cx).await?;
            if shows(cx, Task::DUE_DATE)? && shows(cx, Task::DUE_AT)? {
                let today = sales::today(cx).await?;
                let late = Filter::compare(Task::DUE_DATE.name(), Op::Lt, today).or(Filter::compare(
                    Task::DUE_AT.name(),
                    Op::Lt,
                    today,
                ));
                tasks.overdue = Count::<Task>::of(open.clone().and(late)).run(cx).await?;
                let dated = open.and(Filter::compare(Task::DUE_DATE.name(), Op::IsNull, false));
                let next: Vec<Task> = cx.visible(&dated, &[Task::DUE_DATE.name()], 1).await?;
                next_due = next.into_iter().next().and_then(|task| task.due_date);
            }
        }
        let wanted = tasks.todo + tasks.in_progress + tasks.done;
        let progress = (tasks.done * 100).checked_div(wanted).and_then(|share| u8::try_from(share).ok());
        let progress = progress.and_then(|share| Percent::new(share).ok());
        let next_meeting = next_meeting(cx, &About::from(&project)).await?;
        Ok(ProjectOverview { project, progress, tasks, next_due, next_meeting })
    }
}

/// The next meeting about something that is planned and that the actor sees.
async fn next_meeting(cx: &mut Context<'_>, about: &About) -> Result<Option<Meeting>> {
    if !shows(cx, Meeting::ABOUT)? || !shows(cx, Meeting::STATUS)? || !shows(cx, Meeting::STARTS_AT)? {
        return Ok(None);
    }
    let planned = crate::productivity::meeting::planned_about(about);
    Ok(cx.visible(&planned, &[Meeting::STARTS_AT.name()], 1).await?.into_iter().next())
}

fn shows<R: Record, T>(cx: &Context<'_>, column: Column<R, T>) -> Result<bool> {
    Ok(!cx.hidden(R::def())?.contains(&column.name()))
}
