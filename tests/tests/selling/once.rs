//! Many at once: a deal is sold once, and numbers have no gap.

use std::{collections::BTreeSet, sync::Barrier, thread};

use nexa_crm::{Envelope, Result};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

use super::Shop;

/// How many call at once.
const CALLERS: usize = 64;

/// Every call from a thread of its own, all at once.
fn at_once(shop: &Shop, calls: impl Fn(usize) -> (&'static str, Json)) -> Vec<Result<Json>> {
    let start = Barrier::new(CALLERS);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..CALLERS)
            .map(|number| {
                let (session, start, (operation, arguments)) = (shop.office.session("admin"), &start, calls(number));
                scope.spawn(move || {
                    start.wait();
                    block_on(session.execute(operation, arguments, Envelope::default()))
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn codes(answers: &[Result<Json>]) -> BTreeSet<&str> {
    answers.iter().filter_map(|answer| answer.as_ref().err()).map(nexa_crm::Error::code).collect()
}

/// open-mercato/open-mercato PR 1338: two parallel acceptances of a quote made two orders.
#[test]
fn sixty_four_callers_accept_one_deal_once() {
    for backend in [backends::sqlite(), backends::postgres()] {
        let shop = Shop::on(backend);
        let tiers = || json!([Shop::tier("a", "30000"), Shop::tier("b", "60000")]);
        let quotes = [shop.sent(tiers()), shop.sent(tiers())];
        let answers = at_once(&shop, |number| {
            let tier = if number / 2 % 2 == 0 { "a" } else { "b" };
            ("quote.accept", json!({"quote": quotes[number % 2], "tier": tier}))
        });
        let name = shop.name;
        let accepted: BTreeSet<String> = answers.iter().flatten().map(Json::to_string).collect();
        assert_eq!(accepted.len(), 1, "{name}: all who are not refused have the same answer");
        assert_eq!(codes(&answers), BTreeSet::from(["quote.already_accepted"]), "{name}");
        let of = json!({"field": "status", "op": "eq", "value": "accepted"});
        assert_eq!(shop.run("quote.count", json!({"filter": of})), 1, "{name}");
        assert_eq!(shop.run("line.count", json!({})), 1, "{name}: the lines of one tier");
        shop.run("ledger.verify", json!({"rows": true}));
    }
}

/// django-getpaid/django-plans #118 and xtuple/xtuple PR 2099: two documents with one number.
#[test]
fn sixty_four_callers_order_and_confirm_once_and_numbers_are_dense() {
    for backend in [backends::sqlite(), backends::postgres()] {
        let shop = Shop::on(backend);
        let name = shop.name;
        let quote = shop.sent(json!([Shop::tier("a", "30000")]));
        shop.run("quote.accept", json!({"quote": quote, "tier": "a"}));
        let made = at_once(&shop, |number| {
            ("order.create", if number % 2 == 0 { json!({"quote": quote}) } else { json!({"deal": shop.deal}) })
        });
        let orders: BTreeSet<String> = made.into_iter().map(|order| order.unwrap()["id"].to_string()).collect();
        assert_eq!(orders.len(), 1, "{name}: everybody has the same order");
        let order: Json = serde_json::from_str(orders.first().unwrap()).unwrap();
        let answers = at_once(&shop, |_| ("order.confirm", json!({"order": order})));
        assert_eq!(answers.iter().flatten().count(), 1, "{name}");
        assert_eq!(codes(&answers), BTreeSet::from(["order.not_draft"]), "{name}");
        // As many others, all at once: each has a number of its own, and none is missing.
        let others: Vec<Json> = (0..CALLERS)
            .map(|_| {
                let deal = shop.another_deal();
                shop.run("deal.win", json!({"deal": deal}));
                shop.run("order.create", json!({"deal": deal}))["id"].clone()
            })
            .collect();
        let answers = at_once(&shop, |number| ("order.confirm", json!({"order": others[number]})));
        let numbers: BTreeSet<String> =
            answers.into_iter().map(|order| order.unwrap()["number"].as_str().unwrap().to_owned()).collect();
        let dense: BTreeSet<String> = (2..CALLERS + 2).map(|number| format!("O-{number:06}")).collect();
        assert_eq!(numbers, dense, "{name}");
        shop.run("ledger.verify", json!({"rows": true}));
    }
}

#[test]
fn sixty_four_callers_renew_a_contract_once() {
    for backend in [backends::sqlite(), backends::postgres()] {
        let shop = Shop::on(backend);
        let name = shop.name;
        let quote = shop.sent(json!([Shop::tier("a", "30000")]));
        shop.run("quote.accept", json!({"quote": quote, "tier": "a"}));
        let order = shop.run("order.create", json!({"quote": quote}))["id"].clone();
        shop.run("order.confirm", json!({"order": order}));
        let made = at_once(&shop, |_| ("contract.create", json!({"order": order})));
        let contracts: BTreeSet<String> = made.into_iter().map(|made| made.unwrap()["id"].to_string()).collect();
        assert_eq!(contracts.len(), 1, "{name}: everybody has the same contract");
        let contract: Json = serde_json::from_str(contracts.first().unwrap()).unwrap();
        let answers = at_once(&shop, |_| ("contract.renew", json!({"contract": contract})));
        assert_eq!(answers.iter().flatten().count(), 1, "{name}");
        assert_eq!(codes(&answers), BTreeSet::from(["contract.renewal_exists"]), "{name}");
        let of = json!({"field": "type", "op": "eq", "value": "renewal"});
        assert_eq!(shop.run("deal.count", json!({"filter": of})), 1, "{name}");
    }
}
