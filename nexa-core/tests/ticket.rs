//! Tickets: from report to close, through the public API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod desk;

use std::time::Duration;

use desk::*;
use nexa_core::{
    Assignee, Body, Create, Email, Envelope, ErrorKind, ExternalKey, Filter, Find, Id, Merge, Name, Op, Phone,
    Principal, Restore, Session, Tags, Timestamp, Trash, Update,
    kernel::custom::{CustomType, Define},
    people::{
        User,
        assignment::{Assign, Claim, Release},
        group::RemoveMember,
        user::Deactivate,
    },
    sales::{Account, Contact},
    service::{
        Comment, Severity, Ticket, TicketPriority, TicketStatus,
        ticket::{self, Close, Customer, Escalate, FollowUp, Move, Prioritize, Resolve},
        timeline::Timeline,
    },
    testing::block_on,
};
use serde_json::json;

use TicketStatus::{Closed, InProgress, Open, Pending, Resolved};

fn sarah() -> Customer {
    Customer {
        name: Name::parse("Sarah Johnson").ok(),
        email: Email::parse("Sarah@Acme.example").ok(),
        phone: None,
        company: Name::parse("Acme Corp").ok(),
    }
}

// ── creating ──

#[test]
fn a_ticket_is_born_open_unassigned_and_numbered() {
    let desk = desk();
    let first = ticket(&desk.maria, "Cannot access dashboard");
    assert_eq!((first.number.as_str(), first.status, first.assignee), ("T-000001", Open, None));
    assert_eq!(first.priority, TicketPriority::Medium);
    assert_eq!(code(run(&desk.maria, ticket::Create::default())), "field.required");
    assert_eq!(ticket(&desk.alex, "Another").number, "T-000002", "a refused ticket takes no number");
}

#[test]
fn the_customer_is_made_once_and_found_afterwards() {
    let desk = desk();
    let new = run(&desk.maria, ticket::Create::new("First").customer(sarah())).unwrap();
    let contact = block_on(desk.maria.get::<Contact>(new.contact.unwrap())).unwrap();
    let account = block_on(desk.maria.get::<Account>(new.account.unwrap())).unwrap();
    assert_eq!((contact.first_name.unwrap().as_str(), contact.last_name.unwrap().as_str()), ("Sarah", "Johnson"));
    assert_eq!(contact.email.unwrap().as_str(), "sarah@acme.example");
    assert_eq!((contact.account, account.name.as_str()), (new.account, "Acme Corp"));

    let again = Customer {
        email: Email::parse("SARAH@acme.example").ok(),
        company: Name::parse("ACME corp").ok(),
        phone: Phone::parse("+1 617 555 0100").ok(),
        name: None,
    };
    let second = run(&desk.alex, ticket::Create::new("Second").customer(again)).unwrap();
    assert_eq!((second.contact, second.account), (new.contact, new.account));
    let filled = block_on(desk.alex.get::<Contact>(second.contact.unwrap())).unwrap();
    assert!(filled.phone.is_some(), "an empty field is filled");
    assert_eq!(filled.last_name.unwrap().as_str(), "Johnson");
    let count = |session: &Session| {
        (
            block_on(session.count::<Contact>(Filter::everything())).unwrap(),
            block_on(session.count::<Account>(Filter::everything())).unwrap(),
        )
    };
    assert_eq!(count(&desk.lisa), (1, 1));

    // Another spelling of the company of somebody we know makes no second company.
    let abroad = Customer { company: Name::parse("Acme").ok(), ..sarah() };
    let third = run(&desk.alex, ticket::Create::new("Third").customer(abroad)).unwrap();
    assert_eq!((third.contact, third.account), (new.contact, new.account));
    assert_eq!(count(&desk.lisa), (1, 1));
}

#[test]
fn without_a_mail_address_name_and_company_find_the_customer() {
    let desk = desk();
    let tom = || Customer {
        name: Name::parse("Tom Smith").ok(),
        company: Name::parse("Acme Corp").ok(),
        ..Customer::default()
    };
    let first = run(&desk.maria, ticket::Create::new("First").customer(tom())).unwrap();
    let shouted = Customer { name: Name::parse("TOM SMITH").ok(), ..tom() };
    let second = run(&desk.maria, ticket::Create::new("Second").customer(shouted)).unwrap();
    assert_eq!(second.contact, first.contact);
    let elsewhere = Customer { company: Name::parse("Globex").ok(), ..tom() };
    let third = run(&desk.maria, ticket::Create::new("Third").customer(elsewhere)).unwrap();
    assert_ne!(third.contact, first.contact);

    // He tells his address: he is the same; somebody with another address is not.
    let told = Customer { email: Email::parse("tom@acme.example").ok(), ..tom() };
    assert_eq!(run(&desk.maria, ticket::Create::new("Told").customer(told)).unwrap().contact, first.contact);
    let other = Customer { email: Email::parse("tom.smith.2@acme.example").ok(), ..tom() };
    assert_ne!(run(&desk.maria, ticket::Create::new("Other").customer(other)).unwrap().contact, first.contact);
}

#[test]
fn a_customer_needs_something_to_be_known_by() {
    let desk = desk();
    let nameless = Customer { company: Name::parse("Acme Corp").ok(), ..Customer::default() };
    assert_eq!(code(run(&desk.maria, ticket::Create::new("x").customer(nameless))), "ticket.customer_unreachable");
    let contact = run(&desk.maria, Create::<Contact>::new().set(Contact::LAST_NAME, "Johnson")).unwrap();
    let both = ticket::Create::new("x").set(Ticket::CONTACT, contact.id).customer(sarah());
    assert_eq!(code(run(&desk.maria, both)), "field.invalid");
    assert_eq!(block_on(desk.lisa.count::<Account>(Filter::everything())).unwrap(), 0, "what is refused makes nothing");
}

#[test]
fn the_contact_brings_its_account() {
    let desk = desk();
    let acme = run(&desk.maria, Create::<Account>::new().set(Account::NAME, "Acme Corp")).unwrap();
    let sarah = Create::<Contact>::new().set(Contact::LAST_NAME, "Johnson").set(Contact::ACCOUNT, acme.id);
    let sarah = run(&desk.maria, sarah).unwrap();
    let ticket = run(&desk.maria, ticket::Create::new("x").set(Ticket::CONTACT, sarah.id)).unwrap();
    assert_eq!(ticket.account, Some(acme.id));
}

// ── statuses ──

#[test]
fn every_transition_of_the_table() {
    let desk = desk();
    for from in TicketStatus::ALL {
        for to in TicketStatus::ALL {
            let ticket = ticket_in(&desk.alex, *from);
            let moved = move_to(&desk.alex, &ticket, *to);
            match (from, to) {
                (Closed, _) => assert_eq!(code(moved), "ticket.closed", "{from} → {to}"),
                (Resolved, Closed) => assert_eq!(moved.unwrap().status, Closed),
                (_, Closed) => assert_eq!(code(moved), "ticket.not_resolved", "{from} → {to}"),
                _ => {
                    let moved = moved.unwrap();
                    assert_eq!(moved.status, *to, "{from} → {to}");
                    assert_eq!(moved.resolved_at.is_some(), *to == Resolved);
                    assert_eq!(moved.reopened, u32::from(*from == Resolved && *to != Resolved));
                }
            }
        }
    }
}

#[test]
fn resolving_and_closing_keep_how_and_when() {
    let desk = desk();
    let ticket = ticket(&desk.alex, "Cannot access dashboard");
    assert_eq!(code(run(&desk.alex, Close { ticket: ticket.id.into() })), "ticket.not_resolved");
    let resolve = |text: Option<&str>| Resolve {
        ticket: ticket.id.into(),
        resolution: text.map(|text| Body::parse(text).unwrap()),
    };
    let resolved = run(&desk.alex, resolve(Some("Account unlocked"))).unwrap();
    let at = Timestamp::parse("2025-11-17T09:00:00Z");
    assert_eq!((resolved.resolution.as_deref(), resolved.resolved_at), (Some("Account unlocked"), at));

    let reopened = move_to(&desk.alex, &ticket, InProgress).unwrap();
    assert_eq!((reopened.resolution, reopened.resolved_at, reopened.reopened), (None, None, 1));

    desk.clock.advance(Duration::from_secs(60));
    run(&desk.alex, resolve(None)).unwrap();
    let closed = run(&desk.alex, Close { ticket: ticket.id.into() }).unwrap();
    assert_eq!((closed.status, closed.closed_at), (Closed, Timestamp::parse("2025-11-17T09:01:00Z")));
}

#[test]
fn pending_may_have_an_end_and_only_pending() {
    let desk = desk();
    let ticket = ticket(&desk.alex, "Cannot access dashboard");
    let until = Timestamp::parse("2025-11-20T09:00:00Z");
    let move_until = |status| Move { ticket: ticket.id.into(), status, until };
    assert_eq!(run(&desk.alex, move_until(Pending)).unwrap().pending_until, until);
    assert_eq!(code(run(&desk.alex, move_until(Open))), "field.invalid");
    desk.clock.advance(Duration::from_secs(7 * 86_400));
    assert_eq!(block_on(desk.alex.get::<Ticket>(ticket.id)).unwrap().status, Pending, "nothing moves by itself");
    assert_eq!(move_to(&desk.alex, &ticket, Open).unwrap().pending_until, None);
}

#[test]
fn closed_is_final() {
    let desk = desk();
    let ticket = ticket_in(&desk.lisa, Closed);
    let other = self::ticket(&desk.lisa, "Another");
    let events = || block_on(desk.crm.feed(desk.lisa.org(), 0, 1_000)).unwrap().items.len();
    let before = events();
    let refused = [
        code(run(&desk.lisa, Update::of(ticket.id).set(Ticket::SUBJECT, "Changed"))),
        code(move_to(&desk.lisa, &ticket, Open)),
        code(move_to(&desk.lisa, &ticket, Closed)),
        code(run(&desk.lisa, Resolve { ticket: ticket.id.into(), resolution: None })),
        code(run(&desk.lisa, Close { ticket: ticket.id.into() })),
        code(run(&desk.lisa, Prioritize { ticket: ticket.id.into(), priority: TicketPriority::High })),
        code(run(&desk.lisa, Claim::<Ticket>::of(ticket.id))),
        code(run(&desk.lisa, Assign::<Ticket>::to(ticket.id, to(&desk.alex)))),
        code(run(&desk.lisa, Release::<Ticket>::of(ticket.id))),
        code(comment(&desk.lisa, &ticket, "Late", "members")),
        code(run(&desk.lisa, Merge::<Ticket>::into(ticket.id, other.id))),
        code(run(&desk.lisa, Merge::<Ticket>::into(other.id, ticket.id))),
        code(run(
            &desk.lisa,
            Escalate {
                ticket: ticket.id.into(),
                to: desk.support.into(),
                severity: None,
                reason: Body::parse("Late").unwrap(),
            },
        )),
    ];
    assert!(refused.iter().all(|code| code == "ticket.closed"), "{refused:?}");
    assert_eq!(events(), before, "refused input changes nothing");
}

#[test]
fn a_follow_up_takes_subject_tags_customer_and_custom_fields() {
    let desk = desk();
    run(&desk.lisa, Define::new("ticket", "plan", CustomType::Text)).unwrap();
    let create = ticket::Create::new("Cannot access dashboard")
        .set(Ticket::DESCRIPTION, "Unable to log in")
        .set(Ticket::TAGS, Tags::new(["login", "vip"]).unwrap())
        .set(Ticket::CUSTOM, serde_json::from_value(json!({"plan": "gold"})).unwrap())
        .set(Ticket::EXTERNAL_KEYS, vec![ExternalKey { system: "zendesk".into(), key: "7".into() }])
        .customer(sarah());
    let first = run(&desk.alex, create).unwrap();
    assert_eq!(code(run(&desk.alex, FollowUp { ticket: first.id.into() })), "ticket.not_closed");
    run(&desk.alex, Claim::<Ticket>::of(first.id)).unwrap();
    move_to(&desk.alex, &first, Resolved).unwrap();
    move_to(&desk.alex, &first, Closed).unwrap();

    let next = run(&desk.alex, FollowUp { ticket: first.id.into() }).unwrap();
    assert_eq!((next.status, next.assignee, next.follow_up_of), (Open, None, Some(first.id)));
    assert_eq!((&next.subject, &next.tags, &next.custom), (&first.subject, &first.tags, &first.custom));
    assert_eq!((next.contact, next.account), (first.contact, first.account));
    assert_eq!((next.description, next.external_keys.len(), next.number.as_str()), (None, 0, "T-000002"));
}

// ── assignment ──

#[test]
fn of_fifty_agents_that_claim_at_once_exactly_one_has_it() {
    let desk = desk();
    let ticket = ticket(&desk.maria, "Cannot access dashboard");
    let agents: Vec<_> = (0..50).map(|n| user(&desk.crm, &desk.lisa, &format!("Agent{n}"), "agent")).collect();
    let answers: Vec<_> = std::thread::scope(|scope| {
        let racing: Vec<_> =
            agents.iter().map(|agent| scope.spawn(move || run(agent, Claim::<Ticket>::of(ticket.id)))).collect();
        racing.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners: Vec<_> = answers.iter().zip(&agents).filter(|(answer, _)| answer.is_ok()).collect();
    assert_eq!(winners.len(), 1);
    let claimed = block_on(desk.lisa.get::<Ticket>(ticket.id)).unwrap();
    assert_eq!(claimed.assignee, Some(to(winners[0].1)));
    for refusal in answers.into_iter().filter_map(Result::err) {
        assert_eq!((refusal.code(), refusal.kind()), ("assignee.taken", ErrorKind::Conflict));
        assert!(refusal.params().is_empty(), "without details");
    }
    let history = block_on(desk.lisa.history::<Ticket>(ticket.id)).unwrap();
    assert_eq!(history.items.len(), 2, "one creation and one claim");
}

#[test]
fn who_may_claim_what() {
    let desk = desk();
    let ticket = ticket(&desk.maria, "Cannot access dashboard");
    let claim = Claim::<Ticket>::of(ticket.id);
    let service = desk.crm.session(desk.lisa.org(), Principal::Service("bot".into()));
    assert_eq!(code(run(&service, claim.clone())), "assignee.not_a_user");
    assert_eq!(code(run(&desk.victor, claim.clone())), "access.denied");
    let unknown = Id::<Ticket>::new(uuid::Uuid::from_u128(7));
    assert_eq!(code(run(&desk.alex, Claim::<Ticket>::of(unknown))), "record.not_found");

    let first = run(&desk.alex, claim.clone()).unwrap();
    let again = run(&desk.alex, claim.clone()).unwrap();
    assert_eq!(again.version, first.version, "what one has already stays as it is");
    assert_eq!(code(run(&desk.maria, claim.clone())), "assignee.taken");
    assert_eq!(code(run(&desk.lisa, claim)), "assignee.taken");

    // What waits for another group is taken as well, for those who do not see it.
    let waiting = self::ticket(&desk.maria, "For technical support");
    run(&desk.lisa, Assign::<Ticket>::to(waiting.id, Assignee::group(desk.support))).unwrap();
    assert_eq!(code(run(&desk.maria, Claim::<Ticket>::of(waiting.id))), "assignee.taken");
    run(&desk.lisa, Trash::<Ticket>::of(waiting.id)).unwrap();
    assert_eq!(code(run(&desk.alex, Claim::<Ticket>::of(waiting.id))), "record.not_found");
}

#[test]
fn one_person_or_one_group_and_back_where_it_came_from() {
    let desk = desk();
    let ticket = ticket(&desk.maria, "Cannot access dashboard");
    let group = Assignee::group(desk.support);
    let assign = |assignee| run(&desk.lisa, Assign::<Ticket>::to(ticket.id, assignee)).unwrap().assignee;
    assert_eq!(assign(to(&desk.alex)), Some(to(&desk.alex)));
    assert_eq!(assign(group), Some(group));
    let both = json!({"ticket": ticket.id, "assignee": {"user": id(&desk.alex), "group": desk.support}});
    assert_eq!(kind(call(&desk.lisa, "ticket.assign", both)), ErrorKind::Invalid);

    let claimed = run(&desk.nina, Claim::<Ticket>::of(ticket.id)).unwrap();
    assert_eq!((claimed.assignee, claimed.via_group), (Some(to(&desk.nina)), Some(desk.support)));
    assert_eq!(code(block_on(desk.alex.get::<Ticket>(ticket.id))), "record.not_found");
    let released = run(&desk.nina, Release::<Ticket>::of(ticket.id)).unwrap();
    assert_eq!((released.assignee, released.via_group), (Some(group), None));

    // From the group it goes to nobody, and from nobody nowhere.
    assert_eq!(run(&desk.alex, Release::<Ticket>::of(ticket.id)).unwrap().assignee, None);
    assert_eq!(code(run(&desk.alex, Release::<Ticket>::of(ticket.id))), "assignee.none");

    // Who was assigned by name did not take it from a group.
    run(&desk.maria, Claim::<Ticket>::of(ticket.id)).unwrap();
    assert_eq!(run(&desk.maria, Release::<Ticket>::of(ticket.id)).unwrap().assignee, None);
}

#[test]
fn what_is_released_to_a_group_without_members_goes_to_everybody() {
    let desk = desk();
    let ticket = ticket(&desk.maria, "Cannot access dashboard");
    run(&desk.lisa, Assign::<Ticket>::to(ticket.id, Assignee::group(desk.support))).unwrap();
    run(&desk.nina, Claim::<Ticket>::of(ticket.id)).unwrap();
    for member in [&desk.alex, &desk.nina] {
        run(&desk.lisa, RemoveMember { group: desk.support.into(), user: id(member).into() }).unwrap();
    }
    assert_eq!(run(&desk.nina, Release::<Ticket>::of(ticket.id)).unwrap().assignee, None);
}

#[test]
fn nobody_who_cannot_work_is_assigned() {
    let desk = desk();
    let ticket = ticket(&desk.maria, "Cannot access dashboard");
    let empty = group(&desk.lisa, "Nobody", &[]);
    let gone = group(&desk.lisa, "Gone", &[&desk.nina]);
    run(&desk.lisa, Deactivate { user: id(&desk.nina).into() }).unwrap();
    for assignee in [to(&desk.nina), Assignee::group(empty), Assignee::group(gone)] {
        assert_eq!(code(run(&desk.lisa, Assign::<Ticket>::to(ticket.id, assignee))), "assignee.inactive");
    }
    let escalate =
        Escalate { ticket: ticket.id.into(), to: empty.into(), severity: None, reason: Body::parse("Help").unwrap() };
    assert_eq!(code(run(&desk.lisa, escalate)), "assignee.inactive");
    assert_eq!(code(run(&desk.nina, Claim::<Ticket>::of(ticket.id))), "actor.inactive");
    assert_eq!(block_on(desk.lisa.get::<Ticket>(ticket.id)).unwrap().version, 1);
}

#[test]
fn an_escalation_stands_beside_the_status() {
    let desk = desk();
    let ticket = ticket_in(&desk.alex, InProgress);
    let engineering = group(&desk.lisa, "Engineering", &[&desk.nina]);
    let escalate = Escalate {
        ticket: ticket.id.into(),
        to: engineering.into(),
        severity: Some(Severity::P1),
        reason: Body::parse("All customers on v2.1.5 affected").unwrap(),
    };
    let escalated = run(&desk.alex, escalate).unwrap();
    assert_eq!((escalated.status, escalated.assignee, escalated.severity), (InProgress, None, Some(Severity::P1)));
    let escalation = escalated.escalation.unwrap();
    assert_eq!((escalation.to, escalation.severity), (engineering, Some(Severity::P1)));
    assert_eq!(escalation.at, Timestamp::parse("2025-11-17T09:00:00Z").unwrap());
    let called = Filter::compare("escalation.to", Op::Eq, engineering);
    assert_eq!(block_on(desk.nina.count::<Ticket>(called)).unwrap(), 1);
}

// ── merging ──

#[test]
fn merging_moves_comments_and_later_ones_reach_the_survivor() {
    let desk = desk();
    let (kept, gone) = (ticket(&desk.maria, "Cannot log in"), ticket(&desk.maria, "Login broken"));
    comment(&desk.alex, &gone, "Before the merge", "members").unwrap();
    assert_eq!(code(run(&desk.alex, Merge::<Ticket>::into(kept.id, gone.id))), "access.denied");
    run(&desk.lisa, Merge::<Ticket>::into(kept.id, gone.id)).unwrap();
    let late = comment(&desk.alex, &gone, "After the merge", "members").unwrap();
    assert_eq!(late.ticket, kept.id);
    assert_eq!(block_on(desk.alex.get::<Ticket>(gone.id)).unwrap().id, kept.id);
    let on_kept = Comment::TICKET.eq(kept.id);
    assert_eq!(block_on(desk.alex.count::<Comment>(on_kept)).unwrap(), 2);
    assert_eq!(code(run(&desk.lisa, Merge::<Ticket>::into(gone.id, kept.id))), "merge.cycle");
}

#[test]
fn a_follow_up_folded_with_what_it_follows_does_not_follow_itself() {
    let desk = desk();
    let closed = ticket_in(&desk.alex, Closed);
    let first = run(&desk.alex, FollowUp { ticket: closed.id.into() }).unwrap();
    move_to(&desk.alex, &first, Resolved).unwrap();
    let other = ticket(&desk.alex, "Again");
    let kept = run(&desk.lisa, Merge::<Ticket>::into(other.id, first.id)).unwrap();
    assert_eq!(kept.follow_up_of, None);
    assert_eq!(kept.status, Open, "the survivor keeps what is its own");
}

// ── lists, timeline ──

#[test]
fn the_queue_page_is_in_order_of_urgency() {
    let desk = desk();
    for (subject, priority) in [("a", "low"), ("b", "critical"), ("c", "medium"), ("d", "critical")] {
        desk.clock.advance(Duration::from_secs(1));
        let priority = TicketPriority::parse(priority).unwrap();
        run(&desk.maria, ticket::Create::new(subject).set(Ticket::PRIORITY, priority)).unwrap();
    }
    let find = Find::<Ticket>::new().by_descending(Ticket::PRIORITY).by(Ticket::CREATED_AT);
    let page = block_on(desk.alex.find(find)).unwrap();
    let subjects: Vec<_> = page.items.iter().map(|ticket| ticket.subject.as_str()).collect();
    assert_eq!(subjects, ["b", "d", "c", "a"]);
    let found = block_on(desk.alex.search::<Ticket>("t-000002")).unwrap();
    assert_eq!(found.items.len(), 1);
}

#[test]
fn the_timeline_says_who_did_what_when_and_why() {
    let desk = desk();
    let ticket = ticket(&desk.maria, "Cannot access dashboard");
    run(&desk.lisa, Assign::<Ticket>::to(ticket.id, Assignee::group(desk.support))).unwrap();
    run(&desk.alex, Claim::<Ticket>::of(ticket.id)).unwrap();
    comment(&desk.alex, &ticket, "Checking the account", "members").unwrap();
    comment(&desk.lisa, &ticket, "Security knows", "admins").unwrap();
    desk.clock.advance(Duration::from_secs(60));
    let pending = Move { ticket: ticket.id.into(), status: Pending, until: None };
    block_on(desk.alex.run_with(Envelope::because("Waiting for Sarah"), pending)).unwrap();
    run(&desk.alex, Prioritize { ticket: ticket.id.into(), priority: TicketPriority::High }).unwrap();
    run(&desk.alex, Update::of(ticket.id).set(Ticket::DESCRIPTION, "Locked out")).unwrap();

    let said = |session: &Session| -> Vec<String> {
        let page = block_on(session.ask(Timeline::of(ticket.id))).unwrap();
        page.items.iter().map(|entry| format!("{} {}", entry.name.as_deref().unwrap(), entry.did)).collect()
    };
    let mut lines = vec![
        "Maria opened it",
        "Lisa assigned it to Technical support",
        "Alex claimed it",
        "Alex commented",
        "Lisa commented",
        "Alex changed status from open to pending",
        "Alex changed priority from medium to high",
        "Alex changed description",
    ];
    assert_eq!(said(&desk.lisa), lines);
    lines.remove(4);
    assert_eq!(said(&desk.alex), lines);

    let page = block_on(desk.alex.ask(Timeline { limit: Some(4), ..Timeline::of(ticket.id) })).unwrap();
    assert_eq!(page.items.len(), 4);
    let rest = block_on(desk.alex.ask(Timeline { after: page.next.unwrap(), ..Timeline::of(ticket.id) })).unwrap();
    assert_eq!((rest.items.len(), rest.next), (3, None));
    let why = &rest.items[0].change;
    assert_eq!(why.reason.as_deref(), Some("Waiting for Sarah"));
    assert_eq!(why.at, Timestamp::parse("2025-11-17T09:01:00Z").unwrap());
    assert_eq!(why.actor, format!("user:{}", id(&desk.alex)));
}

// ── explain ──

/// Arguments with which an operation does what its guard lets pass.
fn arguments(operation: &str, ticket: &Ticket, desk: &Desk, other: &Ticket) -> serde_json::Value {
    let mut with = json!({"ticket": ticket.id});
    let more = match operation {
        "ticket.update" => json!({"subject": "Changed"}),
        "ticket.move" => json!({"status": "open"}),
        "ticket.prioritize" => json!({"priority": "high"}),
        "ticket.assign" => json!({"assignee": {"user": id(&desk.maria)}}),
        "ticket.escalate" => json!({"to": desk.support, "reason": "Help"}),
        "ticket.comment" => json!({"body": "Looking into it"}),
        "ticket.merge" => json!({"other": other.id}),
        _ => json!({}),
    };
    with.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    with
}

#[test]
fn explain_says_the_same_as_run() {
    let desk = desk();
    let other = ticket(&desk.maria, "Another");
    let mut compared = std::collections::BTreeSet::new();
    for status in TicketStatus::ALL {
        for assignee in [None, Some(&desk.alex), Some(&desk.lisa)] {
            let unassigned = ticket_in(&desk.maria, Open);
            if let Some(assignee) = assignee {
                run(&desk.lisa, Assign::<Ticket>::to(unassigned.id, to(assignee))).unwrap();
            }
            let ways: &[TicketStatus] = match status {
                Open => &[],
                Closed => &[Resolved, Closed],
                _ => &[*status],
            };
            for way in ways {
                move_to(&desk.lisa, &unassigned, *way).unwrap();
            }
            for trashed in [false, true] {
                if trashed {
                    call(&desk.lisa, "ticket.trash", json!({"ticket": unassigned.id})).unwrap();
                }
                for actor in [&desk.lisa, &desk.alex] {
                    let Ok(permissions) = block_on(actor.explain::<Ticket>(unassigned.id)) else { continue };
                    for permission in permissions {
                        let operation = permission.operation.as_str();
                        let with = arguments(operation, &unassigned, &desk, &other);
                        let ran = block_on(actor.execute(operation, with, Envelope::dry()));
                        let (said, met) = (permission.refusal.as_ref().map(|e| e.code()), ran.as_ref().err());
                        compared.insert(operation.to_owned());
                        // The door does not tell a trashed record from one that is not there.
                        let met = match met.map(|error| error.code()) {
                            Some("record.not_found") if trashed => {
                                said.filter(|code| ["record.trashed", "access.denied"].contains(code))
                            }
                            met => met,
                        };
                        assert!(met.is_some() || ran.is_ok());
                        assert_eq!(said, met, "{operation} of a {status} ticket, trashed: {trashed}");
                    }
                }
            }
        }
    }
    let operations = desk.crm.catalog().operations();
    let targeted = operations.filter(|operation| operation.kind == "ticket" && operation.targeted);
    assert_eq!(compared, targeted.map(|operation| operation.name.to_owned()).collect());
}

#[test]
fn a_trashed_ticket_comes_back() {
    let desk = desk();
    let ticket = ticket(&desk.alex, "Cannot access dashboard");
    let comment = comment(&desk.alex, &ticket, "Looking", "members").unwrap();
    run(&desk.alex, Trash::<Ticket>::of(ticket.id)).unwrap();
    let read = || block_on(desk.alex.get::<Comment>(comment.id));
    assert_eq!(code(read()), "record.not_found", "what hangs on it follows");
    run(&desk.alex, Restore::<Ticket>::of(ticket.id)).unwrap();
    assert_eq!(read().unwrap().id, comment.id);
    assert!(block_on(desk.lisa.get::<User>(id(&desk.alex))).unwrap().active);
}
