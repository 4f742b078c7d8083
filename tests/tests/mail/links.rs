//! The links of a mail: by token alone, whatever became of everything else, and by no program that follows links.

use nexa_crm::mail::token;
use serde_json::{Value as Json, json};

use super::{Post, SARAH};

/// A mail of marketing that left, with its token.
fn sent(post: &Post) -> (Json, String) {
    let mail = post.plan_news("news", &post.sarah());
    post.claim("desk");
    post.start(&mail, "desk");
    post.report(&mail, "desk", "handed_over");
    let token = post.token(&mail);
    (mail, token)
}

#[test]
fn marketing_carries_the_headers_of_one_click_and_a_link_that_is_seen() {
    for post in Post::all() {
        post.plan_news("news", &post.sarah());
        post.plan("letter", json!({}));
        let claimed = post.host("mail.claim", json!({"worker": "desk"}));
        let (letter, news) = (&claimed["messages"][0], &claimed["messages"][1]);
        let header = |message: &Json, name: &str| {
            let headers = message["headers"].as_array().cloned().unwrap_or_default();
            headers
                .iter()
                .find(|header| header["name"] == name)
                .map(|header| header["value"].as_str().unwrap().to_owned())
        };
        let unsubscribe = header(news, "List-Unsubscribe").unwrap();
        assert!(
            unsubscribe.starts_with("<https://acme.example/preferences?token=") && unsubscribe.ends_with('>'),
            "{unsubscribe}"
        );
        assert_eq!(header(news, "List-Unsubscribe-Post").unwrap(), "List-Unsubscribe=One-Click");
        assert_eq!(header(news, "Auto-Submitted").unwrap(), "auto-generated");
        assert_eq!(news["signed_headers"], json!(["List-Unsubscribe", "List-Unsubscribe-Post"]), "{}", post.name());
        assert!(news["text"].as_str().unwrap().contains(unsubscribe.trim_matches(['<', '>'])));
        assert_eq!((header(letter, "List-Unsubscribe"), header(letter, "Auto-Submitted")), (None, None));
        assert_eq!(
            (&letter["to"][0]["name"], &letter["from"]["address"]),
            (&json!("Sarah Chen"), &json!("hello@acme.example"))
        );
        assert_eq!(letter["text"], "It ends on Friday.", "{}", post.name());
    }
}

#[test]
fn only_a_post_unsubscribes() {
    for post in Post::all() {
        let (_, token) = sent(&post);
        let head = post.office.head();
        for (method, page) in [("GET", "ask"), ("head", "ask"), ("POST", "unsubscribe"), ("DELETE", "refuse")] {
            let link = post.host("mail.link", json!({"token": token, "method": method}));
            assert_eq!(link["page"], page, "{}: {method}", post.name());
        }
        assert_eq!((post.office.head(), post.may(SARAH).as_str()), (head, "ok"), "{}", post.name());
        post.host("mail.unsubscribe", json!({"token": token}));
        assert_eq!(post.may(SARAH), "suppressed", "{}", post.name());
        // The same again changes nothing.
        let head = post.office.head();
        post.host("mail.unsubscribe", json!({"token": token}));
        assert_eq!(post.office.head(), head, "{}", post.name());
    }
}

#[test]
fn unsubscribing_works_years_later_after_everything_was_trashed_and_purged() {
    for post in Post::all() {
        let (_, token) = sent(&post);
        post.office.run("contact.trash", json!({"contact": post.sarah()}));
        post.office.run("contact.purge", json!({"contact": post.sarah()}));
        post.at("2031-01-01T00:00:00Z");
        let left = post.host("mail.unsubscribe", json!({"token": token, "scope": "marketing"}));
        assert!(left["topics"].as_array().unwrap().iter().all(|topic| topic["subscribed"] == false), "{}", post.name());
        assert_eq!(post.may(SARAH), "suppressed", "{}", post.name());
    }
}

#[test]
fn the_page_shows_topics_and_nothing_of_the_person() {
    for post in Post::all() {
        post.office.run("topic.create", json!({"name": "Offers", "key": "offers"}));
        let (_, token) = sent(&post);
        let choices = post.host("mail.preferences", json!({"token": token}));
        let shown: Vec<(&str, bool)> = choices["topics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|topic| (topic["key"].as_str().unwrap(), topic["subscribed"].as_bool().unwrap()))
            .collect();
        assert_eq!(shown, [("news", true), ("offers", false)], "{}: what is not marketing is not there", post.name());
        for secret in [SARAH, "Sarah", "Chen"] {
            assert!(!choices.to_string().contains(secret), "{}: {choices}", post.name());
        }
    }
}

#[test]
fn subscribing_again_takes_back_what_unsubscribing_did_and_nothing_else() {
    for post in Post::all() {
        let (_, token) = sent(&post);
        post.host("mail.unsubscribe", json!({"token": token, "scope": "marketing"}));
        let choices = post.host("mail.resubscribe", json!({"token": token}));
        assert_eq!(
            (&choices["topics"][0]["subscribed"], post.may(SARAH).as_str()),
            (&json!(true), "ok"),
            "{}",
            post.name()
        );
        // A complaint is not taken back with a link.
        post.office.run("suppression.add", json!({"address": SARAH, "reason": "complained", "scope": "marketing"}));
        post.host("mail.unsubscribe", json!({"token": token}));
        post.host("mail.resubscribe", json!({"token": token}));
        assert_eq!(post.may(SARAH), "suppressed", "{}", post.name());
        // Nor consent that was withdrawn otherwise.
        post.agree("bill@private.example");
    }
}

#[test]
fn a_token_that_was_changed_or_is_another_tenants_is_none() {
    for post in Post::all() {
        let (_, token) = sent(&post);
        assert_eq!(token::org_of(&token), Some(post.office.org), "{}", post.name());
        for position in 0..token.len() {
            let other = if token.as_bytes()[position] == b'A' { "B" } else { "A" };
            let changed = format!("{}{other}{}", &token[..position], &token[position + 1..]);
            assert_eq!(post.refused("mail.unsubscribe", json!({"token": changed})), "mail.token", "{position}");
        }
        for none in ["", "x", &token[1..], &format!("{token}A"), &token[..token.len() - 1]] {
            assert_eq!(post.refused("mail.preferences", json!({"token": none})), "mail.token", "{none}");
        }
        let other = nexa_crm::testing::Office::another(post.backend.store.clone());
        let error = other.run_as("system", "mail.unsubscribe", json!({"token": token})).unwrap_err();
        assert_eq!(error.code(), "mail.token", "{}", post.name());
    }
}

#[test]
fn nobody_reads_the_key() {
    for post in Post::all() {
        sent(&post);
        for caller in ["admin", "system"] {
            for operation in ["mail_secret.get", "mail_secret.find", "mail_secret.count"] {
                let error = post.office.run_as(caller, operation, json!({})).unwrap_err();
                assert_eq!(error.code(), "operation.unknown", "{}: {operation}", post.name());
            }
        }
        let secret = format!("{:?}", post.office.events());
        assert!(!secret.contains("mail_secret"), "{}: the key is in the ledger", post.name());
    }
}
