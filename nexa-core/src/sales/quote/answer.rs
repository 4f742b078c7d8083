//! What becomes of a quote that was sent, short of being accepted.

use super::{DECIDED, NOT_SENT, Quote, QuoteStatus};
use crate::{Body, Command, Context, Ref, Result, command};

/// Notes that the recipient of a quote looked at it; only the first time changes anything. Error: `quote.not_sent`.
#[command("view", on = Quote, guard = Quote::must_be_sent, errors(NOT_SENT))]
pub struct View {
    /// The quote.
    pub quote: Ref<Quote>,
}

impl Quote {
    /// Error: `quote.not_sent`.
    fn must_be_sent(&self) -> Result<()> {
        if self.status == QuoteStatus::Draft { Err(NOT_SENT.with("number", &self.number)) } else { Ok(()) }
    }
    /// Decides it, for a reason.
    async fn decide(mut self, status: QuoteStatus, reason: Option<&Body>, cx: &mut Context<'_>) -> Result<Self> {
        (self.status, self.reason) = (status, reason.cloned());
        self.plan_expiry(cx).await?;
        cx.save(self).await
    }
}

impl Command for View {
    type Output = Quote;
    async fn run(&self, mut quote: Quote, cx: &mut Context<'_>) -> Result<Quote> {
        if quote.first_viewed_at.is_some() {
            cx.answers_again();
            return Ok(quote);
        }
        quote.first_viewed_at = Some(cx.now());
        cx.save(quote).await
    }
}

/// Notes that the recipient wants none of it. Errors: `quote.not_sent`, `quote.decided`.
#[command("decline", on = Quote, guard = Quote::must_be_out, errors(NOT_SENT, DECIDED))]
pub struct Decline {
    /// The quote.
    pub quote: Ref<Quote>,
    /// Why they want none of it.
    pub reason: Option<Body>,
}

impl Command for Decline {
    type Output = Quote;
    async fn run(&self, quote: Quote, cx: &mut Context<'_>) -> Result<Quote> {
        quote.decide(QuoteStatus::Declined, self.reason.as_ref(), cx).await
    }
}

/// Takes a quote back that was sent. Errors: `quote.not_sent`, `quote.decided`.
#[command("withdraw", on = Quote, guard = Quote::must_be_out, errors(NOT_SENT, DECIDED))]
pub struct Withdraw {
    /// The quote.
    pub quote: Ref<Quote>,
    /// Why it is taken back.
    pub reason: Option<Body>,
}

impl Command for Withdraw {
    type Output = Quote;
    async fn run(&self, quote: Quote, cx: &mut Context<'_>) -> Result<Quote> {
        quote.decide(QuoteStatus::Withdrawn, self.reason.as_ref(), cx).await
    }
}
