//! Quotes: what is sent stays, expires at the end of its day, and is accepted once.

use nexa_crm::{
    Envelope, Find, Result,
    export::{ExportFormat, export},
    kernel::{
        record::ColumnDef,
        scan::{Cell, Sink},
    },
    sales::Quote,
};
use pollster::block_on;
use serde_json::{Value as Json, json};

use super::{Shop, everywhere, usd};

fn accept(quote: &Json, tier: &str) -> Json {
    json!({"quote": quote, "tier": tier})
}

#[test]
fn a_tier_that_is_accepted_sets_the_lines_the_amount_and_the_term_of_its_deal() {
    everywhere(|shop| {
        let tiers =
            json!([Shop::tier("basic", "30000"), Shop::tier("standard", "45000"), Shop::tier("premium", "60000")]);
        let quote = shop.sent(tiers);
        let other = shop.sent(json!([Shop::tier("only", "1")]));
        let accepted = shop.run("quote.accept", json!({"quote": quote, "tier": "standard", "by": "Sarah Chen"}));
        let name = shop.name;
        assert_eq!(accepted["quote"]["status"], "accepted", "{name}");
        assert_eq!(accepted["quote"]["accepted_tier"], "standard", "{name}");
        assert_eq!(accepted["quote"]["accepted_by"], "Sarah Chen", "{name}");
        assert_eq!(accepted["deal"]["amount"], usd("45000.00"), "{name}");
        assert_eq!(accepted["deal"]["contract_term_months"], 12, "{name}");
        assert_eq!(accepted["deal"]["status"], "open", "{name}: it is won only where the pipeline says so");
        let lines = shop.run("deal.lines", json!({"deal": shop.deal}));
        assert_eq!(lines["lines"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(lines["totals"]["yearly"], usd("45000.00"), "{name}");
        assert_eq!(lines["totals"]["monthly"], usd("3750.00"), "{name}");
        assert_eq!(lines["totals"]["total"], usd("53550.00"), "{name}");
        assert_eq!(shop.status(&other), "superseded", "{name}");
        // The same again is answered, and changes nothing; all else is refused.
        let head = shop.office.head();
        assert_eq!(shop.run("quote.accept", accept(&quote, "standard")), accepted, "{name}");
        assert_eq!(shop.office.head(), head, "{name}");
        assert_eq!(shop.refused("quote.accept", accept(&quote, "premium")), "quote.already_accepted", "{name}");
        assert_eq!(shop.refused("quote.accept", accept(&other, "only")), "quote.already_accepted", "{name}");
        let late = shop.draft_of(&shop.deal, json!([Shop::tier("only", "1")]));
        assert_eq!(shop.refused("quote.send", json!({"quote": late})), "quote.already_accepted", "{name}");
    });
}

#[test]
fn accepting_wins_the_deal_where_its_pipeline_says_so() {
    everywhere(|shop| {
        let pipeline = shop.run("pipeline.find", json!({}))["items"][0]["id"].clone();
        shop.run("pipeline.update", json!({"pipeline": pipeline, "on_accept": "win"}));
        let quote = shop.sent(json!([Shop::tier("only", "50000")]));
        let accepted = shop.run("quote.accept", accept(&quote, "only"));
        assert_eq!(accepted["deal"]["status"], "won", "{}", shop.name);
        let account = shop.run("account.get", json!({"account": shop.account}));
        assert_eq!((&account["type"], &account["customer_since"]), (&json!("customer"), &json!("2025-11-17")));
        // A deal that was lost sells nothing.
        let deal = shop.another_deal();
        let quote = shop.sent_of(&deal, json!([Shop::tier("only", "50000")]));
        shop.run("deal.lose", json!({"deal": deal, "reason": "Too dear"}));
        assert_eq!(shop.refused("quote.accept", accept(&quote, "only")), "deal.closed", "{}", shop.name);
    });
}

#[test]
fn a_discount_on_a_tier_is_shared_by_the_lines_that_the_deal_gets() {
    everywhere(|shop| {
        let line = |name: &str| json!({"name": name, "unit_price": usd("10")});
        let tier = json!({
            "key": "only", "discount": {"amount": usd("10.00")}, "lines": [line("a"), line("b"), line("c")]
        });
        let quote = shop.sent(json!([tier]));
        shop.run("quote.accept", accept(&quote, "only"));
        let lines = shop.run("deal.lines", json!({"deal": shop.deal}));
        let nets: Vec<&str> =
            lines["lines"].as_array().unwrap().iter().map(|line| line["net"]["amount"].as_str().unwrap()).collect();
        assert_eq!(nets, ["6.66", "6.67", "6.67"], "{}", shop.name);
        assert_eq!(lines["deal"]["amount"], usd("20.00"), "{}", shop.name);
    });
}

/// The statuses of a scan.
#[derive(Default)]
struct Statuses(Vec<String>);

impl Sink for Statuses {
    fn begin(&mut self, columns: &[&'static ColumnDef]) {
        assert_eq!(columns.len(), 1, "what was not asked for is not shown");
        self.0.clear();
    }
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        if let [Cell::Text(status)] = cells {
            self.0.push((*status).to_owned());
        }
        Ok(())
    }
}

/// invoiceninja/ui #2997: "valid until today" had expired at the midnight before.
#[test]
fn a_quote_is_valid_to_the_end_of_its_last_day_where_the_tenant_is() {
    everywhere(|shop| {
        let name = shop.name;
        shop.run("org.configure", json!({"time_zone": "America/New_York"}));
        let quote = shop.sent(json!([Shop::tier("only", "50000")]));
        let count = |filter: Json| shop.run("quote.count", json!({"filter": filter})).as_u64().unwrap();
        let is = |status: &str| json!({"field": "status", "op": "eq", "value": status});
        // 23:59 on 30 November in New York.
        shop.at("2025-12-01T04:59:59Z");
        assert_eq!((shop.status(&quote), count(is("sent")), count(is("expired"))), (json!("sent"), 1, 0), "{name}");
        shop.at("2025-12-01T05:00:00Z");
        let head = shop.office.head();
        assert_eq!((shop.status(&quote), count(is("sent")), count(is("expired"))), (json!("expired"), 0, 1), "{name}");
        assert_eq!(count(json!({"field": "status", "op": "in", "value": ["sent", "draft"]})), 0, "{name}");
        assert_eq!(count(json!({"field": "status", "op": "in", "value": ["expired", "draft"]})), 1, "{name}");
        assert_eq!(count(json!({"field": "status", "op": "ne", "value": "sent"})), 1, "{name}");
        assert_eq!(count(json!({"field": "status", "op": "not_in", "value": ["expired"]})), 0, "{name}");
        assert_eq!(count(json!({"not": is("expired")})), 0, "{name}");
        let has = json!({"has": "quote", "filter": is("expired")});
        assert_eq!(shop.run("deal.count", json!({"filter": has})), 1, "{name}: also from the deal");
        let page = shop.run("quote.find", json!({"filter": is("expired")}));
        assert_eq!(page["items"][0]["status"], "expired", "{name}");
        let hits = shop.run("quote.search", json!({"text": "Q-000001"}));
        assert_eq!(hits["items"][0]["status"], "expired", "{name}");
        let groups = shop.run("quote.aggregate", json!({"group_by": [{"field": "status"}], "measure": ["count"]}));
        assert_eq!(groups, json!([{"group": ["expired"], "measures": [1]}]), "{name}");
        assert_eq!(shop.refused("quote.find", json!({"sort": ["status"]})), "filter.invalid", "{name}");
        let session = shop.office.session("admin");
        let scan = session.scan(Find::<Quote>::new(), Some(vec!["status".to_owned()]), Statuses::default());
        assert_eq!(block_on(scan).unwrap().0, ["expired"], "{name}: a scan");
        let mut out = Vec::new();
        block_on(export(&session, Find::<Quote>::new(), ExportFormat::Csv, &mut out, |_| {})).unwrap();
        assert!(String::from_utf8(out).unwrap().contains(",expired,"), "{name}: an export");
        assert_eq!(shop.office.head(), head, "{name}: nobody wrote anything");
        // As it was, and as it is written down by the timer.
        let then = json!({"quote": quote, "as_of": "2025-11-20T00:00:00Z"});
        assert_eq!(shop.run("quote.get", then)["status"], "sent", "{name}");
        shop.tick();
        assert_eq!(shop.office.head(), head + 1, "{name}: the timer writes one event");
        assert_eq!((shop.status(&quote), count(is("expired"))), (json!("expired"), 1), "{name}");
        let groups = shop.run("quote.aggregate", json!({"group_by": [{"field": "status"}], "measure": ["count"]}));
        assert_eq!(groups, json!([{"group": ["expired"], "measures": [1]}]), "{name}");
        shop.run("ledger.verify", json!({"rows": true}));
    });
}

/// odoo/odoo PR 5785 and frappe/erpnext PR 32641: expired quotes could be accepted, or never again, not even by the seller.
#[test]
fn an_expired_quote_is_accepted_only_when_a_user_says_late() {
    everywhere(|shop| {
        let quote = shop.sent(json!([Shop::tier("only", "50000")]));
        shop.at("2025-12-01T00:00:00Z");
        let late = json!({"quote": quote, "tier": "only", "late": true});
        assert_eq!(shop.refused("quote.accept", accept(&quote, "only")), "quote.expired", "{}", shop.name);
        assert_eq!(shop.refused_to("system", "quote.accept", late.clone()).code(), "quote.expired", "{}", shop.name);
        let accepted = shop.run("quote.accept", late);
        assert_eq!(accepted["quote"]["status"], "accepted", "{}", shop.name);
        shop.tick();
        assert_eq!(shop.status(&quote), "accepted", "{}", shop.name);
    });
}

/// torkiv-labs/Nexuq #393: after the expiry a repeated request lost its recorded answer.
#[test]
fn a_repeated_request_is_answered_before_the_expiry_is_looked_at() {
    everywhere(|shop| {
        let quote = shop.sent(json!([Shop::tier("only", "50000")]));
        let session = shop.office.session("system");
        let once = || Envelope { idempotency_key: Some("portal-7".to_owned()), ..Envelope::default() };
        let call = || block_on(session.execute("quote.accept", accept(&quote, "only"), once())).unwrap();
        let first = call();
        shop.at("2025-12-01T00:00:01Z");
        assert_eq!(call(), first, "{}", shop.name);
    });
}

/// SuiteCRM/SuiteCRM #4475 and frappe/erpnext PR 42673: editing something else changed the quote's total.
#[test]
fn what_was_sent_stays_whatever_becomes_of_products_prices_and_the_deal() {
    everywhere(|shop| {
        let name = shop.name;
        let product = shop.run("product.create", json!({"name": "Plan", "recurring": "year"}))["id"].clone();
        let book = json!({"name": "List", "currency": "USD", "is_default": true});
        let book = shop.run("price_book.create", book)["id"].clone();
        let price = json!({"price_book": book, "product": product, "tiers": [{"from_quantity": "1", "unit_price": usd("500")}]});
        let price = shop.run("price.create", price)["id"].clone();
        let line = json!({"product": product, "quantity": "3"});
        let quote = shop.sent(json!([{"key": "only", "lines": [line]}]));
        let details = shop.run("quote.details", json!({"quote": quote}));
        let printed = shop.run("quote.print", json!({"quote": quote}));
        assert_eq!(details["tiers"][0]["tier"]["total"], usd("1500.00"), "{name}");
        shop.run("product.update", json!({"product": product, "name": "Plan of today"}));
        shop.run("price.update", json!({"price": price, "tiers": [{"from_quantity": "1", "unit_price": usd("900")}]}));
        shop.run("deal.set_lines", json!({"deal": shop.deal, "lines": [line]}));
        shop.run("contact.update", json!({"contact": shop.contact, "last_name": "Miller"}));
        assert_eq!(shop.run("quote.details", json!({"quote": quote})), details, "{name}");
        assert_eq!(shop.run("quote.print", json!({"quote": quote})), printed, "{name}: byte for byte");
        for (operation, with) in [
            ("quote.update", json!({"quote": quote, "valid_until": "2026-01-31"})),
            ("quote.set_tiers", json!({"quote": quote, "tiers": []})),
            ("quote.remove", json!({"quote": quote})),
            ("quote.send", json!({"quote": quote})),
        ] {
            assert_eq!(shop.refused(operation, with), "quote.sent", "{name}: {operation}");
        }
        assert_eq!(shop.refused("product.trash", json!({"product": product})), "record.in_use", "{name}");
        // A label is no part of what was offered.
        shop.run("quote.update", json!({"quote": quote, "tags": ["hot"]}));
    });
}

#[test]
fn a_quote_is_not_sent_without_what_its_recipient_needs_and_says_all_that_is_missing() {
    everywhere(|shop| {
        let deal = shop.run("deal.create", json!({"name": "Walk in", "amount": usd("5")}))["id"].clone();
        let quote = shop.run("quote.create", json!({"deal": deal, "tiers": [{"key": "a"}, Shop::tier("b", "1")]}));
        let quote = quote["id"].clone();
        let error = shop.refused_to("admin", "quote.send", json!({"quote": quote}));
        assert_eq!(error.code(), "quote.incomplete", "{}", shop.name);
        let missing = ["a recipient", "a last day of its validity", "lines in the tier a"];
        assert_eq!(error.params()["missing"], json!(missing), "{}", shop.name);
        let with = json!({"quote": quote, "recipient": shop.contact, "valid_until": "2025-11-16"});
        shop.run("quote.update", with);
        shop.run("quote.set_tiers", json!({"quote": quote, "tiers": [Shop::tier("b", "1")]}));
        let error = shop.refused_to("admin", "quote.send", json!({"quote": quote}));
        assert_eq!(error.params()["missing"], json!(["a last day of its validity that is not over"]), "{}", shop.name);
        shop.run("quote.update", json!({"quote": quote, "valid_until": "2025-11-17"}));
        shop.run("quote.send", json!({"quote": quote}));
    });
}

#[test]
fn a_sent_revision_supersedes_the_one_before() {
    everywhere(|shop| {
        let name = shop.name;
        let first = shop.sent(json!([Shop::tier("only", "50000")]));
        let second = shop.run("quote.revise", json!({"quote": first}));
        assert_eq!((&second["number"], &second["revision"]), (&json!("Q-000001"), &json!(2)), "{name}");
        assert_eq!((&second["status"], shop.status(&first)), (&json!("draft"), json!("sent")), "{name}");
        assert_eq!(shop.refused("quote.revise", json!({"quote": first})), "quote.revised", "{name}");
        let second = second["id"].clone();
        assert_eq!(shop.refused("quote.revise", json!({"quote": second})), "quote.not_sent", "{name}");
        shop.run("quote.set_tiers", json!({"quote": second, "tiers": [Shop::tier("only", "45000")]}));
        shop.run("quote.send", json!({"quote": second}));
        assert_eq!(shop.status(&first), "superseded", "{name}");
        assert_eq!(shop.refused("quote.accept", accept(&first, "only")), "quote.decided", "{name}");
        let accepted = shop.run("quote.accept", accept(&second, "only"));
        assert_eq!(accepted["deal"]["amount"], usd("45000.00"), "{name}");
    });
}

#[test]
fn a_quote_is_looked_at_declined_and_withdrawn() {
    everywhere(|shop| {
        let name = shop.name;
        let draft = shop.draft_of(&shop.deal, json!([Shop::tier("only", "50000")]));
        for operation in ["quote.view", "quote.decline", "quote.withdraw"] {
            assert_eq!(shop.refused(operation, json!({"quote": draft})), "quote.not_sent", "{name}: {operation}");
        }
        shop.run("quote.send", json!({"quote": draft}));
        let viewed = shop.run("quote.view", json!({"quote": draft}));
        assert_eq!(viewed["first_viewed_at"], "2025-11-17T09:00:00.000000Z", "{name}");
        shop.at("2025-11-18T09:00:00Z");
        assert_eq!(shop.run("quote.view", json!({"quote": draft})), viewed, "{name}: only the first time counts");
        let declined = shop.run("quote.decline", json!({"quote": draft, "reason": "Too dear"}));
        assert_eq!((&declined["status"], &declined["reason"]), (&json!("declined"), &json!("Too dear")), "{name}");
        for operation in ["quote.decline", "quote.withdraw"] {
            assert_eq!(shop.refused(operation, json!({"quote": draft})), "quote.decided", "{name}: {operation}");
        }
        let sent = shop.sent(json!([Shop::tier("only", "40000")]));
        shop.run("quote.withdraw", json!({"quote": sent}));
        assert_eq!(shop.refused("quote.accept", accept(&sent, "only")), "quote.decided", "{name}");
        // What was withdrawn does not expire.
        shop.at("2025-12-02T00:00:00Z");
        shop.tick();
        assert_eq!(shop.status(&sent), "withdrawn", "{name}");
        let gone = shop.draft_of(&shop.deal, json!([Shop::tier("only", "50000")]));
        shop.run("quote.remove", json!({"quote": gone}));
        assert_eq!(shop.refused("quote.get", json!({"quote": gone})), "record.not_found", "{name}");
        assert_eq!(shop.run("quote_tier.count", json!({})), 2, "{name}: its tiers went with it");
    });
}

#[test]
fn tiers_that_make_no_quote_are_refused() {
    everywhere(|shop| {
        let quote = |tiers: Json| json!({"deal": shop.deal, "tiers": tiers});
        let tier = |key: &str| Shop::tier(key, "1");
        let with = |mut tier: Json, field: &str, value: Json| {
            tier[field] = value;
            tier
        };
        let recommended = |key: &str| with(tier(key), "recommended", json!(true));
        let credit = json!({"key": "a", "lines": [{"name": "Credit", "unit_price": usd("-1")}]});
        let foreign = json!([{"name": "Plan", "unit_price": {"amount": "1", "currency": "EUR"}}]);
        for (tiers, code) in [
            (json!([tier("a"), tier("b"), tier("c"), tier("d")]), "quote.tiers"),
            (json!([tier("a"), tier("a")]), "quote.tiers"),
            (json!([recommended("a"), recommended("b")]), "quote.tiers"),
            (json!([credit]), "quote.total_negative"),
            (json!([with(tier("a"), "discount", json!({"amount": usd("1.01")}))]), "line.discount_too_large"),
            (json!([with(tier("a"), "lines", foreign)]), "line.currency"),
            (
                json!([with(tier("a"), "lines", json!([{"name": "Plan", "quantity": "0", "unit_price": usd("1")}]))]),
                "line.quantity",
            ),
        ] {
            assert_eq!(shop.refused("quote.create", quote(tiers.clone())), code, "{}: {tiers}", shop.name);
        }
    });
}

#[test]
fn a_quote_is_seen_and_changed_with_its_deal_alone() {
    everywhere(|shop| {
        let quote = shop.sent(json!([Shop::tier("only", "50000")]));
        for operation in ["quote.get", "quote.details", "quote.print"] {
            assert!(shop.office.run_as("viewer", operation, json!({"quote": quote})).is_ok(), "{}", shop.name);
        }
        let error = shop.refused_to("viewer", "quote.accept", accept(&quote, "only"));
        assert_eq!(error.code(), "access.denied", "{}", shop.name);
        let copy = shop.office.run_as("system", "quote_copy.find", json!({})).unwrap()["items"][0]["id"].clone();
        let error = shop.office.run_as("agent", "quote_copy.get", json!({"quote_copy": copy})).unwrap_err();
        assert!(["access.denied", "record.not_found"].contains(&error.code()), "{}: {error}", shop.name);
    });
}
