//! Groups and measures.

use std::collections::{BTreeMap, BTreeSet};

use super::{table::Ordered, tenant::Tenant};
use crate::{
    error::{Error, Result, codes},
    record::{ColumnType, RecordDef, Row},
    store::{Aggregate, Group, Measure},
    value::{Amount, Value, month_of},
};

/// How many ten-thousandths make one.
const ONE: i128 = 10_000;

pub(super) fn aggregate(tenant: &Tenant, query: &Aggregate) -> Result<Vec<Row>> {
    let mut groups: BTreeMap<Vec<Ordered>, Vec<&Row>> = BTreeMap::new();
    if query.groups.is_empty() {
        // One row for all, even when there is nothing.
        groups.insert(Vec::new(), Vec::new());
    }
    for row in tenant.matching(query.of, &query.filter, query.trash) {
        let values = query.groups.iter().map(|group| Ordered(group_value(*group, row))).collect();
        groups.entry(values).or_default().push(row);
    }
    let answers = groups.into_iter().take(query.limit).map(|(values, rows)| {
        let groups = values.into_iter().map(|Ordered(value)| Ok(value));
        let measures = query.measures.iter().map(|measure| measured(query.of, *measure, &rows));
        groups.chain(measures).collect::<Result<Vec<Value>>>().map(Row::new)
    });
    answers.collect()
}

fn group_value(group: Group, row: &Row) -> Value {
    match group {
        Group::Column(column) => row.get(column).clone(),
        Group::Month(column, zone) => match row.get(column) {
            Value::Date(date) => Value::Date(month_of(*date)),
            Value::Time(time) => Value::Date(month_of(time.date_in(zone))),
            _ => Value::Null,
        },
    }
}

fn measured(of: &RecordDef, measure: Measure, rows: &[&Row]) -> Result<Value> {
    let values = |column: usize| rows.iter().map(move |row| row.get(column)).filter(|value| !value.is_null());
    Ok(match measure {
        Measure::Count => count(rows.len()),
        Measure::Distinct(column) => count(values(column).cloned().map(Ordered).collect::<BTreeSet<_>>().len()),
        Measure::Min(column) => values(column).min_by(|a, b| a.order(b)).cloned().unwrap_or(Value::Null),
        Measure::Max(column) => values(column).max_by(|a, b| a.order(b)).cloned().unwrap_or(Value::Null),
        Measure::Sum(column) => {
            if values(column).next().is_none() {
                return Ok(Value::Null);
            }
            let sum: i128 = values(column).filter_map(units).sum();
            let sum = i64::try_from(sum).map_err(|_| overflow(of, column))?;
            match of.columns.get(column).map(|column| column.kind) {
                Some(ColumnType::Amount) => Value::Amount(Amount::from_ten_thousandths(sum)),
                _ => Value::Int(sum),
            }
        }
        Measure::Avg(column) => {
            let mut sum: i128 = values(column).filter_map(units).sum();
            if of.columns.get(column).map(|column| column.kind) != Some(ColumnType::Amount) {
                sum *= ONE;
            }
            match i128::try_from(values(column).count()) {
                Ok(0) | Err(_) => Value::Null,
                Ok(count) => {
                    let mean = i64::try_from(half_even(sum, count)).map_err(|_| overflow(of, column))?;
                    Value::Amount(Amount::from_ten_thousandths(mean))
                }
            }
        }
    })
}

fn count(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// A number in its smallest units: an integer itself, an amount in ten-thousandths.
fn units(value: &Value) -> Option<i128> {
    match value {
        Value::Int(number) => Some(i128::from(*number)),
        Value::Amount(amount) => Some(i128::from(amount.ten_thousandths())),
        _ => None,
    }
}

fn overflow(of: &RecordDef, column: usize) -> Error {
    codes::OVERFLOW.with("field", of.columns.get(column).map(|column| column.path.as_str()))
}

/// The quotient by a positive number, rounded half to even. Exact, where a decimal would round twice.
const fn half_even(sum: i128, count: i128) -> i128 {
    let (quotient, rest) = (sum.div_euclid(count), sum.rem_euclid(count));
    let up = rest * 2 > count || (rest * 2 == count && quotient % 2 != 0);
    if up { quotient + 1 } else { quotient }
}
