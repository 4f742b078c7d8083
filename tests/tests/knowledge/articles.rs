//! Articles, their revisions and categories.

use serde_json::json;

use super::{answers, article, everywhere, published, refused};

#[test]
fn readers_see_what_was_published_while_a_newer_draft_is_written() {
    everywhere(|name, office| {
        let one = article(office, "Export contacts", "Choose Export.");
        assert_eq!(answers(office, "agent", "export"), [""; 0], "{name}: a draft is no answer");
        let first = office.run("article.publish", json!({"article": one}));
        assert_eq!(
            (&first["number"], &first["slug"], &first["live"]),
            (&json!(1), &json!("export-contacts"), &json!(true))
        );
        let text = json!({"locale": "en", "title": "Export to Excel", "body": "Choose Excel."});
        office.run("article.update", json!({"article": one, "texts": [text]}));
        assert_eq!(answers(office, "agent", "excel"), [""; 0], "{name}: nor is a newer draft");
        let second = office.run("article.publish", json!({"article": one}));
        assert_eq!((&second["number"], &second["slug"]), (&json!(2), &json!("export-to-excel")), "{name}");
        let head = office.head();
        assert_eq!(office.run("article.publish", json!({"article": one})), second, "{name}");
        assert_eq!(office.head(), head, "{name}: what is published is published");
        // The old name leads on.
        let read = office.run("article.read", json!({"slug": "export-contacts"}));
        assert_eq!((&read["revision"]["id"], &read["moved"]), (&second["id"], &json!(true)), "{name}");

        let restored = office.run("article.restore_revision", json!({"article": one, "revision": first["id"]}));
        assert_eq!(restored["texts"][0]["title"], "Export contacts", "{name}");
        assert_eq!(
            answers(office, "agent", "excel"),
            ["Export to Excel"],
            "{name}: readers see it when it is published"
        );
        let other = published(office, "Another", "Text");
        let foreign = json!({"article": other, "revision": first["id"]});
        assert_eq!(refused(office, "article.restore_revision", foreign), "article.revision_foreign", "{name}");
    });
}

#[test]
fn what_is_unpublished_or_archived_is_no_answer() {
    everywhere(|name, office| {
        let [one, other] = ["Export contacts", "Export deals"].map(|title| published(office, title, "Text"));
        office.run("article.unpublish", json!({"article": one}));
        assert_eq!(answers(office, "agent", "export"), ["Export deals"], "{name}");
        let again = json!({"article": one});
        assert_eq!(refused(office, "article.unpublish", again), "article.not_published", "{name}");
        office.run("article.archive", json!({"article": other}));
        assert_eq!(answers(office, "agent", "export"), [""; 0], "{name}");
        let gone = office.run_as("agent", "article.read", json!({"slug": "export-deals"}));
        assert_eq!(gone.unwrap_err().code(), "record.not_found", "{name}");
        office.run("article.publish", json!({"article": other}));
        let back = office.run("article.get", json!({"article": other}));
        assert_eq!(back["archived_at"], json!(null), "{name}");
        let french = json!({"article": other, "locale": "fr"});
        assert_eq!(refused(office, "article.publish", french), "article.no_text", "{name}");
    });
}

#[test]
fn two_articles_have_no_address_in_common_while_both_are_published() {
    everywhere(|name, office| {
        let one = published(office, "Export", "Contacts");
        let other = article(office, "Export!", "Deals");
        assert_eq!(refused(office, "article.publish", json!({"article": other})), "article.slug_taken", "{name}");
        office.run("article.unpublish", json!({"article": one}));
        office.run("article.publish", json!({"article": other}));
        assert_eq!(refused(office, "article.publish", json!({"article": one})), "article.slug_taken", "{name}");
        let read = office.run("article.read", json!({"slug": "export"}));
        assert_eq!(read["revision"]["article"], other, "{name}: who has the name comes before who had it");
        let twice = json!([{"locale": "en", "title": "A", "body": "a"}, {"locale": "en", "title": "B", "body": "b"}]);
        assert_eq!(refused(office, "article.create", json!({"texts": twice})), "field.invalid", "{name}");
    });
}

#[test]
fn an_internal_category_makes_all_below_it_internal() {
    everywhere(|name, office| {
        let category = |fields| office.run("category.create", fields)["id"].clone();
        let top = category(json!({"name": "Product"}));
        let middle = category(json!({"name": "Data", "parent": top}));
        let below = category(json!({"name": "Export", "parent": middle}));
        let one = published(office, "Export contacts", "Text");
        office.run("article.update", json!({"article": one, "category": below}));
        let audience = || {
            let found = office.run("article_revision.find", json!({}));
            found["items"][0]["audience"].as_str().unwrap().to_owned()
        };
        assert_eq!(audience(), "public", "{name}");
        office.run("category.update", json!({"category": top, "internal": true}));
        assert_eq!(audience(), "internal", "{name}");
        let public = json!({"audience": "public", "category": below, "texts": []});
        assert_eq!(refused(office, "article.create", public), "article.category_internal", "{name}");
        office.run("category.update", json!({"category": middle, "parent": null}));
        assert_eq!(audience(), "public", "{name}: it is not below it any more");
        let ring = json!({"category": middle, "parent": below});
        assert_eq!(refused(office, "category.update", ring), "category.cycle", "{name}");
        let own = json!({"category": top, "parent": top});
        assert_eq!(refused(office, "category.update", own), "category.cycle", "{name}");
        assert_eq!(refused(office, "category.trash", json!({"category": below})), "record.in_use", "{name}");
    });
}

#[test]
fn stale_articles_are_listed_with_the_reasons() {
    everywhere(|name, office| {
        let both = json!([
            {"locale": "en", "title": "Import", "body": "See [exporting](article:export) and [deals](article:no-such)."},
            {"locale": "de", "title": "Importieren", "body": "Siehe oben."},
        ]);
        let one = office.run("article.create", json!({"audience": "public", "texts": both}))["id"].clone();
        for locale in ["en", "de"] {
            office.run("article.publish", json!({"article": one, "locale": locale}));
        }
        let disliked = published(office, "Export", "Text");
        let fine = published(office, "Fine", "Text");
        let stale = || office.run("article.stale", json!({}));
        let of = |stale: &serde_json::Value, article: &serde_json::Value| {
            stale.as_array().unwrap().iter().find(|one| one["article"] == *article).cloned()
        };
        let shown = stale();
        assert_eq!(of(&shown, &one).unwrap()["reasons"], json!(["dead_link"]), "{name}");
        assert_eq!(of(&shown, &one).unwrap()["dead_links"], json!(["no-such"]), "{name}");
        assert_eq!(of(&shown, &disliked), None, "{name}");
        let mut texts = office.run("article.get", json!({"article": one}))["texts"].clone();
        texts[0]["body"] = json!("See nothing.");
        office.run("article.update", json!({"article": one, "texts": texts}));
        office.run("article.publish", json!({"article": one, "locale": "en"}));
        assert_eq!(of(&stale(), &one).unwrap()["reasons"], json!(["translation_outdated"]), "{name}");
        let revision = office.run("article.read", json!({"slug": "export"}))["revision"]["id"].clone();
        for number in 0..10 {
            let vote = json!({"revision": revision, "visitor": format!("v{number}"), "helpful": number < 4});
            office.run("article.vote", vote);
        }
        assert_eq!(of(&stale(), &disliked).unwrap()["reasons"], json!(["helps_few"]), "{name}");
        office.clock.advance(std::time::Duration::from_secs(181 * 86_400));
        assert_eq!(of(&stale(), &fine).unwrap()["reasons"], json!(["review_overdue"]), "{name}");
        office.run("article.verify", json!({"article": fine}));
        assert_eq!(of(&stale(), &fine), None, "{name}");
    });
}

#[test]
fn a_vote_is_one_for_each_voter_and_can_be_changed() {
    everywhere(|name, office| {
        published(office, "Export", "Text");
        let revision = office.run("article.read", json!({"slug": "export"}))["revision"]["id"].clone();
        let [sarah, home] = ["sarah@acme.example", "sarah@home.example"]
            .map(|address| office.run("contact.create", json!({"email": address}))["id"].clone());
        for (voter, helpful) in [
            (json!({}), true),
            (json!({"contact": sarah}), true),
            (json!({"contact": home}), true),
            (json!({"visitor": "v1"}), true),
            (json!({"contact": sarah}), false),
            (json!({"visitor": "v1"}), false),
        ] {
            let mut vote = voter;
            (vote["revision"], vote["helpful"]) = (revision.clone(), json!(helpful));
            office.run("article.vote", vote);
        }
        let count = |helpful: bool| {
            let filter = json!({"field": "helpful", "op": "eq", "value": helpful});
            office.run("article_vote.count", json!({"filter": filter}))
        };
        assert_eq!((count(true), count(false)), (json!(2), json!(2)), "{name}");
        office.run("contact.merge", json!({"contact": sarah, "other": home}));
        assert_eq!((count(true), count(false)), (json!(1), json!(2)), "{name}: one person, one vote");
        let both = json!({"revision": revision, "helpful": true, "contact": sarah, "visitor": "v1"});
        assert_eq!(refused(office, "article.vote", both), "article.one_voter", "{name}");
    });
}
