//! A query for groups and measures.

use nexa_kernel::{
    error::{Result, codes},
    record::{ColumnType, RecordDef},
    store::{Aggregate, Group, Measure},
    value::{Amount, Value},
};
use uuid::Uuid;

use crate::{
    dialect::Dialect,
    from_where::from_where,
    text::{Bind, Statement, Text},
};

/// How a column of the answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// As a value of this type.
    Column(ColumnType),
    /// As a sum, then the count of its summands. On SQLite the sum is two columns: how many times 2³², and the rest.
    Sum,
}

/// Renders an aggregate, and says how its columns are read. [`finish`] makes the measures of them.
pub fn aggregate<'q>(dialect: Dialect, org: Uuid, query: &'q Aggregate) -> (Statement<'q>, Vec<Answer>) {
    let mut text = Text::new(dialect, org);
    let mut answers = Vec::with_capacity(query.groups.len() + query.measures.len());
    text.push("SELECT ");
    for group in &query.groups {
        separate(&mut text, &answers);
        answers.push(Answer::Column(write_group(&mut text, query.of, *group)));
    }
    for measure in &query.measures {
        separate(&mut text, &answers);
        answers.push(write_measure(&mut text, query.of, *measure));
    }
    if answers.is_empty() {
        text.push("NULL");
    }
    from_where(&mut text, query.of, query.trash, &query.filter, false, true);
    for (clause, ending) in [(" GROUP BY ", ""), (" ORDER BY ", " NULLS LAST")] {
        for number in 1..=query.groups.len() {
            text.push(if number == 1 { clause } else { ", " });
            text.push(&format!("{number}{ending}"));
        }
    }
    text.push(" LIMIT ");
    text.bind(Bind::int(query.limit));
    (text.finish(), answers)
}

fn separate(text: &mut Text<'_>, answers: &[Answer]) {
    if !answers.is_empty() {
        text.push(", ");
    }
}

fn kind_of(def: &RecordDef, column: usize) -> ColumnType {
    def.columns.get(column).map_or(ColumnType::Text, |column| column.kind)
}

fn write_group(text: &mut Text<'_>, def: &RecordDef, group: Group) -> ColumnType {
    match group {
        Group::Column(column) => {
            text.compared(0, def, column);
            kind_of(def, column)
        }
        Group::Month(column, zone) => {
            let moment = kind_of(def, column) == ColumnType::Time;
            match (text.dialect, moment) {
                (Dialect::Sqlite, true) => {
                    text.push("nexa_month(");
                    text.column(0, def, column);
                    text.push(", ");
                    text.bind(Bind::text(zone.name()));
                    text.push(")");
                }
                (Dialect::Sqlite, false) => {
                    text.push("substr(");
                    text.column(0, def, column);
                    text.push(", 1, length(");
                    text.column(0, def, column);
                    text.push(") - 2) || '01'");
                }
                (Dialect::Postgres(_), moment) => {
                    text.push("date_trunc('month', ");
                    text.column(0, def, column);
                    if moment {
                        text.push(" AT TIME ZONE ");
                        text.bind(Bind::text(zone.name()));
                    }
                    text.push(")::date");
                }
            }
            ColumnType::Date
        }
    }
}

fn write_measure(text: &mut Text<'_>, def: &RecordDef, measure: Measure) -> Answer {
    let (function, column) = match measure {
        Measure::Count => {
            text.push("count(*)");
            return Answer::Column(ColumnType::Int);
        }
        Measure::Sum(column) | Measure::Avg(column) => {
            // In two parts, so that no sum of whole numbers overflows on its way; PostgreSQL's sums do not.
            let parts: &[&str] = match text.dialect {
                Dialect::Sqlite => &["sum(", " >> 32), sum(", " & 4294967295), count("],
                Dialect::Postgres(_) => &["sum(", "), count("],
            };
            for part in parts {
                text.push(part);
                text.column(0, def, column);
            }
            text.push(")");
            return Answer::Sum;
        }
        Measure::Distinct(column) => ("count(DISTINCT ", column),
        Measure::Min(column) => ("min(", column),
        Measure::Max(column) => ("max(", column),
    };
    let least = matches!(measure, Measure::Min(_));
    // PostgreSQL orders truths and identifiers, but has no least and greatest of them.
    let (function, ending) = match (text.dialect, kind_of(def, column)) {
        (_, _) if matches!(measure, Measure::Distinct(_)) => (function, ")"),
        (Dialect::Postgres(_), ColumnType::Bool) => (if least { "bool_and(" } else { "bool_or(" }, ")"),
        (Dialect::Postgres(_), ColumnType::Uuid | ColumnType::Reference(_)) => (function, "::text)::uuid"),
        _ => (function, ")"),
    };
    text.push(function);
    text.compared(0, def, column);
    text.push(ending);
    match measure {
        Measure::Distinct(_) => Answer::Column(ColumnType::Int),
        _ => Answer::Column(kind_of(def, column)),
    }
}

/// The value of a sum or a mean from the sum and the count of its summands; amounts come as ten-thousandths.
/// Error: `aggregate.overflow`.
pub fn finish(def: &RecordDef, measure: Measure, sum: i128, count: i64) -> Result<Value> {
    let (Measure::Sum(column) | Measure::Avg(column)) = measure else { return Ok(Value::Null) };
    if count == 0 {
        return Ok(Value::Null);
    }
    let overflow = || codes::OVERFLOW.with("field", def.columns.get(column).map_or("", |column| column.path.as_str()));
    let amount = kind_of(def, column) == ColumnType::Amount;
    if matches!(measure, Measure::Sum(_)) {
        let sum = i64::try_from(sum).map_err(|_| overflow())?;
        return Ok(if amount { Value::Amount(Amount::from_ten_thousandths(sum)) } else { Value::Int(sum) });
    }
    let sum = if amount { sum } else { sum * TEN_THOUSAND };
    let mean = i64::try_from(half_even(sum, i128::from(count))).map_err(|_| overflow())?;
    Ok(Value::Amount(Amount::from_ten_thousandths(mean)))
}

const TEN_THOUSAND: i128 = 10_000;

/// The quotient by a positive number, rounded half to even.
const fn half_even(sum: i128, count: i128) -> i128 {
    let (floor, rest) = (sum.div_euclid(count), sum.rem_euclid(count));
    match rest * 2 - count {
        ..0 => floor,
        0 => floor + floor.rem_euclid(2),
        _ => floor + 1,
    }
}
