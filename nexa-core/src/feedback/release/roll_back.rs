//! Rolling a release back: what it put right is not, and whoever was told that it is, is listed.

use super::{Release, ReleaseOutcome, ReleaseStatus};
use crate::{
    Body, Code, Command, Context, Ref, Result, command,
    feedback::{Bug, BugStatus, FeatureRequest, FeatureRequestStatus},
};

/// The release is not deployed.
pub const NOT_DEPLOYED: Code =
    Code::rule("release.not_deployed", "The release {name} is {status}; there is nothing to roll back.");

impl Release {
    /// Error: `release.not_deployed`.
    fn may_roll_back(&self) -> Result<()> {
        match self.status {
            ReleaseStatus::Deployed => Ok(()),
            status => Err(NOT_DEPLOYED.with("name", &self.name).with("status", status)),
        }
    }
}

/// Says that customers have a release no more: the bugs that it put right and the requests that it shipped are in progress again. Tickets
/// stay as they are and customers are told nothing; the answer lists which tickets it had resolved, and who was told. Error:
/// `release.not_deployed`.
#[command("roll_back", on = Release, guard = Release::may_roll_back, errors(NOT_DEPLOYED))]
pub struct RollBack {
    /// The release.
    pub release: Ref<Release>,
    /// Why it is rolled back.
    pub reason: Body,
}

impl Command for RollBack {
    type Output = ReleaseOutcome;
    async fn run(&self, mut release: Release, cx: &mut Context<'_>) -> Result<ReleaseOutcome> {
        release.status = ReleaseStatus::RolledBack;
        release.rolled_back_at = Some(cx.now());
        release.roll_back_reason = Some(self.reason.clone());
        let release = cx.save(release).await?;
        let bugs: Vec<Bug> = cx.unrestricted().matching(Bug::FIXED_IN, &release.id).await?;
        for mut bug in bugs.into_iter().filter(|bug| bug.status == BugStatus::Released) {
            bug.status = BugStatus::InProgress;
            (bug.released_at, bug.recurred_at) = (None, None);
            cx.save(bug).await?;
        }
        let requests: Vec<FeatureRequest> = cx.unrestricted().matching(FeatureRequest::SHIPPED_IN, &release.id).await?;
        for mut request in requests.into_iter().filter(|one| one.status == FeatureRequestStatus::Shipped) {
            (request.status, request.shipped_at) = (FeatureRequestStatus::InProgress, None);
            cx.save(request).await?;
        }
        ReleaseOutcome::of(cx, release).await
    }
}
