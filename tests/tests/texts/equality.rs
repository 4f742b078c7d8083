//! What reads the same is the same.

use serde_json::json;

use super::{found, matching, on_every_backend, set};

#[test]
fn a_name_that_reads_the_same_is_taken() {
    on_every_backend(|backend, office| {
        let named = |kind: &str, name: &str| match kind {
            "campaign" => json!({"name": name, "type": "webinar"}),
            _ => json!({"name": name}),
        };
        for (kind, code) in [
            ("account", "account.name_taken"),
            ("group", "group.name_taken"),
            ("campaign", "campaign.name_taken"),
            ("contact_list", "contact_list.name_taken"),
        ] {
            for (name, same) in [
                ("ΟΔΟΣ", "οδος"),
                ("Queen's University", "QUEEN\u{2019}S  UNIVERSITY"),
                ("Straßenbau", "STRASSENBAU"),
                ("Zoe\u{308}", "ZOË"),
                ("Jean\u{2011}Luc \u{2013} Ⅸ", "jean-luc - ix"),
            ] {
                office.run(&format!("{kind}.create"), named(kind, name));
                let refused = office.run_as("admin", &format!("{kind}.create"), named(kind, same)).unwrap_err();
                assert_eq!(refused.code(), code, "{backend}: {kind} {same}");
            }
            // An accent makes another name.
            for name in ["Müller", "Muller"] {
                office.run(&format!("{kind}.create"), named(kind, name));
            }
        }
    });
}

#[test]
fn a_filter_finds_a_name_however_it_is_written() {
    on_every_backend(|backend, office| {
        for name in ["Queen\u{2019}s", "Müller", "Muller", "Straße", "José"] {
            office.run("account.create", json!({"name": name}));
        }
        for (op, value, expected) in [
            ("eq", json!("QUEEN'S"), vec!["Queen\u{2019}s"]),
            ("eq", json!("mu\u{308}ller"), vec!["Müller"]),
            ("eq", json!("muller"), vec!["Muller"]),
            ("ne", json!("MULLER"), vec!["Queen\u{2019}s", "Müller", "Straße", "José"]),
            ("in", json!(["STRASSE", "JOSÉ"]), vec!["Straße", "José"]),
            ("not_in", json!(["strasse", "josé", "queen's"]), vec!["Müller", "Muller"]),
            ("lt", json!("L"), vec!["José"]),
            ("ge", json!("muller"), vec!["Queen\u{2019}s", "Müller", "Muller", "Straße"]),
            ("starts_with", json!("MUL"), vec!["Müller", "Muller"]),
            ("starts_with", json!("Müll"), vec!["Müller", "Muller"]),
            ("contains", json!("N's"), vec!["Queen\u{2019}s"]),
            ("contains", json!("SS"), vec!["Straße"]),
            ("ends_with", json!("jose"), vec!["José"]),
            ("ends_with", json!("OSÉ"), vec!["José"]),
            ("ends_with", json!("er"), vec!["Müller", "Muller"]),
            ("ends_with", json!("e r"), vec![]),
        ] {
            assert_eq!(
                matching(office, "account", "name", op, value.clone()),
                set(&expected),
                "{backend}: {op} {value}"
            );
        }
    });
}

#[test]
fn a_filter_by_parts_keeps_the_blanks_between_words() {
    on_every_backend(|backend, office| {
        for name in ["North Sea", "Northsea", "The North"] {
            office.run("account.create", json!({"name": name}));
        }
        for (op, value, expected) in [
            ("starts_with", "north ", vec!["North Sea"]),
            ("contains", " NORTH", vec!["The North"]),
            ("ends_with", " sea", vec!["North Sea"]),
            ("contains", "h\u{a0}\u{a0}s", vec!["North Sea"]),
        ] {
            assert_eq!(matching(office, "account", "name", op, value), set(&expected), "{backend}: {op} {value}");
        }
        let all = found(office, "account.find", json!({}), "name");
        assert_eq!(all.len(), 3, "{backend}");
    });
}

#[test]
fn the_company_of_a_customer_is_the_account_whose_name_reads_the_same() {
    on_every_backend(|backend, office| {
        office.run("account.create", json!({"name": "Queen's University"}));
        office.run(
            "ticket.create",
            json!({"subject": "Hello", "customer": {"name": "Ann Lee", "email": "ann@x.example", "company": "Queen\u{2019}s  university"}}),
        );
        assert_eq!(found(office, "account.find", json!({}), "name"), ["Queen's University"], "{backend}");
    });
}

#[test]
fn a_value_that_reads_the_same_is_the_one_of_the_closed_list() {
    on_every_backend(|backend, office| {
        office.run(
            "org.configure",
            json!({"choices": {"lead.source": ["Trade show", "Café"], "campaign.type": ["Webinar"]}}),
        );
        for (given, kept) in [("TRADE  SHOW", "Trade show"), ("cafe\u{301}", "Café"), ("Café", "Café")] {
            let lead = office.run("lead.create", json!({"company": "A", "source": given}));
            assert_eq!(lead["source"], kept, "{backend}: {given}");
        }
        assert_eq!(
            office.run("campaign.create", json!({"name": "A", "type": "webinar"}))["type"],
            "Webinar",
            "{backend}"
        );
        let refused = office.run_as("admin", "lead.create", json!({"company": "A", "source": "Cafe"})).unwrap_err();
        assert_eq!(refused.code(), "choice.unknown", "{backend}");
    });
}
