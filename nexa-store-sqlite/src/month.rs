//! The month of a moment in a time zone, for statements.

use nexa_kernel::{Timestamp, value::month_of, zone::Zone};
use rusqlite::{Connection, Error, Result, functions::FunctionFlags, types::Type};

/// Registers `nexa_month(micros, zone)`: the first day of the month as a date, null for null.
pub(crate) fn register(db: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    db.create_scalar_function("nexa_month", 2, flags, |context| {
        let zone = context.get_or_create_aux(1, |name| -> Result<Zone, Error> {
            let name = name.as_str()?;
            Zone::named(name).ok_or_else(|| {
                Error::FromSqlConversionFailure(1, Type::Text, format!("there is no time zone {name}").into())
            })
        })?;
        let micros: Option<i64> = context.get(0)?;
        Ok(micros.map(|micros| month_of(Timestamp::from_micros(micros).date_in(*zone)).to_string()))
    })
}
