//! Machines that answer each other: they are never answered, and stopped.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{Desk, header};

fn mail(address: &str, more: Json) -> Json {
    let mut mail = json!({"from": {"address": address}, "subject": "Hello", "text": "Is it open on Monday?"});
    mail.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    mail
}

#[test]
fn a_person_is_answered_at_once_and_once_a_day() {
    for desk in Desk::all(&json!({"acknowledgement": "We have your mail, and answer within a day."})) {
        let came = desk.receive(mail("new@umbrella.example", json!({"message_id": "<1@umbrella.example>"})));
        desk.receive(mail("new@umbrella.example", json!({"subject": "Something else"})));
        let sent = desk.sent();
        assert_eq!(sent.len(), 1, "{}: once a day", desk.name);
        assert_eq!(header(&sent[0], "Auto-Submitted"), Some("auto-replied"), "{}", desk.name);
        assert_eq!(header(&sent[0], "In-Reply-To"), Some("<1@umbrella.example>"), "{}", desk.name);
        assert_eq!(sent[0]["recipients"], json!(["new@umbrella.example"]), "{}", desk.name);
        // It is no answer: they wait as before.
        let thread = desk.get("thread", &came["thread"]);
        assert!(thread["waiting_since"].is_string() && thread["last_out"].is_null(), "{thread}");
        let token = sent[0]["reply_to"].clone();
        let answer = desk.receive(mail("new@umbrella.example", json!({"to": [token]})));
        assert_eq!(answer["thread"], came["thread"], "{}", desk.name);
        desk.office.clock.advance(Duration::from_secs(86_400));
        desk.office.clock.advance(Duration::from_secs(1));
        desk.receive(mail("new@umbrella.example", json!({"subject": "A day later"})));
        // What nobody reported is claimed again.
        let again = desk.sent().into_iter().filter(|mail| mail["mail"] != sent[0]["mail"]).count();
        assert_eq!(again, 1, "{}: a day later again", desk.name);
    }
}

#[test]
fn nothing_is_answered_by_itself_that_no_person_wrote() {
    let desk = Desk::memory(json!({"acknowledgement": "We have your mail.", "makes": "ticket"}));
    for (address, more) in [
        ("vacation@umbrella.example", json!({"auto": "out_of_office"})),
        ("robot@umbrella.example", json!({"auto": "auto_reply"})),
        ("news@umbrella.example", json!({"auto": "list"})),
        ("no-reply@umbrella.example", json!({})),
        ("alex@acme.example", json!({})),
        ("forged@umbrella.example", json!({"authentication": "failed"})),
        ("mailer-daemon@umbrella.example", json!({"auto": "bounce"})),
        ("spam@umbrella.example", json!({"spam": true})),
    ] {
        desk.receive(mail(address, more));
    }
    assert!(desk.sent().is_empty());
}

#[test]
fn an_automatic_mail_in_a_thread_wakes_nobody() {
    for desk in Desk::all(&json!({"makes": "ticket"})) {
        let came = desk.first(json!({}));
        desk.reply(&came["thread"], json!({})).unwrap();
        let token = desk.sent()[0]["reply_to"].clone();
        let away = json!({"to": [token], "auto": "out_of_office", "text": "I am back on Monday"});
        let away = desk.receive(mail("sarah@private.example", away));
        assert_eq!(away["thread"], came["thread"], "{}", desk.name);
        let (thread, ticket) = (desk.get("thread", &came["thread"]), desk.get("ticket", &came["ticket"]));
        assert_eq!((&thread["waiting_since"], &ticket["waiting_since"]), (&Json::Null, &Json::Null), "{}", desk.name);
        assert_eq!(desk.get("message", &away["message"])["auto"], "out_of_office", "{}", desk.name);
    }
}

#[test]
fn two_robots_that_answer_each_other_are_stopped() {
    for desk in Desk::all(&json!({"acknowledgement": "We have your mail."})) {
        let mut held = 0;
        for number in 0..30 {
            let subject = json!({"subject": format!("Your mail {number}")});
            held += usize::from(desk.receive(mail("robot@umbrella.example", subject))["reason"] == "loop");
        }
        assert_eq!(held, 10, "{}", desk.name);
        assert_eq!(desk.sent().len(), 1, "{}", desk.name);
        assert_eq!(
            desk.receive(mail("person@umbrella.example", json!({})))["state"],
            "placed",
            "{}: another",
            desk.name
        );
        desk.office.clock.advance(Duration::from_secs(601));
        assert_eq!(desk.receive(mail("robot@umbrella.example", json!({})))["state"], "placed", "{}: later", desk.name);
    }
}
