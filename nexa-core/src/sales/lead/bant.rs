//! BANT: budget, authority, need, timeline. A lead qualifies when all four are met.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Lead, Status};
use crate::{Apply, Body, Code, Field, Id, Moment, Ref, Result, Timestamp, command, people::User};

/// The lead is closed.
pub const CLOSED: Code = Code::rule("lead.closed", "The lead is {status}; reopen it with lead.reopen if it was lost.");

/// One criterion: whether it is met, what shows it, when and by whom that was noted.
#[derive(Field, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Criterion {
    /// Whether it is met; absent while nobody has said.
    pub met: Option<bool>,
    /// What shows it.
    pub evidence: Option<Body>,
    /// When it was noted.
    pub at: Option<Timestamp>,
    /// Who noted it, when a user did.
    pub by: Option<Id<User>>,
}

/// The four criteria.
#[derive(Field, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bant {
    /// The money is there.
    pub budget: Criterion,
    /// They decide, or those who decide are with us.
    pub authority: Criterion,
    /// They need it.
    pub need: Criterion,
    /// They want it by a known time.
    pub timeline: Criterion,
}

impl Bant {
    fn criteria(&self) -> [(&'static str, &Criterion); 4] {
        [("budget", &self.budget), ("authority", &self.authority), ("need", &self.need), ("timeline", &self.timeline)]
    }
    /// The names of the criteria that are not met.
    pub fn missing(&self) -> Vec<&'static str> {
        self.criteria().into_iter().filter(|(_, one)| one.met != Some(true)).map(|(name, _)| name).collect()
    }
    /// Whether anybody has said anything.
    pub fn is_empty(&self) -> bool {
        self.criteria().into_iter().all(|(_, one)| *one == Criterion::default())
    }
    /// Takes what was said, with its time and author.
    pub(crate) fn note(&mut self, input: &BantInput, at: Timestamp, by: Option<Id<User>>) {
        for (own, given) in [
            (&mut self.budget, &input.budget),
            (&mut self.authority, &input.authority),
            (&mut self.need, &input.need),
            (&mut self.timeline, &input.timeline),
        ] {
            if let Some(given) = given {
                let evidence = given.evidence.clone().or_else(|| own.evidence.take());
                *own = Criterion { met: Some(given.met), evidence, at: Some(at), by };
            }
        }
    }
    /// Fills what nobody has said here from another.
    pub(crate) fn fill(&mut self, other: &Self) {
        for (own, given) in [
            (&mut self.budget, &other.budget),
            (&mut self.authority, &other.authority),
            (&mut self.need, &other.need),
            (&mut self.timeline, &other.timeline),
        ] {
            if own.met.is_none() {
                own.clone_from(given);
            }
        }
    }
}

/// What somebody says of one criterion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CriterionInput {
    /// Whether it is met.
    pub met: bool,
    /// What shows it; what was noted before stays without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Body>,
}

impl CriterionInput {
    /// Met, without evidence.
    pub const fn met() -> Self {
        Self { met: true, evidence: None }
    }
}

/// What somebody says of the criteria; those left out stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BantInput {
    /// The money is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<CriterionInput>,
    /// They decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<CriterionInput>,
    /// They need it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub need: Option<CriterionInput>,
    /// They want it by a known time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<CriterionInput>,
}

impl BantInput {
    /// All four met.
    pub fn all_met() -> Self {
        let met = || Some(CriterionInput::met());
        Self { budget: met(), authority: met(), need: met(), timeline: met() }
    }
}

impl Lead {
    pub(crate) fn must_be_open(&self) -> Result<()> {
        match self.status {
            Status::New | Status::Contacted | Status::Qualified => Ok(()),
            Status::Lost => Err(CLOSED.with("status", self.status)),
            Status::Converted => self.must_not_be_converted(),
        }
    }
}

/// Notes which BANT criteria are met, with evidence; the lead stays where it stands.
#[command("record_bant", on = Lead, guard = Lead::must_be_open, errors(CLOSED, super::CONVERTED))]
pub struct RecordBant {
    /// The lead.
    pub lead: Ref<Lead>,
    /// What is known now.
    pub bant: BantInput,
}

impl Apply for RecordBant {
    fn apply(&self, lead: &mut Lead, at: &Moment<'_>) -> Result<()> {
        let by = at.actor.user().map(Id::new);
        lead.bant.note(&self.bant, at.now, by);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::values::check::same_form;

    #[test]
    fn criteria_show_what_is_not_known_of_them() {
        let mut bant = Bant::default();
        same_form(&bant);
        bant.budget.met = Some(true);
        bant.budget.evidence = Some("50,000 \"approved\"\n".parse().unwrap());
        bant.timeline.met = Some(false);
        bant.timeline.at = Some(Timestamp::from_micros(1_763_370_900_000_001));
        bant.timeline.by = Some(Id::new(Uuid::from_u128(7)));
        same_form(&bant);
        same_form(&bant.timeline);
        same_form(&Some(bant.timeline.clone()));
        same_form(&None::<Criterion>);
    }
}
