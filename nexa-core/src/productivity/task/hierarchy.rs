//! Tasks that are parts of others.

use std::collections::HashSet;

use super::Task;
use crate::{Code, Context, Id, Record, Result, kernel::value::Value};

/// A task would be a part of itself.
pub const CYCLE: Code = Code::rule(
    "task.cycle",
    "The task {parent} is this one or a part of it, and cannot have it as a part; choose another parent.",
);
/// Parts would go too deep.
pub const TOO_DEEP: Code = Code::rule(
    "task.too_deep",
    "Parts of tasks go at most {most} levels deep, and this would make {levels}; choose a parent further up.",
);

/// How many levels of tasks there are, the uppermost included.
const MOST: usize = 5;

impl Task {
    /// Refuses a parent that is the task itself or below it, and one too far down. Tasks in the trash count: they may come back. Errors:
    /// `task.cycle`, `task.too_deep`.
    pub(super) async fn check_parent(&self, cx: &mut Context<'_>) -> Result<()> {
        let Some(parent) = self.parent else { return Ok(()) };
        let (mut above, mut seen) = (Some(parent), HashSet::new());
        while let Some(id) = above {
            if id == self.id {
                return Err(CYCLE.with("parent", parent).with("field", "parent"));
            }
            if !seen.insert(id) {
                break;
            }
            above = match cx.unrestricted().row(Self::def(), id.uuid()).await? {
                Some(row) => Self::from_row(row)?.parent,
                None => None,
            };
        }
        let levels = seen.len() + self.levels(cx).await?;
        if levels > MOST {
            return Err(TOO_DEEP.with("most", MOST).with("levels", levels).with("field", "parent"));
        }
        Ok(())
    }
    /// How many levels it and its parts make, counted as far as it matters.
    async fn levels(&self, cx: &mut Context<'_>) -> Result<usize> {
        let (mut levels, mut level) = (1, vec![self.id]);
        while levels <= MOST {
            let mut below = Vec::new();
            for id in level {
                below.extend(parts_of(cx, id).await?.into_iter().map(|task| task.id));
            }
            if below.is_empty() {
                break;
            }
            (levels, level) = (levels + 1, below);
        }
        Ok(levels)
    }
    /// Its parts and theirs that are still to be done and not in the trash, those above first.
    pub(super) async fn open_parts(&self, cx: &mut Context<'_>) -> Result<Vec<Self>> {
        let (mut open, mut waiting) = (Vec::new(), vec![self.id]);
        while let Some(id) = waiting.pop() {
            for task in parts_of(cx, id).await? {
                waiting.push(task.id);
                if task.deleted_at.is_none() && !task.is_finished() {
                    open.push(task);
                }
            }
        }
        Ok(open)
    }
}

/// The tasks that are parts of one, in the trash as well.
async fn parts_of(cx: &mut Context<'_>, task: Id<Task>) -> Result<Vec<Task>> {
    let Some(column) = Task::def().column(Task::PARENT.name()) else { return Ok(Vec::new()) };
    let rows = cx.unrestricted().rows_by(Task::def(), column, Value::Uuid(task.uuid())).await?;
    rows.into_iter().map(Task::from_row).collect()
}
