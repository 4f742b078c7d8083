//! What a reader is given when access changes by membership, role or what a record hangs on.

use nexa_crm::{
    Access, Action, Actor, Envelope, FeedItem, Filter, Op, Policy, Position, Session, kernel::record::RecordDef,
    service::DefaultPolicy, testing::Office,
};
use nexa_tests::backends;
use pollster::block_on;
use serde_json::json;
use uuid::Uuid;

/// How a record moved, its kind, and itself.
type Moved = (&'static str, String, Option<Uuid>);

/// What the feed answers after a position.
fn items(session: &Session, after: Position) -> Vec<Moved> {
    let feed = block_on(session.feed(after, 1_000)).unwrap();
    assert!(feed.complete);
    feed.items
        .into_iter()
        .map(|item| match item {
            FeedItem::Changed(change) if change.changes.is_none() => ("appeared", change.kind, Some(change.record)),
            FeedItem::Changed(change) => ("changed", change.kind, Some(change.record)),
            FeedItem::Gone { kind, id, .. } => ("gone", kind, Some(id)),
            FeedItem::AccessChanged { .. } => ("access_changed", String::new(), None),
        })
        .collect()
}

fn of(what: &'static str, items: &[(&'static str, String, Option<Uuid>)]) -> Vec<Uuid> {
    items.iter().filter(|(one, ..)| *one == what).filter_map(|(.., id)| *id).collect()
}

fn anew(items: &[(&'static str, String, Option<Uuid>)]) -> usize {
    items.iter().filter(|(what, ..)| *what == "access_changed").count()
}

/// What the agent sees with the office's ticket, in the order in which it came: a comment, and a thread among the users with what was said in it.
fn parts(office: &Office) -> [Uuid; 3] {
    ["comment", "internal_thread", "internal_note"].map(|word| office.id(word))
}

fn everywhere(test: impl Fn(&str, Office)) {
    for backend in backends::all() {
        test(backend.name, Office::found(backend.store.clone()));
    }
}

#[test]
fn the_comments_of_a_ticket_that_left_are_gone_as_far_as_they_were_seen() {
    everywhere(|name, office| {
        let (agent, ticket) = (office.session("agent"), office.id("ticket"));
        let before = office.position();
        office.run("ticket.assign", json!({"ticket": ticket, "assignee": {"user": office.id("colleague")}}));
        let later = json!({"ticket": ticket, "body": "Among us", "audience": "members"});
        let later = office.run_as("colleague", "ticket.comment", later).unwrap()["id"].clone();
        let items = items(&agent, before);
        let mut gone = of("gone", &items);
        gone.sort_unstable();
        let mut expected = vec![ticket];
        expected.extend(parts(&office));
        expected.sort_unstable();
        // Neither what admins wrote among themselves, nor what was written when the ticket had left.
        assert_eq!(gone, expected, "{name}: {items:?}, and not {later} or {}", office.id("admins_comment"));
        assert_eq!((items.len(), anew(&items)), (expected.len(), 0), "{name}: {items:?}");
    });
}

#[test]
fn a_comment_that_is_removed_after_its_ticket_left_is_gone_as_well() {
    everywhere(|name, office| {
        let (agent, ticket) = (office.session("agent"), office.id("ticket"));
        let before = office.position();
        office.run("ticket.assign", json!({"ticket": ticket, "assignee": {"user": office.id("colleague")}}));
        office.run("ticket.trash", json!({"ticket": ticket}));
        office.run("ticket.purge", json!({"ticket": ticket}));
        let items = items(&agent, before);
        assert!(of("gone", &items).contains(&office.id("comment")), "{name}: {items:?}");
        assert!(!of("gone", &items).contains(&office.id("admins_comment")), "{name}: {items:?}");
    });
}

#[test]
fn what_comes_with_a_ticket_is_named() {
    everywhere(|name, office| {
        let (agent, ticket) = (office.session("agent"), office.id("ticket"));
        office.run("ticket.assign", json!({"ticket": ticket, "assignee": {"user": office.id("colleague")}}));
        let before = office.position();
        office.run("ticket.assign", json!({"ticket": ticket, "assignee": {"user": office.id("agent")}}));
        let items = items(&agent, before);
        assert_eq!(of("changed", &items), [ticket], "{name}: {items:?}");
        assert_eq!(of("appeared", &items), parts(&office), "{name}: {items:?}");
        assert_eq!(items.len(), 1 + parts(&office).len(), "{name}: {items:?}");
    });
}

#[test]
fn a_ticket_in_the_trash_takes_its_comments_along_and_brings_them_back() {
    everywhere(|name, office| {
        let (agent, ticket) = (office.session("agent"), office.id("ticket"));
        let before = office.position();
        office.run("ticket.trash", json!({"ticket": ticket}));
        assert_eq!(of("gone", &items(&agent, before)), parts(&office), "{name}");
        let before = office.position();
        office.run("ticket.restore", json!({"ticket": ticket}));
        assert_eq!(of("appeared", &items(&agent, before)), parts(&office), "{name}");
    });
}

#[test]
fn a_group_or_role_that_is_lost_or_won_says_so_to_its_user_alone() {
    everywhere(|name, office| {
        let (agent, colleague) = (office.session("agent"), office.session("colleague"));
        let member = json!({"group": office.id("sales"), "user": office.id("agent")});
        let changes = [
            ("group.add_member", member.clone()),
            ("group.remove_member", member),
            ("user.update", json!({"user": office.id("agent"), "role": "viewer"})),
            ("user.update", json!({"user": office.id("agent"), "role": "agent"})),
        ];
        for (operation, arguments) in changes {
            let before = office.position();
            office.run(operation, arguments);
            assert_eq!(anew(&items(&agent, before)), 1, "{name}: {operation}");
            assert_eq!(anew(&items(&colleague, before)), 0, "{name}: {operation}");
            assert_eq!(anew(&items(&office.session("system"), before)), 0, "{name}: {operation}");
        }
        let before = office.position();
        office.run("user.update", json!({"user": office.id("agent"), "name": "Someone Else"}));
        assert_eq!(anew(&items(&agent, before)), 0, "{name}: a name is no access");
        let before = office.position();
        office.run("user.deactivate", json!({"user": office.id("agent")}));
        assert_eq!(block_on(agent.feed(before, 10)).unwrap_err().code(), "actor.inactive", "{name}");
        office.run("user.activate", json!({"user": office.id("agent")}));
        assert_ne!(anew(&items(&agent, before)), 0, "{name}");
    });
}

/// Everybody but admins sees the contacts of one account, and no account.
#[derive(Clone, Copy)]
struct Contacts;

impl Policy for Contacts {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, action: Action) -> Access {
        match kind.kind {
            _ if actor.is_system() || actor.has_role("admin") => Access::full(),
            "account" => Access::none(),
            "contact" => {
                let named = Filter::compare("name", Op::Eq, "Globex");
                Access::rows(Filter::Through("account".to_owned(), Box::new(named)))
            }
            _ => DefaultPolicy::new().access(actor, kind, action),
        }
    }
}

#[test]
fn what_hangs_on_a_record_that_the_reader_does_not_see_moves_with_it() {
    for backend in backends::all() {
        let office = Office::found_with(backend.store.clone(), nexa_core::builder().policy(Contacts));
        let viewer = office.session("viewer");
        let account = office.id("account");
        let before = office.position();
        office.run("account.update", json!({"account": account, "name": "Fair"}));
        let left = items(&viewer, before);
        // The note is about the contact, and about a ticket that the reader does not see.
        let both = |how| ["contact", "note"].map(|kind| (how, kind.to_owned(), Some(office.id(kind))));
        // Calls, files and mails of the contact hang on it alone.
        let of_both = |items: &[Moved], how| {
            assert!(items.iter().all(|(moved, ..)| *moved == how), "{items:?}");
            let them = items.iter().filter(|(_, kind, _)| ["contact", "note"].contains(&kind.as_str()));
            them.cloned().collect::<Vec<_>>()
        };
        assert_eq!(of_both(&left, "gone"), both("gone"));
        let before = office.position();
        office.run("account.update", json!({"account": account, "name": "Globex"}));
        let came = items(&viewer, before);
        assert_eq!(of_both(&came, "appeared"), both("appeared"));
        assert_eq!(came.len(), left.len());
        let item = &block_on(viewer.feed(before, 10)).unwrap().items[0];
        let text = serde_json::to_string(item).unwrap();
        assert!(!text.contains("account.update") && !text.contains("user:"), "an event that is not seen: {text}");
        let before = office.position();
        office.run("account.update", json!({"account": account, "description": "Another"}));
        assert_eq!(items(&viewer, before), [], "{}", backend.name);
    }
}

#[test]
fn what_is_too_much_for_one_page_is_read_anew() {
    let backend = backends::memory();
    let office = Office::found_with(backend.store.clone(), nexa_core::builder().policy(Contacts));
    let (viewer, account) = (office.session("viewer"), office.id("account"));
    let rows: Vec<nexa_crm::Request> = (0..1_100)
        .map(|number| nexa_crm::Request {
            run: "contact.create".to_owned(),
            with: json!({"email": format!("m{number}@example.com"), "account": account}),
        })
        .collect();
    for rows in rows.chunks(550) {
        block_on(office.session("admin").batch(rows.to_vec(), Envelope::default())).unwrap();
    }
    let before = office.position();
    office.run("account.update", json!({"account": account, "name": "Fair"}));
    office.run("account.update", json!({"account": account, "name": "Globex"}));
    let (mut after, mut anew, mut pages) = (before, 0, 0);
    loop {
        let feed = block_on(viewer.feed(after, 1_000)).unwrap();
        assert!(feed.items.len() <= 2, "{} items", feed.items.len());
        anew += feed.items.iter().filter(|item| matches!(item, FeedItem::AccessChanged { .. })).count();
        assert!(feed.next.seq() > after.seq(), "a page goes on");
        (after, pages) = (feed.next, pages + 1);
        if feed.complete {
            break;
        }
    }
    assert_eq!((anew, pages), (2, 2), "each needs a page of its own");
}

#[test]
fn a_reader_who_stops_between_the_items_of_an_event_loses_none() {
    everywhere(|name, office| {
        let agent = office.session("agent");
        let before = office.position();
        let assigned = json!({"ticket": office.id("ticket"), "assignee": {"user": office.id("colleague")}});
        office.run("ticket.assign", assigned);
        let items = block_on(agent.feed(before, 1_000)).unwrap().items;
        assert!(items.len() > 1, "{name}");
        for item in &items[..items.len() - 1] {
            assert_eq!(block_on(agent.feed(item.position(), 1_000)).unwrap().items, items, "{name}");
        }
        assert_eq!(block_on(agent.feed(items.last().unwrap().position(), 1_000)).unwrap().items, [], "{name}");
    });
}
