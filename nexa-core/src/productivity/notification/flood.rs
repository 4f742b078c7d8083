//! How many notifications a user gets: after 60 in an hour the others are one that counts them.

use serde::{Deserialize, Serialize};

use crate::{Context, Id, Record, Result, Timestamp, people::User};

/// How many a user gets in an hour, each by itself.
const MOST: i64 = 60;
/// An hour, in microseconds.
const HOUR: i64 = 3_600_000_000;

/// How many notifications a user got since the first of an hour.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "notification_window",
    table = "notification_windows", access = system,
    bookkeeping,
    unique("user", code = "notification_window.taken")
)]
pub(crate) struct NotificationWindow {
    /// The identifier.
    pub id: Id<NotificationWindow>,
    /// Counts the changes.
    pub version: i64,
    /// When it was first counted.
    pub created_at: Timestamp,
    /// When it was last counted.
    pub updated_at: Timestamp,
    /// The user.
    pub user: Id<User>,
    /// When the hour began.
    pub began_at: Timestamp,
    /// How many there were.
    pub count: i64,
}

/// Counts a notification of a user; whether it is one of too many in this hour.
pub(super) async fn is_over(cx: &mut Context<'_>, user: Id<User>) -> Result<bool> {
    let known: Vec<NotificationWindow> = cx.unrestricted().matching(NotificationWindow::USER, &user).await?;
    let began_at = cx.now();
    let window = match known.into_iter().next() {
        None => {
            let first = NotificationWindow { user, began_at, count: 1, ..NotificationWindow::default() };
            cx.unrestricted().insert(first).await?;
            return Ok(false);
        }
        Some(known) if began_at.since(known.began_at) < HOUR => known,
        Some(known) => NotificationWindow { began_at, count: 0, ..known },
    };
    let over = window.count >= MOST;
    if !over {
        cx.save(NotificationWindow { count: window.count + 1, ..window }).await?;
    }
    Ok(over)
}
