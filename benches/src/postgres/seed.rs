//! Rows by the million, past the door: by COPY, without ledger, in the form that ours has.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat};
use nexa_crm::kernel::{
    record::{RecordDef, Row},
    value::Value,
};
use sqlx::{Executor, PgConnection};
use uuid::Uuid;

use super::building::Building;
use crate::Outcome;

/// Text is sent in pieces of about this size.
const PIECE: usize = 1 << 20;

/// Copies lines into columns of a table, as the owner.
pub(crate) fn copy(
    building: &Building,
    table: &str,
    columns: &str,
    lines: impl Iterator<Item = Outcome<Vec<Value>>>,
) -> Outcome<()> {
    building.runtime.block_on(async {
        let mut db: PgConnection = building.as_owner().await?;
        db.execute("SET session_replication_role = replica").await?;
        let mut copying = db.copy_in_raw(&format!("COPY nexa.{table} ({columns}) FROM STDIN")).await?;
        let mut piece = String::with_capacity(PIECE + 4_096);
        for line in lines {
            for (position, value) in line?.iter().enumerate() {
                if position > 0 {
                    piece.push('\t');
                }
                put(&mut piece, value)?;
            }
            piece.push('\n');
            if piece.len() > PIECE {
                copying.send(piece.as_bytes()).await?;
                piece.clear();
            }
        }
        copying.send(piece.as_bytes()).await?;
        copying.finish().await?;
        Ok(())
    })
}

/// Copies whole records of a tenant.
pub(crate) fn records(
    building: &Building,
    def: &'static RecordDef,
    org: Uuid,
    rows: impl Iterator<Item = Outcome<Row>>,
) -> Outcome<()> {
    let columns: Vec<String> = def.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let line = |row: Outcome<Row>| Ok(std::iter::once(Value::Uuid(org)).chain(row?.into_values()).collect());
    copy(building, def.table, &format!("org, {}", columns.join(", ")), rows.map(line))
}

fn put(line: &mut String, value: &Value) -> Outcome<()> {
    match value {
        Value::Null => line.push_str("\\N"),
        Value::Bool(value) => line.push(if *value { 't' } else { 'f' }),
        Value::Int(value) => write!(line, "{value}")?,
        Value::Amount(value) => write!(line, "{value}")?,
        Value::Uuid(value) => write!(line, "{value}")?,
        Value::Date(value) => write!(line, "{value}")?,
        Value::Time(value) => {
            let time = DateTime::from_timestamp_micros(value.micros()).unwrap_or_default();
            line.push_str(&time.to_rfc3339_opts(SecondsFormat::Micros, true));
        }
        Value::Text(text) | Value::Json(text) => {
            for letter in text.chars() {
                match letter {
                    '\\' => line.push_str("\\\\"),
                    '\t' => line.push_str("\\t"),
                    '\n' => line.push_str("\\n"),
                    '\r' => line.push_str("\\r"),
                    other => line.push(other),
                }
            }
        }
    }
    Ok(())
}
