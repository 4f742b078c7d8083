//! One Monday in support: Sarah cannot log in; Maria, Alex and Lisa solve it. (Customer ticket flow.)

use nexa_crm::{
    Assignee, Body, Email, Envelope, ExternalKey, Name, Ref, Result,
    people::assignment::{Assign, Claim, Release},
    service::{
        Audience, Ticket, TicketPriority, TicketStatus, comment,
        ticket::{self, Close, Create, Customer, Resolve},
    },
};
use serde_json::json;

use crate::team::Team;

/// The key under which the story's ticket is found again.
pub(crate) fn key() -> ExternalKey {
    ExternalKey { system: "quickstart".to_owned(), key: "monday".to_owned() }
}

/// Solves the ticket, unless it is solved already.
pub(crate) fn solve(team: &Team) -> Result<()> {
    if team.lisa.get::<Ticket>(key()).is_ok() {
        return Ok(());
    }
    let customer = Customer {
        name: Name::parse("Sarah Johnson").ok(),
        email: Email::parse("sarah@acme.example").ok(),
        company: Name::parse("Acme Corp").ok(),
        ..Customer::default()
    };
    let mut create = Create::new("Cannot access dashboard")
        .set(Ticket::DESCRIPTION, "Customer unable to log in")
        .set(Ticket::PRIORITY, TicketPriority::High)
        .customer(customer);
    create.fields.put("external_keys", json!([key()]));
    let ticket: Ref<Ticket> = team.maria.run_with(Envelope::because("Sarah's mail of 9:00"), create)?.id.into();

    let group = Assignee::group(team.technical_support);
    team.lisa.run_with(Envelope::because("Login issues go to technical support"), Assign::to(ticket.clone(), group))?;
    team.maria.run(Claim::of(ticket.clone()))?;
    team.maria.run_with(Envelope::because("End of the morning shift"), Release::of(ticket.clone()))?;
    team.alex.run(Claim::of(ticket.clone()))?;
    team.alex.run(ticket::Move::to(ticket.clone(), TicketStatus::InProgress))?;
    say(&team.alex, &ticket, "Account locked due to multiple failed login attempts", Audience::Members)?;
    say(&team.lisa, &ticket, "Check whether others at Acme Corp were locked out as well", Audience::Admins)?;
    say(&team.alex, &ticket, "Customer confirmed issue resolved", Audience::Members)?;
    let resolution = Body::parse("Account unlocked, password reset sent by mail").ok();
    team.alex.run_with(Envelope::because("Sarah confirmed"), Resolve { ticket: ticket.clone(), resolution })?;
    team.lisa.run_with(Envelope::because("Reviewed"), Close { ticket })?;
    Ok(())
}

fn say(who: &nexa_crm::blocking::Session, ticket: &Ref<Ticket>, text: &str, audience: Audience) -> Result<()> {
    let Ok(body) = Body::parse(text) else { return Ok(()) };
    who.run(comment::Write { ticket: ticket.clone(), body, audience }).map(|_| ())
}
