//! Values of the host on their way to the server, each declared as what it is.

use nexa_kernel::sql::SqlValue;
use sqlx::{
    Encode, Postgres, Type,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, types::Oid},
    types::chrono::{NaiveDate, NaiveDateTime, NaiveTime},
};

use super::numbers::to_bytes;
use crate::arguments::EPOCH_MICROS;

/// A value that is bound.
pub(super) struct Parameter(pub(super) SqlValue);

impl Type<Postgres> for Parameter {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(25))
    }
}

/// The server's number of the type of a value; of nothing it finds out the type by itself.
const fn number(value: &SqlValue) -> u32 {
    match value {
        SqlValue::Int(_) => 20,
        SqlValue::Real(_) => 701,
        SqlValue::Text(_) => 25,
        SqlValue::Id(_) => 2950,
        SqlValue::Bytes(_) => 17,
        SqlValue::Bool(_) => 16,
        SqlValue::Number(_) => 1700,
        SqlValue::Moment(_) => 1184,
        SqlValue::Local(_) => 1114,
        SqlValue::Date(_) => 1082,
        SqlValue::TimeOfDay(_) => 1083,
        SqlValue::Json(_) => 114,
        _ => 705,
    }
}

impl Encode<'_, Postgres> for Parameter {
    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(number(&self.0))))
    }

    fn encode_by_ref(&self, out: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match &self.0 {
            SqlValue::Int(number) => out.extend(number.to_be_bytes()),
            SqlValue::Real(number) => out.extend(number.to_be_bytes()),
            SqlValue::Text(text) | SqlValue::Json(text) => out.extend(text.as_bytes()),
            SqlValue::Id(id) => out.extend(id.as_bytes()),
            SqlValue::Bytes(bytes) => out.extend(bytes),
            SqlValue::Bool(yes) => out.push(u8::from(*yes)),
            SqlValue::Number(text) => {
                out.extend(to_bytes(text).ok_or_else(|| format!("{text} is no number of PostgreSQL"))?);
            }
            SqlValue::Moment(moment) => out.extend(moment.micros().saturating_sub(EPOCH_MICROS).to_be_bytes()),
            SqlValue::Local(text) => return Encode::<Postgres>::encode(text.parse::<NaiveDateTime>()?, out),
            SqlValue::Date(text) => return Encode::<Postgres>::encode(text.parse::<NaiveDate>()?, out),
            SqlValue::TimeOfDay(text) => return Encode::<Postgres>::encode(text.parse::<NaiveTime>()?, out),
            _ => return Ok(IsNull::Yes),
        }
        Ok(IsNull::No)
    }
}
