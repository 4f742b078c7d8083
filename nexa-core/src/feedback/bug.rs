//! A bug: something of the product is wrong, from the first report until a release has put it right.
//!
//! Reported, confirmed, in progress and fixed move freely among each other; `released` comes with the release that brings the fix. A bug
//! that is rejected says why. What customers reported is linked to it as tickets.

mod lifecycle;
mod link;
mod overview;

use serde::{Deserialize, Serialize};

pub use self::{
    lifecycle::{BugProgress, BugRejection, IS_DUPLICATE, Move, NOT_OVER, ORIGINAL, OVER, Reject, Reopen},
    link::{ALREADY_LINKED, BugTicket, LinkTicket, NOT_LINKED, UnlinkTicket, VERSION_NEEDED, VERSION_UNKNOWN},
    overview::{BugOverview, Overview},
};
use super::{
    Release,
    release::{self, NOT_PLANNED},
};
use crate::{
    Assignee, Body, Choice, Code, Context, Custom, Entity, ExternalKey, Id, Record, Result, Subject, Tags, Timestamp,
    closed_enum,
    people::{
        assignment::{self, INACTIVE},
        org::{self, CHOICE_UNKNOWN},
    },
    service::TicketSeverity,
};

closed_enum! {
    /// Where a bug stands.
    pub enum BugStatus {
        /// Somebody says that something is wrong.
        Reported = "reported",
        /// The team has seen it too.
        Confirmed = "confirmed",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// It is put right, and customers do not have that yet.
        Fixed = "fixed",
        /// Customers have it.
        Released = "released",
        /// It stays as it is.
        WontFix = "wont_fix",
        /// It is another one that is known already.
        Duplicate = "duplicate",
        /// Nobody of the team can see it.
        NotReproducible = "not_reproducible",
    }
}

impl BugStatus {
    /// Those of a bug that is still to be put right.
    pub const UNFIXED: [Self; 3] = [Self::Reported, Self::Confirmed, Self::InProgress];
    /// Those of a bug with which nobody goes on.
    pub const REJECTED: [Self; 3] = [Self::WontFix, Self::Duplicate, Self::NotReproducible];
}

/// Something of the product that is wrong. How many tickets, contacts and accounts it has is computed: `bug.overview`.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "bug",
    table = "bugs", access = work,
    search(title = 1),
    index("status", "severity.rank", "created_at"),
    index("feature"),
    index("fixed_in"),
    index("duplicate_of")
)]
pub struct Bug {
    /// The identifier.
    pub id: Id<Bug>,
    /// Counts the changes.
    pub version: i64,
    /// When it was reported.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// What is wrong, in one line.
    #[record(editable, folded)]
    pub title: Subject,
    /// What is wrong, in full.
    #[record(editable)]
    pub description: Option<Body>,
    /// How bad the damage is.
    #[record(editable, ranked)]
    pub severity: Option<TicketSeverity>,
    /// Where it stands; changed by `bug.move`, `bug.reject`, `bug.reopen` and `release.deploy`.
    pub status: BugStatus,
    /// Who works on it: a user or a group.
    #[record(editable, assignee)]
    pub assignee: Option<Assignee>,
    /// The sprint in which it is to be fixed.
    #[record(editable)]
    pub sprint: Option<Choice>,
    /// How much work it is.
    #[record(editable)]
    pub story_points: Option<u32>,
    /// The part of the product, such as `data_export`; the tenant may close the list as `bug.feature`.
    #[record(editable)]
    pub feature: Option<Choice>,
    /// The versions of the product in which it is.
    #[record(editable)]
    pub affected_versions: Tags,
    /// What customers can do meanwhile.
    #[record(editable)]
    pub workaround: Option<Body>,
    /// What it does to customers.
    #[record(editable)]
    pub customer_impact: Option<Subject>,
    /// The release that brings the fix. It can be chosen while that is planned.
    #[record(editable, on_trash = keep)]
    pub fixed_in: Option<Id<Release>>,
    /// When customers got the fix.
    pub released_at: Option<Timestamp>,
    /// How often it was seen again in a version that should not have it.
    pub recurred: u32,
    /// When it was last seen again so; absent once it was put right anew.
    pub recurred_at: Option<Timestamp>,
    /// Why nobody goes on with it.
    pub rejection: Option<Body>,
    /// The bug of which it is a duplicate.
    #[record(on_trash = keep)]
    pub duplicate_of: Option<Id<Bug>>,
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

impl Bug {
    /// Whether nobody goes on with it.
    pub fn is_rejected(&self) -> bool {
        BugStatus::REJECTED.contains(&self.status)
    }
    /// Whether it is still to be put right, also where it came back.
    pub fn is_unfixed(&self) -> bool {
        BugStatus::UNFIXED.contains(&self.status) || self.recurred_at.is_some()
    }
}

impl Entity for Bug {
    const ERRORS: &'static [Code] = &[INACTIVE, CHOICE_UNKNOWN, NOT_PLANNED];

    fn is_open(&self) -> bool {
        self.is_unfixed()
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if let Some(assignee) = &self.assignee
            && before.is_none_or(|before| before.assignee != self.assignee)
        {
            assignment::check_assignee(cx, assignee).await.map_err(|error| error.with("field", "assignee"))?;
        }
        if let Some(feature) = &mut self.feature {
            org::choose(cx, "bug.feature", feature).await?;
        }
        if let Some(sprint) = &mut self.sprint {
            org::choose(cx, "bug.sprint", sprint).await?;
        }
        if let Some(release) = self.fixed_in.filter(|_| before.is_none_or(|before| before.fixed_in != self.fixed_in)) {
            release::must_be_planned(cx, release, "fixed_in").await?;
        }
        Ok(())
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(now) = now.filter(|now| now.is_open()) else { return Ok(()) };
        assignment::check_given_back(cx, before.and_then(|before| before.assignee), now.assignee).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let choices = [("bug.feature", self.feature.as_deref()), ("bug.sprint", self.sprint.as_deref())];
        org::check_choices(cx, &choices).await?;
        match (&self.assignee, self.is_open()) {
            (Some(assignee), true) => assignment::check_assignee(cx, assignee).await,
            _ => Ok(()),
        }
    }
}
