//! Orders: what was sold, once for a deal, with numbers that have no gap.

use serde_json::{Value as Json, json};

use super::{Shop, everywhere, totals::must_add_up, usd};

fn accepted(shop: &Shop) -> Json {
    let quote = shop.sent(json!([Shop::tier("basic", "30000"), Shop::tier("only", "50000")]));
    shop.run("quote.accept", json!({"quote": quote, "tier": "only"}));
    quote
}

/// What stands in the way of undoing a unit.
fn stands_in_the_way(shop: &Shop, unit: &Json, code: &str) {
    let error = shop.refused_to("admin", "ledger.undo", json!({"unit": unit}));
    let said = serde_json::to_string(&error).unwrap();
    assert!(error.code() == "undo.conflict" && said.contains(code), "{}: {said}", shop.name);
}

#[test]
fn an_order_needs_a_won_deal_or_an_accepted_quote() {
    everywhere(|shop| {
        let name = shop.name;
        let sent = shop.sent(json!([Shop::tier("only", "50000")]));
        for source in [json!({"deal": shop.deal}), json!({"quote": sent})] {
            assert_eq!(shop.refused("order.create", source), "order.nothing_sold", "{name}");
        }
        for neither in [json!({}), json!({"deal": shop.deal, "quote": sent})] {
            assert_eq!(shop.refused("order.create", neither), "field.invalid", "{name}");
        }
        shop.run("quote.accept", json!({"quote": sent, "tier": "only"}));
        let order = shop.run("order.create", json!({"quote": sent}));
        assert_eq!((&order["status"], &order["number"]), (&json!("draft"), &Json::Null), "{name}");
        assert_eq!((&order["total"], &order["yearly"]), (&usd("59500.00"), &usd("50000.00")), "{name}");
        // A won deal without lines is one line with its name and its amount.
        let deal = shop.another_deal();
        shop.run("deal.win", json!({"deal": deal}));
        let order = shop.run("order.create", json!({"deal": deal}));
        let lines = shop.run("order.lines", json!({"order": order["id"]}));
        assert_eq!(lines["order"], order, "{name}");
        assert_eq!(lines["lines"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(
            (&lines["lines"][0]["name"], &lines["lines"][0]["net"]),
            (&json!("Globex - Plan"), &usd("50000.00"))
        );
    });
}

/// magento/magento2 #13952: two orders for one quote at the same second.
#[test]
fn a_deal_has_one_order_and_again_gives_the_same() {
    everywhere(|shop| {
        let name = shop.name;
        let quote = accepted(&shop);
        let order = shop.run("order.create", json!({"quote": quote}));
        let head = shop.office.head();
        for again in [json!({"quote": quote}), json!({"deal": shop.deal})] {
            assert_eq!(shop.run("order.create", again), order, "{name}");
        }
        assert_eq!(shop.office.head(), head, "{name}");
        // One that was made of a won deal is no order of the quote that was accepted later.
        let deal = shop.another_deal();
        let later = shop.sent_of(&deal, json!([Shop::tier("only", "1")]));
        shop.run("deal.win", json!({"deal": deal}));
        let first = shop.run("order.create", json!({"deal": deal}))["id"].clone();
        shop.run("quote.accept", json!({"quote": later, "tier": "only"}));
        assert_eq!(shop.refused("order.create", json!({"quote": later})), "order.exists", "{name}");
        shop.run("order.cancel", json!({"order": first, "reason": "The quote counts"}));
        let second = shop.run("order.create", json!({"quote": later}));
        assert_ne!(second["id"], first, "{name}");
        // What was cancelled does not come back beside it.
        let unit =
            shop.run("order.history", json!({"order": first}))["items"].as_array().unwrap().last().unwrap()["unit"]
                .clone();
        stands_in_the_way(&shop, &unit, "order.deal_taken");
    });
}

/// odoo/odoo PR 25813: a confirmed order that was confirmed again doubled its quantities.
#[test]
fn an_order_is_confirmed_once_and_stays() {
    everywhere(|shop| {
        let name = shop.name;
        shop.run("org.configure", json!({"rates": {"EUR": "1.2"}}));
        let quote = accepted(&shop);
        let order = shop.run("order.create", json!({"quote": quote}))["id"].clone();
        assert_eq!(shop.refused("order.fulfil", json!({"order": order})), "order.not_confirmed", "{name}");
        let confirmed = shop.run("order.confirm", json!({"order": order}));
        assert_eq!((&confirmed["number"], &confirmed["status"]), (&json!("O-000001"), &json!("confirmed")), "{name}");
        assert_eq!(confirmed["ordered_on"], "2025-11-17", "{name}");
        assert_eq!(shop.refused("order.confirm", json!({"order": order})), "order.not_draft", "{name}");
        assert_eq!(shop.refused("deal.trash", json!({"deal": shop.deal})), "record.in_use", "{name}");
        // Neither undo nor reopening gets behind it.
        let unit =
            shop.run("order.history", json!({"order": order}))["items"].as_array().unwrap().last().unwrap()["unit"]
                .clone();
        assert_eq!(shop.refused("ledger.undo", json!({"unit": unit})), "undo.final", "{name}");
        shop.run("deal.win", json!({"deal": shop.deal}));
        assert_eq!(shop.refused("deal.reopen", json!({"deal": shop.deal})), "deal.has_order", "{name}");
        shop.run("order.update", json!({"order": order, "purchase_order": "PO 4711", "tags": ["hot"]}));
        shop.run("order.fulfil", json!({"order": order}));
        assert_eq!(shop.refused("order.cancel", json!({"order": order, "reason": "No"})), "order.over", "{name}");
    });
}

#[test]
fn an_order_keeps_its_lines_and_its_number() {
    everywhere(|shop| {
        let name = shop.name;
        let quote = accepted(&shop);
        let order = shop.run("order.create", json!({"quote": quote}))["id"].clone();
        shop.run("order.confirm", json!({"order": order}));
        let lines = shop.run("order.lines", json!({"order": order}));
        must_add_up(name, &lines["order"], lines["lines"].as_array().unwrap(), nexa_core::Decimal::ZERO);
        let changed = json!([{"name": "Less", "unit_price": usd("1")}]);
        shop.run("deal.set_lines", json!({"deal": shop.deal, "lines": changed}));
        assert_eq!(shop.run("order.lines", json!({"order": order})), lines, "{name}: lines are copies");
        let cancelled = shop.run("order.cancel", json!({"order": order, "reason": "Bankrupt"}));
        assert_eq!((&cancelled["number"], &cancelled["status"]), (&json!("O-000001"), &json!("cancelled")), "{name}");
        let next = shop.run("order.create", json!({"quote": quote}))["id"].clone();
        assert_eq!(shop.run("order.confirm", json!({"order": next}))["number"], "O-000002", "{name}: no number twice");
    });
}

#[test]
fn what_an_order_rests_on_is_not_undone() {
    everywhere(|shop| {
        let quote = accepted(&shop);
        let items = shop.run("quote.history", json!({"quote": quote}))["items"].clone();
        let unit = items.as_array().unwrap().last().unwrap()["unit"].clone();
        shop.run("order.create", json!({"quote": quote}));
        stands_in_the_way(&shop, &unit, "deal.has_order");
    });
}
