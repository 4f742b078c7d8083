//! Users are notified of what others give to them, and reminded of their tasks, once.

use nexa_crm::{Envelope, FeedItem, Request, Timestamp};
use serde_json::json;

use super::*;

fn plain(store: Arc<dyn Store>) -> Office {
    let office = Office::staffed(store, nexa_core::builder());
    tick(&office);
    office
}

/// What somebody is notified of, without what a test does not look at.
fn notifications(office: &Office, caller: &str) -> Vec<Json> {
    let user = office.id(caller);
    let own = json!({"filter": {"field": "user", "op": "eq", "value": user}, "sort": ["created_at"]});
    let found = office.run_as(caller, "notification.find", own).unwrap();
    let parts = |notification: &Json| {
        let mut notification = notification.clone();
        for part in ["id", "version", "created_at", "updated_at", "user", "inbox"] {
            notification.as_object_mut().unwrap().remove(part);
        }
        notification.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        notification
    };
    found["items"].as_array().unwrap().iter().map(parts).collect()
}

fn at(office: &Office, now: &str) {
    office.clock.set(Timestamp::parse(now).unwrap());
    tick(office);
}

#[test]
fn whoever_is_given_something_by_somebody_else_is_notified_once() {
    for backend in backends::all() {
        let office = plain(backend.store);
        let agent = json!({"user": office.id("agent")});
        let task = office.run("task.create", json!({"title": "Call", "assignee": agent}));
        let ticket = office.run("ticket.create", json!({"subject": "Broken", "customer": {"email": "a@example.com"}}));
        office.run("ticket.assign", json!({"ticket": ticket["id"], "assignee": agent}));
        // What they take themselves, and what a group gets, is no news.
        let own = office.run_as("agent", "task.create", json!({"title": "Mine", "assignee": agent})).unwrap();
        office.run("task.create", json!({"title": "Ours", "assignee": {"group": office.id("group")}}));
        // A change of something else is no assignment.
        office.run("task.update", json!({"task": own["id"], "title": "Still mine"}));
        tick(&office);
        tick(&office);
        let by = format!("user:{}", office.id("admin"));
        let assigned = |kind: &str, id: &Json| json!({"reason": "assigned", "about": {"kind": kind, "id": id}, "count": 1, "by": by, "late": false});
        let mut expected = vec![assigned("task", &task["id"]), assigned("ticket", &ticket["id"])];
        let mut found = notifications(&office, "agent");
        let key = |notification: &Json| notification.to_string();
        expected.sort_by_key(key);
        found.sort_by_key(key);
        assert_eq!(found, expected, "{}", backend.name);
        assert_eq!(notifications(&office, "user"), [] as [Json; 0], "{}", backend.name);
    }
}

#[test]
fn a_large_unit_and_an_import_are_summed_up() {
    for backend in backends::all() {
        let office = plain(backend.store);
        let agent = json!({"user": office.id("agent")});
        let task = |number: usize| Request {
            run: "task.create".to_owned(),
            with: json!({"title": format!("Call {number}"), "assignee": agent}),
        };
        block_on(office.session("admin").batch((0..11).map(task).collect(), Envelope::default())).unwrap();
        tick(&office);
        let found = notifications(&office, "agent");
        assert_eq!(found.len(), 1, "{}: {found:?}", backend.name);
        assert_eq!((&found[0]["count"], found[0].get("about")), (&json!(11), None), "{}", backend.name);
        // Units of one cause are one notification, also one that is too large to be looked at at once.
        let import = Envelope { cause: Some("import".to_owned()), ..Envelope::default() };
        for numbers in [0..300, 0..1] {
            block_on(office.session("admin").batch(numbers.map(task).collect(), import.clone())).unwrap();
        }
        tick(&office);
        let found = notifications(&office, "agent");
        let mut counts: Vec<i64> = found.iter().map(|notification| notification["count"].as_i64().unwrap()).collect();
        counts.sort_unstable();
        assert_eq!(counts, [11, 301], "{}", backend.name);
    }
}

/// Whom a text mentions.
fn mention(office: &Office, kind: &str, word: &str) -> String {
    format!("@[{kind}:{}]", office.id(word))
}

#[test]
fn whoever_is_mentioned_in_what_they_may_read_is_notified_once() {
    for backend in backends::all() {
        let (name, office) = (backend.name, plain(backend.store));
        let contact = office.run("contact.create", json!({"email": "sarah@private.example"}));
        let about = json!({"kind": "contact", "id": contact["id"]});
        let [agent, colleague] = ["agent", "colleague"].map(|word| mention(&office, "user", word));
        let body = format!("{agent}, please call her. Thanks, {agent}! {}", mention(&office, "user", "admin"));
        let note = office.run("note.create", json!({"body": body, "about": [about]}));
        tick(&office);
        let by = format!("user:{}", office.id("admin"));
        let expected = json!({
            "reason": "mention", "about": about, "note": note["id"], "count": 1, "by": by, "late": false
        });
        assert_eq!(notifications(&office, "agent"), [expected], "{name}");
        assert_eq!(notifications(&office, "admin"), [] as [Json; 0], "{name}: nobody is told what they wrote");
        // A changed text tells those who are new in it.
        office.run("note.update", json!({"note": note["id"], "body": format!("{body} Or {colleague}?")}));
        office.run("note.update", json!({"note": note["id"], "body": format!("{body} Or {colleague}!")}));
        tick(&office);
        assert_eq!(notifications(&office, "agent").len(), 1, "{name}");
        assert_eq!(notifications(&office, "colleague").len(), 1, "{name}");
        // A group is its members.
        let body = format!("{} takes over.", mention(&office, "group", "group"));
        office.run("note.create", json!({"body": body, "about": [about]}));
        tick(&office);
        assert_eq!(notifications(&office, "user").len(), 1, "{name}");
    }
}

#[test]
fn whoever_may_not_read_a_text_is_not_notified_of_it() {
    for backend in backends::all() {
        let (name, office) = (backend.name, plain(backend.store));
        let contact = office.run("contact.create", json!({"email": "sarah@private.example"}));
        let about = json!([{"kind": "contact", "id": contact["id"]}]);
        let body = format!("{} {}", mention(&office, "user", "agent"), mention(&office, "user", "colleague"));
        let readers = json!([{"user": office.id("colleague")}]);
        office.run("note.create", json!({"body": body, "about": about, "readers": readers}));
        let ticket = office.run("ticket.create", json!({"subject": "Broken", "contact": contact["id"]}));
        office.run("ticket.comment", json!({"ticket": ticket["id"], "body": body, "audience": "admins"}));
        // Nobody is somebody by a name alone, and one who left reads nothing.
        office.run("user.deactivate", json!({"user": office.id("user")}));
        let body = format!("@agent @[user:agent] {}", mention(&office, "user", "user"));
        office.run("note.create", json!({"body": body, "about": about}));
        tick(&office);
        assert_eq!(notifications(&office, "agent"), [] as [Json; 0], "{name}");
        assert_eq!(notifications(&office, "colleague").len(), 1, "{name}");
        // Trashed before anybody is told: there is nothing to read.
        let note = office.run("note.create", json!({"body": mention(&office, "user", "agent"), "about": about}));
        office.run("note.trash", json!({"note": note["id"]}));
        tick(&office);
        assert_eq!(notifications(&office, "agent"), [] as [Json; 0], "{name}");
    }
}

#[test]
fn a_mention_counts_more_than_an_assignment_of_the_same_unit() {
    for backend in backends::all() {
        let (name, office) = (backend.name, plain(backend.store));
        let ticket = office.run("ticket.create", json!({"subject": "Broken", "customer": {"email": "a@example.com"}}));
        let body = format!("{}: yours, please", mention(&office, "user", "agent"));
        let calls = [
            ("ticket.assign", json!({"ticket": ticket["id"], "assignee": {"user": office.id("agent")}})),
            ("ticket.comment", json!({"ticket": ticket["id"], "body": body})),
        ];
        let calls = calls.map(|(run, with)| Request { run: run.to_owned(), with });
        block_on(office.session("admin").batch(calls.into(), Envelope::default())).unwrap();
        tick(&office);
        let found = notifications(&office, "agent");
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert_eq!((&found[0]["reason"], &found[0]["about"]["kind"]), (&json!("mention"), &json!("comment")), "{name}");
    }
}

#[test]
fn a_user_sees_their_own_notifications_alone_and_reads_them() {
    for backend in backends::all() {
        let office = plain(backend.store);
        for user in ["agent", "user"] {
            office.run("task.create", json!({"title": "Call", "assignee": {"user": office.id(user)}}));
        }
        tick(&office);
        let all = office.run_as("agent", "notification.find", json!({})).unwrap();
        assert_eq!(all["items"].as_array().unwrap().len(), 1, "{}", backend.name);
        let others = office.run_as("user", "notification.find", json!({})).unwrap()["items"][0]["id"].clone();
        let hidden = office.run_as("agent", "notification.mark_read", json!({"notification": others})).unwrap_err();
        assert_eq!(hidden.code(), "record.not_found", "{}", backend.name);
        let own = &all["items"][0]["id"];
        let read = office.run_as("agent", "notification.mark_read", json!({"notification": own})).unwrap();
        let head = office.head();
        assert_eq!(office.run_as("agent", "notification.mark_read", json!({"notification": own})).unwrap(), read);
        assert_eq!(office.run_as("agent", "notification.mark_all_read", json!({})).unwrap(), json!({"count": 0}));
        assert_eq!(office.head(), head, "{}: what is read stays as it is", backend.name);
        assert_eq!(office.run_as("user", "notification.mark_all_read", json!({})).unwrap(), json!({"count": 1}));
    }
}

#[test]
fn those_who_do_a_task_are_reminded_of_it_at_its_moment() {
    for backend in backends::all() {
        let office = plain(backend.store);
        let at_ten = "2025-11-17T10:00:00.000000Z";
        let task = |assignee: Json| {
            let task = json!({"title": "Call", "remind_at": at_ten, "assignee": assignee});
            office.run_as("admin", "task.create", task).unwrap()["id"].clone()
        };
        let (mine, ours) = (task(json!({"user": office.id("agent")})), task(json!({"group": office.id("group")})));
        let nobodys = task(Json::Null);
        at(&office, "2025-11-17T09:59:59Z");
        let reminders = |caller: &str| -> Vec<Json> {
            let reminders =
                notifications(&office, caller).into_iter().filter(|notification| notification["reason"] == "reminder");
            reminders.map(|notification| notification["about"]["id"].clone()).collect()
        };
        assert_eq!(reminders("agent"), [] as [Json; 0], "{}: never early", backend.name);
        at(&office, "2025-11-17T10:00:00Z");
        at(&office, "2025-11-17T10:00:01Z");
        let (mut agents, mut expected) = (reminders("agent"), vec![mine, ours.clone()]);
        agents.sort_by_key(Json::to_string);
        expected.sort_by_key(Json::to_string);
        assert_eq!(agents, expected, "{}", backend.name);
        assert_eq!(reminders("user"), [ours], "{}: of the same group", backend.name);
        assert_eq!(reminders("admin"), [nobodys], "{}: who asked for it", backend.name);
    }
}

#[test]
fn a_reminder_moves_with_its_task_and_is_gone_with_it() {
    for backend in backends::all() {
        let office = plain(backend.store);
        let agent = json!({"user": office.id("agent")});
        let task = || {
            let task = json!({"title": "Call", "remind_at": "2025-11-17T10:00:00Z", "assignee": agent});
            office.run_as("agent", "task.create", task).unwrap()["id"].clone()
        };
        let (moved, removed, done, trashed, reopened) = (task(), task(), task(), task(), task());
        office.run("task.update", json!({"task": moved, "remind_at": "2025-11-17T11:00:00Z"}));
        office.run("task.update", json!({"task": removed, "remind_at": null}));
        office.run("task.complete", json!({"task": done}));
        office.run("task.trash", json!({"task": trashed}));
        office.run("task.complete", json!({"task": reopened}));
        office.run("task.reopen", json!({"task": reopened}));
        let reminded = || -> Vec<Json> {
            let reminders =
                notifications(&office, "agent").into_iter().filter(|notification| notification["reason"] == "reminder");
            reminders.map(|notification| notification["about"]["id"].clone()).collect()
        };
        at(&office, "2025-11-17T10:00:00Z");
        assert_eq!(reminded(), std::slice::from_ref(&reopened), "{}", backend.name);
        at(&office, "2025-11-17T11:00:00Z");
        assert_eq!(reminded(), [reopened, moved], "{}", backend.name);
    }
}

#[test]
fn a_reminder_that_was_moved_or_removed_comes_back_with_an_undo() {
    for backend in backends::all() {
        let office = plain(backend.store);
        let agent = json!({"user": office.id("agent")});
        let task = |at: &str| {
            let task = json!({"title": "Call", "remind_at": at, "assignee": agent});
            office.run_as("agent", "task.create", task).unwrap()["id"].clone()
        };
        let undo = || {
            let mut unit = office.events().into_iter().filter_map(|item| match item {
                FeedItem::Changed(change) => Some(change.unit),
                _ => None,
            });
            office.run("ledger.undo", json!({"unit": unit.next_back()}));
        };
        let [moved, removed, made, trashed, past] =
            [10, 10, 10, 10, 9].map(|hour| task(&format!("2025-11-17T{hour:02}:30:00Z")));
        let reminded = || -> Vec<Json> {
            let reminders =
                notifications(&office, "agent").into_iter().filter(|notification| notification["reason"] == "reminder");
            reminders.map(|notification| notification["about"]["id"].clone()).collect()
        };
        office.run("task.update", json!({"task": moved, "remind_at": "2025-11-17T11:00:00Z"}));
        undo();
        office.run("task.update", json!({"task": removed, "remind_at": null}));
        undo();
        task("2025-11-17T10:30:00Z");
        undo();
        office.run("task.trash", json!({"task": trashed}));
        undo();
        at(&office, "2025-11-17T09:30:00Z");
        assert_eq!(reminded(), std::slice::from_ref(&past), "{}", backend.name);
        office.run("task.update", json!({"task": past, "remind_at": "2025-11-17T12:00:00Z"}));
        undo();
        at(&office, "2025-11-17T10:30:00Z");
        let (mut found, mut expected) = (reminded(), vec![past, moved, removed, made, trashed]);
        found.sort_by_key(Json::to_string);
        expected.sort_by_key(Json::to_string);
        assert_eq!(found, expected, "{}", backend.name);
        at(&office, "2025-11-17T13:00:00Z");
        assert_eq!(reminded().len(), 5, "{}: nobody is reminded twice", backend.name);
    }
}

#[test]
fn reminders_of_a_weekend_without_a_worker_are_one_and_say_that_they_are_late() {
    for backend in backends::all() {
        let office = plain(backend.store);
        for day in ["21", "22", "23"] {
            let at = format!("2025-11-{day}T10:00:00Z");
            office.run_as("agent", "task.create", json!({"title": "Call", "remind_at": at})).unwrap();
        }
        at(&office, "2025-11-24T08:00:00Z");
        let found = notifications(&office, "agent");
        assert_eq!(found.len(), 1, "{}: {found:?}", backend.name);
        assert_eq!((&found[0]["count"], &found[0]["late"]), (&json!(3), &json!(true)), "{}", backend.name);
    }
}
