//! Counts what became of rows, and tells of the refused ones.

use super::{
    chunk::{Chunk, Item},
    line::Line,
    plan::Plan,
    report::{ImportReport, LISTED, Refused},
    source::RowProblem,
    unit::Outcome,
};
use crate::kernel::error::Error;

/// What is told of refused rows.
pub(super) type OnRefused<'a> = dyn FnMut(&Refused<'_>) + 'a;

/// Counts the rows of a chunk, with one outcome for each of its lines.
pub(super) fn count(
    report: &mut ImportReport,
    plan: &Plan,
    chunk: Chunk,
    outcomes: Vec<Outcome>,
    mut on_refused: Option<&mut OnRefused<'_>>,
) {
    let mut met = chunk.lines.iter().zip(outcomes);
    for Item { problem, cells } in chunk.items {
        let counts = &mut report.counts;
        counts.rows += 1;
        let problem = match problem {
            Some(problem) => problem,
            None => match met.next() {
                Some((line, Outcome::Refused(error))) => explain(plan, line, &error),
                Some((_, outcome)) => {
                    match outcome {
                        Outcome::Created => counts.created += 1,
                        Outcome::Updated => counts.updated += 1,
                        Outcome::Unchanged => counts.unchanged += 1,
                        Outcome::Skipped | Outcome::Refused(_) => counts.skipped += 1,
                    }
                    continue;
                }
                None => continue,
            },
        };
        counts.refused += 1;
        if let Some(on_refused) = on_refused.as_deref_mut() {
            on_refused(&Refused { problem: &problem, columns: &plan.columns, cells: &cells });
        }
        if report.problems.len() < LISTED {
            report.problems.push(problem);
        }
    }
}

/// Where in the file an error comes from.
fn explain(plan: &Plan, line: &Line, error: &Error) -> RowProblem {
    let named = ["field", "system"].iter().find_map(|name| error.params().get(*name)?.as_str());
    let column = named.and_then(|name| plan.column_of(name));
    let header = column.and_then(|column| plan.columns.get(column)).map(String::as_str);
    let value = column.map(|column| line.shown(plan, column)).unwrap_or_default();
    RowProblem::new(line.number, line.record, header, error, &value)
}
