//! How probable it is that a lead is converted, by the tenant's own card.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{
    explained::{Evidence, Explained, Explanation, RULES},
    sight::rounded,
};
use crate::{
    Context, Get, Id, Query, Record, Ref, Result,
    sales::{
        Lead,
        lead::{Band, Scorecard},
    },
};

/// How probable it is that a lead is converted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LeadPrediction {
    /// The lead.
    pub lead: Id<Lead>,
    /// Its score, 0 to 100; absent for who may not see it.
    pub score: Option<u8>,
    /// How hot it is by its score.
    pub band: Option<Band>,
    /// How probable it is, from 0 to 1, to three places; absent while the card that counts was not learned.
    pub probability: Option<f64>,
    /// Within how many days of now.
    pub horizon_days: Option<u32>,
}

/// How probable it is that a lead is converted, with what makes its score: `lead.predict`. The reasons are all rules of the scorecard that
/// hold, what counts most first; their points add up to the score before it is kept within 0 and 100.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Predict {
    /// The lead.
    pub lead: Ref<Lead>,
}

impl Query for Predict {
    const VERB: &'static str = "predict";
    type Of = Lead;
    type Output = Explained<LeadPrediction>;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Explained<LeadPrediction>> {
        let lead = Get::of(self.lead.clone()).run(cx).await?.record;
        let hidden = cx.hidden(Lead::def())?;
        let shown = !hidden.contains(&"score") && !hidden.contains(&"score_reasons");
        let active = Scorecard::ACTIVE.eq(true);
        let card: Vec<Scorecard> = cx.unrestricted().find(&active, &["-created_at"], 1).await?;
        let card = card.into_iter().next();
        let calibration = card.as_ref().and_then(|card| card.calibration.as_ref()).filter(|_| shown);
        let points = f64::from(lead.score_reasons.total());
        let prediction = LeadPrediction {
            lead: lead.id,
            score: shown.then_some(lead.score),
            band: shown.then(|| lead.band()),
            probability: calibration.map(|calibration| rounded(calibration.probability(points), 1_000.0)),
            horizon_days: calibration.map(|calibration| calibration.horizon_days),
        };
        let mut reasons: Vec<_> = lead.score_reasons.iter().filter(|_| shown).collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points.unsigned_abs()));
        let reasons = reasons
            .into_iter()
            .map(|reason| {
                let because = Explanation::new("lead.score", reason.reason.clone()).points(f64::from(reason.points));
                because.evidence([Evidence::of(&lead)])
            })
            .collect();
        let made_by = card.map_or_else(|| RULES.to_owned(), |card| format!("scorecard:{}@{}", card.id, card.version));
        Explained::now(cx, prediction, reasons, made_by, [u32::from(shown), 1]).await
    }
}
