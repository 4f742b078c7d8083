//! How a deal will go: how probable it is that it is won, when it is decided, and what stands in its way.

mod risk;
mod table;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::risk::RiskFactor;
use self::table::{Decided, Table};
use super::{
    explained::{Evidence, Explained, Explanation, RULES},
    sight::days_between,
};
use crate::{
    Code, Context, Count, Date, Filter, Get, Id, Op, Percent, Query, Record, Ref, Result, closed_enum,
    kernel::value::days_after,
    sales::{Deal, DealStatus, today},
};

/// The deal is decided.
pub const OUTLOOK_CLOSED: Code = Code::rule(
    "deal.outlook_closed",
    "The deal is {status}; an outlook is of open deals, and deal.metrics says how it went.",
);

/// So many decided deals of a pipeline say more than its stages.
const ENOUGH: u64 = 200;
/// So many of them are read, the newest.
const MOST: usize = 2_000;

closed_enum! {
    /// Where a probability comes from.
    pub enum OutlookSource {
        /// Somebody set it by hand.
        Hand = "hand",
        /// What became of the tenant's deals that were open for as long.
        Age = "age",
        /// The stage that the deal is in.
        Stage = "stage",
    }
}

/// When a deal will be decided, whichever way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExpectedClose {
    /// A quarter of such deals is decided by this day.
    pub p25: Date,
    /// Half of them is.
    pub p50: Date,
    /// Three quarters of them are.
    pub p75: Date,
}

/// How a deal will go.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DealOutlook {
    /// The deal.
    pub deal: Id<Deal>,
    /// How probable it is that it is won; absent for who may not see what that comes from.
    pub win_probability: Option<Percent>,
    /// Where the probability comes from.
    pub source: OutlookSource,
    /// When it is decided, by the tenant's deals that were still open at its age; absent with fewer than 200 decided deals in its pipeline.
    pub expected_close: Option<ExpectedClose>,
    /// What stands in its way.
    pub risk_factors: Vec<RiskFactor>,
}

/// How an open deal will go, with what stands in its way: `deal.outlook`. The probability is what somebody set by hand, or what became
/// of the pipeline's decided deals that were open for as long, from 200 of them on, or else that of the stage. It stands beside
/// `probability` and never changes it. Error: `deal.outlook_closed`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outlook {
    /// The deal.
    pub deal: Ref<Deal>,
}

impl Query for Outlook {
    const VERB: &'static str = "outlook";
    const ERRORS: &'static [Code] = &[OUTLOOK_CLOSED];
    type Of = Deal;
    type Output = Explained<DealOutlook>;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Explained<DealOutlook>> {
        let deal = Get::of(self.deal.clone()).run(cx).await?.record;
        let hidden = cx.hidden(Deal::def())?;
        let shown = |fields: &[&str]| !fields.iter().any(|field| hidden.contains(field));
        let (status, weighed) = (shown(&["status"]), shown(&["probability", "probability_by_hand"]));
        let (staged, aged) = (shown(&["stage"]), shown(&["pipeline", "status", "closed_at"]));
        if status && deal.status != DealStatus::Open {
            return Err(OUTLOOK_CLOSED.with("status", deal.status));
        }
        let table = if aged { Table::of(&decided(cx, &deal).await?) } else { Table::default() };
        let age = days_between(deal.created_at, cx.now()).max(0.0);
        let (probability, source, reason) = if !weighed {
            (None, OutlookSource::Stage, None)
        } else if deal.probability_by_hand {
            let text = format!("Somebody set the probability to {}", deal.probability);
            (Some(deal.probability), OutlookSource::Hand, Some(Explanation::new("deal.outlook.hand", text)))
        } else if let Some((share, count)) = table.won_after(age, f64::from(deal.probability.get()) / 100.0) {
            let text = format!(
                "Of {count} decided deals of the pipeline that were still open after {} days, so many were won",
                whole(age)
            );
            (Some(percent(share)), OutlookSource::Age, Some(Explanation::new("deal.outlook.age", text)))
        } else {
            let text = match staged {
                true => format!("The stage {} says {}", deal.stage, deal.probability),
                false => format!("Its stage says {}", deal.probability),
            };
            (Some(deal.probability), OutlookSource::Stage, Some(Explanation::new("deal.outlook.stage", text)))
        };
        let expected_close = match table.days_left(age) {
            Some(days) => {
                let today = today(cx).await?;
                let [p25, p50, p75] = days.map(|days| days_after(today, whole(days.ceil())));
                Some(ExpectedClose { p25, p50, p75 })
            }
            None => None,
        };
        let (risk_factors, known) = risk::factors(cx, &deal).await?;
        let reasons: Vec<Explanation> = reason
            .into_iter()
            .map(|reason| reason.evidence([Evidence::of(&deal)]))
            .chain(risk_factors.iter().map(RiskFactor::explanation))
            .collect();
        let outlook = DealOutlook { deal: deal.id, win_probability: probability, source, expected_close, risk_factors };
        Explained::now(cx, outlook, reasons, RULES, known).await
    }
}

/// The decided deals of the pipeline, the newest, as far as the actor sees them.
async fn decided(cx: &mut Context<'_>, deal: &Deal) -> Result<Vec<Decided>> {
    let filter = Deal::PIPELINE
        .eq(deal.pipeline)
        .and(Deal::STATUS.any_of([DealStatus::Won, DealStatus::Lost]))
        .and(Filter::compare(Deal::CLOSED_AT.name(), Op::IsNull, false));
    // Counting is cheap; who sees fewer than enough deals is answered by the stage.
    if Count::<Deal>::of(filter.clone()).run(cx).await? < ENOUGH {
        return Ok(Vec::new());
    }
    let deals: Vec<Deal> = cx.visible(&filter, &["-closed_at"], MOST).await?;
    Ok(deals
        .iter()
        // One that was decided before it came here has no known beginning.
        .filter_map(|deal| Some((deal, deal.closed_at.filter(|closed| *closed >= deal.created_at)?)))
        .map(|(deal, closed)| Decided {
            won: deal.status == DealStatus::Won,
            days: days_between(deal.created_at, closed),
        })
        .collect())
}

#[allow(clippy::cast_possible_truncation)]
fn whole(days: f64) -> i64 {
    days as i64
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn percent(share: f64) -> Percent {
    Percent::new((share * 100.0).round().clamp(0.0, 100.0) as u8).unwrap_or_default()
}
