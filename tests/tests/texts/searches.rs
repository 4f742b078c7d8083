//! What is searched is found as people write it, on every backend alike.

use std::collections::BTreeSet;

use nexa_crm::{
    Record,
    kernel::{record::Row, search::row_terms},
    sales::Contact,
    testing::Office,
};

use serde_json::{Value as Json, json};

use super::{found, on_every_backend, set};

/// The last names of the contacts that a search finds.
fn hits(office: &Office, text: &str) -> Vec<String> {
    found(office, "contact.search", json!({"text": text}), "last_name")
}

/// The same, whatever their order.
fn all_hits(office: &Office, text: &str) -> BTreeSet<String> {
    hits(office, text).into_iter().collect()
}

fn contact(office: &Office, fields: Json) {
    office.run("contact.create", fields);
}

#[test]
fn a_mail_address_is_found_by_its_domain_and_its_parts() {
    on_every_backend(|backend, office| {
        contact(office, json!({"last_name": "Ann", "email": "ann@acme.example"}));
        contact(office, json!({"last_name": "Jörg", "email": "jörg@acme.example"}));
        contact(office, json!({"last_name": "Jorg", "email": "jorg@acme.example"}));
        contact(office, json!({"last_name": "Umlaut", "email": "a@müller.example"}));
        contact(office, json!({"last_name": "Network", "email": "b@xn--mller-kva.example"}));
        let all = ["Ann", "Jörg", "Jorg"];
        for (text, expected) in [
            ("acme.example", &all[..]),
            ("@acme.example", &all),
            ("acme example", &all),
            ("ACME", &all),
            ("ann@acme.example", &["Ann"]),
            ("@müller.example", &["Umlaut", "Network"]),
            ("xn--mller-kva.example", &["Umlaut", "Network"]),
            ("acme.other", &[]),
        ] {
            assert_eq!(all_hits(office, text), set(expected), "{backend}: {text}");
        }
        // Better hits come first.
        assert_eq!(hits(office, "jörg@acme.example"), ["Jörg", "Jorg"], "{backend}");
        assert_eq!(hits(office, "jorg@acme.example"), ["Jorg", "Jörg"], "{backend}");
    });
}

#[test]
fn a_telephone_number_is_found_by_what_people_remember_of_it() {
    on_every_backend(|backend, office| {
        contact(office, json!({"last_name": "London", "phone": "+44 20 7946 0018"}));
        contact(office, json!({"last_name": "Home", "mobile": "020 7946 0018"}));
        contact(office, json!({"last_name": "Chicago", "phone": "+1 312 555 0122"}));
        for text in [
            "+442079460018",
            "02079460018",
            "+44 (0)20 7946 0018",
            "0044 20 7946-0018",
            "020 7946 0018",
            "7946 0018",
            "7946",
            "0018",
        ] {
            assert_eq!(all_hits(office, text), set(&["London", "Home"]), "{backend}: {text}");
        }
        for text in ["(312) 555-0122", "555-0122", "0122", "+1 312"] {
            assert_eq!(hits(office, text), ["Chicago"], "{backend}: {text}");
        }
        assert!(hits(office, "+442079460019").is_empty(), "{backend}");
    });
}

#[test]
fn a_name_is_found_whatever_its_accents_and_signs() {
    on_every_backend(|backend, office| {
        for name in [
            "Muller",
            "Müller",
            "O\u{2019}Brien",
            "Zoe\u{308}",
            "Jean-Luc",
            "Søndergård",
            "田中太郎",
            "김철수",
            "สมชาย",
            "Иванов",
            "शर्मा",
        ] {
            contact(office, json!({"last_name": name}));
        }
        for (text, expected) in [
            ("Müller", &["Müller", "Muller"][..]),
            ("muller", &["Muller", "Müller"]),
            ("O'Brien", &["O\u{2019}Brien"]),
            ("brien", &["O\u{2019}Brien"]),
            ("ZOË", &["Zoe\u{308}"]),
            ("jeanluc", &["Jean-Luc"]),
            ("jean\u{2013}luc", &["Jean-Luc"]),
            ("sondergard", &["Søndergård"]),
            ("田中", &["田中太郎"]),
            ("太郎", &["田中太郎"]),
            ("중수", &[]),
            ("철수", &["김철수"]),
            ("ชาย", &["สมชาย"]),
            ("ИВАН", &["Иванов"]),
            ("शर्मा", &["शर्मा"]),
        ] {
            let hits = hits(office, text);
            let plain: Vec<String> = hits.iter().map(|name| name.replace("Zoë", "Zoe\u{308}")).collect();
            assert_eq!(plain, expected, "{backend}: {text}");
        }
    });
}

#[test]
fn pages_of_a_search_with_several_ways_to_match_follow_each_other() {
    on_every_backend(|backend, office| {
        for number in 0..30 {
            let name = ["Müller", "Muller", "Mullerson"][number % 3];
            contact(office, json!({"last_name": name, "phone": format!("+44 20 7946 {:04}", 18 + number / 10)}));
        }
        for (text, count) in [("Müller", 30), ("müller 020 7946 0018", 10), ("+442079460018", 10)] {
            let whole = office.run("contact.search", json!({"text": text, "limit": 1_000}));
            let whole = whole["items"].as_array().unwrap().clone();
            assert_eq!(whole.len(), count, "{backend}: {text}");
            let (mut paged, mut after) = (Vec::new(), Json::Null);
            loop {
                let page = office.run("contact.search", json!({"text": text, "limit": 7, "after": after}));
                paged.extend(page["items"].as_array().unwrap().clone());
                after = page["next"].clone();
                if after.is_null() {
                    break;
                }
            }
            assert_eq!(paged, whole, "{backend}: {text}");
        }
    });
}

#[test]
fn a_site_is_found_by_its_host() {
    on_every_backend(|backend, office| {
        office.run("account.create", json!({"name": "Shop", "website": "https://www.my-shop.example/Start"}));
        for text in ["my-shop.example", "www.my-shop.example", "https://my-shop.example", "shop example"] {
            assert_eq!(found(office, "account.search", json!({"text": text}), "name"), ["Shop"], "{backend}: {text}");
        }
        assert!(found(office, "account.search", json!({"text": "start"}), "name").is_empty(), "{backend}");
    });
}

fn rows_and_bytes(terms: &[(String, i64)]) -> (usize, usize) {
    (terms.len(), terms.iter().map(|(term, _)| term.len()).sum())
}

/// What a record costs in the table of terms. A number that grows makes every write and every import dearer.
#[test]
fn an_ordinary_record_has_few_terms() {
    let read = |json: Json| -> Row {
        let contact: Contact = serde_json::from_value(json).unwrap();
        contact.to_row()
    };
    let blank = serde_json::to_value(Contact::default()).unwrap();
    let with = |fields: Json| {
        let mut record = blank.clone();
        record.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        read(record)
    };
    let person = json!({
        "first_name": "Sarah", "last_name": "Chen", "email": "sarah.chen@acme.example", "title": "IT Director",
    });
    let without = row_terms(Contact::def(), &with(person.clone()));
    // The address begins with the first name.
    assert_eq!(rows_and_bytes(&without), (6, 55), "{without:?}");
    let mut phoned = person;
    phoned["phone"] = json!("+442079460018");
    let phoned = row_terms(Contact::def(), &with(phoned));
    assert_eq!(phoned.len() - without.len(), 6, "{phoned:?}");
}
