//! Tasks that are parts of others, and wait for others.

use nexa_crm::{productivity::Task, testing::Office};
use serde_json::{Value as Json, json};

use super::{everywhere, refused, task};

fn depend(office: &Office, task: &Json, on: &Json) {
    office.run("task.add_dependency", json!({"task": task, "depends_on": on}));
}

fn status(office: &Office, task: &Json) -> Json {
    office.run("task.get", json!({"task": task}))["status"].clone()
}

/// The titles of the tasks that a filter finds.
fn titles(office: &Office, filter: Json) -> Vec<String> {
    let found = office.run("task.find", json!({"filter": filter, "sort": ["title"]}));
    found["items"].as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap().to_owned()).collect()
}

/// Case 49: rings of dependencies were built in two steps.
#[test]
fn a_ring_of_dependencies_is_refused_over_any_number_of_steps() {
    everywhere(|name, office| {
        let all: Vec<Json> = (0..8).map(|number| task(&office, &format!("Step {number}"), json!({}))).collect();
        for pair in all.windows(2) {
            depend(&office, &pair[1], &pair[0]);
        }
        for (from, to) in [(0, 0), (0, 1), (0, 7), (3, 5)] {
            let ring = json!({"task": all[from], "depends_on": all[to]});
            assert_eq!(refused(&office, "task.add_dependency", ring), "task.dependency_cycle", "{name}: {from} {to}");
        }
        let known = json!({"task": all[1], "depends_on": all[0]});
        assert_eq!(refused(&office, "task.add_dependency", known.clone()), "task.already_depends", "{name}");
        office.run("task.remove_dependency", known.clone());
        assert_eq!(refused(&office, "task.remove_dependency", known), "task.not_dependent", "{name}");
        // Taking that back would close a ring that was open meanwhile.
        let unit = match office.events().pop() {
            Some(nexa_crm::FeedItem::Changed(change)) => change.unit,
            other => panic!("{other:?}"),
        };
        depend(&office, &all[0], &all[7]);
        let error = office.run_as("admin", "ledger.undo", json!({"unit": unit})).unwrap_err();
        assert!(
            error.params()["conflicts"].to_string().contains("task.dependency_cycle"),
            "{name}: {:?}",
            error.params()
        );
    });
}

/// Case 49: the same for parts, and no deeper than anybody reads.
#[test]
fn a_task_is_no_part_of_itself_and_parts_go_five_levels_deep() {
    everywhere(|name, office| {
        let mut all = vec![task(&office, "Level 1", json!({}))];
        for level in 2..=5 {
            all.push(task(&office, &format!("Level {level}"), json!({"parent": all.last()})));
        }
        let sixth = json!({"title": "Level 6", "parent": all[4]});
        assert_eq!(refused(&office, "task.create", sixth), "task.too_deep", "{name}");
        for parent in [0, 2, 4] {
            let ring = json!({"task": all[0], "parent": all[parent]});
            assert_eq!(refused(&office, "task.update", ring), "task.cycle", "{name}: {parent}");
        }
        let above = task(&office, "Above", json!({}));
        let deeper = json!({"task": all[0], "parent": above});
        assert_eq!(refused(&office, "task.update", deeper), "task.too_deep", "{name}");
        assert_eq!(refused(&office, "task.trash", json!({"task": all[1]})), "record.in_use", "{name}");
        office.run("task.trash", json!({"task": all[1], "on_dependents": "cascade"}));
        let gone = office.run_as("admin", "task.get", json!({"task": all[4]})).unwrap_err();
        assert_eq!(gone.code(), "record.trashed", "{name}: parts go along");
        office.run("task.restore", json!({"task": all[1]}));
        assert_eq!(status(&office, &all[4]), "todo", "{name}: and come back");
    });
}

#[test]
fn open_parts_are_completed_cancelled_or_kept_as_is_said() {
    everywhere(|name, office| {
        for (said, becomes) in [("complete", "done"), ("cancel", "cancelled"), ("keep", "todo")] {
            let whole = task(&office, "Whole", json!({}));
            let part = task(&office, "Part", json!({"parent": whole}));
            let below = task(&office, "Below", json!({"parent": part}));
            let finished = task(&office, "Finished", json!({"parent": whole}));
            office.run("task.cancel", json!({"task": finished}));
            let error = office.run_as("admin", "task.complete", json!({"task": whole})).unwrap_err();
            assert_eq!((error.code(), &error.params()["count"]), ("task.subtasks_open", &json!(2)), "{name}");
            let done = office.run("task.complete", json!({"task": whole, "subtasks": said}));
            assert_eq!(done["status"], "done", "{name}");
            for open in [&part, &below] {
                assert_eq!(status(&office, open), becomes, "{name}: {said}");
            }
            assert_eq!(status(&office, &finished), "cancelled", "{name}");
        }
    });
}

#[test]
fn a_task_waits_for_others_and_that_is_computed_and_found() {
    everywhere(|name, office| {
        let [schedule, send, hold] = ["Schedule", "Send", "Hold"].map(|title| task(&office, title, json!({})));
        depend(&office, &hold, &schedule);
        depend(&office, &hold, &send);
        let blocked = serde_json::to_value(Task::is_blocked()).unwrap();
        let ready = json!({"and": [{"not": blocked}, {"field": "status", "op": "eq", "value": "todo"}]});
        assert_eq!(titles(&office, blocked.clone()), ["Hold"], "{name}");
        assert_eq!(titles(&office, ready.clone()), ["Schedule", "Send"], "{name}");
        let error = office.run_as("admin", "task.complete", json!({"task": hold})).unwrap_err();
        assert_eq!((error.code(), &error.params()["count"]), ("task.blocked", &json!(2)), "{name}");
        // What nobody will do is not waited for, nor what is in the trash.
        office.run("task.cancel", json!({"task": schedule}));
        let overview = office.run("task.overview", json!({"task": hold}));
        assert_eq!((&overview["blocked"], &overview["ready"]), (&json!(true), &json!(false)), "{name}");
        assert_eq!(overview["depends_on"].as_array().unwrap().len(), 2, "{name}");
        office.run("task.trash", json!({"task": send, "on_dependents": "cascade"}));
        assert_eq!(office.run("task.overview", json!({"task": hold}))["ready"], true, "{name}");
        assert!(titles(&office, blocked.clone()).is_empty(), "{name}");
        office.run("task.restore", json!({"task": send}));
        assert_eq!(refused(&office, "task.complete", json!({"task": hold})), "task.blocked", "{name}");
        office.run("task.complete", json!({"task": hold, "anyway": true}));
        let of_done = office.run("task.overview", json!({"task": hold}));
        assert_eq!((&of_done["blocked"], &of_done["ready"]), (&json!(false), &json!(false)), "{name}");
    });
}

/// Case 48: complete, reopen, complete made duplicates.
#[test]
fn completing_reopening_and_completing_again_makes_nothing_new() {
    everywhere(|name, office| {
        let fields =
            json!({"checklist": [{"text": "Ask"}, {"text": "Tell", "done": true}], "start_date": "2025-11-17"});
        let again = task(&office, "Again", fields);
        for _ in 0..3 {
            office.run("task.complete", json!({"task": again}));
            office.run("task.reopen", json!({"task": again}));
        }
        assert_eq!(titles(&office, json!({"and": []})), ["Again"], "{name}");
        let kept = office.run("task.get", json!({"task": again}));
        let checklist = json!([{"text": "Ask", "done": false}, {"text": "Tell", "done": true}]);
        assert_eq!((&kept["checklist"], &kept["status"]), (&checklist, &json!("todo")), "{name}");
        let late = json!({"task": again, "due_date": "2025-11-16"});
        assert_eq!(refused(&office, "task.update", late), "task.starts_too_late", "{name}");
    });
}
