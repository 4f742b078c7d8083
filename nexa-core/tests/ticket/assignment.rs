//! Who has a ticket: claim, assign, release, escalate.

use nexa_core::{
    Assignee, Body, ErrorKind, Filter, Id, Op, Principal, Timestamp, Trash,
    people::{
        assignment::{Assign, Claim, Release},
        group::RemoveMember,
        user::Deactivate,
    },
    service::{Ticket, TicketSeverity, TicketStatus::InProgress, ticket::Escalate},
    testing::block_on,
};
use serde_json::json;

use crate::desk::*;

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
    assert_eq!(code(run(&desk.alex, Claim::<Ticket>::of(waiting.id))), "record.trashed");
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
        run(&desk.lisa, RemoveMember::of(desk.support, id(member))).unwrap();
    }
    assert_eq!(run(&desk.nina, Release::<Ticket>::of(ticket.id)).unwrap().assignee, None);
}

#[test]
fn nobody_who_cannot_work_is_assigned() {
    let desk = desk();
    let ticket = ticket(&desk.maria, "Cannot access dashboard");
    let empty = group(&desk.lisa, "Nobody", &[]);
    let gone = group(&desk.lisa, "Gone", &[&desk.nina]);
    run(&desk.lisa, Deactivate::of(id(&desk.nina))).unwrap();
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
        severity: Some(TicketSeverity::P1),
        reason: Body::parse("All customers on v2.1.5 affected").unwrap(),
    };
    let escalated = run(&desk.alex, escalate).unwrap();
    assert_eq!(
        (escalated.status, escalated.assignee, escalated.severity),
        (InProgress, None, Some(TicketSeverity::P1))
    );
    let escalation = escalated.escalation.unwrap();
    assert_eq!((escalation.to, escalation.severity), (engineering, Some(TicketSeverity::P1)));
    assert_eq!(escalation.at, Timestamp::parse("2025-11-17T09:00:00Z").unwrap());
    let called = Filter::compare("escalation.to", Op::Eq, engineering);
    assert_eq!(block_on(desk.nina.count::<Ticket>(called)).unwrap(), 1);
}
