//! Filters that ask for the records which point at a record.

use nexa_crm::{
    Children, Filter,
    sales::{Account, Contact},
    testing::{Office, block_on},
};
use serde_json::{Value as Json, json};

use super::{found, on_every_backend, refused};

/// Three accounts: Globex with three contacts, of whom one is in the trash, Initech with one, and Umbrella with none.
fn companies(office: &mut Office) {
    let account = |office: &mut Office, word, name| office.make(word, "account.create", json!({"name": name}));
    let globex = account(office, "globex", "Globex");
    let initech = account(office, "initech", "Initech");
    account(office, "umbrella", "Umbrella");
    for (word, at, title) in
        [("sarah", globex, "CTO"), ("bill", globex, "Clerk"), ("gone", globex, "CTO"), ("peter", initech, "Clerk")]
    {
        let contact = json!({"email": format!("{word}@private.example"), "account": at, "title": title});
        office.make(word, "contact.create", contact);
    }
    office.run("contact.trash", json!({"contact": office.id("gone")}));
}

fn title(title: &str) -> Json {
    json!({"field": "title", "op": "eq", "value": title})
}

#[test]
fn live_records_that_point_at_a_record_are_counted_as_far_as_they_match() {
    on_every_backend(|office| {
        companies(office);
        for (filter, expected) in [
            (json!({"has": "contact"}), vec!["Globex", "Initech"]),
            (json!({"has": "contact", "at_least": 2}), vec!["Globex"]),
            (json!({"has": "contact", "at_least": 3}), vec![]),
            (json!({"has_none": "contact"}), vec!["Umbrella"]),
            (json!({"has": "contact", "filter": title("CTO")}), vec!["Globex"]),
            (json!({"has": "contact", "by": "account", "filter": title("CTO"), "at_least": 2}), vec![]),
            (json!({"has_none": "contact", "filter": title("CTO")}), vec!["Initech", "Umbrella"]),
            (json!({"not": {"has": "contact", "at_least": 2}}), vec!["Initech", "Umbrella"]),
            (json!({"and": [{"has": "contact"}, {"field": "name", "value": "initech"}]}), vec!["Initech"]),
            // Of a record to which the path leads: colleagues of somebody who is chief of technology.
            (
                json!({"has": "contact", "filter": {"through": "account", "filter": {"has": "contact", "filter": title("CTO")}}}),
                vec!["Globex"],
            ),
        ] {
            assert_eq!(found(office, "admin", "account", &filter), expected, "{filter}");
        }
        let count = office.run("account.count", json!({"filter": {"has": "contact"}}));
        assert_eq!(count, json!(2));
        let typed = Children::of::<Contact>().matching(Contact::TITLE.eq("CTO")).by(Contact::ACCOUNT);
        let admin = office.session("admin");
        for (filter, expected) in [(typed.clone().any(), 1), (typed.clone().at_least(2), 0), (typed.none(), 2)] {
            assert_eq!(block_on(admin.count::<Account>(filter.clone())).unwrap(), expected, "{filter:?}");
            let read: Filter = serde_json::from_value(serde_json::to_value(&filter).unwrap()).unwrap();
            assert_eq!(read, filter);
        }
    });
}

#[test]
fn what_is_about_a_record_points_at_it() {
    on_every_backend(|office| {
        companies(office);
        let of = |word: &str| json!({"kind": "account", "id": office.id(word)});
        office.run("note.create", json!({"body": "Prefers mail", "about": [of("globex"), of("umbrella")]}));
        office.run("task.create", json!({"title": "Call them", "about": of("initech")}));
        let done = office.run("task.create", json!({"title": "Greet them", "about": of("umbrella")}));
        office.run("task.complete", json!({"task": done["id"]}));
        let open = json!({"field": "status", "op": "ne", "value": "done"});
        for (filter, expected) in [
            (json!({"has": "note"}), vec!["Globex", "Umbrella"]),
            (json!({"has_none": "note"}), vec!["Initech"]),
            (json!({"has": "task"}), vec!["Initech", "Umbrella"]),
            (json!({"has": "task", "filter": open}), vec!["Initech"]),
            (json!({"has_none": "task", "filter": open}), vec!["Globex", "Umbrella"]),
        ] {
            assert_eq!(found(office, "admin", "account", &filter), expected, "{filter}");
        }
    });
}

#[test]
fn only_records_that_the_actor_sees_count() {
    on_every_backend(|office| {
        companies(office);
        let ticket = json!({"subject": "Broken", "contact": office.id("sarah")});
        office.make("broken", "ticket.create", ticket);
        let colleague = json!({"user": office.id("colleague")});
        office.run("ticket.assign", json!({"ticket": office.id("broken"), "assignee": colleague}));
        let filter = json!({"has": "contact", "filter": {"has": "ticket"}});
        // An agent sees no tickets of others, and somebody who only looks sees none at all.
        for (caller, expected) in
            [("admin", vec!["Globex"]), ("colleague", vec!["Globex"]), ("agent", vec![]), ("viewer", vec![])]
        {
            assert_eq!(found(office, caller, "account", &filter), expected, "{caller}");
        }
        let none = json!({"has_none": "contact", "filter": {"has": "ticket"}});
        assert_eq!(found(office, "agent", "account", &none), ["Globex", "Initech", "Umbrella"]);
    });
}

#[test]
fn a_change_of_the_same_call_counts() {
    on_every_backend(|office| {
        companies(office);
        let calls = json!([
            {"run": "contact.create", "with": {"email": "albert@private.example", "account": office.id("umbrella")}},
            {"run": "account.find", "with": {"filter": {"has": "contact"}, "sort": ["name"]}},
        ]);
        let requests = serde_json::from_value::<Vec<nexa_crm::Request>>(calls).unwrap();
        let answers = block_on(office.session("admin").batch(requests, nexa_crm::Envelope::default())).unwrap();
        assert_eq!(answers[1]["items"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn what_points_at_nothing_or_in_several_ways_is_refused_with_its_path() {
    on_every_backend(|office| {
        let unknown = json!({"has": "contact", "filter": {"has": "campaign"}});
        let (code, sentence) = refused(office, "account", &unknown);
        assert_eq!(code, "filter.has_unknown");
        assert!(sentence.starts_with("contact.campaign is no kind whose records point at a contact"), "{sentence}");
        assert!(sentence.contains("ticket"), "{sentence}");
        let (code, sentence) = refused(office, "account", &json!({"has": "unicorn"}));
        assert_eq!(
            (code.as_str(), sentence.starts_with("unicorn is no kind")),
            ("filter.has_unknown", true),
            "{sentence}"
        );
        let (code, sentence) = refused(
            office,
            "group",
            &json!({"has": "membership", "filter": {"through": "user", "filter": {"has": "task"}}}),
        );
        assert_eq!(code, "filter.has_ambiguous");
        assert!(sentence.starts_with("membership.user.task is ambiguous"), "{sentence}");
        assert!(sentence.contains("assignee.user, completed_by, about"), "{sentence}");
        let by = json!({"has": "task", "by": "assignee.user"});
        assert_eq!(office.run("user.count", json!({"filter": by})), json!(0));
        for by in ["unicorn", "title", "merged_into"] {
            assert_eq!(refused(office, "account", &json!({"has": "contact", "by": by})).0, "field.unknown", "{by}");
        }
        for at_least in [json!(0), json!(10_001)] {
            let (code, _) = refused(office, "account", &json!({"has": "contact", "at_least": at_least}));
            assert_eq!(code, "filter.invalid", "{at_least}");
        }
        for malformed in [
            json!({"has": "contact", "at_least": -1}),
            json!({"has": "contact", "at_least": 1.5}),
            json!({"has": 1}),
            json!({"has_none": "contact", "at_least": 2}),
            json!({"has": "contact", "has_none": "contact"}),
            json!({"has": "contact", "op": "eq"}),
        ] {
            assert_eq!(refused(office, "account", &malformed).0, "command.malformed", "{malformed}");
        }
    });
}
