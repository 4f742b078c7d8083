//! Commands where each message is a millisecond on its way, there and back.

use super::commands::{CALLERS, beside, part};
use crate::{
    Outcome,
    figure::{Figure, Target},
    postgres::{
        baseline::Baseline,
        building::Building,
        job::{Job, Kind, jobs},
        proxy, same,
    },
};

pub(crate) fn run(short: bool) -> Outcome<Vec<Figure>> {
    let mut figures = Vec::new();
    for (kind, name) in [(Kind::Convert, "convert"), (Kind::Ticket, "ticket")] {
        let (turns, each) = if short { (1, 1) } else { (5, 8) };
        let count = each * CALLERS;
        let mut building = Building::open(1)?;
        let work = jobs(&building, kind, 0, (turns + 1) * count)?;
        Baseline::seed_data(&building)?;
        let port = proxy::open(building.port())?;
        building.reopen_by(port)?;
        let baseline = Baseline::connect(&building, CALLERS, port)?;
        let taken = beside(&building, &baseline, kind, turns, count, |turn| {
            part(&work, turn, count).chunks(each).map(<[Job]>::to_vec).collect()
        })?;
        drop(baseline);
        same::check(&building)?;
        let measure = format!("postgres {name} over a network of 1 ms, {CALLERS} callers of one tenant");
        figures.push(Figure { processor: None, ..taken.rate(measure, Some(Target::AtLeast(3.0))) });
    }
    Ok(figures)
}
