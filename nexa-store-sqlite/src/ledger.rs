//! The ledger's rows.

use std::borrow::Cow;

use nexa_kernel::{
    Error, Timestamp,
    error::Result,
    ledger::{Event, Head, Seq, Verb},
    record::corrupt,
};
use rusqlite::{OptionalExtension, Row, params, types::FromSql};
use uuid::Uuid;

use crate::connection::Link;

/// The head of a tenant's ledger as the file has it.
pub(crate) fn read_head(link: &Link<'_>, org: Uuid) -> Result<Head> {
    let found: Option<(i64, i64, [u8; 32])> = link
        .db
        .prepare_cached(&link.statements.read_head)
        .and_then(|mut statement| {
            statement.query_row([org.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()
        })
        .map_err(|failure| link.failed(&failure))?;
    let Some((seq, at, hash)) = found else { return Ok(Head::default()) };
    let seq = u64::try_from(seq).map_err(|problem| corrupt("ledger", problem))?;
    Ok(Head { seq, at: Timestamp::from_micros(at), hash })
}

/// Writes the head of a tenant's ledger.
pub(crate) fn write_head(link: &Link<'_>, org: Uuid, head: &Head) -> rusqlite::Result<()> {
    link.db
        .prepare_cached(&link.statements.write_head)?
        .execute(params![org.as_bytes(), head.seq.cast_signed(), head.at.micros(), head.hash])
        .map(|_| ())
}

/// Writes a sealed event.
pub(crate) fn write_event(link: &Link<'_>, org: Uuid, event: &Event) -> rusqlite::Result<()> {
    link.db
        .prepare_cached(&link.statements.event)?
        .execute(params![
            org.as_bytes(),
            event.seq.cast_signed(),
            event.unit.as_bytes(),
            event.at.micros(),
            event.actor,
            event.on_behalf_of,
            event.cause,
            event.request,
            event.command,
            event.verb.as_str(),
            event.kind,
            event.record.as_bytes(),
            event.format,
            event.digest,
            event.salt,
            event.reason,
            event.payload,
            event.hash,
        ])
        .map(|_| ())
}

/// Takes salt, reason and payload out of events.
pub(crate) fn erase_events(link: &Link<'_>, org: Uuid, seqs: &[Seq]) -> rusqlite::Result<()> {
    let mut statement = link.db.prepare_cached(&link.statements.erase)?;
    for seq in seqs {
        statement.execute(params![org.as_bytes(), seq.cast_signed()])?;
    }
    Ok(())
}

/// Reads an event.
pub(crate) fn read_event(row: &Row<'_>) -> Result<Event> {
    fn get<T: FromSql>(row: &Row<'_>, position: usize) -> Result<T, Error> {
        row.get(position).map_err(|problem| corrupt("event", problem))
    }
    let seq: i64 = get(row, 0)?;
    let verb: String = get(row, 8)?;
    Ok(Event {
        seq: seq.cast_unsigned(),
        unit: Uuid::from_bytes(get(row, 1)?),
        at: Timestamp::from_micros(get(row, 2)?),
        actor: get(row, 3)?,
        on_behalf_of: get(row, 4)?,
        cause: get(row, 5)?,
        request: get(row, 6)?,
        command: Cow::Owned(get(row, 7)?),
        verb: Verb::parse(&verb).ok_or_else(|| corrupt("event", format!("there is no verb {verb}")))?,
        kind: Cow::Owned(get(row, 9)?),
        record: Uuid::from_bytes(get(row, 10)?),
        format: get(row, 11)?,
        digest: get(row, 12)?,
        salt: get(row, 13)?,
        reason: get(row, 14)?,
        payload: get(row, 15)?,
        hash: get(row, 16)?,
    })
}
