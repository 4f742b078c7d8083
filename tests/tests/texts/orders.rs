//! Lists come in the order in which people look for a name, page by page.

use nexa_crm::testing::Office;
use serde_json::{Value as Json, json};

use super::on_every_backend;

/// A field of all records of a kind in an order, read in pages of different sizes.
fn listed(office: &Office, kind: &str, sort: &str, path: &str) -> Vec<Json> {
    let sort: Vec<&str> = sort.split(',').collect();
    let mut listed: Option<Vec<Json>> = None;
    for limit in [1, 2, 3, 100] {
        let (mut all, mut after) = (Vec::new(), Json::Null);
        loop {
            let find = json!({"sort": sort, "limit": limit, "after": after});
            let page = office.run(&format!("{kind}.find"), find);
            let value = |item: &Json| path.split('.').fold(item.clone(), |value, part| value[part].clone());
            all.extend(page["items"].as_array().unwrap().iter().map(value));
            after = page["next"].clone();
            if after.is_null() {
                break;
            }
        }
        assert_eq!(*listed.get_or_insert(all.clone()), all, "{kind} by {sort:?} in pages of {limit}");
    }
    listed.unwrap()
}

#[test]
fn names_come_in_the_order_of_their_letters() {
    on_every_backend(|backend, office| {
        let sorted = ["apple", "Banana", "Éclair", "eclairs", "Éclat", "Łódź", "O\u{2019}Brien", "Öl", "Zebra"];
        for position in [8, 0, 3, 1, 6, 2, 7, 5, 4] {
            let name = sorted[position];
            office.run("account.create", json!({"name": name}));
            office.run("lead.create", json!({"first_name": name, "last_name": name, "company": name}));
            office.run("contact.create", json!({"first_name": name, "last_name": name, "title": name}));
            office.run("ticket.create", json!({"subject": name}));
            office.run("task.create", json!({"title": name}));
        }
        for (kind, field) in [
            ("account", "name"),
            ("lead", "first_name"),
            ("lead", "last_name"),
            ("lead", "company"),
            ("contact", "first_name"),
            ("contact", "last_name"),
            ("contact", "title"),
            ("ticket", "subject"),
            ("task", "title"),
        ] {
            assert_eq!(listed(office, kind, field, field), sorted, "{backend}: {kind} by {field}");
            let down: Vec<&str> = sorted.iter().rev().copied().collect();
            assert_eq!(listed(office, kind, &format!("-{field}"), field), down, "{backend}: {kind} by -{field}");
        }
    });
}

#[test]
fn names_that_read_the_same_come_as_they_are_written_and_then_by_age() {
    on_every_backend(|backend, office| {
        for (last, first) in [("smith", "B"), ("Smith", "C"), ("Smith", "a"), ("SMITH", "B"), ("Smith", "b"), ("", "z")]
        {
            let last = Some(last).filter(|last| !last.is_empty());
            office.run("contact.create", json!({"last_name": last, "first_name": first}));
        }
        let both = |sort: &str| -> Vec<String> {
            let last = listed(office, "contact", sort, "last_name");
            let first = listed(office, "contact", sort, "first_name");
            last.iter()
                .zip(first)
                .map(|(last, first)| format!("{} {}", last.as_str().unwrap_or("-"), first.as_str().unwrap()))
                .collect()
        };
        assert_eq!(
            both("last_name,first_name"),
            ["Smith a", "SMITH B", "Smith b", "smith B", "Smith C", "- z"],
            "{backend}"
        );
        let last = listed(office, "contact", "last_name", "last_name");
        assert_eq!(json!(last), json!(["SMITH", "Smith", "Smith", "Smith", "smith", null]), "{backend}");
    });
}

#[test]
fn custom_fields_sort_by_what_they_hold() {
    on_every_backend(|backend, office| {
        for (name, holds, indexed) in [
            ("seats", "number", false),
            ("region", "text", false),
            ("plan", "text", true),
            ("renews", "date", false),
            ("seen", "time", false),
            ("trial", "bool", false),
        ] {
            office.run("field.define", json!({"of_kind": "account", "name": name, "holds": holds, "indexed": indexed}));
        }
        for (name, custom) in [
            (
                "A",
                json!({"seats": 10, "region": "Zürich", "plan": "b", "renews": "2025-12-01", "seen": "2025-11-17T09:15:00+01:00", "trial": true}),
            ),
            (
                "B",
                json!({"seats": 9.5, "region": "zurich", "plan": "C", "renews": "2026-01-01", "seen": "2025-11-17T08:30:00Z", "trial": false}),
            ),
            (
                "C",
                json!({"seats": -2, "region": "Örebro", "plan": "Ä", "renews": "2025-02-01", "seen": "2024-01-01T00:00:00Z"}),
            ),
            ("D", json!({"seats": 100, "region": "paris"})),
            ("E", json!({})),
            ("F", json!({"seats": 10, "region": "Paris", "trial": false})),
        ] {
            office.run("account.create", json!({"name": name, "custom": custom}));
        }
        for (sort, expected) in [
            ("custom.seats,name", "CBAFDE"),
            ("-custom.seats,name", "DAFBCE"),
            ("custom.region,name", "CDFBAE"),
            ("-custom.region,name", "ABDFCE"),
            ("custom.plan,name", "CABDEF"),
            ("custom.renews,name", "CABDEF"),
            ("-custom.renews,name", "BACDEF"),
            ("custom.seen,name", "CABDEF"),
            ("custom.trial,name", "BFACDE"),
            ("-custom.trial,name", "ABFCDE"),
            ("custom.trial,-custom.seats,name", "FBADCE"),
            ("custom.seats,-name", "CBFADE"),
        ] {
            let names: String =
                listed(office, "account", sort, "name").iter().map(|name| name.as_str().unwrap()).collect();
            assert_eq!(names, expected, "{backend}: {sort}");
        }
        for sort in ["custom.unknown", "-custom.", "custom"] {
            let refused = office.run_as("admin", "account.find", json!({"sort": [sort]})).unwrap_err();
            assert!(["field.unknown", "filter.invalid"].contains(&refused.code()), "{backend}: {sort} {refused:?}");
        }
    });
}

#[test]
fn a_list_by_a_custom_field_follows_what_is_written() {
    on_every_backend(|backend, office| {
        office.run("field.define", json!({"of_kind": "account", "name": "region", "holds": "text"}));
        let ids: Vec<String> = ["b", "C", "a"]
            .iter()
            .map(|region| {
                let account = office.run("account.create", json!({"name": region, "custom": {"region": region}}));
                account["id"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(listed(office, "account", "custom.region", "name"), ["a", "b", "C"], "{backend}");
        office.run("account.update", json!({"account": ids[2], "custom": {"region": "Ähre"}}));
        office.run("account.update", json!({"account": ids[1], "custom": {"region": "AA"}}));
        assert_eq!(listed(office, "account", "custom.region", "name"), ["C", "a", "b"], "{backend}");
        office.run("account.update", json!({"account": ids[1], "custom": {"region": null}}));
        assert_eq!(listed(office, "account", "custom.region", "name"), ["a", "b", "C"], "{backend}");
    });
}
