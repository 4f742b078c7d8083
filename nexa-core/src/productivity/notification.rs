//! A notification: something that a user is to know, in their inbox. What it says is rendered from the record that it is about, so that
//! nobody reads in it what they may not see there.

mod from_events;
mod mark;
mod mention;

use serde::{Deserialize, Serialize};

pub(crate) use self::from_events::FromEvents;
pub use self::mark::{MarkAllRead, MarkRead, Marked};
use crate::{About, Context, Filter, Id, Op, Record, Result, Timestamp, closed_enum, people::User, productivity::Note};

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
    /// When it was read.
    pub read_at: Option<Timestamp>,
}

/// Notifies a user.
pub(crate) async fn notify(cx: &mut Context<'_>, notification: Notification) -> Result<()> {
    cx.unrestricted().insert(notification).await.map(|_| ())
}

/// Notifies a user of things under a name: in the notification of that name that is not read yet, when there is one.
pub(super) async fn sum_up(cx: &mut Context<'_>, notification: Notification) -> Result<()> {
    let unread = Filter::compare(Notification::USER.name(), Op::Eq, notification.user.uuid())
        .and(Filter::compare(Notification::DIGEST.name(), Op::Eq, notification.digest.clone().unwrap_or_default()))
        .and(Filter::compare(Notification::READ_AT.name(), Op::IsNull, true));
    let found: Vec<Notification> = cx.unrestricted().find(&unread, &[], 1).await?;
    match found.into_iter().next() {
        Some(known) => {
            let known = Notification { about: None, count: known.count + notification.count, ..known };
            cx.save(known).await.map(|_| ())
        }
        None => {
            let about = notification.about.clone().filter(|_| notification.count == 1);
            notify(cx, Notification { about, ..notification }).await
        }
    }
}
