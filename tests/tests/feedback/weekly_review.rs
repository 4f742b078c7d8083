//! The weekly review.

use serde_json::{Value as Json, json};

use super::{bug, everywhere, link, ticket};

#[test]
fn the_review_puts_impact_before_numbers_as_the_seeds_do() {
    everywhere(|name, office| {
        office.clock.set(nexa_crm::Timestamp::parse("2025-11-10T00:00:00Z").unwrap());
        let features = [("dashboard_load", "p4", 8), ("email_sync", "p3", 3), ("data_export", "p1", 5)];
        let bugs = features
            .map(|(feature, severity, _)| bug(office, feature, json!({"feature": feature, "severity": severity})));
        // The week before has one, which does not count for this one.
        link(office, &bugs[2], &ticket(office, "Before", Some("sarah@acme.example")));
        office.clock.set(nexa_crm::Timestamp::parse("2025-11-17T08:59:00Z").unwrap());
        for (bug, (feature, _, count)) in bugs.iter().zip(features) {
            for number in 0..count {
                // Two tickets of one customer.
                let address = format!("{feature}{}@acme.example", number / 2);
                link(office, bug, &ticket(office, feature, Some(&address)));
            }
        }
        let twice = bug(office, "Another of exporting", json!({"feature": "data_export"}));
        let first = office.run("bug.overview", json!({"bug": bugs[2]}))["tickets"].as_array().unwrap().last().cloned();
        link(office, &twice, &first.unwrap());
        let review = |week: &str| office.run("feedback.weekly_review", json!({"week": week}));
        let line = |one: &Json| {
            let number = |field: &str| one[field].as_i64().unwrap();
            let feature = one["feature"].as_str().unwrap().to_owned();
            let impact = one["impact"].as_str().unwrap().to_owned();
            (feature, number("tickets"), impact, number("contacts"), number("change"))
        };
        let shown = review("2025-11-23");
        assert_eq!((&shown["from"], &shown["to"]), (&json!("2025-11-17"), &json!("2025-11-23")), "{name}");
        let lines: Vec<_> = shown["features"].as_array().unwrap().iter().map(line).collect();
        let of = |feature: &str, tickets, impact: &str, contacts, change| {
            (feature.to_owned(), tickets, impact.to_owned(), contacts, change)
        };
        assert_eq!(
            lines,
            [
                of("data_export", 5, "high", 3, 4),
                of("email_sync", 3, "medium", 2, 3),
                of("dashboard_load", 8, "low", 4, 8)
            ],
            "{name}"
        );
        assert_eq!(review("2025-11-10")["features"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(office.run("feedback.weekly_review", json!({})), shown, "{name}: today is in it");
        assert_eq!(shown["recurrence"], Json::Null, "{name}: nothing was released");
    });
}

#[test]
fn a_week_is_one_of_the_tenants_time_zone_and_says_how_many_bugs_came_back() {
    everywhere(|name, office| {
        office.run("org.configure", json!({"time_zone": "America/New_York"}));
        let fixed = super::release(office, "1.0.0");
        let one = bug(office, "Late", json!({"feature": "sync", "severity": "p2", "fixed_in": fixed}));
        // Sunday evening in New York.
        office.clock.set(nexa_crm::Timestamp::parse("2025-11-24T04:00:00Z").unwrap());
        link(office, &one, &ticket(office, "On Sunday", None));
        office.run("release.deploy", json!({"release": fixed}));
        let review = |week: &str| office.run("feedback.weekly_review", json!({"week": week}));
        assert_eq!(review("2025-11-17")["features"][0]["tickets"], json!(1), "{name}");
        assert_eq!(review("2025-11-24")["features"], json!([]), "{name}");
        assert_eq!(review("2025-11-17")["recurrence"], json!("0"), "{name}");
        let again = ticket(office, "Again", None);
        office.run("bug.link_ticket", json!({"bug": one, "ticket": again, "version": "1.0.1"}));
        let shown = review("2025-11-17");
        assert_eq!((&shown["released"], &shown["recurred"]), (&json!(1), &json!(1)), "{name}");
        assert_eq!(shown["recurrence"], json!("100"), "{name}");
    });
}
