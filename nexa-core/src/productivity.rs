//! What the team does: calls, notes and tasks, and what its users are notified of.

pub mod call;
pub mod note;
pub mod notification;
pub mod task;

pub use call::{Call, CallDirection, CallOutcome};
pub use note::Note;
pub use notification::{Notification, NotificationDelivery, NotificationPreference, NotificationReason};
pub use task::{Task, TaskPriority, TaskStatus};

use crate::CrmBuilder;

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Call>()
        .entity::<Note>()
        .command::<note::HandOver>()
        .entity::<Task>()
        .command::<task::Start>()
        .command::<task::Complete>()
        .command::<task::Cancel>()
        .command::<task::Reopen>()
        .timed::<task::Reminder>()
        .record::<Notification>()
        .command::<notification::MarkRead>()
        .command::<notification::MarkAllRead>()
        .query::<notification::Inbox>()
        .query::<notification::Unreachable>()
        .command::<notification::Claim>()
        .command::<notification::Report>()
        .record::<NotificationPreference>()
        .command::<notification::Set>()
        .record::<NotificationDelivery>()
        .kind::<notification::NotificationWindow>()
        .timed::<notification::Deliver>()
        .consumer::<notification::FromEvents>()
}
