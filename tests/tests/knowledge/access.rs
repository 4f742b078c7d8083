//! Customers read what is published for them, and nothing else.

use nexa_crm::{
    Access, Action, Actor, Policy, Principal,
    kernel::record::RecordDef,
    service::{DefaultPolicy, knowledge::ArticleRevision},
    testing::Office,
};
use nexa_tests::backends;
use serde_json::{Value as Json, json};

use super::answers;

/// A portal: customers read public articles, and say whether they helped.
struct Portal;

impl Policy for Portal {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        match (&actor.principal, kind.kind, action) {
            (Principal::Contact(_), "article_revision", Action::Read) => Access::rows(ArticleRevision::public()),
            (Principal::Contact(_), "article_vote", Action::Create) => Access::full(),
            _ => DefaultPolicy::new().access(actor, kind, action),
        }
    }
    fn roles(&self) -> Vec<String> {
        DefaultPolicy::new().roles()
    }
}

/// In other systems drafts stood in public searches, widgets and lists.
#[test]
fn no_draft_archived_or_internal_article_reaches_a_customer_on_any_path() {
    for backend in backends::all() {
        let office = Office::found_with(backend.store.clone(), nexa_core::builder().policy(Portal));
        let name = backend.name;
        // One that everybody may read is there already.
        let published = office.run_as("customer", "article_revision.count", json!({})).unwrap().as_i64().unwrap();
        let make = |title: &str, audience: &str| {
            let text = json!({"locale": "en", "title": title, "body": "zebra"});
            office.run("article.create", json!({"audience": audience, "texts": [text]}))["id"].clone()
        };
        let publish = |article: &Json| office.run("article.publish", json!({"article": article}));
        let shown = make("Shown zebra", "public");
        publish(&shown);
        make("Draft zebra", "public");
        publish(&make("Internal zebra", "internal"));
        let archived = make("Archived zebra", "public");
        publish(&archived);
        office.run("article.archive", json!({"article": archived}));
        let text = json!({"locale": "en", "title": "Newer zebra", "body": "zebra"});
        office.run("article.update", json!({"article": shown, "texts": [text]}));

        assert_eq!(answers(&office, "customer", "zebra"), ["Shown zebra"], "{name}");
        assert_eq!(answers(&office, "agent", "zebra").len(), 2, "{name}: the team sees what is internal");
        let ask = |operation: &str, with: Json| office.run_as("customer", operation, with);
        assert_eq!(ask("article_revision.count", json!({})).unwrap(), json!(published + 1), "{name}");
        let hits = ask("article_revision.search", json!({"text": "zebra"})).unwrap();
        assert_eq!(hits["items"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(ask("article.read", json!({"slug": "shown-zebra"})).unwrap()["revision"]["title"], "Shown zebra");
        for slug in ["internal-zebra", "archived-zebra", "draft-zebra"] {
            assert_eq!(
                ask("article.read", json!({"slug": slug})).unwrap_err().code(),
                "record.not_found",
                "{name}: {slug}"
            );
        }
        for (operation, with) in
            [("article.get", json!({"article": shown})), ("article.find", json!({})), ("article.stale", json!({}))]
        {
            assert!(ask(operation, with).is_err(), "{name}: {operation}");
        }
        let revision = hits["items"][0]["id"].clone();
        let vote = ask("article.vote", json!({"revision": revision, "helpful": true})).unwrap();
        assert!(vote["contact"].is_string(), "{name}: {vote}");
        let foreign = json!({"revision": revision, "helpful": true, "visitor": "v1"});
        assert_eq!(ask("article.vote", foreign).unwrap_err().code(), "article.one_voter", "{name}");
    }
}
