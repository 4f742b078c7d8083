//! Answers: to whom they go, what they say around their text, and when they do not go.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{Desk, header};

#[test]
fn an_answer_goes_to_the_sender_with_a_signed_address_and_the_names_of_the_mails_before() {
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({}));
        let reply = desk.reply(&came["thread"], json!({})).unwrap();
        assert_eq!(
            (&reply["direction"], &reply["subject"]),
            (&json!("out"), &json!("Re: Cannot log in")),
            "{}",
            desk.name
        );
        let sent = desk.sent();
        assert_eq!(sent.len(), 1, "{}: {sent:?}", desk.name);
        let mail = &sent[0];
        assert_eq!(mail["recipients"], json!(["sarah@private.example"]), "{}", desk.name);
        assert_eq!(mail["from"]["address"], "support@acme.example", "{}", desk.name);
        assert_eq!(header(mail, "In-Reply-To"), Some("<1@private.example>"), "{}", desk.name);
        let own = mail["message_id"].as_str().unwrap();
        assert_eq!(header(mail, "References"), Some(&*format!("{own} <1@private.example>")), "{}", desk.name);
        assert_eq!(header(mail, "Auto-Submitted"), None, "a person wrote it");
        let reply_to = mail["reply_to"]["address"].as_str().unwrap();
        assert!(reply_to.starts_with("support+1-1-") && reply_to.ends_with("@acme.example"), "{reply_to}");
        let text = mail["text"].as_str().unwrap();
        assert!(text.starts_with("Please try again.") && text.contains("> Unable to log in since 8"), "{text}");
        assert_eq!(reply["message_id"], own, "{}", desk.name);
        // The next answers the answer, with one mark of it.
        let second = desk.receive(json!({
            "from": {"address": "sarah@private.example"}, "to": [{"address": reply_to}], "subject": "AW: Re: Cannot log in",
            "text": "It works", "message_id": "<2@private.example>", "in_reply_to": [own],
        }));
        assert_eq!(second["thread"], came["thread"], "{}", desk.name);
        let reply = desk.reply(&came["thread"], json!({})).unwrap();
        assert_eq!(reply["subject"], "Re: Cannot log in", "{}", desk.name);
    }
}

#[test]
fn nothing_is_sent_where_somebody_wrote_meanwhile() {
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({}));
        let thread = &came["thread"];
        desk.reply(thread, json!({})).unwrap();
        let late = json!({"seen": came["message"], "body": "I am on it as well."});
        let error = desk.reply(thread, late.clone()).unwrap_err();
        assert_eq!(error.code(), "thread.moved_on", "{}", desk.name);
        assert!(error.params()["message"].is_string(), "{error:?}");
        assert_eq!(desk.sent().len(), 1, "{}", desk.name);
        let mut forced = late;
        forced["force"] = json!(true);
        desk.reply(thread, forced).unwrap();
    }
}

#[test]
fn whom_a_customer_puts_in_copy_gets_answers_once_somebody_accepts_them() {
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({"cc": [{"address": "rival@other.example"}, {"address": "alex@acme.example"}]}));
        let thread = desk.get("thread", &came["thread"]);
        let rival = json!({"address": "rival@other.example", "role": "copied", "state": "proposed"});
        assert_eq!(thread["participants"][1], rival, "{}", desk.name);
        assert_eq!(thread["participants"].as_array().unwrap().len(), 2, "a user is no participant: {thread}");
        desk.reply(&came["thread"], json!({})).unwrap();
        let accept = json!({"thread": came["thread"], "address": "rival@other.example"});
        desk.office.run_as("agent", "thread.accept_participant", accept.clone()).unwrap();
        desk.reply(&came["thread"], json!({})).unwrap();
        desk.office.run_as("agent", "thread.remove_participant", accept).unwrap();
        desk.reply(&came["thread"], json!({})).unwrap();
        let mut recipients: Vec<Json> = desk.sent().iter().map(|mail| mail["recipients"].clone()).collect();
        recipients.sort_by_key(Json::to_string);
        let (alone, both) = (json!(["sarah@private.example"]), json!(["sarah@private.example", "rival@other.example"]));
        assert_eq!(recipients, [both, alone.clone(), alone], "{}", desk.name);
    }
    let desk = Desk::memory(json!({"copied": "accept"}));
    let came = desk.first(json!({"cc": [{"address": "tom@private.example"}]}));
    desk.reply(&came["thread"], json!({})).unwrap();
    assert_eq!(desk.sent()[0]["cc"], json!([{"address": "tom@private.example"}]));
}

#[test]
fn asking_a_supplier_in_the_same_ticket_is_unseen_by_the_customer() {
    for desk in Desk::all(&json!({"makes": "ticket"})) {
        let came = desk.first(json!({}));
        let asked = json!({
            "ticket": came["ticket"], "inbox": desk.inbox, "subject": "Is your server down?", "body": "Ours is.",
            "to": ["help@supplier.example"]
        });
        let asked = desk.office.run_as("agent", "thread.open", asked).unwrap();
        assert_eq!(asked["contact"], Json::Null, "{}", desk.name);
        let sent = desk.sent();
        assert_eq!(sent[0]["recipients"], json!(["help@supplier.example"]), "{}", desk.name);
        let answered = desk.receive(json!({
            "from": {"address": "help@supplier.example"}, "to": [sent[0]["reply_to"]], "text": "It is, until ten",
        }));
        assert_eq!((&answered["thread"], &answered["ticket"]), (&asked["id"], &came["ticket"]), "{}", desk.name);
        desk.reply(&came["thread"], json!({})).unwrap();
        desk.reply(&asked["id"], json!({"body": "Thank you."})).unwrap();
        let mut sent: Vec<(Json, bool)> = desk
            .sent()
            .iter()
            .map(|mail| (mail["recipients"].clone(), mail.to_string().contains("until ten")))
            .collect();
        sent.sort_by_key(|(recipients, _)| recipients.to_string());
        let expected = [(json!(["help@supplier.example"]), true), (json!(["sarah@private.example"]), false)];
        assert_eq!(sent, expected, "{}", desk.name);
    }
}

#[test]
fn an_answer_takes_the_subject_of_what_it_answers() {
    let desk = Desk::memory(json!({}));
    let came = desk.first(json!({}));
    let other = desk.first(
        json!({"subject": "Invoice of May", "in_reply_to": ["<1@private.example>"], "message_id": "<2@x.example>"}),
    );
    assert_eq!(other["thread"], came["thread"]);
    assert_eq!(super::marks(&desk.get("message", &other["message"])), ["subject_changed"]);
    assert_eq!(desk.reply(&came["thread"], json!({})).unwrap()["subject"], "Re: Invoice of May");
}

#[test]
fn what_is_to_leave_later_is_held_back_until_it_leaves() {
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({}));
        let reply = |seconds: &str| {
            desk.reply(&came["thread"], json!({"send_at": format!("2025-11-17T09:00:{seconds}Z")})).unwrap()
        };
        let (first, second) = (reply("30"), reply("30"));
        assert!(desk.sent().is_empty(), "{}: not yet", desk.name);
        desk.office.run_as("agent", "message.cancel", json!({"message": first["id"]})).unwrap();
        desk.office.clock.advance(Duration::from_secs(30));
        let sent = desk.sent();
        assert_eq!(sent.len(), 1, "{}", desk.name);
        assert_eq!(sent[0]["message_id"], second["message_id"], "{}", desk.name);
        desk.office.run_as("system", "mail.start", json!({"mail": sent[0]["mail"], "worker": "desk"})).unwrap();
        let error = desk.office.run_as("agent", "message.cancel", json!({"message": second["id"]})).unwrap_err();
        assert_eq!(error.code(), "message.already_sent", "{}", desk.name);
        let error = desk.office.run_as("agent", "message.cancel", json!({"message": came["message"]})).unwrap_err();
        assert_eq!(error.code(), "message.not_a_mail", "{}", desk.name);
    }
}

#[test]
fn what_cannot_be_answered_is_refused_and_says_why() {
    let desk = Desk::memory(json!({"makes": "ticket"}));
    let came = desk.first(json!({}));
    let thread = &came["thread"];
    let refused = |more: Json| desk.reply(thread, more).unwrap_err().code().to_owned();
    assert_eq!(refused(json!({"to": ["no-reply@shop.example"]})), "thread.no_reply_address");
    let many: Vec<String> = (0..49).map(|number| format!("p{number}@many.example")).collect();
    assert_eq!(refused(json!({"to": many})), "thread.too_many_recipients");
    desk.office.run("suppression.add", json!({"address": "sarah@private.example"}));
    assert_eq!(refused(json!({})), "thread.address_undeliverable");
    desk.office.run("inbox.update", json!({"inbox": desk.inbox, "off": true}));
    assert_eq!(refused(json!({"force": true})), "inbox.inactive");
    desk.office.run("inbox.update", json!({"inbox": desk.inbox, "off": false, "sender": null}));
    assert_eq!(refused(json!({"force": true})), "inbox.no_sender");
    let internal = json!({"ticket": came["ticket"], "subject": "Who knows?", "body": "I do not"});
    let internal = desk.office.run_as("agent", "thread.open_internal", internal).unwrap();
    assert_eq!(desk.reply(&internal["id"], json!({})).unwrap_err().code(), "thread.internal");
    let note = desk.office.run_as("agent", "thread.note", json!({"thread": thread, "body": "x"})).unwrap_err();
    assert_eq!(note.code(), "thread.not_internal");
    let phone = desk.office.run("thread.open", json!({"contact": desk.sarah, "subject": "A call"}));
    let unseen = uuid::Uuid::from_u128(1);
    let error =
        desk.office.run_as("agent", "thread.reply", json!({"thread": phone["id"], "seen": unseen, "body": "x"}));
    assert_eq!(error.unwrap_err().code(), "thread.no_inbox");
    for (operation, with) in [("ticket.resolve", json!({})), ("ticket.close", json!({}))] {
        let mut with = with;
        with["ticket"] = came["ticket"].clone();
        desk.office.run(operation, with);
    }
    assert_eq!(refused(json!({})), "ticket.closed");
}

#[test]
fn a_file_of_an_answer_goes_with_it() {
    use nexa_crm::{
        files::{UploadOptions, upload},
        kernel::blobs::OfBytes,
    };
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({}));
        let mut bytes = OfBytes::new("%PDF-1.7\n the manual");
        let session = desk.office.session("agent");
        let file = pollster::block_on(upload(&session, "manual.pdf", UploadOptions::new(), &mut bytes)).unwrap();
        let reply = desk.reply(&came["thread"], json!({"attachments": [file.id]})).unwrap();
        let files = desk.sent()[0]["files"].clone();
        assert_eq!(
            (&files[0]["name"], &files[0]["type"]),
            (&json!("manual.pdf"), &json!("application/pdf")),
            "{}",
            desk.name
        );
        let attachment = desk.get("attachment", &files[0]["attachment"]);
        assert_eq!(attachment["about"]["id"], reply["id"], "{}", desk.name);
        // Somebody else's upload is nobody's to attach.
        let mut bytes = OfBytes::new("secret");
        let theirs = desk.office.session("colleague");
        let theirs = pollster::block_on(upload(&theirs, "secret.txt", UploadOptions::new(), &mut bytes)).unwrap();
        let error = desk.reply(&came["thread"], json!({"attachments": [theirs.id]})).unwrap_err();
        assert_eq!(error.code(), "upload.not_found", "{}", desk.name);
    }
}

#[test]
fn an_answer_is_the_first_response_and_a_ticket_is_acknowledged_by_a_person() {
    for desk in Desk::all(&json!({})) {
        let came = desk.first(json!({}));
        desk.office.clock.advance(Duration::from_secs(900));
        let ticket = desk.office.run_as("agent", "thread.to_ticket", json!({"thread": came["thread"]})).unwrap();
        assert_eq!(ticket["reported_at"], "2025-11-17T09:00:00.000000Z", "{}", desk.name);
        assert_eq!(ticket["acknowledged_at"], "2025-11-17T09:15:00.000000Z", "{}", desk.name);
        assert_eq!(
            (&ticket["waiting_since"], &ticket["contact"]),
            (&ticket["reported_at"], &desk.sarah),
            "{}",
            desk.name
        );
        let again = desk.office.run_as("agent", "thread.to_ticket", json!({"thread": came["thread"]})).unwrap();
        assert_eq!(again["id"], ticket["id"], "{}: once", desk.name);
        desk.office.clock.advance(Duration::from_secs(2_700));
        desk.reply(&came["thread"], json!({})).unwrap();
        let ticket = desk.get("ticket", &ticket["id"]);
        assert_eq!(ticket["first_response_at"], "2025-11-17T10:00:00.000000Z", "{}", desk.name);
        assert_eq!(ticket["waiting_since"], Json::Null, "{}", desk.name);
        // What the customer says on the phone waits; what we say answers.
        let log = |said: &str| json!({"thread": came["thread"], "said": said, "body": "On the phone"});
        desk.office.run_as("agent", "thread.log", log("in")).unwrap();
        assert!(desk.get("ticket", &ticket["id"])["waiting_since"].is_string(), "{}", desk.name);
        desk.office.run_as("agent", "thread.log", log("out")).unwrap();
        assert_eq!(desk.get("ticket", &ticket["id"])["waiting_since"], Json::Null, "{}", desk.name);
        assert_eq!(desk.sent().len(), 1, "{}: what is logged is not sent", desk.name);
    }
}
