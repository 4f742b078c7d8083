//! What a message is as bytes.

use mail_parser::{HeaderValue, MessageParser};
use nexa_connect::smtp::bytes;
use nexa_core::mail::FinishedMessage;
use serde_json::{Value, json};

/// A message to these recipients of the envelope.
pub(crate) fn message(recipients: &[&str]) -> FinishedMessage {
    with(json!({"recipients": recipients}))
}

/// A message with some fields of its own.
pub(crate) fn with(fields: Value) -> FinishedMessage {
    let mut message = json!({
        "mail": "0194c3a0-0000-7000-8000-000000000001",
        "idempotency_key": "mail:1",
        "message_id": "<0194c3a0.1@acme.test>",
        "envelope_from": "bounces@acme.test",
        "recipients": ["ann@example.test"],
        "from": {"name": "Zoë, of Acme", "address": "zoe@acme.test"},
        "to": [{"name": "Ann", "address": "ann@example.test"}],
        "date": "2026-03-31T10:00:00.000000Z",
        "subject": "Grüße, Ann",
        "text": "Hello Ann,\n.\n.. a line of dots and ünicode\n",
        "html": "<p>Hello =_ Ann</p>",
        "headers": [
            {"name": "Auto-Submitted", "value": "auto-generated"},
            {"name": "List-Unsubscribe", "value": "<https://acme.test/u/abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789>"},
            {"name": "List-Unsubscribe-Post", "value": "List-Unsubscribe=One-Click"},
        ],
    });
    let of_message = message.as_object_mut().unwrap();
    of_message.extend(fields.as_object().unwrap().clone());
    serde_json::from_value(message).unwrap()
}

#[test]
fn a_message_says_what_it_is_made_of() {
    let made = bytes(&with(json!({"reply_to": {"address": "help@acme.test"}}))).unwrap();
    assert!(made.is_ascii());
    let read = MessageParser::default().parse(&made).unwrap();
    assert_eq!(read.message_id(), Some("0194c3a0.1@acme.test"));
    assert_eq!(read.subject(), Some("Grüße, Ann"));
    assert_eq!(read.date().unwrap().to_rfc3339(), "2026-03-31T10:00:00Z");
    let from = read.from().unwrap().first().unwrap();
    assert_eq!((from.name(), from.address()), (Some("Zoë, of Acme"), Some("zoe@acme.test")));
    assert_eq!(read.reply_to().unwrap().first().unwrap().address(), Some("help@acme.test"));
    assert_eq!(
        read.body_text(0).unwrap().replace("\r\n", "\n").trim_end(),
        "Hello Ann,\n.\n.. a line of dots and ünicode"
    );
    assert_eq!(read.body_html(0).unwrap().trim_end(), "<p>Hello =_ Ann</p>");
    for (name, value) in [("Auto-Submitted", "auto-generated"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
    {
        let Some(HeaderValue::Text(found)) = read.header(name) else { panic!("{name}") };
        assert_eq!(found, value);
    }
    // One link on one line, as RFC 8058 wants it.
    let text = String::from_utf8(made).unwrap();
    let unfolded = text.replace("\r\n ", " ");
    assert!(unfolded.contains("\r\nList-Unsubscribe: <https://acme.test/u/abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789>\r\n"), "{text}");
    assert!(text.split("\r\n").all(|line| !line.contains('\n') && line.len() <= 998));
}

#[test]
fn the_same_message_has_the_same_bytes() {
    let once = bytes(&message(&["ann@example.test"])).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(2));
    assert_eq!(once, bytes(&message(&["ann@example.test"])).unwrap());
    let other = with(json!({"mail": "0194c3a0-0000-7000-8000-000000000002"}));
    assert_ne!(once, bytes(&other).unwrap());
}

#[test]
fn who_is_in_the_envelope_alone_is_not_in_the_message() {
    let made = bytes(&message(&["ann@example.test", "secret@example.test"])).unwrap();
    assert!(!String::from_utf8(made).unwrap().contains("secret"));
}

#[test]
fn a_text_alone_has_no_parts() {
    let made = String::from_utf8(bytes(&with(json!({"html": null}))).unwrap()).unwrap();
    assert!(made.contains("Content-Type: text/plain") && !made.contains("multipart"), "{made}");
}

#[test]
fn nothing_that_is_given_begins_a_header() {
    for fields in [
        json!({"headers": [{"name": "X-Note", "value": "a\r\nBcc: all@example.test"}]}),
        json!({"headers": [{"name": "X-Note", "value": "a\nb"}]}),
        json!({"headers": [{"name": "X-Note: a\r\nBcc", "value": "b"}]}),
        json!({"headers": [{"name": "X Note", "value": "b"}]}),
        json!({"headers": [{"name": "", "value": "b"}]}),
        json!({"headers": [{"name": "Bcc", "value": "all@example.test"}]}),
        json!({"headers": [{"name": "FROM", "value": "x@example.test"}]}),
        json!({"headers": [{"name": "Content-Type", "value": "text/html"}]}),
        json!({"message_id": "<a\r\nBcc: all@example.test>"}),
    ] {
        assert!(bytes(&with(fields.clone())).is_err(), "{fields}");
    }
}

#[test]
fn domains_are_as_dns_has_them() {
    let fields = json!({
        "to": [{"address": "ann@bücher.test"}], "from": {"address": "zoe@bücher.test"}, "recipients": ["ann@bücher.test"],
    });
    let made = String::from_utf8(bytes(&with(fields)).unwrap()).unwrap();
    assert_eq!(made.matches("@xn--bcher-kva.test").count(), 2, "{made}");
}
