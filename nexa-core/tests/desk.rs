//! The team of an office as a support desk: Lisa is the admin; Maria, Alex and Nina are agents; Alex and Nina are in support;
//! Victor only looks.

use std::sync::Arc;

use nexa_core::{
    Assignee, Create, Crm, Envelope, ErrorKind, Id, Perform, Principal, Result, Session,
    kernel::memory::MemoryStore,
    people::{Group, User, group::AddMember},
    service::{Comment, Ticket, TicketStatus, comment::Write, ticket},
    testing::{ManualClock, Office, block_on},
};
use serde_json::{Value as Json, json};

pub(crate) struct Desk {
    pub(crate) crm: Crm,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) lisa: Session,
    pub(crate) maria: Session,
    pub(crate) alex: Session,
    pub(crate) nina: Session,
    pub(crate) victor: Session,
    pub(crate) support: Id<Group>,
}

pub(crate) fn desk() -> Desk {
    desk_with(|builder| builder)
}

/// A desk whose host changed something about the Crm.
pub(crate) fn desk_with(change: impl FnOnce(nexa_core::CrmBuilder) -> nexa_core::CrmBuilder) -> Desk {
    let office = Office::staffed(Arc::new(MemoryStore::new()), change(nexa_core::builder()));
    let team = ["admin", "colleague", "agent", "user", "viewer"];
    let [lisa, maria, alex, nina, victor] = team.map(|word| office.session(word));
    let support = office.id_of("group");
    Desk { crm: office.crm, clock: office.clock, lisa, maria, alex, nina, victor, support }
}

pub(crate) fn user(crm: &Crm, admin: &Session, name: &str, role: &str) -> Session {
    let create = Create::<User>::new()
        .set(User::NAME, name)
        .set(User::EMAIL, format!("{}@nexa.example", name.to_lowercase()).as_str())
        .set(User::ROLE, role);
    crm.user(admin.org(), run(admin, create).unwrap().id)
}

pub(crate) fn group(admin: &Session, name: &str, members: &[&Session]) -> Id<Group> {
    let group = run(admin, Create::<Group>::new().set(Group::NAME, name)).unwrap();
    for member in members {
        run(admin, AddMember { group: group.id.into(), user: id(member).into() }).unwrap();
    }
    group.id
}

/// The user at work.
pub(crate) fn id(session: &Session) -> Id<User> {
    match session.principal() {
        Principal::User(id) => Id::new(*id),
        other => panic!("{other} is no user"),
    }
}

pub(crate) fn to(session: &Session) -> Assignee {
    Assignee::user(id(session))
}

pub(crate) fn run<C: Perform + Clone>(session: &Session, command: C) -> Result<C::Output> {
    block_on(session.run(command))
}

/// By name, as a binding calls it.
pub(crate) fn call(session: &Session, operation: &str, with: Json) -> Result<Json> {
    block_on(session.execute(operation, with, Envelope::default()))
}

pub(crate) fn code<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.unwrap_err().code().to_owned()
}

pub(crate) fn kind<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.unwrap_err().kind()
}

pub(crate) fn ticket(session: &Session, subject: &str) -> Ticket {
    run(session, ticket::Create::new(subject)).unwrap()
}

pub(crate) fn move_to(session: &Session, ticket: &Ticket, status: TicketStatus) -> Result<Ticket> {
    run(session, ticket::Move { ticket: ticket.id.into(), status, until: None })
}

/// A ticket of nobody that stands there.
pub(crate) fn ticket_in(session: &Session, status: TicketStatus) -> Ticket {
    let ticket = ticket(session, "Cannot access dashboard");
    let steps: &[TicketStatus] = match status {
        TicketStatus::Open => &[],
        TicketStatus::Closed => &[TicketStatus::Resolved, TicketStatus::Closed],
        _ => &[status],
    };
    steps.iter().fold(ticket, |ticket, step| move_to(session, &ticket, *step).unwrap())
}

pub(crate) fn comment(session: &Session, ticket: &Ticket, body: &str, audience: &str) -> Result<Comment> {
    let with = json!({"ticket": ticket.id, "body": body, "audience": audience});
    run(session, serde_json::from_value::<Write>(with).unwrap())
}
