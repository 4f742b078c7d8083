//! In whose scope an answer is made: of whoever asks, or of the whole tenant where a rule must know.

use crate::{
    Action, Context, Filter, Record, Result, Timestamp,
    kernel::{record::RecordDef, value::Value},
};

/// Microseconds in a day.
pub(super) const DAY: i64 = 24 * 3_600 * 1_000_000;

/// In whose scope records are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sight {
    /// As the actor sees them.
    Actor,
    /// As they are.
    Whole,
}

impl Sight {
    /// Live records by filter.
    pub(super) async fn find<R: Record>(
        self,
        cx: &mut Context<'_>,
        filter: &Filter,
        sort: &[&str],
        limit: usize,
    ) -> Result<Vec<R>> {
        match self {
            Self::Actor => cx.visible(filter, sort, limit).await,
            Self::Whole => cx.unrestricted().find(filter, sort, limit).await,
        }
    }

    /// Whether records of a kind can be seen at all, with these fields.
    pub(super) fn sees(self, cx: &Context<'_>, def: &'static RecordDef, fields: &[&str]) -> Result<bool> {
        if self == Self::Whole {
            return Ok(true);
        }
        let hidden = cx.hidden(def)?;
        Ok(cx.authorize_kind(def, Action::Read).is_ok() && !fields.iter().any(|field| hidden.contains(field)))
    }
}

/// The greatest moment in a field of these records.
pub(super) fn latest<R: Record>(records: &[R], field: &str) -> Option<Timestamp> {
    let column = R::def().column(field)?;
    records
        .iter()
        .filter_map(|record| match record.to_row().get(column) {
            Value::Time(at) => Some(*at),
            _ => None,
        })
        .max()
}

/// The moment so many days later, or earlier where they are below zero.
pub(super) fn days_later(at: Timestamp, days: f64) -> Timestamp {
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    let micros = (days * DAY as f64) as i64;
    Timestamp::from_micros(at.micros().saturating_add(micros))
}

/// How many days lie between two moments, with the part of a day.
pub(super) fn days_between(from: Timestamp, to: Timestamp) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let days = to.since(from) as f64 / DAY as f64;
    days
}

/// A number in whole parts of one: 100 for two decimal places.
pub(super) fn rounded(number: f64, parts: f64) -> f64 {
    (number * parts).round() / parts
}
