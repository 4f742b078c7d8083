//! What users want to be notified of, where and when: digests, quiet hours, mail and channels of the host.

use std::{thread, time::Duration};

use nexa_crm::{Envelope, Request, Timestamp};
use serde_json::json;

use super::*;

/// An office that sends notifications by mail.
fn office(store: Arc<dyn Store>) -> Office {
    let mut office = Office::staffed(store, nexa_core::builder());
    office.make("sender", "sender.create", json!({"name": "Acme", "address": "crm@acme.example"}));
    office.run("sender.verify", json!({"sender": office.id("sender")}));
    let mail = json!({"record_page": "https://acme.example/show"});
    office.run("org.configure", json!({"notification_sender": office.id("sender"), "mail": mail}));
    tick(&office);
    office
}

fn at(office: &Office, now: &str) {
    office.clock.set(Timestamp::parse(now).unwrap());
    tick(office);
}

fn wants(office: &Office, user: &str, more: Json) {
    office.run_as(user, "notification_preference.set", more).unwrap();
}

/// Gives the agent tasks, each in a unit of its own.
fn give(office: &Office, titles: impl IntoIterator<Item = String>) {
    for title in titles {
        give_one(office, &title);
    }
}

fn give_one(office: &Office, title: &str) -> Json {
    office.run("task.create", json!({"title": title, "assignee": {"user": office.id("agent")}}))["id"].clone()
}

/// The messages that a worker is given, and hands over.
fn claim(office: &Office) -> Vec<Json> {
    let claimed = office.run_as("system", "mail.claim", json!({"worker": "desk", "limit": 100})).unwrap();
    let messages = claimed["messages"].as_array().unwrap();
    for message in messages {
        let report = json!({"mail": message["mail"], "worker": "desk", "outcome": "handed_over"});
        office.run_as("system", "mail.report", report).unwrap();
    }
    messages.clone()
}

fn subjects(messages: &[Json]) -> Vec<&str> {
    messages.iter().map(|message| message["subject"].as_str().unwrap()).collect()
}

fn inbox(office: &Office, user: &str) -> Vec<Json> {
    let page = office.run_as(user, "notification.inbox", json!({})).unwrap();
    page["items"].as_array().unwrap().clone()
}

#[test]
fn what_is_to_come_at_once_is_a_mail_to_the_user_and_to_nobody_else() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        wants(&office, "agent", json!({"channels": {"mail": {"assigned": "now"}}}));
        let task = give_one(&office, "Call Sarah");
        office.run("task.create", json!({"title": "Call Bill", "assignee": {"user": office.id("user")}}));
        tick(&office);
        tick(&office);
        let messages = claim(&office);
        assert_eq!(subjects(&messages), ["Lisa gave you the task Call Sarah"], "{name}");
        let agent = office.run("user.get", json!({"user": office.id("agent")}))["email"].clone();
        assert_eq!(messages[0]["recipients"], json!([agent]), "{name}");
        let text = messages[0]["text"].as_str().unwrap();
        let link = format!("https://acme.example/show?kind=task&id={}", task.as_str().unwrap());
        assert!(text.contains("Lisa gave you the task Call Sarah.") && text.contains(&link), "{name}: {text}");
        assert_eq!(inbox(&office, "agent")[0]["text"], "Lisa gave you the task Call Sarah.", "{name}");
        at(&office, "2025-11-17T11:00:00Z");
        assert_eq!(claim(&office), [] as [Json; 0], "{name}: nothing leaves twice");
    }
}

/// MushroomObserver #4757: an import queued 14,219 mails.
#[test]
fn an_import_of_14219_rows_is_one_notification_and_one_mail() {
    for backend in backends::all() {
        let rows = if backend.name == "memory" { 14_219 } else { 1_000 };
        let (name, office) = (backend.name, office(backend.store));
        wants(&office, "agent", json!({"channels": {"mail": {"assigned": "now"}}}));
        let agent = json!({"user": office.id("agent")});
        let import = Envelope { cause: Some("import".to_owned()), ..Envelope::default() };
        let mut left = rows;
        while left > 0 {
            let chunk = left.min(1_000);
            let task = |number: usize| Request {
                run: "task.create".to_owned(),
                with: json!({"title": format!("Call {number}"), "assignee": agent}),
            };
            block_on(office.session("admin").batch((0..chunk).map(task).collect(), import.clone())).unwrap();
            tick(&office);
            assert_eq!(claim(&office), [] as [Json; 0], "{name}: the import goes on");
            left -= chunk;
        }
        at(&office, "2025-11-17T09:05:00Z");
        let messages = claim(&office);
        assert_eq!(subjects(&messages), [format!("Lisa gave you {rows} things")], "{name}");
        let found = inbox(&office, "agent");
        assert_eq!((found.len(), &found[0]["count"]), (1, &json!(rows)), "{name}");
    }
}

/// CordysCRM #2238: 100 accounts that were handed over were 100 mails.
#[test]
fn a_hundred_records_that_are_handed_over_are_one_mail() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        wants(&office, "agent", json!({"channels": {"mail": {"assigned": "now"}}}));
        let agent = json!({"user": office.id("agent")});
        let accounts: Vec<Json> = (0..100)
            .map(|number| office.run("account.create", json!({"name": format!("Company {number}")}))["id"].clone())
            .collect();
        let assign = |account: &Json| Request {
            run: "account.assign".to_owned(),
            with: json!({"account": account, "assignee": agent}),
        };
        block_on(office.session("admin").batch(accounts.iter().map(assign).collect(), Envelope::default())).unwrap();
        tick(&office);
        at(&office, "2025-11-17T09:05:00Z");
        assert_eq!(subjects(&claim(&office)), ["Lisa gave you 100 things"], "{name}");
        // Those of many units that are due together are one as well, and from the sixtieth of an hour on a number.
        give(&office, (0..100).map(|number| format!("Call {number}")));
        tick(&office);
        at(&office, "2025-11-17T10:00:00Z");
        // The number waits until it is whole.
        assert_eq!(subjects(&claim(&office)), ["More than 50 notifications", "And 40 more"], "{name}");
        let found = office.run_as("agent", "notification.inbox", json!({"limit": 200})).unwrap();
        let found = found["items"].as_array().unwrap();
        assert_eq!(found.len(), 62, "{name}");
        let more: Vec<&Json> = found.iter().filter(|item| item["text"] == "And 40 more.").collect();
        assert_eq!(more.len(), 1, "{name}: {:?}", found.iter().map(|item| &item["text"]).collect::<Vec<_>>());
    }
}

/// Weblate #14130: a digest sent 79 mails.
#[test]
fn a_digest_is_one_mail_however_much_it_is_about() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        let zone = json!({"user": office.id("agent"), "time_zone": "America/New_York"});
        office.run("user.update", zone);
        let digest = json!({"every": "day", "at": "17:30"});
        wants(&office, "agent", json!({"channels": {"mail": {"assigned": "digest"}}, "digest": digest}));
        for hour in 10..18 {
            at(&office, &format!("2025-11-17T{hour}:00:00Z"));
            give(&office, (0..10).map(|number| format!("Call {hour} {number}")));
        }
        at(&office, "2025-11-17T22:29:59Z");
        assert_eq!(claim(&office), [] as [Json; 0], "{name}: not before half past five in New York");
        at(&office, "2025-11-17T22:30:00Z");
        let messages = claim(&office);
        assert_eq!(subjects(&messages), ["More than 50 notifications"], "{name}");
        let text = messages[0]["text"].as_str().unwrap();
        assert!(text.contains("the task Call 10 0.") && text.ends_with("And 30 more."), "{name}: {text}");
        assert!(!text.contains("late"), "{name}");
        at(&office, "2025-11-18T22:30:00Z");
        assert_eq!(claim(&office), [] as [Json; 0], "{name}: nothing happened since");
    }
}

/// Seed Hypermedia #378, tracim #4799: a reply with a mention was two, and who was mentioned twice had two.
#[test]
fn a_mention_with_an_assignment_of_the_same_unit_is_one_mail() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        wants(&office, "agent", json!({"channels": {"mail": {"assigned": "now", "mention": "now"}}}));
        let ticket = office.run("ticket.create", json!({"subject": "Broken", "customer": {"email": "a@example.com"}}));
        let mention = format!("@[user:{}]", office.id("agent"));
        let calls = [
            ("ticket.assign", json!({"ticket": ticket["id"], "assignee": {"user": office.id("agent")}})),
            ("ticket.comment", json!({"ticket": ticket["id"], "body": format!("{mention}: yours. {mention}!")})),
        ];
        let calls = calls.map(|(run, with)| Request { run: run.to_owned(), with });
        block_on(office.session("admin").batch(calls.into(), Envelope::default())).unwrap();
        tick(&office);
        tick(&office);
        assert_eq!(subjects(&claim(&office)), ["Lisa mentioned you in a comment"], "{name}");
        assert_eq!(inbox(&office, "agent").len(), 1, "{name}");
    }
}

/// Nextcloud #29434, local_reminders #26: two workers made two reminders.
#[test]
fn two_workers_bring_a_reminder_once() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        wants(&office, "agent", json!({"channels": {"mail": {"reminder": "now"}}}));
        let task = json!({"title": "Call", "remind_at": "2025-11-17T10:00:00Z"});
        office.run_as("agent", "task.create", task).unwrap();
        office.clock.set(Timestamp::parse("2025-11-17T10:00:00Z").unwrap());
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| tick(&office));
            }
        });
        assert_eq!(subjects(&claim(&office)), ["Reminder of the task Call"], "{name}");
        assert_eq!(inbox(&office, "agent").len(), 1, "{name}");
    }
}

#[test]
fn nothing_leaves_while_it_is_quiet_and_then_it_is_one_mail() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        let night = json!({"hours": {"from": "09:00", "to": "12:00"}});
        wants(&office, "agent", json!({"channels": {"mail": {"assigned": "now"}}, "quiet": night}));
        give(&office, ["One", "Two"].map(str::to_owned));
        at(&office, "2025-11-17T11:59:59Z");
        assert_eq!(claim(&office), [] as [Json; 0], "{name}");
        at(&office, "2025-11-17T12:00:00Z");
        assert_eq!(subjects(&claim(&office)), ["2 notifications"], "{name}");
        // Outside of the hours of their calendar, which is the organisation's.
        let weekly = json!({"tuesday": [{"from": "09:00", "to": "17:00"}]});
        let calendar = office.run("calendar.create", json!({"name": "Tuesdays", "weekly": weekly}))["id"].clone();
        office.run("org.configure", json!({"calendar": calendar}));
        wants(&office, "agent", json!({"quiet": "outside_calendar"}));
        give_one(&office, "Three");
        at(&office, "2025-11-18T08:59:59Z");
        assert_eq!(claim(&office), [] as [Json; 0], "{name}");
        at(&office, "2025-11-18T09:00:00Z");
        assert_eq!(subjects(&claim(&office)), ["Lisa gave you the task Three"], "{name}");
    }
}

#[test]
fn a_weekend_without_a_worker_is_one_digest_that_says_that_it_is_late() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        let channels = json!({"mail": {"assigned": "digest", "reminder": "digest"}});
        wants(&office, "agent", json!({"channels": channels}));
        at(&office, "2025-11-21T16:00:00Z");
        give(&office, ["One", "Two"].map(str::to_owned));
        for day in ["22", "23"] {
            let at = format!("2025-11-{day}T10:00:00Z");
            office.run_as("agent", "task.create", json!({"title": "Call", "remind_at": at})).unwrap();
        }
        tick(&office);
        at(&office, "2025-11-24T07:00:00Z");
        let messages = claim(&office);
        assert_eq!(messages.len(), 1, "{name}: {:?}", subjects(&messages));
        assert!(messages[0]["text"].as_str().unwrap().starts_with("This comes late"), "{name}: {messages:?}");
        // What came of the same run waits for the next one, and is one as well.
        at(&office, "2025-11-24T08:00:00Z");
        let messages = claim(&office);
        assert_eq!(subjects(&messages), ["Reminder of 2 things"], "{name}");
    }
}

#[test]
fn what_left_the_view_shows_nothing_but_its_type() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        wants(&office, "agent", json!({"channels": {"mail": {"mention": "now"}}}));
        let contact = office.run("contact.create", json!({"first_name": "Sarah", "last_name": "Chen"}))["id"].clone();
        let about = json!([{"kind": "contact", "id": contact}]);
        let body = format!("@[user:{}] call her", office.id("agent"));
        let note = office.run("note.create", json!({"body": body, "about": about}))["id"].clone();
        tick(&office);
        let seen = &inbox(&office, "agent")[0];
        assert_eq!(seen["text"], "Lisa mentioned you in the contact Sarah Chen.", "{name}");
        assert_eq!((&seen["note"], &seen["hidden"]), (&note, &json!(false)), "{name}");
        // Between the plan of the mail and its claim somebody narrows who may read the note.
        let readers = json!([{"user": office.id("colleague")}]);
        office.run("note.update", json!({"note": note, "readers": readers}));
        let messages = claim(&office);
        let expected = "You were mentioned in something that you do not see any more";
        assert_eq!(subjects(&messages), [expected], "{name}");
        let text = messages[0].to_string();
        for secret in ["Sarah", "Lisa", contact.as_str().unwrap(), note.as_str().unwrap()] {
            assert!(!text.contains(secret), "{name}: {text}");
        }
        let hidden = &inbox(&office, "agent")[0];
        assert_eq!(hidden["text"], format!("{expected}."), "{name}");
        assert_eq!((&hidden["hidden"], hidden.get("about"), hidden.get("by")), (&json!(true), None, None), "{name}");
    }
}

#[test]
fn a_mail_about_notifications_names_no_customer() {
    let backend = backends::memory();
    let office = office(backend.store);
    wants(&office, "agent", json!({"channels": {"mail": {"assigned": "now"}}}));
    let lead =
        office.run("lead.create", json!({"first_name": "Sarah", "last_name": "Chen", "email": "s@private.example"}));
    office.run("lead.assign", json!({"lead": lead["id"], "assignee": {"user": office.id("agent")}}));
    tick(&office);
    assert_eq!(inbox(&office, "agent")[0]["text"], "Lisa gave you the lead Sarah Chen.");
    let messages = claim(&office);
    assert_eq!(subjects(&messages), ["Lisa gave you a lead"]);
    assert!(!messages[0].to_string().contains("Sarah"), "{messages:?}");
}

#[test]
fn what_was_read_or_is_off_by_then_does_not_leave() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        wants(&office, "agent", json!({"channels": {"mail": {"assigned": "digest"}}}));
        give(&office, ["One", "Two"].map(str::to_owned));
        tick(&office);
        let one = inbox(&office, "agent").into_iter().find(|item| item["text"].as_str().unwrap().contains("One"));
        office.run_as("agent", "notification.mark_read", json!({"notification": one.unwrap()["id"]})).unwrap();
        at(&office, "2025-11-18T08:00:00Z");
        // Read after the mail was planned.
        office.run_as("agent", "notification.mark_all_read", json!({})).unwrap();
        let claimed = office.run_as("system", "mail.claim", json!({"worker": "desk"})).unwrap();
        assert_eq!((&claimed["messages"], &claimed["skipped"]), (&json!([]), &json!(1)), "{name}");
        give_one(&office, "Three");
        tick(&office);
        wants(&office, "agent", json!({"channels": {"mail": {"assigned": "off"}}}));
        at(&office, "2025-11-19T08:00:00Z");
        assert_eq!(claim(&office), [] as [Json; 0], "{name}");
        let states = office.run("notification_delivery.find", json!({"sort": ["created_at"]}));
        let states: Vec<&Json> = states["items"].as_array().unwrap().iter().map(|item| &item["state"]).collect();
        assert_eq!(states.iter().filter(|state| **state == "dropped").count(), 2, "{name}: {states:?}");
    }
}

#[test]
fn who_wants_something_nowhere_is_not_notified_of_it() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        wants(&office, "agent", json!({"channels": {"inbox": {"assigned": "off"}}}));
        give_one(&office, "One");
        tick(&office);
        assert_eq!(office.run_as("agent", "notification.count", json!({})).unwrap(), json!(0), "{name}");
        // By mail alone it is not in the inbox.
        wants(&office, "agent", json!({"channels": {"mail": {"assigned": "now"}}}));
        give_one(&office, "Two");
        tick(&office);
        assert_eq!(inbox(&office, "agent"), [] as [Json; 0], "{name}");
        assert_eq!(subjects(&claim(&office)), ["Lisa gave you the task Two"], "{name}");
    }
}

fn bring(office: &Office) -> Vec<Json> {
    let claimed = office.run_as("system", "notification.claim", json!({"channel": "push", "worker": "phone"})).unwrap();
    claimed["messages"].as_array().unwrap().clone()
}

#[test]
fn a_channel_of_the_host_brings_one_message_with_the_same_key_until_it_is_given_up() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        wants(&office, "agent", json!({"channels": {"push": {"assigned": "now"}}}));
        give(&office, ["One", "Two"].map(str::to_owned));
        tick(&office);
        let messages = bring(&office);
        assert_eq!(messages.len(), 1, "{name}");
        assert_eq!(
            (&messages[0]["user"], messages[0]["items"].as_array().unwrap().len()),
            (&json!(office.id("agent")), 2)
        );
        assert_eq!(bring(&office), [] as [Json; 0], "{name}: it is held");
        // A worker that died: the same message, by the same key.
        at(&office, "2025-11-17T09:05:00Z");
        let again = bring(&office);
        assert_eq!((&again[0]["message"], &again[0]["attempt"]), (&messages[0]["message"], &json!(2)), "{name}");
        let report = |outcome: &str| {
            let with = json!({"message": messages[0]["message"], "worker": "phone", "outcome": outcome});
            office.run_as("system", "notification.report", with)
        };
        for (number, minutes) in [5, 30, 120, 720].into_iter().enumerate() {
            assert_eq!(report("failed").unwrap(), json!("claimed"), "{name}: {number}");
            assert_eq!(report("failed").unwrap_err().code(), "notification.not_claimed", "{name}");
            office.clock.advance(Duration::from_secs(minutes * 60 - 1));
            assert_eq!(bring(&office), [] as [Json; 0], "{name}: {minutes} minutes");
            office.clock.advance(Duration::from_secs(1));
            assert_eq!(bring(&office)[0]["message"], messages[0]["message"], "{name}");
        }
        assert_eq!(report("failed").unwrap(), json!("failed"), "{name}");
        let failed = office.run("notification_delivery.find", json!({}));
        assert!(failed["items"].as_array().unwrap().iter().all(|item| item["state"] == "failed"), "{name}: {failed}");
        give_one(&office, "Three");
        tick(&office);
        let third = bring(&office);
        let brought = json!({"message": third[0]["message"], "worker": "phone", "outcome": "brought"});
        assert_eq!(office.run_as("system", "notification.report", brought).unwrap(), json!("left"), "{name}");
        at(&office, "2025-11-20T09:00:00Z");
        assert_eq!(bring(&office), [] as [Json; 0], "{name}");
    }
}

#[test]
fn preferences_are_ones_own_and_checked() {
    for backend in backends::all() {
        let (name, office) = (backend.name, Office::staffed(backend.store, nexa_core::builder()));
        let set = |caller: &str, with: Json| office.run_as(caller, "notification_preference.set", with);
        let mail = json!({"channels": {"mail": {"mention": "now"}}});
        assert_eq!(set("agent", mail.clone()).unwrap_err().code(), "notification.no_sender", "{name}");
        for wrong in [
            json!({"channels": {"inbox": {"mention": "digest"}}}),
            json!({"channels": {"My phone": {"mention": "now"}}}),
            json!({"channels": {"": {"mention": "now"}}}),
            json!({"quiet": {"hours": {"from": "08:00", "to": "08:00"}}}),
        ] {
            assert_eq!(set("agent", wrong.clone()).unwrap_err().code(), "field.invalid", "{name}: {wrong}");
        }
        let own = set("agent", json!({"channels": {"push": {"mention": "now"}}})).unwrap();
        let others = json!({"user": office.id("user"), "channels": {}});
        assert_ne!(set("agent", others.clone()).unwrap_err().code(), "field.invalid", "{name}");
        assert_eq!(set("admin", others).unwrap()["user"], json!(office.id("user")), "{name}");
        let seen = office.run_as("agent", "notification_preference.find", json!({})).unwrap();
        assert_eq!(seen["items"], json!([own]), "{name}");
        let changed = set("agent", json!({"digest": {"every": "week", "on": "friday", "at": "16:00"}})).unwrap();
        assert_eq!((&changed["id"], &changed["channels"]), (&own["id"], &own["channels"]), "{name}: the rest stays");
    }
}

#[test]
fn who_is_mentioned_and_does_not_see_the_text_is_named() {
    for backend in backends::all() {
        let (name, office) = (backend.name, office(backend.store));
        let contact = office.run("contact.create", json!({"email": "sarah@private.example"}))["id"].clone();
        let about = json!([{"kind": "contact", "id": contact}]);
        let mention = |kind: &str, word: &str| format!("@[{kind}:{}]", office.id(word));
        let body = format!(
            "{} {} {} @[user:{}]",
            mention("user", "agent"),
            mention("user", "colleague"),
            mention("user", "admin"),
            uuid::Uuid::from_u128(404)
        );
        let readers = json!([{"user": office.id("colleague")}]);
        let note = office.run("note.create", json!({"body": body, "about": about, "readers": readers}))["id"].clone();
        let unreachable = |caller: &str, kind: &str, id: &Json| {
            let with = json!({"kind": kind, "id": id});
            office.run_as(caller, "notification.unreachable", with)
        };
        assert_eq!(unreachable("admin", "note", &note).unwrap(), json!({"users": [office.id("agent")]}), "{name}");
        assert_eq!(unreachable("agent", "note", &note).unwrap_err().code(), "record.not_found", "{name}");
        assert_eq!(unreachable("admin", "contact", &contact).unwrap_err().code(), "field.invalid", "{name}");
        let ticket = office.run("ticket.create", json!({"subject": "Broken", "contact": contact}))["id"].clone();
        let comment = json!({"ticket": ticket, "body": mention("group", "group"), "audience": "admins"});
        let comment = office.run("ticket.comment", comment)["id"].clone();
        let mut members = vec![json!(office.id("agent")), json!(office.id("user"))];
        members.sort_by_key(Json::to_string);
        assert_eq!(unreachable("admin", "comment", &comment).unwrap(), json!({"users": members}), "{name}");
    }
}
