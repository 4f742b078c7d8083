//! What the team does: tasks.

pub mod task;

pub use task::{Task, TaskPriority, TaskStatus};

use crate::CrmBuilder;

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Task>()
        .command::<task::Start>()
        .command::<task::Complete>()
        .command::<task::Cancel>()
        .command::<task::Reopen>()
}
