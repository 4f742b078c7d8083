//! Scorecards that are learned of the tenant's own leads.

use nexa_crm::testing::Office;
use serde_json::{Value as Json, json};

use super::{codes, everywhere, refused};

/// 160 leads of two sources and two sizes, of which 15, 40, 40 and 80 % are converted; the others are lost.
fn leads(office: &Office, chance: bool) -> Vec<Json> {
    for (field, holds) in [("campaign_code", "text"), ("verdict", "text")] {
        office.run("field.define", json!({"of_kind": "lead", "name": field, "holds": holds}));
    }
    let met = json!({"met": true, "evidence": "They said so"});
    let met = json!({"budget": met, "authority": met, "need": met, "timeline": met});
    let mut all = Vec::new();
    for number in 0..160_usize {
        let (group, place) = (number % 4, number / 4);
        let share = if chance { 18 } else { [6, 16, 16, 32][group] };
        let won = (place * 7 + group * 11) % 40 < share;
        office.clock.advance(std::time::Duration::from_secs(1));
        let (source, size) = (["ads", "referral"][group % 2], ["small", "enterprise"][group / 2]);
        let lead = office.run(
            "lead.create",
            json!({
                "email": format!("lead{number}@umbrella.example"),
                "source": source,
                "company_size": size,
                "custom": {"campaign_code": "autumn", "verdict": if won { "good" } else { "bad" }},
            }),
        );
        let lead = lead["id"].clone();
        if won {
            office.run("lead.contact", json!({"lead": lead}));
            office.run("lead.qualify", json!({"lead": lead, "bant": met}));
            office.run("lead.convert", json!({"lead": lead}));
        } else {
            office.run("lead.lose", json!({"lead": lead, "reason": "No budget"}));
        }
        all.push(lead);
    }
    all
}

fn field<'a>(trained: &'a Json, name: &str) -> &'a Json {
    trained["fields"].as_array().unwrap().iter().find(|field| field["field"] == name).unwrap()
}

#[test]
fn a_card_is_learned_published_and_predicts_with_reasons_that_add_up() {
    let mut digests = Vec::new();
    for backend in nexa_tests::backends::all() {
        let name = backend.name;
        let office = Office::staffed(backend.store.clone(), nexa_core::builder());
        let leads = leads(&office, false);
        let head = office.head();
        let trained = office.run("scorecard.train", json!({}));
        assert_eq!(office.head(), head, "{name}: a question changes nothing");
        let card = &trained["value"];
        assert_eq!((&card["decided"], &card["converted"]), (&json!(160), &json!(70)), "{name}: {card}");
        assert!(card["measures"]["auc"].as_f64().unwrap() > 0.65, "{name}: {card}");
        // What says the outcome is held back, and what says the same of all says nothing.
        assert_eq!(field(card, "custom.verdict")["left_out"], "says_the_outcome", "{name}");
        assert_eq!(field(card, "custom.campaign_code")["left_out"], "says_nothing", "{name}");
        assert_eq!(field(card, "source")["left_out"], Json::Null, "{name}");
        digests.push(card["digest"].clone());

        // What is written later changes no example.
        office.clock.advance(std::time::Duration::from_secs(3_600));
        for lead in &leads {
            let _ = office.run_as("admin", "lead.update", json!({"lead": lead, "source": "referral"}));
        }
        let again = office.run("scorecard.train", json!({}));
        assert_eq!(again["value"]["digest"], card["digest"], "{name}: later changes do not count");

        let new =
            json!({"name": "Learned", "active": true, "rules": card["rules"], "calibration": card["calibration"]});
        let published = office.run("scorecard.create", new);
        let mut scores = Vec::new();
        for (source, size) in [("ads", "small"), ("referral", "small"), ("referral", "enterprise")] {
            let lead = json!({"company": format!("{source} {size}"), "source": source, "company_size": size});
            let lead = office.run("lead.create", lead)["id"].clone();
            let answer = office.run("lead.predict", json!({"lead": lead}));
            let points: f64 =
                answer["reasons"].as_array().unwrap().iter().map(|one| one["points"].as_f64().unwrap()).sum();
            let score = answer["value"]["score"].as_f64().unwrap();
            assert_eq!(points.clamp(0.0, 100.0), score, "{name}: {answer}");
            let made_by = format!("scorecard:{}@1", published["id"].as_str().unwrap());
            assert_eq!((&answer["made_by"], &answer["value"]["horizon_days"]), (&json!(made_by), &json!(90)), "{name}");
            scores.push((score, answer["value"]["probability"].as_f64().unwrap()));
        }
        assert!(scores[0] < scores[1] && scores[1] < scores[2], "{name}: {scores:?}");
        for ((_, probability), expected) in scores.iter().zip([0.15, 0.4, 0.8]) {
            assert!((probability - expected).abs() < 0.15, "{name}: {scores:?}");
        }
        // Retired, the tenant's own rules count again.
        office.run("scorecard.update", json!({"scorecard": published["id"], "active": false}));
        let lead = office.run("lead.create", json!({"company": "Initech", "source": "referral"}))["id"].clone();
        let answer = office.run("lead.predict", json!({"lead": lead}));
        assert_eq!((&answer["value"]["score"], &answer["value"]["probability"]), (&json!(30), &Json::Null), "{name}");
    }
    assert!(digests.windows(2).all(|two| two[0] == two[1]), "one digest on every storage: {digests:?}");
}

#[test]
fn chance_is_no_signal_and_few_outcomes_are_too_few() {
    let office = Office::staffed(nexa_tests::backends::memory().store, nexa_core::builder());
    assert_eq!(refused(&office, "scorecard.train", json!({})), "model.too_few_outcomes");
    leads(&office, true);
    let all = json!({"exclude": ["custom.verdict"]});
    assert_eq!(refused(&office, "scorecard.train", all), "model.no_signal");
    // Who says that it was known before may use it.
    let include = office.run("scorecard.train", json!({"include": ["custom.verdict"]}));
    assert_eq!(field(&include["value"], "custom.verdict")["left_out"], Json::Null);
    assert!(codes(&include["reasons"]).contains(&"model.field"));
}

#[test]
fn what_may_not_be_learned_from_is_refused() {
    everywhere(|name, office| {
        let personal = json!({"of_kind": "lead", "name": "passport", "holds": "text", "personal": true});
        office.run("field.define", personal);
        office.clock.advance(std::time::Duration::from_secs(1));
        let agent = office.run_as("agent", "scorecard.train", json!({})).unwrap_err();
        assert_eq!(agent.code(), "access.denied", "{name}: it looks at every lead");
        assert_eq!(refused(&office, "scorecard.train", json!({"horizon_days": 0})), "field.invalid", "{name}");
    });
    let office = Office::staffed(nexa_tests::backends::memory().store, nexa_core::builder());
    leads(&office, false);
    let personal = json!({"of_kind": "lead", "name": "passport", "holds": "text", "personal": true});
    office.run("field.define", personal);
    for forbidden in ["custom.passport", "status", "score", "email", "nonsense"] {
        let include = json!({"include": [forbidden]});
        assert_eq!(refused(&office, "scorecard.train", include), "model.field_forbidden", "{forbidden}");
    }
}
