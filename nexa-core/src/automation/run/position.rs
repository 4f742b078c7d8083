//! Where a run is among the steps of its workflow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::automation::workflow::WorkflowStep;

/// A list of steps in which a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RunFrame {
    /// The step that comes next in it.
    pub at: usize,
    /// Which of the lists inside of the step above it is.
    pub arm: usize,
    /// The records for each of which it is done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Uuid>,
    /// Which of them it is done for.
    pub item: usize,
}

/// Where a run is: the lists of steps that it is in, the outermost first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RunPosition {
    /// The lists.
    pub frames: Vec<RunFrame>,
}

impl RunPosition {
    /// Before the first step.
    pub(super) fn start() -> Self {
        Self { frames: vec![RunFrame::default()] }
    }
    /// The step that comes next; none at the end. Lists that are done are left.
    pub(super) fn next<'s>(&mut self, steps: &'s [WorkflowStep]) -> Option<&'s WorkflowStep> {
        loop {
            let list = list(steps, &self.frames)?;
            let frame = self.frames.last_mut()?;
            if let Some(step) = list.get(frame.at) {
                return Some(step);
            }
            if frame.item + 1 < frame.items.len() {
                frame.item += 1;
                frame.at = 0;
                if !list.is_empty() {
                    continue;
                }
            }
            self.frames.pop();
            self.go_on();
        }
    }
    /// Behind the step that comes next.
    pub(super) fn go_on(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.at += 1;
        }
    }
    /// Into a list inside of the step that comes next.
    pub(super) fn enter(&mut self, arm: usize, items: Vec<Uuid>) {
        self.frames.push(RunFrame { at: 0, arm, items, item: 0 });
    }
    /// The record of the innermost list that is done for several, with the depth of the step that says their kind.
    pub(super) fn item(&self) -> Option<(usize, Uuid)> {
        let (depth, frame) = self.frames.iter().enumerate().rev().find(|(_, frame)| !frame.items.is_empty())?;
        Some((depth, *frame.items.get(frame.item)?))
    }
    /// The step that the list at this depth is inside of.
    pub(super) fn around<'s>(&self, steps: &'s [WorkflowStep], depth: usize) -> Option<&'s WorkflowStep> {
        let above = self.frames.get(..depth)?;
        list(steps, above)?.get(above.last()?.at)
    }
}

/// The innermost list.
fn list<'s>(steps: &'s [WorkflowStep], frames: &[RunFrame]) -> Option<&'s [WorkflowStep]> {
    let (first, others) = frames.split_first()?;
    let (mut list, mut at) = (steps, first.at);
    for frame in others {
        list = list.get(at)?.arm(frame.arm)?;
        at = frame.at;
    }
    Some(list)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn steps() -> Vec<WorkflowStep> {
        serde_json::from_value(json!([
            {"id": "first", "stop": "x"},
            {"id": "each", "each": {"kind": "deal", "steps": [{"id": "a", "stop": "x"}, {"id": "b", "stop": "x"}]}},
            {"id": "way", "branch": {"cases": [{"filter": {"and": []}, "steps": []}], "otherwise": [{"id": "c", "stop": "x"}]}},
            {"id": "last", "stop": "x"}
        ]))
        .unwrap()
    }

    #[test]
    fn a_run_goes_through_lists_within_lists_and_comes_to_an_end() {
        let steps = steps();
        let (mut position, mut way) = (RunPosition::start(), Vec::new());
        let items = [Uuid::from_u128(1), Uuid::from_u128(2)];
        while let Some(step) = position.next(&steps) {
            way.push(format!(
                "{}{}",
                step.id,
                position.item().map_or(String::new(), |(_, id)| id.as_u128().to_string())
            ));
            match step.id.as_str() {
                "each" => position.enter(0, items.to_vec()),
                "way" => position.enter(1, Vec::new()),
                _ => position.go_on(),
            }
        }
        assert_eq!(way, ["first", "each", "a1", "b1", "a2", "b2", "way", "c", "last"]);
        assert!(position.frames.is_empty());
    }

    #[test]
    fn a_list_without_steps_is_passed() {
        let steps = steps();
        let mut position = RunPosition { frames: vec![RunFrame { at: 2, ..RunFrame::default() }] };
        position.enter(0, Vec::new());
        assert_eq!(position.next(&steps).unwrap().id.as_str(), "last");
    }
}
