//! Nothing of the team's own leaves: no comment, no note, no file of these, nobody in blind copy.

use serde_json::{Value as Json, json};

use super::Desk;

/// Stands in everything that must not leave.
const MARKER: &str = "zqxmarker";

#[test]
fn no_byte_of_a_comment_a_note_or_a_blind_copy_leaves_but_to_whom_it_goes() {
    for desk in Desk::all(&json!({"makes": "ticket", "acknowledgement": "We have it."})) {
        let came = desk.first(json!({}));
        let run = |operation: &str, with: Json| desk.office.run_as("agent", operation, with).unwrap();
        run("ticket.comment", json!({"ticket": came["ticket"], "body": format!("{MARKER} comment")}));
        let internal = json!({"ticket": came["ticket"], "subject": format!("{MARKER} subject"), "body": format!("{MARKER} first")});
        let internal = run("thread.open_internal", internal);
        run("thread.note", json!({"thread": internal["id"], "body": format!("{MARKER} note")}));
        desk.office.run("ticket.comment", json!({"ticket": came["ticket"], "body": MARKER, "audience": "admins"}));
        desk.reply(&came["thread"], json!({"bcc": [format!("{MARKER}@acme.example")]})).unwrap();
        // Who answers afterwards quotes what was said in the thread.
        let second = desk.receive(json!({
            "from": {"address": "sarah@private.example"}, "in_reply_to": ["<1@private.example>"], "text": "Still not",
        }));
        assert_eq!(second["thread"], came["thread"], "{}", desk.name);
        desk.reply(&came["thread"], json!({})).unwrap();
        let sent = desk.sent();
        assert_eq!(sent.len(), 3, "{}: the acknowledgement and two answers", desk.name);
        for mut message in sent {
            // The envelope alone names who gets a blind copy.
            let recipients = message.as_object_mut().unwrap().remove("recipients").unwrap();
            assert!(!message.to_string().contains(MARKER), "{}: {message}", desk.name);
            assert_eq!(recipients[0], "sarah@private.example", "{}", desk.name);
        }
    }
}

#[test]
fn what_one_of_the_team_answers_by_mail_is_a_comment_and_leaves_nowhere() {
    for desk in Desk::all(&json!({"makes": "ticket", "acknowledgement": "We have it."})) {
        let came = desk.first(json!({}));
        desk.reply(&came["thread"], json!({})).unwrap();
        let token = desk.sent()[0]["reply_to"].clone();
        let alex = json!({"from": {"address": "alex@acme.example"}, "to": [token], "text": "She is a pain"});
        let commented = desk.receive(alex);
        assert_eq!((&commented["state"], &commented["message"]), (&json!("placed"), &Json::Null), "{}", desk.name);
        let of_ticket = json!({"filter": {"field": "ticket", "op": "eq", "value": came["ticket"]}});
        let comments = desk.office.run("comment.find", of_ticket)["items"].clone();
        assert_eq!(comments[0]["body"], "She is a pain", "{}", desk.name);
        assert_eq!(comments[0]["author"], json!(desk.office.id("agent")), "{}", desk.name);
        desk.reply(&came["thread"], json!({})).unwrap();
        let sent = desk.sent();
        assert!(sent.len() == 1 && !sent[0].to_string().contains("a pain"), "{}: {sent:?}", desk.name);
    }
}
