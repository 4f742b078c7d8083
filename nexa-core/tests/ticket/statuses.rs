//! The table of statuses, and what closed means.

use std::time::Duration;

use nexa_core::{
    Body, ExternalKey, Merge, Tags, Timestamp, Update,
    kernel::custom::{CustomType, Define},
    people::assignment::{Assign, Claim, Release},
    service::{
        Ticket, TicketPriority,
        TicketStatus::{self, Closed, InProgress, Open, Pending, Resolved},
        ticket::{self, Close, Escalate, FollowUp, Move, Prioritize, Resolve},
    },
    testing::block_on,
};
use serde_json::json;

use super::sarah;
use crate::desk::*;

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
    let events = || block_on(desk.crm.feed(desk.lisa.org(), nexa_core::Position::START, 1_000)).unwrap().items.len();
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
