//! The order of tasks on a board whose columns are the statuses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BLOCKED, SUBTASKS_OPEN, Task, TaskStatus};
use crate::{
    Column, Command, Context, Filter, Op, Rank, Ref, Result,
    board::{self, Card, PLACE_ITSELF, PLACE_UNSAID},
    command,
};

impl Card for Task {
    const RANK: Column<Self, Rank> = Self::RANK;
    fn rank(&self) -> Option<&Rank> {
        self.rank.as_ref()
    }
    fn set_rank(&mut self, rank: Rank) {
        self.rank = Some(rank);
    }
    fn column(&self) -> Filter {
        Filter::compare(Self::STATUS.name(), Op::Eq, self.status)
    }
    fn is_beside(&self, other: &Self) -> bool {
        self.status == other.status
    }
}

/// Puts a task to its place on a board, in the column of its status or of another one, which it then has: the rules of `task.complete` and
/// the others hold. Neighbours are named by their ids; one that has gone elsewhere meanwhile is replaced by the end of the column, and the
/// answer says so. A refused move changes neither status nor place. Errors: `place.unsaid`, `place.itself`, `task.subtasks_open`,
/// `task.blocked`.
#[command("place", on = Task, check = Self::check, errors(PLACE_UNSAID, PLACE_ITSELF, SUBTASKS_OPEN, BLOCKED))]
pub struct Place {
    /// The task.
    pub task: Ref<Task>,
    /// The status that it gets; its own unless said.
    pub status: Option<TaskStatus>,
    /// The task behind which it goes.
    pub after: Option<Ref<Task>>,
    /// The task before which it goes.
    pub before: Option<Ref<Task>>,
    /// Whether it goes before all others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first: bool,
    /// Whether it goes behind all others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last: bool,
}

impl Place {
    fn place(&self) -> Result<board::Place<Task>> {
        board::Place::said(self.after.as_ref(), self.before.as_ref(), self.first, self.last)
    }
    fn check(&self) -> Result<()> {
        self.place().map(drop)
    }
}

/// Where a task has gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Placed {
    /// The task.
    pub task: Task,
    /// Whether the neighbour that was named has gone to another column or into the trash, so that the task went to the end.
    pub neighbour_gone: bool,
}

impl Command for Place {
    type Output = Placed;
    async fn run(&self, mut task: Task, cx: &mut Context<'_>) -> Result<Placed> {
        if let Some(status) = self.status.filter(|status| *status != task.status) {
            match status {
                TaskStatus::Done => task.complete(None, false, cx).await?,
                TaskStatus::Todo => task.take_up(),
                TaskStatus::InProgress | TaskStatus::Cancelled => {
                    task.take_up();
                    task.status = status;
                }
            }
        }
        let neighbour_gone = board::place(cx, &mut task, &self.place()?).await?;
        Ok(Placed { task: cx.save(task).await?, neighbour_gone })
    }
}
