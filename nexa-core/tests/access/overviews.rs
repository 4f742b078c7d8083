//! The 360° view of a contact and the rollup of its account show tickets as `ticket.get` does.

use nexa_core::{
    Assignee, Session,
    people::assignment::Assign,
    sales::{
        account::rollup::Rollup,
        contact::overview::{ContactOverview, Overview},
    },
    service::Ticket,
    testing::block_on,
};
use serde_json::json;

use crate::desk::*;

#[test]
fn a_ticket_that_is_not_seen_is_not_shown_with_its_customer() {
    let desk = desk();
    let raise = |subject: &str| -> Ticket {
        let customer = json!({"name": "Sarah Johnson", "email": "sarah@acme.example", "company": "Acme Corp"});
        let with = json!({"subject": subject, "customer": customer});
        serde_json::from_value(call(&desk.lisa, "ticket.create", with).unwrap()).unwrap()
    };
    let (nobodys, groups, secret) = (raise("Of nobody"), raise("Of the group"), raise("Of Lisa, a secret"));
    for (ticket, assignee) in [(&groups, Assignee::group(desk.support)), (&secret, to(&desk.lisa))] {
        run(&desk.lisa, Assign::<Ticket>::to(ticket.id, assignee)).unwrap();
    }
    let (contact, account) = (nobodys.contact.unwrap(), nobodys.account.unwrap());
    let Desk { lisa, maria, alex, victor, .. } = &desk;
    let seen: [(&Session, Vec<&Ticket>); 4] = [
        (lisa, vec![&secret, &groups, &nobodys]),
        (alex, vec![&groups, &nobodys]),
        (maria, vec![&nobodys]),
        (victor, vec![]),
    ];
    for (session, tickets) in seen {
        let overview: ContactOverview = block_on(session.ask(Overview::of(contact))).unwrap();
        let count = tickets.len() as u64;
        assert_eq!((overview.tickets.open, overview.tickets.total), (count, count));
        let mut shown: Vec<_> = overview.tickets.newest_open.iter().map(|ticket| ticket.id).collect();
        shown.sort();
        let mut visible: Vec<_> = tickets.iter().map(|ticket| ticket.id).collect();
        visible.sort();
        assert_eq!(shown, visible);
        let changed = overview.timeline.iter().filter(|change| change.kind == "ticket").map(|change| change.record);
        assert!(changed.clone().all(|id| tickets.iter().any(|ticket| ticket.id.uuid() == id)));
        assert!(tickets.iter().all(|ticket| changed.clone().any(|id| id == ticket.id.uuid())));
        let answer = serde_json::to_string(&overview).unwrap();
        assert_eq!(answer.contains("secret"), std::ptr::eq(session, lisa), "{answer}");
        let rollup = block_on(session.ask(Rollup { account: account.into() })).unwrap();
        assert_eq!((rollup.own.open_tickets, rollup.with_subsidiaries.open_tickets), (count, count));
    }
}
