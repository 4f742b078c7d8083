//! Projects that are made of playbooks.

use std::{sync::Barrier, thread};

use nexa_crm::{Envelope, testing::Office};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

use super::{everywhere, refused};

/// The seeds' onboarding, taken and started for a deal of Acme by the agent, and what came of it.
fn onboarding(office: &Office) -> (Json, Json) {
    let playbook = office.run("playbook.take", json!({"key": "customer_onboarding"}))["id"].clone();
    let account = office.run("account.create", json!({"name": "Acme Corp"}))["id"].clone();
    let sarah = office
        .run("contact.create", json!({"first_name": "Sarah", "email": "sarah@private.example", "account": account}));
    let deal = json!({
        "name": "Acme Corp - Enterprise Plan", "account": account, "primary_contact": sarah["id"], "owner": office.id("agent")
    });
    let deal = office.run("deal.create", deal)["id"].clone();
    let start = json!({
        "playbook": playbook, "deal": deal,
        "roles": {"csm": {"user": office.id("colleague")}, "implementation": {"group": office.id("group")}},
        "notes": {"handoff": "Deal: $50K Annual. SSO."}
    });
    (start.clone(), office.run_as("agent", "playbook.start", start).unwrap())
}

/// The days on which tasks are due, by their titles.
fn due(started: &Json) -> Vec<(&str, &str)> {
    let tasks = started["tasks"].as_array().unwrap().iter();
    tasks.map(|task| (task["title"].as_str().unwrap(), task["due_date"].as_str().unwrap())).collect()
}

#[test]
fn the_onboarding_of_a_customer_has_its_twenty_tasks_on_their_days() {
    everywhere(|name, office| {
        let (start, started) = onboarding(&office);
        assert_eq!(
            due(&started),
            [
                ("Schedule kickoff call", "2025-11-19"),
                ("Send welcome email", "2025-11-18"),
                ("Create customer portal account", "2025-11-18"),
                ("Assign customer success manager", "2025-11-17"),
                ("Provision user accounts", "2025-11-20"),
                ("Schedule product training", "2025-11-24"),
                ("Configure integrations", "2025-12-01"),
                ("Setup data import", "2025-11-24"),
                ("Customize dashboard", "2025-11-27"),
                ("30-day check-in meeting", "2025-12-17"),
                ("Hold kickoff meeting", "2025-11-20"),
                ("Confirm timeline and go-live date", "2025-11-20"),
                ("Share training documents", "2025-11-22"),
                ("Set up SSO", "2025-11-24"),
                ("Validate imported data", "2025-11-29"),
                ("First training session", "2025-12-01"),
                ("Second training session", "2025-12-08"),
                ("Identify power users", "2025-12-08"),
                ("Go live", "2025-12-17"),
                ("Review success metrics", "2025-12-17"),
            ],
            "{name}"
        );
        let project = &started["project"];
        assert_eq!(project["name"], "Acme Corp Onboarding", "{name}");
        assert_eq!((&project["type"], &project["due_date"]), (&json!("customer_onboarding"), &json!("2025-12-17")));
        assert_eq!((&project["status"], &project["playbook_version"]), (&json!("not_started"), &json!(1)), "{name}");
        let [first, second, fourth] = [0, 1, 3].map(|number| &started["tasks"][number]);
        assert_eq!((&first["priority"], &second["priority"]), (&json!("urgent"), &json!("high")), "{name}");
        assert_eq!(first["assignee"], json!({"user": office.id("colleague")}), "{name}");
        assert_eq!(fourth["assignee"], json!({"user": office.id("agent")}), "{name}: the owner of the deal");
        let board = office.run("task.find", json!({"sort": ["rank"], "limit": 100}));
        let order =
            |items: &Json| -> Vec<Json> { items.as_array().unwrap().iter().map(|task| task["id"].clone()).collect() };
        assert_eq!(order(&board["items"]), order(&started["tasks"]), "{name}: a board shows the order of the playbook");
        let kickoff = &started["meetings"][0];
        assert_eq!(kickoff["title"], "Acme Corp - Implementation Kickoff", "{name}");
        assert_eq!(kickoff["starts_at"], "2025-11-20T10:00:00.000000Z", "{name}");
        let invited = office.run("attendee.count", json!({}));
        assert_eq!(invited, 4, "{name}: Sarah, the manager, and the two who implement");
        assert_eq!(refused(&office, "playbook.start", start), "project.exists", "{name}");
        let overview = office.run("project.overview", json!({"project": project["id"]}));
        assert_eq!((&overview["tasks"]["todo"], &overview["progress"]), (&json!(20), &json!(0)), "{name}");
        assert_eq!(overview["tasks"]["blocked"], 10, "{name}");
        assert_eq!(overview["next_meeting"]["id"], kickoff["id"], "{name}");
    });
}

#[test]
fn the_handoff_note_is_there_for_its_readers_and_its_author_alone() {
    everywhere(|name, office| {
        let (_, started) = onboarding(&office);
        let note = &started["notes"][0];
        assert_eq!((&note["type"], &note["author"]), (&json!("handoff"), &json!(office.id("agent"))), "{name}");
        let about =
            json!({"field": "about", "op": "has", "value": {"kind": "project", "id": started["project"]["id"]}});
        for (reader, count) in [("colleague", 1), ("user", 1), ("agent", 1), ("viewer", 0), ("admin", 0)] {
            let found = office.run_as(reader, "note.count", json!({"filter": about})).unwrap();
            assert_eq!(found, count, "{name}: {reader}");
            let got = office.run_as(reader, "note.get", json!({"note": note["id"]}));
            assert_eq!(got.is_ok(), count == 1, "{name}: {reader}");
        }
    });
}

#[test]
fn what_nobody_moved_by_hand_moves_with_the_beginning() {
    everywhere(|name, office| {
        let (_, started) = onboarding(&office);
        let task = |number: usize| started["tasks"][number]["id"].clone();
        office.run("task.update", json!({"task": task(6), "due_date": "2025-12-05"}));
        office.run("task.complete", json!({"task": task(3)}));
        let moved = json!({"project": started["project"]["id"], "start_date": "2025-11-24"});
        let moved = office.run("project.reschedule", moved);
        let counts = (moved["moved"].as_array().unwrap().len(), &moved["kept"], &moved["project"]["due_date"]);
        assert_eq!(counts, (18, &json!([task(6)]), &json!("2025-12-24")), "{name}");
        let due = |number: usize| office.run("task.get", json!({"task": task(number)}))["due_date"].clone();
        assert_eq!([0, 3, 6].map(due), ["2025-11-26", "2025-11-17", "2025-12-05"].map(|day| json!(day)), "{name}");
        let kickoff = office.run("meeting.get", json!({"meeting": started["meetings"][0]["id"]}));
        assert_eq!(kickoff["starts_at"], "2025-11-27T10:00:00.000000Z", "{name}");
        let by_hand = json!({"project": started["project"]["id"], "start_date": "2025-12-01"});
        assert_eq!(refused(&office, "project.update", by_hand), "project.use_reschedule", "{name}");
        // A published version stays what it was, whatever becomes of the playbook.
        let playbook = &started["project"]["playbook"];
        office.run("playbook.update", json!({"playbook": playbook, "on_weekend": "next", "tasks": []}));
        office.run("playbook.publish", json!({"playbook": playbook}));
        let back = json!({"project": started["project"]["id"], "start_date": "2025-11-17"});
        assert_eq!(office.run("project.reschedule", back)["moved"].as_array().unwrap().len(), 18, "{name}");
    });
}

#[test]
fn cancelling_a_project_cancels_what_is_open_and_completing_asks() {
    everywhere(|name, office| {
        let (_, started) = onboarding(&office);
        let project = &started["project"]["id"];
        office.run("task.complete", json!({"task": started["tasks"][0]["id"]}));
        assert_eq!(refused(&office, "project.complete", json!({"project": project})), "project.tasks_open", "{name}");
        let progress = || {
            let overview = office.run("project.overview", json!({"project": project}));
            (overview["progress"].clone(), overview["tasks"]["cancelled"].clone())
        };
        assert_eq!(progress(), (json!(5), json!(0)), "{name}");
        office.run("project.cancel", json!({"project": project}));
        assert_eq!(progress(), (json!(100), json!(19)), "{name}: of what is not cancelled all is done");
        assert_eq!(refused(&office, "project.start", json!({"project": project})), "project.finished", "{name}");
        office.run("project.reopen", json!({"project": project}));
        assert_eq!(office.run("project.complete", json!({"project": project}))["status"], "done", "{name}");
        assert_eq!(refused(&office, "project.trash", json!({"project": project})), "record.in_use", "{name}");
        office.run("project.trash", json!({"project": project, "on_dependents": "cascade"}));
        assert_eq!(office.run("task.count", json!({})), 0, "{name}");
        office.run("project.restore", json!({"project": project}));
        assert_eq!(office.run("task.count", json!({})), 20, "{name}");
    });
}

#[test]
fn a_start_says_who_has_which_role_and_is_done_once_under_a_key() {
    everywhere(|name, office| {
        let task = json!({"key": "call", "title": "Call {{ account.name }}", "due": {"after": "PT24H"}, "assignee": {"role": "csm"}});
        let playbook = office.run("playbook.create", json!({"name": "Renewal", "tasks": [task]}))["id"].clone();
        let account = office.run("account.create", json!({"name": "Acme"}))["id"].clone();
        let mut start = json!({"playbook": playbook, "account": account, "start_date": "2025-11-17", "key": "run:7"});
        assert_eq!(refused(&office, "playbook.start", start.clone()), "playbook.not_published", "{name}");
        office.run("playbook.publish", json!({"playbook": playbook}));
        assert_eq!(refused(&office, "playbook.start", start.clone()), "playbook.role_missing", "{name}");
        let csm = json!({"user": office.id("user")});
        start["roles"] = json!({"csm": csm, "cms": csm});
        assert_eq!(refused(&office, "playbook.start", start.clone()), "playbook.role_unknown", "{name}");
        start["roles"] = json!({"csm": {"user": office.id("deactivated")}});
        assert_eq!(refused(&office, "playbook.start", start.clone()), "assignee.inactive", "{name}");
        start["roles"] = json!({"csm": csm});
        let mut nameless = start.clone();
        nameless.as_object_mut().unwrap().remove("account");
        assert_eq!(refused(&office, "playbook.start", nameless), "playbook.value_missing", "{name}");
        let started = office.run("playbook.start", start.clone());
        let made = &started["tasks"][0];
        assert_eq!((&made["title"], &made["due_at"]), (&json!("Call Acme"), &json!("2025-11-18T09:00:00.000000Z")));
        let head = office.head();
        let again = office.run("playbook.start", start.clone());
        assert_eq!((&again["project"], office.head()), (&started["project"], head), "{name}: nothing is made twice");
        start["key"] = json!("run:8");
        start["start_date"] = json!("2025-11-10");
        let late = office.run("playbook.start", start);
        assert_ne!(late["project"]["id"], started["project"]["id"], "{name}: without a deal it may be started again");
    });
}

#[test]
fn a_plan_that_cannot_be_started_is_refused_when_it_is_written() {
    everywhere(|name, office| {
        let task = |key: &str, more: Json| {
            let mut task = json!({"key": key, "title": "x"});
            task.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            task
        };
        let meeting = |due: Json| json!([{"key": "m", "title": "x", "due": due}]);
        for (fields, code) in [
            (
                json!({"tasks": [task("a", json!({"after": ["b"]})), task("b", json!({"after": ["a"]}))]}),
                "playbook.circle",
            ),
            (json!({"tasks": [task("a", json!({"parent": "a"}))]}), "playbook.circle"),
            (json!({"tasks": [task("a", json!({"after": ["b"]}))]}), "playbook.step_unknown"),
            (json!({"tasks": [task("a", json!({})), task("a", json!({}))]}), "playbook.key_twice"),
            (json!({"tasks": [task("a", json!({"title": "{{ deal.secret }}"}))]}), "playbook.value_unknown"),
            (json!({"tasks": [task("a", json!({"due": {"after": "3 days"}}))]}), "playbook.due"),
            (json!({"tasks": [task("a", json!({"due": {"after": "PT1H", "at": "10:00"}}))]}), "playbook.due"),
            (json!({"tasks": [task("a", json!({"due": {"after": "-P1D", "of": "project_due"}}))]}), "playbook.due"),
            (json!({"project": {"due": {"after": "PT9H"}}}), "playbook.due"),
            (json!({"meetings": meeting(json!({"after": "P1D"}))}), "playbook.due"),
        ] {
            let mut with = fields.clone();
            with["name"] = json!("Plan");
            assert_eq!(refused(&office, "playbook.create", with), code, "{name}: {fields}");
        }
        let deep: Vec<Json> = (0..6)
            .map(|at| {
                if at == 0 {
                    task("t0", json!({}))
                } else {
                    task(&format!("t{at}"), json!({"parent": format!("t{}", at - 1)}))
                }
            })
            .collect();
        assert_eq!(
            refused(&office, "playbook.create", json!({"name": "Deep", "tasks": deep})),
            "playbook.too_deep",
            "{name}"
        );
        assert_eq!(refused(&office, "playbook.take", json!({"key": "nothing"})), "playbook.unknown", "{name}");
        office.run("playbook.take", json!({"key": "customer_onboarding"}));
        assert_eq!(
            refused(&office, "playbook.take", json!({"key": "customer_onboarding"})),
            "playbook.taken",
            "{name}"
        );
    });
}

/// Section 5, check 2: 64 callers start the project of one deal at once.
#[test]
fn sixty_four_callers_at_once_start_exactly_one_project() {
    for backend in [backends::sqlite(), backends::postgres()] {
        let office = Office::staffed(backend.store.clone(), nexa_core::builder());
        let task = json!({"key": "call", "title": "Call"});
        let playbook = office.run("playbook.create", json!({"name": "Renewal", "tasks": [task]}))["id"].clone();
        office.run("playbook.publish", json!({"playbook": playbook}));
        let deal = office.run("deal.create", json!({"name": "Acme"}))["id"].clone();
        let start = Barrier::new(64);
        let answers: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..64)
                .map(|_| {
                    let (session, start) = (office.session("agent"), &start);
                    let with = json!({"playbook": playbook, "deal": deal});
                    scope.spawn(move || {
                        start.wait();
                        block_on(session.execute("playbook.start", with, Envelope::default()))
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1, "{}", backend.name);
        let refusals = answers.iter().filter_map(|answer| answer.as_ref().err());
        assert!(refusals.clone().all(|error| error.code() == "project.exists"), "{}", backend.name);
        assert_eq!((office.run("project.count", json!({})), office.run("task.count", json!({}))), (json!(1), json!(1)));
    }
}
