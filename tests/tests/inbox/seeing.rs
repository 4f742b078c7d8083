//! Who sees a thread: who sees its ticket; without one whoever would see such a ticket.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::Desk;

#[test]
fn a_thread_is_seen_with_its_ticket_and_without_one_by_whose_it_is() {
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({}));
        let thread = &came["thread"];
        let sees = |caller: &str| {
            let get =
                |kind: &str, id: &Json| desk.office.run_as(caller, &format!("{kind}.get"), json!({kind: id})).is_ok();
            let (whole, said) = (get("thread", thread), get("message", &came["message"]));
            assert_eq!(whole, said, "{}: {caller}", desk.name);
            for (kind, shown) in [("thread", whole), ("message", said)] {
                let count = desk.office.run_as(caller, &format!("{kind}.count"), json!({})).unwrap_or(json!(0));
                assert_eq!(count, json!(usize::from(shown)), "{}: {caller} counts {kind}", desk.name);
            }
            whole
        };
        assert!(sees("agent") && sees("colleague") && !sees("viewer"), "{}: nobody's is everybody's", desk.name);
        desk.office.run_as("agent", "thread.claim", json!({"thread": thread})).unwrap();
        assert!(sees("agent") && !sees("colleague") && sees("admin"), "{}", desk.name);
        let late = desk.office.run_as("colleague", "thread.claim", json!({"thread": thread})).unwrap_err();
        assert_eq!(late.code(), "assignee.taken", "{}", desk.name);
        desk.office.run_as("agent", "thread.release", json!({"thread": thread})).unwrap();
        let ticket =
            desk.office.run_as("colleague", "thread.to_ticket", json!({"thread": thread})).unwrap()["id"].clone();
        assert!(sees("agent") && sees("colleague"), "{}", desk.name);
        desk.office.run_as("colleague", "ticket.claim", json!({"ticket": ticket})).unwrap();
        assert!(!sees("agent") && sees("colleague") && sees("admin"), "{}", desk.name);
        let hidden = desk.office.run_as("agent", "thread.done", json!({"thread": thread})).unwrap_err();
        assert_eq!(hidden.code(), "record.not_found", "{}", desk.name);
        let owned = desk.office.run_as("colleague", "thread.claim", json!({"thread": thread})).unwrap_err();
        assert_eq!(owned.code(), "thread.on_ticket", "{}", desk.name);
        // A file of a message, and its source, go the same way.
        desk.office.run("ticket.trash", json!({"ticket": ticket, "on_dependents": "cascade"}));
        assert!(!sees("colleague"), "{}: with the ticket in the trash", desk.name);
        desk.office.run("ticket.restore", json!({"ticket": ticket}));
        assert!(sees("colleague"), "{}", desk.name);
        desk.office.run("ticket.trash", json!({"ticket": ticket, "on_dependents": "cascade"}));
        desk.office.run("ticket.purge", json!({"ticket": ticket}));
        assert_eq!(
            (desk.count("thread"), desk.count("message")),
            (json!(0), json!(0)),
            "{}: parts go along",
            desk.name
        );
        assert_eq!(desk.count("inbound"), json!(1), "{}: that it came, stays", desk.name);
    }
}

#[test]
fn the_group_of_an_inbox_works_on_what_comes() {
    let desk = Desk::memory(json!({}));
    let group = desk.office.id("group");
    desk.office.run("inbox.update", json!({"inbox": desk.inbox, "group": group}));
    let came = desk.first(json!({}));
    assert_eq!(desk.get("thread", &came["thread"])["assignee"], json!({"group": group}));
    assert!(desk.office.run_as("agent", "thread.get", json!({"thread": came["thread"]})).is_ok());
    assert!(desk.office.run_as("colleague", "thread.get", json!({"thread": came["thread"]})).is_err());
    let ticket = desk.office.run_as("agent", "thread.to_ticket", json!({"thread": came["thread"]})).unwrap();
    assert_eq!(ticket["assignee"], json!({"group": group}));
}

#[test]
fn a_snoozed_thread_comes_back_at_its_moment_or_with_an_answer() {
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({}));
        let thread = &came["thread"];
        let run = |operation: &str, more: Json| {
            let mut with = json!({"thread": thread});
            with.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            desk.office.run_as("agent", operation, with)
        };
        let state = || desk.get("thread", thread)["state"].clone();
        run("thread.snooze", json!({"until": "2025-11-17T10:00:00Z"})).unwrap();
        assert_eq!(state(), "snoozed", "{}", desk.name);
        desk.office.clock.advance(Duration::from_secs(3_600));
        assert_eq!(state(), "open", "{}", desk.name);
        run("thread.done", json!({})).unwrap();
        assert_eq!(desk.reply(thread, json!({})).unwrap_err().code(), "thread.done", "{}", desk.name);
        desk.first(json!({"in_reply_to": ["<1@private.example>"], "message_id": "<2@private.example>"}));
        assert_eq!(state(), "open", "{}: an answer brings it back", desk.name);
        run("thread.mark_spam", json!({})).unwrap();
        desk.first(json!({"in_reply_to": ["<1@private.example>"], "message_id": "<3@private.example>"}));
        assert_eq!(state(), "done", "{}: but for spam", desk.name);
        run("thread.not_spam", json!({})).unwrap();
        assert_eq!(state(), "open", "{}", desk.name);
        assert!(run("thread.snooze", json!({"until": "2025-11-17T08:00:00Z"})).is_err(), "{}", desk.name);
    }
}
