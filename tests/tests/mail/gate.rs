//! The gate: what it says, in which order, and that a cap and the night put off and do not lose.

use serde_json::{Value as Json, json};

use super::{Post, SARAH};

/// What the gate says of a mail.
fn may(post: &Post, with: Json) -> String {
    post.office.run("mail.may", with)["verdict"].as_str().unwrap().to_owned()
}

#[test]
fn the_first_of_what_stands_in_the_way_is_named() {
    for post in Post::all() {
        let news = post.topic("news");
        let nameless = post.office.run("contact.create", json!({"last_name": "Nobody"}))["id"].clone();
        assert_eq!(may(&post, json!({"contact": nameless, "topic": news})), "no_address", "{}", post.name());
        assert_eq!(may(&post, json!({"address": "sarah at home", "topic": news})), "invalid_address");
        // Everything stands in the way of Bill; one after another is taken away.
        let bill = "bill@private.example";
        let contact = post.contact(bill);
        let asked = json!({"contact": contact, "topic": news});
        post.office.run("org.configure", json!({"mail": {
            "preferences_page": "https://acme.example/p", "quiet_hours": {"from": "08:00", "to": "12:00"}, "frequency_cap": {"most": 0}
        }}));
        post.office.run("contact.trash", json!({"contact": contact}));
        let suppressed = post.office.run("suppression.add", json!({"address": bill}));
        let gate = post.office.run("mail.may", asked.clone());
        assert_eq!(
            gate,
            json!({"verdict": "suppressed", "suppression": suppressed["id"], "reason": "manual"}),
            "{}",
            post.name()
        );
        post.office.run("suppression.lift", json!({"suppression": suppressed["id"], "reason": "A mistake"}));
        assert_eq!(may(&post, asked.clone()), "no_consent");
        post.office.run("topic.update", json!({"topic": news, "double_opt_in": true}));
        post.office.run("consent.grant", json!({"address": bill, "topic": news}));
        assert_eq!(may(&post, asked.clone()), "pending_consent", "{}", post.name());
        post.office.run("topic.update", json!({"topic": news, "double_opt_in": false}));
        post.agree(bill);
        assert_eq!(may(&post, asked.clone()), "record_trashed", "{}", post.name());
        post.office.run("contact.restore", json!({"contact": contact}));
        assert_eq!(may(&post, asked.clone()), "frequency_cap");
        post.office.run("org.configure", json!({"mail": {"quiet_hours": {"from": "08:00", "to": "12:00"}}}));
        let gate = post.office.run("mail.may", asked.clone());
        assert_eq!(gate, json!({"verdict": "quiet_hours", "until": "2025-11-17T12:00:00.000000Z"}), "{}", post.name());
        post.office.run("org.configure", json!({"mail": {}}));
        assert_eq!(may(&post, asked), "ok", "{}", post.name());
    }
}

#[test]
fn what_belongs_to_what_somebody_has_with_us_passes_what_they_said_of_marketing() {
    for post in Post::all() {
        let service = post.topic("service");
        for reason in ["unsubscribed", "complained"] {
            post.office.run("suppression.add", json!({"address": SARAH, "reason": reason, "scope": "marketing"}));
        }
        let transactional = json!({"address": SARAH, "topic": service});
        let by_person = json!({"address": SARAH, "topic": post.topic("news"), "purpose": "person"});
        assert_eq!(post.may(SARAH), "suppressed", "{}", post.name());
        assert_eq!([may(&post, transactional.clone()), may(&post, by_person.clone())], ["ok", "ok"], "{}", post.name());
        // Nothing passes an address that does not exist, or that somebody closed.
        for reason in ["hard_bounce", "manual", "soft_bounces", "erased"] {
            let address = format!("{}@private.example", reason.replace('_', "."));
            post.office.run("suppression.add", json!({"address": address, "reason": reason}));
            for asked in [&transactional, &by_person] {
                let mut asked = asked.clone();
                asked["address"] = json!(address);
                assert_eq!(may(&post, asked), "suppressed", "{}: {reason}", post.name());
            }
        }
    }
}

#[test]
fn a_fourth_mail_of_marketing_within_a_week_waits_until_the_first_is_a_week_old() {
    for post in Post::all() {
        let mails: Vec<Json> = (0..4)
            .map(|day| {
                post.at(&format!("2025-11-{}T09:00:00Z", 17 + day));
                let expires =
                    json!({"purpose": "system", "topic": post.topic("news"), "expires_at": "2025-12-31T00:00:00Z"});
                let mail = post.plan(&format!("news {day}"), expires);
                post.claim("desk");
                if post.state(&mail) == "claimed" {
                    post.start(&mail, "desk");
                    post.report(&mail, "desk", "handed_over");
                }
                mail
            })
            .collect();
        let states: Vec<String> = mails.iter().map(|mail| post.state(mail)).collect();
        assert_eq!(states, ["handed_over", "handed_over", "handed_over", "planned"], "{}", post.name());
        assert_eq!(post.mail(&mails[3])["not_before"], "2025-11-24T09:00:00.000000Z");
        // What a person writes, and what is transactional, does not wait and does not count.
        let letter = post.plan("letter", json!({}));
        assert_eq!(post.claim("desk"), [letter], "{}", post.name());
        post.at("2025-11-24T09:00:00Z");
        assert_eq!(post.claim("desk"), [mails[3].clone()], "{}", post.name());
    }
}

#[test]
fn several_mails_of_one_claim_count_for_the_cap() {
    for post in Post::all() {
        for number in 0..5 {
            post.plan_news(&format!("news {number}"), &post.sarah());
        }
        let claimed = post.host("mail.claim", json!({"worker": "desk"}));
        assert_eq!(claimed["messages"].as_array().unwrap().len(), 3, "{}", post.name());
        assert_eq!(claimed["put_off"], 2, "{}", post.name());
    }
}

#[test]
fn marketing_waits_for_the_morning_where_the_person_is() {
    for post in Post::all() {
        post.office.run(
            "org.configure",
            json!({"mail": {
                "preferences_page": "https://acme.example/p", "quiet_hours": {"from": "21:00", "to": "08:00"}
            }}),
        );
        let away = post
            .office
            .run("contact.create", json!({"email": "anna@private.example", "time_zone": "America/Los_Angeles"}));
        post.agree("anna@private.example");
        // Nine in the morning here is one in the night there.
        let to_anna = post.plan_news("to Anna", &away["id"]);
        let to_sarah = post.plan_news("to Sarah", &post.sarah());
        let letter = post.plan("letter", json!({"contact": away["id"]}));
        let claimed = post.claim("desk");
        assert!(claimed.contains(&to_sarah) && claimed.contains(&letter) && claimed.len() == 2, "{}", post.name());
        assert_eq!(post.mail(&to_anna)["not_before"], "2025-11-17T16:00:00.000000Z", "{}", post.name());
        post.at("2025-11-17T16:00:00Z");
        assert!(post.claim("desk").contains(&to_anna), "{}", post.name());
    }
}

#[test]
fn settings_that_mean_nothing_are_refused() {
    let post = Post::on(nexa_tests::backends::memory());
    for mail in [
        json!({"frequency_cap": {"days": 0}}),
        json!({"quiet_hours": {"from": "08:00", "to": "08:00"}}),
        json!({"preferences_page": "http://acme.example"}),
        json!({"halting": {"complaints": "101"}}),
    ] {
        let error = post.office.run_as("admin", "org.configure", json!({"mail": mail})).unwrap_err();
        assert_eq!(error.code(), "field.invalid", "{mail}");
    }
    post.office.run("org.configure", json!({"mail": null}));
    let no_page = post.try_plan("news", json!({"purpose": "system", "topic": post.topic("news")})).unwrap_err();
    assert_eq!(no_page.code(), "mail.no_preferences_page");
}
