//! The health of accounts: what takes points, and one alert for each fall.

use nexa_crm::testing::Office;
use serde_json::{Value as Json, json};

use super::{codes, everywhere, new, pass, refused, tick};

fn record(office: &Office, account: &Json, signal: &str, value: Json) {
    office.clock.advance(std::time::Duration::from_secs(1));
    office.run("account.record_signal", json!({"account": account, "signal": signal, "value": value}));
}

fn health(office: &Office, account: &Json) -> Json {
    office.run("account.health", json!({"account": account}))
}

fn alerts(office: &Office) -> Vec<Json> {
    office.run("alert.find", json!({"sort": ["created_at"]}))["items"].as_array().unwrap().clone()
}

/// An account with the figures of the seeds.
fn seeds(office: &Office) -> Json {
    let account = new(office, "account", json!({"name": "Globex"}));
    for _ in 0..2 {
        new(office, "ticket", json!({"subject": "How do I export?", "account": account}));
    }
    for (signal, value) in [
        ("product_usage", json!(85)),
        ("feature_adoption", json!("70")),
        ("payment_status", json!("current")),
        ("engagement", json!("high")),
        ("nps", json!(9)),
    ] {
        record(office, &account, signal, value);
    }
    account
}

#[test]
fn the_figures_of_the_seeds_are_95_points_low_risk_and_98_percent_and_the_reasons_add_up() {
    everywhere(|name, office| {
        let account = seeds(&office);
        let answer = health(&office, &account);
        let value = &answer["value"];
        assert_eq!(value["health_score"], 95, "{name}: {answer}");
        assert_eq!((&value["risk_level"], &value["renewal_probability"]), (&json!("low"), &json!(0.98)), "{name}");
        assert_eq!((&answer["known"], &answer["confidence"]), (&json!([6, 6]), &json!("high")), "{name}");
        assert_eq!((&answer["made_by"], &answer["as_of"]), (&json!("rules"), &json!(office.head())), "{name}");
        assert_eq!(codes(&answer["reasons"]), ["feature_adoption", "product_usage"], "{name}");
        let points: f64 = answer["reasons"].as_array().unwrap().iter().map(|one| one["points"].as_f64().unwrap()).sum();
        assert!((100.0 + points - 95.0).abs() < 0.01, "{name}: {points}");
        assert_eq!((&value["alert"], &value["recommendation"]), (&Json::Null, &Json::Null), "{name}");
        assert_eq!(alerts(&office).len(), 0, "{name}");
    });
}

#[test]
fn six_known_factors_and_none_are_not_the_same() {
    everywhere(|name, office| {
        let account = new(&office, "account", json!({"name": "Globex"}));
        let nothing = health(&office, &account);
        // Tickets alone are known: there are none.
        assert_eq!((&nothing["value"]["health_score"], &nothing["known"]), (&json!(100), &json!([1, 6])), "{name}");
        assert_eq!(nothing["confidence"], "low", "{name}");
        assert_eq!(nothing["value"]["trend_30d"], Json::Null, "{name}");
        let viewer = office.run_as("viewer", "account.health", json!({"account": account})).unwrap();
        assert_eq!((&viewer["known"], &viewer["confidence"]), (&json!([0, 6]), &json!("none")), "{name}: no tickets");
        assert_eq!(codes(&viewer["reasons"]), ["health.nothing_known"], "{name}");
    });
}

#[test]
fn a_fall_raises_one_alert_and_recovering_by_five_points_ends_it() {
    everywhere(|name, office| {
        let account = seeds(&office);
        office.run("account.assign", json!({"account": account, "assignee": {"user": office.id("agent")}}));
        // 95 less 30 × 63 / 90 … of usage, to 65.
        record(&office, &account, "product_usage", json!(0));
        let [alert] = alerts(&office).try_into().unwrap();
        assert_eq!((&alert["type"], &alert["status"]), (&json!("churn_risk"), &json!("open")), "{name}");
        assert_eq!((&alert["value"], &alert["threshold"]), (&json!(67), &json!(70)), "{name}");
        assert_eq!(alert["message"], "Health score dropped to 67, immediate action needed", "{name}");
        assert_eq!(alert["recommendation"], "Schedule executive business review", "{name}");
        assert_eq!(alert["assignee"], json!({"user": office.id("agent")}), "{name}: who looks after the account");
        assert_eq!(codes(&alert["reasons"]), ["product_usage", "feature_adoption"], "{name}");
        let answer = health(&office, &account);
        assert_eq!(
            (&answer["value"]["alert"], &answer["value"]["risk_level"]),
            (&alert["id"], &json!("high")),
            "{name}"
        );

        // It goes on falling, somebody resolves the alert, and it hovers about the threshold: no other alert.
        record(&office, &account, "nps", json!(3));
        office.run("alert.acknowledge", json!({"alert": alert["id"]}));
        office.run("alert.resolve", json!({"alert": alert["id"], "resolution": "They are on holiday"}));
        assert_eq!(refused(&office, "alert.resolve", json!({"alert": alert["id"]})), "alert.resolved", "{name}");
        record(&office, &account, "nps", json!(9));
        for usage in [20, 0, 20, 0] {
            record(&office, &account, "product_usage", json!(usage));
        }
        assert_eq!(alerts(&office).len(), 1, "{name}: 73 points are not well again");
        record(&office, &account, "product_usage", json!(30));
        assert!(!alerts(&office)[0]["recovered_at"].is_null(), "{name}: 77 points are");
        record(&office, &account, "product_usage", json!(0));
        assert_eq!(alerts(&office).len(), 2, "{name}: the next fall");
    });
}

#[test]
fn tickets_and_silence_lower_the_health_without_a_signal() {
    everywhere(|name, office| {
        let account = new(&office, "account", json!({"name": "Globex"}));
        record(&office, &account, "product_usage", json!(20));
        record(&office, &account, "payment_status", json!("current"));
        assert_eq!(health(&office, &account)["value"]["health_score"], 77, "{name}");
        for severity in ["p1", "p1", "p2"] {
            new(&office, "ticket", json!({"subject": "It is down", "account": account, "severity": severity}));
        }
        assert_eq!(alerts(&office).len(), 0, "{name}: nobody looked yet");
        tick(&office);
        let [alert] = alerts(&office).try_into().unwrap();
        assert_eq!(alert["value"], 62, "{name}: ten tickets take all 15 points: {alert}");
        assert_eq!(codes(&alert["reasons"])[1], "open_tickets", "{name}");

        let silent = new(&office, "account", json!({"name": "Initech"}));
        let call = json!({"direction": "incoming", "about": [{"kind": "account", "id": silent}]});
        new(&office, "call", call);
        record(&office, &silent, "product_usage", json!(20));
        assert_eq!(health(&office, &silent)["value"]["health_score"], 77, "{name}");
        pass(&office, 55);
        assert_eq!(alerts(&office).len(), 1, "{name}: 70 points are enough");
        pass(&office, 10);
        let [_, alert] = alerts(&office).try_into().unwrap();
        assert_eq!((&alert["account"], &alert["value"]), (&silent, &json!(68)), "{name}: {alert}");
        // A signal of long ago says nothing any more.
        pass(&office, 30);
        let old = health(&office, &silent);
        assert_eq!((&old["value"]["health_score"], &old["known"]), (&json!(85), &json!([2, 6])), "{name}");
        assert!(!alerts(&office)[1]["recovered_at"].is_null(), "{name}");
    });
}

#[test]
fn a_muted_alert_has_no_successor_until_then() {
    everywhere(|name, office| {
        let account = seeds(&office);
        record(&office, &account, "product_usage", json!(0));
        let alert = alerts(&office)[0]["id"].clone();
        let until = json!({"alert": alert, "until": "2025-12-01T00:00:00Z"});
        office.run("alert.mute", until);
        assert_eq!(
            refused(&office, "alert.mute", json!({"alert": alert, "until": "2025-01-01T00:00:00Z"})),
            "alert.muted_past"
        );
        for usage in [90, 0] {
            record(&office, &account, "product_usage", json!(usage));
        }
        assert_eq!(alerts(&office).len(), 1, "{name}");
        pass(&office, 13);
        assert_eq!(alerts(&office).len(), 1, "{name}: it is muted still");
        pass(&office, 2);
        assert_eq!(alerts(&office).len(), 2, "{name}: the account is as low as before");
    });
}

#[test]
fn a_card_is_data_and_the_newest_active_one_counts() {
    everywhere(|name, office| {
        let account = seeds(&office);
        let factors = json!([{"code": "logins", "weight": 50, "range": {"best": 100, "worst": 0}}]);
        let card = json!({"name": "Logins", "factors": factors, "alert_below": 60, "active": true});
        let card = office.run("health_card.create", card);
        record(&office, &account, "logins", json!(10));
        let answer = health(&office, &account);
        assert_eq!(answer["value"]["health_score"], 55, "{name}");
        assert_eq!(answer["made_by"], format!("health_card:{}@1", card["id"].as_str().unwrap()), "{name}");
        assert_eq!(alerts(&office)[0]["threshold"], 60, "{name}");
        let unknown = json!({"account": account, "signal": "nps", "value": 9});
        assert_eq!(refused(&office, "account.record_signal", unknown), "account.signal_unknown", "{name}");
        office.run("health_card.update", json!({"health_card": card["id"], "active": false}));
        assert_eq!(health(&office, &account)["value"]["health_score"], 95, "{name}: the library's own again");
        for bad in [
            json!([]),
            json!([{"code": "a", "weight": 10}]),
            json!([{"code": "a", "weight": 10, "words": {"x": 11}}]),
            json!([{"code": "a", "weight": 10, "words": {"x": 1}}, {"code": "a", "weight": 10, "words": {"x": 1}}]),
        ] {
            let with = json!({"health_card": card["id"], "factors": bad});
            assert_eq!(refused(&office, "health_card.update", with), "health_card.invalid", "{name}: {bad}");
        }
    });
}

#[test]
fn a_signal_is_refused_that_its_factor_does_not_take() {
    everywhere(|name, office| {
        let account = new(&office, "account", json!({"name": "Globex"}));
        for (signal, value, code) in [
            ("product_usage", json!(101), "account.signal_value"),
            ("product_usage", json!("much"), "account.signal_value"),
            ("payment_status", json!("never"), "account.signal_value"),
            ("nps", json!(-1), "account.signal_value"),
            ("open_tickets", json!("few"), "account.signal_value"),
            ("mood", json!(1), "account.signal_unknown"),
        ] {
            let with = json!({"account": account, "signal": signal, "value": value});
            assert_eq!(refused(&office, "account.record_signal", with), code, "{name}: {signal} {value}");
        }
        let tomorrow = json!({"account": account, "signal": "nps", "value": 9, "at": "2025-12-24T00:00:00Z"});
        assert_eq!(refused(&office, "account.record_signal", tomorrow), "account.signal_to_come", "{name}");
    });
}

#[test]
fn signals_come_late_and_twice() {
    everywhere(|name, office| {
        let account = new(&office, "account", json!({"name": "Globex"}));
        let seen = |value: u32, at: &str| {
            let with = json!({"account": account, "signal": "product_usage", "value": value, "at": at});
            office.run("account.record_signal", with);
        };
        seen(90, "2025-11-10T00:00:00Z");
        seen(45, "2025-11-01T00:00:00Z");
        seen(60, "2025-10-01T00:00:00Z");
        let answer = health(&office, &account);
        assert_eq!(answer["value"]["health_score"], 100, "{name}: the newest counts, whenever it came");
        assert_eq!(answer["value"]["trend_30d"], 10, "{name}: 90 points in October");
        seen(45, "2025-11-10T00:00:00Z");
        assert_eq!(
            health(&office, &account)["value"]["health_score"],
            85,
            "{name}: what was said of a moment is corrected"
        );
        assert_eq!(office.run("account_signal.count", json!({})), 3, "{name}");
    });
}
