//! One factor of a health card: what it measures, and how many points that takes.

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SignalValue;
use crate::{Amount, Choice, Key, closed_enum};

closed_enum! {
    /// What a factor looks at.
    pub enum HealthMeasure {
        /// What `account.record_signal` recorded under the factor's code.
        Signal = "signal",
        /// How many of the account's tickets are not solved; one of severity p1 counts as four, of p2 as two.
        OpenTickets = "open_tickets",
        /// How many days ago the account last came to us: a ticket, a call or a meeting that was held. What is recorded under the factor's
        /// code goes before it.
        DaysSinceInbound = "days_since_inbound",
    }
}

/// From which value on a number takes nothing, and from which it takes all; what lies between takes its share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthRange {
    /// The value that takes nothing.
    pub best: Amount,
    /// The value that takes all.
    pub worst: Amount,
}

/// What a number takes that is at least so large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthStep {
    /// The least value.
    pub at_least: Amount,
    /// The points that it takes.
    #[schemars(range(min = 0, max = 100))]
    pub lost: u8,
}

/// One factor of a health card. Numbers take points by a range or by steps, words by their name; a number below all steps takes all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HealthFactor {
    /// What it is called, and the signal that it looks at, such as `product_usage`.
    pub code: Key,
    /// How many points it takes at most, 1 to 100.
    #[schemars(range(min = 1, max = 100))]
    pub weight: u8,
    /// What it looks at; a recorded signal unless said.
    #[serde(default, skip_serializing_if = "is_signal")]
    pub measure: HealthMeasure,
    /// How numbers take points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<HealthRange>,
    /// How numbers take points by steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub steps: Vec<HealthStep>,
    /// How many points each word takes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<String, u8>,
    /// The least number that can be recorded; any unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub least: Option<Amount>,
    /// The greatest number that can be recorded; any unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<Amount>,
}

const fn is_signal(measure: &HealthMeasure) -> bool {
    matches!(measure, HealthMeasure::Signal)
}

/// What is known of a factor.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reading {
    Number(f64),
    Word(String),
}

impl From<&SignalValue> for Reading {
    fn from(value: &SignalValue) -> Self {
        match value {
            SignalValue::Number(number) => Self::Number(float(*number)),
            SignalValue::Word(word) => Self::Word(word.to_string()),
        }
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // A day or a ticket is counted whole.
            Self::Number(number) => write!(f, "{}", (number * 100.0).floor() / 100.0),
            Self::Word(word) => f.write_str(word),
        }
    }
}

#[allow(clippy::cast_precision_loss)]
pub(super) fn float(amount: Amount) -> f64 {
    amount.ten_thousandths() as f64 / 10_000.0
}

impl HealthFactor {
    /// How many points a value takes; nothing is known where the factor has no rule for it.
    pub(super) fn lost(&self, reading: &Reading) -> Option<f64> {
        let weight = f64::from(self.weight);
        match reading {
            Reading::Word(word) => self.words.get(word).map(|lost| f64::from(*lost)),
            Reading::Number(number) => match self.range {
                Some(HealthRange { best, worst }) => {
                    let (best, worst) = (float(best), float(worst));
                    Some(weight * ((best - number) / (best - worst)).clamp(0.0, 1.0))
                }
                None if self.steps.is_empty() => None,
                None => {
                    let reached = self.steps.iter().filter(|step| *number >= float(step.at_least));
                    let highest = reached.max_by_key(|step| step.at_least);
                    Some(highest.map_or(weight, |step| f64::from(step.lost)))
                }
            },
        }
    }

    /// From which value on it takes nothing, where numbers do.
    pub(super) fn target(&self) -> Option<String> {
        let free = self.steps.iter().filter(|step| step.lost == 0).map(|step| step.at_least).min();
        self.range.map(|range| range.best).or(free).map(|amount| Reading::Number(float(amount)).to_string())
    }

    /// Whether a value can be recorded; what to give instead.
    pub(super) fn must_take(&self, value: &SignalValue) -> Result<(), String> {
        let takes_numbers = self.range.is_some() || !self.steps.is_empty();
        match value {
            SignalValue::Number(number) if takes_numbers => {
                let fits =
                    self.least.is_none_or(|least| *number >= least) && self.most.is_none_or(|most| *number <= most);
                let bound = |bound: Option<Amount>| bound.map(|bound| Reading::Number(float(bound)).to_string());
                match (fits, bound(self.least), bound(self.most)) {
                    (true, ..) => Ok(()),
                    (false, Some(least), Some(most)) => Err(format!("give a number from {least} to {most}")),
                    (false, Some(least), None) => Err(format!("give a number from {least} on")),
                    (false, _, most) => Err(format!("give a number up to {}", most.unwrap_or_default())),
                }
            }
            SignalValue::Word(word) if self.words.contains_key(word.as_str()) => Ok(()),
            _ => {
                let words: Vec<&str> = self.words.keys().map(String::as_str).collect();
                Err(match (takes_numbers, words.is_empty()) {
                    (true, true) => "give a number".to_owned(),
                    (true, false) => format!("give a number, or one of {}", words.join(", ")),
                    _ => format!("give one of {}", words.join(", ")),
                })
            }
        }
    }

    /// What is wrong with it.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let numbers = self.range.is_some() || !self.steps.is_empty();
        let bound = self.steps.iter().map(|step| step.lost).chain(self.words.values().copied());
        match () {
            () if self.weight == 0 || self.weight > 100 => Some("give it a weight of 1 to 100"),
            () if !numbers && self.words.is_empty() => Some("say how it takes points: by range, steps or words"),
            () if self.range.is_some() && !self.steps.is_empty() => Some("give it either a range or steps"),
            () if self.range.is_some_and(|range| range.best == range.worst) => {
                Some("give its range a best that differs from the worst")
            }
            () if self.steps.len() > 20 || self.words.len() > 20 => Some("give it at most 20 steps and 20 words"),
            () if bound.max().is_some_and(|lost| lost > self.weight) => {
                Some("no step and no word takes more than its weight")
            }
            () if self.measure != HealthMeasure::Signal && !numbers => Some("what is counted needs a range or steps"),
            () if self.words.keys().any(|word| Choice::parse(word).ok().as_deref() != Some(word.as_str())) => {
                Some("give words of at most 100 characters")
            }
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn factor(json: serde_json::Value) -> HealthFactor {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn numbers_between_the_best_and_the_worst_take_their_share() {
        let usage = factor(json!({"code": "usage", "weight": 30, "range": {"best": 90, "worst": 0}}));
        let lost = |number| usage.lost(&Reading::Number(number)).unwrap();
        assert_eq!([lost(100.0), lost(90.0), lost(45.0), lost(0.0), lost(-5.0)], [0.0, 0.0, 15.0, 30.0, 30.0]);
        assert!((lost(85.0) - 1.667).abs() < 0.001);
        let tickets = factor(json!({"code": "tickets", "weight": 15, "range": {"best": 2, "worst": 10}}));
        let lost = |number| tickets.lost(&Reading::Number(number)).unwrap();
        assert_eq!([lost(0.0), lost(2.0), lost(6.0), lost(30.0)], [0.0, 0.0, 7.5, 15.0]);
        assert_eq!(tickets.lost(&Reading::Word("many".to_owned())), None);
    }

    #[test]
    fn steps_and_words_take_what_they_say() {
        let steps = json!([{"at_least": 9, "lost": 0}, {"at_least": 7, "lost": 3}]);
        let nps = factor(json!({"code": "nps", "weight": 10, "steps": steps, "least": 0, "most": 10}));
        let lost = [10.0, 9.0, 8.0, 7.0, 6.0].map(|number| nps.lost(&Reading::Number(number)).unwrap());
        assert_eq!(lost, [0.0, 0.0, 3.0, 3.0, 10.0]);
        assert_eq!(
            nps.must_take(&SignalValue::Number(Amount::from_ten_thousandths(110_000))),
            Err("give a number from 0 to 10".to_owned())
        );
        let paid = factor(json!({"code": "paid", "weight": 15, "words": {"current": 0, "late": 7, "unpaid": 15}}));
        assert_eq!(paid.lost(&Reading::Word("late".to_owned())), Some(7.0));
        assert_eq!(paid.lost(&Reading::Number(1.0)), None);
        let word = |word: &str| SignalValue::Word(word.parse().unwrap());
        assert_eq!(paid.must_take(&word("current")), Ok(()));
        assert_eq!(paid.must_take(&word("never")), Err("give one of current, late, unpaid".to_owned()));
    }

    #[test]
    fn a_factor_that_says_nothing_is_refused() {
        for (bad, problem) in [
            (json!({"code": "a", "weight": 0, "words": {"x": 0}}), "weight"),
            (json!({"code": "a", "weight": 5}), "range, steps or words"),
            (json!({"code": "a", "weight": 5, "range": {"best": 1, "worst": 1}}), "differs"),
            (json!({"code": "a", "weight": 5, "words": {"x": 6}}), "more than its weight"),
            (json!({"code": "a", "weight": 5, "words": {"x": 1}, "measure": "open_tickets"}), "counted"),
        ] {
            assert!(factor(bad.clone()).problem().is_some_and(|said| said.contains(problem)), "{bad}");
        }
    }
}
