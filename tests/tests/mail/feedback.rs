//! What comes back counts once, in whatever order it comes.

use serde_json::{Value as Json, json};

use super::{Post, SARAH};

/// A mail that left.
fn sent(post: &Post, dedup: &str) -> Json {
    let mail = post.plan(dedup, json!({}));
    post.claim("desk");
    post.start(&mail, "desk");
    post.report(&mail, "desk", "handed_over");
    mail
}

#[test]
fn a_hard_bounce_suppresses_the_address_that_was_mailed_not_the_one_of_today() {
    for post in Post::all() {
        let mail = sent(&post, "letter");
        post.office.run("contact.update", json!({"contact": post.sarah(), "email": "sarah@new.example"}));
        let message_id = post.mail(&mail)["message_id"].clone();
        let bounce = json!({"event_id": "e1", "message_id": message_id, "class": "hard", "code": "5.1.1"});
        assert_eq!(
            post.host("mail.record_bounce", bounce.clone()),
            json!({"taken": true, "mail": mail}),
            "{}",
            post.name()
        );
        let verdict = |address: &str| post.office.run("mail.may", json!({"address": address}))["verdict"].clone();
        assert_eq!([verdict(SARAH), verdict("sarah@new.example")], ["suppressed", "ok"], "{}", post.name());
        // Doubled.
        let before = post.mail(&mail);
        assert_eq!(post.host("mail.record_bounce", bounce)["taken"], false);
        assert_eq!(post.mail(&mail), before, "{}", post.name());
        let forged = json!({"event_id": "e2", "message_id": "<1.x@acme.example>", "class": "hard"});
        assert_eq!(post.refused("mail.record_bounce", forged), "record.not_found", "{}", post.name());
        assert_eq!(post.refused("mail.record_bounce", json!({"event_id": "e3", "class": "hard"})), "mail.unnamed");
    }
}

#[test]
fn events_end_in_the_same_state_in_whatever_order_they_come() {
    let events = [
        ("mail.record_delivery", json!({"event_id": "d", "at": "2025-11-17T09:01:00Z"})),
        (
            "mail.record_bounce",
            json!({"event_id": "b1", "class": "block", "code": "5.7.1", "at": "2025-11-17T09:03:00Z"}),
        ),
        (
            "mail.record_bounce",
            json!({"event_id": "b2", "class": "soft", "code": "4.2.2", "at": "2025-11-17T09:02:00Z"}),
        ),
        ("mail.record_complaint", json!({"event_id": "c", "at": "2025-11-17T09:04:00Z"})),
        ("mail.record_reply", json!({"event_id": "r", "at": "2025-11-17T09:05:00Z"})),
    ];
    let orders = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]];
    for post in Post::all() {
        let mut ends: Vec<Json> = Vec::new();
        for (number, order) in orders.iter().enumerate() {
            let mail = sent(&post, &format!("letter {number}"));
            for index in order.iter().chain(order) {
                let (operation, with) = &events[*index];
                let mut with = with.clone();
                with["mail"] = mail.clone();
                with["event_id"] = json!(format!("{}{number}", with["event_id"].as_str().unwrap()));
                post.host(operation, with);
            }
            let end = post.mail(&mail);
            let fields = ["state", "delivered_at", "bounced_at", "bounce_code", "complained_at", "replied_at"];
            ends.push(fields.iter().map(|field| end[field].clone()).collect());
        }
        assert_eq!(
            ends[0],
            json!([
                "handed_over",
                "2025-11-17T09:01:00.000000Z",
                "2025-11-17T09:02:00.000000Z",
                "4.2.2",
                "2025-11-17T09:04:00.000000Z",
                "2025-11-17T09:05:00.000000Z"
            ]),
            "{}",
            post.name()
        );
        assert!(ends.iter().all(|end| *end == ends[0]), "{}: {ends:?}", post.name());
    }
}

#[test]
fn the_third_soft_bounce_of_different_mails_within_thirty_days_suppresses() {
    for post in Post::all() {
        let mails = ["one", "two", "three"].map(|dedup| sent(&post, dedup));
        let verdict = || post.office.run("mail.may", json!({"address": SARAH}));
        let soft = |event: &str, mail: &Json, at: &str| {
            post.host("mail.record_bounce", json!({"event_id": event, "mail": mail, "class": "soft", "at": at}));
        };
        soft("1", &mails[0], "2025-11-01T00:00:00Z");
        // The same mail again and again, as servers that try it again say.
        for event in ["2", "3", "4"] {
            soft(event, &mails[0], "2025-11-02T00:00:00Z");
        }
        soft("5", &mails[1], "2025-11-20T00:00:00Z");
        assert_eq!(verdict()["verdict"], "ok", "{}", post.name());
        // More than 30 days after the first.
        soft("6", &mails[2], "2025-12-03T00:00:00Z");
        assert_eq!(verdict()["verdict"], "ok", "{}", post.name());
        // One that comes late, of a mail in between.
        let fourth = sent(&post, "four");
        soft("7", &fourth, "2025-11-25T00:00:00Z");
        assert_eq!(verdict()["reason"], "soft_bounces", "{}", post.name());
    }
}

#[test]
fn a_block_is_never_the_persons_fault_and_an_answering_machine_no_answer() {
    for post in Post::all() {
        let mail = sent(&post, "letter");
        for event in 0..5 {
            let block = json!({"event_id": format!("b{event}"), "mail": mail, "class": "block", "code": "5.7.1"});
            post.host("mail.record_bounce", block);
        }
        assert_eq!(post.office.run("mail.may", json!({"address": SARAH}))["verdict"], "ok", "{}", post.name());
        let auto = json!({"event_id": "r1", "mail": mail, "auto": true});
        assert_eq!(post.host("mail.record_reply", auto)["taken"], false);
        assert_eq!(post.mail(&mail)["replied_at"], json!(null), "{}", post.name());
        post.host("mail.record_reply", json!({"event_id": "r2", "mail": mail}));
        assert!(post.mail(&mail)["replied_at"].is_string(), "{}", post.name());
    }
}

#[test]
fn a_complaint_stops_marketing_and_not_what_somebody_has_with_us() {
    for post in Post::all() {
        let mail = sent(&post, "letter");
        post.host("mail.record_complaint", json!({"event_id": "c", "mail": mail}));
        let service = post.office.run("mail.may", json!({"address": SARAH, "topic": post.topic("service")}));
        assert_eq!((post.may(SARAH).as_str(), &service["verdict"]), ("suppressed", &json!("ok")), "{}", post.name());
    }
}

#[test]
fn what_arrived_or_came_back_is_not_uncertain() {
    for operation in ["mail.record_delivery", "mail.record_reply"] {
        for post in Post::all() {
            let mail = post.plan("letter", json!({}));
            post.claim("desk");
            post.start(&mail, "desk");
            post.report(&mail, "desk", "unknown");
            post.host(operation, json!({"event_id": "e", "mail": mail}));
            assert_eq!(post.state(&mail), "handed_over", "{}: {operation}", post.name());
        }
    }
}
