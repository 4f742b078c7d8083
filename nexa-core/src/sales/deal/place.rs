//! The order of deals on a board whose columns are the stages of a pipeline.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CLOSED, Deal, STAGE_NEEDS, STAGE_UNKNOWN, USE_WIN_OR_LOSE};
use crate::{
    Choice, Column, Command, Context, Filter, Op, Rank, Ref, Result,
    board::{self, Card, PLACE_ITSELF, PLACE_UNSAID},
    command,
    sales::pipeline,
};

impl Card for Deal {
    const RANK: Column<Self, Rank> = Self::RANK;
    fn rank(&self) -> Option<&Rank> {
        self.rank.as_ref()
    }
    fn set_rank(&mut self, rank: Rank) {
        self.rank = Some(rank);
    }
    fn column(&self) -> Filter {
        Self::PIPELINE.eq(self.pipeline).and(Filter::compare(Self::STAGE.name(), Op::Eq, &self.stage))
    }
    fn is_beside(&self, other: &Self) -> bool {
        (self.pipeline, &self.stage) == (other.pipeline, &other.stage)
    }
}

/// Puts a deal to its place on a board, in the column of its stage or of another open one, to which it then moves as by `deal.move`.
/// Neighbours are named by their ids; one that has gone elsewhere meanwhile is replaced by the end of the column, and the answer says so.
/// A refused move, such as to a stage that decides the deal, changes neither stage nor place. Errors: `place.unsaid`, `place.itself`,
/// `deal.closed`, `deal.stage_unknown`, `deal.use_win_or_lose`, `deal.stage_needs`.
#[command(
    "place",
    on = Deal,
    check = Self::check,
    errors(PLACE_UNSAID, PLACE_ITSELF, CLOSED, STAGE_UNKNOWN, USE_WIN_OR_LOSE, STAGE_NEEDS)
)]
pub struct Place {
    /// The deal.
    pub deal: Ref<Deal>,
    /// The stage it goes to; its own unless said.
    pub stage: Option<Choice>,
    /// The deal behind which it goes.
    pub after: Option<Ref<Deal>>,
    /// The deal before which it goes.
    pub before: Option<Ref<Deal>>,
    /// Whether it goes before all others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub first: bool,
    /// Whether it goes behind all others.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last: bool,
}

impl Place {
    fn place(&self) -> Result<board::Place<Deal>> {
        board::Place::said(self.after.as_ref(), self.before.as_ref(), self.first, self.last)
    }
    fn check(&self) -> Result<()> {
        self.place().map(drop)
    }
}

/// Where a deal has gone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Placed {
    /// The deal.
    pub deal: Deal,
    /// Whether the neighbour that was named has gone to another column or into the trash, so that the deal went to the end.
    pub neighbour_gone: bool,
}

impl Command for Place {
    type Output = Placed;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<Placed> {
        if let Some(stage) = self.stage.as_ref().filter(|stage| **stage != deal.stage) {
            deal.must_be_open()?;
            let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
            deal.come_to(Deal::open_stage(&pipeline, stage)?, cx).await?;
        }
        let neighbour_gone = board::place(cx, &mut deal, &self.place()?).await?;
        Ok(Placed { deal: cx.save(deal).await?, neighbour_gone })
    }
}
