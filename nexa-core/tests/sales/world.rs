//! An office to sell in, with a policy that lets everybody do everything but see what is said to be hidden.

use std::sync::{Arc, Mutex};

use nexa_core::{
    Access, Action, Actor, Amount, Create, Crm, Currency, Email, Entity, Error, Filter, Id, Money, Name, Perform,
    Policy, Query, Session,
    kernel::{memory::MemoryStore, ports::Clock, record::RecordDef},
    people::{Group, User, group::AddMember},
    sales::{Account, Contact, Deal},
    testing::{ManualClock, Office, block_on},
};

/// Allows everything to everybody but viewers, who see these rows of a kind, without these fields.
#[derive(Clone, Default)]
struct Open(Arc<Mutex<Limits>>);

#[derive(Default)]
struct Limits {
    hidden: Vec<(&'static str, &'static str)>,
    rows: Vec<(&'static str, Filter)>,
}

impl Policy for Open {
    fn access(&self, actor: &Actor, kind: &'static RecordDef, _: Action) -> Access {
        if !actor.has_role("viewer") {
            return Access::full();
        }
        let limits = self.0.lock().unwrap();
        let rows = limits.rows.iter().find(|(of, _)| *of == kind.kind).map(|(_, rows)| rows.clone());
        let hidden = limits.hidden.iter().filter(|(of, _)| *of == kind.kind).map(|(_, field)| *field);
        Access::rows(rows.unwrap_or_default()).hiding(hidden)
    }
}

pub(crate) struct World {
    pub(crate) crm: Crm,
    pub(crate) admin: Session,
    pub(crate) clock: Arc<ManualClock>,
    limits: Open,
}

impl World {
    pub(crate) fn new() -> Self {
        let limits = Open::default();
        let office = Office::empty(Arc::new(MemoryStore::new()), nexa_core::builder().policy(limits.clone()));
        Self { admin: office.session("admin"), crm: office.crm, clock: office.clock, limits }
    }

    pub(crate) fn run<C: Perform + Clone>(&self, command: C) -> C::Output {
        self.attempt(command).unwrap()
    }
    pub(crate) fn attempt<C: Perform + Clone>(&self, command: C) -> Result<C::Output, Error> {
        block_on(self.admin.run(command))
    }
    /// The code with which a command is refused.
    pub(crate) fn refused<C: Perform + Clone>(&self, command: C) -> String {
        match self.attempt(command) {
            Ok(_) => panic!("{} was not refused", C::name()),
            Err(error) => error.code().to_owned(),
        }
    }
    pub(crate) fn ask<Q: Query + Clone>(&self, query: Q) -> Q::Output {
        block_on(self.admin.ask(query)).unwrap()
    }
    pub(crate) fn get<R: Entity>(&self, id: Id<R>) -> R {
        block_on(self.admin.get(id)).unwrap()
    }

    pub(crate) fn account(&self, name: &str) -> Account {
        self.run(Create::<Account>::new().set(Account::NAME, name))
    }
    pub(crate) fn contact(&self, name: &str, account: &Account) -> Contact {
        self.run(Create::<Contact>::new().set(Contact::FIRST_NAME, name).set(Contact::ACCOUNT, account))
    }
    pub(crate) fn deal(&self, name: &str, amount: Money) -> Deal {
        self.run(Create::<Deal>::new().set(Deal::NAME, name).set(Deal::AMOUNT, amount))
    }
    pub(crate) fn user(&self, name: &str, role: &str) -> User {
        let email = Email::parse(&format!("{name}@nexa.example")).unwrap();
        let user = Create::<User>::new().set(User::NAME, name).set(User::EMAIL, email);
        self.run(user.set(User::ROLE, role))
    }
    pub(crate) fn group(&self, name: &str, member: &User) -> Group {
        let group = self.run(Create::<Group>::new().set(Group::NAME, Name::parse(name).unwrap()));
        self.run(AddMember { group: (&group).into(), user: member.into() });
        group
    }
    pub(crate) fn days_later(&self, days: i64) {
        self.clock.set(self.clock.now().plus_days(days));
    }
    /// Somebody who sees all rows and fields but what [`World::hide`] and [`World::show_only`] say.
    pub(crate) fn viewer(&self) -> (User, Session) {
        let viewer = self.user("vic", "viewer");
        let session = self.crm.user(self.admin.org(), viewer.id);
        (viewer, session)
    }
    pub(crate) fn show_only(&self, kind: &'static str, rows: Filter) {
        self.limits.0.lock().unwrap().rows.push((kind, rows));
    }
    pub(crate) fn hide(&self, kind: &'static str, field: &'static str) {
        self.limits.0.lock().unwrap().hidden.push((kind, field));
    }
}

pub(crate) fn usd(amount: &str) -> Money {
    Money::new(Amount::parse(amount).unwrap(), Currency::USD)
}
pub(crate) fn eur(amount: &str) -> Money {
    Money::new(Amount::parse(amount).unwrap(), Currency::EUR)
}
pub(crate) fn gbp(amount: &str) -> Money {
    Money::new(Amount::parse(amount).unwrap(), Currency::GBP)
}
