//! What explain says is what happens; the trash.

use nexa_core::{
    Envelope, Restore, Trash,
    people::{User, assignment::Assign},
    service::{
        Comment, Ticket,
        TicketStatus::{self, Closed, Open, Resolved},
    },
    testing::block_on,
};
use serde_json::json;

use crate::desk::*;

/// Arguments with which an operation does what its guard lets pass.
fn arguments(operation: &str, ticket: &Ticket, desk: &Desk, other: &Ticket) -> serde_json::Value {
    let mut with = json!({"ticket": ticket.id});
    let more = match operation {
        "ticket.update" => json!({"subject": "Changed"}),
        "ticket.apply_analysis" => json!({"fields": ["priority"]}),
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
                        let met = met.map(|error| error.code());
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
