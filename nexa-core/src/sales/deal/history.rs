//! Deals that were decided before they came here: an import brings them in as they are, with the date of the decision.

use chrono::NaiveTime;

use super::{AMOUNT_MISSING, Deal};
use crate::{
    Context, Date, Perform, Result, Timestamp,
    import::{ImportCsv, ImportRows},
    sales::{
        lookups,
        pipeline::{Pipeline, Stage, StageKind},
    },
};

impl Deal {
    /// The stage of the deal, when an import says that it decides the deal. Callers use `deal.win` and `deal.lose`.
    pub(super) fn decided_before(&self, pipeline: &Pipeline, cx: &Context<'_>) -> Option<Stage> {
        let imported =
            [<ImportCsv<Self> as Perform>::name(), <ImportRows<Self> as Perform>::name()].contains(&cx.operation());
        let stage = pipeline.stage(&self.stage).filter(|_| imported && !self.stage.is_empty())?;
        (stage.kind != StageKind::Open).then(|| stage.clone())
    }

    /// Enters a stage that decides it, on its close date, or today without one. A won deal needs an amount as everywhere; a
    /// lost one needs no reason, for nobody may know it any more. Account and contact become customers of that day.
    /// Error: `deal.amount_missing`.
    pub(super) async fn come_in_decided(
        &mut self,
        stage: &Stage,
        pipeline: &Pipeline,
        cx: &mut Context<'_>,
    ) -> Result<()> {
        let won = stage.kind == StageKind::Won;
        if won && self.amount.is_none() {
            return Err(AMOUNT_MISSING.with("field", Self::AMOUNT.name()));
        }
        let today = lookups::today(cx).await?;
        let on = self.close_date.unwrap_or(today);
        self.stage_before_close = Some(pipeline.first(StageKind::Open)?.name.clone());
        self.probability_by_hand = false;
        self.enter(stage, cx.now());
        self.close_date = Some(on);
        self.closed_at = Some(if on == today { cx.now() } else { noon(on) });
        if won { self.wins_customers(on, cx).await } else { Ok(()) }
    }
}

/// A moment that is on this day in most of the world.
fn noon(day: Date) -> Timestamp {
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    Timestamp::from_micros(day.and_time(noon).and_utc().timestamp_micros())
}
