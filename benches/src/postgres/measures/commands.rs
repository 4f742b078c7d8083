//! Commands beside the same rows written by hand: one caller, 64 of one tenant, 64 of sixteen tenants.

use crate::{
    Outcome,
    figure::{Figure, Target},
    postgres::{
        baseline::Baseline,
        building::Building,
        job::{Job, Kind, at_once, jobs},
        same,
    },
    turns::{Turns, turns},
};

/// How many call at once.
pub(crate) const CALLERS: usize = 64;
/// How many tenants they are of, when they are not of one.
const TENANTS: usize = 16;

/// How much is run.
struct Amount {
    turns: usize,
    /// Operations of a caller in a turn, where there is one.
    alone: usize,
    /// And where there are many.
    each: usize,
}

impl Amount {
    const fn of(short: bool) -> Self {
        if short { Self { turns: 1, alone: 10, each: 1 } } else { Self { turns: 9, alone: 60, each: 10 } }
    }
    const fn all_turns(&self) -> usize {
        self.turns + 1
    }
}

/// `lead.convert` or `ticket.create`.
pub(crate) fn run(kind: Kind, short: bool) -> Outcome<Vec<Figure>> {
    let amount = Amount::of(short);
    let building = Building::open(TENANTS)?;
    let (spread, together) =
        (amount.all_turns() * amount.each * CALLERS / TENANTS, amount.all_turns() * amount.each * CALLERS);
    let first = jobs(&building, kind, 0, amount.all_turns() * amount.alone + together + spread)?;
    let (alone, rest) = first.split_at(amount.all_turns() * amount.alone);
    let (one_tenant, rest) = rest.split_at(together);
    let mut tenants = vec![rest.to_vec()];
    for tenant in 1..TENANTS {
        tenants.push(jobs(&building, kind, tenant, spread)?);
    }
    Baseline::seed_data(&building)?;
    let baseline = Baseline::connect(&building, CALLERS, building.port())?;
    let name = match kind {
        Kind::Convert => "convert",
        Kind::Ticket => "ticket",
    };
    let single = beside(&building, &baseline, kind, amount.turns, amount.alone, |turn| {
        vec![part(alone, turn, amount.alone).to_vec()]
    })?;
    let count = amount.each * CALLERS;
    let grouped = beside(&building, &baseline, kind, amount.turns, count, |turn| {
        part(one_tenant, turn, count).chunks(amount.each).map(<[Job]>::to_vec).collect()
    })?;
    let parallel = beside(&building, &baseline, kind, amount.turns, count, |turn| {
        let of_tenant = |jobs: &Vec<Job>| part(jobs, turn, count / TENANTS).to_vec();
        tenants
            .iter()
            .map(of_tenant)
            .flat_map(|jobs| jobs.chunks(amount.each).map(<[Job]>::to_vec).collect::<Vec<_>>())
            .collect()
    })?;
    drop(baseline);
    same::check(&building)?;
    Ok(vec![
        single.rate(format!("postgres {name}, one caller"), Some(Target::AtLeast(0.6))),
        grouped.rate(format!("postgres {name}, {CALLERS} callers of one tenant"), Some(Target::AtLeast(3.0))),
        parallel.rate(format!("postgres {name}, {CALLERS} callers of {TENANTS} tenants"), Some(Target::AtLeast(1.1))),
    ])
}

/// What is done in one turn.
pub(crate) fn part(jobs: &[Job], turn: usize, count: usize) -> &[Job] {
    jobs.get(turn * count..(turn + 1) * count).unwrap_or_default()
}

/// Lets both sides do the same jobs, from the same state of their tables.
pub(crate) fn beside(
    building: &Building,
    baseline: &Baseline,
    kind: Kind,
    count: usize,
    operations: usize,
    shares: impl Fn(usize) -> Vec<Vec<Job>>,
) -> Outcome<Turns> {
    let tenants = building.tenants.clone();
    turns(
        count,
        operations,
        |turn| {
            let tenants = tenants.clone();
            at_once(building, shares(turn), move |_, job| {
                let tenant = tenants.get(job.tenant).cloned();
                async move { job.run(kind, &tenant.ok_or("there is no such tenant")?).await }
            })
        },
        |turn| {
            let baseline = baseline.clone();
            at_once(building, shares(turn), move |caller, job| baseline.clone().run(kind, caller, job))
        },
    )
}
