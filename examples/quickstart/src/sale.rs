//! A deal is sold: a quote with three tiers, accepted, ordered, and under contract. (Workflow scenarios 2.)

use nexa_crm::{
    Envelope, ExternalKey, Id, Result,
    sales::{Account, Contact, Deal, Quote, account::rollup::Rollup, quote::printed::Print},
};
use serde_json::{Value as Json, json};

use crate::team::{Team, first};

/// The file into which the quote is written.
const PAGE: &str = "quote.html";

/// The key under which the story's deal is found again.
fn key() -> ExternalKey {
    ExternalKey { system: "quickstart".to_owned(), key: "sale".to_owned() }
}

/// Sells the deal, unless it is sold already.
pub(crate) fn make(team: &Team) -> Result<()> {
    if team.mike.get::<Deal>(key()).is_ok() {
        return Ok(());
    }
    let run = |operation: &str, with: Json| -> Result<Json> {
        let made = team.mike.execute(operation, with, Envelope::default())?;
        Ok(made.get("id").cloned().unwrap_or_default())
    };
    // Who reported the ticket buys.
    let account = first::<Account>(&team.mike, Account::NAME.eq("Acme Corp"))?.map(|account| account.id);
    let sarah = first::<Contact>(&team.mike, Contact::EMAIL.eq("sarah@acme.example"))?.map(|contact| contact.id);
    let usd = |amount: &str| json!({"amount": amount, "currency": "USD"});
    let deal = json!({
        "name": "Acme Corp - Enterprise Plan", "account": account, "primary_contact": sarah, "amount": usd("50000"),
        "external_keys": [key()]
    });
    let deal = run("deal.create", deal)?;
    let tier = |key: &str, users: &str, more: Option<Json>| {
        let plan = json!({
            "name": "Enterprise Plan", "quantity": users, "unit": "user", "unit_price": usd("500"), "recurring": "year",
            "term_months": 12
        });
        let lines: Vec<Json> = [plan].into_iter().chain(more).collect();
        json!({"key": key, "recommended": key == "standard", "lines": lines})
    };
    let credit = json!({"name": "Credit for the first year", "unit_price": usd("-5000")});
    let tiers = [tier("basic", "60", None), tier("standard", "100", Some(credit)), tier("premium", "140", None)];
    let quote = run("quote.create", json!({"deal": deal, "valid_until": "2099-12-31", "tiers": tiers}))?;
    run("quote.send", json!({"quote": quote}))?;
    run("quote.accept", json!({"quote": quote, "tier": "standard", "by": "Sarah Johnson"}))?;
    let order = run("order.create", json!({"quote": quote}))?;
    run("order.confirm", json!({"order": order}))?;
    run("contract.create", json!({"order": order}))?;
    Ok(())
}

/// Writes the quote as a page, and shows what its contract brings in a year.
pub(crate) fn show(team: &Team) -> Result<()> {
    let deal = team.mike.get::<Deal>(key())?;
    let (Some(account), Some(quote)) = (deal.account, quote(team, deal.id)?) else { return Ok(()) };
    let page = team.mike.ask(Print { quote: quote.id.into(), tier: None })?;
    match std::fs::write(PAGE, page.html) {
        Ok(()) => println!("\nQuote {}: {PAGE}", quote.number),
        Err(problem) => println!("\nQuote {}: {PAGE} could not be written: {problem}", quote.number),
    }
    let own = team.mike.ask(Rollup { account: account.into() })?.own;
    println!("Acme Corp: ARR {}, MRR {}", own.arr.converted, own.mrr.converted);
    Ok(())
}

fn quote(team: &Team, deal: Id<Deal>) -> Result<Option<Quote>> {
    first::<Quote>(&team.mike, Quote::DEAL.eq(deal))
}
