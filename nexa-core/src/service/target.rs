//! A target: within how much time tickets are to be answered and resolved, in business hours.
//!
//! The first active target whose filter a ticket matches counts, and of it the first goal for the ticket's priority and severity. What it
//! promises is kept on the ticket as clocks, which run, pause and stop with the ticket; a breach is a fact and moves nothing.

pub(crate) mod anew;
mod choice;
pub mod clock;
pub(crate) mod due;
pub(crate) mod notice;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::clock::{Clock, Clocks};
pub(in crate::service) use self::{choice::goals_for, due::plan};
use super::{TicketPriority, TicketSeverity, ticket::Ticket};
use crate::{
    Code, Context, Document, Entity, Error, Filter, Id, Name, Record, Result, Timestamp, kernel::error::codes,
    people::calendar::Calendar,
};

/// A goal that cannot be kept, or that no ticket can have.
pub const GOAL_INVALID: Code = Code::invalid("target.goal_invalid", "Goal {goal} of the target {problem}.");

/// How many goals a target may have.
const MOST_GOALS: usize = 50;
/// The longest goal, in minutes: ten years.
const LONGEST: u32 = 5_256_000;

/// What tickets of one priority or severity are promised, in minutes inside the target's hours.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Goal {
    /// The priority of the tickets; any unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<TicketPriority>,
    /// The severity of the tickets; any unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<TicketSeverity>,
    /// Minutes from the report until a user first answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5_256_000))]
    pub first_response: Option<u32>,
    /// Minutes until a user answers what the customer wrote after the first answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5_256_000))]
    pub next_response: Option<u32>,
    /// Minutes from one answer to the next while the ticket is open or in progress, whether or not the customer writes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5_256_000))]
    pub update: Option<u32>,
    /// Minutes until the ticket is resolved, without those for which it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5_256_000))]
    pub resolution: Option<u32>,
    /// Whether every minute counts, whatever the calendar: for what cannot wait until the morning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub around_the_clock: bool,
}

impl Goal {
    fn is_for(&self, ticket: &Ticket) -> bool {
        self.priority.is_none_or(|priority| priority == ticket.priority)
            && self.severity.is_none_or(|severity| ticket.severity == Some(severity))
    }
    fn minutes(&self) -> [Option<u32>; 4] {
        [self.first_response, self.next_response, self.update, self.resolution]
    }
    /// What is wrong with it.
    fn problem(&self) -> Option<String> {
        let mut given = self.minutes().into_iter().flatten().peekable();
        if given.peek().is_none() {
            return Some(
                "promises nothing; give at least one of first_response, next_response, update, resolution".into(),
            );
        }
        given
            .find(|minutes| !(1..=LONGEST).contains(minutes))
            .map(|minutes| format!("has {minutes} minutes; give 1 to {LONGEST}"))
    }
}

/// Within how much time tickets are to be answered and resolved.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "target",
    table = "targets", access = settings,
    search(name = 1),
    unique("name.folded", code = "target.name_taken"),
    index("calendar"),
    index("active")
)]
pub struct Target {
    /// The identifier.
    pub id: Id<Target>,
    /// Counts the changes.
    pub version: i64,
    /// When the target was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// Where it stands among the targets: a ticket has the first whose filter it matches, and of those with one position the one that was
    /// made first.
    #[record(editable)]
    pub position: u32,
    /// Whether it counts; yes unless said.
    #[record(editable)]
    pub active: bool,
    /// The tickets that it is for; all unless said. It may look at the account and the contact, such as `account.tier`.
    #[record(editable)]
    pub filter: Option<Document<Filter>>,
    /// The hours that count: unless said those of the ticket's group, else the organisation's, and every minute where neither has a calendar.
    #[record(editable, on_trash = refuse)]
    pub calendar: Option<Id<Calendar>>,
    /// What it promises; the first goal for the ticket's priority and severity counts.
    #[record(editable)]
    pub goals: Document<Vec<Goal>>,
    /// How many minutes inside the hours before it is due a goal is near; a quarter of the goal unless said.
    #[record(editable)]
    pub near_minutes: Option<u32>,
}

impl Default for Target {
    fn default() -> Self {
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            deleted_at: None,
            name: Name::default(),
            position: 0,
            active: true,
            filter: None,
            calendar: None,
            goals: Document::default(),
            near_minutes: None,
        }
    }
}

impl Target {
    fn problem(&self) -> Result<()> {
        if self.goals.len() > MOST_GOALS {
            let problem = format!("give at most {MOST_GOALS} goals");
            return Err(codes::FIELD_INVALID.with("field", "goals").with("problem", problem));
        }
        for (position, goal) in self.goals.iter().enumerate() {
            let invalid = |problem: String| -> Error {
                GOAL_INVALID.with("goal", position + 1).with("problem", problem).with("field", "goals")
            };
            if let Some(problem) = goal.problem() {
                return Err(invalid(problem));
            }
            let covers = |earlier: &Goal| {
                (earlier.priority.is_none() || earlier.priority == goal.priority)
                    && (earlier.severity.is_none() || earlier.severity == goal.severity)
            };
            if let Some(earlier) = self.goals.iter().take(position).position(covers) {
                return Err(invalid(format!(
                    "is for no ticket, as goal {} before it is for all of them; put it first",
                    earlier + 1
                )));
            }
        }
        Ok(())
    }
}

impl Entity for Target {
    const ERRORS: &'static [Code] = &[GOAL_INVALID];
    async fn settle(&mut self, _: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        self.problem()?;
        if let Some(filter) = &self.filter {
            cx.check_filter(Ticket::def().kind, filter).await?;
            if !looks_up(filter) {
                let problem =
                    "a target looks at the ticket, its account and its contact; count other records in a view instead";
                return Err(codes::FILTER_INVALID.with("field", "filter").with("problem", problem));
            }
        }
        Ok(())
    }
    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        self.settle(None, cx).await
    }
}

/// Whether a filter asks nothing but fields of the record and of the account and the contact it names.
fn looks_up(filter: &Filter) -> bool {
    let known = |relation: &str| matches!(relation, "account" | "contact" | "custom");
    match filter {
        Filter::Compare { field, .. } => match field.split_once('.') {
            Some((first, _)) => known(first) || Ticket::def().column(field).is_some(),
            None => true,
        },
        Filter::And(all) | Filter::Or(all) => all.iter().all(looks_up),
        Filter::Not(filter) => looks_up(filter),
        Filter::Through(relation, _) => known(relation),
        _ => false,
    }
}
