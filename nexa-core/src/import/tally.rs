//! Counts what became of rows, and reports the refused ones.

use super::{
    chunk::{Chunk, Item},
    line::{LeftOut, Line},
    plan::Plan,
    report::{ImportReport, LISTED, Refused},
    source::RowProblem,
    unit::{Done, Outcome},
};
use crate::kernel::error::Error;

/// What refused rows are reported to.
pub(super) type OnRefused<'a> = dyn FnMut(&Refused<'_>) + 'a;

/// Counts the rows of a chunk, with one outcome for each of its lines.
pub(super) fn count(
    report: &mut ImportReport,
    plan: &Plan,
    chunk: Chunk,
    outcomes: Vec<Done>,
    mut on_refused: Option<&mut OnRefused<'_>>,
) {
    let mut met = chunk.lines.iter().zip(outcomes);
    for Item { problem, cells } in chunk.items {
        report.counts.rows += 1;
        let problem = match problem {
            Some(problem) => problem,
            None => match met.next() {
                Some((line, Done { outcome: Outcome::Refused(error), .. })) => explain(plan, line, &error),
                Some((line, Done { outcome, left_out, suppressed })) => {
                    report.suppressed += u64::from(!suppressed.is_empty());
                    for cell in line.left_out.iter().chain(&left_out) {
                        leave_out(report, plan, line, cell);
                    }
                    let counts = &mut report.counts;
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
        report.counts.refused += 1;
        if let Some(on_refused) = on_refused.as_deref_mut() {
            on_refused(&Refused { problem: &problem, columns: &plan.columns, cells: &cells });
        }
        if report.problems.len() < LISTED {
            report.problems.push(problem);
        }
    }
}

/// Lists a cell that was left out.
fn leave_out(report: &mut ImportReport, plan: &Plan, line: &Line, cell: &LeftOut) {
    report.cells_left_out += 1;
    if report.left_out.len() < LISTED {
        let header = plan.columns.get(cell.column).map(String::as_str);
        report.left_out.push(RowProblem::new(line.number, line.record, header, &cell.error, &cell.value));
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
