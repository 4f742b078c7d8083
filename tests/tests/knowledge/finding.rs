//! Finding the article that answers.

use serde_json::{Value as Json, json};

use super::{answers, article, everywhere, published, refused};

#[test]
fn articles_are_ranked_alike_by_titles_headings_bodies_and_votes() {
    everywhere(|name, office| {
        published(office, "Billing", "Invoices come by mail. One may export them.");
        published(office, "Export contacts", "Choose Export in the menu of contacts.");
        published(office, "Contacts", "# Import and export\n\nA table of people.");
        published(office, "Printing", "The printer prints.");
        let expected = ["Export contacts", "Contacts", "Billing"];
        assert_eq!(answers(office, "agent", "How do I EXPORT?"), expected, "{name}");
        assert_eq!(answers(office, "viewer", "exporting"), [""; 0], "{name}: no word begins so");
        assert_eq!(answers(office, "agent", "expórt printer").len(), 4, "{name}");
        let found = office.run("article.answers", json!({"question": "invoices", "limit": 1}));
        assert_eq!(found[0]["snippet"], "Invoices come by mail. One may export them.", "{name}");
        assert_eq!(found[0]["words"], json!(["invoices"]), "{name}");
        for (question, code) in
            [(json!({"question": "?!"}), "article.no_words"), (json!({"question": "a", "limit": 0}), "field.invalid")]
        {
            assert_eq!(refused(office, "article.answers", question), code, "{name}");
        }
        // Ten readers whom it did not help move an article down, but not below what fits worse by far.
        let twin = published(office, "Export deals", "Choose Export in the menu of deals here.");
        let before = answers(office, "agent", "export menu");
        let revision = office.run(
            "article_revision.find",
            json!({
                "filter": {"field": "slug", "op": "eq", "value": before[0].to_lowercase().replace(' ', "-")}
            }),
        );
        for number in 0..10 {
            let vote =
                json!({"revision": revision["items"][0]["id"], "visitor": format!("v{number}"), "helpful": false});
            office.run("article.vote", vote);
        }
        let after = answers(office, "agent", "export menu");
        assert_eq!((&after[0], &after[1]), (&before[1], &before[0]), "{name}: {twin}");
    });
}

#[test]
fn an_article_answers_in_the_language_that_is_asked_for_else_in_another() {
    everywhere(|name, office| {
        let texts = json!([
            {"locale": "en", "title": "Export contacts", "body": "Choose Export."},
            {"locale": "de", "title": "Kontakte exportieren", "body": "Export wählen."},
        ]);
        let both = office.run("article.create", json!({"audience": "public", "texts": texts}))["id"].clone();
        for locale in ["en", "de"] {
            office.run("article.publish", json!({"article": both, "locale": locale}));
        }
        published(office, "Export deals", "Choose Export.");
        let found = office.run("article.answers", json!({"question": "export", "locale": "de"}));
        let shown: Vec<(&str, &Json)> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|answer| (answer["title"].as_str().unwrap(), &answer["other_locale"]))
            .collect();
        assert_eq!(shown, [("Kontakte exportieren", &json!(false)), ("Export deals", &json!(true))], "{name}");
        let read = office.run("article.read", json!({"slug": "export-contacts", "locale": "de"}));
        assert_eq!(read["revision"]["locale"], "de", "{name}");
        assert_eq!(read["locales"], json!(["de", "en"]), "{name}");
        let read = office.run("article.read", json!({"slug": "export-deals", "locale": "de"}));
        assert_eq!((&read["revision"]["locale"], &read["other_locale"]), (&json!("en"), &json!(true)), "{name}");
    });
}

#[test]
fn a_ticket_gets_three_suggestions_with_the_words_that_they_share() {
    everywhere(|name, office| {
        for title in ["Export contacts to CSV", "Export deals", "Export invoices", "Export tickets", "Printing"] {
            published(office, title, "Choose it in the menu.");
        }
        let ticket = json!({
            "subject": "Export function not working",
            "description": "When I try to export contacts to CSV, I get an error message"
        });
        let ticket = office.run("ticket.create", ticket)["id"].clone();
        let found = office.run_as("agent", "article.suggest", json!({"ticket": ticket})).unwrap();
        assert_eq!(found.as_array().unwrap().len(), 3, "{name}");
        assert_eq!(found[0]["title"], "Export contacts to CSV", "{name}");
        let words: Vec<&str> =
            found[0]["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        assert!(["contacts", "csv", "export"].iter().all(|word| words.contains(word)), "{name}: {words:?}");
        let colleague = json!({"user": office.id("colleague")});
        office.run("ticket.assign", json!({"ticket": ticket, "assignee": colleague}));
        let hidden = office.run_as("agent", "article.suggest", json!({"ticket": ticket})).unwrap_err();
        assert_eq!(hidden.code(), "record.not_found", "{name}: a ticket of somebody else");
        let one = found[0]["article"].clone();
        office.run("article.link_ticket", json!({"article": one, "ticket": ticket}));
        let again = json!({"article": one, "ticket": ticket});
        assert_eq!(refused(office, "article.link_ticket", again.clone()), "article.already_linked", "{name}");
        assert_eq!(office.run_as("agent", "article_ticket.count", json!({})).unwrap(), json!(0), "{name}");
        office.run("article.unlink_ticket", again.clone());
        assert_eq!(refused(office, "article.unlink_ticket", again), "article.not_linked", "{name}");
    });
}

#[test]
fn what_an_article_says_is_text_and_no_page() {
    everywhere(|name, office| {
        let body = "<script>alert(1)</script> [run](javascript:alert(1)) **export**";
        let one = article(office, "<img src=x onerror=alert(1)>", body);
        let revision = office.run("article.publish", json!({"article": one}));
        assert_eq!(revision["slug"], "img-src-x-onerror-alert-1", "{name}");
        assert_eq!(revision["body"], body, "{name}: it is kept as it was written");
        let found = office.run("article.answers", json!({"question": "export"}));
        let snippet = found[0]["snippet"].as_str().unwrap();
        assert!(!snippet.contains("javascript:") && snippet.contains("export"), "{name}: {snippet}");
    });
}
