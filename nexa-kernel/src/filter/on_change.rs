//! Filters of events, checked against a definition: what happened to a record.

use super::{Alone, Predicate, predicate::key_of};
use crate::{record::Row, value::Value};

/// What a filter asks of a change: of the record before and after it. A record that was created was not there before, and one that was
/// purged is not there after.
#[derive(Clone, Debug)]
pub enum OnChange {
    /// All of them.
    And(Vec<OnChange>),
    /// Any of them.
    Or(Vec<OnChange>),
    /// Not this; unknown stays unknown.
    Not(Box<OnChange>),
    /// One of these columns is another than before; of a `Map` column one of its keys.
    Changed(Vec<usize>, Option<String>),
    /// It was true before. False of what was not there.
    Was(Predicate),
    /// It is true, and was not before.
    Became(Predicate),
    /// It is true after the change. False of what is not there.
    Is(Predicate),
}

impl OnChange {
    /// Whether a change from one row to another matches.
    pub fn matches(&self, before: Option<&Row>, after: Option<&Row>) -> bool {
        self.holds(before, after) == Some(true)
    }

    fn holds(&self, before: Option<&Row>, after: Option<&Row>) -> Option<bool> {
        let all = |parts: &[Self], stop: bool| {
            let mut sum = Some(!stop);
            for part in parts {
                match part.holds(before, after) {
                    Some(value) if value == stop => return Some(stop),
                    Some(_) => {}
                    None => sum = None,
                }
            }
            sum
        };
        let holds = |predicate: &Predicate, row: Option<&Row>| match row {
            Some(row) => predicate.holds(row, &Alone),
            None => Some(false),
        };
        match self {
            Self::And(parts) => all(parts, false),
            Self::Or(parts) => all(parts, true),
            Self::Not(part) => part.holds(before, after).map(|value| !value),
            Self::Changed(columns, key) => {
                let value = |row: Option<&Row>, column: usize| match (row, key) {
                    (None, _) => Value::Null,
                    (Some(row), None) => row.get(column).clone(),
                    (Some(row), Some(key)) => match key_of(row.get(column), key) {
                        Some(json) if !json.is_null() => Value::Json(json.to_string()),
                        _ => Value::Null,
                    },
                };
                Some(columns.iter().any(|column| value(before, *column) != value(after, *column)))
            }
            Self::Was(predicate) => holds(predicate, before),
            Self::Became(predicate) => {
                Some(holds(predicate, after) == Some(true) && holds(predicate, before) != Some(true))
            }
            Self::Is(predicate) => holds(predicate, after),
        }
    }
}
