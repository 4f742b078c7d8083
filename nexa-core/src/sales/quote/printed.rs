//! Printing a quote.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Quote, QuoteLine, QuoteStatus, accept::TIER_UNKNOWN, copy::QuoteCopy, print::Sheet, tier::Offered};
use crate::{
    Action, Code, Context, Get, Id, Key, Query, Record, Ref, Result,
    kernel::record::RecordDef,
    people::Org,
    sales::{Account, Contact},
};

/// Not all of the page may be seen.
pub const PARTLY_HIDDEN: Code = Code::forbidden(
    "quote.partly_hidden",
    "The page shows {kind} records or fields that are hidden from you; let somebody print it who sees them.",
);
/// The page that was sent is there no more.
pub const ERASED: Code = Code::rule(
    "quote.copy_erased",
    "The page that was sent named a person whose data were erased; print a tier of the quote instead.",
);

/// A quote as a page: `quote.print`. It is self-contained HTML without scripts, made for paper. One that was sent is the page that was
/// sent, byte for byte, unless a tier is asked for. Errors: `quote.tier_unknown`, `quote.partly_hidden`, `quote.copy_erased`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Print {
    /// The quote.
    pub quote: Ref<Quote>,
    /// The key of the only tier to print; without, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Key>,
}

/// A printed quote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PrintedQuote {
    /// The page.
    pub html: String,
    /// The SHA-256 of the page that was sent, in hexadecimal; nothing where the page was made now.
    pub sha256: Option<String>,
}

/// Refuses whoever does not see all of a record. Error: `quote.partly_hidden`.
async fn must_see<R: Record>(cx: &mut Context<'_>, id: Option<crate::Id<R>>) -> Result<()> {
    let def: &'static RecordDef = R::def();
    let hidden = || PARTLY_HIDDEN.with("kind", def.kind);
    let Some(id) = id else { return Ok(()) };
    if !cx.hidden(def)?.is_empty() {
        return Err(hidden());
    }
    match cx.unrestricted().row(def, id.uuid()).await? {
        Some(row) if !cx.allows(def, &row, Action::Read).await? => Err(hidden()),
        _ => Ok(()),
    }
}

impl Query for Print {
    const VERB: &'static str = "print";
    const ERRORS: &'static [Code] = &[TIER_UNKNOWN, PARTLY_HIDDEN, ERASED];
    type Of = Quote;
    type Output = PrintedQuote;
    async fn run(&self, cx: &mut Context<'_>) -> Result<PrintedQuote> {
        let quote = Get::of(self.quote.clone()).run(cx).await?.record;
        must_see(cx, Some(quote.id)).await?;
        must_see::<Contact>(cx, quote.recipient).await?;
        must_see::<Account>(cx, quote.account).await?;
        let org = Id::<Org>::new(cx.org());
        must_see(cx, Some(org)).await?;
        let mut tiers = Offered::all_of(cx, &quote).await?;
        for offered in &tiers {
            must_see(cx, Some(offered.tier.id)).await?;
            let hidden = || PARTLY_HIDDEN.with("kind", QuoteLine::def().kind);
            if !cx.hidden(QuoteLine::def())?.is_empty() {
                return Err(hidden());
            }
            let seen: Vec<QuoteLine> = cx.visible_every(&QuoteLine::QUOTE_TIER.eq(offered.tier.id)).await?;
            if seen.len() != offered.lines.len() {
                return Err(hidden());
            }
        }
        if self.tier.is_none() && quote.status != QuoteStatus::Draft {
            let copy = QuoteCopy::find(cx, quote.id).await?.ok_or_else(|| ERASED.error())?;
            let html = copy.html.ok_or_else(|| ERASED.error())?;
            return Ok(PrintedQuote { html, sha256: Some(copy.sha256) });
        }
        if let Some(key) = &self.tier {
            let known: Vec<String> = tiers.iter().map(|offered| offered.tier.key.to_string()).collect();
            tiers.retain(|offered| offered.tier.key == *key);
            if tiers.is_empty() {
                let error = TIER_UNKNOWN.with("number", &quote.number).with("tier", key).with("tiers", known);
                return Err(error.with("field", "tier"));
            }
        }
        let html = Sheet::of(cx, &quote, &tiers).await?.page();
        Ok(PrintedQuote { html, sha256: None })
    }
}
