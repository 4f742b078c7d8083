//! Sending a quote: from here on it stays as it is.

use super::{
    ALREADY_ACCEPTED, Quote, QuoteStatus, SENT,
    copy::QuoteCopy,
    print::Sheet,
    tier::{self, Offered},
};
use crate::{
    Code, Command, Context, Ref, Result, command,
    people::Conversion,
    sales::{Deal, deal, lookups},
};

/// Something that its recipient needs is missing.
pub const INCOMPLETE: Code = Code::rule(
    "quote.incomplete",
    "The quote {number} cannot be sent without {missing}; set that first with quote.update and quote.set_tiers.",
);
/// The page is too large to be kept.
pub const TOO_LONG: Code =
    Code::rule("quote.too_long", "The printed quote would have more than {most} bytes; shorten its texts.");
/// The largest page, in bytes: 1 MiB.
const LARGEST: usize = 1 << 20;

/// Sends a quote: it stays as it is from now on, its printed page is kept byte for byte, and the revision before it is superseded. How
/// the page gets to its recipient is the host's to do. Errors: `quote.sent`, `quote.incomplete`, which names all that is missing,
/// `quote.already_accepted`, `deal.closed`.
#[command(
    "send",
    on = Quote,
    guard = Quote::must_be_draft,
    errors(SENT, INCOMPLETE, TOO_LONG, ALREADY_ACCEPTED, deal::CLOSED, crate::values::TOO_LARGE)
)]
pub struct Send {
    /// The quote.
    pub quote: Ref<Quote>,
}

impl Command for Send {
    type Output = Quote;
    async fn run(&self, mut quote: Quote, cx: &mut Context<'_>) -> Result<Quote> {
        let deal = cx.unrestricted().load(quote.deal).await?;
        if let Some(accepted) = Quote::accepted_of(cx, quote.deal).await? {
            return Err(accepted.already_accepted());
        }
        tier::must_sell(&deal)?;
        let tiers = Offered::all_of(cx, &quote).await?;
        let today = lookups::today(cx).await?;
        let mut missing = Vec::new();
        if quote.recipient.is_none() {
            missing.push("a recipient".to_owned());
        }
        match quote.valid_until {
            Some(day) if day >= today => {}
            Some(_) => missing.push("a last day of its validity that is not over".to_owned()),
            None => missing.push("a last day of its validity".to_owned()),
        }
        for empty in tiers.iter().filter(|offered| offered.lines.is_empty()) {
            missing.push(format!("lines in the tier {}", empty.tier.key));
        }
        if !missing.is_empty() {
            return Err(INCOMPLETE.with("number", &quote.number).with("missing", missing));
        }
        quote.set_expiry(cx).await?;
        (quote.status, quote.sent_at) = (QuoteStatus::Sent, Some(cx.now()));
        let conversion = Conversion::of(cx, [(quote.currency, Some(today))]).await?;
        quote.exchange_rate = conversion.rate(quote.currency, Some(today)).map(|used| used.value.into());
        let html = Sheet::of(cx, &quote, &tiers).await?.page();
        if html.len() > LARGEST {
            return Err(TOO_LONG.with("most", LARGEST));
        }
        cx.unrestricted().insert(QuoteCopy::of(&quote, html)).await?;
        supersede(cx, &quote, &Quote::NUMBER.eq(quote.number.clone())).await?;
        quote.plan_expiry(cx).await?;
        cx.save(quote).await
    }
}

/// Makes other quotes invalid that were sent and not decided.
pub(super) async fn supersede(cx: &mut Context<'_>, but: &Quote, which: &crate::Filter) -> Result<()> {
    let out = Quote::STATUS.any_of([QuoteStatus::Sent, QuoteStatus::Expired]);
    for mut other in cx.unrestricted().every::<Quote>(&which.clone().and(out)).await? {
        if other.id != but.id {
            other.status = QuoteStatus::Superseded;
            other.plan_expiry(cx).await?;
            cx.save(other).await?;
        }
    }
    Ok(())
}

/// The deal that a quote is for, wherever it is by now.
pub(super) async fn deal_of(cx: &mut Context<'_>, quote: &Quote) -> Result<Deal> {
    lookups::wherever(cx, quote.deal).await
}
