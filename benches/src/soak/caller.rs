//! One of many callers: reads and writes by chance, and knows what has to be refused.

use std::{
    collections::BTreeMap,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use nexa_crm::{
    Create, Envelope, Error, Filter, Find, Id, Session, Update,
    sales::{Contact, Lead},
    service::{
        Ticket,
        ticket::{self, TicketStatus},
    },
    testing::Random,
};

use crate::{Outcome, tenant::Tenant};

/// How often everything was done, and the longest that it took.
#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<&'static str, (u64, Duration)>);

impl Tally {
    fn count(&mut self, what: &'static str, took: Duration) {
        let (count, slowest) = self.0.entry(what).or_default();
        *count += 1;
        *slowest = took.max(*slowest);
    }

    pub(super) fn add(&mut self, other: Self) {
        for (what, (count, slowest)) in other.0 {
            let (all, longest) = self.0.entry(what).or_default();
            *all += count;
            *longest = slowest.max(*longest);
        }
    }

    pub(super) fn lines(&self) -> impl Iterator<Item = (&'static str, (u64, Duration))> {
        self.0.iter().map(|(what, line)| (*what, *line))
    }
}

/// A caller and what they know.
pub(super) struct Caller {
    session: Session,
    contacts: Arc<Vec<Id<Contact>>>,
    tickets: Vec<Id<Ticket>>,
    random: Random,
    name: String,
    made: u64,
}

impl Caller {
    pub(super) fn new(tenant: Tenant, contacts: Arc<Vec<Id<Contact>>>, seed: u64, number: usize) -> Self {
        let session = tenant.agent.asynchronous().clone();
        Self {
            session,
            contacts,
            tickets: Vec::new(),
            random: Random::new(seed),
            name: format!("caller{number}"),
            made: 0,
        }
    }

    /// Calls until the time is over. Whatever else is refused than what has to be, ends it.
    pub(super) async fn live(mut self, until: Instant) -> Outcome<Tally> {
        let mut tally = Tally::default();
        while Instant::now() < until {
            let started = Instant::now();
            let what = self.act().await?;
            tally.count(what, started.elapsed());
        }
        Ok(tally)
    }

    fn any_contact(&self) -> Id<Contact> {
        self.contacts.get(self.random.below(self.contacts.len().max(1))).copied().unwrap_or_default()
    }

    fn any_ticket(&self) -> Option<Id<Ticket>> {
        self.tickets.get(self.random.below(self.tickets.len().max(1))).copied()
    }

    async fn act(&mut self) -> Outcome<&'static str> {
        self.made += 1;
        match (self.random.below(20), self.any_ticket()) {
            (0..=4, _) | (_, None) => {
                let create = ticket::Create::new(format!("Printer {} is on fire", self.made));
                let made = self.session.run(create.set(Ticket::CONTACT, self.any_contact())).await?;
                // Enough to work on; the rest is history.
                if self.tickets.len() >= 64 {
                    self.tickets.swap_remove(self.random.below(64));
                }
                self.tickets.push(made.id);
                Ok("ticket.create")
            }
            (5 | 6, _) => {
                let lead = Create::<Lead>::new().set(Lead::COMPANY, format!("{} {} Ltd", self.name, self.made));
                black_box(self.session.run(lead).await?);
                Ok("lead.create")
            }
            (7 | 8, Some(ticket)) => {
                let subject = format!("Printer {} still burns", self.made);
                self.session.run(Update::of(ticket).set(Ticket::SUBJECT, subject)).await?;
                Ok("ticket.update")
            }
            (9, _) => self.twice().await,
            (10, _) => self.refused().await,
            (11..=13, _) => {
                let open = Find::<Ticket>::new().filter(Ticket::STATUS.eq(TicketStatus::Open));
                black_box(self.session.find(open.by_descending(Ticket::PRIORITY).by(Ticket::CREATED_AT)).await?);
                Ok("ticket.find")
            }
            (14, _) => {
                black_box(self.session.search::<Contact>("grace").await?);
                Ok("contact.search")
            }
            (15, _) => {
                black_box(self.session.count::<Lead>(Filter::everything()).await?);
                Ok("lead.count")
            }
            (16, Some(ticket)) => {
                black_box(self.session.history(ticket).await?);
                Ok("ticket.history")
            }
            (17, Some(ticket)) => {
                black_box(self.session.explain(ticket).await?);
                Ok("ticket.explain")
            }
            (_, Some(ticket)) => {
                black_box(self.session.get(ticket).await?);
                Ok("ticket.get")
            }
        }
    }

    /// The same request twice has one answer.
    async fn twice(&self) -> Outcome<&'static str> {
        let envelope =
            Envelope { idempotency_key: Some(format!("{} {}", self.name, self.made)), ..Envelope::default() };
        let lead = || Create::<Lead>::new().set(Lead::COMPANY, format!("{} {} Inc", self.name, self.made));
        let first = self.session.run_with(envelope.clone(), lead()).await?;
        let second = self.session.run_with(envelope, lead()).await?;
        if first.id == second.id { Ok("lead.create, repeated") } else { Err("a repeated request was run twice".into()) }
    }

    /// A taken mail address is refused as such.
    async fn refused(&self) -> Outcome<&'static str> {
        let contact = self.session.get(self.any_contact()).await?;
        let email = contact.email.ok_or("a contact lost its mail address")?;
        let create = Create::<Contact>::new().set(Contact::EMAIL, email.to_string());
        match self.session.run(create).await.map_err(|error: Error| error.code().to_owned()) {
            Err(code) if code == "contact.email_taken" => Ok("contact.create, refused"),
            Err(code) => Err(format!("a taken mail address was refused as {code}").into()),
            Ok(_) => Err("a mail address was given twice".into()),
        }
    }
}
