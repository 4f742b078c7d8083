//! Workflows that would start each other: refused before they run, and bounded when they run.

use super::*;

/// A workflow that begins when a lead was updated, and updates it.
fn self_update() -> Json {
    let trigger = json!({"event": {"kind": "lead", "verb": "updated", "on_import": "run"}});
    let update = json!({"command": "lead.update", "with": {"lead": "{{ record.id }}", "title": "{{ run.id }}"}});
    json!({"trigger": trigger, "steps": [{"id": "update", "do": update}]})
}

fn when_changed(field: &str, set: &str, value: &str) -> Json {
    let trigger =
        json!({"event": {"kind": "lead", "verb": "updated", "change": {"changed": field}, "on_import": "run"}});
    let update = json!({"command": "lead.update", "with": {"lead": "{{ record.id }}", set: value}});
    json!({"trigger": trigger, "steps": [{"id": "update", "do": update}]})
}

fn code_of_enabling(office: &Office, name: &str, fields: Json) -> String {
    let workflow = published(office, name, fields);
    refused(office, "workflow.enable", json!({"workflow": workflow}))
}

#[test]
fn workflows_that_start_each_other_without_an_end_are_refused_with_their_path() {
    everywhere(|name, office| {
        assert_eq!(code_of_enabling(&office, "Self", self_update()), "workflow.loop", "{name}: itself");
        let mut creates = json!({"trigger": new_leads(), "steps": [
            {"id": "lead", "do": {"command": "lead.create", "with": {"last_name": "{{ record.last_name }}"}}}
        ]});
        assert_eq!(code_of_enabling(&office, "Creates", creates.clone()), "workflow.loop", "{name}: create in created");
        enabled(&office, "Ping", when_changed("title", "last_name", "{{ record.title }}"));
        let pong = published(&office, "Pong", when_changed("last_name", "title", "{{ record.last_name }}"));
        let error = office.run_as("admin", "workflow.enable", json!({"workflow": pong})).unwrap_err();
        assert_eq!((error.code(), &error.params()["path"]), ("workflow.loop", &json!("Pong → Ping → Pong")), "{name}");
        let by_way = json!({"event": {"kind": "task", "verb": "created", "on_import": "run"}});
        let route = json!({"trigger": by_way, "steps": [
            {"id": "route", "do": {"command": "lead.route", "with": {"lead": "{{ record.about.id }}"}}}
        ]});
        assert_eq!(code_of_enabling(&office, "By way", route), "workflow.loop", "{name}: what a command makes beside");
        // What ends by itself is taken.
        creates["limits"] = json!({"per_record": "once"});
        enabled(&office, "Once", creates);
        let mut ends = when_changed("title", "status", "contacted");
        ends["steps"] = json!([task("one", "one")]);
        enabled(&office, "Elsewhere", ends);
    });
}

#[test]
fn a_trigger_that_a_constant_makes_false_is_no_circle() {
    everywhere(|name, office| {
        let became = json!({"became": {"field": "title", "op": "eq", "value": "CEO"}});
        let trigger = json!({"event": {"kind": "lead", "verb": "updated", "change": became, "on_import": "run"}});
        let update = json!({"command": "lead.update", "with": {"lead": "{{ record.id }}", "title": "Chief"}});
        let steps = json!([{"id": "update", "do": update}]);
        let workflow = enabled(&office, "Chief", json!({"trigger": trigger, "steps": steps}));
        let lead = lead(&office, 1, json!({}));
        office.run("lead.update", json!({"lead": lead, "title": "CEO"}));
        tick(&office);
        assert_eq!(office.run("lead.get", json!({"lead": lead}))["title"], "Chief", "{name}");
        assert_eq!(runs(&office, &workflow).len(), 1, "{name}");
    });
}

#[test]
fn a_circle_that_was_allowed_ends_at_its_depth_and_is_seen() {
    everywhere(|name, office| {
        let mut fields = self_update();
        fields["limits"] = json!({"allow_loop": true, "chain": 5});
        let workflow = enabled(&office, "Self", fields);
        let lead = lead(&office, 1, json!({}));
        office.run("lead.update", json!({"lead": lead, "last_name": "Doe"}));
        for _ in 0..20 {
            office.clock.advance(std::time::Duration::from_secs(1));
            tick(&office);
        }
        let runs = runs(&office, &workflow);
        assert_eq!(runs.len(), 6, "{name}");
        let stopped: Vec<&Json> = runs.iter().filter(|run| run["state"] == "stopped").collect();
        assert_eq!((stopped.len(), &stopped[0]["reason"]), (1, &json!("loop")), "{name}");
        assert_eq!(office.run("workflow.get", json!({"workflow": workflow}))["state"], "active", "{name}");
    });
}

#[test]
fn a_circle_that_grew_by_a_change_of_version_ends_after_one_round() {
    everywhere(|name, office| {
        // Neither is a circle alone, and by `became` none is seen between them.
        let first = enabled(&office, "First", when_changed("title", "last_name", "{{ run.id }}"));
        let mut second = when_changed("last_name", "title", "{{ run.id }}");
        second["limits"] = json!({"allow_loop": true});
        let second = enabled(&office, "Second", second);
        let lead = lead(&office, 1, json!({}));
        office.run("lead.update", json!({"lead": lead, "title": "CEO"}));
        for _ in 0..20 {
            office.clock.advance(std::time::Duration::from_secs(1));
            tick(&office);
        }
        let (first, second) = (runs(&office, &first), runs(&office, &second));
        assert_eq!((first.len(), second.len()), (2, 1), "{name}");
        assert_eq!((&first[1]["state"], &first[1]["reason"]), (&json!("stopped"), &json!("loop")), "{name}");
        assert_eq!(first[1]["root"], first[0]["id"], "{name}");
    });
}

#[test]
fn what_begins_too_often_in_an_hour_is_stopped_and_halts_its_workflow() {
    everywhere(|name, office| {
        let limits = json!({"per_hour": 5});
        let fields = json!({"trigger": new_leads(), "steps": [task("one", "one")], "limits": limits});
        let workflow = enabled(&office, "Few", fields);
        for number in 0..20 {
            lead(&office, number, json!({}));
        }
        tick(&office);
        let runs = runs(&office, &workflow);
        let of = |state: &str| runs.iter().filter(|run| run["state"] == state).count();
        assert_eq!(of("stopped"), 3, "{name}");
        let stands = office.run("workflow.get", json!({"workflow": workflow}));
        assert_eq!((&stands["state"], &stands["halted_reason"]), (&json!("halted"), &json!("budget")), "{name}");
    });
}

#[test]
fn a_fan_out_ends_with_its_thousandth_step() {
    let office = Office::staffed(backends::memory().store, nexa_core::builder());
    let inner = json!([task("a", "a"), task("b", "b"), task("c", "c")]);
    let steps = json!([{"id": "each", "each": {"kind": "lead", "limit": 1_000, "steps": inner}}]);
    let workflow = enabled(&office, "Fan", json!({"trigger": {"manual": {}}, "steps": steps}));
    let rows: Vec<Json> = (0..400).map(|number| json!({"email": format!("{number}@import.example")})).collect();
    office.run("lead.import_rows", json!({"rows": rows}));
    office.run("workflow.start", json!({"workflow": workflow}));
    tick(&office);
    let run = &runs(&office, &workflow)[0];
    assert_eq!((&run["state"], &run["reason"]), (&json!("stopped"), &json!("budget")));
    let made = office.run("task.count", json!({}));
    assert_eq!(made, json!(999));
}
