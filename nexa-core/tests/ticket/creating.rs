//! Reporting an issue, with its customer.

use nexa_core::{
    Create, Email, Filter, Name, Phone, Session,
    sales::{Account, Contact},
    service::{
        Ticket, TicketPriority,
        TicketStatus::Open,
        ticket::{self, Customer},
    },
    testing::block_on,
};

use super::sarah;
use crate::desk::*;

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

    // He gives his address: he is the same; somebody with another address is not.
    let known = Customer { email: Email::parse("tom@acme.example").ok(), ..tom() };
    assert_eq!(run(&desk.maria, ticket::Create::new("Known").customer(known)).unwrap().contact, first.contact);
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
