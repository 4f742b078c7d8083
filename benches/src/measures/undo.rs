//! Taking back an import: how fast beside the import itself, and in how much memory.

use nexa_crm::{Filter, blocking::Session, import::ImportOptions, people::ledger::Undo, sales::Lead};

use super::import::CHUNK;
use crate::{
    Outcome,
    figure::{Figure, Target},
    memory::{peak_figure, peak_of_own_process, print_peak},
    office::Office,
    registrants::Registrants,
    turns::{timed, turns},
};

/// 100,000 leads that are taken back chunk by chunk, beside their import.
pub(crate) fn speed(short: bool) -> Outcome<Vec<Figure>> {
    let (count, rows) = if short { (1, 500) } else { (10, 10_000) };
    let office = Office::open()?;
    // A turn of ours takes back what the turn of the baseline before it imported, as the undo of a mistake follows it.
    import(&office, 0, rows)?;
    let taken = turns(
        count,
        rows,
        |turn| timed(|| take_back(&office.tenant.admin, &cause(turn))),
        |turn| timed(|| import(&office, turn + 1, rows)),
    )?;
    take_back(&office.tenant.admin, &cause(count + 1))?;
    nothing_is_left(&office)?;
    let measure = format!("undo of an import of {} leads; baseline: our import", count * rows);
    Ok(vec![taken.rate(measure, Some(Target::AtLeast(0.5)))])
}

fn cause(number: usize) -> String {
    format!("import:fair {number}")
}

fn import(office: &Office, number: usize, rows: usize) -> Outcome<()> {
    let options = ImportOptions::new().chunk(CHUNK).run(cause(number));
    let file = Registrants::of(number * rows..(number + 1) * rows);
    let report = office.tenant.agent.import_csv::<Lead>(file, options, |_| ())?;
    if report.counts.created != rows as u64 {
        return Err(format!("{} of {rows} leads were imported", report.counts.created).into());
    }
    Ok(())
}

/// Takes back every unit of a cause.
fn take_back(session: &Session, cause: &str) -> Outcome<()> {
    let mut before = None;
    loop {
        before = session.run(Undo { before, ..Undo::cause(cause) })?.next;
        if before.is_none() {
            return Ok(());
        }
    }
}

fn nothing_is_left(office: &Office) -> Outcome<()> {
    match office.tenant.admin.count::<Lead>(Filter::everything())? {
        0 => Ok(()),
        left => Err(format!("{left} leads are left").into()),
    }
}

/// The most memory that a process takes which imports a large file and takes all of it back.
pub(crate) fn memory(short: bool) -> Outcome<Vec<Figure>> {
    let rows: usize = if short { 5_000 } else { 100_000 };
    let bytes = peak_of_own_process("--undo-alone", rows)?;
    Ok(vec![peak_figure(format!("memory of an import of {rows} leads and its undo; baseline: the limit"), bytes)])
}

/// The child: imports, takes it back, and prints the most memory that it ever had.
pub(crate) fn alone(rows: usize) -> Outcome<()> {
    let office = Office::open()?;
    import(&office, 0, rows)?;
    take_back(&office.tenant.admin, &cause(0))?;
    nothing_is_left(&office)?;
    print_peak()
}
