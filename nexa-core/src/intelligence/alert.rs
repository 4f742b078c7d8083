//! An alert: something that somebody should look at, raised once for as long as it lasts.

use serde::{Deserialize, Serialize};

use super::{explained::Explanation, sight::Sight};
use crate::{
    Apply, Assignee, Body, Code, Context, Document, Filter, Id, Moment, Op, Record, Ref, Result, Subject, Timestamp,
    closed_enum, command, people::User, sales::Account,
};

/// The alert is closed.
pub const RESOLVED: Code =
    Code::rule("alert.resolved", "The alert is resolved already; the next fall raises another one.");

/// The moment is past.
pub const MUTED_PAST: Code =
    Code::rule("alert.muted_past", "{until} is past, so that the alert would not be muted; give a moment to come.");

closed_enum! {
    /// What an alert is about.
    pub enum AlertType {
        /// The health of an account fell.
        ChurnRisk = "churn_risk",
    }
}

closed_enum! {
    /// Where an alert stands.
    pub enum AlertStatus {
        /// Nobody has looked at it.
        Open = "open",
        /// Somebody looks at it.
        Acknowledged = "acknowledged",
        /// It is done with.
        Resolved = "resolved",
    }
}

/// Something that somebody should look at. One that was raised lasts until what raised it is well again, whatever people do about it:
/// so there is one for each fall.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "alert",
    table = "alerts", access = restricted,
    index("account", "created_at"),
    index("status", "assignee.queue", "created_at")
)]
pub struct Alert {
    /// The identifier.
    pub id: Id<Alert>,
    /// Counts the changes.
    pub version: i64,
    /// When it was raised.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What it is about.
    pub r#type: AlertType,
    /// The account.
    #[record(on_trash = with_parent)]
    pub account: Id<Account>,
    /// Where it stands.
    pub status: AlertStatus,
    /// What happened, in one line.
    pub message: Subject,
    /// What to do about it.
    pub recommendation: Subject,
    /// The score at which it was raised.
    pub value: u32,
    /// The score below which it is raised.
    pub threshold: u32,
    /// Why the score was so low, what counts most first.
    pub reasons: Document<Vec<Explanation>>,
    /// Whose it is: who owned the account when it was raised.
    #[record(assignee)]
    pub assignee: Option<Assignee>,
    /// When somebody began to look at it.
    pub acknowledged_at: Option<Timestamp>,
    /// Who did.
    pub acknowledged_by: Option<Id<User>>,
    /// When it was done with.
    pub resolved_at: Option<Timestamp>,
    /// What came of it.
    pub resolution: Option<Body>,
    /// Until when no other one of its sort is raised for the account.
    pub muted_until: Option<Timestamp>,
    /// When what raised it was well again; absent while it is not.
    pub recovered_at: Option<Timestamp>,
}

impl Alert {
    /// Error: `alert.resolved`.
    fn must_be_unresolved(&self) -> Result<()> {
        if self.status == AlertStatus::Resolved { Err(RESOLVED.error()) } else { Ok(()) }
    }
    /// What raised it is well again.
    pub(super) fn recover(&mut self, now: Timestamp) {
        self.recovered_at = Some(now);
        self.status = AlertStatus::Resolved;
        self.resolved_at.get_or_insert(now);
    }
}

fn of_account(account: Id<Account>) -> Filter {
    Alert::ACCOUNT.eq(account).and(Alert::TYPE.eq(AlertType::ChurnRisk))
}

/// The newest alert of an account, and the one that lasts, whoever sees them.
pub(super) async fn episodes(cx: &mut Context<'_>, account: Id<Account>) -> Result<[Option<Alert>; 2]> {
    let newest: Vec<Alert> = cx.unrestricted().find(&of_account(account), &["-created_at"], 1).await?;
    let lasting = of_account(account).and(Alert::RECOVERED_AT.is_null());
    let lasting: Vec<Alert> = cx.unrestricted().find(&lasting, &["-created_at"], 1).await?;
    Ok([newest.into_iter().next(), lasting.into_iter().next()])
}

/// The alert of an account that lasts, as far as it is seen.
pub(super) async fn open_episode(cx: &mut Context<'_>, sight: Sight, account: Id<Account>) -> Result<Option<Alert>> {
    if !sight.sees(cx, Alert::def(), &["account", "type", "recovered_at", "created_at"])? {
        return Ok(None);
    }
    let lasting = of_account(account).and(Filter::compare(Alert::RECOVERED_AT.name(), Op::IsNull, true));
    Ok(sight.find(cx, &lasting, &["-created_at"], 1).await?.into_iter().next())
}

/// Says that somebody looks at an alert; one that is acknowledged already stays as it is. Error: `alert.resolved`.
#[command("acknowledge", on = Alert, guard = Alert::must_be_unresolved, errors(RESOLVED))]
pub struct Acknowledge {
    /// The alert.
    pub alert: Ref<Alert>,
}

impl Apply for Acknowledge {
    fn apply(&self, alert: &mut Alert, at: &Moment<'_>) -> Result<()> {
        if alert.status == AlertStatus::Open {
            alert.status = AlertStatus::Acknowledged;
            alert.acknowledged_at = Some(at.now);
            alert.acknowledged_by = at.actor.user().map(Id::new);
        }
        Ok(())
    }
}

/// Says that an alert is done with. The next one comes only after the account has recovered and falls again. Error: `alert.resolved`.
#[command("resolve", on = Alert, guard = Alert::must_be_unresolved, errors(RESOLVED))]
pub struct Resolve {
    /// The alert.
    pub alert: Ref<Alert>,
    /// What came of it.
    pub resolution: Option<Body>,
}

impl Apply for Resolve {
    fn apply(&self, alert: &mut Alert, at: &Moment<'_>) -> Result<()> {
        alert.status = AlertStatus::Resolved;
        alert.resolved_at = Some(at.now);
        alert.resolution = self.resolution.clone();
        Ok(())
    }
}

/// Keeps the account from raising another alert of the sort until a moment. Error: `alert.muted_past`.
#[command("mute", on = Alert, errors(MUTED_PAST))]
pub struct Mute {
    /// The alert.
    pub alert: Ref<Alert>,
    /// Until when.
    pub until: Timestamp,
}

impl Apply for Mute {
    fn apply(&self, alert: &mut Alert, at: &Moment<'_>) -> Result<()> {
        if self.until <= at.now {
            return Err(MUTED_PAST.with("until", self.until).with("field", "until"));
        }
        alert.muted_until = Some(self.until);
        Ok(())
    }
}
