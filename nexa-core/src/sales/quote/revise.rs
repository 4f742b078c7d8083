//! A new revision of a quote that was sent.

use super::{
    ALREADY_ACCEPTED, NOT_SENT, Quote, QuoteStatus,
    send::deal_of,
    tier::{self, Offered},
};
use crate::{
    Code, Command, Context, Id, Record, Ref, Result, command,
    kernel::access::Action,
    sales::{Deal, deal},
};

/// There is a later revision.
pub const REVISED: Code = Code::rule(
    "quote.revised",
    "The quote {number} has the revision {revision} already, which is {status}; change or revise that one.",
);

impl Quote {
    fn may_be_revised(&self) -> Result<()> {
        match self.status {
            QuoteStatus::Draft => Err(NOT_SENT.with("number", &self.number)),
            QuoteStatus::Accepted => Err(self.already_accepted()),
            _ => Ok(()),
        }
    }
}

/// Makes the next revision of a quote that was sent, as a draft with the same number, tiers and lines. Sending it supersedes the one
/// before. Errors: `quote.not_sent`, `quote.already_accepted`, `quote.revised`, `deal.closed`.
#[command(
    "revise",
    on = Quote,
    guard = Quote::may_be_revised,
    errors(NOT_SENT, ALREADY_ACCEPTED, REVISED, deal::CLOSED)
)]
pub struct Revise {
    /// The quote.
    pub quote: Ref<Quote>,
}

impl Command for Revise {
    type Output = Quote;
    async fn run(&self, quote: Quote, cx: &mut Context<'_>) -> Result<Quote> {
        let deal = deal_of(cx, &quote).await?;
        cx.authorize(Deal::def(), &deal.to_row(), Action::Update).await?;
        tier::must_sell(&deal)?;
        let revisions: Vec<Quote> = cx.unrestricted().every(&Quote::NUMBER.eq(quote.number.clone())).await?;
        if let Some(last) = revisions.iter().max_by_key(|other| other.revision).filter(|last| last.id != quote.id) {
            let error = REVISED.with("number", &quote.number).with("revision", last.revision);
            return Err(error.with("status", last.status));
        }
        let tiers = Offered::all_of(cx, &quote).await?;
        let next = Quote {
            id: Id::default(),
            revision: quote.revision + 1,
            status: QuoteStatus::Draft,
            sent_at: None,
            first_viewed_at: None,
            reason: None,
            exchange_rate: None,
            external_keys: Vec::new(),
            ..quote
        };
        let next = cx.insert(next).await?;
        Offered::add(&tiers, next.id, cx).await?;
        Ok(next)
    }
}
