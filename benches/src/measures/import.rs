//! Importing leads from a file: how fast, and in how much memory.

use nexa_crm::{import::ImportOptions, sales::Lead};

use crate::{
    Outcome,
    by_hand::ByHand,
    figure::{Figure, Target},
    memory::{peak_figure, peak_of_own_process, print_peak},
    office::Office,
    registrant::Registrant,
    registrants::Registrants,
    same,
    turns::{timed, turns},
};

/// How many rows a unit has on both sides.
pub(super) const CHUNK: usize = 1_000;

/// 100,000 leads, beside a batch insert.
pub(crate) fn speed(short: bool) -> Outcome<Vec<Figure>> {
    let (count, rows) = if short { (1, 500) } else { (10, 10_000) };
    let mut office = Office::open()?;
    office.reopen()?;
    let hand = ByHand::open(&office.copy("by_hand.db")?, office.tenant.org)?;
    let file = |turn: usize| Registrants::of(turn * rows..(turn + 1) * rows);
    let taken = turns(
        count,
        rows,
        |turn| timed(|| import(&office, file(turn), rows)),
        |turn| {
            timed(|| {
                let mut reader = csv::Reader::from_reader(file(turn));
                let mut rows = reader.deserialize::<Registrant>().peekable();
                while rows.peek().is_some() {
                    hand.together(|hand, ledger| {
                        let call = hand.importing(ledger, office.tenant.agent_id.uuid())?;
                        rows.by_ref().take(CHUNK).try_for_each(|row| hand.import(ledger, &call, &row?))
                    })?;
                }
                Ok(())
            })
        },
    )?;
    drop(hand);
    same::check(&office.path(), &office.beside("by_hand.db"), office.tenant.org, office.tenant.admin.principal())?;
    Ok(vec![taken.rate(format!("import of {} leads", count * rows), Some(Target::AtLeast(0.75)))])
}

fn import(office: &Office, file: Registrants, rows: usize) -> Outcome<()> {
    let report = office.tenant.agent.import_csv::<Lead>(file, ImportOptions::new().chunk(CHUNK), |_| ())?;
    if report.counts.created != rows as u64 {
        return Err(format!("{} of {rows} leads were imported", report.counts.created).into());
    }
    Ok(())
}

/// The most memory that a process takes which imports a large file and does nothing else.
pub(crate) fn memory(short: bool) -> Outcome<Vec<Figure>> {
    let rows: usize = if short { 5_000 } else { 2_000_000 };
    let bytes = peak_of_own_process("--import-alone", rows)?;
    Ok(vec![peak_figure(format!("memory of an import of {rows} leads; baseline: the limit"), bytes)])
}

/// The child: imports and prints the most memory that it ever had.
pub(crate) fn alone(rows: usize) -> Outcome<()> {
    let office = Office::open()?;
    import(&office, Registrants::of(0..rows), rows)?;
    print_peak()
}
