//! Notifications that were read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Notification;
use crate::{Apply, CollectionCommand, Context, Filter, Moment, Op, Ref, Result, command};

/// How many are marked at once.
const AT_ONCE: usize = 1_000;

/// Marks a notification as read; one that is read already stays as it is.
#[command("mark_read", on = Notification)]
pub struct MarkRead {
    /// The notification.
    pub notification: Ref<Notification>,
}

impl Apply for MarkRead {
    fn apply(&self, notification: &mut Notification, at: &Moment<'_>) -> Result<()> {
        notification.read_at.get_or_insert(at.now);
        Ok(())
    }
}

/// How many notifications were marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Marked {
    /// So many; 1,000 when there may be more.
    pub count: usize,
}

/// Marks the notifications of the acting user as read, the first 1,000 of them. Others than users have none.
#[command("mark_all_read", collection = Notification, action = Update)]
pub struct MarkAllRead {}

impl CollectionCommand for MarkAllRead {
    type Output = Marked;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Marked> {
        let Some(user) = cx.actor().user() else { return Ok(Marked { count: 0 }) };
        let unread = Filter::compare(Notification::USER.name(), Op::Eq, user).and(Filter::compare(
            Notification::READ_AT.name(),
            Op::IsNull,
            true,
        ));
        let unread: Vec<Notification> = cx.visible(&unread, &[], AT_ONCE).await?;
        let count = unread.len();
        for notification in unread {
            cx.change(&notification.id.into(), |notification, now| {
                notification.read_at = Some(now);
                Ok(())
            })
            .await?;
        }
        Ok(Marked { count })
    }
}
