//! Something personal of one person in every field of every kind that is marked to hold such: a kind that comes later is planted by its
//! marks, or the test says that it is not.

use nexa_crm::{
    files::{UploadOptions, upload},
    kernel::{
        blobs::OfBytes,
        record::{PersonField, RecordDef, Topic},
        testing::replay::rows_of,
    },
    testing::Office,
};
use nexa_tests::{backends::Backend, samples::Samples};
use pollster::block_on;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::planted::Planted;

/// The kinds that hold something personal of those who can be erased, but for the persons themselves.
fn kinds(office: &Office) -> Vec<&'static RecordDef> {
    let all = office.crm.kinds().all();
    let holds = |def: &&&RecordDef| !def.person && !def.persons.is_empty() && personal_fields(def).next().is_some();
    all.iter().filter(holds).copied().collect()
}

fn personal_fields(def: &RecordDef) -> impl Iterator<Item = &nexa_crm::kernel::record::FieldDef> {
    def.fields.iter().filter(|field| def.columns[field.first].personal && Some(field.first) != def.custom)
}

/// Plants something of a contact, whose address this is, in each of these kinds.
pub(super) fn plant(office: &Office, planted: &mut Planted, contact: Uuid, address: &str) {
    for def in kinds(office) {
        match def.kind {
            "mail" => mails(office, planted, contact),
            "consent" => {
                let evidence = json!({"page": format!("https://acme.example/{}", planted.text())});
                let with = json!({"address": address, "topic": office.id("topic"), "evidence": evidence});
                office.run("consent.grant", with);
            }
            "attachment" => files(office, planted, contact),
            "thread" => conversation(office, planted, contact, address),
            // What is said in the thread, and what came in.
            "message" | "inbound" => {}
            "quote" => quotes(office, planted, contact),
            // What is sent with the quotes.
            "quote_copy" => {}
            "attendee" => {
                let meeting = office.run("meeting.create", office.fields("meeting").unwrap())["id"].clone();
                let invited = json!({"email": address, "name": planted.text()});
                office.run("meeting.invite", json!({"meeting": meeting, "attendee": invited}));
            }
            _ => created(office, planted, def, contact),
        }
    }
}

/// A record that is created by its fields, and says by its marks whose it is.
fn created(office: &Office, planted: &mut Planted, def: &'static RecordDef, contact: Uuid) {
    let kind = def.kind;
    let mut fields = office.fields(kind).unwrap_or_else(|| panic!("nobody creates {kind}: plant it here"));
    fields.as_object_mut().unwrap().extend(planted.fields(def));
    if def.custom.is_some() {
        let personal = json!({"of_kind": kind, "name": "passport", "holds": "text", "personal": true});
        office.run("field.define", personal);
        office.run("field.define", json!({"of_kind": kind, "name": "color", "holds": "text"}));
    }
    let about = json!({"kind": "contact", "id": contact});
    for person in &def.persons {
        let name = def.columns[person.column()].path.split('.').next().unwrap();
        match person {
            PersonField::Reference(_) if name == "contact" => fields[name] = json!(contact),
            PersonField::Topic(Topic::One { .. }) => fields[name] = about.clone(),
            PersonField::Topic(Topic::Several(_)) => fields[name] = json!([about]),
            PersonField::Reference(_) | PersonField::Address(_) => {}
        }
    }
    if def.field("recording_consent").is_some() {
        fields["recording_consent"] = json!(true);
    }
    office.run(&format!("{kind}.create"), fields);
}

/// A thread with a contact, what they wrote in it, and an answer.
fn conversation(office: &Office, planted: &mut Planted, contact: Uuid, address: &str) {
    let inbox = office.id("inbox");
    let mut mailbox = || json!({"name": planted.text(), "address": address});
    let opened = json!({"inbox": inbox, "contact": contact, "subject": "Hello", "body": "How is it?", "to": [address]});
    let thread = office.run("thread.open", opened)["id"].clone();
    let (from, reply_to, to, cc) = (mailbox(), json!([mailbox()]), json!([mailbox()]), json!([mailbox()]));
    let word = planted.text();
    let send = |mail: Json| {
        let mut bytes = OfBytes::new(word.clone());
        let session = office.session("admin");
        let upload = block_on(upload(&session, "mail.eml", UploadOptions::new(), &mut bytes)).unwrap();
        let envelope = json!({"from": format!("{word}@{word}.example"), "known": true});
        office.run("inbox.receive", json!({"inbox": inbox, "upload": upload.id, "envelope": envelope, "mail": mail}))
    };
    let sent = office.run("message.find", json!({"filter": {"field": "thread", "op": "eq", "value": thread}}));
    let came = send(json!({
        "from": from, "reply_to": reply_to, "to": to, "cc": cc, "subject": planted.text(), "text": planted.text(),
        "in_reply_to": [sent["items"][0]["message_id"]], "message_id": "<1@here.example>",
    }));
    assert_eq!(came["thread"], thread, "{came}");
    send(json!({"from": from, "held": "unparsable", "detail": format!("{} wrote it", planted.text())}));
    let bcc = format!("{0}@{0}.example", planted.text());
    let answer =
        json!({"thread": thread, "seen": came["message"], "body": planted.text(), "to": [address], "bcc": [bcc]});
    office.run("thread.reply", answer);
}

/// A mail that a template makes, of which a server said something.
fn mails(office: &Office, planted: &mut Planted, contact: Uuid) {
    let text = json!([{"locale": "en", "subject": "{{ contact.last_name }}", "text": "{{ code }}"}]);
    let with = json!({"name": "Of a person", "variables": [{"name": "code"}], "texts": text});
    let template = office.run("template.create", with)["id"].clone();
    office.run("template.publish", json!({"template": template}));
    let with = json!({
        "dedup": "of a person", "contact": contact, "sender": office.id("sender"), "template": template,
        "values": {"code": planted.text()}
    });
    let mail = office.run("mail.plan", with)["id"].clone();
    office.run("mail.claim", json!({"worker": "of a person"}));
    office.run("mail.start", json!({"mail": mail, "worker": "of a person"}));
    let report = json!({
        "mail": mail, "worker": "of a person", "outcome": "temporary", "detail": format!("{} is away", planted.text())
    });
    office.run("mail.report", report);
}

/// A quote that the contact signed, and one that they declined; both name them in print.
fn quotes(office: &Office, planted: &mut Planted, contact: Uuid) {
    let text = planted.text();
    let person = office.run("contact.get", json!({"contact": contact}));
    office.run("contact.update", json!({"contact": contact, "last_name": text}));
    let deal = json!({"name": "A plan", "account": person["account"]});
    let deal = office.run("deal.create", deal)["id"].clone();
    let line = json!({"name": "Plan", "unit_price": {"amount": "5", "currency": "USD"}});
    let quote = || {
        let with = json!({
            "deal": deal, "recipient": contact, "valid_until": "2030-12-31", "tiers": [{"key": "only", "lines": [line]}]
        });
        let quote = office.run("quote.create", with)["id"].clone();
        office.run("quote.send", json!({"quote": quote}));
        quote
    };
    office.run("quote.decline", json!({"quote": quote(), "reason": format!("{} is ill", planted.text())}));
    office.run("quote.accept", json!({"quote": quote(), "tier": "only", "by": planted.text()}));
    // They are called as they were.
    office.run("contact.update", json!({"contact": contact, "last_name": person["last_name"]}));
}

/// A file on the contact, one on a ticket of theirs, and one in the trash.
fn files(office: &Office, planted: &mut Planted, contact: Uuid) {
    let ticket = office.run("ticket.create", json!({"subject": "It is loud", "contact": contact}))["id"].clone();
    let on = [json!({"kind": "contact", "id": contact}), json!({"kind": "ticket", "id": ticket})];
    for (number, to) in [&on[0], &on[1], &on[0]].into_iter().enumerate() {
        let name = format!("{}.txt", planted.text());
        let bytes = format!("scan of a passport {number}");
        let says = UploadOptions::new();
        let upload = block_on(upload(&office.session("admin"), &name, says, &mut OfBytes::new(bytes))).unwrap();
        let file = office.run("attachment.add", json!({"upload": upload.id, "to": to}))["id"].clone();
        if number == 2 {
            office.run("attachment.trash", json!({"attachment": file}));
        }
    }
}

/// Fails where a field that may hold something personal holds nothing that was planted: then erasing it proves nothing.
pub(super) fn are_everywhere(office: &Office, backend: &Backend, planted: &Planted) {
    let kinds = office.crm.kinds().all();
    let personal = kinds.iter().filter(|def| def.no_person.is_none() && personal_fields(def).next().is_some());
    for def in personal {
        let rows = block_on(rows_of(&*backend.store, office.org, def)).unwrap();
        for field in personal_fields(def) {
            let said = |row: &nexa_crm::kernel::record::Row| {
                (field.first..field.first + field.count).any(|column| {
                    let text = format!("{:?}", row.get(column));
                    planted.in_text(&text).into_iter().next().is_some()
                })
            };
            assert!(rows.iter().any(said), "plant something in {}.{}", def.kind, field.name);
        }
    }
}

/// How many bytes of files a tenant has.
pub(super) fn blobs(office: &Office) -> usize {
    let session = office.session("system");
    block_on(session.blobs().unwrap().list(office.org, None, 1_000)).unwrap().len()
}

/// Why nothing is mailed to an address.
pub(super) fn suppressed(office: &Office, address: &str) -> Json {
    office.run("mail.may", json!({"address": address}))["reason"].clone()
}
