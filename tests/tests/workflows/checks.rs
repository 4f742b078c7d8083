//! What is checked before a workflow runs, and with whose access it does.

use super::*;

fn code_of_publishing(office: &Office, fields: Json) -> String {
    let mut fields = fields;
    fields["name"] = json!(format!("Checked {}", office.head()));
    match office.run_as("admin", "workflow.create", fields) {
        Err(error) => error.code().to_owned(),
        Ok(workflow) => match office.run_as("admin", "workflow.publish", json!({"workflow": workflow["id"]})) {
            Err(error) => error.code().to_owned(),
            Ok(_) => "published".to_owned(),
        },
    }
}

fn with_step(step: Json) -> Json {
    json!({"trigger": new_leads(), "steps": [step]})
}

fn run(command: &str, with: Json) -> Json {
    with_step(json!({"id": "one", "do": {"command": command, "with": with}}))
}

#[test]
fn what_cannot_run_is_refused_before_it_does() {
    everywhere(|name, office| {
        let unsaid = json!({"event": {"kind": "lead", "verb": "created"}});
        let of_nothing = json!({"kind": "nothing", "on_import": "run"});
        for (fields, code) in [
            (json!({"steps": [task("one", "one")]}), "workflow.no_trigger"),
            (json!({"trigger": new_leads()}), "workflow.no_steps"),
            (json!({"trigger": unsaid, "steps": [task("one", "one")]}), "workflow.import_unsaid"),
            (json!({"trigger": {"event": of_nothing}, "steps": [task("one", "one")]}), "workflow.trigger_invalid"),
            (
                json!({"trigger": {"date": {"kind": "task", "field": "title"}}, "steps": [task("one", "one")]}),
                "workflow.trigger_invalid",
            ),
            (
                json!({"trigger": {"schedule": {"every": "PT1S"}}, "steps": [task("one", "one")]}),
                "workflow.trigger_invalid",
            ),
            (json!({"trigger": {"schedule": {}}, "steps": [task("one", "one")]}), "workflow.trigger_invalid"),
            (json!({"trigger": new_leads(), "steps": [task("one", "one"), task("one", "two")]}), "workflow.step_twice"),
            (with_step(json!({"id": "one"})), "workflow.step_invalid"),
            (with_step(json!({"id": "one", "stop": "x", "wait": {"period": "P1D"}})), "workflow.step_invalid"),
            (with_step(json!({"id": "one", "wait": {"period": "2 days"}})), "workflow.step_invalid"),
            (run("nothing.create", json!({})), "operation.unknown"),
            (run("task.find", json!({})), "workflow.command_refused"),
            (run("user.create", json!({"name": "x", "email": "x@acme.example"})), "workflow.command_refused"),
            (run("lead.purge", json!({"lead": "{{ record.id }}"})), "workflow.command_refused"),
            (run("workflow.start", json!({"workflow": "{{ record.id }}"})), "workflow.command_refused"),
            (run("lead.import_rows", json!({"rows": []})), "workflow.command_refused"),
            (run("task.create", json!({"titel": "x"})), "workflow.argument_invalid"),
            (run("task.create", json!({"title": "x", "due_at": "{{ record.score }}"})), "workflow.argument_invalid"),
            (run("task.create", json!({"title": "{{ record.nothing }}"})), "workflow.value_unknown"),
            (run("task.create", json!({"title": "{{ settings.word }}"})), "workflow.value_unknown"),
            (run("task.create", json!({"title": "{{ steps.two.id }}"})), "workflow.value_unknown"),
            (run("task.create", json!({"title": "{{ record.email"})), "workflow.value_unknown"),
            (run("task.create", json!({"title": "{{ record.campaign.name }} {{ record.email }}"})), "published"),
        ] {
            assert_eq!(code_of_publishing(&office, fields.clone()), code, "{name}: {fields}");
        }
        let draft = office.run("workflow.create", json!({"name": "Draft"}))["id"].clone();
        assert_eq!(refused(&office, "workflow.enable", json!({"workflow": draft})), "workflow.not_published", "{name}");
        assert_eq!(refused(&office, "workflow.disable", json!({"workflow": draft})), "workflow.not_active", "{name}");
    });
}

#[test]
fn nobody_does_through_a_workflow_what_they_may_not() {
    everywhere(|name, office| {
        let viewer = office.id("viewer");
        let mut fields = run("task.create", json!({"title": "x"}));
        fields["runs_as"] = json!(viewer);
        assert_eq!(code_of_publishing(&office, fields.clone()), "workflow.not_allowed", "{name}");
        let denied = office.run_as("agent", "workflow.create", json!({"name": "Mine"})).unwrap_err();
        assert_eq!(denied.code(), "access.denied", "{name}");
        // Each step is admitted afresh, also when rights were lost since.
        let user = office.id("user");
        fields["runs_as"] = json!(user);
        let workflow = enabled(&office, "As Nina", fields);
        office.run("user.update", json!({"user": user, "role": "viewer"}));
        lead(&office, 1, json!({}));
        tick(&office);
        let run = &runs(&office, &workflow)[0];
        assert_eq!((&run["state"], &run["code"]), (&json!("failed"), &json!("access.denied")), "{name}");
        office.run("user.deactivate", json!({"user": user}));
        lead(&office, 2, json!({}));
        tick(&office);
        let stands = office.run("workflow.get", json!({"workflow": workflow}));
        let halted = (&stands["state"], &stands["halted_reason"]);
        assert_eq!(halted, (&json!("halted"), &json!("workflow.actor_inactive")), "{name}");
    });
}

#[test]
fn a_ticket_that_it_does_not_see_begins_no_run() {
    everywhere(|name, office| {
        let trigger = json!({"event": {"kind": "ticket", "verb": "updated", "change": {"changed": "priority"}, "on_import": "run"}});
        let fields = json!({"trigger": trigger, "steps": [task("one", "one")], "runs_as": office.id("user")});
        let workflow = enabled(&office, "As Nina", fields);
        let ticket = office.run("ticket.create", json!({"subject": "Theirs"}))["id"].clone();
        let theirs = json!({"ticket": ticket, "assignee": {"user": office.id("colleague")}});
        office.run("ticket.assign", theirs);
        office.run("ticket.update", json!({"ticket": ticket, "priority": "high"}));
        tick(&office);
        assert_eq!(runs(&office, &workflow).len(), 0, "{name}");
    });
}
