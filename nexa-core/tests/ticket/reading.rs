//! Merged tickets, lists, the timeline.

use std::time::Duration;

use nexa_core::{
    Assignee, Envelope, Find, Merge, Session, Timestamp, Update,
    people::assignment::{Assign, Claim},
    service::{
        Comment, Ticket, TicketPriority,
        TicketStatus::{Closed, Open, Pending, Resolved},
        ticket::{self, FollowUp, Move, Prioritize},
        timeline::Timeline,
    },
    testing::block_on,
};

use crate::desk::*;

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
        "Lisa assigned it to Support",
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
