//! Personal values do not get into logs and errors.

use crate::desk::*;
use nexa_core::{
    Record,
    files::Attachment,
    mail::{Consent, Mail},
    people::User,
    productivity::{Attendee, Call},
    sales::{Contact, Lead, Quote, QuoteCopy},
    service::{Inbound, Message, Thread},
};
use serde_json::{Value as Json, json};

/// A record of these fields, what it shows, and whether all personal columns of the kind have a value in it.
fn shown<R: Record + Default + std::fmt::Debug>(fields: &Json) -> (R, String) {
    let mut all = serde_json::to_value(R::default()).unwrap();
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    let record: R = serde_json::from_value(all).unwrap();
    let text = format!("{record:?}");
    (record, text)
}

/// The first text in a value.
fn first_text(json: &Json) -> Option<String> {
    match json {
        Json::String(text) => Some(text.clone()),
        Json::Array(list) => list.iter().find_map(first_text),
        Json::Object(map) => map.values().find_map(first_text),
        _ => None,
    }
}

fn hides<R: Record + Default + std::fmt::Debug>(fields: &Json) {
    let def = R::def();
    let (record, text) = shown::<R>(fields);
    let row = record.to_row();
    for (index, column) in def.columns.iter().enumerate().filter(|(_, column)| column.personal) {
        let value = row.get(index);
        assert!(!value.is_null(), "give {} a value for {}", def.kind, column.path);
        let json = value.to_json();
        let value = first_text(&json).unwrap();
        assert!(!value.is_empty() && !text.contains(&value), "{}.{}: {text}", def.kind, column.path);
    }
    assert!(text.starts_with(def.kind) && text.contains("version: 0"), "{text}");
}

#[test]
fn no_record_shows_personal_values_in_debug() {
    let address =
        json!({"street": "Gasse 7", "city": "Zug", "region": "Innerschweiz", "postal_code": "6300", "country": "CH"});
    let person = json!({
        "first_name": "Sarah", "last_name": "Chen", "email": "sarah@acme.example", "phone": "+41791234567",
        "external_keys": [{"system": "crm", "key": "SC-4711"}], "mobile": "+41797654321", "other_emails": ["sarah@home.example"], "other_phones": ["+41791112233"], "linkedin_url": "https://linkedin.example/sarah", "description": "Plays chess",
    });
    let mut contact = person.clone();
    contact["custom"] = json!({"shoe_size": 47});
    let mut lead = person;
    lead["address"] = address;
    for name in ["mobile", "linkedin_url"] {
        lead.as_object_mut().unwrap().remove(name);
    }
    let consent = json!({"address": "sarah@acme.example", "evidence": {"page": "https://acme.example/form"}});
    let letter = json!({"address": "sarah@acme.example"});
    let mail = json!({
        "to": "sarah@acme.example", "content": {"subject": "Your divorce", "text": "Call me"}, "detail": "Mailbox of Sarah is full",
        "correspondence": {"reply_to": {"address": "team+1@acme.example"}},
        "values": {"contact": {"first_name": "Zuleika"}},
        "frame": {"envelope_from": "lawyer@acme.example", "from": letter, "date": "2025-11-17T09:00:00Z"},
    });
    let spoken = json!({
        "from": "+41791234567", "to": "+41797654321", "recording": "https://pbx.example/sarah.ogg"
    });
    let user = json!({"name": "Lisa Simpson", "email": "lisa@nexa.example"});
    for def in desk().crm.kinds().all() {
        if !def.columns.iter().any(|column| column.personal) {
            continue;
        }
        match def.kind {
            "contact" => hides::<Contact>(&contact),
            "lead" => hides::<Lead>(&lead),
            "user" => hides::<User>(&user),
            "consent" => hides::<Consent>(&consent),
            "mail" => hides::<Mail>(&mail),
            "attachment" => hides::<Attachment>(&json!({"name": "sarah_passport.pdf", "type": "application/pdf"})),
            "call" => hides::<Call>(&spoken),
            "quote" => hides::<Quote>(
                &json!({"language": "en", "currency": "EUR", "accepted_by": "Sarah Chen", "reason": "Sarah is ill"}),
            ),
            "quote_copy" => hides::<QuoteCopy>(&json!({"html": "<p>Sarah Chen</p>"})),
            "thread" => hides::<Thread>(&json!({
                "subject": "Your plan",
                "participants": [{"address": "sarah@acme.example", "name": "Sarah", "role": "customer", "state": "active"}]
            })),
            "message" => hides::<Message>(&json!({
                "from": "sarah@acme.example", "from_name": "Sarah Chen", "reply_to": [letter], "to": [letter], "cc": [letter],
                "bcc": [letter], "subject": "My divorce", "text": "Call me",
            })),
            "inbound" => hides::<Inbound>(&json!({
                "envelope": {"from": "sarah@acme.example", "known": true}, "sender": "sarah@acme.example", "detail": "Sarah wrote it",
            })),
            "attendee" => hides::<Attendee>(&json!({"email": "sarah@acme.example", "name": "Sarah Chen"})),
            other => panic!("{other} has personal fields: check here that its Debug does not show them"),
        }
    }
    let (_, text) = shown::<Contact>(&contact);
    assert!(!text.contains("47") && text.contains("custom: …"), "nobody knows what a tenant keeps: {text}");
}

#[test]
fn errors_name_people_by_id() {
    let desk = desk();
    let lisa = id(&desk.lisa).to_string();
    let error = call(&desk.lisa, "user.deactivate", json!({"user": lisa})).unwrap_err();
    assert_eq!((error.code(), &error.params()["user"]), ("user.last_admin", &json!(lisa)));

    let contact = |name: &str, account: Option<Json>| {
        let fields = json!({"first_name": name, "account": account});
        call(&desk.alex, "contact.create", fields).unwrap()["id"].clone()
    };
    let [boss, report] = ["Sarah", "Tom"].map(|name| contact(name, None));
    call(&desk.alex, "contact.update", json!({"contact": report, "reports_to": boss})).unwrap();
    let cycle = json!({"contact": boss, "reports_to": report});
    let account = call(&desk.alex, "account.create", json!({"name": "Acme"})).unwrap();
    let foreign = json!({"name": "Big", "account": account["id"], "primary_contact": boss});
    let primary = json!({"account": account["id"], "primary_contact": boss});
    for (operation, with, code) in [
        ("contact.update", cycle, "contact.reporting_cycle"),
        ("account.update", primary, "account.primary_contact_foreign"),
        ("deal.create", foreign, "deal.contact_foreign"),
    ] {
        let error = call(&desk.alex, operation, with).unwrap_err();
        assert_eq!((error.code(), &error.params()["contact"]), (code, &boss));
        assert!(!format!("{error}").contains("Sarah"), "{error}");
    }
    // A value of the wrong type is not repeated.
    let error = call(&desk.alex, "contact.create", json!({"phone": 41_791_234_567_i64})).unwrap_err();
    assert_eq!(error.code(), "field.invalid");
    assert!(!format!("{error}").contains("1234567") && format!("{error}").contains("give a"), "{error}");
}
