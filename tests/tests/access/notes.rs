//! Who reads a note: those who see what it is about, or its readers and its author alone, on every path.

use nexa_crm::{FeedItem, Position, testing::Office};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::{Value as Json, json};

fn about(office: &Office, kind: &str, word: &str) -> Json {
    json!({"kind": kind, "id": office.id(word)})
}

/// Whether somebody reads a note; every path says the same.
fn reads(office: &Office, who: &str, word: &str) -> bool {
    let id = office.id(word);
    let known = json!({"field": "id", "op": "eq", "value": id});
    let got = office.run_as(who, "note.get", json!({"note": id}));
    if let Err(error) = &got {
        assert_eq!(error.code(), "record.not_found", "{who} {word}");
    }
    let there = got.is_ok();
    let found = office.run_as(who, "note.find", json!({"filter": known})).unwrap();
    assert_eq!(found["items"].as_array().unwrap().len(), usize::from(there), "find: {who} {word}");
    let counted = office.run_as(who, "note.count", json!({"filter": known})).unwrap();
    assert_eq!(counted, json!(usize::from(there)), "count: {who} {word}");
    let grouped =
        office.run_as(who, "note.aggregate", json!({"filter": known, "group_by": [{"field": "type"}]})).unwrap();
    assert_eq!(!grouped.as_array().unwrap().is_empty(), there, "aggregate: {who} {word}: {grouped}");
    let history = office.run_as(who, "note.history", json!({"note": id}));
    assert_eq!(history.is_ok(), there, "history: {who} {word}");
    let feed = block_on(office.session(who).feed(Position::START, 1_000)).unwrap();
    let named = |item: &FeedItem| matches!(item, FeedItem::Changed(change) if change.record == id);
    assert_eq!(feed.items.iter().any(named), there, "feed: {who} {word}");
    let changed = office.run_as(who, "note.update", json!({"note": id, "pinned": true}));
    assert_eq!(changed.as_ref().is_ok(), there && who != "viewer", "update: {who} {word}: {changed:?}");
    there
}

#[test]
fn it_is_read_with_any_of_what_it_is_about() {
    for backend in backends::all() {
        let mut office = Office::found(backend.store);
        // The ticket is Maria's.
        office.make("of_nothing", "note.create", json!({"body": "For all"}));
        let host = json!([{"host": {"kind": "invoice", "id": "4711"}}]);
        office.make("of_the_host", "note.create", json!({"body": "Overdue", "about": host}));
        for (word, by_those_without_the_ticket) in
            [("ticket_note", false), ("note", true), ("of_nothing", true), ("of_the_host", true)]
        {
            for who in ["admin", "colleague"] {
                assert!(reads(&office, who, word), "{} {who} {word}", backend.name);
            }
            for who in ["agent", "viewer"] {
                assert_eq!(reads(&office, who, word), by_those_without_the_ticket, "{} {who} {word}", backend.name);
            }
        }
        // It is found by each of them, and by what they are.
        let count = |filter: Json| office.run("note.count", json!({"filter": filter}));
        let has = |value: Json| json!({"field": "about", "op": "has", "value": value});
        assert_eq!(count(has(about(&office, "ticket", "assigned"))), 2, "{}", backend.name);
        assert_eq!(count(has(json!([about(&office, "contact", "contact"), host[0].clone()]))), 2, "{}", backend.name);
        assert_eq!(count(json!({"field": "about.kind", "op": "in", "value": ["host", "deal"]})), 2, "{}", backend.name);
        let subject = json!({"field": "about.ticket.subject", "op": "eq", "value": "It is assigned"});
        assert_eq!(count(subject.clone()), 2, "{}", backend.name);
        // Nobody learns by a filter what a ticket that they do not see is.
        let seen = office.run_as("agent", "note.count", json!({"filter": subject})).unwrap();
        assert_eq!(seen, 0, "{}", backend.name);
    }
}

#[test]
fn its_readers_and_its_author_alone_read_it_whatever_their_role() {
    for backend in backends::all() {
        let mut office = Office::found(backend.store);
        let maria = json!([{"user": office.id("colleague")}]);
        let note = json!({"body": "Between us", "readers": maria, "about": [about(&office, "deal", "deal")]});
        office.make_as("agent", "between_us", "note.create", note);
        let who_reads = |office: &Office| {
            ["admin", "agent", "user", "colleague", "viewer"].map(|who| reads(office, who, "between_us"))
        };
        assert_eq!(who_reads(&office), [false, true, false, true, false], "{}", backend.name);

        // Alex and Nina are in support: with the group, Nina reads it, until she leaves.
        let readers = json!([{"group": office.id("group")}]);
        let change = |who: &str| {
            let with = json!({"note": office.id("between_us"), "readers": readers});
            office.run_as(who, "note.update", with).map(drop).map_err(|error| error.code().to_owned())
        };
        assert_eq!(change("colleague"), Err("note.not_author".to_owned()), "{}", backend.name);
        assert_eq!(change("admin"), Err("record.not_found".to_owned()), "{}", backend.name);
        assert_eq!(change("agent"), Ok(()), "{}", backend.name);
        assert_eq!(who_reads(&office), [false, true, true, false, false], "{}", backend.name);
        let nina = json!({"group": office.id("group"), "user": office.id("user")});
        office.run_as("admin", "group.remove_member", nina).unwrap();
        assert_eq!(who_reads(&office), [false, true, false, false, false], "{}", backend.name);
    }
}

#[test]
fn the_feed_takes_away_what_somebody_no_longer_reads() {
    for backend in backends::all() {
        let office = Office::found(backend.store);
        let start = block_on(office.session("agent").feed(Position::START, 1_000)).unwrap().next;
        let note = office.id("ticket_note");
        // Alex sees Maria's ticket when it goes back to the queue, and with it the note.
        office.run_as("admin", "ticket.assign", json!({"ticket": office.id("assigned"), "assignee": null})).unwrap();
        let page = block_on(office.session("agent").feed(start, 1_000)).unwrap();
        let came = |item: &FeedItem| matches!(item, FeedItem::Changed(change) if change.record == note);
        assert!(page.items.iter().any(came), "{}: {:?}", backend.name, page.items);
        let maria = json!({"user": office.id("colleague")});
        office.run_as("admin", "ticket.assign", json!({"ticket": office.id("assigned"), "assignee": maria})).unwrap();
        let page = block_on(office.session("agent").feed(page.next, 1_000)).unwrap();
        let went = |item: &FeedItem| matches!(item, FeedItem::Gone { id, .. } if *id == note);
        assert!(page.items.iter().any(went), "{}: {:?}", backend.name, page.items);

        // The author takes Alex's group from the readers of another.
        let readers = json!([{"group": office.id("group")}]);
        let update = |readers: &Json| {
            office.run_as("admin", "note.update", json!({"note": office.id("note"), "readers": readers})).unwrap();
        };
        update(&readers);
        let page = block_on(office.session("agent").feed(page.next, 1_000)).unwrap();
        update(&json!([{"user": office.id("colleague")}]));
        let page = block_on(office.session("agent").feed(page.next, 1_000)).unwrap();
        let went = |item: &FeedItem| matches!(item, FeedItem::Gone { id, .. } if *id == office.id("note"));
        assert!(page.items.iter().any(went), "{}: {:?}", backend.name, page.items);
    }
}

#[test]
fn notes_of_who_left_are_handed_over_unread() {
    for backend in backends::all() {
        let mut office = Office::found(backend.store);
        let secret = json!({"body": "Mine", "readers": [{"user": office.id("user")}]});
        office.make_as("user", "secret", "note.create", secret);
        let hand_over = |office: &Office, who: &str| {
            let with = json!({"user": office.id("user"), "to": office.id("colleague")});
            office.run_as(who, "user.hand_over_notes", with).map_err(|error| error.code().to_owned())
        };
        assert_eq!(hand_over(&office, "admin"), Err("note.author_active".to_owned()), "{}", backend.name);
        office.run_as("admin", "user.deactivate", json!({"user": office.id("user")})).unwrap();
        assert_eq!(hand_over(&office, "agent"), Err("access.denied".to_owned()), "{}", backend.name);
        assert_eq!(hand_over(&office, "admin"), Ok(json!({"notes": 1, "more": false})), "{}", backend.name);
        assert!(!reads(&office, "admin", "secret") && reads(&office, "colleague", "secret"), "{}", backend.name);
        assert_eq!(hand_over(&office, "admin"), Ok(json!({"notes": 0, "more": false})), "{}", backend.name);
    }
}

#[test]
fn it_moves_along_with_what_it_is_about() {
    for backend in backends::all() {
        let mut office = Office::found(backend.store);
        let of =
            |office: &Office, word: &str| office.run("note.get", json!({"note": office.id(word)}))["about"].clone();
        let both = json!([about(&office, "contact", "other_contact"), about(&office, "contact", "contact")]);
        office.make("both", "note.create", json!({"body": "Brothers", "about": both}));
        office.make("trashed", "note.create", json!({"body": "Old", "about": [both[0].clone()]}));
        office.run("note.trash", json!({"note": office.id("trashed")}));
        let merge = json!({"contact": office.id("contact"), "other": office.id("other_contact")});
        office.run("contact.merge", merge);
        let kept = json!([about(&office, "contact", "contact")]);
        assert_eq!(of(&office, "both"), kept, "{}", backend.name);
        office.run("note.restore", json!({"note": office.id("trashed")}));
        assert_eq!(of(&office, "trashed"), kept, "{}", backend.name);

        let lead = json!([about(&office, "lead", "qualified"), both[1].clone()]);
        office.make("of_lead", "note.create", json!({"body": "Hot", "about": lead}));
        let converted = office.run("lead.convert", json!({"lead": office.id("qualified")}));
        let contact = json!({"kind": "contact", "id": converted["contact"]["id"]});
        assert_eq!(of(&office, "of_lead"), json!([contact, both[1].clone()]), "{}", backend.name);

        // What is not there, or in the trash, is nothing to be about; nor is another note.
        for bad in [
            about(&office, "note", "note"),
            json!({"kind": "contact", "id": office.org}),
            json!({"kind": "x", "id": office.org}),
        ] {
            let error = office.run_as("admin", "note.create", json!({"body": "x", "about": [bad]})).unwrap_err();
            assert_eq!((error.code(), error.params()["field"].as_str()), ("reference.broken", Some("about")));
        }
        office.run("note.trash", json!({"note": office.id("of_lead")}));
        office.run("contact.trash", json!({"contact": converted["contact"]["id"], "on_dependents": "cascade"}));
        let error = office.run_as("admin", "note.restore", json!({"note": office.id("of_lead")})).unwrap_err();
        assert_eq!(error.code(), "restore.reference_gone", "{}", backend.name);
    }
}
