//! An agent's queue, beside the hand-written page of the design: one indexed range per key, merged.

use std::hint::black_box;

use nexa_crm::{
    Find, Record,
    service::{Ticket, ticket::TicketStatus},
};
use uuid::Uuid;

use crate::{
    Outcome,
    figure::{Figure, Target},
    postgres::{baseline::Viewer, building::Building, seed},
    support::{Agents, ticket},
    turns::{Turns, micros, timed, turns},
};

/// The agents whose queues are measured.
const WHO: [&str; 2] = ["two groups", "one in 1,000"];

/// How long a page is.
const PAGE: usize = 50;

pub(crate) fn run(short: bool) -> Outcome<Vec<Figure>> {
    let sizes: [usize; 2] = if short { [2_000, 10_000] } else { [10_000, 1_000_000] };
    let mut figures = Vec::new();
    let mut before: Vec<Turns> = Vec::new();
    for size in sizes {
        let building = Building::open(1)?;
        let tenant = building.tenants.first().ok_or("there is no tenant")?;
        let agents = Agents::hire(tenant)?;
        let rows = (0..size).map(|number| Ok(ticket(&agents, number, size)?.to_row()));
        seed::records(&building, Ticket::def(), tenant.org, rows)?;
        building.own("VACUUM ANALYZE nexa.tickets")?;
        building.own("ANALYZE; CHECKPOINT")?;
        let mut now = Vec::new();
        for (who, agent) in WHO.into_iter().zip([agents.busy, agents.narrow]) {
            let taken = page(&building, tenant.org, agent, short)?;
            figures.push(taken.time(format!("postgres queue of {size} tickets, {who}"), Some(Target::AtMost(1.5))));
            now.push(taken);
        }
        for ((small, large), who) in before.iter().zip(&now).zip(WHO) {
            figures.push(Figure {
                measure: format!("postgres queue of {size} tickets beside a small tenant's, {who}"),
                ours: micros(large.ours),
                baseline: micros(small.ours),
                ratio: Some(large.ours / small.ours),
                processor: None,
                target: Some(Target::AtMost(2.0)),
            });
        }
        before = now;
    }
    Ok(figures)
}

fn page(building: &Building, org: Uuid, agent: Uuid, short: bool) -> Outcome<Turns> {
    let session = building.crm.user(org, agent);
    let runtime = &building.runtime;
    let mut viewer = runtime.block_on(Viewer::open(building, org, agent))?;
    let find = || {
        let open = Find::<Ticket>::new().filter(Ticket::STATUS.eq(TicketStatus::Open));
        open.by_descending(Ticket::PRIORITY).by(Ticket::CREATED_AT).limit(PAGE)
    };
    let (own, other) = (session.find(find())?, runtime.block_on(viewer.queue())?);
    if own.items.len() != PAGE || !own.items.iter().map(|ticket| ticket.id.uuid()).eq(other.iter().map(|row| row.id)) {
        return Err(format!("the two queues differ, or have no {PAGE} tickets").into());
    }
    let (count, pages) = if short { (1, 10) } else { (20, 100) };
    turns(
        count,
        pages,
        |_| {
            timed(|| {
                let (session, find) = (session.asynchronous().clone(), &find);
                runtime.block_on(async {
                    for _ in 0..pages {
                        black_box(session.find(find()).await?);
                    }
                    Ok(())
                })
            })
        },
        |_| {
            timed(|| {
                runtime.block_on(async {
                    for _ in 0..pages {
                        black_box(viewer.queue().await?);
                    }
                    Ok(())
                })
            })
        },
    )
}
