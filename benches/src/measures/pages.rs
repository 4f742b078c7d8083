//! Pages of whole records, as a screen shows them.

use std::hint::black_box;

use nexa_crm::{
    Find,
    blocking::Session,
    sales::Contact,
    service::{Ticket, ticket::TicketStatus},
};
use uuid::Uuid;

use crate::{
    Outcome,
    by_hand::Viewer,
    figure::{Figure, Target},
    office::Office,
    support::{Agents, fill},
    turns::{Turns, micros, timed, turns},
};

/// The agents whose queues are measured.
const WHO: [&str; 2] = ["two groups", "one in 1,000"];

/// How long a page is.
const PAGE: usize = 50;

struct Amount {
    turns: usize,
    pages: usize,
}

impl Amount {
    const fn of(short: bool) -> Self {
        if short { Self { turns: 1, pages: 10 } } else { Self { turns: 30, pages: 100 } }
    }
}

/// A page of contacts, in the order of their ids.
pub(crate) fn typed(short: bool) -> Outcome<Vec<Figure>> {
    let office = Office::open()?;
    office.tenant.contacts(if short { 100 } else { 1_000 })?;
    let viewer = Viewer::open(&office.path(), office.tenant.org)?;
    let agent = office.tenant.agent_id.uuid();
    let ours = || office.tenant.agent.find(Find::<Contact>::new().limit(PAGE));
    let same =
        ours()?.items.iter().map(|contact| contact.id.uuid()).eq(viewer.contacts(agent)?.iter().map(|row| row.id));
    if !same {
        return Err("the two pages of contacts differ".into());
    }
    let Amount { turns: count, pages } = Amount::of(short);
    let taken = turns(
        count,
        pages,
        |_| timed(|| (0..pages).try_for_each(|_| ours().map(|page| drop(black_box(page))).map_err(Into::into))),
        |_| timed(|| (0..pages).try_for_each(|_| viewer.contacts(agent).map(|page| drop(black_box(page))))),
    )?;
    Ok(vec![taken.time(format!("page of {PAGE} contacts"), None)])
}

/// The queue of an agent with two groups, and of one who sees one open ticket in a thousand, in a small and a large tenant.
pub(crate) fn queue(short: bool) -> Outcome<Vec<Figure>> {
    let sizes: [usize; 2] = if short { [2_000, 10_000] } else { [10_000, 1_000_000] };
    let mut figures = Vec::new();
    let mut before: Vec<Turns> = Vec::new();
    for size in sizes {
        let office = Office::open()?;
        let agents = Agents::hire(&office.tenant)?;
        fill(&office, &agents, size)?;
        let viewer = Viewer::open(&office.path(), office.tenant.org)?;
        let mut now = Vec::new();
        for (who, agent) in WHO.into_iter().zip([agents.busy, agents.narrow]) {
            let session = office.tenant.crm.user(office.tenant.org, agent);
            let taken = page(&session, &viewer, agent, short)?;
            figures.push(taken.time(format!("queue of {size} tickets, {who}"), Some(Target::AtMost(1.5))));
            now.push(taken);
        }
        for ((small, large), who) in before.iter().zip(&now).zip(WHO) {
            figures.push(Figure {
                measure: format!("queue of {size} tickets beside a small tenant's, {who}"),
                ours: micros(large.ours),
                baseline: micros(small.ours),
                ratio: Some(large.ours / small.ours),
                processor: None,
                target: Some(Target::AtMost(1.6)),
            });
        }
        before = now;
    }
    Ok(figures)
}

fn page(session: &Session, viewer: &Viewer, agent: Uuid, short: bool) -> Outcome<Turns> {
    let ours = || {
        let open = Find::<Ticket>::new().filter(Ticket::STATUS.eq(TicketStatus::Open));
        session.find(open.by_descending(Ticket::PRIORITY).by(Ticket::CREATED_AT).limit(PAGE))
    };
    let (own, other) = (ours()?, viewer.queue(agent)?);
    if own.items.len() != PAGE || !own.items.iter().map(|ticket| ticket.id.uuid()).eq(other.iter().map(|row| row.id)) {
        return Err(format!("the two queues differ, or have no {PAGE} tickets").into());
    }
    let Amount { turns: count, pages } = Amount::of(short);
    turns(
        count,
        pages,
        |_| timed(|| (0..pages).try_for_each(|_| ours().map(|page| drop(black_box(page))).map_err(Into::into))),
        |_| timed(|| (0..pages).try_for_each(|_| viewer.queue(agent).map(|page| drop(black_box(page))))),
    )
}
