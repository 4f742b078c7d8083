//! A project: work with a beginning and an end, made of tasks.

mod lifecycle;
mod overview;
mod reschedule;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::{
    lifecycle::{Cancel, Complete, Hold, NOT_FINISHED, Reopen, Start, TASKS_OPEN},
    overview::{Overview, ProjectOverview, TaskCounts},
    reschedule::{Reschedule, Rescheduled},
};
use crate::{
    Assignee, Body, Choice, Code, Context, Custom, Date, Document, Entity, ExternalKey, Id, Name, Record, Result,
    Subject, Tags, Timestamp, closed_enum,
    people::{
        assignment::{self, INACTIVE},
        org::{self, CHOICE_UNKNOWN},
    },
    productivity::Playbook,
    sales::{Account, Deal},
};

/// The project is over.
pub const FINISHED: Code =
    Code::rule("project.finished", "The project is {status}; reopen it first with project.reopen.");
/// The playbook was started for the deal before.
pub const EXISTS: Code = Code::conflict(
    "project.exists",
    "The playbook was started for this deal before: {project}. Go on with that project, or put it into the trash.",
);
/// It ends before it begins.
pub const ENDS_TOO_EARLY: Code = Code::invalid(
    "project.ends_too_early",
    "The project would be due on {due_date}, before it begins on {start_date}; change one of the two days.",
);
/// Tasks move with the beginning.
pub const USE_RESCHEDULE: Code = Code::rule(
    "project.use_reschedule",
    "Tasks may follow the day on which a project begins; move it with project.reschedule.",
);

closed_enum! {
    /// How far a project is.
    pub enum ProjectStatus {
        /// Nobody has begun.
        NotStarted = "not_started",
        /// It is worked on.
        Active = "active",
        /// It waits.
        OnHold = "on_hold",
        /// It is done.
        Done = "done",
        /// Nobody goes on with it.
        Cancelled = "cancelled",
    }
}

/// Work with a beginning and an end, made of tasks. How far it is follows from these: `project.overview` computes it.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "project",
    table = "projects", access = work,
    search(name = 1),
    unique("playbook", "deal", code = "project.deal_taken"),
    unique("playbook", "start_key", code = "project.key_taken"),
    index("status", "due_date"),
    index("deal"),
    index("account", "status")
)]
pub struct Project {
    /// The identifier.
    pub id: Id<Project>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// What it is called.
    #[record(editable, folded)]
    pub name: Subject,
    /// What sort of project it is, such as `customer_onboarding`; the tenant may close the list as `project.type`.
    #[record(editable)]
    pub r#type: Option<Choice>,
    /// What it is for.
    #[record(editable)]
    pub description: Option<Body>,
    /// The company for which it is.
    #[record(editable, on_trash = refuse)]
    pub account: Option<Id<Account>>,
    /// The deal from which it comes.
    #[record(editable, on_trash = refuse)]
    pub deal: Option<Id<Deal>>,
    /// Who answers for it: a user or a group.
    #[record(editable, assignee)]
    pub owner: Option<Assignee>,
    /// How far it is; `project.start`, `hold`, `complete`, `cancel` and `reopen` change it.
    pub status: ProjectStatus,
    /// The day on which it begins; `project.reschedule` moves it.
    #[record(editable)]
    pub start_date: Option<Date>,
    /// The day until whose end it is to be done.
    #[record(editable)]
    pub due_date: Option<Date>,
    /// When it was done.
    pub completed_at: Option<Timestamp>,
    /// The playbook of which it was made.
    #[record(on_trash = keep)]
    pub playbook: Option<Id<Playbook>>,
    /// The number of that playbook's version.
    pub playbook_version: Option<i64>,
    /// Who has which role of that playbook.
    pub roles: Option<Document<BTreeMap<String, Assignee>>>,
    /// The key under which that playbook was started.
    pub start_key: Option<Name>,
    /// Labels.
    #[record(editable)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Project {
    fn is_finished(&self) -> bool {
        matches!(self.status, ProjectStatus::Done | ProjectStatus::Cancelled)
    }
    fn must_be_unfinished(&self) -> Result<()> {
        if self.is_finished() { Err(FINISHED.with("status", self.status)) } else { Ok(()) }
    }
    /// The project of a playbook and a deal, in the trash or not.
    pub(in crate::productivity) async fn of_deal(
        cx: &mut Context<'_>,
        playbook: Id<Playbook>,
        deal: Id<Deal>,
    ) -> Result<Option<Self>> {
        let of_deal: Vec<Self> = cx.unrestricted().matching(Self::DEAL, &deal).await?;
        Ok(of_deal.into_iter().find(|project| project.playbook == Some(playbook)))
    }
}

impl Entity for Project {
    const ERRORS: &'static [Code] = &[ENDS_TOO_EARLY, USE_RESCHEDULE, INACTIVE, CHOICE_UNKNOWN];
    const HANDS_ERRORS: &'static [Code] = &[FINISHED];

    fn may_change_hands(&self) -> Result<()> {
        self.must_be_unfinished()
    }
    fn is_open(&self) -> bool {
        !self.is_finished()
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.is_some_and(|before| before.start_date != self.start_date) {
            return Err(USE_RESCHEDULE.with("field", "start_date"));
        }
        if let (Some(start), Some(due)) = (self.start_date, self.due_date)
            && due < start
        {
            let error = ENDS_TOO_EARLY.with("start_date", start.to_string()).with("due_date", due.to_string());
            return Err(error.with("field", "due_date"));
        }
        if let Some(owner) = &self.owner
            && before.is_none_or(|before| before.owner != self.owner)
        {
            assignment::check_assignee(cx, owner).await.map_err(|error| error.with("field", "owner"))?;
        }
        if let Some(choice) = &mut self.r#type
            && before.is_none_or(|before| before.r#type.as_ref() != Some(choice))
        {
            org::choose(cx, "project.type", choice).await?;
        }
        Ok(())
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(now) = now.filter(|now| now.is_open()) else { return Ok(()) };
        assignment::check_given_back(cx, before.and_then(|before| before.owner), now.owner).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        org::check_choices(cx, &[("project.type", self.r#type.as_deref())]).await?;
        match (&self.owner, self.is_open()) {
            (Some(owner), true) => assignment::check_assignee(cx, owner).await,
            _ => Ok(()),
        }
    }
}
