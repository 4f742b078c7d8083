//! Who a record is: every address finds it, on every backend.

use nexa_crm::{Error, testing::Office};
use nexa_tests::backends;
use serde_json::{Value as Json, json};

/// An office on every backend.
fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        test(backend.name, Office::empty(backend.store, nexa_core::builder()));
    }
}

fn count(office: &Office, kind: &str) -> u64 {
    office.run(&format!("{kind}.count"), json!({})).as_u64().unwrap()
}

fn refused(office: &Office, operation: &str, arguments: Json) -> Error {
    office.run_as("admin", operation, arguments).unwrap_err()
}

fn import(office: &Office, kind: &str, csv: &str) -> Json {
    office.run(&format!("{kind}.import_csv"), json!({"csv": csv}))
}

#[test]
fn an_address_belongs_to_one_contact_whether_it_is_the_main_one_or_another() {
    everywhere(|backend, office| {
        let ada = json!({"last_name": "Lovelace", "email": "ada@work.example", "other_emails": ["Ada@Home.example"]});
        let ada = office.run("contact.create", ada);
        assert_eq!(ada["other_emails"], json!(["ada@home.example"]), "{backend}");
        for taken in [
            json!({"email": "ada@home.example"}),
            json!({"email": "x@x.example", "other_emails": ["ada@work.example"]}),
            json!({"email": "x@x.example", "other_emails": ["ada@home.example"]}),
        ] {
            let error = refused(&office, "contact.create", taken.clone());
            assert_eq!(error.code(), "contact.email_taken", "{backend}: {taken}");
        }
        assert_eq!(count(&office, "contact"), 1, "{backend}");
        // The main address is not among the others, and one that is let go is free.
        let changed = json!({"contact": ada["id"], "email": "ada@home.example"});
        let changed = office.run("contact.update", changed);
        assert_eq!(changed["other_emails"], json!([]), "{backend}");
        office.run("contact.create", json!({"email": "ada@work.example"}));
    });
}

#[test]
fn a_trashed_contact_frees_its_other_addresses_and_restoring_asks_for_them_again() {
    everywhere(|backend, office| {
        let ada = json!({"email": "ada@work.example", "other_emails": ["ada@home.example"]});
        let ada = office.run("contact.create", ada)["id"].clone();
        office.run("contact.trash", json!({"contact": ada}));
        let other = office.run("contact.create", json!({"email": "ada@home.example"}))["id"].clone();
        let error = refused(&office, "contact.restore", json!({"contact": ada}));
        assert_eq!(error.code(), "contact.email_taken", "{backend}");
        office.run("contact.trash", json!({"contact": other}));
        office.run("contact.restore", json!({"contact": ada}));
        let error = refused(&office, "contact.restore", json!({"contact": other}));
        assert_eq!(error.code(), "contact.email_taken", "{backend}");
    });
}

#[test]
fn merged_contacts_are_found_by_every_address_and_the_same_file_makes_nobody_new() {
    let file = "Last Name,Email,Phone\nBea,bea@work.example,+442079460018\nBea,bea@home.example,+442079460019\n";
    everywhere(|backend, office| {
        assert_eq!(import(&office, "contact", file)["created"], 2, "{backend}");
        let found = office.run("contact.find", json!({"sort": ["email"]}));
        let (home, work) = (found["items"][0]["id"].clone(), found["items"][1]["id"].clone());
        let merged = office.run("contact.merge", json!({"contact": work, "other": home}));
        assert_eq!(merged["email"], "bea@work.example", "{backend}");
        assert_eq!(merged["other_emails"], json!(["bea@home.example"]), "{backend}");
        assert_eq!(merged["other_phones"], json!(["+442079460019"]), "{backend}");
        let again = import(&office, "contact", file);
        assert_eq!((&again["created"], &again["skipped"]), (&json!(0), &json!(2)), "{backend}");
        assert_eq!(count(&office, "contact"), 1, "{backend}");
        let customer = json!({"subject": "Help", "customer": {"name": "Bea", "email": "bea@home.example"}});
        assert_eq!(office.run("ticket.create", customer)["contact"], work, "{backend}");
        let upsert = json!({"match_on": "email", "email": "bea@home.example", "title": "Head"});
        let upserted = office.run("contact.upsert", upsert);
        assert_eq!(upserted["created"], false, "{backend}");
        assert_eq!((&upserted["record"]["id"], &upserted["record"]["title"]), (&work, &json!("Head")), "{backend}");
        assert_eq!(upserted["record"]["email"], "bea@work.example", "the main address stays: {backend}");
        let hits = office.run("contact.search", json!({"text": "bea@home.example"}));
        assert_eq!(hits["items"].as_array().unwrap().len(), 1, "{backend}");
        let filter = json!({"filter": {"field": "other_emails", "op": "has", "value": "bea@home.example"}});
        assert_eq!(office.run("contact.count", filter), 1, "{backend}");
    });
}

#[test]
fn a_lead_becomes_the_contact_that_has_its_address_among_the_others() {
    everywhere(|backend, office| {
        let contact = json!({"email": "a@work.example", "other_emails": ["a@home.example"]});
        let contact = office.run("contact.create", contact)["id"].clone();
        let lead =
            json!({"email": "a@home.example", "other_emails": ["a@old.example"], "company": "Acme", "last_name": "A"});
        let lead = office.run("lead.create", lead)["id"].clone();
        office.run("lead.contact", json!({"lead": lead}));
        let met = json!({"met": true, "evidence": "said so"});
        let bant = json!({"budget": met, "authority": met, "need": met, "timeline": met});
        office.run("lead.qualify", json!({"lead": lead, "bant": bant}));
        let done = office.run("lead.convert", json!({"lead": lead}));
        assert_eq!(done["contact"]["id"], contact, "{backend}");
        assert_eq!(done["contact"]["email"], "a@work.example", "{backend}");
        assert_eq!(done["contact"]["other_emails"], json!(["a@home.example", "a@old.example"]), "{backend}");
    });
}

#[test]
fn who_has_nothing_but_a_phone_is_found_by_any_of_the_numbers() {
    everywhere(|backend, office| {
        let lead = json!({"last_name": "A", "phone": "555-0100", "other_phones": ["555-0101"]});
        let lead = office.run("lead.create", lead)["id"].clone();
        for csv in ["Phone\n555 0100\n", "Phone,Last Name\n5550101,a\n"] {
            let report = import(&office, "lead", csv);
            assert_eq!((&report["created"], &report["skipped"]), (&json!(0), &json!(1)), "{backend}: {csv}");
        }
        assert_eq!(import(&office, "lead", "Phone,Last Name\n5550101,B\n")["created"], 1, "{backend}");
        let update = json!({"csv": format!("id,title\n{},Head\n", lead.as_str().unwrap()), "policy": "update"});
        let report = office.run("lead.import_csv", update);
        assert_eq!((&report["created"], &report["updated"]), (&json!(0), &json!(1)), "{backend}: {report}");
    });
}

#[test]
fn a_reference_is_found_by_what_people_call_its_record() {
    everywhere(|backend, office| {
        let account = office.run("account.create", json!({"name": "Acme"}))["id"].clone();
        let user = office.run("user.create", json!({"name": "Maria", "email": "maria@acme.example"}))["id"].clone();
        let csv = "last_name,account,owner\nA,ACME,Maria@acme.example\nB,Acme,Maria\n";
        let report = import(&office, "contact", csv);
        assert_eq!((&report["created"], &report["cells_left_out"]), (&json!(2), &json!(0)), "{backend}: {report}");
        for contact in office.run("contact.find", json!({}))["items"].as_array().unwrap() {
            assert_eq!((&contact["account"], &contact["owner"]["user"]), (&account, &user), "{backend}");
        }
    });
}
