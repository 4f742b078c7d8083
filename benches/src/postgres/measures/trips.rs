//! Round trips: how many messages a command waits for alone, and a group of commands together.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, query};

use super::commands::CALLERS;
use crate::{
    Outcome,
    figure::{Figure, Target},
    postgres::{
        building::Building,
        job::{Job, Kind, at_once, jobs},
    },
};

/// More than these a group must not take, apart from levels of loads that depend on one another.
const MOST: f64 = 9.0;

pub(crate) fn run(_short: bool) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    for (kind, name) in [(Kind::Convert, "convert"), (Kind::Ticket, "ticket")] {
        let building = Building::open(1)?;
        let work = jobs(&building, kind, 0, 2 + 2 * CALLERS)?;
        let (alone, rest) = work.split_at(2);
        let (warm, group) = rest.split_at(CALLERS);
        let (first, second) = alone.split_at(1);
        trips(&building, kind, first)?;
        let alone = trips(&building, kind, second)?;
        held(&building, kind, warm)?;
        let grouped = held(&building, kind, group)?;
        figures.push(figure(format!("round trips of a {name}, one caller"), alone, None));
        figures.push(figure(
            format!("round trips of {CALLERS} of {name} in one group; baseline: the limit"),
            grouped,
            Some(MOST),
        ));
    }
    Ok(figures)
}

fn figure(measure: String, trips: u64, limit: Option<f64>) -> Figure {
    Figure {
        measure,
        ours: trips.to_string(),
        baseline: limit.map(|limit| format!("{limit:.0}")).unwrap_or_default(),
        ratio: limit.map(|limit| trips as f64 / limit),
        processor: None,
        target: limit.map(|_| Target::AtMost(1.0)),
    }
}

/// The round trips of commands, each of a caller of its own.
fn trips(building: &Building, kind: Kind, work: &[Job]) -> Outcome<u64> {
    let before = building.store.round_trips();
    let tenants = building.tenants.clone();
    at_once(building, work.iter().map(|job| vec![*job]).collect(), move |_, job| {
        let tenant = tenants.get(job.tenant).cloned();
        async move { job.run(kind, &tenant.ok_or("there is no such tenant")?).await }
    })?;
    Ok(building.store.round_trips() - before)
}

/// The same while somebody else holds the tenant until all of them wait, so that they are one group.
fn held(building: &Building, kind: Kind, work: &[Job]) -> Outcome<u64> {
    let org = building.tenants.first().ok_or("there is no tenant")?.org;
    let mut holder = building.runtime.block_on(building.as_owner())?;
    let mut holding = building.runtime.block_on(async {
        let mut tx = holder.begin().await?;
        query(AssertSqlSafe(format!("SELECT 1 FROM nexa.ledger WHERE org = '{org}' FOR UPDATE")))
            .execute(&mut *tx)
            .await?;
        Ok::<_, sqlx::Error>(Some(tx))
    })?;
    std::thread::scope(|scope| {
        let counted = scope.spawn(|| trips(building, kind, work));
        std::thread::sleep(Duration::from_millis(500));
        if let Some(tx) = holding.take() {
            building.runtime.block_on(tx.rollback())?;
        }
        counted.join().map_err(|_| "a caller panicked")?
    })
}
