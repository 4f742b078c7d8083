//! Exchange rates by day: which rate a report converts with, and what has none.

use nexa_core::testing::Office;
use nexa_tests::backends;
use serde_json::{Value as Json, json};

fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        // At 09:00 UTC on 17 November 2025, in dollars.
        test(backend.name, Office::staffed(backend.store.clone(), nexa_core::builder()));
    }
}

fn usd(amount: &str) -> Json {
    json!({"amount": amount, "currency": "USD"})
}

fn rate(office: &Office, currency: &str, from: &str, value: &str) -> Json {
    office.run("rate.create", json!({"currency": currency, "valid_from": from, "value": value}))
}

fn refused(office: &Office, operation: &str, arguments: Json) -> (String, Json) {
    let error = office.run_as("admin", operation, arguments).unwrap_err();
    (error.code().to_owned(), error.params().get("field").cloned().unwrap_or_default())
}

/// A deal of an account; won on a day, or open.
fn deal(office: &Office, account: &Json, amount: &str, currency: &str, won: Option<&str>) -> Json {
    let amount = json!({"amount": amount, "currency": currency});
    let fields =
        json!({"name": "Plan", "account": account, "amount": amount, "close_date": won.unwrap_or("2026-02-01")});
    let deal = office.run("deal.create", fields)["id"].clone();
    if let Some(day) = won {
        office.run("deal.win", json!({"deal": deal}));
        office.run("deal.update", json!({"deal": deal, "close_date": day}));
    }
    deal
}

#[test]
fn what_was_won_has_the_rate_of_its_day_and_what_is_open_the_latest() {
    everywhere(|name, office| {
        let account = office.run("account.create", json!({"name": "Globex"}))["id"].clone();
        office.run("org.configure", json!({"rates": {"EUR": "1.5"}}));
        for (from, value) in [("2025-09-01", "1.2"), ("2025-10-01", "1.3"), ("2025-11-17", "1.4"), ("2025-11-18", "9")]
        {
            rate(&office, "EUR", from, value);
        }
        // Before the first rate, on its first day, on the last day before the next, and open.
        for (amount, won) in
            [("100", Some("2025-08-31")), ("10", Some("2025-09-01")), ("1", Some("2025-09-30")), ("1000", None)]
        {
            deal(&office, &account, amount, "EUR", won);
        }
        deal(&office, &account, "5", "USD", Some("2025-09-15"));
        deal(&office, &account, "7", "GBP", Some("2025-09-15"));
        let rollup = office.run("account.rollup", json!({"account": account}));
        let own = &rollup["own"];
        // 100 × 1.5 + 11 × 1.2 + 5, and then 1,000 × 1.4 of today.
        assert_eq!(own["closed_won"]["converted"], usd("168.20"), "{name}: {own}");
        assert_eq!(own["total_deal_value"]["converted"], usd("1568.20"), "{name}");
        let euros = json!({"amount": "1111.00", "currency": "EUR"});
        assert!(own["total_deal_value"]["per_currency"].as_array().unwrap().contains(&euros), "{name}: {own}");
        // No rate is no rate, and not one to one.
        let unpriced = json!([{"total": {"amount": "7.00", "currency": "GBP"}, "count": 1}]);
        assert_eq!((&own["closed_won"]["unpriced"], &own["unpriced"]), (&unpriced, &json!(1)), "{name}");
        assert_eq!(
            own["closed_won"]["rates"],
            json!([
                {"currency": "EUR", "valid_from": null, "value": "1.5"},
                {"currency": "EUR", "valid_from": "2025-09-01", "value": "1.2"},
            ]),
            "{name}"
        );
        let forecast = office.run("deal.forecast", json!({"from": "2025-08-01", "to": "2026-12-31"}));
        assert_eq!(forecast["total"]["committed"]["converted"], usd("168.20"), "{name}: {forecast}");
        assert_eq!(forecast["total"]["best_case"]["converted"], usd("1400.00"), "{name}");
        let lines = forecast["lines"].as_array().unwrap();
        let september = lines.iter().find(|line| line["month"] == "2025-09-01" && line["currency"] == "EUR").unwrap();
        assert_eq!((&september["committed"]["amount"], &september["won"]), (&json!("11.00"), &json!(2)), "{name}");
        assert_eq!(lines.len(), 5, "{name}: a line is of a month, whatever the days: {lines:?}");
        let pipeline = office.run("deal.pipeline", json!({}));
        assert_eq!(pipeline["open"]["total"]["converted"], usd("1400.00"), "{name}");
        let won = pipeline["stages"].as_array().unwrap().iter().find(|stage| stage["kind"] == "won").unwrap();
        assert_eq!((&won["count"], &won["total"]["converted"]), (&json!(5), &usd("168.20")), "{name}");
        office.run("ledger.verify", json!({"rows": true}));
    });
}

#[test]
fn a_campaign_is_measured_with_the_rates_of_the_days() {
    everywhere(|name, office| {
        let fields = json!({"name": "Fair", "type": "event", "actual_cost": {"amount": "10", "currency": "EUR"}});
        let campaign = office.run("campaign.create", fields)["id"].clone();
        rate(&office, "EUR", "2025-09-01", "2");
        rate(&office, "EUR", "2025-11-01", "4");
        for (amount, won) in [("100", Some("2025-09-15")), ("1", None)] {
            let id = deal(&office, &json!(null), amount, "EUR", won);
            office.run("deal.update", json!({"deal": id, "campaign": campaign}));
        }
        let brought = office.run("campaign.performance", json!({"campaign": campaign}));
        assert_eq!((&brought["won"]["in_base"], &brought["won"]["deals"]), (&usd("200.00"), &json!(1)), "{name}");
        assert_eq!((&brought["pipeline"]["in_base"], &brought["roi_won"]), (&usd("204.00"), &json!("4")), "{name}");
        assert_eq!(brought["pipeline"]["rates"].as_array().unwrap().len(), 2, "{name}");
    });
}

#[test]
fn changing_a_past_rate_changes_its_days_and_stands_in_the_ledger() {
    everywhere(|name, office| {
        let account = office.run("account.create", json!({"name": "Globex"}))["id"].clone();
        let september = rate(&office, "EUR", "2025-09-01", "1.2")["id"].clone();
        rate(&office, "EUR", "2025-10-01", "1.3");
        let deal = deal(&office, &account, "410", "EUR", Some("2025-09-20"));
        let won =
            || office.run("account.rollup", json!({"account": account}))["own"]["closed_won"]["converted"].clone();
        assert_eq!(won(), usd("492.00"), "{name}");
        office.run("rate.update", json!({"rate": september, "value": "1.25"}));
        assert_eq!(won(), usd("512.50"), "{name}");
        let history = office.run("rate.history", json!({"rate": september}));
        assert_eq!(history["items"].as_array().unwrap().len(), 2, "{name}: {history}");
        // In the trash it is valid no longer, and nothing else is valid before October.
        office.run("rate.trash", json!({"rate": september}));
        assert_eq!(won(), usd("0.00"), "{name}");
        office.run("rate.restore", json!({"rate": september}));
        // The amount itself was never converted.
        let amount = office.run("deal.get", json!({"deal": deal}))["amount"].clone();
        assert_eq!(amount, json!({"amount": "410.00", "currency": "EUR"}), "{name}");
    });
}

#[test]
fn a_rate_is_one_of_its_day_and_in_the_base_currency() {
    everywhere(|name, office| {
        let eur = rate(&office, "eur", "2025-09-01", "1.08234567")["id"].clone();
        let created = office.run("rate.get", json!({"rate": eur}));
        assert_eq!((&created["base"], &created["value"]), (&json!("USD"), &json!("1.08234567")), "{name}");
        let create = |fields: Json| refused(&office, "rate.create", fields);
        let full = json!({"currency": "EUR", "valid_from": "2025-09-01", "value": "1.1"});
        assert_eq!(create(full.clone()).0, "rate.day_taken", "{name}");
        for field in ["currency", "valid_from"] {
            let mut fields = full.clone();
            fields.as_object_mut().unwrap().remove(field);
            assert_eq!(create(fields), ("field.required".to_owned(), json!(field)), "{name}");
        }
        for value in [json!(0), json!("-1"), json!(null)] {
            let mut fields = full.clone();
            fields["value"] = value.clone();
            let (code, field) = create(fields);
            assert!(["rate.value_invalid", "field.required"].contains(&code.as_str()), "{name}: {value}: {code}");
            assert_eq!(field, "value", "{name}");
        }
        let of_base = json!({"currency": "USD", "valid_from": "2025-09-01", "value": "1"});
        assert_eq!(create(of_base), ("rate.of_base".to_owned(), json!("currency")), "{name}");
        assert_eq!(office.run_as("agent", "rate.create", full).unwrap_err().code(), "access.denied", "{name}");

        // Rates in dollars mean nothing in pounds.
        let pounds = json!({"base_currency": "GBP"});
        assert_eq!(
            refused(&office, "org.configure", pounds.clone()),
            ("org.rates_exist".to_owned(), json!("base_currency"))
        );
        assert_eq!(office.run("rate.count", json!({})), 1, "{name}");
        office.run("rate.trash", json!({"rate": eur}));
        office.run("org.configure", pounds);
        assert_eq!(refused(&office, "rate.restore", json!({"rate": eur})).0, "rate.base_changed", "{name}");
        assert_eq!(rate(&office, "EUR", "2025-09-01", "0.9")["base"], "GBP", "{name}: the day is free again");
    });
}

#[test]
fn rates_come_from_a_file() {
    everywhere(|name, office| {
        let csv = "currency,valid_from,value\nEUR,2025-09-01,1.0823\nJPY,2025-09-01,0.0067\nJPY,2025-09-02,0\n";
        let report = office.run("rate.import_csv", json!({"csv": csv}));
        assert_eq!((&report["created"], &report["refused"]), (&json!(2), &json!(1)), "{name}: {report}");
        let page =
            office.run("rate.find", json!({"filter": {"field": "currency", "value": "JPY"}, "sort": ["-valid_from"]}));
        assert_eq!(
            (&page["items"][0]["value"], page["items"].as_array().unwrap().len()),
            (&json!("0.0067"), 1),
            "{name}"
        );
    });
}
