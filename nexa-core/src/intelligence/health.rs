//! How healthy an account is: 100 points, of which a card of factors takes some (Workflow scenarios 2, "Continuous Monitoring").

mod card;
mod factor;
mod reading;
mod signal;
mod watch;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::{
    card::Card,
    reading::{Measured, measured},
};
pub use self::{
    card::{HealthCard, INVALID},
    factor::{HealthFactor, HealthMeasure, HealthRange, HealthStep},
    signal::{AccountSignal, RecordSignal, SIGNAL_TO_COME, SIGNAL_UNKNOWN, SIGNAL_VALUE, SignalValue},
};
pub(super) use self::{
    reading::last_inbound,
    watch::{Aging, Watch},
};
use super::{
    alert::{Alert, open_episode},
    explained::{Explained, Explanation},
    sight::{Sight, days_later, rounded},
};
use crate::{Choice, Context, Get, Id, Query, Ref, Result, Timestamp, closed_enum, sales::Account};

/// What is recommended where an account is at risk.
pub(super) const REVIEW: &str = "Schedule executive business review";

closed_enum! {
    /// How likely it is that an account leaves.
    pub enum RiskLevel {
        /// From 85 points on.
        Low = "low",
        /// From the alert's threshold to 84 points.
        Medium = "medium",
        /// Below the threshold of the alert, 70 unless the card says otherwise.
        High = "high",
    }
}

impl RiskLevel {
    /// The risk at so many points, where an alert is raised below a threshold.
    pub const fn of(score: u8, alert_below: u8) -> Self {
        match score {
            score if score < alert_below => Self::High,
            0..=84 => Self::Medium,
            _ => Self::Low,
        }
    }
}

/// How probable it is that an account of so many points renews, as long as the tenant has too few renewals of its own: 95 points are
/// 0.98, 70 are 0.80.
pub fn renewal_probability(score: u8) -> f64 {
    const AT_SEVENTY: f64 = 4.0;
    const PER_POINT: f64 = 0.1002;
    let odds = AT_SEVENTY * libm::exp(PER_POINT * (f64::from(score) - 70.0));
    odds / (1.0 + odds)
}

/// One factor of the health of an account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FactorHealth {
    /// The factor, as the card calls it.
    pub code: String,
    /// What is known of it: a number or a word; absent where nothing is.
    pub value: Option<String>,
    /// From which value on it takes nothing.
    pub target: Option<String>,
    /// How many points it takes at most.
    pub weight: u8,
    /// How many points it takes; a factor of which nothing is known takes none.
    pub lost: f64,
    /// When that was seen.
    pub at: Option<Timestamp>,
}

/// How healthy an account is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AccountHealth {
    /// The account.
    pub account: Id<Account>,
    /// 0 to 100; 100 less what the factors take, to the next whole point.
    pub health_score: u8,
    /// How likely it is that the account leaves.
    pub risk_level: RiskLevel,
    /// How probable it is that it renews, from 0 to 1, to two places.
    pub renewal_probability: f64,
    /// What makes the score, in the order of the card.
    pub factors: Vec<FactorHealth>,
    /// How many points more it has than 30 days ago; absent where nothing was known then.
    pub trend_30d: Option<i32>,
    /// The alert that was raised when it fell and did not recover, as far as the actor sees it.
    pub alert: Option<Id<Alert>>,
    /// What to do, where the risk is high.
    pub recommendation: Option<Choice>,
}

/// What the factors of a card come to.
pub(super) struct Tallied {
    pub(super) score: u8,
    pub(super) known: [u32; 2],
    pub(super) factors: Vec<FactorHealth>,
}

/// Adds up what the factors take.
fn tally(card: &Card, measured: &[Measured]) -> Tallied {
    let (mut lost, mut known) = (0.0, 0);
    let mut factors = Vec::with_capacity(card.factors.len());
    for (factor, found) in card.factors.iter().zip(measured) {
        let takes = found.reading.as_ref().and_then(|reading| factor.lost(reading));
        lost += takes.unwrap_or_default();
        known += u32::from(takes.is_some());
        factors.push(FactorHealth {
            code: factor.code.to_string(),
            value: takes.and(found.reading.as_ref()).map(ToString::to_string),
            target: factor.target(),
            weight: factor.weight,
            lost: rounded(takes.unwrap_or_default(), 1_000.0),
            at: takes.and(found.at),
        });
    }
    let all = u32::try_from(card.factors.len()).unwrap_or(u32::MAX);
    Tallied { score: points_left(lost), known: [known, all], factors }
}

/// The whole points that are left of 100.
fn points_left(lost: f64) -> u8 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let score = (100.0 - lost).round().clamp(0.0, 100.0) as u8;
    score
}

/// The factors that take points, the most first.
pub(super) fn reasons(tallied: &Tallied) -> Vec<Explanation> {
    let mut taking: Vec<&FactorHealth> = tallied.factors.iter().filter(|factor| factor.lost > 0.0).collect();
    taking.sort_by(|one, other| other.lost.total_cmp(&one.lost));
    let words = |factor: &FactorHealth| {
        let name = factor.code.replace('_', " ");
        let value = factor.value.as_deref().unwrap_or_default();
        match &factor.target {
            Some(target) => format!("{name} is {value}, where {target} would take nothing"),
            None => format!("{name} is {value}"),
        }
    };
    let mut reasons: Vec<Explanation> =
        taking.into_iter().map(|factor| Explanation::new(&factor.code, words(factor)).points(-factor.lost)).collect();
    if tallied.known[0] == 0 {
        let text = "Nothing is known of the account; record signals with account.record_signal";
        reasons.push(Explanation::new("health.nothing_known", text));
    }
    reasons
}

/// How healthy an account is, with what takes points from it: `account.health`.
///
/// A factor of which nothing is known takes nothing and lowers `known`: 95 of six known factors and 100 of none are not the same. Only
/// what the actor sees counts.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// The account.
    pub account: Ref<Account>,
}

impl Query for Health {
    const VERB: &'static str = "health";
    type Of = Account;
    type Output = Explained<AccountHealth>;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Explained<AccountHealth>> {
        let account = Get::of(self.account.clone()).run(cx).await?.record.id;
        let card = Card::of_tenant(cx).await?;
        let now = cx.now();
        let tallied = tally(&card, &measured(cx, Sight::Actor, account, &card, now).await?);
        let then = tally(&card, &measured(cx, Sight::Actor, account, &card, days_later(now, -30.0)).await?);
        // Tickets are always known; they alone do not say how somebody was.
        let trend = (then.known[0] > 1).then(|| i32::from(tallied.score) - i32::from(then.score));
        let risk_level = RiskLevel::of(tallied.score, card.alert_below);
        let at_risk = risk_level == RiskLevel::High;
        let health = AccountHealth {
            account,
            health_score: tallied.score,
            risk_level,
            renewal_probability: rounded(renewal_probability(tallied.score), 100.0),
            trend_30d: trend,
            alert: open_episode(cx, Sight::Actor, account).await?.map(|alert| alert.id),
            recommendation: at_risk.then(|| Choice::parse(REVIEW).unwrap_or_default()),
            factors: tallied.factors.clone(),
        };
        let reasons = reasons(&tallied);
        Explained::now(cx, health, reasons, card.made_by, tallied.known).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewals_follow_the_points() {
        let shown = [95, 70, 65, 0, 100].map(|score| rounded(renewal_probability(score), 100.0));
        assert_eq!(shown, [0.98, 0.80, 0.71, 0.0, 0.99]);
    }

    #[test]
    fn risk_begins_below_the_threshold() {
        assert_eq!(
            [100, 85, 84, 70, 69].map(|score| RiskLevel::of(score, 70)),
            [RiskLevel::Low, RiskLevel::Low, RiskLevel::Medium, RiskLevel::Medium, RiskLevel::High]
        );
        assert_eq!(RiskLevel::of(88, 90), RiskLevel::High);
    }
}
