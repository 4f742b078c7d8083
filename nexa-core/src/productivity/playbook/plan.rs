//! What a playbook plans, as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Body, Choice, Key, Subject, TimeOfDay, closed_enum, productivity::TaskPriority};

closed_enum! {
    /// From where a planned time counts.
    pub enum PlannedFrom {
        /// The day on which the project begins.
        Start = "start",
        /// The day until which the project is to be done.
        ProjectDue = "project_due",
    }
}

closed_enum! {
    /// Whose owner is meant.
    pub enum RecordOwner {
        /// The deal for which the playbook is started.
        Deal = "deal",
        /// Its account.
        Account = "account",
    }
}

/// When something is due.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlannedDue {
    /// How long after that, as ISO 8601 writes it: `P3D` is a day three days later, `-P1W` one a week before. With hours, such as `PT24H`,
    /// it is a moment, counted from now where the project begins today, and else from its first day's midnight.
    #[schemars(length(max = 40))]
    pub after: String,
    /// From where it counts; from the start unless said.
    pub of: PlannedFrom,
    /// The time of that day in the tenant's zone; without, the whole day is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<TimeOfDay>,
}

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PlannedAssignee {
    /// Whoever has this role when the playbook is started.
    Role(Key),
    /// This user.
    User(Uuid),
    /// This group.
    Group(Uuid),
    /// Whoever owns the record then.
    OwnerOf(RecordOwner),
}

/// Who comes to a meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PlannedAttendee {
    /// Users; of a group all its active members.
    Team(PlannedAssignee),
    /// The primary contact of the deal, or else of the account.
    PrimaryContact,
}

/// The project that is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PlannedProject {
    /// What it is called; the playbook's name with the account's unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Subject>,
    /// What sort of project it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<Choice>,
    /// Until when it is to be done, in whole days from its start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<PlannedDue>,
    /// Who answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<PlannedAssignee>,
}

/// A task that is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedTask {
    /// The name by which other parts of the plan find it.
    pub key: Key,
    /// What to do, in one line.
    pub title: Subject,
    /// What to do, in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Body>,
    /// When it is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<PlannedDue>,
    /// How urgent it is.
    #[serde(default)]
    pub priority: TaskPriority,
    /// Who does it; nobody unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PlannedAssignee>,
    /// The keys of the tasks that are to be done before, at most 100.
    #[schemars(length(max = 100))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<Key>,
    /// The key of the task of which it is a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Key>,
    /// Small steps, at most 100.
    #[schemars(length(max = 100))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checklist: Vec<Subject>,
}

/// A meeting that is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedMeeting {
    /// The name by which whoever starts the playbook says more of it.
    pub key: Key,
    /// What it is called.
    pub title: Subject,
    /// What is to be spoken about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agenda: Option<Body>,
    /// When it begins: a day and its time.
    pub due: PlannedDue,
    /// How long it takes, in minutes; an hour unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1440))]
    pub minutes: Option<u16>,
    /// Who calls it: a user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organizer: Option<PlannedAssignee>,
    /// Who comes, at most 100.
    #[schemars(length(max = 100))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendees: Vec<PlannedAttendee>,
}

/// A note that is written on the project, the account and the deal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedNote {
    /// The name by which whoever starts the playbook gives its text.
    pub key: Key,
    /// What sort of note it is, such as `handoff`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<Choice>,
    /// What it says, unless whoever starts the playbook gives a text. Without either there is no such note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Who alone may read it, beside whoever starts the playbook, at most 50; all who see the project unless said.
    #[schemars(length(max = 50))]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<PlannedAssignee>,
}
