//! A task: something to do, by somebody, until some time, about something.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    About, Assignee, Body, Custom, Date, Entity, ExternalKey, Id, Record, Subject, Tags, Timestamp, closed_enum,
    people::{Group, User},
};

closed_enum! {
    /// Where a task stands.
    pub enum Status {
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
    pub enum Priority default Medium {
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
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[record(
    kind = "task",
    table = "tasks",
    search(title = 1),
    index("status", "assignee.queue", "priority.rank", "due_at"),
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
    #[record(editable)]
    pub title: Subject,
    /// What to do, in full.
    #[record(editable)]
    pub description: Option<Body>,
    /// Until which moment.
    #[record(editable)]
    pub due_at: Option<Timestamp>,
    /// Until the end of which day, when no moment is meant.
    #[record(editable)]
    pub due_date: Option<Date>,
    /// How urgent it is.
    #[record(editable, ranked)]
    pub priority: Priority,
    /// Where it stands; `task.complete`, `cancel` and `reopen` change it.
    pub status: Status,
    /// Who does it: a user or a group, never both; nobody when absent.
    #[record(editable, queue)]
    pub assignee: Option<Assignee>,
    /// The group that its user took it from; `task.release` puts it back there.
    pub via_group: Option<Id<Group>>,
    /// What it is about.
    #[record(editable)]
    pub about: Option<About>,
    /// When it was done.
    pub completed_at: Option<Timestamp>,
    /// The user who did it.
    pub completed_by: Option<Id<User>>,
    /// Tags.
    #[record(editable)]
    pub tags: Tags,
    /// The tenant's own fields.
    #[record(editable)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Entity for Task {}
