//! A quote with its tiers and their lines.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Quote, QuoteLine, QuoteTier};
use crate::{Context, Get, Query, Ref, Result};

/// A quote with its tiers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct QuoteDetails {
    /// The quote.
    pub quote: Quote,
    /// Its tiers in order.
    pub tiers: Vec<TierDetails>,
}

/// A tier with its lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TierDetails {
    /// The tier.
    pub tier: QuoteTier,
    /// Its lines in order.
    pub lines: Vec<QuoteLine>,
}

impl QuoteDetails {
    /// What the actor may see of a quote that they see.
    pub(super) async fn of(quote: Quote, cx: &mut Context<'_>) -> Result<Self> {
        let mut tiers: Vec<QuoteTier> = cx.visible_every(&QuoteTier::QUOTE.eq(quote.id)).await?;
        tiers.sort_by_key(|tier| (tier.rank, tier.id));
        let mut details = Vec::with_capacity(tiers.len());
        for tier in tiers {
            let mut lines: Vec<QuoteLine> = cx.visible_every(&QuoteLine::QUOTE_TIER.eq(tier.id)).await?;
            lines.sort_by_key(|line| (line.rank, line.id));
            details.push(TierDetails { tier, lines });
        }
        Ok(Self { quote, tiers: details })
    }
}

/// A quote with its tiers and their lines: `quote.details`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// The quote.
    pub quote: Ref<Quote>,
}

impl Query for Details {
    const VERB: &'static str = "details";
    type Of = Quote;
    type Output = QuoteDetails;
    async fn run(&self, cx: &mut Context<'_>) -> Result<QuoteDetails> {
        let quote = Get::of(self.quote.clone()).run(cx).await?.record;
        QuoteDetails::of(quote, cx).await
    }
}
