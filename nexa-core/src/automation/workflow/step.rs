//! The steps of a workflow, as data.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::{Filter, Key, Name, Subject, closed_enum};

closed_enum! {
    /// What a refusal of a step does to its run.
    pub enum OnError {
        /// The run fails.
        Stop = "stop",
        /// The run goes on with the next step.
        Continue = "continue",
    }
}

/// One step of a workflow: exactly one of `do`, `notify`, `wait`, `branch`, `split`, `each` and `stop`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkflowStep {
    /// Its name, by which later steps name what it made: `{{ steps.project.id }}`.
    pub id: Key,
    /// Runs a command of the catalog.
    #[serde(rename = "do", default, skip_serializing_if = "Option::is_none")]
    pub command: Option<StepCommand>,
    /// Notifies users.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<StepNotice>,
    /// Waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<StepWait>,
    /// Goes on by what the record is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<StepBranch>,
    /// Goes on by chance: the same record always goes the same way, on every storage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 20))]
    pub split: Option<Vec<StepShare>>,
    /// Does steps for each of the records that it finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<StepEach>,
    /// Ends the run, for this reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Name>,
    /// What a refusal does to the run.
    #[serde(default, skip_serializing_if = "is_stop")]
    pub on_error: OnError,
}

fn is_stop(on_error: &OnError) -> bool {
    *on_error == OnError::Stop
}

/// A command of the catalog with its arguments. A text in them that is one expression, such as `"{{ record.amount }}"`, keeps the type of
/// its value; in a longer text values are written as text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepCommand {
    /// Its name, such as `task.create`.
    pub command: Name,
    /// Its arguments.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub with: Map<String, Json>,
}

/// Who is notified of the record, and with what words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepNotice {
    /// Users and groups: an id of a user, `{"user": …}`, `{"group": …}`, or an expression that is one of these. Nobody is passed over.
    #[schemars(length(min = 1, max = 50))]
    pub to: Vec<Json>,
    /// What the notification says before it names the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Subject>,
}

/// How long a run waits: exactly one of these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepWait {
    /// A period of ISO 8601, such as `P2D`: the same time two days later by the tenant's clocks; hours as they pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Name>,
    /// Until a moment or the beginning of a day: an expression such as `{{ record.due_at - PT1H }}`. One that is past does not wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Name>,
    /// So many minutes of business time, by the calendar of the user as whom it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 525_600))]
    pub business_minutes: Option<u32>,
}

/// Steps by what the record is now: those of the first case that matches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBranch {
    /// The cases, in this order.
    #[schemars(length(min = 1, max = 20))]
    pub cases: Vec<StepCase>,
    /// The steps when no case matches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub otherwise: Vec<WorkflowStep>,
}

/// A case of a branch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepCase {
    /// What the record has to match.
    pub filter: Filter,
    /// What is done then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<WorkflowStep>,
}

/// A share of a split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepShare {
    /// How many of the sum of all shares go this way.
    #[schemars(range(min = 1, max = 1_000))]
    pub share: u32,
    /// What is done there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<WorkflowStep>,
}

/// Records for each of which steps are done, in the order of their ids. In these `{{ item.… }}` is the record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepEach {
    /// Their kind.
    pub kind: Name,
    /// Which of them; its values may be expressions.
    #[serde(default = "Filter::everything")]
    pub filter: Filter,
    /// How many at most: 100 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000))]
    pub limit: Option<u32>,
    /// What is done for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<WorkflowStep>,
}

/// What a step does.
pub(in crate::automation) enum Act<'s> {
    Do(&'s StepCommand),
    Notify(&'s StepNotice),
    Wait(&'s StepWait),
    Branch(&'s StepBranch),
    Split(&'s [StepShare]),
    Each(&'s StepEach),
    Stop(&'s Name),
}

impl WorkflowStep {
    /// What it does; nothing where it says none or several.
    pub(in crate::automation) fn act(&self) -> Option<Act<'_>> {
        let mut acts = [
            self.command.as_ref().map(Act::Do),
            self.notify.as_ref().map(Act::Notify),
            self.wait.as_ref().map(Act::Wait),
            self.branch.as_ref().map(Act::Branch),
            self.split.as_deref().map(Act::Split),
            self.each.as_ref().map(Act::Each),
            self.stop.as_ref().map(Act::Stop),
        ]
        .into_iter()
        .flatten();
        let act = acts.next();
        if acts.next().is_some() { None } else { act }
    }
    /// The lists of steps inside of it, by their number.
    pub(in crate::automation) fn arm(&self, number: usize) -> Option<&[Self]> {
        match self.act()? {
            Act::Branch(branch) if number == branch.cases.len() => Some(&branch.otherwise),
            Act::Branch(branch) => branch.cases.get(number).map(|case| &*case.steps),
            Act::Split(shares) => shares.get(number).map(|share| &*share.steps),
            Act::Each(each) if number == 0 => Some(&each.steps),
            _ => None,
        }
    }
    /// How many lists of steps there are inside of it.
    fn arms(&self) -> usize {
        match self.act() {
            Some(Act::Branch(branch)) => branch.cases.len() + 1,
            Some(Act::Split(shares)) => shares.len(),
            Some(Act::Each(_)) => 1,
            _ => 0,
        }
    }
    /// The steps inside of it, directly.
    pub(super) fn inner(&self) -> impl Iterator<Item = &Self> {
        (0..self.arms()).filter_map(|number| self.arm(number)).flatten()
    }
}
