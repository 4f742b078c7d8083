//! Importing leads from a file, beside an UNNEST insert of the same rows.

use nexa_crm::{import::ImportOptions, sales::Lead};

use crate::{
    Outcome,
    figure::{Figure, Target},
    postgres::{baseline::Importer, building::Building, same},
    registrants::Registrants,
    turns::{timed, turns},
};

/// How many rows a unit has on both sides.
const CHUNK: usize = 1_000;

/// 100,000 leads with their events, both sides under row-level security, each in a tenant of its own.
pub(crate) fn run(short: bool) -> Outcome<Vec<Figure>> {
    let (count, rows) = if short { (1, 500) } else { (10, 10_000) };
    let building = Building::open(2)?;
    let [ours, theirs] = building.tenants.as_slice() else { return Err("there are not two tenants".into()) };
    let mut importer = building.runtime.block_on(Importer::open(&building, theirs))?;
    let file = |turn: usize| Registrants::of(turn * rows..(turn + 1) * rows);
    let taken = turns(
        count,
        rows,
        |turn| {
            analysed(&building)?;
            timed(|| {
                let options = ImportOptions::new().chunk(CHUNK);
                let report = ours.agent.import_csv::<Lead>(file(turn), options, |_| ())?;
                let whole = report.counts.created == rows as u64;
                if whole {
                    Ok(())
                } else {
                    Err(format!("{} of {rows} leads were imported", report.counts.created).into())
                }
            })
        },
        |turn| {
            analysed(&building)?;
            timed(|| building.runtime.block_on(importer.import(file(turn), CHUNK)))
        },
    )?;
    for table in ["leads", "terms", "external_keys", "events"] {
        let count = format!("SELECT count(*)::text FROM nexa.{table} GROUP BY org");
        let counts = building.own(count)?;
        let texts: Vec<String> = counts.iter().map(|row| sqlx::Row::try_get(row, 0)).collect::<Result<_, _>>()?;
        if texts.first() != texts.last() {
            return Err(format!("{table} has {} rows", texts.join(" and ")).into());
        }
    }
    same::verify(&building)?;
    Ok(vec![taken.rate(format!("postgres import of {} leads", count * rows), Some(Target::AtLeast(0.8)))])
}

/// Lets the server know the tables, as it does by itself after a minute; a plan for a table that it takes for empty would be
/// measured otherwise.
fn analysed(building: &Building) -> Outcome<()> {
    for table in ["leads", "terms", "external_keys"] {
        building.own(format!("ANALYZE nexa.{table}"))?;
    }
    Ok(())
}
