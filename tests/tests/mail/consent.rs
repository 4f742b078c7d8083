//! Consent hangs on the address, and on a confirmation where the topic wants one.

use serde_json::{Value as Json, json};

use super::{Post, SARAH};

const BILL: &str = "bill@private.example";

/// Asks for consent as a form of the host does.
fn ask(post: &Post) -> Json {
    post.host("consent.grant", json!({"address": BILL, "topic": post.topic("news"), "source": "form"}))
}

fn wanting_confirmation() -> impl Iterator<Item = Post> {
    Post::all().inspect(|post| {
        drop(post.office.run("topic.update", json!({"topic": post.topic("news"), "double_opt_in": true})));
    })
}

#[test]
fn consent_that_is_to_be_confirmed_counts_once_it_is() {
    for post in wanting_confirmation() {
        let asked = ask(&post);
        assert_eq!(
            (&asked["state"], post.may(BILL).as_str()),
            (&json!("pending"), "pending_consent"),
            "{}",
            post.name()
        );
        let token = &asked["token"];
        assert_eq!(post.host("consent.confirm", json!({"token": token})), "granted");
        assert_eq!(post.may(BILL), "ok", "{}", post.name());
        let consent = post.office.run("consent.get", json!({"consent": asked["consent"]}));
        assert_eq!((&consent["basis"], &consent["source"]), (&json!("double_opt_in"), &json!("form")));
        // Once.
        assert_eq!(post.refused("consent.confirm", json!({"token": token})), "consent.token", "{}", post.name());
        // What is granted is not asked for again.
        let again = ask(&post);
        assert_eq!((&again["state"], &again["token"]), (&json!("granted"), &json!(null)), "{}", post.name());
    }
}

#[test]
fn asking_again_within_ten_minutes_sends_nothing_new_and_later_makes_the_old_token_worthless() {
    for post in wanting_confirmation() {
        let first = ask(&post)["token"].clone();
        post.at("2025-11-17T09:09:59Z");
        assert_eq!(ask(&post)["token"], json!(null), "{}", post.name());
        post.at("2025-11-17T09:10:00Z");
        let second = ask(&post)["token"].clone();
        assert_ne!(first, second, "{}", post.name());
        assert_eq!(post.refused("consent.confirm", json!({"token": first})), "consent.token");
        post.at("2025-11-24T09:10:01Z");
        assert_eq!(
            post.refused("consent.confirm", json!({"token": second})),
            "consent.token",
            "{}: after 7 days",
            post.name()
        );
        let third = ask(&post)["token"].clone();
        assert_eq!(post.host("consent.confirm", json!({"token": third})), "granted", "{}", post.name());
    }
}

#[test]
fn a_token_is_for_the_host_and_its_services_alone() {
    let post = Post::on(nexa_tests::backends::memory());
    post.office.run("topic.update", json!({"topic": post.topic("news"), "double_opt_in": true}));
    let with = json!({"address": BILL, "topic": post.topic("news")});
    // Whoever could read it could agree in the name of the person.
    assert_eq!(post.office.run_as("agent", "consent.grant", with).unwrap()["token"], json!(null));
    let with = json!({"address": "anna@private.example", "topic": post.topic("news")});
    assert!(post.office.run_as("service", "consent.grant", with).unwrap()["token"].is_string());
}

#[test]
fn tokens_of_one_purpose_are_nothing_for_another() {
    for post in wanting_confirmation() {
        let mail = post.plan_news("news", &post.sarah());
        post.claim("desk");
        let (preferences, confirmation) = (post.token(&mail), ask(&post)["token"].clone());
        assert_eq!(post.refused("consent.confirm", json!({"token": preferences})), "consent.token", "{}", post.name());
        assert_eq!(post.refused("mail.unsubscribe", json!({"token": confirmation})), "mail.token", "{}", post.name());
    }
}

#[test]
fn a_confirmed_opt_in_lifts_what_only_the_person_can_lift() {
    for post in wanting_confirmation() {
        for (reason, scope) in [("complained", "marketing"), ("erased", "all"), ("unsubscribed", "marketing")] {
            post.office.run("suppression.add", json!({"address": BILL, "reason": reason, "scope": scope}));
        }
        let asked = ask(&post);
        assert_eq!(post.may(BILL), "suppressed", "{}: asking lifts nothing", post.name());
        post.host("consent.confirm", json!({"token": asked["token"]}));
        assert_eq!(post.may(BILL), "ok", "{}", post.name());
        // What the person cannot know stays.
        post.office.run("suppression.add", json!({"address": BILL, "reason": "hard_bounce"}));
        post.office.run("consent.withdraw", json!({"address": BILL, "topic": post.topic("news")}));
        let asked = ask(&post);
        post.host("consent.confirm", json!({"token": asked["token"]}));
        assert_eq!(post.may(BILL), "suppressed", "{}", post.name());
    }
}

#[test]
fn withdrawn_consent_stays_withdrawn_until_somebody_gives_it_again_and_each_change_is_kept() {
    for post in Post::all() {
        let news = post.topic("news");
        let withdrawn = post.office.run("consent.withdraw", json!({"address": SARAH, "topic": news}));
        assert_eq!(post.may(SARAH), "no_consent", "{}", post.name());
        // Also where none was ever given.
        post.office.run("consent.withdraw", json!({"address": BILL, "topic": news}));
        assert_eq!(post.may(BILL), "no_consent", "{}", post.name());
        post.agree(SARAH);
        assert_eq!(post.may(SARAH), "ok", "{}", post.name());
        let history = post.office.run("consent.history", json!({"consent": withdrawn["id"]}));
        let entries = history["items"].as_array().unwrap().len();
        assert!(entries >= 3, "{}: {history}", post.name());
    }
}

#[test]
fn a_topic_stays_what_it_is_once_mail_of_it_was_planned() {
    for post in Post::all() {
        let news = post.topic("news");
        post.office.run("topic.update", json!({"topic": news, "kind": "transactional"}));
        post.office.run("topic.update", json!({"topic": news, "kind": "marketing"}));
        post.plan_news("news", &post.sarah());
        let error =
            post.office.run_as("admin", "topic.update", json!({"topic": news, "kind": "transactional"})).unwrap_err();
        assert_eq!(error.code(), "topic.in_use", "{}", post.name());
    }
}
