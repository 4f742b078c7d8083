//! Parts of mail addresses, telephone numbers and titles are matched in filters.

use serde_json::json;

use super::{matching, on_every_backend, set};

#[test]
fn parts_of_a_mail_address_are_matched_whatever_the_case() {
    on_every_backend(|backend, office| {
        for mail in ["Ann@acme.example", "bob@ACME.example", "jörg@other.example", "acme@x.example"] {
            office.run("contact.create", json!({"email": mail}));
            office.run("lead.create", json!({"email": mail}));
        }
        office.run("contact.create", json!({"last_name": "Nobody"}));
        for kind in ["contact", "lead"] {
            for (op, value, expected) in [
                ("ends_with", "@Acme.Example", vec!["ann@acme.example", "bob@acme.example"]),
                (
                    "ends_with",
                    "example",
                    vec!["ann@acme.example", "bob@acme.example", "jörg@other.example", "acme@x.example"],
                ),
                ("starts_with", "ANN@", vec!["ann@acme.example"]),
                ("starts_with", "JÖ", vec!["jörg@other.example"]),
                ("contains", "ACME", vec!["ann@acme.example", "bob@acme.example", "acme@x.example"]),
                ("contains", "%", vec![]),
            ] {
                assert_eq!(
                    matching(office, kind, "email", op, value),
                    set(&expected),
                    "{backend}: {kind} {op} {value}"
                );
            }
        }
        let filter = json!({"not": {"field": "email", "op": "contains", "value": "acme"}});
        let others = super::found(office, "contact.find", json!({"filter": filter}), "email");
        assert_eq!(others, ["jörg@other.example"], "{backend}: one without an address is unknown");
    });
}

#[test]
fn parts_of_a_telephone_number_are_matched_without_what_stands_between_its_digits() {
    on_every_backend(|backend, office| {
        for phone in ["+44 20 7946 0018", "+1 312 555 0122", "020 7946 0018"] {
            office.run("contact.create", json!({"phone": phone}));
        }
        let [london, chicago, national] = ["+442079460018", "+13125550122", "02079460018"];
        for (op, value, expected) in [
            ("starts_with", "+44 (0)20", vec![london]),
            ("starts_with", "0044", vec![london]),
            ("starts_with", "(020) 79", vec![national]),
            ("contains", "7946-00", vec![london, national]),
            ("contains", "555.01", vec![chicago]),
            ("ends_with", "7946 0018", vec![london, national]),
            ("ends_with", "020 7946 0018", vec![london, national]),
            ("ends_with", "0122", vec![chicago]),
            ("contains", "9", vec![london, national]),
        ] {
            assert_eq!(matching(office, "contact", "phone", op, value), set(&expected), "{backend}: {op} {value}");
        }
        let filter = json!({"field": "phone", "op": "contains", "value": "abc"});
        let refused = office.run_as("admin", "contact.find", json!({"filter": filter})).unwrap_err();
        assert_eq!(refused.code(), "filter.invalid", "{backend}");
    });
}

#[test]
fn subjects_titles_names_and_sites_are_matched_by_parts() {
    on_every_backend(|backend, office| {
        office.run("ticket.create", json!({"subject": "Café is CLOSED"}));
        office.run("task.create", json!({"title": "Call José"}));
        office.run(
            "lead.create",
            json!({"first_name": "Zoë", "last_name": "O\u{2019}Neill", "website": "https://acme.example/A"}),
        );
        for (kind, field, op, value) in [
            ("ticket", "subject", "contains", "cafe is"),
            ("ticket", "subject", "ends_with", "closed"),
            ("ticket", "subject", "eq", "CAFÉ is closed"),
            ("task", "title", "ends_with", "jose"),
            ("lead", "first_name", "starts_with", "ZO"),
            ("lead", "first_name", "eq", "zoe\u{308}"),
            ("lead", "last_name", "contains", "o'n"),
            ("lead", "website", "contains", "ACME.example/a"),
            ("user", "name", "starts_with", "li"),
        ] {
            assert_eq!(matching(office, kind, field, op, value).len(), 1, "{backend}: {kind} {field} {op} {value}");
        }
        // Of a web address the case counts.
        assert!(matching(office, "lead", "website", "eq", "https://acme.example/a").is_empty(), "{backend}");
        assert_eq!(matching(office, "lead", "website", "eq", "HTTPS://ACME.example/A").len(), 1, "{backend}");
    });
}
