//! The frame of every answer: what is said, why, who made it, of which moment, and of how much is known.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Context, Record, Result, closed_enum,
    kernel::ledger::{EventQuery, Seq},
};

/// What made an answer that no model and no card of the tenant made.
pub(super) const RULES: &str = "rules";

closed_enum! {
    /// How far an answer can be relied on.
    pub enum Confidence {
        /// Nothing is known.
        None = "none",
        /// Less than half of what counts is known.
        Low = "low",
        /// At least half is.
        Medium = "medium",
        /// All of it is.
        High = "high",
    }
}

impl Confidence {
    /// By how many of so many factors had data.
    pub const fn of(known: u32, all: u32) -> Self {
        match known {
            0 => Self::None,
            _ if known >= all => Self::High,
            _ if known.saturating_mul(2) >= all => Self::Medium,
            _ => Self::Low,
        }
    }
}

/// What an explanation rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The kind of the record.
    pub kind: String,
    /// The record.
    pub id: Uuid,
    /// The event of its history that says so, by its number, where one event does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
}

impl Evidence {
    /// A record, as it is.
    pub fn of<R: Record>(record: &R) -> Self {
        Self { kind: R::def().kind.to_owned(), id: record.id().uuid(), seq: None }
    }
}

/// Why an answer is what it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Explanation {
    /// What sort of reason it is, for programs.
    pub code: String,
    /// How many points it adds, or takes where it is below zero; absent where the answer is no sum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<f64>,
    /// The reason in words.
    pub text: String,
    /// What it rests on, as far as the actor sees it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

impl Explanation {
    /// A reason without points and evidence.
    pub(super) fn new(code: &str, text: impl Into<String>) -> Self {
        Self { code: code.to_owned(), points: None, text: text.into(), evidence: Vec::new() }
    }
    pub(super) fn points(self, points: f64) -> Self {
        Self { points: Some(points), ..self }
    }
    pub(super) fn evidence(self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        Self { evidence: evidence.into_iter().collect(), ..self }
    }
}

/// An answer that explains itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Explained{T}")]
pub struct Explained<T> {
    /// The answer.
    pub value: T,
    /// Why it is so, what counts most first.
    pub reasons: Vec<Explanation>,
    /// What made it: `rules`, or a record of the tenant as `health_card:<id>@<version>`.
    pub made_by: String,
    /// The number of the last event in the ledger that it knows.
    pub as_of: Seq,
    /// How far it can be relied on.
    pub confidence: Confidence,
    /// How many factors had data, and how many there are.
    pub known: [u32; 2],
}

impl<T> Explained<T> {
    /// An answer as of now; `known` says how many of how many factors had data.
    pub(super) async fn now(
        cx: &mut Context<'_>,
        value: T,
        reasons: Vec<Explanation>,
        made_by: impl Into<String>,
        known: [u32; 2],
    ) -> Result<Self> {
        let newest = EventQuery { limit: 1, backwards: true, ..EventQuery::default() };
        let as_of = cx.unrestricted().events(&newest).await?.first().map_or(0, |event| event.seq);
        let confidence = Confidence::of(known[0], known[1]);
        Ok(Self { value, reasons, made_by: made_by.into(), as_of, confidence, known })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_follows_what_is_known() {
        let confidences =
            [(0, 6), (0, 0), (2, 6), (3, 6), (5, 6), (6, 6)].map(|(known, all)| Confidence::of(known, all));
        let [nothing, empty, little, half, most, all] = confidences;
        assert_eq!([nothing, empty], [Confidence::None; 2]);
        assert_eq!(
            [little, half, most, all],
            [Confidence::Low, Confidence::Medium, Confidence::Medium, Confidence::High]
        );
    }
}
