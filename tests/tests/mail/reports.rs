//! Reports: every way from one state to another, and the ways that there are not.

use serde_json::{Value as Json, json};

use super::Post;

#[test]
fn an_outcome_decides_what_becomes_of_a_mail_and_of_no_other() {
    for post in Post::all() {
        let outcomes = [
            ("handed_over", "handed_over"),
            ("temporary", "planned"),
            ("permanent", "failed"),
            ("unknown", "uncertain"),
        ];
        let mails: Vec<Json> = outcomes.iter().map(|(outcome, _)| post.plan(outcome, json!({}))).collect();
        assert_eq!(post.claim("desk").len(), mails.len(), "{}", post.name());
        for (mail, (outcome, state)) in mails.iter().zip(outcomes) {
            assert_eq!(post.start(mail, "desk"), "claimed");
            assert_eq!(post.report(mail, "desk", outcome), state, "{}", post.name());
            // The same again, and another one: it was reported.
            for again in [outcome, "temporary"] {
                if (state, again) != ("uncertain", "temporary") {
                    let before = post.mail(mail);
                    assert_eq!(post.report(mail, "desk", again), state, "{}: {outcome}, then {again}", post.name());
                    assert_eq!(post.mail(mail), before, "{}: {outcome}, then {again}", post.name());
                }
            }
        }
        for (mail, (_, state)) in mails.iter().zip(outcomes) {
            assert_eq!(post.state(mail), state, "{}", post.name());
        }
    }
}

#[test]
fn a_late_report_of_the_holder_says_what_nobody_knew() {
    for (outcome, state) in
        [("handed_over", "handed_over"), ("temporary", "planned"), ("permanent", "failed"), ("unknown", "uncertain")]
    {
        for post in Post::all() {
            let mail = post.plan("letter", json!({}));
            post.claim("one");
            post.start(&mail, "one");
            post.at("2025-11-17T09:30:00Z");
            assert_eq!(post.claim("two"), Vec::<Json>::new());
            assert_eq!(post.state(&mail), "uncertain");
            let other = json!({"mail": mail, "worker": "two", "outcome": outcome});
            assert_eq!(post.refused("mail.report", other), "mail.not_yours");
            assert_eq!(post.report(&mail, "one", outcome), state, "{}: {outcome}", post.name());
        }
    }
}

#[test]
fn what_a_server_puts_off_is_tried_six_times_more_and_then_has_failed() {
    for post in Post::all() {
        let mail = post.plan("letter", json!({"expires_at": "2025-12-17T09:00:00Z"}));
        let mut now = nexa_crm::Timestamp::parse("2025-11-17T09:00:00Z").unwrap();
        for minutes in [1, 5, 30, 120, 360, 720] {
            assert_eq!(post.claim("desk"), std::slice::from_ref(&mail), "{}: before {minutes} minutes", post.name());
            post.start(&mail, "desk");
            assert_eq!(post.report(&mail, "desk", "temporary"), "planned");
            let minute = 60_000_000;
            let due = nexa_crm::Timestamp::from_micros(now.micros() + minutes * minute);
            post.office.clock.set(nexa_crm::Timestamp::from_micros(due.micros() - 1));
            assert_eq!(post.claim("desk"), Vec::<Json>::new(), "{}: {minutes} minutes are not over", post.name());
            post.office.clock.set(due);
            now = due;
        }
        assert_eq!(post.claim("desk"), std::slice::from_ref(&mail));
        assert_eq!(post.report(&mail, "desk", "temporary"), "failed", "{}", post.name());
        assert_eq!(post.mail(&mail)["put_off"], 6);
    }
}

#[test]
fn there_is_no_way_from_one_state_to_another_but_these() {
    for post in Post::all() {
        let planned = post.plan("planned", json!({"not_before": "2025-12-01T09:00:00Z"}));
        for (operation, with) in [
            ("mail.start", json!({"mail": planned, "worker": "desk"})),
            ("mail.report", json!({"mail": planned, "worker": "desk", "outcome": "handed_over"})),
        ] {
            assert_eq!(post.refused(operation, with), "mail.not_claimed", "{}", post.name());
        }
        let (open, leaving) = (post.plan("open", json!({})), post.plan("leaving", json!({})));
        assert_eq!(post.claim("desk").len(), 2);
        post.start(&leaving, "desk");
        // What has not begun to leave is held back, and its worker is told before a byte leaves.
        post.office.run("mail.cancel", json!({"mail": open}));
        assert_eq!(post.refused("mail.start", json!({"mail": open, "worker": "desk"})), "mail.over");
        assert_eq!(post.report(&open, "desk", "temporary"), "cancelled", "{}", post.name());
        let leaving_now = post.office.run_as("agent", "mail.cancel", json!({"mail": leaving})).unwrap_err();
        assert_eq!(leaving_now.code(), "mail.leaving");
        post.report(&leaving, "desk", "handed_over");
        for over in [&open, &leaving] {
            let error = post.office.run_as("agent", "mail.cancel", json!({"mail": over})).unwrap_err();
            assert_eq!(error.code(), "mail.over", "{}", post.name());
        }
        assert_eq!(post.refused("mail.start", json!({"mail": leaving, "worker": "desk"})), "mail.over");
        // A planned mail that was put off is not started without a claim.
        let again = post.plan("again", json!({}));
        post.claim("desk");
        post.report(&again, "desk", "temporary");
        assert_eq!(post.refused("mail.start", json!({"mail": again, "worker": "desk"})), "mail.not_claimed");
        // Of one that was held back and left all the same, the truth is written down.
        let ignored = post.plan("ignored", json!({}));
        post.claim("desk");
        post.office.run("mail.cancel", json!({"mail": ignored}));
        assert_eq!(post.report(&ignored, "desk", "handed_over"), "handed_over", "{}", post.name());
    }
}

#[test]
fn a_code_that_names_no_mailbox_is_a_bounce() {
    for post in Post::all() {
        let (full, dead) = (post.plan("full", json!({})), post.plan("dead", json!({})));
        post.claim("desk");
        for (mail, code) in [(&full, "5.2.2"), (&dead, "5.1.1")] {
            post.start(mail, "desk");
            let report =
                json!({"mail": mail, "worker": "desk", "outcome": "permanent", "code": code, "detail": "No such user"});
            assert_eq!(post.host("mail.report", report), "failed");
        }
        assert_eq!(post.mail(&full)["bounced_at"], json!(null), "{}", post.name());
        assert_eq!(post.mail(&dead)["bounce_code"], "5.1.1");
        let skipped = post.plan("another", json!({}));
        assert_eq!(post.mail(&skipped)["reason"], "suppressed: hard_bounce", "{}", post.name());
    }
}

#[test]
fn claims_and_reports_are_not_undone() {
    let post = Post::on(nexa_tests::backends::memory());
    let mail = post.plan("letter", json!({}));
    let last_unit = || match post.office.events().last() {
        Some(nexa_crm::FeedItem::Changed(change)) => change.unit,
        other => panic!("{other:?}"),
    };
    for step in ["mail.claim", "mail.start", "mail.report"] {
        match step {
            "mail.claim" => drop(post.claim("desk")),
            "mail.start" => drop(post.start(&mail, "desk")),
            _ => drop(post.report(&mail, "desk", "handed_over")),
        }
        let error = post.office.run_as("admin", "ledger.undo", json!({"unit": last_unit()})).unwrap_err();
        assert_eq!(error.code(), "undo.final", "{step}");
        assert!(error.message().contains("message"), "{}", error.message());
    }
}
