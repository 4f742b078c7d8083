//! The outlook of deals: the probability and where it comes from, and what stands in the way.

use nexa_crm::testing::Office;
use serde_json::{Value as Json, json};

use super::{codes, everywhere, new, pass, refused, usd};

fn outlook(office: &Office, deal: &Json) -> Json {
    office.run("deal.outlook", json!({"deal": deal}))
}

#[test]
fn the_stage_says_25_50_and_75_and_a_hand_goes_before_it() {
    everywhere(|name, office| {
        let deal = new(&office, "deal", json!({"name": "Globex - Plan", "amount": usd("50000")}));
        for (stage, probability) in [("qualification", 25), ("proposal", 50), ("negotiation", 75)] {
            office.run("deal.move", json!({"deal": deal, "stage": stage}));
            let answer = outlook(&office, &deal);
            let said = (&answer["value"]["win_probability"], &answer["value"]["source"]);
            assert_eq!(said, (&json!(probability), &json!("stage")), "{name}: {answer}");
            assert_eq!(answer["reasons"][0]["code"], "deal.outlook.stage", "{name}");
            assert_eq!(answer["as_of"], office.head(), "{name}");
        }
        office.run("deal.update", json!({"deal": deal, "probability": 90}));
        let answer = outlook(&office, &deal);
        assert_eq!(
            (&answer["value"]["win_probability"], &answer["value"]["source"]),
            (&json!(90), &json!("hand")),
            "{name}"
        );
        office.run("deal.lose", json!({"deal": deal, "reason": "Too dear"}));
        assert_eq!(refused(&office, "deal.outlook", json!({"deal": deal})), "deal.outlook_closed", "{name}");
    });
}

#[test]
fn a_deal_that_was_won_and_reopened_is_no_certainty() {
    everywhere(|name, office| {
        let deal = new(&office, "deal", json!({"name": "Globex - Plan", "amount": usd("50000")}));
        office.run("deal.win", json!({"deal": deal}));
        office.run("deal.reopen", json!({"deal": deal}));
        let answer = outlook(&office, &deal);
        assert_eq!(
            (&answer["value"]["win_probability"], &answer["value"]["source"]),
            (&json!(10), &json!("stage")),
            "{name}"
        );
    });
}

#[test]
fn what_stands_in_the_way_is_named_with_since_when_and_lowers_nothing() {
    everywhere(|name, office| {
        let account = new(&office, "account", json!({"name": "Globex"}));
        let contact = new(&office, "contact", json!({"email": "sarah@globex.example", "account": account}));
        let deal = json!({
            "name": "Globex - Plan", "amount": usd("50000"), "account": account, "primary_contact": contact,
            "close_date": "2025-11-20", "next_step": "Send the offer"
        });
        let deal = new(&office, "deal", deal);
        assert_eq!(codes(&outlook(&office, &deal)["value"]["risk_factors"]), Vec::<&str>::new(), "{name}");
        let call = json!({"direction": "incoming", "about": [{"kind": "contact", "id": contact}]});
        new(&office, "call", call);
        office.run("deal.move", json!({"deal": deal, "stage": "negotiation"}));
        for day in ["2025-11-25", "2025-11-30"] {
            office.run("deal.update", json!({"deal": deal, "close_date": day}));
        }
        let change = json!({
            "deal": deal, "amount": usd("45000"), "competitors": ["Initech"], "next_step": null
        });
        office.run("deal.update", change);
        let cut = office.head();
        pass(&office, 15);
        let answer = outlook(&office, &deal);
        let risks = &answer["value"]["risk_factors"];
        assert_eq!(
            codes(risks),
            [
                "stuck",
                "no_next_step",
                "silent",
                "close_date_passed",
                "close_date_pushed",
                "single_contact",
                "competitor",
                "amount_cut"
            ]
            .map(|code| format!("deal.risk.{code}")),
            "{name}"
        );
        let stuck = &risks[0];
        assert_eq!(stuck["text"], "It has been in negotiation for 15 days", "{name}");
        assert!(stuck["since"].as_str().unwrap().starts_with("2025-12-01T09:00:"), "{name}: after 14 days: {stuck}");
        assert_eq!(risks[7]["evidence"][0]["seq"], cut, "{name}: {}", risks[7]);
        assert_eq!(risks[7]["text"], "Its amount was lowered from 50000.00 to 45000.00", "{name}");
        assert!(risks.as_array().unwrap().iter().all(|risk| risk["lowers_probability"] == false), "{name}");
        assert_eq!(answer["value"]["win_probability"], 75, "{name}");
        // A task is a next step, and a raised amount answers the cut.
        new(&office, "task", json!({"title": "Call them", "about": {"kind": "deal", "id": deal}}));
        office.run("deal.update", json!({"deal": deal, "amount": usd("60000")}));
        let answer = outlook(&office, &deal);
        let risks = codes(&answer["value"]["risk_factors"]);
        assert!(
            !risks.contains(&"deal.risk.no_next_step") && !risks.contains(&"deal.risk.amount_cut"),
            "{name}: {risks:?}"
        );
    });
}

#[test]
fn a_stage_says_itself_how_long_a_deal_may_stay() {
    everywhere(|name, office| {
        let pipeline = office.run("pipeline.find", json!({}))["items"][0].clone();
        let mut stages = pipeline["stages"].clone();
        stages[0]["stale_after_days"] = json!(30);
        office.run("pipeline.update", json!({"pipeline": pipeline["id"], "stages": stages}));
        let deal = new(&office, "deal", json!({"name": "Globex - Plan", "next_step": "Call"}));
        pass(&office, 29);
        assert_eq!(codes(&outlook(&office, &deal)["value"]["risk_factors"]), Vec::<&str>::new(), "{name}");
        pass(&office, 2);
        assert_eq!(codes(&outlook(&office, &deal)["value"]["risk_factors"]), ["deal.risk.stuck"], "{name}");
    });
}

#[test]
fn two_hundred_decided_deals_say_more_than_the_stage() {
    let backend = nexa_tests::backends::memory();
    let office = Office::staffed(backend.store, nexa_core::builder());
    // Every deal that is open for longer than ten days is won.
    let deals: Vec<Json> = (0..200)
        .map(|number| new(&office, "deal", json!({"name": format!("Deal {number}"), "amount": usd("100")})))
        .collect();
    let open = new(&office, "deal", json!({"name": "Open", "next_step": "Call"}));
    assert_eq!(outlook(&office, &open)["value"]["source"], "stage");
    office.clock.advance(std::time::Duration::from_secs(5 * 24 * 3_600));
    for deal in deals.iter().take(100) {
        office.run("deal.lose", json!({"deal": deal, "reason": "Too dear"}));
    }
    office.clock.advance(std::time::Duration::from_secs(10 * 24 * 3_600));
    for deal in deals.iter().skip(100) {
        office.run("deal.win", json!({"deal": deal}));
    }
    let young = new(&office, "deal", json!({"name": "Young"}));
    let answer = outlook(&office, &young);
    assert_eq!(
        (&answer["value"]["source"], &answer["value"]["win_probability"]),
        (&json!("age"), &json!(48)),
        "{answer}"
    );
    assert!(answer["reasons"][0]["text"].as_str().unwrap().contains("200 decided deals"), "{answer}");
    assert_eq!(answer["value"]["expected_close"]["p25"], "2025-12-08", "{answer}");
    pass(&office, 7);
    let older = outlook(&office, &young);
    assert_eq!(older["value"]["win_probability"], 92, "an old deal is no bad deal: {older}");
    // Deal.probability is what it was.
    assert_eq!(office.run("deal.get", json!({"deal": young}))["probability"], 10);
}
