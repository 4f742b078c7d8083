//! A version of a playbook: what was published, and never changes.

use serde::{Deserialize, Serialize};

use super::{NOT_PUBLISHED, OnWeekend, PlannedMeeting, PlannedNote, PlannedProject, PlannedTask, Playbook};
use crate::{Command, Context, Document, Filter, Id, Op, Record, Ref, Result, Timestamp, command, people::User};

/// A playbook as it was published. It never changes: a project that was made of it is rescheduled by the same plan.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "playbook_version",
    table = "playbook_versions", access = settings,
    unique("playbook", "number", code = "playbook.number_taken")
)]
pub struct PlaybookVersion {
    /// The identifier.
    pub id: Id<PlaybookVersion>,
    /// Counts the changes; there are none.
    pub version: i64,
    /// When it was published.
    pub created_at: Timestamp,
    /// The same.
    pub updated_at: Timestamp,
    /// The playbook.
    #[record(on_trash = with_parent)]
    pub playbook: Id<Playbook>,
    /// Its number; the first is 1.
    pub number: i64,
    /// The project that it makes.
    pub project: Document<PlannedProject>,
    /// The tasks.
    pub tasks: Document<Vec<PlannedTask>>,
    /// The meetings.
    pub meetings: Document<Vec<PlannedMeeting>>,
    /// The notes.
    pub notes: Document<Vec<PlannedNote>>,
    /// What becomes of days at a weekend.
    pub on_weekend: OnWeekend,
    /// The roles that have to be filled when it is started.
    pub roles: Document<Vec<String>>,
    /// The user who published it; nobody when a service or the host did.
    pub publisher: Option<Id<User>>,
}

impl PlaybookVersion {
    /// The version that is started. Error: `playbook.not_published`.
    pub(super) async fn published(cx: &mut Context<'_>, playbook: &Playbook) -> Result<Self> {
        let none = || NOT_PUBLISHED.with("name", &playbook.name);
        let number = playbook.published.ok_or_else(none)?;
        Self::numbered(cx, playbook.id, number).await?.ok_or_else(none)
    }
    /// The version of this number.
    pub(in crate::productivity) async fn numbered(
        cx: &mut Context<'_>,
        playbook: Id<Playbook>,
        number: i64,
    ) -> Result<Option<Self>> {
        let filter = Self::PLAYBOOK.eq(playbook).and(Filter::compare(Self::NUMBER.name(), Op::Eq, number));
        let found: Vec<Self> = cx.unrestricted().find(&filter, &[], 1).await?;
        Ok(found.into_iter().next())
    }
}

/// Publishes a playbook as it is now: a version that never changes. Projects that were made of earlier ones stay with these.
#[command("publish", on = Playbook)]
pub struct Publish {
    /// The playbook.
    pub playbook: Ref<Playbook>,
}

impl Command for Publish {
    type Output = PlaybookVersion;
    async fn run(&self, playbook: Playbook, cx: &mut Context<'_>) -> Result<PlaybookVersion> {
        publish(cx, playbook).await
    }
}

pub(super) async fn publish(cx: &mut Context<'_>, mut playbook: Playbook) -> Result<PlaybookVersion> {
    let number = playbook.published.unwrap_or_default() + 1;
    playbook.published = Some(number);
    let roles = Document(playbook.roles().into_iter().collect());
    let playbook = cx.save(playbook).await?;
    cx.insert(PlaybookVersion {
        playbook: playbook.id,
        number,
        project: playbook.project,
        tasks: playbook.tasks,
        meetings: playbook.meetings,
        notes: playbook.notes,
        on_weekend: playbook.on_weekend,
        roles,
        publisher: cx.actor().user().map(Id::new),
        ..PlaybookVersion::default()
    })
    .await
}
