//! A position fits the ledger that it was read from, and no other.

use std::sync::Arc;

use nexa_crm::{
    Crm, Envelope, Error, ErrorKind, FeedItem, Position, Session,
    sqlite::SqliteStore,
    testing::{Office, SeededIds},
};
use nexa_tests::backends::{self, Backend};
use pollster::block_on;
use serde_json::json;

fn lead(session: &Session, email: &str) {
    block_on(session.execute("lead.create", json!({"email": email}), Envelope::default())).unwrap();
}

fn unknown(session: &Session, crm: &Crm, after: Position, name: &str) {
    let said = [
        block_on(session.feed(after, 10)).map(drop).unwrap_err(),
        block_on(crm.feed(session.org(), after, 10)).map(drop).unwrap_err(),
    ];
    for error in said {
        assert_eq!((error.code(), error.kind()), ("feed.position_unknown", ErrorKind::Conflict), "{name}");
        assert!(!error.retryable() && error.message().contains("from the start"), "{name}: {error}");
    }
}

/// Two companies that begin alike and go on differently.
fn twins(make: fn() -> Backend) -> [(Backend, Office); 2] {
    [make(), make()].map(|backend| {
        let office = Office::empty(backend.store.clone(), nexa_core::builder());
        (backend, office)
    })
}

#[test]
fn a_position_of_another_course_of_events_is_unknown() {
    for make in [backends::memory, backends::sqlite, backends::postgres] {
        let [(one, first), (_two, second)] = twins(make);
        let (here, there) = (first.session("admin"), second.session("admin"));
        let shared = first.position();
        assert_eq!(shared, second.position(), "{}: both began alike", one.name);
        lead(&here, "here@example.com");
        lead(&there, "there@example.com");
        let ours = first.position();
        // As many events, and others: what a backup that was put back and written to has.
        assert_eq!(ours.seq(), second.position().seq());
        unknown(&there, &second.crm, ours, one.name);
        let further = block_on(there.feed(shared, 10)).unwrap();
        assert_eq!((further.items.len() as u64, further.complete), (ours.seq() - shared.seq(), true), "{}", one.name);
    }
}

#[test]
fn a_position_beyond_the_end_is_unknown() {
    for make in [backends::memory, backends::sqlite, backends::postgres] {
        let [(one, first), (_two, second)] = twins(make);
        lead(&first.session("admin"), "later@example.com");
        unknown(&second.session("admin"), &second.crm, first.position(), one.name);
    }
}

#[test]
fn a_restored_backup_swallows_no_event() {
    let backend = backends::sqlite();
    let office = Office::found(backend.store.clone());
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    block_on(office.crm.backup(&copy)).unwrap();
    let at_backup = office.position();
    lead(&office.session("admin"), "lost@example.com");
    let after = office.position();

    let store = Arc::new(SqliteStore::open(&copy).unwrap());
    let crm = nexa_core::builder().store(store).clock(office.clock.clone()).ids(SeededIds::new(9)).build().unwrap();
    block_on(crm.migrate()).unwrap();
    let admin = crm.user(office.org, office.id("admin"));
    unknown(&admin, &crm, after, "the backup as it is");
    lead(&admin, "new@example.com");
    lead(&admin, "newer@example.com");
    unknown(&admin, &crm, after, "the backup with later events");
    let emails: Vec<String> = block_on(crm.feed(office.org, at_backup, 100))
        .unwrap()
        .items
        .iter()
        .map(|item| serde_json::to_value(item).unwrap()["changed"]["changes"]["email"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(emails, ["new@example.com", "newer@example.com"]);
}

#[test]
fn a_reader_goes_on_after_any_item_and_any_page() {
    for backend in backends::all() {
        let office = Office::found(backend.store.clone());
        let all = office.events();
        for item in &all {
            let rest = block_on(office.crm.feed(office.org, item.position(), 1_000)).unwrap();
            assert_eq!(rest.items[..], all[all.iter().position(|one| one == item).unwrap() + 1..], "{}", backend.name);
        }
        for size in [1, 7, all.len()] {
            let (mut after, mut read) = (Position::START, Vec::new());
            loop {
                let page = block_on(office.crm.feed(office.org, after, size)).unwrap();
                assert!(page.items.len() <= size, "{}", backend.name);
                read.extend(page.items);
                after = page.next;
                if page.complete {
                    break;
                }
            }
            assert_eq!(read, all, "{}: pages of {size}", backend.name);
            assert_eq!(after, office.position(), "{}", backend.name);
            let nothing = block_on(office.crm.feed(office.org, after, size)).unwrap();
            assert_eq!((nothing.items.as_slice(), nothing.next, nothing.complete), ([].as_slice(), after, true));
        }
    }
}

#[test]
fn a_position_is_text_on_the_wire_and_the_start_is_zero() {
    let backend = backends::memory();
    let office = Office::found(backend.store.clone());
    let feed = serde_json::to_value(block_on(office.crm.feed(office.org, Position::START, 2)).unwrap()).unwrap();
    let next = feed["next"].as_str().unwrap();
    assert_eq!(next.split_once('-').map(|(seq, mark)| (seq, mark.len())), Some(("2", 8)), "{next}");
    assert_eq!(feed["items"][1]["changed"]["position"], feed["next"]);
    assert_eq!(next.parse::<Position>().unwrap().to_string(), next);
    assert_eq!(next.to_uppercase().parse::<Position>().unwrap().to_string(), next);
    assert_eq!(serde_json::to_value(Position::START).unwrap(), json!("0"));
    assert_eq!("0".parse::<Position>().unwrap(), Position::START);
    let item: FeedItem = serde_json::from_value(feed["items"][1].clone()).unwrap();
    assert_eq!(item.position().to_string(), next);
}

#[test]
fn what_is_no_position_is_invalid() {
    for text in [
        "",
        "1",
        "-1",
        "42",
        "0-00000000",
        "-5-1a2b3c4d",
        "1-1a2b3c4",
        "1-1a2b3c4d5",
        "1-1a2b3c4g",
        "+1-1a2b3c4d",
        "1 -1a2b3c4d",
        "01-1a2b3c4d",
        "99999999999999999999-1a2b3c4d",
        "1-",
        "-",
        "one",
    ] {
        let error: Error = text.parse::<Position>().unwrap_err();
        assert_eq!((error.code(), error.kind()), ("feed.position_malformed", ErrorKind::Invalid), "{text}");
        assert!(error.message().contains("leave it out"), "{error}");
    }
}

#[test]
fn whoever_begins_at_the_end_hears_of_what_happens_next_alone() {
    for backend in backends::all() {
        let office = Office::empty(backend.store.clone(), nexa_core::builder());
        let (session, name) = (office.session("admin"), backend.name);
        lead(&session, "before@umbrella.example");
        for end in [block_on(session.feed(Position::END, 1)), block_on(office.crm.feed(office.org, Position::END, 1))] {
            let end = end.unwrap();
            assert!(end.items.is_empty() && end.complete, "{name}");
            assert_eq!(end.next, office.position(), "{name}: a place like any other");
        }
        let end = office.position();
        lead(&session, "after@umbrella.example");
        let next = block_on(session.feed(end, 10)).unwrap();
        assert_eq!(next.items.iter().filter(|item| matches!(item, FeedItem::Changed(_))).count(), 1, "{name}");
    }
}
