//! What makes a plan that can be started.

use std::collections::{BTreeMap, BTreeSet};

use super::{PlannedAssignee, PlannedAttendee, PlannedDue, PlannedFrom, PlannedTask, Playbook, placeholder};
use crate::{
    Code, Error, Key, Result,
    kernel::{error::codes, value::period::Period},
};

/// Tasks wait for each other, or are parts of each other.
pub const CIRCLE: Code = Code::invalid(
    "playbook.circle",
    "The tasks {keys} wait for each other, or are parts of each other; break the circle.",
);
/// A part of the plan has a key twice.
pub const KEY_TWICE: Code = Code::invalid(
    "playbook.key_twice",
    "The key {key} is there twice; give each task, meeting and note one of its own.",
);
/// A task names another one that is not there.
pub const STEP_UNKNOWN: Code = Code::invalid(
    "playbook.step_unknown",
    "The task {key} names {unknown}, which is no task of the playbook; add it, or name another.",
);
/// Parts of tasks would go too deep.
pub const TOO_DEEP: Code = Code::invalid(
    "playbook.too_deep",
    "Parts of tasks go at most {most} levels deep, and the playbook has {levels}; make it flatter.",
);
/// A text names a value that there is not.
pub const VALUE_UNKNOWN: Code =
    Code::invalid("playbook.value_unknown", "There is no value {name}; name one of {known}.");
/// A time that no plan can have.
pub const DUE: Code = Code::invalid("playbook.due", "{key} cannot be due then: {problem}.");

/// How many tasks a playbook has.
const MOST_TASKS: usize = 500;
/// How many meetings and notes it has.
const MOST: usize = 50;
/// How many a list within a task or a meeting has.
const MOST_WITHIN: usize = 100;
/// How many levels of tasks there are, the uppermost included.
const MOST_LEVELS: usize = 5;

impl Playbook {
    /// Errors: `playbook.circle`, `playbook.due`, `field.invalid`.
    pub(super) fn check(&self) -> Result<()> {
        at_most("tasks", self.tasks.len(), MOST_TASKS)?;
        at_most("meetings", self.meetings.len(), MOST)?;
        at_most("notes", self.notes.len(), MOST)?;
        let keys = unique("tasks", self.tasks.iter().map(|task| &task.key))?;
        unique("meetings", self.meetings.iter().map(|meeting| &meeting.key))?;
        unique("notes", self.notes.iter().map(|note| &note.key))?;
        for (field, text) in self.texts() {
            if let Some(name) = placeholder::names(text).find(|name| !placeholder::NAMES.contains(name)) {
                let error = VALUE_UNKNOWN.with("name", name.to_owned());
                let known: Vec<String> = placeholder::NAMES.iter().map(|name| (*name).to_owned()).collect();
                return Err(error.with("known", known).with("field", field));
            }
        }
        self.check_due()?;
        for task in self.tasks.iter() {
            at_most("tasks", task.after.len().max(task.checklist.len()), MOST_WITHIN)?;
            let named = task.after.iter().chain(&task.parent);
            if let Some(unknown) = named.into_iter().find(|key| !keys.contains(*key)) {
                let error = STEP_UNKNOWN.with("key", &task.key).with("unknown", unknown);
                return Err(error.with("field", "tasks"));
            }
        }
        let levels = circle_free(&self.tasks, |task| task.parent.iter().collect())?;
        if levels > MOST_LEVELS {
            return Err(TOO_DEEP.with("most", MOST_LEVELS).with("levels", levels).with("field", "tasks"));
        }
        circle_free(&self.tasks, |task| task.after.iter().collect())?;
        for meeting in self.meetings.iter() {
            at_most("meetings", meeting.attendees.len(), MOST_WITHIN)?;
            if meeting.minutes.is_some_and(|minutes| !(1..=1440).contains(&minutes)) {
                return Err(invalid("meetings", format!("{} takes 1 to 1440 minutes", meeting.key)));
            }
        }
        self.notes.iter().try_for_each(|note| at_most("notes", note.readers.len(), MOST))
    }
    fn check_due(&self) -> Result<()> {
        if let Some(due) = &self.project.due {
            let whole = period("project", due)?.is_of_days() && due.at.is_none() && due.of == PlannedFrom::Start;
            if !whole {
                return Err(wrong("project", "give whole days from its start"));
            }
        }
        for (key, due) in self.tasks.iter().filter_map(|task| Some((&task.key, task.due.as_ref()?))) {
            let days = period(key, due)?.is_of_days();
            if !days && due.at.is_some() {
                return Err(wrong(key, "a time of the day goes with days, not with hours"));
            }
            if due.of == PlannedFrom::ProjectDue && self.project.due.is_none() {
                return Err(wrong(key, "the project has no end from which it could count"));
            }
        }
        for meeting in self.meetings.iter() {
            let due = &meeting.due;
            if !period(&meeting.key, due)?.is_of_days() || due.at.is_none() || due.of != PlannedFrom::Start {
                return Err(wrong(&meeting.key, "a meeting begins days after the start, at a time of the day"));
            }
        }
        Ok(())
    }
    /// The texts in which values are named.
    fn texts(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let project = self.project.name.iter().map(|name| ("project", name.as_str()));
        let tasks = self.tasks.iter().flat_map(|task| {
            let description = task.description.iter().map(|text| ("tasks", text.as_str()));
            [("tasks", task.title.as_str())].into_iter().chain(description)
        });
        let meetings = self.meetings.iter().flat_map(|meeting| {
            let agenda = meeting.agenda.iter().map(|text| ("meetings", text.as_str()));
            [("meetings", meeting.title.as_str())].into_iter().chain(agenda)
        });
        let notes = self.notes.iter().filter_map(|note| Some(("notes", note.body.as_ref()?.as_str())));
        project.chain(tasks).chain(meetings).chain(notes)
    }
    /// The roles that have to be filled when it is started.
    pub(super) fn roles(&self) -> BTreeSet<String> {
        let tasks = self.tasks.iter().filter_map(|task| task.assignee.as_ref());
        let meetings = self.meetings.iter().flat_map(|meeting| {
            let attendees = meeting.attendees.iter().filter_map(|attendee| match attendee {
                PlannedAttendee::Team(assignee) => Some(assignee),
                PlannedAttendee::PrimaryContact => None,
            });
            meeting.organizer.iter().chain(attendees)
        });
        let notes = self.notes.iter().flat_map(|note| &note.readers);
        let all = self.project.owner.iter().chain(tasks).chain(meetings).chain(notes);
        let role = |assignee: &PlannedAssignee| match assignee {
            PlannedAssignee::Role(role) => Some(role.to_string()),
            _ => None,
        };
        all.filter_map(role).collect()
    }
}

/// How many levels the tasks have, where each stands below those that it names. Error: `playbook.circle`.
fn circle_free<'t>(tasks: &'t [PlannedTask], names: impl Fn(&'t PlannedTask) -> Vec<&'t Key>) -> Result<usize> {
    let mut left: BTreeMap<&Key, Vec<&Key>> = tasks.iter().map(|task| (&task.key, names(task))).collect();
    let mut levels = 0;
    while !left.is_empty() {
        let free: Vec<&Key> = left
            .iter()
            .filter(|(_, named)| named.iter().all(|key| !left.contains_key(*key)))
            .map(|(key, _)| *key)
            .collect();
        if free.is_empty() {
            let keys: Vec<String> = left.keys().map(ToString::to_string).collect();
            return Err(CIRCLE.with("keys", keys).with("field", "tasks"));
        }
        for key in free {
            left.remove(key);
        }
        levels += 1;
    }
    Ok(levels)
}

fn unique<'k>(field: &str, keys: impl Iterator<Item = &'k Key>) -> Result<BTreeSet<&'k Key>> {
    let mut seen = BTreeSet::new();
    for key in keys {
        if !seen.insert(key) {
            return Err(KEY_TWICE.with("key", key).with("field", field));
        }
    }
    Ok(seen)
}

fn at_most(field: &str, count: usize, most: usize) -> Result<()> {
    if count > most { Err(invalid(field, format!("give at most {most} of them"))) } else { Ok(()) }
}

pub(super) fn invalid(field: &str, problem: String) -> Error {
    codes::FIELD_INVALID.with("field", field).with("problem", problem)
}

fn wrong(key: &str, problem: &str) -> Error {
    DUE.with("key", key).with("problem", problem)
}

fn period(key: &str, due: &PlannedDue) -> Result<Period> {
    Period::parse(&due.after).ok_or_else(|| wrong(key, "give a period of ISO 8601, such as P3D"))
}
