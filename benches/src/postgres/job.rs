//! What is to be done, and by how many at once.

use std::{future::Future, sync::Arc};

use nexa_crm::{
    Id, Money,
    sales::lead::Convert,
    service::{
        Ticket,
        ticket::{Create, TicketChannel, TicketPriority, TicketType},
    },
};
use tokio::{sync::Barrier, task::JoinSet};
use uuid::Uuid;

use super::building::Building;
use crate::{
    Outcome,
    tenant::Tenant,
    turns::{Taken, timed},
};

/// The commands that a caller can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `lead.convert`.
    Convert,
    /// `ticket.create`.
    Ticket,
}

/// One command of one agent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job {
    pub(crate) tenant: usize,
    pub(crate) org: Uuid,
    pub(crate) agent: Uuid,
    /// The lead, or the contact of the ticket.
    pub(crate) target: Uuid,
    pub(crate) number: usize,
}

pub(crate) const DESCRIPTION: &str = "Since this morning the dashboard answers with a blank page in every browser that we \
    tried. The password was reset twice. Fourteen people cannot work.";

impl Job {
    pub(crate) fn subject(&self) -> String {
        format!("Cannot open dashboard {} since the update", self.number)
    }

    /// Runs it through the door.
    pub(crate) async fn run(self, kind: Kind, tenant: &Tenant) -> Outcome<()> {
        let agent = tenant.agent.asynchronous();
        match kind {
            Kind::Convert => {
                let money = Money::parse("50000.00 USD")?;
                agent.run(Convert::of(Id::new(self.target)).amount(money)).await?;
            }
            Kind::Ticket => {
                let create = Create::new(self.subject())
                    .set(Ticket::DESCRIPTION, DESCRIPTION)
                    .set(Ticket::PRIORITY, TicketPriority::High)
                    .set(Ticket::TYPE, TicketType::Problem)
                    .set(Ticket::CHANNEL, TicketChannel::Email)
                    .set(Ticket::CONTACT, Id::new(self.target));
                agent.run(create).await?;
            }
        }
        Ok(())
    }
}

/// What there is to do in a tenant: made through the door.
pub(crate) fn jobs(building: &Building, kind: Kind, tenant: usize, count: usize) -> Outcome<Vec<Job>> {
    let place = building.tenants.get(tenant).ok_or("there is no such tenant")?;
    let targets: Vec<Uuid> = match kind {
        Kind::Convert => place.leads(count)?.into_iter().map(|lead| lead.uuid()).collect(),
        Kind::Ticket => place.contacts(count.min(1_000))?.into_iter().map(|contact| contact.uuid()).collect(),
    };
    let job = |(number, target)| Job { tenant, org: place.org, agent: place.agent_id.uuid(), target, number };
    Ok((0..count).zip(targets.into_iter().cycle()).map(job).collect())
}

/// Lets each caller do their share, all at once, and returns how long it took once all were ready.
pub(crate) fn at_once<F, Done>(building: &Building, shares: Vec<Vec<Job>>, run: F) -> Outcome<Taken>
where
    F: Fn(usize, Job) -> Done + Clone + Send + 'static,
    Done: Future<Output = Outcome<()>> + Send,
{
    let ready = Arc::new(Barrier::new(shares.len() + 1));
    building
        .runtime
        .block_on(async {
            let mut callers = JoinSet::new();
            for (caller, share) in shares.into_iter().enumerate() {
                let (ready, run) = (Arc::clone(&ready), run.clone());
                callers.spawn(async move {
                    ready.wait().await;
                    for job in share {
                        run(caller, job).await?;
                    }
                    Outcome::Ok(())
                });
            }
            ready.wait().await;
            Ok::<_, crate::Trouble>(callers)
        })
        .and_then(|mut callers| {
            timed(|| {
                building.runtime.block_on(async {
                    while let Some(ended) = callers.join_next().await {
                        ended??;
                    }
                    Ok(())
                })
            })
        })
}
