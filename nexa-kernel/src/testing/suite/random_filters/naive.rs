//! What queries mean, said as plainly as possible, and apart from every backend.

use std::cmp::Ordering;

use rust_decimal::{Decimal, RoundingStrategy};
use uuid::Uuid;

use crate::{
    Amount, Record,
    filter::{Around, Pointing, Predicate},
    record::{RecordDef, Row, entry},
    store::{Aggregate, Group, Measure, Select, Trash},
    testing::suite::toys::{Toy, ToyBox},
    value::{Value, month_of},
};

/// Everything in a tenant that filters look at.
pub(super) struct World {
    pub(super) org: Uuid,
    pub(super) toys: Vec<Row>,
    pub(super) boxes: Vec<Row>,
}

impl World {
    fn matching(&self, filter: &Predicate, trash: Trash) -> Vec<&Row> {
        let marked = |row: &Row| match trash {
            Trash::Live => row.live(Toy::def()),
            Trash::Trashed => !row.live(Toy::def()),
            Trash::Any => true,
        };
        self.toys.iter().filter(|row| marked(row) && filter.holds(row, self) == Some(true)).collect()
    }

    pub(super) fn select(&self, query: &Select) -> Vec<Row> {
        let position = |row: &Row| query.position(row);
        let mut rows = self.matching(&query.filter, query.trash);
        rows.sort_by(|a, b| compare(query, &position(a), &position(b)));
        let seen = |row: &&&Row| query.after.as_ref().is_none_or(|after| compare(query, &position(row), after).is_gt());
        rows.iter().filter(seen).take(query.limit).map(|row| (*row).clone()).collect()
    }

    pub(super) fn aggregate(&self, query: &Aggregate) -> Vec<Vec<Value>> {
        let rows = self.matching(&query.filter, query.trash);
        let mut groups: Vec<(Vec<Value>, Vec<&Row>)> = Vec::new();
        if query.groups.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        for row in rows {
            let values: Vec<Value> = query.groups.iter().map(|group| value_of(*group, row)).collect();
            match groups.iter_mut().find(|(known, _)| *known == values) {
                Some((_, members)) => members.push(row),
                None => groups.push((values, vec![row])),
            }
        }
        groups.sort_by(|(a, _), (b, _)| {
            a.iter().zip(b).map(|(a, b)| a.order(b)).find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
        });
        groups.truncate(query.limit);
        let with_measures = groups.into_iter().map(|(mut values, rows)| {
            values.extend(query.measures.iter().map(|measure| measured(*measure, &rows)));
            values
        });
        with_measures.collect()
    }
}

impl World {
    fn live(&self, of: &'static RecordDef) -> impl Iterator<Item = &Row> {
        let rows = if of.kind == ToyBox::def().kind { &self.boxes } else { &self.toys };
        rows.iter().filter(move |row| row.live(of))
    }
}

impl Around for World {
    fn related(&self, of: &'static RecordDef, id: Uuid) -> Option<Row> {
        self.live(of).find(|row| row.id(of) == id).cloned()
    }
    fn has(&self, asked: &Pointing, id: Uuid) -> bool {
        let points = |row: &Row| match row.get(asked.column) {
            Value::Uuid(at) => *at == id,
            _ => row.entries(asked.column).contains(&entry(asked.at.kind, id)),
        };
        let matching = |row: &&Row| points(row) && asked.filter.holds(row, self) == Some(true);
        self.live(asked.of).filter(matching).count() >= asked.at_least
    }
}

/// Key by key, nulls last in both directions, then by id.
fn compare(query: &Select, a: &[Value], b: &[Value]) -> Ordering {
    for (position, key) in query.sort.iter().enumerate() {
        let (a, b) = (&a[position], &b[position]);
        let ordering = match (a.is_null(), b.is_null()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) if key.descending => b.order(a),
            (false, false) => a.order(b),
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
    a.last().unwrap().order(b.last().unwrap())
}

fn value_of(group: Group, row: &Row) -> Value {
    match group {
        Group::Column(column) => row.get(column).clone(),
        Group::Month(column, zone) => match row.get(column) {
            Value::Date(date) => Value::Date(month_of(*date)),
            Value::Time(time) => Value::Date(month_of(time.date_in(zone))),
            _ => Value::Null,
        },
    }
}

fn measured(measure: Measure, rows: &[&Row]) -> Value {
    let values = |column: usize| {
        let mut values: Vec<Value> = rows.iter().map(|row| row.get(column)).filter(|v| !v.is_null()).cloned().collect();
        values.sort_by(Value::order);
        values
    };
    let count = |number: usize| Value::Int(i64::try_from(number).unwrap());
    match measure {
        Measure::Count => count(rows.len()),
        Measure::Distinct(column) => {
            let mut values = values(column);
            values.dedup();
            count(values.len())
        }
        Measure::Sum(column) => values(column).into_iter().reduce(add).unwrap_or(Value::Null),
        Measure::Avg(column) => {
            let values = values(column);
            let sum: Decimal = values.iter().map(decimal).sum();
            if values.is_empty() {
                return Value::Null;
            }
            let mean = sum / Decimal::from(values.len());
            let mean = mean.round_dp_with_strategy(4, RoundingStrategy::MidpointNearestEven);
            Value::Amount(Amount::from_decimal(mean).unwrap())
        }
        Measure::Min(column) => values(column).first().cloned().unwrap_or(Value::Null),
        Measure::Max(column) => values(column).last().cloned().unwrap_or(Value::Null),
    }
}

fn decimal(value: &Value) -> Decimal {
    match value {
        Value::Int(number) => Decimal::from(*number),
        Value::Amount(amount) => amount.decimal(),
        other => panic!("{other:?} is no number"),
    }
}

fn add(a: Value, b: Value) -> Value {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => Value::Int(a + b),
        (Value::Amount(a), Value::Amount(b)) => {
            Value::Amount(Amount::from_ten_thousandths(a.ten_thousandths() + b.ten_thousandths()))
        }
        (a, b) => panic!("{a:?} and {b:?} do not add up"),
    }
}
