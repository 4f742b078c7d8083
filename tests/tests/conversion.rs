//! What a lead becomes, and who asks again, on every backend.

use nexa_crm::{Timestamp, kernel::ports::Clock as _, testing::Office};
use nexa_tests::{backends, samples::all_criteria};
use serde_json::{Value as Json, json};

fn everywhere(test: impl Fn(&str, &Office)) {
    for backend in backends::all() {
        test(backend.name, &Office::found(backend.store));
    }
}

/// A qualified lead with these fields.
fn qualified(office: &Office, fields: Json) -> Json {
    let lead = office.run("lead.create", fields)["id"].clone();
    office.run("lead.contact", json!({"lead": lead}));
    office.run("lead.qualify", json!({"lead": lead, "bant": all_criteria()}));
    lead
}

fn converted(office: &Office, fields: Json) -> Json {
    let lead = qualified(office, fields);
    office.run("lead.convert", json!({"lead": lead}))
}

fn refused(office: &Office, operation: &str, arguments: Json) -> String {
    office.run_as("admin", operation, arguments).unwrap_err().code().to_owned()
}

fn address() -> Json {
    json!({"street": "1 Main Street", "city": "Springfield", "postal_code": "62701", "country": "US"})
}

#[test]
fn the_address_of_a_lead_becomes_the_billing_address_of_the_account() {
    everywhere(|name, office| {
        let fields =
            json!({"email": "a@newco.example", "company": "NewCo", "company_size": "Mid Market", "address": address()});
        let answer = converted(office, fields);
        assert_eq!(answer["account"]["billing_address"], address(), "{name}");
        assert_eq!(answer["account"]["tier"], "mid_market", "{name}");
        assert_eq!(answer["not_carried"], json!([]), "{name}");
    });
}

#[test]
fn a_lead_of_a_company_alone_becomes_an_account_and_a_deal_without_a_contact() {
    everywhere(|name, office| {
        let fields = json!({"company": "Initrode", "title": "CTO", "description": "Wants ten", "tags": ["fair"]});
        let lead = qualified(office, fields);
        let about = json!({"kind": "lead", "id": lead});
        let task = office.run("task.create", json!({"title": "Call", "about": about}))["id"].clone();
        let contacts = office.run("contact.count", json!({}));
        let answer = office.run("lead.convert", json!({"lead": lead}));
        assert_eq!(answer["contact"], Json::Null, "{name}");
        assert_eq!(answer["account"]["name"], "Initrode", "{name}");
        assert_eq!(answer["account"]["description"], "Wants ten", "{name}");
        assert_eq!(answer["account"]["tags"], json!(["fair"]), "{name}");
        assert_eq!(answer["deal"]["account"], answer["account"]["id"], "{name}");
        assert_eq!(answer["deal"]["primary_contact"], Json::Null, "{name}");
        assert_eq!(answer["lead"]["converted_contact"], Json::Null, "{name}");
        assert_eq!(answer["not_carried"], json!(["title", "last_contacted"]), "{name}");
        assert_eq!(office.run("contact.count", json!({})), contacts, "{name}");
        let about = office.run("task.get", json!({"task": task}))["about"].clone();
        assert_eq!(about, json!({"kind": "account", "id": answer["account"]["id"]}), "{name}: the work goes on");
        let again = office.run("lead.convert", json!({"lead": lead}));
        assert_eq!((&again["deal"], &again["not_carried"]), (&answer["deal"], &answer["not_carried"]), "{name}");
        assert_eq!(refused(office, "lead.update", json!({"lead": lead, "title": "CEO"})), "lead.converted", "{name}");
    });
}

#[test]
fn a_lead_of_which_neither_person_nor_company_is_known_is_not_converted() {
    everywhere(|name, office| {
        let lead = qualified(office, json!({"external_keys": [{"system": "erp", "key": "77"}]}));
        assert_eq!(refused(office, "lead.convert", json!({"lead": lead})), "contact.nothing_known", "{name}");
        let account = office.id("account");
        let answer = office.run("lead.convert", json!({"lead": lead, "account": account}));
        assert_eq!(
            (&answer["contact"], &answer["not_carried"]),
            (&Json::Null, &json!(["last_contacted", "external_keys"])),
            "{name}"
        );
    });
}

#[test]
fn what_finds_no_place_is_named_and_stays_with_the_lead() {
    everywhere(|name, office| {
        for field in ["shoe_size", "hat_size"] {
            office.run("field.define", json!({"of_kind": "lead", "name": field, "holds": "text"}));
        }
        office.run("field.define", json!({"of_kind": "contact", "name": "shoes", "holds": "text"}));
        let fields = json!({
            "email": "b@alone.example", "industry": "retail", "company_size": "11-50", "address": address(),
            "website": "https://alone.example", "campaign": office.id("campaign"), "tags": ["x"],
            "custom": {"shoe_size": "44", "hat_size": "57"}, "external_keys": [{"system": "erp", "key": "78"}],
        });
        let lead = qualified(office, fields);
        let mapping = json!({"shoe_size": "contact.shoes"});
        let answer = office.run("lead.convert", json!({"lead": lead, "without_deal": true, "custom": mapping}));
        let left =
            json!(["industry", "company_size", "website", "address", "campaign", "external_keys", "custom.hat_size"]);
        assert_eq!(answer["not_carried"], left, "{name}");
        assert_eq!(answer["lead"]["not_carried"], left, "{name}");
        assert_eq!(answer["contact"]["custom"], json!({"shoes": "44"}), "{name}");
        assert_eq!(answer["contact"]["tags"], json!(["x"]), "{name}");
        assert_eq!(answer["lead"]["address"], address(), "{name}");
    });
}

#[test]
fn what_a_known_contact_has_otherwise_is_named_too() {
    everywhere(|name, office| {
        let known = json!({"email": "c@known.example", "first_name": "Cleo", "title": "CEO", "tags": ["old"]});
        office.run("contact.create", known);
        let lead = json!({"email": "c@known.example", "first_name": "Clea", "title": "CTO", "tags": ["new"], "description": "Hi"});
        let answer = converted(office, lead);
        assert_eq!(answer["contact"]["first_name"], "Cleo", "{name}");
        assert_eq!(answer["contact"]["tags"], json!(["new", "old"]), "{name}");
        assert_eq!(answer["contact"]["description"], "Hi", "{name}");
        assert_eq!(answer["not_carried"], json!(["first_name", "title"]), "{name}");
    });
}

#[test]
fn a_known_person_with_a_new_company_waits_for_a_choice() {
    everywhere(|name, office| {
        let of = |account: &str| office.run("account.create", json!({"name": account}))["id"].clone();
        let (old, other) = (of("OldCo"), of("OtherCo"));
        for (number, choice) in ["stay", "move", "named", "given"].into_iter().enumerate() {
            let email = format!("d{number}@oldco.example");
            let contact = office.run("contact.create", json!({"email": email, "account": old}))["id"].clone();
            let lead = qualified(office, json!({"email": email, "company": format!("NewCo {number}")}));
            let contacts = office.run("account.count", json!({}));
            assert_eq!(refused(office, "lead.convert", json!({"lead": lead})), "lead.contact_elsewhere", "{name}");
            let elsewhere = json!({"lead": lead, "account": other, "contact": contact});
            assert_eq!(refused(office, "lead.convert", elsewhere), "lead.contact_elsewhere", "{name}");
            assert_eq!(office.run("account.count", json!({})), contacts, "{name}: nothing was made");
            let (arguments, account, left) = match choice {
                "stay" => (json!({"lead": lead, "account": old}), Some(&old), json!(["company"])),
                "move" => (json!({"lead": lead, "move_contact": true}), None, json!([])),
                "named" => {
                    (json!({"lead": lead, "account": other, "move_contact": true}), Some(&other), json!(["company"]))
                }
                _ => (json!({"lead": lead, "account": old, "contact": contact}), Some(&old), json!(["company"])),
            };
            let answer = office.run("lead.convert", arguments);
            assert_eq!(answer["contact"]["id"], contact, "{name}: {choice}");
            assert_eq!(answer["contact"]["account"], answer["account"]["id"], "{name}: {choice}");
            assert_eq!(answer["deal"]["account"], answer["account"]["id"], "{name}: {choice}");
            assert_eq!(answer["not_carried"], left, "{name}: {choice}");
            match account {
                Some(account) => assert_eq!(answer["account"]["id"], *account, "{name}: {choice}"),
                None => assert_eq!(answer["account"]["name"], format!("NewCo {number}"), "{name}: {choice}"),
            }
        }
    });
}

#[test]
fn a_contact_that_moves_leaves_its_place_at_the_old_account() {
    everywhere(|name, office| {
        let old = office.run("account.create", json!({"name": "OldCo"}))["id"].clone();
        let contact = office.run("contact.create", json!({"email": "e@oldco.example", "account": old}))["id"].clone();
        office.run("account.set_primary_contact", json!({"account": old, "contact": contact}));
        let lead = qualified(office, json!({"email": "e@oldco.example", "company": "NewCo"}));
        office.run("lead.convert", json!({"lead": lead, "move_contact": true}));
        assert_eq!(office.run("account.get", json!({"account": old}))["primary_contact"], Json::Null, "{name}");
    });
}

#[test]
fn a_lead_joins_a_deal_that_is_there() {
    everywhere(|name, office| {
        let account = office.run("account.create", json!({"name": "Globex North"}))["id"].clone();
        let deal = json!({"name": "Plan", "account": account, "external_keys": [{"system": "erp", "key": "d1"}]});
        let deal = office.run("deal.create", deal)["id"].clone();
        let deals = office.run("deal.count", json!({}));
        let lead = qualified(office, json!({"email": "f@globex.example", "company": "Globex North", "source": "Fair"}));
        let elsewhere = qualified(office, json!({"email": "g@globex.example", "company": "Globex South"}));
        let arguments = json!({"lead": elsewhere, "deal": deal});
        assert_eq!(refused(office, "lead.convert", arguments), "lead.deal_elsewhere", "{name}");
        let answer = office.run("lead.convert", json!({"lead": lead, "deal": {"system": "erp", "key": "d1"}}));
        assert_eq!(answer["deal"]["id"], deal, "{name}");
        assert_eq!(answer["deal"]["source"], "Fair", "{name}");
        assert_eq!(answer["deal"]["primary_contact"], answer["contact"]["id"], "{name}");
        assert_eq!(answer["account"]["id"], account, "{name}");
        let alone = qualified(office, json!({"email": "h@globex.example"}));
        let answer = office.run("lead.convert", json!({"lead": alone, "deal": deal}));
        assert_eq!(answer["contact"]["account"], account, "{name}: of the deal's account");
        assert_eq!(office.run("deal.count", json!({})), deals, "{name}");
        let unknown = json!({"lead": elsewhere, "deal": office.id("lead")});
        assert_eq!(refused(office, "lead.convert", unknown), "record.not_found", "{name}");
        let odd =
            office.run_as("admin", "lead.convert", json!({"lead": elsewhere, "deal": {"amount": 5}})).unwrap_err();
        assert_eq!(odd.params()["path"], "deal.amount", "{name}: {odd:?}");
    });
}

#[test]
fn a_list_of_the_account_is_kept_when_a_lead_joins_it() {
    everywhere(|name, office| {
        office.run("account.create", json!({"name": "Hooli"}));
        office.run("org.configure", json!({"choices": {"account.industry": ["retail"]}}));
        let lead = qualified(office, json!({"email": "i@hooli.example", "company": "hooli", "industry": "energy"}));
        assert_eq!(refused(office, "lead.convert", json!({"lead": lead})), "choice.unknown", "{name}");
    });
}

#[test]
fn the_mail_of_a_converted_or_a_lost_lead_asks_again() {
    everywhere(|name, office| {
        let customer = converted(office, json!({"email": "j@again.example", "company": "Again"}));
        let lost = office.run("lead.create", json!({"email": "k@again.example"}))["id"].clone();
        office.run("lead.lose", json!({"lead": lost, "reason": "No budget"}));

        let again = office.run("lead.create", json!({"email": "J@again.example"}));
        assert_eq!(again["known_contact"], customer["contact"]["id"], "{name}");
        assert_eq!(again["previous_lead"], customer["lead"]["id"], "{name}");
        let taken = json!({"email": "j@again.example"});
        assert_eq!(refused(office, "lead.create", taken), "lead.email_taken", "{name}: one open lead");

        let rows = json!([{"Email": "k@again.example"}, {"Email": "j@again.example"}]);
        let report = office.run("lead.import_rows", json!({"rows": rows}));
        assert_eq!((&report["created"], &report["refused"]), (&json!(1), &json!(0)), "{name}: {report}");
        let report = office.run("lead.import_rows", json!({"rows": rows}));
        assert_eq!((&report["created"], &report["refused"]), (&json!(0), &json!(0)), "{name}: {report}");
        let filter =
            json!({"and": [{"field": "email", "value": "k@again.example"}, {"field": "status", "value": "new"}]});
        let found = office.run("lead.find", json!({"filter": filter}))["items"][0].clone();
        assert_eq!((&found["previous_lead"], &found["known_contact"]), (&lost, &Json::Null), "{name}");
        assert_eq!(refused(office, "lead.reopen", json!({"lead": lost})), "lead.email_taken", "{name}");

        let third = converted(office, json!({"email": "l@again.example"}));
        let met = json!({"match_on": "email", "email": "l@again.example", "title": "CTO"});
        let met = office.run("lead.upsert", met);
        assert_eq!(met["created"], true, "{name}");
        assert_eq!(met["record"]["known_contact"], third["contact"]["id"], "{name}");
        let met = office.run("lead.upsert", json!({"match_on": "email", "email": "l@again.example", "title": "CEO"}));
        assert_eq!(met["created"], false, "{name}");
    });
}

#[test]
fn a_lead_that_is_lost_frees_its_mail_and_takes_it_back_while_nobody_has_it() {
    everywhere(|name, office| {
        let lead = office.run("lead.create", json!({"email": "m@free.example"}))["id"].clone();
        office.run("lead.lose", json!({"lead": lead, "reason": "No budget"}));
        office.run("lead.reopen", json!({"lead": lead}));
        let taken = json!({"email": "m@free.example"});
        assert_eq!(refused(office, "lead.create", taken), "lead.email_taken", "{name}");
    });
}

#[test]
fn a_contact_that_is_purged_is_mentioned_no_more() {
    everywhere(|name, office| {
        let contact = office.run("contact.create", json!({"email": "n@gone.example"}))["id"].clone();
        let lead = office.run("lead.create", json!({"email": "n@gone.example"}));
        assert_eq!(lead["known_contact"], contact, "{name}");
        office.run("contact.trash", json!({"contact": contact}));
        office.run("contact.purge", json!({"contact": contact}));
        let lead = office.run("lead.get", json!({"lead": lead["id"]}));
        assert_eq!(lead["known_contact"], Json::Null, "{name}");
    });
}

#[test]
fn a_person_is_known_by_every_address_that_they_have() {
    everywhere(|name, office| {
        let contact = json!({"email": "o@work.example", "other_emails": ["o@home.example"]});
        let contact = office.run("contact.create", contact)["id"].clone();
        let fields = json!({
            "email": "o@home.example", "phone": "+442079460018",
            "other_emails": ["o@third.example"], "other_phones": ["+442079460019"],
        });
        let lead = qualified(office, fields);
        assert_eq!(office.run("lead.get", json!({"lead": lead}))["known_contact"], contact, "{name}");
        let answer = office.run("lead.convert", json!({"lead": lead}));
        assert_eq!(answer["contact"]["id"], contact, "{name}");
        assert_eq!(answer["contact"]["email"], "o@work.example", "{name}");
        assert_eq!(answer["contact"]["other_emails"], json!(["o@home.example", "o@third.example"]), "{name}");
        assert_eq!(answer["contact"]["phone"], "+442079460018", "{name}");
        assert_eq!(answer["contact"]["other_phones"], json!(["+442079460019"]), "{name}");
        assert_eq!(answer["not_carried"], json!([]), "{name}");
        // All addresses of a closed lead are free.
        for email in ["o@home.example", "o@third.example"] {
            let again = office.run("lead.create", json!({"email": email}));
            assert_eq!(again["known_contact"], contact, "{name}");
            assert_eq!(refused(office, "lead.create", json!({"email": email})), "lead.email_taken", "{name}");
        }
    });
}

#[test]
fn an_apostrophe_makes_no_other_account() {
    everywhere(|name, office| {
        let account = office.run("account.create", json!({"name": "Queen's University"}))["id"].clone();
        let answer = converted(office, json!({"email": "p@queens.example", "company": "QUEEN’S  University"}));
        assert_eq!(answer["account"]["id"], account, "{name}");
        assert_eq!(answer["not_carried"], json!([]), "{name}");
    });
}

#[test]
fn a_lead_that_is_merged_with_the_one_before_it_does_not_come_before_itself() {
    everywhere(|name, office| {
        let fields = json!({"email": "q@twice.example"});
        let mut leads = Vec::new();
        for _ in 0..3 {
            office.clock.set(Timestamp::from_micros(office.clock.now().micros() + 60_000_000));
            let lead = office.run("lead.create", fields.clone())["id"].clone();
            if leads.len() < 2 {
                office.run("lead.lose", json!({"lead": lead, "reason": "No budget"}));
            }
            leads.push(lead);
        }
        let merged = office.run("lead.merge", json!({"lead": leads[2], "other": leads[1]}));
        assert_eq!(merged["previous_lead"], leads[0], "{name}");
        let merged = office.run("lead.merge", json!({"lead": leads[2], "other": leads[0]}));
        assert_eq!(merged["previous_lead"], Json::Null, "{name}");
    });
}
