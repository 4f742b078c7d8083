//! Moving the beginning of a project, and with it what nobody has moved by hand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ENDS_TOO_EARLY, FINISHED, Project};
use crate::{
    About, Action, Command, Context, Date, Id, Record, Ref, Result, command,
    people::org,
    productivity::{Meeting, PlaybookVersion, Task, meeting, playbook::Calendar},
};

/// Moves the day on which a project begins. Its open tasks, its end and the planned meetings about it move along where they stand as the
/// playbook has planned them; what somebody dated by hand, or the actor may not change, stays. Errors: `project.finished`,
/// `project.ends_too_early`.
#[command("reschedule", on = Project, guard = Project::must_be_unfinished, errors(FINISHED, ENDS_TOO_EARLY))]
pub struct Reschedule {
    /// The project.
    pub project: Ref<Project>,
    /// The day on which it begins.
    pub start_date: Date,
}

/// A project that begins on another day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Rescheduled {
    /// The project.
    pub project: Project,
    /// The tasks that moved along.
    pub moved: Vec<Id<Task>>,
    /// The open tasks that stayed.
    pub kept: Vec<Id<Task>>,
    /// The meetings that moved along.
    pub meetings: Vec<Id<Meeting>>,
}

impl Command for Reschedule {
    type Output = Rescheduled;
    async fn run(&self, mut project: Project, cx: &mut Context<'_>) -> Result<Rescheduled> {
        let (mut moved, mut kept, mut meetings) = (Vec::new(), Vec::new(), Vec::new());
        let version = match (project.playbook, project.playbook_version) {
            (Some(playbook), Some(number)) => PlaybookVersion::numbered(cx, playbook, number).await?,
            _ => None,
        };
        let zone = org::settings(cx).await?.time_zone.zone();
        let plan = version.as_ref().zip(project.start_date);
        let plan = plan.map(|(version, start)| {
            let calendar = |start| Calendar { start, weekend: version.on_weekend, zone, now: None };
            (version, calendar(start), calendar(self.start_date))
        });
        let open: Vec<Task> = project.tasks(cx).await?.into_iter().filter(|task| !task.is_finished()).collect();
        for mut task in open {
            let row = task.to_row();
            let planned = plan.as_ref().and_then(|(version, before, after)| {
                let step = version.tasks.iter().find(|planned| Some(&planned.key) == task.step.as_ref())?;
                let due = |calendar: &Calendar| calendar.due(step.due.as_ref(), version.project.due.as_ref());
                let stands = due(before) == Some((task.due_date, task.due_at));
                due(after).filter(|_| stands)
            });
            match planned {
                Some(due) if cx.allows(Task::def(), &row, Action::Update).await? => {
                    moved.push(task.id);
                    (task.due_date, task.due_at) = due;
                    // What it would begin on was planned for the other days.
                    cx.save(task).await?;
                }
                _ if cx.allows(Task::def(), &row, Action::Read).await? => kept.push(task.id),
                _ => {}
            }
        }
        if let Some((version, before, after)) = &plan {
            for mut meeting in meeting::planned_of(cx, &About::from(&project)).await? {
                let follows = version.meetings.iter().find(|planned| before.span(planned) == meeting.span());
                let Some((from, to)) = follows.and_then(|planned| after.span(planned)) else { continue };
                if cx.allows(Meeting::def(), &meeting.to_row(), Action::Update).await? {
                    meetings.push(meeting.id);
                    (meeting.starts_at, meeting.ends_at) = (Some(from), Some(to));
                    cx.save(meeting).await?;
                }
            }
            let end = |calendar: &Calendar| calendar.project_due(version.project.due.as_ref());
            if project.due_date == end(before) {
                project.due_date = end(after);
            }
        }
        project.start_date = Some(self.start_date);
        if let Some(due) = project.due_date.filter(|due| *due < self.start_date) {
            let error = ENDS_TOO_EARLY.with("start_date", self.start_date.to_string());
            return Err(error.with("due_date", due.to_string()).with("field", "start_date"));
        }
        let project = cx.save(project).await?;
        Ok(Rescheduled { project, moved, kept, meetings })
    }
}
