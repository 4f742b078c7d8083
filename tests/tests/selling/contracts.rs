//! Contracts: what recurs, until when, and who renews it.

use serde_json::{Value as Json, json};

use super::{Shop, everywhere, totals::must_add_up, usd};

/// A confirmed order of these lines.
fn ordered(shop: &Shop, lines: Json) -> Json {
    let deal = shop.another_deal();
    shop.run("deal.set_lines", json!({"deal": deal, "lines": lines}));
    confirmed(shop, &deal)
}

fn confirmed(shop: &Shop, deal: &Json) -> Json {
    shop.run("deal.win", json!({"deal": deal}));
    let order = shop.run("order.create", json!({"deal": deal}))["id"].clone();
    shop.run("order.confirm", json!({"order": order}));
    order
}

fn line(amount: &str, every: &str, months: u32) -> Json {
    json!({"name": "Plan", "unit_price": usd(amount), "recurring": every, "term_months": months})
}

fn contract(shop: &Shop, lines: Json, start: &str) -> Json {
    let order = ordered(shop, lines);
    shop.run("contract.create", json!({"order": order, "start": start, "notice_days": 30}))
}

fn own(shop: &Shop) -> Json {
    shop.run("account.rollup", json!({"account": shop.account}))["own"].clone()
}

#[test]
fn a_contract_has_what_recurs_and_the_account_its_arr() {
    everywhere(|shop| {
        let name = shop.name;
        let once = json!({"name": "Setup", "unit_price": usd("999")});
        let order = ordered(&shop, json!([line("50000", "year", 12), once]));
        let made = shop.run("contract.create", json!({"order": order, "start": "2026-01-31"}));
        assert_eq!((&made["number"], &made["status"]), (&json!("C-000001"), &json!("active")), "{name}");
        assert_eq!((&made["start"], &made["end"]), (&json!("2026-01-31"), &json!("2027-01-31")), "{name}");
        assert_eq!((&made["yearly"], &made["monthly"]), (&usd("50000.00"), &usd("4166.67")), "{name}: not 50,000.04");
        let lines = shop.run("contract.lines", json!({"contract": made["id"]}));
        assert_eq!(lines["lines"].as_array().unwrap().len(), 1, "{name}: what is paid once is none of it");
        // An order has one.
        let head = shop.office.head();
        assert_eq!(shop.run("contract.create", json!({"order": order}))["id"], made["id"], "{name}");
        assert_eq!(shop.office.head(), head, "{name}");
        // 18 months of 100 a year are 150.00.
        let long = contract(&shop, json!([line("100", "year", 18)]), "2026-01-01");
        assert_eq!((&long["contract_value"], &long["end"]), (&usd("150.00"), &json!("2027-07-01")), "{name}");
        let totals = own(&shop);
        assert_eq!(totals["arr"]["converted"], usd("50100.00"), "{name}");
        assert_eq!(totals["mrr"]["converted"], usd("4175.00"), "{name}");
        assert_eq!(totals["contract_end"], "2027-07-01", "{name}");
        assert_eq!(
            shop.refused("order.cancel", json!({"order": order, "reason": "No"})),
            "order.has_contract",
            "{name}"
        );
        shop.run("contract.cancel", json!({"contract": long["id"], "reason": "They moved"}));
        assert_eq!(own(&shop)["contract_end"], "2027-01-31", "{name}");
        assert_eq!(own(&shop)["arr"]["converted"], usd("50000.00"), "{name}");
    });
}

#[test]
fn what_is_not_ordered_or_does_not_recur_makes_no_contract() {
    everywhere(|shop| {
        let deal = shop.another_deal();
        shop.run("deal.win", json!({"deal": deal}));
        let order = shop.run("order.create", json!({"deal": deal}))["id"].clone();
        assert_eq!(shop.refused("contract.create", json!({"order": order})), "contract.not_ordered", "{}", shop.name);
        shop.run("order.confirm", json!({"order": order}));
        let refused = shop.refused("contract.create", json!({"order": order}));
        assert_eq!(refused, "contract.nothing_recurring", "{}", shop.name);
    });
}

#[test]
fn a_contract_is_renewed_once_for_an_end_and_the_next_takes_over() {
    everywhere(|shop| {
        let name = shop.name;
        let first = contract(&shop, json!([line("1000", "year", 12)]), "2026-01-01");
        let first = first["id"].clone();
        let renewal = shop.run("contract.renew", json!({"contract": first, "uplift": "3.5"}));
        assert_eq!((&renewal["type"], &renewal["amount"]), (&json!("renewal"), &usd("1035.00")), "{name}");
        assert_eq!((&renewal["close_date"], &renewal["contract"]), (&json!("2026-12-02"), &first), "{name}");
        assert_eq!(shop.refused("contract.renew", json!({"contract": first})), "contract.renewal_exists", "{name}");
        let order = confirmed(&shop, &renewal["id"]);
        let next = shop.run("contract.create", json!({"order": order}));
        assert_eq!((&next["start"], &next["end"]), (&json!("2027-01-01"), &json!("2028-01-01")), "{name}");
        assert_eq!(shop.run("contract.get", json!({"contract": first}))["status"], "renewed", "{name}");
        assert_eq!(own(&shop)["arr"]["converted"], usd("1035.00"), "{name}: it counts once");
        assert_eq!(shop.refused("contract.renew", json!({"contract": first})), "contract.not_active", "{name}");
    });
}

#[test]
fn a_timer_makes_the_renewal_ninety_days_before_the_end() {
    everywhere(|shop| {
        let name = shop.name;
        let made = contract(&shop, json!([line("1000", "year", 12)]), "2025-12-01")["id"].clone();
        let renewals = || {
            let filter = json!({"field": "type", "op": "eq", "value": "renewal"});
            shop.run("deal.find", json!({"filter": filter}))["items"].clone()
        };
        shop.at("2026-09-01T23:59:59Z");
        shop.tick();
        assert_eq!(renewals(), json!([]), "{name}: never early");
        shop.at("2026-09-02T00:00:00Z");
        shop.tick();
        shop.tick();
        assert_eq!(renewals().as_array().unwrap().len(), 1, "{name}");
        assert_eq!((&renewals()[0]["amount"], &renewals()[0]["contract"]), (&usd("1000.00"), &made), "{name}");
        // Nobody renewed it: it reads ended at once, and the timer writes it down.
        shop.at("2026-12-01T00:00:00Z");
        let ended = json!({"filter": {"field": "status", "op": "eq", "value": "ended"}});
        assert_eq!(shop.run("contract.count", ended.clone()), 1, "{name}");
        assert_eq!(own(&shop)["arr"]["converted"], usd("0.00"), "{name}");
        shop.tick();
        assert_eq!(shop.run("contract.get", json!({"contract": made}))["status"], "ended", "{name}");
        shop.run("ledger.verify", json!({"rows": true}));
    });
}

#[test]
fn a_contract_that_renews_itself_goes_on_for_as_long_again() {
    everywhere(|shop| {
        let name = shop.name;
        let made = contract(&shop, json!([line("100", "month", 1)]), "2026-01-31")["id"].clone();
        shop.run("contract.update", json!({"contract": made, "auto_renew": true}));
        shop.at("2026-02-28T00:00:00Z");
        assert_eq!(shop.run("contract.get", json!({"contract": made}))["status"], "active", "{name}");
        shop.tick();
        let gone_on = shop.run("contract.get", json!({"contract": made}));
        assert_eq!((&gone_on["status"], &gone_on["end"]), (&json!("active"), &json!("2026-03-31")), "{name}");
        shop.run("contract.cancel", json!({"contract": made, "reason": "They moved"}));
        shop.at("2026-06-01T00:00:00Z");
        shop.tick();
        assert_eq!(shop.run("contract.get", json!({"contract": made}))["end"], "2026-03-31", "{name}");
    });
}

#[test]
fn a_change_ends_with_its_contract_and_costs_the_whole_months_that_are_left() {
    everywhere(|shop| {
        let name = shop.name;
        let made = contract(&shop, json!([line("1000", "year", 12)]), "2026-01-01")["id"].clone();
        let change = json!({"contract": made, "lines": [line("1200", "year", 12)], "on": "2026-04-01"});
        let deal = shop.run("contract.change", change);
        assert_eq!((&deal["type"], &deal["amount"]), (&json!("upsell"), &usd("900.00")), "{name}: nine months");
        let order = confirmed(&shop, &deal["id"]);
        let grown = shop.run("contract.create", json!({"order": order}));
        assert_eq!((&grown["id"], &grown["end"]), (&made, &json!("2027-01-01")), "{name}");
        assert_eq!((&grown["yearly"], &grown["contract_value"]), (&usd("2200.00"), &usd("1900.00")), "{name}");
        assert_eq!(own(&shop)["arr"]["converted"], usd("2200.00"), "{name}");
        // It is renewed as a whole, for its whole term.
        let renewal = shop.run("contract.renew", json!({"contract": made}));
        assert_eq!(renewal["amount"], usd("2200.00"), "{name}");
        for day in ["2025-12-31", "2026-12-02", "2027-01-01"] {
            let late = json!({"contract": made, "lines": [line("1", "year", 12)], "on": day});
            assert_eq!(shop.refused("contract.change", late), "contract.change_outside", "{name}: {day}");
        }
        let lines = shop.run("order.lines", json!({"order": order}));
        must_add_up(name, &lines["order"], lines["lines"].as_array().unwrap(), nexa_core::Decimal::ZERO);
    });
}
