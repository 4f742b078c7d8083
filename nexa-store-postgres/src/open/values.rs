//! Values of the host on their way from the server, out of PostgreSQL's binary form.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use nexa_kernel::{sql::SqlValue, value::Timestamp};
use sqlx::{
    Row, TypeInfo, ValueRef,
    postgres::{PgRow, PgTypeInfo, PgTypeKind},
};
use uuid::Uuid;

use super::numbers::to_text;
use crate::arguments::EPOCH_MICROS;

/// The value of a column, or the name of its type when there is no form for it.
pub(super) fn read(row: &PgRow, position: usize) -> Result<SqlValue, String> {
    let raw = row.try_get_raw(position).map_err(|problem| problem.to_string())?;
    if raw.is_null() {
        return Ok(SqlValue::Null);
    }
    let kind = raw.type_info();
    let bytes = raw.as_bytes().map_err(|problem| problem.to_string())?;
    value(&kind, bytes).ok_or_else(|| kind.name().to_owned())
}

fn value(kind: &PgTypeInfo, bytes: &[u8]) -> Option<SqlValue> {
    match kind.kind() {
        PgTypeKind::Enum(_) => return text(bytes).map(SqlValue::Text),
        PgTypeKind::Domain(of) => return value(of, bytes),
        _ => {}
    }
    Some(match kind.oid()?.0 {
        16 => SqlValue::Bool(*bytes.first()? != 0),
        17 => SqlValue::Bytes(bytes.to_vec()),
        20 => SqlValue::Int(i64::from_be_bytes(fixed(bytes)?)),
        21 => SqlValue::Int(i16::from_be_bytes(fixed(bytes)?).into()),
        23 => SqlValue::Int(i32::from_be_bytes(fixed(bytes)?).into()),
        26 => SqlValue::Int(u32::from_be_bytes(fixed(bytes)?).into()),
        700 => SqlValue::Real(f32::from_be_bytes(fixed(bytes)?).into()),
        701 => SqlValue::Real(f64::from_be_bytes(fixed(bytes)?)),
        18 | 19 | 25 | 705 | 1042 | 1043 => SqlValue::Text(text(bytes)?),
        114 => SqlValue::Json(text(bytes)?),
        // A number of its form stands in front.
        3802 => SqlValue::Json(text(bytes.strip_prefix(&[1])?)?),
        1082 => SqlValue::Date(day(i32::from_be_bytes(fixed(bytes)?))?.to_string()),
        1083 => {
            let micros = TimeDelta::microseconds(i64::from_be_bytes(fixed(bytes)?));
            SqlValue::TimeOfDay(NaiveTime::MIN.overflowing_add_signed(micros).0.to_string())
        }
        1114 => SqlValue::Local(local(i64::from_be_bytes(fixed(bytes)?))?.format("%Y-%m-%dT%H:%M:%S%.6f").to_string()),
        1184 => {
            let micros = i64::from_be_bytes(fixed(bytes)?);
            local(micros)?;
            SqlValue::Moment(Timestamp::from_micros(micros.checked_add(EPOCH_MICROS)?))
        }
        1700 => SqlValue::Number(to_text(bytes)?),
        2278 => SqlValue::Null,
        2950 => SqlValue::Id(Uuid::from_slice(bytes).ok()?),
        _ => return None,
    })
}

fn fixed<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    bytes.try_into().ok()
}

fn text(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

/// The day where the server counts from.
fn epoch() -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2000, 1, 1)
}

/// Years that every language can write; there is no text for what never comes.
fn written(year: i32) -> bool {
    (1..=9999).contains(&year)
}

fn day(days: i32) -> Option<NaiveDate> {
    let day = epoch()?.checked_add_signed(TimeDelta::try_days(days.into())?)?;
    written(day.year()).then_some(day)
}

fn local(micros: i64) -> Option<NaiveDateTime> {
    let moment = epoch()?.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::microseconds(micros))?;
    written(moment.year()).then_some(moment)
}
