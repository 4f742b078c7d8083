//! What was sent, byte for byte.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Quote;
use crate::{
    Context, Id, Record, Result, Timestamp,
    kernel::redact::redacted_debug,
    sales::{Contact, Deal},
};

/// The printed quote as it was sent; `quote.print` shows it. It is the engine's own, since it names what its reader may not see.
#[derive(Record, Clone, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "quote_copy", table = "quote_copies", access = system, index("quote"), index("deal"), index("recipient"))]
pub struct QuoteCopy {
    /// The identifier.
    pub id: Id<QuoteCopy>,
    /// Counts the changes; there are none.
    pub version: i64,
    /// When it was sent.
    pub created_at: Timestamp,
    /// The same.
    pub updated_at: Timestamp,
    /// The quote.
    pub quote: Id<Quote>,
    /// The deal that it is for.
    #[record(on_trash = with_parent)]
    pub deal: Id<Deal>,
    /// The person whom it names.
    #[record(on_trash = mention, person)]
    pub recipient: Option<Id<Contact>>,
    /// The page; absent once the person's data were erased.
    #[record(personal)]
    pub html: Option<String>,
    /// The SHA-256 of the page, in hexadecimal.
    pub sha256: String,
}

redacted_debug!(QuoteCopy);

impl QuoteCopy {
    /// A copy of a page, as it is sent.
    pub(super) fn of(quote: &Quote, html: String) -> Self {
        let sha256 = sha256(&html);
        Self {
            quote: quote.id,
            deal: quote.deal,
            recipient: quote.recipient,
            html: Some(html),
            sha256,
            ..Self::default()
        }
    }
    /// The copy of a quote.
    pub(super) async fn find(cx: &mut Context<'_>, quote: Id<Quote>) -> Result<Option<Self>> {
        Ok(cx.unrestricted().find(&Self::QUOTE.eq(quote), &[], 1).await?.into_iter().next())
    }
}

/// The hash of a page.
fn sha256(html: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(html.as_bytes()))
}
