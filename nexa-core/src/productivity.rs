//! What the team does: tasks.

pub mod task;

pub use task::Task;
