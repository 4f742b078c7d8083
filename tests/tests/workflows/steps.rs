//! What steps do, and what becomes of those that are refused.

use std::time::Duration;

use super::*;

const DAY: Duration = Duration::from_secs(86_400);

fn manual(kind: &str) -> Json {
    json!({"manual": {"kind": kind}})
}

fn start(office: &Office, workflow: &Json, kind: &str, id: &Json) -> Json {
    office.run("workflow.start", json!({"workflow": workflow, "record": {"kind": kind, "id": id}}))
}

#[test]
fn a_run_waits_branches_and_does_steps_for_each() {
    everywhere(|name, office| {
        let steps = json!([
            {"id": "wait", "wait": {"period": "P2D"}},
            {"id": "band", "branch": {
                "cases": [{"filter": {"field": "score", "op": "ge", "value": 75}, "steps": [task("high", "high")]}],
                "otherwise": [task("low", "low")]
            }},
            {"id": "each", "each": {
                "kind": "contact", "filter": {"field": "title", "op": "eq", "value": "{{ record.title }}"},
                "steps": [task("mail", "Write to {{ item.first_name }}")]
            }},
            {"id": "end", "stop": "Nothing more"},
            task("never", "never")
        ]);
        let workflow = enabled(&office, "All", json!({"trigger": manual("lead"), "steps": steps}));
        for (first, title) in [("Ann", "CEO"), ("Bob", "CEO"), ("Cid", "Clerk")] {
            office.clock.advance(Duration::from_secs(1));
            office.run("contact.create", json!({"first_name": first, "title": title}));
        }
        let lead = lead(&office, 1, json!({"title": "CEO"}));
        start(&office, &workflow, "lead", &lead);
        tick(&office);
        let waiting = runs(&office, &workflow);
        assert_eq!((&waiting[0]["state"], titles(&office).len()), (&json!("waiting"), 0), "{name}");
        office.clock.advance(DAY);
        tick(&office);
        assert_eq!(titles(&office).len(), 0, "{name}: never early");
        office.clock.advance(DAY);
        tick(&office);
        assert_eq!(titles(&office), ["Write to Ann", "Write to Bob", "low"], "{name}");
        let run = &runs(&office, &workflow)[0];
        assert_eq!((&run["state"], &run["reason"]), (&json!("done"), &json!("Nothing more")), "{name}");
        let steps: Vec<String> = log(&office, run).into_iter().map(|(step, _)| step).collect();
        assert_eq!(steps.len(), 7, "{name}: {steps:?}");
    });
}

#[test]
fn a_wait_counts_business_time_and_until_a_moment_of_the_record() {
    everywhere(|name, office| {
        let week = json!([{"from": "09:00", "to": "17:00"}]);
        let weekly = json!({"monday": week, "tuesday": week, "wednesday": week, "thursday": week, "friday": week});
        let calendar = office.run("calendar.create", json!({"name": "Office", "weekly": weekly}))["id"].clone();
        office.run("org.configure", json!({"calendar": calendar}));
        let steps = json!([{"id": "wait", "wait": {"business_minutes": 600}}, task("one", "one")]);
        let business = enabled(&office, "Business", json!({"trigger": manual("task"), "steps": steps}));
        let steps = json!([{"id": "wait", "wait": {"until": "{{ record.due_at - PT1H }}"}}, task("two", "two")]);
        let until = enabled(&office, "Until", json!({"trigger": manual("task"), "steps": steps}));
        let due = json!({"title": "x", "due_at": "2025-11-17T15:00:00Z"});
        let of = office.run("task.create", due)["id"].clone();
        start(&office, &business, "task", &of);
        start(&office, &until, "task", &of);
        tick(&office);
        let due = |workflow: &Json| runs(&office, workflow)[0]["due_at"].clone();
        // Monday 09:00 and ten hours of work are Tuesday 11:00, in a tenant whose clocks show UTC.
        assert_eq!(due(&business), "2025-11-18T11:00:00.000000Z", "{name}");
        assert_eq!(due(&until), "2025-11-17T14:00:00.000000Z", "{name}");
    });
}

#[test]
fn a_refused_step_fails_its_run_leaves_nothing_and_can_be_tried_again() {
    everywhere(|name, office| {
        let steps = json!([
            task("one", "one"),
            {"id": "route", "do": {"command": "lead.route", "with": {"lead": "{{ record.id }}"}}},
            task("two", "two")
        ]);
        let workflow = enabled(&office, "Route", json!({"trigger": manual("lead"), "steps": steps}));
        let lead = lead(&office, 1, json!({}));
        start(&office, &workflow, "lead", &lead);
        tick(&office);
        let run = runs(&office, &workflow)[0].clone();
        assert_eq!((&run["state"], &run["code"]), (&json!("failed"), &json!("lead.no_routing")), "{name}");
        assert_eq!(titles(&office), ["one"], "{name}");
        let group = json!({"band": "low", "group": office.id("group")});
        office.run("routing.create", group);
        office.run("workflow.retry_run", json!({"workflow_run": run["id"]}));
        tick(&office);
        assert_eq!(titles(&office), ["one", "two"], "{name}: what was done is not done again");
        assert_eq!(runs(&office, &workflow)[0]["state"], "done", "{name}");
        let again = refused(&office, "workflow.retry_run", json!({"workflow_run": run["id"]}));
        assert_eq!(again, "workflow.run_not_failed", "{name}");
        assert_eq!(
            refused(&office, "workflow.cancel_run", json!({"workflow_run": run["id"]})),
            "workflow.run_over",
            "{name}"
        );
    });
}

#[test]
fn a_refusal_that_was_written_already_is_taken_back_and_the_run_fails_alone() {
    everywhere(|name, office| {
        // The second name is taken: the storage says so when the step is written.
        let steps = json!([{"id": "list", "do": {"command": "contact_list.create", "with": {"name": "{{ record.last_name }}"}}}]);
        let workflow = enabled(&office, "Lists", json!({"trigger": new_leads(), "steps": steps}));
        for (number, last) in ["Doe", "Doe", "Roe"].into_iter().enumerate() {
            lead(&office, number, json!({"last_name": last}));
        }
        tick(&office);
        let lists = found(&office, "contact_list", &all());
        assert_eq!(lists.len(), 2, "{name}");
        // Somebody else was first: it is tried again, six times, and fails then.
        for _ in 0..8 {
            office.clock.advance(Duration::from_secs(21_600));
            tick(&office);
        }
        let states: Vec<Json> = runs(&office, &workflow).iter().map(|run| run["state"].clone()).collect();
        assert_eq!(states.iter().filter(|state| **state == "done").count(), 2, "{name}: {states:?}");
        assert_eq!(states.iter().filter(|state| **state == "failed").count(), 1, "{name}: {states:?}");
    });
}

#[test]
fn a_step_that_may_fail_lets_the_run_go_on() {
    everywhere(|name, office| {
        let route = json!({"command": "lead.route", "with": {"lead": "{{ record.id }}"}});
        let steps = json!([{"id": "route", "do": route, "on_error": "continue"}, task("two", "two")]);
        let workflow = enabled(&office, "Route", json!({"trigger": new_leads(), "steps": steps}));
        lead(&office, 1, json!({}));
        tick(&office);
        assert_eq!(titles(&office), ["two"], "{name}");
        let run = &runs(&office, &workflow)[0];
        let lines = [("route", "failed"), ("two", "done")].map(|(step, state)| (step.to_owned(), state.to_owned()));
        assert_eq!((&run["state"], log(&office, run)), (&json!("done"), lines.to_vec()), "{name}");
    });
}

#[test]
fn twenty_failures_in_a_row_halt_a_workflow_and_admins_are_notified() {
    everywhere(|name, office| {
        let steps = json!([{"id": "route", "do": {"command": "lead.route", "with": {"lead": "{{ record.id }}"}}}]);
        let workflow = enabled(&office, "Route", json!({"trigger": new_leads(), "steps": steps}));
        for number in 0..25 {
            lead(&office, number, json!({}));
            tick(&office);
        }
        let stands = office.run("workflow.get", json!({"workflow": workflow}));
        assert_eq!(stands["state"], "halted", "{name}");
        assert_eq!(runs(&office, &workflow).len(), 20, "{name}");
        let inbox = office.run("notification.inbox", json!({}));
        let text = inbox["items"][0]["text"].as_str().unwrap();
        assert!(text.contains("the workflow Route halted"), "{name}: {text}");
        let status = office.run("workflow.status", json!({}));
        assert_eq!(status["workflows"][0]["halted_reason"], "20 runs in a row failed", "{name}");
    });
}

#[test]
fn runs_stand_still_while_their_workflow_is_disabled_and_are_cancelled_where_that_is_said() {
    everywhere(|name, office| {
        let steps = json!([{"id": "wait", "wait": {"period": "P1D"}}, task("one", "one")]);
        let workflow = enabled(&office, "Later", json!({"trigger": new_leads(), "steps": steps}));
        let first = lead(&office, 1, json!({}));
        tick(&office);
        office.run("workflow.disable", json!({"workflow": workflow}));
        office.clock.advance(2 * DAY);
        tick(&office);
        assert_eq!(titles(&office).len(), 0, "{name}");
        office.run("workflow.enable", json!({"workflow": workflow}));
        tick(&office);
        assert_eq!(titles(&office), ["one"], "{name}");
        lead(&office, 2, json!({}));
        tick(&office);
        office.run("workflow.disable", json!({"workflow": workflow, "waiting": "cancel"}));
        office.run("workflow.enable", json!({"workflow": workflow}));
        office.clock.advance(2 * DAY);
        tick(&office);
        assert_eq!((titles(&office).len(), &runs(&office, &workflow)[1]["state"]), (1, &json!("cancelled")), "{name}");
        // Who is gone is passed over.
        let third = lead(&office, 3, json!({}));
        tick(&office);
        for gone in [first, third] {
            office.run("lead.trash", json!({"lead": gone}));
        }
        office.clock.advance(2 * DAY);
        tick(&office);
        assert_eq!(runs(&office, &workflow)[2]["state"], "skipped", "{name}");
    });
}

#[test]
fn runs_end_with_the_version_with_which_they_began() {
    everywhere(|name, office| {
        let steps = |title: &str| json!([{"id": "wait", "wait": {"period": "P1D"}}, task("one", title)]);
        let workflow = enabled(&office, "Later", json!({"trigger": new_leads(), "steps": steps("old")}));
        lead(&office, 1, json!({}));
        tick(&office);
        office.run("workflow.update", json!({"workflow": workflow, "steps": steps("new")}));
        lead(&office, 2, json!({}));
        tick(&office);
        assert_eq!(office.run("workflow.publish", json!({"workflow": workflow}))["number"], 2, "{name}");
        lead(&office, 3, json!({}));
        tick(&office);
        office.clock.advance(DAY);
        tick(&office);
        assert_eq!(
            titles(&office),
            ["new", "old", "old"],
            "{name}: what is written does not run before it is published"
        );
    });
}

#[test]
fn users_are_notified_of_the_record_as_they_see_it() {
    everywhere(|name, office| {
        let to = json!([{"group": office.id("group")}, "{{ record.assignee }}", {"user": office.id("agent")}]);
        let steps = json!([{"id": "tell", "notify": {"to": to, "message": "New lead"}}]);
        enabled(&office, "Tell", json!({"trigger": new_leads(), "steps": steps}));
        lead(&office, 1, json!({"first_name": "Jane", "last_name": "Doe"}));
        tick(&office);
        for user in ["agent", "user"] {
            let inbox = office.run_as(user, "notification.inbox", json!({})).unwrap();
            let texts: Vec<&str> =
                inbox["items"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
            assert_eq!(texts, ["New lead: the lead Jane Doe."], "{name}: {user}");
        }
    });
}

#[test]
fn starting_by_hand_asks_for_a_record_that_the_caller_may_change() {
    everywhere(|name, office| {
        let workflow = enabled(&office, "Call", json!({"trigger": manual("lead"), "steps": [task("one", "one")]}));
        let lead = lead(&office, 1, json!({}));
        let of_lead = json!({"workflow": workflow, "record": {"kind": "lead", "id": lead}});
        let denied = office.run_as("viewer", "workflow.start", of_lead.clone()).unwrap_err();
        assert_eq!(denied.code(), "workflow.not_yours", "{name}");
        assert_eq!(refused(&office, "workflow.start", json!({"workflow": workflow})), "workflow.other_kind", "{name}");
        office.run_as("agent", "workflow.start", of_lead.clone()).unwrap();
        tick(&office);
        assert_eq!(titles(&office), ["one"], "{name}");
        office.run("workflow.disable", json!({"workflow": workflow}));
        assert_eq!(refused(&office, "workflow.start", of_lead), "workflow.not_active", "{name}");
    });
}
