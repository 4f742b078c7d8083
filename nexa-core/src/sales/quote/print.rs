//! The page of a quote: self-contained HTML for screen and paper, without scripts, and with everything in it escaped. The same quote
//! makes the same bytes everywhere.

mod table;
mod words;

use std::fmt::Write as _;

use self::words::Words;
use super::{Quote, QuoteStatus, tier::Offered};
use crate::{
    Address, Context, Record, Result,
    mail::template::{Formats, When},
    people::org,
    sales::{Account, Contact},
};

const STYLE: &str = include_str!("print/page.css");

/// Everything that stands on the page.
pub(super) struct Sheet<'q> {
    quote: &'q Quote,
    tiers: &'q [Offered],
    seller: String,
    seller_address: Option<Address>,
    account: Option<Account>,
    recipient: Option<Contact>,
    words: &'static Words,
    formats: Formats,
    date: crate::Timestamp,
}

/// Text between tags, or in a quoted attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
    out
}

/// A record wherever it is by now; nothing where it is gone.
async fn wherever<R: Record>(cx: &mut Context<'_>, id: Option<crate::Id<R>>) -> Result<Option<R>> {
    let Some(id) = id else { return Ok(None) };
    cx.unrestricted().row(R::def(), id.uuid()).await?.map(R::from_row).transpose()
}

impl<'q> Sheet<'q> {
    /// What is printed of a quote with these of its tiers.
    pub(super) async fn of(cx: &mut Context<'_>, quote: &'q Quote, tiers: &'q [Offered]) -> Result<Self> {
        let settings = org::settings(cx).await?;
        let account = wherever(cx, quote.account).await?;
        let recipient = wherever(cx, quote.recipient).await?;
        Ok(Self {
            quote,
            tiers,
            seller: settings.name.to_string(),
            seller_address: settings.address.clone(),
            account,
            recipient,
            words: words::of(&quote.language),
            formats: Formats::new(&quote.language, settings.time_zone.zone()),
            date: quote.sent_at.unwrap_or_else(|| cx.now()),
        })
    }

    /// The page.
    pub(super) fn page(&self) -> String {
        let (words, quote) = (self.words, self.quote);
        let title = format!("{} {}", words.quote, escaped(&quote.number));
        let mut out = String::new();
        out.push_str("<!DOCTYPE html>\n<html lang=\"");
        out.push_str(&escaped(&quote.language));
        out.push_str("\">\n<head>\n<meta charset=\"utf-8\">\n");
        out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        // Nothing is loaded and nothing runs, whatever a text holds.
        out.push_str(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
        );
        let _ = write!(out, "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{title}");
        if quote.status == QuoteStatus::Draft {
            let _ = write!(out, " <span class=\"mark\">{}</span>", words.draft);
        }
        out.push_str("</h1>\n");
        self.dates(&mut out);
        self.parties(&mut out);
        if self.tiers.len() > 1 {
            self.overview(&mut out);
        }
        for offered in self.tiers {
            self.tier(&mut out, offered);
        }
        if let Some(terms) = &quote.terms {
            let _ = write!(out, "<h2>{}</h2>\n<p class=\"text\">{}</p>\n", words.terms, escaped(terms));
        }
        out.push_str("</main>\n</body>\n</html>\n");
        out
    }

    fn dates(&self, out: &mut String) {
        let (words, quote) = (self.words, self.quote);
        let _ = write!(out, "<p>{} {}", words.date, self.formats.date(When::Moment(self.date)));
        if let Some(day) = quote.valid_until {
            let _ = write!(out, " · {} {}", words.valid_until, self.formats.date(When::Date(day)));
        }
        if quote.revision > 1 {
            let _ = write!(out, " · {} {}", words.revision, quote.revision);
        }
        out.push_str("</p>\n");
    }

    fn parties(&self, out: &mut String) {
        let address = self.seller_address.as_ref();
        let mut to = Vec::new();
        if let Some(account) = &self.account {
            to.push(account.name.to_string());
        }
        if let Some(recipient) = &self.recipient {
            to.push(recipient.full_name());
            to.extend(recipient.email.as_ref().map(ToString::to_string));
        }
        to.retain(|line| !line.is_empty());
        out.push_str("<div class=\"parties\">\n");
        party(out, self.words.from, std::slice::from_ref(&self.seller), address);
        let address = self.account.as_ref().and_then(|account| account.billing_address.as_ref());
        party(out, self.words.to, &to, address);
        out.push_str("</div>\n");
    }
}

fn party(out: &mut String, label: &str, lines: &[String], address: Option<&Address>) {
    let _ = writeln!(out, "<div><div class=\"label\">{label}</div>");
    for line in lines {
        let _ = writeln!(out, "<div>{}</div>", escaped(line));
    }
    if let Some(address) = address.filter(|address| !address.is_empty()) {
        let _ = writeln!(out, "<div>{}</div>", escaped(&address.to_string()));
    }
    out.push_str("</div>\n");
}
