//! What may be wrong with a mapping that was guessed, seen in the first rows.

use super::{
    line::{Cells, Line},
    mapping::{Mapping, Target},
    plan::{Plan, Use},
    report::Doubt,
    source::Sample,
};
use crate::kernel::record::ColumnType;

/// The doubts of a plan, and the columns whose guess cannot be right.
///
/// A column that can only hold one of a few choices, or the id of a record, and holds something else was not meant: its
/// guess is dropped. Any other guess stands, and what fails in its cells is reported.
pub(super) fn of(plan: &Plan, named: &Mapping, sample: &Sample, filled: &[usize]) -> (Vec<Doubt>, Vec<usize>) {
    let mut doubts = Vec::new();
    let mut wrong = Vec::new();
    let by_caller = |column: usize| named.targets().get(column).is_some_and(Option::is_some);
    if let Some(form) = plan.form
        && !form.kinds.contains(&plan.def.kind)
    {
        let error = codes::OTHER_KIND.with("form", form.name).with("kinds", form.kinds).with("kind", plan.def.kind);
        doubts.push(Doubt::new(None, None, &error));
    }
    for (column, becomes) in &plan.uses {
        let (seen, failed) = failures(plan, *column, becomes, sample);
        let (Some(header), Some(target)) = (plan.columns.get(*column), plan.target(*column)) else { continue };
        let exact = matches!(target, Target::Field(field) if field == header);
        if failed == 0 || failed * 2 < seen && !is_closed(becomes) {
            continue;
        }
        // Where a bad cell costs itself alone, a column with good ones is kept.
        let dropped = !by_caller(*column) && !exact && is_closed(becomes) && (failed == seen || !plan.leave_out);
        let code = if dropped { &codes::CELLS_UNFIT } else { &codes::CELLS_FAIL };
        let error = code.with("column", header).with("target", target.to_string());
        let error = error.with("failed", failed).with("seen", seen);
        doubts.push(Doubt::new(Some(header), Some(target), &error));
        if dropped {
            wrong.push(*column);
        }
    }
    for (column, field) in &plan.rivals {
        let Some(taken) = plan.uses.iter().find(|(other, _)| plan.target(*other).is_some_and(|it| it.is(field))) else {
            continue;
        };
        let count = |column: usize| filled.get(column).copied().unwrap_or(0);
        if by_caller(taken.0) || count(*column) <= count(taken.0) {
            continue;
        }
        if let (Some(header), Some(other)) = (plan.columns.get(taken.0), plan.columns.get(*column)) {
            let error = codes::BETTER_LEFT.with("column", header).with("other", other).with("target", field);
            doubts.push(Doubt::new(Some(header), plan.target(taken.0), &error));
        }
    }
    (doubts, wrong)
}

/// Whether a column takes a few choices, or ids.
const fn is_closed(becomes: &Use) -> bool {
    let (Use::Plain(_, kind) | Use::Part(_, _, kind)) = becomes else { return false };
    matches!(kind, ColumnType::Enum(_) | ColumnType::Uuid | ColumnType::Reference(_) | ColumnType::Bool)
}

/// How many cells of a column say something, and how many of these fail.
fn failures(plan: &Plan, column: usize, becomes: &Use, sample: &Sample) -> (usize, usize) {
    let same = |other: &&(usize, Use)| match (becomes, &other.1) {
        // The parts of a field stand or fall together, but only one of them is looked at.
        (Use::Part(of, ..), Use::Part(field, ..)) => of == field,
        _ => other.0 == column,
    };
    let uses: Vec<(usize, Use)> = plan.uses.iter().filter(same).cloned().collect();
    let alone = Plan { uses, leave_out: false, ..plan.clone() };
    let (mut seen, mut failed) = (0, 0);
    for row in sample.rows().filter(|row| !row.get(column).trim().is_empty()) {
        seen += 1;
        let problem = Line::read(&alone, Cells::Row(row), row.number, row.record).err();
        failed += usize::from(problem.is_some_and(|(of, _)| of == Some(column)));
    }
    (seen, failed)
}

/// What may be wrong with what was understood of a file.
pub mod codes {
    use crate::kernel::error::Code;

    /// Cells of a column fail.
    pub const CELLS_FAIL: Code = Code::invalid(
        "import.doubt_cells",
        "{failed} of the first {seen} cells of {column} are no {target}; check the mapping of that column.",
    );
    /// A guess was dropped, because cells of the column fail.
    pub const CELLS_UNFIT: Code = Code::invalid(
        "import.doubt_dropped",
        "{column} looks like {target}, but {failed} of its first {seen} cells are none; it is left out unless you map it.",
    );
    /// Another column would have fitted better.
    pub const BETTER_LEFT: Code = Code::invalid(
        "import.doubt_better",
        "{column} was taken as {target}, and {other}, which has more in it, was left over; map the one that you mean.",
    );
    /// A file that says nothing of its encoding was read as Windows-1252.
    pub const ENCODING: Code = Code::invalid(
        "import.doubt_encoding",
        "The file is no UTF-8 and was read as {encoding}; look at names with accents, and name the encoding if they are wrong.",
    );
    /// The form holds records of another kind.
    pub const OTHER_KIND: Code = Code::invalid(
        "import.doubt_kind",
        "The file looks like {form}, whose rows become {kinds}, and is imported as {kind}; check that this is meant.",
    );

    /// All of them, for the catalog.
    pub const ALL: &[Code] = &[CELLS_FAIL, CELLS_UNFIT, BETTER_LEFT, ENCODING, OTHER_KIND];
}
