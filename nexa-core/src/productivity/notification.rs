//! A notification: something that a user is to know, in their inbox. What it says is rendered from the record that it is about, so that
//! nobody reads in it what they may not see there.

mod channel;
mod delivery;
mod flood;
mod from_events;
mod inbox;
mod letter;
mod mark;
mod mention;
mod moments;
mod preference;
mod shown;
mod unreachable;

use serde::{Deserialize, Serialize};

pub use self::{
    channel::{Claim, ClaimedNotifications, NOT_CLAIMED, NotificationMessage, NotificationOutcome, Report},
    delivery::{DeliveryState, NotificationDelivery},
    inbox::{Inbox, InboxPage},
    mark::{MarkAllRead, MarkRead, Marked},
    moments::Quiet,
    preference::{
        DigestPeriod, NO_SENDER, NotificationChoices, NotificationDigest, NotificationPreference, NotificationTiming,
        Set, Weekday,
    },
    shown::{ShownNotification, ShownRecord},
    unreachable::{Unreachable, UnreachableUsers},
};
pub(crate) use self::{
    delivery::Deliver, flood::NotificationWindow, from_events::FromEvents, letter::content as letter_content,
};
use crate::{
    About, Context, Filter, Id, Op, Record, Result, Subject, Timestamp, closed_enum, people::User, productivity::Note,
};

closed_enum! {
    /// Why a user is notified.
    pub enum NotificationReason {
        /// Somebody else gave them something.
        Assigned = "assigned",
        /// They are to be reminded of something.
        Reminder = "reminder",
        /// Somebody else mentions them, or a group of theirs, in a text that they may read.
        Mention = "mention",
        /// A sender of mail halted by itself.
        SenderHalted = "sender_halted",
        /// Something that was promised about a ticket is nearly due.
        TargetNear = "target_near",
        /// Something that was promised about a ticket was not done in time.
        TargetBreached = "target_breached",
        /// A workflow says so.
        Workflow = "workflow",
        /// A workflow halted by itself.
        WorkflowHalted = "workflow_halted",
    }
}

/// Something that a user is to know. The worker makes it of what happened; each user sees their own.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "notification",
    table = "notifications", access = restricted,
    index("user", "digest"),
    index("user", "created_at"),
    index("about.id")
)]
pub struct Notification {
    /// The identifier.
    pub id: Id<Notification>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The user who is to know it.
    #[record(assignee)]
    pub user: Id<User>,
    /// Why they are notified.
    pub reason: NotificationReason,
    /// What it is about: the first of a few things; absent when it sums up many.
    #[record(follows)]
    pub about: Option<About>,
    /// The note in which they are mentioned.
    #[record(on_trash = keep)]
    pub note: Option<Id<Note>>,
    /// What a workflow says before it names what it is about.
    pub message: Option<Subject>,
    /// How many things it is about.
    pub count: i64,
    /// Who did it, as the ledger writes it, such as `user:…`; absent when nobody did.
    pub by: Option<String>,
    /// Under which name several are summed up, such as the cause of an import.
    pub digest: Option<String>,
    /// The moment of which it reminds.
    pub due_at: Option<Timestamp>,
    /// Whether it came more than an hour after that moment.
    pub late: bool,
    /// Whether it stands in the inbox; otherwise it is there for the channels by which it leaves.
    #[record(backfill = true)]
    pub inbox: bool,
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// Under which name notifications are summed up that are too many for an hour.
const MORE: &str = "more";

/// Notifies a user, by what they want. After 60 in an hour the others are one, which counts them.
pub(crate) async fn notify(cx: &mut Context<'_>, notification: Notification) -> Result<()> {
    if flood::is_over(cx, notification.user).await? {
        let more = Notification { digest: Some(MORE.to_owned()), about: None, note: None, by: None, ..notification };
        return sum_up(cx, more).await;
    }
    let preference = NotificationPreference::of(cx, notification.user).await?;
    add(cx, &preference, notification).await
}

/// Notifies a user of things under a name: in the notification of that name that is not read yet, when there is one.
pub(super) async fn sum_up(cx: &mut Context<'_>, notification: Notification) -> Result<()> {
    let preference = NotificationPreference::of(cx, notification.user).await?;
    let unread = Filter::compare(Notification::USER.name(), Op::Eq, notification.user.uuid())
        .and(Filter::compare(Notification::DIGEST.name(), Op::Eq, notification.digest.clone().unwrap_or_default()))
        .and(Filter::compare(Notification::READ_AT.name(), Op::IsNull, true));
    let found: Vec<Notification> = cx.unrestricted().find(&unread, &[], 1).await?;
    match found.into_iter().next() {
        Some(known) => {
            let inbox = known.inbox || delivery::stands_in_inbox(&preference, notification.reason);
            let known =
                Notification { about: None, note: None, inbox, count: known.count + notification.count, ..known };
            let known = cx.save(known).await?;
            delivery::plan(cx, &preference, &known, notification.reason).await
        }
        None => {
            let about = notification.about.clone().filter(|_| notification.count == 1);
            add(cx, &preference, Notification { about, ..notification }).await
        }
    }
}

/// Adds a notification that its user wants, in the inbox or by another channel.
async fn add(cx: &mut Context<'_>, preference: &NotificationPreference, notification: Notification) -> Result<()> {
    let reason = notification.reason;
    let inbox = delivery::stands_in_inbox(preference, reason);
    if !inbox && preference.leaving(reason).is_empty() {
        return Ok(());
    }
    let added = cx.unrestricted().insert(Notification { inbox, ..notification }).await?;
    delivery::plan(cx, preference, &added, reason).await
}
