//! Values that follow the clock, and days of moments, in the tenant's time zone.

use nexa_crm::{
    Filter, Op, Relative,
    productivity::Task,
    testing::{Office, block_on},
};
use serde_json::{Value as Json, json};

use super::{found, on_every_backend, refused};

/// A tenant in Berlin, where it is 10:00 on 17 November 2025, with tasks that are due at these moments or on these days.
fn due(office: &mut Office, tasks: &[(&str, &str)]) {
    office.run("org.configure", json!({"time_zone": "Europe/Berlin"}));
    for (title, due) in tasks {
        let field = if due.len() == 10 { "due_date" } else { "due_at" };
        office.run("task.create", json!({"title": title, field: due}));
    }
    office.run("task.create", json!({"title": "some time"}));
}

fn tasks(office: &Office, filter: &Json) -> Vec<String> {
    found(office, "admin", "task", filter)
}

fn at(op: &str, value: Json) -> Json {
    json!({"field": "due_at", "op": op, "value": value})
}

#[test]
fn a_moment_compares_with_a_day_of_the_tenants_zone() {
    on_every_backend(|office| {
        due(
            office,
            &[("early", "2025-11-16T23:00:00Z"), ("late", "2025-11-17T22:59:59Z"), ("next", "2025-11-17T23:00:00Z")],
        );
        let today = json!({"today": "P0D"});
        for (filter, expected) in [
            (at("eq", today.clone()), vec!["early", "late"]),
            (at("eq", json!("2025-11-18")), vec!["next"]),
            (at("ne", today.clone()), vec!["next"]),
            (at("lt", today.clone()), vec![]),
            (at("le", today.clone()), vec!["early", "late"]),
            (at("gt", today.clone()), vec!["next"]),
            (at("ge", json!({"today": "P1D"})), vec!["next"]),
            (at("in", json!(["2025-11-18", "2025-11-16T23:00:00Z"])), vec!["early", "next"]),
            (at("not_in", json!([today])), vec!["next"]),
            (json!({"not": at("eq", json!({"today": "P1D"}))}), vec!["early", "late"]),
        ] {
            assert_eq!(tasks(office, &filter), expected, "{filter}");
        }
        // Seen from New York it is another day.
        office.run("org.configure", json!({"time_zone": "America/New_York"}));
        assert_eq!(tasks(office, &at("eq", today)), ["late", "next"]);
        let typed = Task::DUE_AT.compare(Op::Eq, Relative::today("-P1D"));
        assert_eq!(block_on(office.session("admin").count::<Task>(typed)).unwrap(), 1);
    });
}

#[test]
fn days_on_which_clocks_change_are_whole() {
    on_every_backend(|office| {
        due(
            office,
            &[("begins", "2025-10-25T22:00:00Z"), ("ends", "2025-10-26T22:59:00Z"), ("after", "2025-10-26T23:00:00Z")],
        );
        assert_eq!(tasks(office, &at("eq", json!("2025-10-26"))), ["begins", "ends"]);
        assert_eq!(tasks(office, &at("eq", json!({"today": "-P22D"}))), ["begins", "ends"]);
    });
}

#[test]
fn a_moment_is_so_far_from_now() {
    on_every_backend(|office| {
        due(
            office,
            &[
                ("a month ago", "2025-10-17T08:00:00Z"),
                ("an hour ago", "2025-11-17T08:00:00Z"),
                ("now", "2025-11-17T09:00:00Z"),
            ],
        );
        for (filter, expected) in [
            (at("ge", json!({"now": "-PT1H"})), vec!["an hour ago", "now"]),
            (at("gt", json!({"now": "-PT1H"})), vec!["now"]),
            (at("eq", json!({"now": "PT0S"})), vec!["now"]),
            // At ten by the clocks of Berlin, which have been set back since.
            (at("eq", json!({"now": "-P1M"})), vec!["a month ago"]),
            (at("le", json!({"now": "-PT744H"})), vec!["a month ago"]),
            (at("in", json!([{"now": "-P1M"}, {"now": "PT0S"}])), vec!["a month ago", "now"]),
        ] {
            assert_eq!(tasks(office, &filter), expected, "{filter}");
        }
    });
}

#[test]
fn a_date_compares_with_the_day_of_a_moment() {
    on_every_backend(|office| {
        due(office, &[("today", "2025-11-17"), ("tomorrow", "2025-11-18")]);
        let on = |op: &str, value: Json| json!({"field": "due_date", "op": op, "value": value});
        for (filter, expected) in [
            (on("eq", json!("2025-11-17T23:30:00Z")), vec!["tomorrow"]),
            (on("eq", json!({"now": "PT13H"})), vec!["today"]),
            (on("eq", json!({"now": "PT14H"})), vec!["tomorrow"]),
            (on("le", json!({"today": "P0D"})), vec!["today"]),
            (on("in", json!([{"today": "P1D"}])), vec!["tomorrow"]),
        ] {
            assert_eq!(tasks(office, &filter), expected, "{filter}");
        }
    });
}

#[test]
fn custom_fields_of_moments_and_days_compare_as_well() {
    on_every_backend(|office| {
        for (name, holds) in [("seen", "time"), ("renewal", "date")] {
            office.run("field.define", json!({"of_kind": "account", "name": name, "holds": holds}));
        }
        office.run("org.configure", json!({"time_zone": "Europe/Berlin"}));
        for (name, seen, renewal) in
            [("Globex", "2025-11-16T23:30:00Z", "2025-11-17"), ("Initech", "2025-11-17T23:30:00Z", "2025-12-17")]
        {
            let custom = json!({"seen": seen, "renewal": renewal});
            office.run("account.create", json!({"name": name, "custom": custom}));
        }
        let custom =
            |field: &str, op: &str, value: Json| json!({"field": format!("custom.{field}"), "op": op, "value": value});
        for (filter, expected) in [
            (custom("seen", "eq", json!({"today": "P0D"})), vec!["Globex"]),
            (custom("seen", "in", json!(["2025-11-18", "2025-11-19"])), vec!["Initech"]),
            (custom("seen", "gt", json!({"now": "-P1D"})), vec!["Globex", "Initech"]),
            (custom("seen", "ge", json!({"now": "PT14H"})), vec!["Initech"]),
            (custom("renewal", "le", json!({"today": "P29D"})), vec!["Globex"]),
            (custom("renewal", "eq", json!("2025-11-16T23:30:00Z")), vec!["Globex"]),
        ] {
            assert_eq!(found(office, "admin", "account", &filter), expected, "{filter}");
        }
    });
}

#[test]
fn a_cursor_is_bound_to_the_value_as_it_was_given() {
    on_every_backend(|office| {
        due(office, &[("one", "2025-11-17T08:00:00Z"), ("two", "2025-11-17T08:30:00Z")]);
        let find = |period: &str, after: Json| json!({"filter": at("ge", json!({"now": period})), "sort": ["title"], "limit": 1, "after": after});
        let first = office.run("task.find", find("-P1D", Json::Null));
        office.clock.advance(std::time::Duration::from_secs(60));
        let second = office.run("task.find", find("-P1D", first["next"].clone()));
        assert_eq!(second["items"][0]["title"], "two");
        let other = office.run_as("admin", "task.find", find("-P2D", first["next"].clone())).unwrap_err();
        assert_eq!(other.code(), "page.cursor_mismatch");
    });
}

#[test]
fn what_is_no_period_or_leads_beyond_the_calendar_is_refused() {
    on_every_backend(|office| {
        for value in [
            json!({"now": "30D"}),
            json!({"now": 1}),
            json!({"now": "-P9999Y"}),
            json!({"today": "P9999Y"}),
            json!({"today": "-PT1H"}),
            json!({"yesterday": "P0D"}),
            json!({"now": "P1D", "today": "P1D"}),
            json!("2025-13-01"),
        ] {
            for field in ["due_at", "due_date"] {
                let filter = json!({"field": field, "op": "ge", "value": value});
                assert_eq!(refused(office, "task", &filter).0, "filter.invalid", "{filter}");
            }
        }
        let text = json!({"field": "title", "value": {"now": "P1D"}});
        assert_eq!(refused(office, "task", &text).0, "filter.invalid");
        assert!(serde_json::from_value::<Filter>(text).is_ok());
    });
}
