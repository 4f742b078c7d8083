//! A task: something to do, by somebody, until some time, about something.

use serde::{Deserialize, Serialize};

mod complete;
mod dependency;
mod hierarchy;
mod lifecycle;
mod overview;
mod place;
mod reminder;

pub(crate) use self::reminder::Reminder;
pub use self::{
    complete::{BLOCKED, Complete, OpenSubtasks, SUBTASKS_OPEN},
    dependency::{ALREADY_DEPENDS, AddDependency, DEPENDENCY_CYCLE, NOT_DEPENDENT, RemoveDependency, TaskDependency},
    hierarchy::{CYCLE, TOO_DEEP},
    lifecycle::{Cancel, Reopen, Start},
    overview::{Overview, TaskOverview},
    place::{Place, Placed},
};
use crate::{
    About, Assignee, Body, Checklist, Code, Context, Custom, Date, Entity, ExternalKey, Id, Key, Rank, Record, Result,
    Subject, Tags, Timestamp, closed_enum,
    people::{
        Group, User,
        assignment::{self, INACTIVE},
    },
    productivity::Project,
};

/// The task is over.
pub const FINISHED: Code = Code::rule("task.finished", "The task is {status}; reopen it first with task.reopen.");
/// The task is not over.
pub const NOT_FINISHED: Code = Code::rule("task.not_finished", "The task is {status}; there is nothing to reopen.");
/// A moment and a day at once.
pub const DUE_TWICE: Code =
    Code::invalid("task.due_twice", "Give due_at for a moment or due_date for a whole day, and empty the other.");
/// A task would begin after it is due.
pub const STARTS_TOO_LATE: Code = Code::invalid(
    "task.starts_too_late",
    "The task would begin on {start_date}, after it is due on {due_date}; change one of the two days.",
);

closed_enum! {
    /// Where a task stands.
    pub enum TaskStatus {
        /// Nobody has begun.
        Todo = "todo",
        /// Somebody is at it.
        InProgress = "in_progress",
        /// It is done.
        Done = "done",
        /// Nobody will do it.
        Cancelled = "cancelled",
    }
}

closed_enum! {
    /// How urgent a task is; medium unless said.
    pub enum TaskPriority default Medium {
        /// It can wait.
        Low = "low",
        /// In its turn.
        Medium = "medium",
        /// Before the others.
        High = "high",
        /// Now.
        Urgent = "urgent",
    }
}

/// Something to do.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "task",
    table = "tasks", access = work,
    search(title = 1),
    index("status", "assignee.queue", "priority.rank", "due_at"),
    index("status", "rank"),
    index("about.id", "status")
)]
pub struct Task {
    /// The identifier.
    pub id: Id<Task>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// What to do, in one line.
    #[record(editable, folded)]
    pub title: Subject,
    /// What to do, in full.
    #[record(editable)]
    pub description: Option<Body>,
    /// The moment until which it is to be done.
    #[record(editable)]
    pub due_at: Option<Timestamp>,
    /// The day until whose end it is to be done, when no moment is meant.
    #[record(editable)]
    pub due_date: Option<Date>,
    /// The day on which it begins.
    #[record(editable)]
    pub start_date: Option<Date>,
    /// When those who do it are reminded, unless it is over by then: its user, the members of its group, or, while it is nobody's, the
    /// user who sets this.
    #[record(editable)]
    pub remind_at: Option<Timestamp>,
    /// How urgent it is.
    #[record(editable, ranked)]
    pub priority: TaskPriority,
    /// Where it stands; `task.start`, `complete`, `cancel` and `reopen` change it.
    pub status: TaskStatus,
    /// Who does it: a user or a group, never both; nobody when absent.
    #[record(editable, assignee)]
    pub assignee: Option<Assignee>,
    /// The group that its user took it from; `task.release` puts it back there.
    pub via_group: Option<Id<Group>>,
    /// What it is about.
    #[record(editable, follows)]
    pub about: Option<About>,
    /// The project to which it belongs; that of the task of which it is a part unless said.
    #[record(editable, on_trash = refuse)]
    pub project: Option<Id<Project>>,
    /// The key of the task in the playbook of its project.
    pub step: Option<Key>,
    /// The task of which it is a part. Parts go at most five levels deep, the uppermost task included.
    #[record(editable, on_trash = refuse)]
    pub parent: Option<Id<Task>>,
    /// Small steps, ticked off one by one.
    #[record(editable)]
    pub checklist: Checklist,
    /// Its place among the tasks of its status on a board; `task.place` changes it. Those without stand behind the others.
    pub rank: Option<Rank>,
    /// When it was done.
    pub completed_at: Option<Timestamp>,
    /// The user who did it.
    pub completed_by: Option<Id<User>>,
    /// Tags.
    #[record(editable)]
    pub tags: Tags,
    /// The tenant's own fields.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

// ── rules ──

impl Task {
    pub(in crate::productivity) fn is_finished(&self) -> bool {
        matches!(self.status, TaskStatus::Done | TaskStatus::Cancelled)
    }
    fn must_be_unfinished(&self) -> Result<()> {
        if self.is_finished() { Err(FINISHED.with("status", self.status)) } else { Ok(()) }
    }
    fn may_reopen(&self) -> Result<()> {
        if self.is_finished() { Ok(()) } else { Err(NOT_FINISHED.with("status", self.status)) }
    }
}

impl Entity for Task {
    const ERRORS: &'static [Code] = &[DUE_TWICE, STARTS_TOO_LATE, CYCLE, TOO_DEEP, INACTIVE];
    const HANDS_ERRORS: &'static [Code] = &[FINISHED];

    fn may_change_hands(&self) -> Result<()> {
        self.must_be_unfinished()
    }
    fn is_open(&self) -> bool {
        !self.is_finished()
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if self.due_at.is_some() && self.due_date.is_some() {
            return Err(DUE_TWICE.with("field", "due_date"));
        }
        if let (Some(start), Some(due)) = (self.start_date, self.due_date)
            && start > due
        {
            let error = STARTS_TOO_LATE.with("start_date", start.to_string()).with("due_date", due.to_string());
            return Err(error.with("field", "start_date"));
        }
        if before.is_none() && self.rank.is_none() {
            self.rank = Some(Rank::of_new(self.id.uuid(), cx.now()));
        }
        if before.and_then(|before| before.parent) != self.parent {
            self.check_parent(cx).await?;
            if let (None, Some(parent)) = (self.project, self.parent) {
                self.project = cx.unrestricted().load(parent).await?.project;
            }
        }
        if before.is_none_or(|before| before.assignee != self.assignee) {
            if let Some(assignee) = &self.assignee {
                assignment::check_assignee(cx, assignee).await.map_err(|error| error.with("field", "assignee"))?;
            }
            self.via_group = None;
        }
        if before.and_then(|before| before.remind_at) != self.remind_at {
            reminder::plan(cx, self.id, self.remind_at).await?;
        }
        Ok(())
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let remind_at = |task: Option<&Self>| task.and_then(|task| task.remind_at);
        if let Some(Self { id, .. }) = now.or(before)
            && remind_at(before) != remind_at(now)
        {
            // A reminder of the past was given, or given up: nobody waits for it.
            reminder::plan(cx, *id, remind_at(now).filter(|at| *at > cx.now())).await?;
        }
        if let Some(now) = now
            && before.and_then(|before| before.parent) != now.parent
        {
            now.check_parent(cx).await?;
        }
        let Some(now) = now.filter(|record| record.is_open()) else { return Ok(()) };
        assignment::check_given_back(cx, before.and_then(|before| before.assignee), now.assignee).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        if let (Some(assignee), false) = (&self.assignee, self.is_finished()) {
            assignment::check_assignee(cx, assignee).await?;
        }
        self.check_parent(cx).await
    }
}
