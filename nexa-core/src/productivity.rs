//! What the team does: notes and tasks.

pub mod note;
pub mod task;

pub use note::Note;
pub use task::{Task, TaskPriority, TaskStatus};

use crate::CrmBuilder;

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Note>()
        .command::<note::HandOver>()
        .entity::<Task>()
        .command::<task::Start>()
        .command::<task::Complete>()
        .command::<task::Cancel>()
        .command::<task::Reopen>()
}
