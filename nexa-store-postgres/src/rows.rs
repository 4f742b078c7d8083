//! Values on their way from the server, out of PostgreSQL's binary form.

use std::borrow::Cow;

use nexa_kernel::{
    Error,
    error::Result,
    ledger::{Event, Head, Verb},
    record::{ColumnType, RecordDef, Row, corrupt},
    store::{Aggregate, Measure},
    value::{Amount, Date, Timestamp, Value, days_after},
};
use nexa_sql::Answer;
use sqlx::{Row as _, ValueRef, postgres::PgRow};
use uuid::Uuid;

use crate::arguments::{BASE, EPOCH_DAYS, EPOCH_MICROS};

/// The bytes of a column; `None` where it is null.
fn bytes(row: &PgRow, position: usize) -> Option<Option<&[u8]>> {
    let raw = row.try_get_raw(position).ok()?;
    if raw.is_null() {
        return Some(None);
    }
    raw.as_bytes().ok().map(Some)
}

fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn text(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

/// A number as ten-thousandths.
fn ten_thousandths(bytes: &[u8]) -> Option<i128> {
    let mut words = bytes.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
    let (count, weight, sign) = (words.next()?, words.next()?.cast_signed(), words.next()?);
    let _scale = words.next()?;
    if sign != 0 && sign != 0x4000 {
        return None;
    }
    let mut sum: i128 = 0;
    for (position, digit) in words.take(usize::from(count)).enumerate() {
        let power = i32::from(weight) + 1 - i32::try_from(position).ok()?;
        let Ok(power) = u32::try_from(power) else { break };
        sum = sum.checked_add(i128::from(digit).checked_mul(i128::from(BASE).checked_pow(power)?)?)?;
    }
    Some(if sign == 0 { sum } else { -sum })
}

fn value_of(kind: ColumnType, bytes: &[u8]) -> Option<Value> {
    Some(match kind {
        ColumnType::Uuid | ColumnType::Reference(_) => Value::Uuid(Uuid::from_slice(bytes).ok()?),
        ColumnType::Int => Value::Int(i64::from_be_bytes(fixed(bytes)?)),
        ColumnType::Bool => Value::Bool(*bytes.first()? != 0),
        ColumnType::Time => {
            Value::Time(Timestamp::from_micros(i64::from_be_bytes(fixed(bytes)?).checked_add(EPOCH_MICROS)?))
        }
        ColumnType::Date => {
            let days = i64::from(i32::from_be_bytes(fixed(bytes)?)) + i64::from(EPOCH_DAYS - 719_163);
            Value::Date(days_after(Date::default(), days))
        }
        ColumnType::Amount => Value::Amount(Amount::from_ten_thousandths(i64::try_from(ten_thousandths(bytes)?).ok()?)),
        ColumnType::List | ColumnType::Map | ColumnType::Json => Value::Json(text(bytes)?),
        _ => Value::Text(text(bytes)?),
    })
}

fn value_or_null(kind: ColumnType, bytes: Option<&[u8]>) -> Option<Value> {
    match bytes {
        None => Some(Value::Null),
        Some(bytes) => value_of(kind, bytes),
    }
}

fn read_value(kind: ColumnType, row: &PgRow, position: usize) -> Option<Value> {
    value_or_null(kind, bytes(row, position)?)
}

/// Reads a row of a kind from its columns in order; `next` gives the bytes of one.
fn read_columns<'r>(def: &RecordDef, mut next: impl FnMut(usize) -> Option<Option<&'r [u8]>>) -> Result<Row> {
    let mut values = Vec::with_capacity(def.columns.len());
    for (position, column) in def.columns.iter().enumerate() {
        let value = next(position).and_then(|bytes| value_or_null(column.kind, bytes));
        values.push(value.ok_or_else(|| corrupt(def.kind, format!("{} does not fit its type", column.path)))?);
    }
    Ok(Row::new(values))
}

/// Reads a row of a kind.
pub(crate) fn read_row(def: &RecordDef, row: &PgRow) -> Result<Row> {
    read_columns(def, |position| bytes(row, position))
}

/// Reads a row of a kind that is a record in one column.
pub(crate) fn read_record(def: &RecordDef, row: &PgRow, position: usize) -> Result<Row> {
    record_of(def, bytes(row, position).flatten())
}

/// Reads such a row as the simple protocol gives it: as hexadecimal digits.
pub(crate) fn read_simple_record(def: &RecordDef, row: &PgRow, position: usize) -> Result<Row> {
    record_of(def, simple_text(row, position).and_then(|digits| from_digits(&digits)).as_deref())
}

/// A row out of a record: how many fields there are, then the type, the length and the bytes of each.
fn record_of(def: &RecordDef, record: Option<&[u8]>) -> Result<Row> {
    let record = record.and_then(|record| record.split_first_chunk::<4>());
    let (_, mut rest) = record.ok_or_else(|| corrupt(def.kind, "there is no record"))?;
    read_columns(def, |_| {
        let (_type, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else {
            rest = after;
            return Some(None);
        };
        let (field, after) = after.split_at_checked(length)?;
        rest = after;
        Some(Some(field))
    })
}

/// Reads an integer.
pub(crate) fn read_int(what: &str, row: &PgRow, position: usize) -> Result<i64, Error> {
    bytes(row, position)
        .flatten()
        .and_then(fixed)
        .map(i64::from_be_bytes)
        .ok_or_else(|| corrupt(what, format!("column {position} is no number")))
}

/// Reads a text.
pub(crate) fn read_text(what: &str, row: &PgRow, position: usize) -> Result<String> {
    bytes(row, position).flatten().and_then(text).ok_or_else(|| corrupt(what, format!("column {position} is no text")))
}

/// Reads the groups and measures of an aggregate.
pub(crate) fn read_aggregate(query: &Aggregate, answers: &[Answer], row: &PgRow) -> Result<Row> {
    let kind = query.of.kind;
    let mut values = Vec::with_capacity(answers.len());
    let mut position = 0;
    for (number, answer) in answers.iter().enumerate() {
        match answer {
            Answer::Column(of) => {
                let value = read_value(*of, row, position);
                values.push(value.ok_or_else(|| corrupt(kind, "a group does not fit"))?);
                position += 1;
            }
            Answer::Sum => {
                let measure = query.measures.get(number.saturating_sub(query.groups.len()));
                values.push(match measure {
                    Some(measure) => read_sum(query.of, *measure, row, position)?,
                    None => Value::Null,
                });
                position += 2;
            }
        }
    }
    Ok(Row::new(values))
}

fn read_sum(def: &RecordDef, measure: Measure, row: &PgRow, position: usize) -> Result<Value> {
    let count = read_int(def.kind, row, position + 1)?;
    let (Measure::Sum(column) | Measure::Avg(column)) = measure else { return Ok(Value::Null) };
    let amount = def.columns.get(column).is_some_and(|column| column.kind == ColumnType::Amount);
    let sum = match bytes(row, position).flatten() {
        None => 0,
        Some(bytes) => ten_thousandths(bytes).ok_or_else(|| corrupt(def.kind, "a sum does not fit"))?,
    };
    nexa_sql::finish(def, measure, if amount { sum } else { sum / i128::from(BASE) }, count)
}

/// A column as the simple protocol gives it; `None` where it is null.
pub(crate) fn simple_text(row: &PgRow, position: usize) -> Option<String> {
    row.try_get_raw(position).ok().and_then(|raw| raw.as_str().ok().map(str::to_owned))
}

/// The bytes that pairs of hexadecimal digits stand for.
fn from_digits(digits: &str) -> Option<Vec<u8>> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some((digit(*high)? << 4) | digit(*low)?)).collect();
    if rest.is_empty() { bytes } else { None }
}

/// Reads the head of a ledger as the simple protocol gives it: as text.
pub(crate) fn read_head(rows: &[PgRow]) -> Result<Head> {
    let Some(row) = rows.last() else { return Ok(Head::default()) };
    let field = |position: usize| simple_text(row, position).ok_or_else(|| corrupt("ledger", "its head is not there"));
    let number = |position: usize| field(position)?.parse::<i64>().map_err(|problem| corrupt("ledger", problem));
    let hash = from_digits(&field(2)?).and_then(|bytes| fixed(&bytes));
    Ok(Head {
        seq: number(0)?.cast_unsigned(),
        at: Timestamp::from_micros(number(1)?),
        hash: hash.ok_or_else(|| corrupt("ledger", "its head is no hash"))?,
    })
}

/// Reads an id that is there.
pub(crate) fn read_id(what: &str, row: &PgRow, position: usize) -> Result<Uuid> {
    let id = bytes(row, position).flatten().and_then(|bytes| Uuid::from_slice(bytes).ok());
    id.ok_or_else(|| corrupt(what, format!("column {position} does not fit")))
}

/// Reads an event.
pub(crate) fn read_event(row: &PgRow) -> Result<Event> {
    let broken = |position: usize| corrupt("event", format!("column {position} does not fit"));
    let some = |position: usize| bytes(row, position).flatten().ok_or_else(|| broken(position));
    let number =
        |position: usize| Ok::<_, Error>(i64::from_be_bytes(fixed(some(position)?).ok_or_else(|| broken(position))?));
    let string = |position: usize| text(some(position)?).ok_or_else(|| broken(position));
    let maybe = |position: usize| match bytes(row, position).ok_or_else(|| broken(position))? {
        None => Ok::<_, Error>(None),
        Some(bytes) => text(bytes).map(Some).ok_or_else(|| broken(position)),
    };
    let id = |position: usize| Uuid::from_slice(some(position)?).map_err(|_| broken(position));
    let hash = |position: usize| fixed::<32>(some(position)?).ok_or_else(|| broken(position));
    let verb = string(8)?;
    let salt = match bytes(row, 13).ok_or_else(|| broken(13))? {
        None => None,
        Some(bytes) => Some(fixed::<16>(bytes).ok_or_else(|| broken(13))?),
    };
    Ok(Event {
        seq: number(0)?.cast_unsigned(),
        unit: id(1)?,
        at: Timestamp::from_micros(number(2)?),
        actor: string(3)?,
        on_behalf_of: maybe(4)?,
        cause: maybe(5)?,
        request: maybe(6)?,
        command: Cow::Owned(string(7)?),
        verb: Verb::parse(&verb).ok_or_else(|| corrupt("event", format!("there is no verb {verb}")))?,
        kind: Cow::Owned(string(9)?),
        record: id(10)?,
        format: u16::try_from(number(11)?).map_err(|_| broken(11))?,
        digest: hash(12)?,
        salt,
        reason: maybe(14)?,
        payload: maybe(15)?,
        hash: hash(16)?,
    })
}
