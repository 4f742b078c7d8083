//! What the team does: calls, meetings, notes, tasks and projects, and what its users are notified of.

pub mod call;
mod contacted;
pub mod meeting;
pub mod note;
pub mod notification;
pub mod playbook;
pub mod project;
pub mod task;

pub use call::{Call, CallDirection, CallOutcome};
pub use meeting::{Attendee, AttendeeResponse, AttendeeRole, Meeting, MeetingAvailability, MeetingStatus};
pub use note::Note;
pub use notification::{Notification, NotificationDelivery, NotificationPreference, NotificationReason};
pub use playbook::{Playbook, PlaybookVersion};
pub use project::{Project, ProjectStatus};
pub use task::{Task, TaskDependency, TaskPriority, TaskStatus};

use crate::CrmBuilder;

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Call>()
        .entity::<Note>()
        .command::<note::HandOver>()
        .entity::<Meeting>()
        .record::<Attendee>()
        .command::<meeting::Schedule>()
        .command::<meeting::Reschedule>()
        .command::<meeting::Invite>()
        .command::<meeting::Uninvite>()
        .command::<meeting::Respond>()
        .command::<meeting::Hold>()
        .command::<meeting::NoShow>()
        .command::<meeting::Cancel>()
        .query::<meeting::Conflicts>()
        .entity::<Playbook>()
        .record::<PlaybookVersion>()
        .command::<playbook::Publish>()
        .command::<playbook::Take>()
        .command::<playbook::Start>()
        .entity::<Project>()
        .command::<project::Start>()
        .command::<project::Hold>()
        .command::<project::Complete>()
        .command::<project::Cancel>()
        .command::<project::Reopen>()
        .command::<project::Reschedule>()
        .query::<project::Overview>()
        .entity::<Task>()
        .command::<task::Start>()
        .command::<task::Complete>()
        .command::<task::Cancel>()
        .command::<task::Reopen>()
        .command::<task::Place>()
        .query::<task::Overview>()
        .entity::<TaskDependency>()
        .command::<task::AddDependency>()
        .command::<task::RemoveDependency>()
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
