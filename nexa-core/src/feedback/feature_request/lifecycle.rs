//! How a request moves from status to status.

use super::{FeatureRequest, FeatureRequestStatus};
use crate::{Apply, Body, Code, Moment, Ref, Result, closed_enum, command};

/// The request was declined.
pub const DECLINED: Code = Code::rule(
    "feature_request.declined",
    "The request was declined; take it up again first with feature_request.reopen.",
);
/// The request was not declined.
pub const NOT_DECLINED: Code =
    Code::rule("feature_request.not_declined", "The request is {status}; there is nothing to reopen.");

closed_enum! {
    /// How far the work on a request has come.
    pub enum FeatureRequestProgress {
        /// Nobody has decided.
        New = "new",
        /// It is to be done.
        Planned = "planned",
        /// Somebody works on it.
        InProgress = "in_progress",
        /// Customers have it.
        Shipped = "shipped",
    }
}

impl From<FeatureRequestProgress> for FeatureRequestStatus {
    fn from(progress: FeatureRequestProgress) -> Self {
        match progress {
            FeatureRequestProgress::New => Self::New,
            FeatureRequestProgress::Planned => Self::Planned,
            FeatureRequestProgress::InProgress => Self::InProgress,
            FeatureRequestProgress::Shipped => Self::Shipped,
        }
    }
}

impl FeatureRequest {
    /// Error: `feature_request.declined`.
    fn must_be_undeclined(&self) -> Result<()> {
        if self.status == FeatureRequestStatus::Declined { Err(DECLINED.error()) } else { Ok(()) }
    }
    /// Error: `feature_request.not_declined`.
    fn may_reopen(&self) -> Result<()> {
        match self.status {
            FeatureRequestStatus::Declined => Ok(()),
            status => Err(NOT_DECLINED.with("status", status)),
        }
    }
}

/// Moves a request to another status. A release that brings it moves it to `shipped` by itself. Error: `feature_request.declined`.
#[command("move", on = FeatureRequest, guard = FeatureRequest::must_be_undeclined, errors(DECLINED))]
pub struct Move {
    /// The request.
    pub feature_request: Ref<FeatureRequest>,
    /// How far the work on it has come.
    pub status: FeatureRequestProgress,
}

impl Apply for Move {
    fn apply(&self, request: &mut FeatureRequest, at: &Moment<'_>) -> Result<()> {
        request.status = self.status.into();
        request.shipped_at = match self.status {
            FeatureRequestProgress::Shipped => request.shipped_at.or(Some(at.now)),
            _ => None,
        };
        Ok(())
    }
}

/// Says that a request is not to be done, and why. Its votes stay. Error: `feature_request.declined`.
#[command("decline", on = FeatureRequest, guard = FeatureRequest::must_be_undeclined, errors(DECLINED))]
pub struct Decline {
    /// The request.
    pub feature_request: Ref<FeatureRequest>,
    /// Why it is not to be done.
    pub reason: Body,
}

impl Apply for Decline {
    fn apply(&self, request: &mut FeatureRequest, _: &Moment<'_>) -> Result<()> {
        request.status = FeatureRequestStatus::Declined;
        (request.decline_reason, request.shipped_at) = (Some(self.reason.clone()), None);
        Ok(())
    }
}

/// Takes up a request that was declined: it is new. Error: `feature_request.not_declined`.
#[command("reopen", on = FeatureRequest, guard = FeatureRequest::may_reopen, errors(NOT_DECLINED))]
pub struct Reopen {
    /// The request.
    pub feature_request: Ref<FeatureRequest>,
}

impl Apply for Reopen {
    fn apply(&self, request: &mut FeatureRequest, _: &Moment<'_>) -> Result<()> {
        (request.status, request.decline_reason) = (FeatureRequestStatus::New, None);
        Ok(())
    }
}
