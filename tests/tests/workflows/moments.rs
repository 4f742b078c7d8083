//! Runs that begin with dates of records and with plans: never early, never twice.

use std::time::Duration;

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

fn date(field: &str, fields: Json) -> Json {
    let mut date = json!({"kind": "task", "field": field});
    date.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({"date": date})
}

fn due(office: &Office, title: &str, on: &str) -> Json {
    office.run("task.create", json!({"title": title, "due_date": on}))["id"].clone()
}

/// A comment that says of which task it was.
fn notes(office: &Office) -> Vec<String> {
    let mut notes: Vec<String> =
        found(office, "note", &all()).iter().map(|note| note["body"].as_str().unwrap().to_owned()).collect();
    notes.sort();
    notes
}

fn note() -> Json {
    json!([{"id": "note", "do": {"command": "note.create", "with": {"body": "{{ record.title }} {{ today }}"}}}])
}

#[test]
fn a_date_begins_a_run_once_so_many_days_before_it_also_for_older_records() {
    everywhere(|name, office| {
        due(&office, "older", "2025-11-21");
        due(&office, "past", "2025-11-10");
        let trigger = date("due_date", json!({"offset": "-P1D", "at": "08:00"}));
        let workflow = enabled(&office, "Before", json!({"trigger": trigger, "steps": note()}));
        due(&office, "newer", "2025-11-20");
        let moved = due(&office, "moved", "2025-11-22");
        let gone = due(&office, "gone", "2025-11-22");
        tick(&office);
        assert_eq!(notes(&office), [] as [&str; 0], "{name}");
        office.run("task.update", json!({"task": moved, "due_date": "2025-11-26"}));
        office.run("task.trash", json!({"task": gone}));
        for _ in 0..14 {
            office.clock.advance(DAY);
            tick(&office);
        }
        assert_eq!(notes(&office), ["moved 2025-11-25", "newer 2025-11-19", "older 2025-11-20"], "{name}");
        assert_eq!(runs(&office, &workflow).len(), 3, "{name}");
    });
}

#[test]
fn a_year_of_days_passes_with_one_run_for_each_anniversary() {
    everywhere(|name, office| {
        let trigger = date("due_date", json!({"yearly": true}));
        enabled(&office, "Yearly", json!({"trigger": trigger, "steps": note()}));
        due(&office, "leap", "2024-02-29");
        due(&office, "today", "2025-11-17");
        for _ in 0..=400 {
            tick(&office);
            office.clock.advance(DAY);
        }
        assert_eq!(notes(&office), ["leap 2026-02-28", "today 2025-11-17", "today 2026-11-17"], "{name}");
    });
}

#[test]
fn what_is_late_by_more_than_a_day_begins_nothing_any_more() {
    everywhere(|name, office| {
        enabled(&office, "On the day", json!({"trigger": date("due_date", json!({})), "steps": note()}));
        for (title, on) in [("yesterday", "2025-11-16"), ("today", "2025-11-17"), ("long ago", "2025-11-01")] {
            due(&office, title, on);
        }
        tick(&office);
        assert_eq!(notes(&office), ["today 2025-11-17"], "{name}");
    });
}

#[test]
fn a_plan_runs_at_its_times_and_missed_ones_once() {
    everywhere(|name, office| {
        let daily = json!({"schedule": {"at": "08:00", "weekdays": ["monday", "friday"]}});
        let workflow =
            enabled(&office, "Twice a week", json!({"trigger": daily, "steps": [task("one", "{{ today }}")]}));
        for _ in 0..21 {
            office.clock.advance(DAY);
            tick(&office);
        }
        let expected = ["2025-11-21", "2025-11-24", "2025-11-28", "2025-12-01", "2025-12-05", "2025-12-08"];
        assert_eq!(titles(&office), expected, "{name}");
        office.clock.advance(30 * DAY);
        tick(&office);
        assert_eq!(titles(&office).len(), 7, "{name}: a month without a tick is one run");
        office.run("workflow.disable", json!({"workflow": workflow}));
        office.clock.advance(30 * DAY);
        tick(&office);
        assert_eq!(titles(&office).len(), 7, "{name}");
    });
}

#[test]
fn a_plan_over_records_runs_for_each_of_them() {
    everywhere(|name, office| {
        for number in 0..5 {
            let source = if number < 3 { "webinar" } else { "referral" };
            lead(&office, number, json!({"last_name": format!("{number}"), "source": source}));
        }
        let over = json!({"kind": "lead", "filter": {"field": "source", "op": "eq", "value": "webinar"}});
        let every = json!({"schedule": {"every": "P7D", "over": over}});
        let workflow =
            enabled(&office, "Weekly", json!({"trigger": every, "steps": [task("one", "{{ record.last_name }}")]}));
        office.clock.advance(7 * DAY);
        tick(&office);
        assert_eq!(titles(&office), ["0", "1", "2"], "{name}");
        office.clock.advance(7 * DAY);
        tick(&office);
        assert_eq!(runs(&office, &workflow).len(), 6, "{name}");
    });
}
