//! A release: a version of the product, with the bugs that it puts right and the features that it brings.

mod deploy;
mod notes;
mod notice;
mod outcome;
mod roll_back;

use serde::{Deserialize, Serialize};

pub use self::{
    deploy::Deploy,
    notes::{Notes, ReleaseNotes},
    outcome::{InformedContact, ReleaseOutcome, ReleaseTicket, SkippedTicket, TicketOutcome, UninformedContact},
    roll_back::{NOT_DEPLOYED, RollBack},
};
use super::version_order;
use crate::{
    Body, Choice, Code, Context, Custom, Date, Document, Entity, ExternalKey, Id, Name, Record, Result, Subject, Tags,
    Timestamp, closed_enum,
    kernel::error::codes,
    people::org::{self, CHOICE_UNKNOWN},
};

/// The release is no plan any more.
pub const NOT_PLANNED: Code =
    Code::rule("release.not_planned", "The release {name} is {status}; name one that is planned.");
/// The release was rolled back.
pub const ROLLED_BACK: Code = Code::rule(
    "release.was_rolled_back",
    "The release {name} was rolled back; make another release with a version of its own.",
);
/// Customers know what was deployed under the version.
pub const NAME_FIXED: Code = Code::rule(
    "release.name_fixed",
    "The release {name} is {status}; its product and version stay as they were when it was deployed.",
);

/// How many changes a release lists.
const MOST_CHANGES: usize = 200;

closed_enum! {
    /// Where a release stands.
    pub enum ReleaseStatus {
        /// It is to come.
        Planned = "planned",
        /// Customers have it.
        Deployed = "deployed",
        /// Customers had it, and have it no more.
        RolledBack = "rolled_back",
    }
}

closed_enum! {
    /// How much of a step a release is.
    pub enum ReleaseType {
        /// What worked before may not work the same.
        Major = "major",
        /// There is something new.
        Minor = "minor",
        /// Something is put right.
        Patch = "patch",
        /// Something urgent is put right, outside of the plan.
        Hotfix = "hotfix",
    }
}

/// A version of the product. The bugs and requests that it answers name it in `fixed_in` and `shipped_in`.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "release",
    table = "releases", access = work,
    search(name = 1),
    unique("key", code = "release.exists"),
    index("status", "deployed_at")
)]
pub struct Release {
    /// The identifier.
    pub id: Id<Release>,
    /// Counts the changes; the version of the product is `name`.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// The version of the product, such as `2.1.6`; unique for the product.
    #[record(editable, folded)]
    pub name: Name,
    /// The product, where there are several; the tenant may close the list as `release.product`.
    #[record(editable)]
    pub product: Option<Choice>,
    /// Product and version in one form, so that `v2.1` and `2.1.0` are one release.
    pub key: String,
    /// Where it stands; changed by `release.deploy` and `release.roll_back`.
    pub status: ReleaseStatus,
    /// How much of a step it is.
    #[record(editable)]
    pub r#type: Option<ReleaseType>,
    /// What is new, a line for each change; 200 at most.
    #[record(editable)]
    pub changes: Document<Vec<Subject>>,
    /// The parts of the product that it changes.
    #[record(editable)]
    pub features: Tags,
    /// How customers get it, such as `immediate`; the tenant may close the list as `release.rollout`.
    #[record(editable)]
    pub rollout: Option<Choice>,
    /// The day for which it is planned.
    #[record(editable)]
    pub planned_for: Option<Date>,
    /// When customers got it.
    pub deployed_at: Option<Timestamp>,
    /// When it was rolled back.
    pub rolled_back_at: Option<Timestamp>,
    /// Why it was rolled back.
    pub roll_back_reason: Option<Body>,
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

/// Product and version in one form.
fn key(product: Option<&Choice>, name: &str) -> String {
    let product = product.map(|product| crate::kernel::search::fold(product)).unwrap_or_default();
    format!("{product}\u{1f}{}", version_order::normal(name))
}

impl Release {
    /// The release of a product with this version.
    pub(super) async fn named(cx: &mut Context<'_>, product: Option<&Choice>, name: &str) -> Result<Option<Self>> {
        let found: Vec<Self> = cx.unrestricted().matching(Self::KEY, &key(product, name)).await?;
        Ok(found.into_iter().next())
    }
    /// The version as people say it, such as `v2.1.6`.
    fn spoken(&self) -> String {
        version_order::spoken(&self.name)
    }
}

/// Refuses a release that is no plan any more for the field that names it. Error: `release.not_planned`.
pub(super) async fn must_be_planned(cx: &mut Context<'_>, id: Id<Release>, field: &'static str) -> Result<()> {
    let Some(row) = cx.unrestricted().row(Release::def(), id.uuid()).await? else { return Ok(()) };
    let release = Release::from_row(row)?;
    match release.status {
        ReleaseStatus::Planned => Ok(()),
        status => Err(NOT_PLANNED.with("name", &release.name).with("status", status).with("field", field)),
    }
}

impl Entity for Release {
    const ERRORS: &'static [Code] = &[CHOICE_UNKNOWN, NAME_FIXED];

    fn is_open(&self) -> bool {
        self.status == ReleaseStatus::Planned
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        for (field, choice) in [("release.product", &mut self.product), ("release.rollout", &mut self.rollout)] {
            if let Some(choice) = choice {
                org::choose(cx, field, choice).await?;
            }
        }
        if self.changes.len() > MOST_CHANGES {
            let problem = format!("give at most {MOST_CHANGES} changes");
            return Err(codes::FIELD_INVALID.with("field", "changes").with("problem", problem));
        }
        let key = key(self.product.as_ref(), &self.name);
        if let Some(before) = before.filter(|before| before.key != key)
            && before.status != ReleaseStatus::Planned
        {
            return Err(NAME_FIXED.with("name", &before.name).with("status", before.status).with("field", "name"));
        }
        self.key = key;
        Ok(())
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let choices = [("release.product", self.product.as_deref()), ("release.rollout", self.rollout.as_deref())];
        org::check_choices(cx, &choices).await
    }
}
