//! Accepting a tier of a quote, once for a deal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ALREADY_ACCEPTED, DECIDED, EXPIRED, NOT_SENT, Quote, QuoteStatus,
    send::{deal_of, supersede},
    tier::Offered,
};
use crate::{
    Code, Command, Context, Key, Name, Record, Ref, Result, command,
    kernel::access::Action,
    sales::{
        Deal,
        deal::{self, DealStatus, lines},
        lookups,
        pipeline::{self, OnAccept},
    },
};

/// The quote has no such tier.
pub const TIER_UNKNOWN: Code =
    Code::invalid("quote.tier_unknown", "The quote {number} has no tier {tier}; it has {tiers}.");

/// Accepts a tier of a quote: the deal takes over its lines, amount, currency, price book and term, other quotes of the deal that were
/// sent are superseded, and the deal is won where its pipeline says so. A deal is sold once; the same tier again answers the same.
///
/// An expired quote is accepted only when a user says `late`. Errors: `quote.not_sent`, `quote.decided`, `quote.expired`,
/// `quote.already_accepted`, `quote.tier_unknown`, `deal.closed` for a deal that was lost.
#[command(
    "accept",
    on = Quote,
    errors(NOT_SENT, DECIDED, EXPIRED, ALREADY_ACCEPTED, TIER_UNKNOWN, deal::CLOSED, deal::AMOUNT_MISSING, deal::STAGE_NEEDS)
)]
pub struct Accept {
    /// The quote.
    pub quote: Ref<Quote>,
    /// The key of the tier that was chosen.
    pub tier: Key,
    /// Who accepted it, as they signed.
    pub by: Option<Name>,
    /// Whether a user takes the order although the quote has expired.
    #[serde(default)]
    pub late: bool,
}

/// A quote that was accepted, and its deal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Accepted {
    /// The quote.
    pub quote: Quote,
    /// The deal, with the amount of the tier.
    pub deal: Deal,
}

impl Accept {
    /// Whether the quote lets it: whoever asks again for what was accepted is answered.
    async fn may(&self, quote: &Quote, cx: &mut Context<'_>) -> Result<()> {
        if let Some(accepted) = Quote::accepted_of(cx, quote.deal).await? {
            return Err(accepted.already_accepted());
        }
        quote.must_be_out()?;
        let late = self.late && cx.actor().user().is_some();
        if quote.status == QuoteStatus::Expired && !late {
            let until = quote.valid_until.map(|day| day.to_string()).unwrap_or_default();
            return Err(EXPIRED.with("number", &quote.number).with("valid_until", until));
        }
        Ok(())
    }
}

impl Command for Accept {
    type Output = Accepted;
    async fn run(&self, mut quote: Quote, cx: &mut Context<'_>) -> Result<Accepted> {
        let mut deal = deal_of(cx, &quote).await?;
        if quote.accepted_tier.as_ref() == Some(&self.tier) {
            cx.answers_again();
            return Ok(Accepted { quote, deal });
        }
        self.may(&quote, cx).await?;
        cx.authorize(Deal::def(), &deal.to_row(), Action::Update).await?;
        if deal.status == DealStatus::Lost {
            deal.must_be_open()?;
        }
        let mut tiers = Offered::all_of(cx, &quote).await?;
        let Some(place) = tiers.iter().position(|offered| offered.tier.key == self.tier) else {
            let known: Vec<&str> = tiers.iter().map(|offered| offered.tier.key.as_str()).collect();
            let error = TIER_UNKNOWN.with("number", &quote.number).with("tier", &self.tier).with("tiers", known);
            return Err(error.with("field", "tier"));
        };
        let chosen = tiers.swap_remove(place);
        for line in lines::in_order(cx, deal.id).await? {
            cx.remove(&line).await?;
        }
        let sold = chosen.sold(&quote)?.lines;
        (deal.price_book, deal.contract_term_months) = (quote.price_book, chosen.term_months());
        deal.follow(&sold, cx).await?;
        for line in sold {
            cx.insert(line).await?;
        }
        supersede(cx, &quote, &Quote::DEAL.eq(quote.deal)).await?;
        (quote.status, quote.accepted_at) = (QuoteStatus::Accepted, Some(cx.now()));
        (quote.accepted_tier, quote.accepted_by) = (Some(self.tier.clone()), self.by.clone());
        quote.plan_expiry(cx).await?;
        let quote = cx.save(quote).await?;
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        let wins = pipeline.on_accept == OnAccept::Win && deal.status == DealStatus::Open;
        let deal = if wins { deal.win_on(lookups::today(cx).await?, cx).await? } else { cx.save(deal).await? };
        Ok(Accepted { quote, deal })
    }
}
