//! Mails that templates make: what they are made of, when, and what is refused.

use nexa_crm::ErrorKind;
use serde_json::{Value as Json, json};

use super::{Post, SARAH};

fn english(subject: &str, part: &str, source: &str) -> Json {
    json!([{"locale": "en", "subject": subject, part: source}])
}

const NEWS: &str =
    "<p>Hi {{ contact.first_name }}</p><a href=\"{{ unsubscribe_url }}\">Enough</a><p>{{ org.address }}</p>";

impl Post {
    /// A template of news that is fit for marketing.
    fn news(&self) -> Json {
        self.office.run("org.configure", json!({"address": {"street": "1 Main St", "city": "Rome"}}));
        self.template("News", json!({"topic": self.topic("news"), "texts": english("News", "html", NEWS)}))
    }
    /// The code with which an agent's plan of a template is refused.
    fn unplanned(&self, template: &Json, more: Json) -> String {
        let error = self.try_plan_of("refused", template, more).unwrap_err();
        assert_ne!(error.kind(), ErrorKind::Unavailable, "{error:?}");
        error.code().to_owned()
    }
    fn messages(&self, worker: &str) -> Json {
        self.host("mail.claim", json!({"worker": worker}))["messages"].clone()
    }
}

#[test]
fn a_template_makes_the_mail_at_its_first_claim_and_the_same_bytes_in_every_attempt() {
    for post in Post::all() {
        let text = |locale: &str| {
            json!({
                "locale": locale, "subject": "{{ contact.first_name }}: {{ code }}",
                "text": "{{ locale_word }} {{ sender.name }} {{ today }} {{ code }}".replace("locale_word", if locale == "de" { "'Hallo'" } else { "'Hello'" }),
            })
        };
        let variables = json!([{"name": "code", "required": true}]);
        let template = post.template("Welcome", json!({"texts": [text("en"), text("de")], "variables": variables}));
        post.office.run("contact.update", json!({"contact": post.sarah(), "language": "de-CH"}));
        let planned = post.plan_of("welcome", &template, json!({"values": {"code": "{{ 7 }}"}}));
        assert_eq!(
            (&planned["state"], &planned["purpose"], &planned["locale"], &planned["content"]),
            (&json!("planned"), &json!("system"), &json!("de"), &Json::Null),
            "{}",
            post.name()
        );
        // What was published later, and what the contact is called later, is not what was asked for.
        post.office.run("template.update", json!({"template": template, "texts": english("Other", "text", "Other")}));
        post.office.run("template.publish", json!({"template": template}));
        post.office.run("contact.update", json!({"contact": post.sarah(), "first_name": "Sally"}));
        post.at("2025-11-18T09:00:00Z");
        let first = post.messages("one");
        assert_eq!(first[0]["subject"], "Sarah: {{ 7 }}", "{}", post.name());
        assert_eq!(first[0]["text"], "Hallo Acme 2025-11-18 {{ 7 }}\n", "{}", post.name());
        post.office.run("sender.update", json!({"sender": post.office.id("sender"), "name": "Acme Inc"}));
        post.at("2025-11-19T09:00:00Z");
        assert_eq!(post.messages("two"), first, "{}", post.name());
        post.office.run("ledger.verify", json!({"rows": true}));
    }
}

#[test]
fn a_mail_says_what_somebody_wrote_or_what_a_template_makes_and_never_both() {
    let post = Post::on(nexa_tests::backends::memory());
    let template = post.template("Short", json!({"texts": english("Hi", "text", "Hi")}));
    let written = json!({"subject": "Hi", "text": "Hi"});
    assert_eq!(post.unplanned(&template, written), "mail.text_or_template");
    assert_eq!(post.unplanned(&Json::Null, json!({"subject": "Hi"})), "mail.text_or_template");
    assert_eq!(post.unplanned(&Json::Null, json!({})), "mail.text_or_template");
    let values = json!({"subject": "Hi", "text": "Hi", "values": {"code": "x"}});
    assert_eq!(post.unplanned(&Json::Null, values), "mail.text_or_template");
    assert_eq!(post.unplanned(&template, json!({"values": {"code": "x"}})), "field.invalid");
    let note = json!({"channel": "note", "texts": english("Hi", "text", "Hi")});
    let note = post.template("Note", note);
    assert_eq!(post.unplanned(&note, json!({})), "field.invalid");
    let draft = post.office.run("template.create", json!({"name": "Draft"}))["id"].clone();
    assert_eq!(post.unplanned(&draft, json!({})), "template.not_published");
    post.office.run("template.archive", json!({"template": template}));
    assert_eq!(post.unplanned(&template, json!({})), "template.archived");
    let of_deal = json!({"about_kind": "deal", "texts": english("Hi", "text", "{{ deal.name }}")});
    let of_deal = post.template("Offer", of_deal);
    assert_eq!(post.unplanned(&of_deal, json!({})), "field.invalid");
    let required =
        json!({"variables": [{"name": "code", "required": true}], "texts": english("Hi", "text", "{{ code }}")});
    let required = post.template("Code", required);
    assert_eq!(post.unplanned(&required, json!({})), "template.variable_missing");
}

#[test]
fn a_mail_that_would_say_hi_comma_is_skipped_and_names_what_is_missing() {
    for post in Post::all() {
        let template = post.template("Hi", json!({"texts": english("Hi", "text", "Hi {{ contact.first_name }},")}));
        let nameless = post.contact("nameless@private.example");
        let skipped = post.plan_of("nameless", &template, json!({"contact": nameless}));
        assert_eq!(
            (&skipped["state"], &skipped["reason"]),
            (&json!("skipped"), &json!("variable_missing: contact.first_name")),
            "{}",
            post.name()
        );
        assert_eq!(post.plan_of("named", &template, json!({}))["state"], "planned", "{}", post.name());
        // What goes missing later is found at the claim: the others leave.
        let answer = post.template("Answer", json!({"texts": english("Hi", "text", "To {{ sender.reply_to }}")}));
        post.office.run("sender.update", json!({"sender": post.office.id("sender"), "reply_to": "us@acme.example"}));
        let later = post.plan_of("later", &answer, json!({}))["id"].clone();
        post.office.run("sender.update", json!({"sender": post.office.id("sender"), "reply_to": null}));
        let claimed = post.host("mail.claim", json!({"worker": "desk"}));
        assert_eq!((claimed["messages"].as_array().unwrap().len(), &claimed["skipped"]), (1, &json!(1)), "{claimed}");
        assert_eq!(post.mail(&later)["reason"], "variable_missing: sender.reply_to", "{}", post.name());
    }
}

#[test]
fn marketing_is_not_published_without_a_link_to_unsubscribe_and_an_address() {
    let post = Post::on(nexa_tests::backends::memory());
    let (link, address) = ("<a href=\"{{ unsubscribe_url }}\">x</a>", "<p>{{ org.address }}</p>");
    let footer = post.template("Footer", json!({"texts": english("-", "html", &format!("{link}{address}"))}));
    let footer = post.office.run("template_version.find", json!({}))["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|version| version["template"] == footer)
        .unwrap()["id"]
        .clone();
    let refused = |name: &str, text: Json| {
        let partials = json!([{"name": "footer", "version": footer}]);
        let mut text = text;
        text["locale"] = json!("en");
        text["subject"] = json!("News");
        let with = json!({"name": name, "topic": post.topic("news"), "partials": partials, "texts": [text]});
        let template = post.office.run("template.create", with)["id"].clone();
        let published = post.office.run_as("admin", "template.publish", json!({"template": template}));
        published.map_or_else(
            |error| format!("{} {}", error.code(), error.params()["part"].as_str().unwrap()),
            |_| "published".to_owned(),
        )
    };
    assert_eq!(refused("1", json!({"html": address})), "template.no_unsubscribe html");
    assert_eq!(refused("2", json!({"html": link})), "template.no_address html");
    assert_eq!(refused("3", json!({"html": format!("{link}{address}"), "text": "Hi"})), "template.no_unsubscribe text");
    assert_eq!(refused("4", json!({"text": "{{ unsubscribe_url }}"})), "template.no_address text");
    assert_eq!(refused("5", json!({"html": format!("{link}{address}")})), "published");
    // A partial has them for the texts that include it, and for no others.
    assert_eq!(refused("6", json!({"html": "<p>Hi</p>{% include 'footer' %}"})), "published");
    assert_eq!(refused("7", json!({"html": "{% include 'footer' %}", "text": "Hi"})), "template.no_unsubscribe text");
    // About another topic nothing is asked.
    let service = json!({"topic": post.topic("service"), "texts": english("Hi", "text", "Hi")});
    post.template("Service", service);
}

#[test]
fn marketing_of_a_template_goes_to_those_who_agreed_with_its_link() {
    for post in Post::all() {
        let template = post.news();
        let mail = post.plan_of("news", &template, json!({}));
        assert_eq!((&mail["topic"], &mail["marketing"]), (&post.topic("news"), &json!(true)), "{}", post.name());
        let other = post.office.run("contact.create", json!({"first_name": "Bill", "email": "bill@private.example"}));
        let skipped = post.plan_of("bill", &template, json!({"contact": other["id"]}));
        assert_eq!(skipped["reason"], "no_consent", "{}", post.name());
        let messages = post.messages("desk");
        let html = messages[0]["html"].as_str().unwrap();
        let link =
            messages[0]["headers"].as_array().unwrap().iter().find(|header| header["name"] == "List-Unsubscribe");
        let link = link.unwrap()["value"].as_str().unwrap().trim_matches(['<', '>']).to_owned();
        let token = link.split_once("token=").unwrap().1;
        assert!(html.contains(&format!("{token}\">Enough</a>")), "{}: {html} {link}", post.name());
        assert!(!html.contains("Unsubscribe"), "{}: the template has a link already: {html}", post.name());
        assert!(messages[0]["text"].as_str().unwrap().contains(&link), "{}: {messages}", post.name());
        post.host("mail.unsubscribe", json!({"token": token}));
        assert_eq!(post.may(SARAH), "suppressed", "{}", post.name());
    }
}

#[test]
fn a_template_that_is_not_fit_for_marketing_makes_none() {
    let post = Post::on(nexa_tests::backends::memory());
    let plain = post.template("Plain", json!({"texts": english("Hi", "text", "Hi")}));
    let news = json!({"topic": post.topic("news")});
    assert_eq!(post.unplanned(&plain, news.clone()), "template.no_unsubscribe");
    let linked = post.template("Linked", json!({"texts": english("Hi", "text", "{{ unsubscribe_url }}")}));
    assert_eq!(post.unplanned(&linked, news), "template.no_address");
    // A link needs a page, whatever the mail is about.
    post.office.run("org.configure", json!({"mail": {}}));
    assert_eq!(post.unplanned(&linked, json!({})), "mail.no_preferences_page");
}

#[test]
fn marketing_does_not_leave_once_there_is_no_page_to_unsubscribe() {
    for post in Post::all() {
        let of_template = post.plan_of("news", &post.news(), json!({}))["id"].clone();
        let written = post.plan_news("letter", &post.sarah());
        let personal = post.plan("personal", json!({}));
        post.office.run("org.configure", json!({"mail": {}}));
        assert_eq!(post.claim("desk"), [personal], "{}", post.name());
        for mail in [of_template, written] {
            let mail = post.mail(&mail);
            assert_eq!(
                (&mail["state"], &mail["reason"]),
                (&json!("skipped"), &json!("no_preferences_page")),
                "{}",
                post.name()
            );
        }
    }
}

#[test]
fn a_link_that_a_template_leaves_out_is_shown_all_the_same() {
    let post = Post::on(nexa_tests::backends::memory());
    post.office.run("org.configure", json!({"address": {"city": "Rome"}}));
    let html = "<html><body>{% if contact.title %}<a href=\"{{ unsubscribe_url }}\">x</a>{% endif %}{{ org.address }}</body></html>";
    let template = post.template("If", json!({"topic": post.topic("news"), "texts": english("Hi", "html", html)}));
    post.plan_of("news", &template, json!({}));
    let messages = post.messages("desk");
    let html = messages[0]["html"].as_str().unwrap();
    assert!(html.contains("preferences?token=") && html.ends_with("Unsubscribe</a></p></body></html>"), "{html}");
    assert!(messages[0]["text"].as_str().unwrap().contains("preferences?token="), "{messages}");
}

#[test]
fn a_test_mail_goes_to_the_team_marked_and_outside_of_consent_and_caps() {
    for post in Post::all() {
        post.office.run("org.configure", json!({"address": {"city": "Rome"}}));
        let with = json!({"name": "News", "topic": post.topic("news"), "texts": english("News", "html", NEWS)});
        let template = post.office.run("template.create", with)["id"].clone();
        let (sender, agent) = (post.office.id("sender"), post.office.id("agent"));
        let test = json!({"template": template, "sender": sender, "contact": post.sarah()});
        // Of a template that was never published, to whoever asks.
        let mails = post.office.run("template.test", test.clone());
        assert_eq!(mails.as_array().unwrap().len(), 1, "{}", post.name());
        assert_eq!(
            (&mails[0]["marketing"], &mails[0]["topic"], &mails[0]["contact"]),
            (&json!(false), &Json::Null, &Json::Null),
            "{}",
            post.name()
        );
        let mut to = test.clone();
        to["to"] = json!([agent, agent]);
        assert_eq!(post.office.run("template.test", to).as_array().unwrap().len(), 1, "{}", post.name());
        let messages = post.messages("desk");
        let of = |user: &str| post.office.run("user.get", json!({"user": post.office.id(user)}))["email"].clone();
        let (own, other) = (json!([of("admin")]), json!([of("agent")]));
        let to: Vec<&Json> = messages.as_array().unwrap().iter().map(|message| &message["recipients"]).collect();
        assert!(to.len() == 2 && to.contains(&&own) && to.contains(&&other), "{}: {messages}", post.name());
        assert_eq!(messages[0]["subject"], "[Test] News", "{}", post.name());
        assert!(messages[0]["html"].as_str().unwrap().contains("<a href=\"#\">Enough</a>"), "{messages}");
        assert!(messages[0]["headers"].as_array().unwrap().iter().all(|header| header["name"] != "List-Unsubscribe"));

        let nameless = post.contact("nameless@private.example");
        let mut missing = test.clone();
        missing["contact"] = nameless;
        let refused = post.office.run_as("admin", "template.test", missing).unwrap_err();
        assert_eq!(refused.code(), "template.variable_missing", "{}", post.name());
        let mut many = test.clone();
        many["to"] = json!(vec![agent; 11]);
        assert_eq!(post.office.run_as("admin", "template.test", many).unwrap_err().code(), "argument.too_long");
        assert_eq!(post.office.run_as("system", "template.test", test).unwrap_err().code(), "field.invalid");
    }
}

#[test]
fn what_the_team_tries_out_does_not_count_for_the_rate_of_the_sender() {
    for post in Post::all() {
        let text = json!({"locale": "en", "subject": "News", "text": "Good morning."});
        let template = post.template("Morning", json!({"texts": [text]}));
        post.office.run("sender.update", json!({"sender": post.office.id("sender"), "per_minute": 1}));
        let tried = json!({"template": template, "sender": post.office.id("sender"), "to": [
            post.office.id("admin"), post.office.id("agent"), post.office.id("user"),
        ]});
        post.office.run("template.test", tried);
        assert_eq!(post.claim("desk").len(), 3, "{}", post.name());
        post.plan("first", json!({}));
        post.plan("second", json!({}));
        assert_eq!(post.claim("desk").len(), 1, "{}: one a minute", post.name());
    }
}
