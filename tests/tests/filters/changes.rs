//! Filters of events: what happened to a record.

use nexa_crm::{
    FeedItem, Filter, Position,
    testing::{Office, block_on},
};
use serde_json::{Value as Json, json};

use super::on_every_backend;

/// What a feed of the matching changes has, page by page: the commands, in their order.
fn happened(office: &Office, caller: &str, kind: &str, filter: &Json) -> Vec<String> {
    let filter: Filter = serde_json::from_value(filter.clone()).unwrap();
    let (mut commands, mut after) = (Vec::new(), Position::START);
    loop {
        let feed = block_on(office.session(caller).feed_of(kind, &filter, after, 7)).unwrap();
        for item in feed.items {
            let FeedItem::Changed(change) = item else { panic!("{item:?}") };
            assert_eq!(change.kind, kind);
            commands.push(change.command);
        }
        after = feed.next;
        if feed.complete {
            return commands;
        }
    }
}

fn status(status: &str) -> Json {
    json!({"field": "status", "op": "eq", "value": status})
}

#[test]
fn a_feed_has_the_changes_that_match_alone() {
    on_every_backend(|office| {
        let task = office.make("task", "task.create", json!({"title": "Call", "priority": "low"}));
        office.run("account.create", json!({"name": "Globex"}));
        office.run("task.update", json!({"task": task, "priority": "high"}));
        office.run("task.complete", json!({"task": task}));
        office.run("task.reopen", json!({"task": task}));
        office.run("task.update", json!({"task": task, "title": "Call Sarah"}));
        office.run("task.complete", json!({"task": task}));
        office.run("task.trash", json!({"task": task}));
        for (filter, expected) in [
            (json!({"changed": "status"}), vec!["task.create", "task.complete", "task.reopen", "task.complete"]),
            (json!({"changed": "completed_by"}), vec!["task.complete", "task.reopen", "task.complete"]),
            (json!({"became": status("done")}), vec!["task.complete", "task.complete"]),
            (json!({"and": [{"changed": "status"}, {"was": status("done")}]}), vec!["task.reopen"]),
            (json!({"and": [{"became": status("done")}, {"field": "title", "value": "Call"}]}), vec!["task.complete"]),
            (json!({"became": {"field": "priority", "value": "low"}}), vec!["task.create"]),
            (
                json!({"not": {"was": {"field": "title", "value": "Call"}}}),
                vec!["task.create", "task.complete", "task.trash"],
            ),
            (json!({"changed": "deleted_at"}), vec!["task.trash"]),
            (
                json!({"or": [{"changed": "priority"}, {"changed": "title"}]}),
                vec!["task.create", "task.update", "task.update"],
            ),
            (json!({"changed": "assignee"}), vec![]),
        ] {
            assert_eq!(happened(office, "admin", "task", &filter), expected, "{filter}");
            assert_eq!(happened(office, "system", "task", &filter), expected, "{filter}");
        }
        office.run("task.purge", json!({"task": task}));
        let purged = json!({"was": status("done")});
        let last = happened(office, "system", "task", &purged);
        assert_eq!(last.last().map(String::as_str), Some("task.purge"), "{last:?}");
    });
}

#[test]
fn a_custom_field_changes_by_itself() {
    on_every_backend(|office| {
        for name in ["color", "size"] {
            office.run("field.define", json!({"of_kind": "account", "name": name, "holds": "text"}));
        }
        let account = office.make("globex", "account.create", json!({"name": "Globex", "custom": {"color": "red"}}));
        for custom in [json!({"size": "L"}), json!({"color": "blue"}), json!({"size": null})] {
            office.run("account.update", json!({"account": account, "custom": custom}));
        }
        assert_eq!(
            happened(office, "admin", "account", &json!({"changed": "custom.color"})),
            ["account.create", "account.update"]
        );
        assert_eq!(
            happened(office, "admin", "account", &json!({"changed": "custom.size"})),
            ["account.update", "account.update"]
        );
        assert_eq!(happened(office, "admin", "account", &json!({"changed": "custom"})).len(), 4);
    });
}

#[test]
fn only_changes_that_the_actor_sees_match() {
    on_every_backend(|office| {
        office.make("broken", "ticket.create", json!({"subject": "Broken", "description": "All of it"}));
        let colleague = json!({"user": office.id("colleague")});
        office.run("ticket.assign", json!({"ticket": office.id("broken"), "assignee": colleague}));
        let filter = json!({"changed": "subject"});
        assert_eq!(happened(office, "colleague", "ticket", &filter), ["ticket.create"]);
        assert_eq!(happened(office, "agent", "ticket", &filter), [""; 0]);
    });
}

#[test]
fn what_happened_is_asked_of_events_and_of_the_record_alone() {
    on_every_backend(|office| {
        for filter in [
            json!({"changed": "name"}),
            json!({"was": {"field": "name", "value": "x"}}),
            json!({"and": [{"became": {"and": []}}]}),
        ] {
            let refused = office.run_as("admin", "account.find", json!({"filter": filter})).unwrap_err();
            assert_eq!(refused.code(), "filter.invalid", "{filter}");
        }
        let session = office.session("admin");
        for (kind, filter, code) in [
            ("account", json!({"changed": "nme"}), "field.unknown"),
            ("account", json!({"changed": "custom.nothing"}), "field.unknown"),
            ("account", json!({"was": {"field": "parent.name", "op": "eq", "value": "x"}}), "filter.invalid"),
            ("account", json!({"became": {"has": "contact"}}), "filter.invalid"),
            ("account", json!({"was": {"was": {"and": []}}}), "filter.invalid"),
            ("unicorn", json!({"changed": "name"}), "kind.unknown"),
        ] {
            let read: Filter = serde_json::from_value(filter.clone()).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), filter);
            let refused = block_on(session.feed_of(kind, &read, Position::START, 10)).unwrap_err();
            assert_eq!(refused.code(), code, "{filter}");
        }
    });
}
