//! Claims: each mail goes to one worker, in order, and not for ever.

use std::{collections::BTreeSet, sync::Barrier, thread};

use nexa_crm::Envelope;
use pollster::block_on;
use serde_json::{Value as Json, json};

use super::{Post, SARAH};

#[test]
fn of_four_workers_that_claim_at_once_each_mail_goes_to_one() {
    for post in Post::all() {
        let planned: BTreeSet<String> =
            (0..40).map(|number| post.plan(&format!("letter {number}"), json!({})).to_string()).collect();
        let start = Barrier::new(4);
        let claimed: Vec<Vec<String>> = thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|worker| {
                    let (session, start) = (post.office.session("system"), &start);
                    scope.spawn(move || {
                        start.wait();
                        let mut mine = Vec::new();
                        loop {
                            let with = json!({"worker": format!("worker {worker}"), "limit": 3});
                            let claimed = block_on(session.execute("mail.claim", with, Envelope::default())).unwrap();
                            let messages = claimed["messages"].as_array().unwrap().clone();
                            if messages.is_empty() {
                                return mine;
                            }
                            mine.extend(messages.iter().map(|message| message["mail"].to_string()));
                        }
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        let all: Vec<String> = claimed.concat();
        assert_eq!(all.len(), planned.len(), "{}: some were claimed twice or not at all", post.name());
        assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), planned, "{}", post.name());
    }
}

#[test]
fn transactional_mail_leaves_before_marketing_and_the_older_before_the_younger() {
    for post in Post::all() {
        let news = post.plan_news("news", &post.sarah());
        let late = post.plan("late", json!({"not_before": "2025-11-17T10:00:00Z"}));
        let second = post.plan("second", json!({"not_before": "2025-11-17T09:30:00Z"}));
        let first = post.plan("first", json!({}));
        post.at("2025-11-17T09:45:00Z");
        assert_eq!(post.claim("desk"), [first, second, news], "{}", post.name());
        assert_eq!(post.state(&late), "planned");
    }
}

#[test]
fn what_a_worker_lost_before_it_left_is_claimed_again_with_the_same_bytes() {
    for post in Post::all() {
        let mail = post.plan_news("letter", &post.sarah());
        let first = post.host("mail.claim", json!({"worker": "one"}));
        post.at("2025-11-17T09:04:59Z");
        assert_eq!(post.claim("two"), Vec::<Json>::new(), "{}: its five minutes are not over", post.name());
        // What changes meanwhile does not change the message.
        post.office.run("contact.update", json!({"contact": post.sarah(), "last_name": "Miller"}));
        post.office.run("sender.update", json!({"sender": post.office.id("sender"), "name": "Acme Inc"}));
        post.at("2025-11-17T09:05:00Z");
        let again = post.host("mail.claim", json!({"worker": "two"}));
        assert_eq!(again["messages"], first["messages"], "{}", post.name());
        assert_eq!(post.mail(&mail)["attempts"], 2);
        let id = mail.as_str().unwrap().replace('-', "");
        let message_id = first["messages"][0]["message_id"].as_str().unwrap();
        assert!(message_id.starts_with(&format!("<{id}.")) && message_id.ends_with("@acme.example>"), "{message_id}");
        // The worker that lost it is refused before a byte leaves, and so is its report.
        let late = json!({"mail": mail, "worker": "one"});
        assert_eq!(post.refused("mail.start", late), "mail.not_yours");
        let report = json!({"mail": mail, "worker": "one", "outcome": "handed_over"});
        assert_eq!(post.refused("mail.report", report), "mail.not_yours");
        assert_eq!(post.start(&mail, "two"), "claimed");
    }
}

#[test]
fn what_a_worker_lost_while_it_left_is_uncertain_and_not_sent_again_by_itself() {
    for post in Post::all() {
        let (mail, news) = (post.plan("letter", json!({})), post.plan_news("news", &post.sarah()));
        assert_eq!(post.claim("one").len(), 2);
        post.start(&mail, "one");
        post.start(&news, "one");
        post.at("2025-11-17T09:06:00Z");
        let claimed = post.host("mail.claim", json!({"worker": "two"}));
        assert_eq!((&claimed["messages"], &claimed["uncertain"]), (&json!([]), &json!(2)), "{}", post.name());
        post.at("2025-11-19T09:00:00Z");
        assert_eq!(post.claim("two"), Vec::<Json>::new(), "{}", post.name());
        assert_eq!([post.state(&mail), post.state(&news)], ["uncertain", "uncertain"]);
        // A person sends it again, with the same Message-ID and a mark.
        let before = post.mail(&mail);
        post.office.run("mail.resend_uncertain", json!({"mail": mail}));
        assert_eq!(post.claim("two"), std::slice::from_ref(&mail), "{}", post.name());
        let after = post.mail(&mail);
        assert_eq!((&after["message_id"], &after["maybe_twice"]), (&before["message_id"], &json!(true)));
        let error = post.office.run_as("agent", "mail.resend_uncertain", json!({"mail": mail})).unwrap_err();
        assert_eq!(error.code(), "mail.not_uncertain");
    }
}

#[test]
fn a_provider_that_takes_a_message_once_is_given_it_again_under_the_same_key() {
    for post in Post::all() {
        let mail = post.plan("letter", json!({}));
        let first = post.host("mail.claim", json!({"worker": "one", "idempotent": true}));
        post.start(&mail, "one");
        post.at("2025-11-17T09:06:00Z");
        let again = post.host("mail.claim", json!({"worker": "two", "idempotent": true}));
        assert_eq!(again["messages"][0]["idempotency_key"], first["messages"][0]["idempotency_key"], "{}", post.name());
        post.report(&mail, "two", "unknown");
        post.at("2025-11-17T09:08:00Z");
        assert_eq!(post.claim("three"), [mail], "{}", post.name());
    }
}

#[test]
fn what_was_unsubscribed_trashed_or_cancelled_after_planning_does_not_leave() {
    for post in Post::all() {
        let one = post.plan_news("first", &post.sarah());
        post.claim("desk");
        let token = post.token(&one);
        post.report(&one, "desk", "temporary");
        let contact = post.contact("bill@private.example");
        let to_bill = post.plan("to bill", json!({"contact": contact}));
        let cancelled = post.plan("cancelled", json!({}));
        post.host("mail.unsubscribe", json!({"token": token}));
        post.office.run("contact.trash", json!({"contact": contact}));
        post.office.run("mail.cancel", json!({"mail": cancelled}));
        post.at("2025-11-17T09:10:00Z");
        let claimed = post.host("mail.claim", json!({"worker": "desk"}));
        assert_eq!((&claimed["messages"], &claimed["skipped"]), (&json!([]), &json!(2)), "{}", post.name());
        let reason = |mail: &Json| post.mail(mail)["reason"].clone();
        assert_eq!([reason(&one), reason(&to_bill)], ["suppressed: unsubscribed", "record_trashed"]);
        assert_eq!(post.state(&cancelled), "cancelled");
        assert_eq!(post.mail(&one)["to"], SARAH);
    }
}

#[test]
fn what_is_too_late_expires_and_does_not_leave_by_surprise() {
    for post in Post::all() {
        let usual = post.plan("usual", json!({}));
        let short = post.plan("short", json!({"expires_at": "2025-11-17T10:00:00Z"}));
        post.at("2025-11-17T10:00:00Z");
        assert_eq!(post.claim("desk"), std::slice::from_ref(&usual), "{}", post.name());
        assert_eq!(post.state(&short), "expired");
        // Nobody works for days, as after an outage, or the storage is an old backup.
        post.at("2025-11-21T09:00:00Z");
        let claimed = post.host("mail.claim", json!({"worker": "desk"}));
        assert_eq!((&claimed["messages"], &claimed["expired"]), (&json!([]), &json!(1)), "{}", post.name());
        assert_eq!(post.state(&usual), "expired");
        let reversed = json!({"not_before": "2025-11-22T09:00:00Z", "expires_at": "2025-11-22T09:00:00Z"});
        assert_eq!(post.try_plan("reversed", reversed).unwrap_err().code(), "field.invalid");
    }
}

#[test]
fn what_is_skipped_holds_nobody_up() {
    for post in Post::all() {
        // More of them than a claim wants, before the one that may leave.
        for number in 0..30 {
            let contact = post.contact(&format!("gone{number}@private.example"));
            post.plan(&format!("gone {number}"), json!({"contact": contact}));
            post.office.run("suppression.add", json!({"address": format!("gone{number}@private.example")}));
        }
        let last = post.plan("last", json!({}));
        let claimed = post.host("mail.claim", json!({"worker": "desk", "limit": 5}));
        assert_eq!(claimed["messages"][0]["mail"], last, "{}", post.name());
        assert_eq!(claimed["skipped"], 30);
    }
}

#[test]
fn one_dedup_key_is_one_mail_for_ever() {
    for post in Post::all() {
        let mail = post.plan("welcome", json!({}));
        let error = post.try_plan("welcome", json!({"text": "Once more"})).unwrap_err();
        assert_eq!((error.code(), &error.params()["mail"]), ("mail.dedup_taken", &mail), "{}", post.name());
        post.claim("desk");
        post.start(&mail, "desk");
        post.report(&mail, "desk", "handed_over");
        post.at("2027-11-17T09:00:00Z");
        assert_eq!(post.try_plan("welcome", json!({})).unwrap_err().code(), "mail.dedup_taken");
    }
}

#[test]
fn only_the_host_claims_and_reports() {
    let post = Post::on(nexa_tests::backends::memory());
    post.plan("letter", json!({}));
    for caller in ["agent", "viewer", "service"] {
        for (operation, with) in [
            ("mail.claim", json!({"worker": "desk"})),
            ("mail.unsubscribe", json!({"token": "x"})),
            ("mail.preferences", json!({"token": "x"})),
        ] {
            let error = post.office.run_as(caller, operation, with).unwrap_err();
            assert_eq!(error.code(), "access.denied", "{caller}: {operation}");
        }
    }
}

#[test]
fn whoever_may_change_the_person_may_write_to_them_and_nobody_else() {
    for post in Post::all() {
        let with = json!({
            "dedup": "letter", "contact": post.sarah(), "sender": post.office.id("sender"), "subject": "Hello", "text": "Hello"
        });
        assert_eq!(post.office.run_as("viewer", "mail.plan", with.clone()).unwrap_err().code(), "access.denied");
        let elsewhere = post.try_plan("elsewhere", json!({"to": "boss@private.example"})).unwrap_err();
        assert_eq!(elsewhere.code(), "mail.no_address", "{}", post.name());
        post.office.run("contact.update", json!({"contact": post.sarah(), "other_emails": ["sarah@home.example"]}));
        let home = post.plan("home", json!({"to": "sarah@home.example"}));
        assert_eq!(post.mail(&home)["to"], "sarah@home.example");
        // A mail is seen by who sees what it is about.
        let ticket =
            post.office.run("ticket.create", json!({"subject": "Broken", "contact": post.sarah()}))["id"].clone();
        let colleague = json!({"user": post.office.id("colleague")});
        post.office.run("ticket.assign", json!({"ticket": ticket, "assignee": colleague}));
        let about = json!({"kind": "ticket", "id": ticket});
        let unseen = post.try_plan("unseen", json!({"about": about})).unwrap_err();
        assert_eq!(unseen.code(), "reference.broken", "{}", post.name());
        let mut of_ticket = with;
        of_ticket["about"] = about;
        let mail = post.office.run("mail.plan", of_ticket)["id"].clone();
        let hidden = post.office.run_as("agent", "mail.get", json!({"mail": mail})).unwrap_err();
        assert_eq!(hidden.code(), "record.not_found", "{}", post.name());
        let seen = post.office.run_as("colleague", "mail.get", json!({"mail": mail})).unwrap();
        assert_eq!(seen["content"]["text"], "Hello");
    }
}
