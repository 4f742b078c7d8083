//! Senders: how fast, and whether at all.

use serde_json::{Value as Json, json};

use super::Post;

fn configure(post: &Post, fields: Json) {
    let mut with = fields;
    with["sender"] = json!(post.office.id("sender"));
    post.office.run("sender.update", with);
}

#[test]
fn a_senders_rates_are_kept_by_all_workers_together() {
    for post in Post::all() {
        configure(&post, json!({"per_minute": 2, "per_hour": 3}));
        for number in 0..5 {
            post.plan(&format!("letter {number}"), json!({}));
        }
        let leaves = |worker: &str| {
            let mails = post.claim(worker);
            for mail in &mails {
                post.start(mail, worker);
                post.report(mail, worker, "handed_over");
            }
            mails.len()
        };
        assert_eq!([leaves("one"), leaves("two")], [2, 0], "{}", post.name());
        post.at("2025-11-17T09:01:00Z");
        assert_eq!([leaves("two"), leaves("one")], [1, 0], "{}: the hour is full", post.name());
        post.at("2025-11-17T09:59:59Z");
        assert_eq!(leaves("three"), 0, "{}", post.name());
        post.at("2025-11-17T10:00:00Z");
        assert_eq!(leaves("three"), 2, "{}", post.name());
    }
}

#[test]
fn a_domain_that_is_full_holds_up_no_other() {
    for post in Post::all() {
        configure(&post, json!({"per_domain": {"Private.example": 1}}));
        let elsewhere = post.contact("bill@elsewhere.example");
        let (first, second) = (post.plan("first", json!({})), post.plan("second", json!({})));
        let other = post.plan("other", json!({"contact": elsewhere}));
        let claimed = post.claim("desk");
        assert!(claimed.len() == 2 && claimed.contains(&other), "{}", post.name());
        let waiting = if claimed.contains(&first) { &second } else { &first };
        assert_eq!(post.mail(waiting)["not_before"], "2025-11-17T09:01:00.000000Z", "{}", post.name());
        post.at("2025-11-17T09:01:00Z");
        assert_eq!(post.claim("desk"), std::slice::from_ref(waiting), "{}", post.name());
    }
}

#[test]
fn a_sender_that_is_full_or_halted_holds_up_no_other() {
    for post in Post::all() {
        let other =
            post.office.run("sender.create", json!({"name": "Other", "address": "other@acme.example"}))["id"].clone();
        post.office.run("sender.verify", json!({"sender": other}));
        configure(&post, json!({"per_minute": 1}));
        for number in 0..10 {
            post.plan(&format!("letter {number}"), json!({}));
        }
        let mail = post.plan("other", json!({"sender": other, "not_before": "2025-11-17T09:00:30Z"}));
        post.at("2025-11-17T09:00:30Z");
        assert_eq!(
            post.host("mail.claim", json!({"worker": "desk", "limit": 1}))["messages"].as_array().unwrap().len(),
            1
        );
        assert_eq!(post.claim("desk"), [mail], "{}", post.name());
        post.at("2025-11-17T09:02:00Z");
        post.office.run("sender.halt", json!({"sender": post.office.id("sender"), "reason": "The domain moves"}));
        assert_eq!(post.claim("desk"), Vec::<Json>::new(), "{}", post.name());
        assert_eq!(post.try_plan("now", json!({})).unwrap_err().code(), "sender.halted");
        post.office.run("sender.resume", json!({"sender": post.office.id("sender")}));
        assert_eq!(post.claim("desk").len(), 1, "{}", post.name());
    }
}

#[test]
fn nothing_leaves_from_an_address_that_nobody_verified() {
    for post in Post::all() {
        let mail = post.plan("letter", json!({}));
        configure(&post, json!({"address": "moved@acme.example"}));
        assert_eq!(post.try_plan("other", json!({})).unwrap_err().code(), "sender.unverified", "{}", post.name());
        assert_eq!(post.claim("desk"), Vec::<Json>::new(), "{}", post.name());
        post.office.run("sender.verify", json!({"sender": post.office.id("sender")}));
        assert_eq!(post.claim("desk"), [mail], "{}", post.name());
    }
}

#[test]
fn a_sender_halts_by_itself_when_too_much_comes_back_and_admins_hear_of_it() {
    for post in Post::all() {
        post.office.run("org.configure", json!({"mail": {"halting": {"after": 10, "hard_bounces": "20"}}}));
        let mails: Vec<Json> = (0..10)
            .map(|number| {
                let contact = post.contact(&format!("number{number}@private.example"));
                post.plan(&format!("letter {number}"), json!({"contact": contact}))
            })
            .collect();
        assert_eq!(post.claim("desk").len(), 10);
        for mail in &mails {
            post.start(mail, "desk");
            post.report(mail, "desk", "handed_over");
        }
        let state = || post.office.run("sender.get", json!({"sender": post.office.id("sender")}))["state"].clone();
        for (number, mail) in mails.iter().enumerate().take(3) {
            assert_eq!(state(), "active", "{}: after {number}", post.name());
            post.host("mail.record_bounce", json!({"event_id": format!("b{number}"), "mail": mail, "class": "hard"}));
        }
        assert_eq!(state(), "halted", "{}: 3 of 10 are more than 20 %", post.name());
        let heard = json!({"filter": {"field": "reason", "op": "eq", "value": "sender_halted"}});
        let heard = post.office.run("notification.find", heard)["items"].clone();
        assert_eq!(
            (heard.as_array().unwrap().len(), &heard[0]["user"]),
            (1, &json!(post.office.id("admin"))),
            "{}",
            post.name()
        );
        // It goes on, and what came back before is not counted again.
        post.office.run("sender.resume", json!({"sender": post.office.id("sender")}));
        post.host("mail.record_bounce", json!({"event_id": "late", "mail": mails[3], "class": "hard"}));
        assert_eq!(state(), "active", "{}", post.name());
    }
}

#[test]
fn a_rate_of_nothing_is_refused() {
    let post = Post::on(nexa_tests::backends::memory());
    for fields in [json!({"per_minute": 0}), json!({"per_domain": {"private.example": 0}})] {
        let mut with = fields;
        with["sender"] = json!(post.office.id("sender"));
        assert_eq!(post.office.run_as("admin", "sender.update", with).unwrap_err().code(), "field.invalid");
    }
}
