//! How a bug moves from status to status.

use super::{Bug, BugStatus, BugTicket};
use crate::{Apply, Body, Code, Command, Context, Moment, Ref, Result, closed_enum, command};

/// The bug is over.
pub const OVER: Code = Code::rule("bug.over", "The bug is {status}; take it up again first with bug.reopen.");
/// The bug is not over.
pub const NOT_OVER: Code = Code::rule("bug.not_over", "The bug is {status}; there is nothing to reopen.");
/// A duplicate names its original, and nothing else does.
pub const ORIGINAL: Code = Code::invalid(
    "bug.original",
    "A bug that is rejected as a duplicate names another bug in duplicate_of, and no other rejection does.",
);
/// The bug is a duplicate.
pub const IS_DUPLICATE: Code =
    Code::rule("bug.is_duplicate", "The bug is a duplicate of {original}; name that one instead.");

closed_enum! {
    /// How far the work on a bug has come.
    pub enum BugProgress {
        /// Somebody says that something is wrong.
        Reported = "reported",
        /// The team has seen it too.
        Confirmed = "confirmed",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// It is put right, and customers do not have that yet.
        Fixed = "fixed",
    }
}

impl From<BugProgress> for BugStatus {
    fn from(progress: BugProgress) -> Self {
        match progress {
            BugProgress::Reported => Self::Reported,
            BugProgress::Confirmed => Self::Confirmed,
            BugProgress::InProgress => Self::InProgress,
            BugProgress::Fixed => Self::Fixed,
        }
    }
}

closed_enum! {
    /// Why nobody goes on with a bug.
    pub enum BugRejection {
        /// It stays as it is.
        WontFix = "wont_fix",
        /// It is another one that is known already.
        Duplicate = "duplicate",
        /// Nobody of the team can see it.
        NotReproducible = "not_reproducible",
    }
}

impl From<BugRejection> for BugStatus {
    fn from(rejection: BugRejection) -> Self {
        match rejection {
            BugRejection::WontFix => Self::WontFix,
            BugRejection::Duplicate => Self::Duplicate,
            BugRejection::NotReproducible => Self::NotReproducible,
        }
    }
}

impl Bug {
    fn is_over(&self) -> bool {
        self.status == BugStatus::Released || self.is_rejected()
    }
    /// Error: `bug.over`.
    fn must_go_on(&self) -> Result<()> {
        if self.is_over() { Err(OVER.with("status", self.status)) } else { Ok(()) }
    }
    /// Error: `bug.not_over`.
    fn may_reopen(&self) -> Result<()> {
        if self.is_over() { Ok(()) } else { Err(NOT_OVER.with("status", self.status)) }
    }
    /// Error: `bug.is_duplicate`.
    pub(super) fn must_be_no_duplicate(&self) -> Result<()> {
        match self.duplicate_of {
            Some(original) => Err(IS_DUPLICATE.with("original", original)),
            None => Ok(()),
        }
    }
}

/// Moves a bug to another status. That customers have the fix, `release.deploy` says. Error: `bug.over`.
#[command("move", on = Bug, guard = Bug::must_go_on, errors(OVER))]
pub struct Move {
    /// The bug.
    pub bug: Ref<Bug>,
    /// How far the work on it has come.
    pub status: BugProgress,
}

impl Apply for Move {
    fn apply(&self, bug: &mut Bug, _: &Moment<'_>) -> Result<()> {
        bug.status = self.status.into();
        if self.status == BugProgress::Fixed {
            bug.recurred_at = None;
        }
        Ok(())
    }
}

/// Says that nobody goes on with a bug, and why. The tickets of a duplicate go over to its original. Errors: `bug.over`, `bug.original`,
/// `bug.is_duplicate`.
#[command("reject", on = Bug, guard = Bug::must_go_on, check = Self::check, errors(OVER, ORIGINAL, IS_DUPLICATE))]
pub struct Reject {
    /// The bug.
    pub bug: Ref<Bug>,
    /// What becomes of it.
    pub outcome: BugRejection,
    /// Why nobody goes on with it.
    pub reason: Body,
    /// The bug of which it is a duplicate.
    pub duplicate_of: Option<Ref<Bug>>,
}

impl Reject {
    fn check(&self) -> Result<()> {
        if (self.outcome == BugRejection::Duplicate) == self.duplicate_of.is_some() {
            return Ok(());
        }
        Err(ORIGINAL.with("field", "duplicate_of"))
    }
}

impl Command for Reject {
    type Output = Bug;
    async fn run(&self, mut bug: Bug, cx: &mut Context<'_>) -> Result<Bug> {
        if let Some(original) = &self.duplicate_of {
            let original = cx.load(original).await?;
            if original.id == bug.id {
                return Err(ORIGINAL.with("field", "duplicate_of"));
            }
            original.must_be_no_duplicate()?;
            for link in BugTicket::of_bug(cx, bug.id).await? {
                link.go_over(original.id, cx).await?;
            }
            bug.duplicate_of = Some(original.id);
        }
        bug.status = self.outcome.into();
        bug.rejection = Some(self.reason.clone());
        bug.recurred_at = None;
        cx.save(bug).await
    }
}

/// Takes a bug up again that was released or rejected: it is confirmed. The tickets that went over to its original stay there. Error:
/// `bug.not_over`.
#[command("reopen", on = Bug, guard = Bug::may_reopen, errors(NOT_OVER))]
pub struct Reopen {
    /// The bug.
    pub bug: Ref<Bug>,
}

impl Apply for Reopen {
    fn apply(&self, bug: &mut Bug, _: &Moment<'_>) -> Result<()> {
        bug.status = BugStatus::Confirmed;
        (bug.rejection, bug.duplicate_of, bug.released_at) = (None, None, None);
        Ok(())
    }
}
