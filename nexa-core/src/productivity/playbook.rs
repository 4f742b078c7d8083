//! A playbook: what is done each time, such as when a customer begins. Started, it becomes a project with its tasks, meetings and notes.

mod check;
mod due;
mod placeholder;
mod plan;
mod shipped;
mod start;
mod version;

use serde::{Deserialize, Serialize};

pub(super) use self::due::Calendar;
pub use self::{
    check::{CIRCLE, DUE, KEY_TWICE, STEP_UNKNOWN, TOO_DEEP, VALUE_UNKNOWN},
    plan::{
        PlannedAssignee, PlannedAttendee, PlannedDue, PlannedFrom, PlannedMeeting, PlannedNote, PlannedProject,
        PlannedTask, RecordOwner,
    },
    shipped::{TAKEN, Take, UNKNOWN},
    start::{ACCOUNT_FOREIGN, NOT_PUBLISHED, NOTE_UNKNOWN, ROLE_MISSING, ROLE_UNKNOWN, Start, Started, VALUE_MISSING},
    version::{PlaybookVersion, Publish},
};
use crate::{
    Body, Code, Context, Document, Entity, ExternalKey, Id, Key, Name, Record, Result, Timestamp, closed_enum,
};

closed_enum! {
    /// What becomes of a planned day that is a Saturday or a Sunday.
    pub enum OnWeekend {
        /// It stays.
        Keep = "keep",
        /// It is the Monday after.
        Next = "next",
        /// It is the Friday before.
        Previous = "previous",
    }
}

/// What is done each time. It is the version that is being written; those that were published are `playbook_version`. Texts may name
/// `{{ account.name }}`, `{{ deal.name }}` and `{{ contact.name }}`.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "playbook",
    table = "playbooks", access = settings,
    search(name = 1),
    unique("name.folded", code = "playbook.name_taken"),
    unique("key", code = "playbook.key_taken")
)]
pub struct Playbook {
    /// The identifier.
    pub id: Id<Playbook>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// The name by which rules and hosts find it, such as `customer_onboarding`.
    #[record(editable)]
    pub key: Option<Key>,
    /// What it is for.
    #[record(editable)]
    pub description: Option<Body>,
    /// The project that it makes.
    #[record(editable)]
    pub project: Document<PlannedProject>,
    /// The tasks, in the order in which they stand on a board.
    #[record(editable)]
    pub tasks: Document<Vec<PlannedTask>>,
    /// The meetings.
    #[record(editable)]
    pub meetings: Document<Vec<PlannedMeeting>>,
    /// The notes.
    #[record(editable)]
    pub notes: Document<Vec<PlannedNote>>,
    /// What becomes of days at a weekend.
    #[record(editable)]
    pub on_weekend: OnWeekend,
    /// The number of the version that was published last; absent before the first.
    pub published: Option<i64>,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Entity for Playbook {
    const ERRORS: &'static [Code] = &[CIRCLE, DUE, KEY_TWICE, STEP_UNKNOWN, TOO_DEEP, VALUE_UNKNOWN];

    async fn settle(&mut self, _: Option<&Self>, _: &mut Context<'_>) -> Result<()> {
        self.check()
    }
}
