//! How support did in a period: what was reported and resolved, how fast, and what of the promises was kept.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::Ticket;
use crate::{
    Assignee, Code, Context, Date, Filter, Find, Op, Query, Record, Result, Timestamp, closed_enum,
    kernel::value::{days_after, period::start_of},
    people::org,
    service::target::Clock,
};

/// The period ends before it begins.
pub const PERIOD_REVERSED: Code =
    Code::invalid("ticket.period_reversed", "The period ends on {to}, before it begins on {from}; swap them.");
/// More tickets than one report reads.
pub const REPORT_TOO_LARGE: Code = Code::invalid(
    "ticket.report_too_large",
    "More than {most} tickets were reported or resolved in this period; ask for a shorter one.",
);

/// How many tickets one report reads.
const MOST_TICKETS: usize = 100_000;
/// How many of them at once.
const AT_ONCE: usize = 1_000;

closed_enum! {
    /// By what a report on tickets puts them together.
    pub enum ReportBy {
        /// The user or the group whose they are.
        Assignee = "assignee",
        /// The group of whom they are, also where a user took them from it.
        Group = "group",
        /// Their priority.
        Priority = "priority",
        /// How the customer reached the team.
        Channel = "channel",
        /// The customer's company.
        Account = "account",
    }
}

/// How support did in a period, among the tickets that the actor sees: `ticket.report`. The seeds' support metrics: time to
/// acknowledge, to the first response and to the resolution, against what was promised.
///
/// What was reported counts by the moment of its report, what was resolved by the moment of its resolution. Errors:
/// `ticket.period_reversed`, `ticket.report_too_large`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The first day of the period, in the tenant's time zone.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// By what they are put together; all in one group without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ReportBy>,
}

/// How support did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TicketReport {
    /// The first day of the period.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// The groups, those with most reports first.
    pub groups: Vec<TicketReportGroup>,
}

/// How support did for some tickets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TicketReportGroup {
    /// What these tickets share; absent where they have no such value, and without `by`.
    pub value: Option<Json>,
    /// How many were reported in the period.
    pub reported: u64,
    /// How many were resolved in the period, and are still.
    pub resolved: u64,
    /// How many of those had come back from resolved before.
    pub reopened: u64,
    /// From the report until a person first did something about it, of what was reported.
    pub acknowledged: DurationFigures,
    /// From the report until the first response, of what was reported.
    pub first_response: DurationFigures,
    /// From the report until the resolution, of what was resolved.
    pub resolution: DurationFigures,
    /// What of the promised first responses was kept, of what was reported.
    pub first_response_target: TargetFigures,
    /// What of the promised resolutions was kept, of what was resolved.
    pub resolution_target: TargetFigures,
}

/// How long something took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DurationFigures {
    /// How often it came to it.
    pub count: u64,
    /// Half of them took at most so many seconds; absent without any.
    pub median_seconds: Option<i64>,
    /// Nine of ten took at most so many seconds.
    pub p90_seconds: Option<i64>,
    /// So many seconds they took on average.
    pub mean_seconds: Option<i64>,
    /// The same median inside the hours of the target, of those that have one.
    pub median_business_seconds: Option<i64>,
}

/// How many promises were kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TargetFigures {
    /// In time.
    pub met: u64,
    /// Late, or not yet and over.
    pub breached: u64,
}

#[derive(Default)]
struct Tally {
    group: TicketReportGroup,
    acknowledged: Durations,
    first_response: Durations,
    resolution: Durations,
}

/// Seconds that something took: elapsed, and inside business hours.
#[derive(Default)]
struct Durations {
    elapsed: Vec<i64>,
    business: Vec<i64>,
}

impl Durations {
    fn add(&mut self, from: Timestamp, to: Timestamp, clock: Option<&Clock>) {
        self.elapsed.push(to.since(from).max(0) / 1_000_000);
        self.business.extend(clock.filter(|clock| clock.met_at.is_some()).map(|clock| clock.used / 1_000_000));
    }
    fn figures(mut self) -> DurationFigures {
        let count = self.elapsed.len();
        let sum: i128 = self.elapsed.iter().copied().map(i128::from).sum();
        let mean =
            i128::try_from(count).ok().filter(|count| *count > 0).and_then(|count| (sum / count).try_into().ok());
        DurationFigures {
            count: count as u64,
            median_seconds: at_most(&mut self.elapsed, 50),
            p90_seconds: at_most(&mut self.elapsed, 90),
            mean_seconds: mean,
            median_business_seconds: at_most(&mut self.business, 50),
        }
    }
}

/// The smallest value that so many percent do not exceed.
fn at_most(values: &mut [i64], percent: usize) -> Option<i64> {
    values.sort_unstable();
    values.get((values.len() * percent).div_ceil(100).saturating_sub(1)).copied()
}

impl TargetFigures {
    fn add(&mut self, clock: Option<&Clock>) {
        match clock {
            Some(clock) if clock.breached.is_some() => self.breached += 1,
            Some(clock) if clock.met_at.is_some() => self.met += 1,
            _ => {}
        }
    }
}

impl Tally {
    fn add(&mut self, ticket: &Ticket, period: &std::ops::Range<Timestamp>) {
        let reported = ticket.reported_at.unwrap_or(ticket.created_at);
        let clocks = ticket.clocks();
        if period.contains(&reported) {
            self.group.reported += 1;
            self.group.first_response_target.add(clocks.first_response.as_ref());
            if let Some(at) = ticket.acknowledged_at {
                self.acknowledged.add(reported, at, None);
            }
            if let Some(at) = ticket.first_response_at {
                self.first_response.add(reported, at, clocks.first_response.as_ref());
            }
        }
        if let Some(at) = ticket.resolved_at.filter(|at| period.contains(at)) {
            self.group.resolved += 1;
            self.group.reopened += u64::from(ticket.reopened > 0);
            self.group.resolution_target.add(clocks.resolution.as_ref());
            self.resolution.add(reported, at, clocks.resolution.as_ref());
        }
    }
    fn finish(self, value: Option<Json>) -> TicketReportGroup {
        TicketReportGroup {
            value,
            acknowledged: self.acknowledged.figures(),
            first_response: self.first_response.figures(),
            resolution: self.resolution.figures(),
            ..self.group
        }
    }
}

impl ReportBy {
    fn of(self, ticket: &Ticket) -> Json {
        match self {
            Self::Assignee => json!(ticket.assignee),
            Self::Group => match ticket.assignee {
                Some(Assignee::Group(group)) => json!(group),
                _ => json!(ticket.via_group),
            },
            Self::Priority => json!(ticket.priority),
            Self::Channel => json!(ticket.channel),
            Self::Account => json!(ticket.account),
        }
    }
    const fn field(self) -> &'static str {
        match self {
            Self::Assignee | Self::Group => "assignee",
            Self::Priority => "priority",
            Self::Channel => "channel",
            Self::Account => "account",
        }
    }
}

/// The fields that a report reads.
const READ: [&str; 6] = ["reported_at", "acknowledged_at", "first_response_at", "resolved_at", "clocks", "reopened"];

impl Query for Report {
    const VERB: &'static str = "report";
    const ERRORS: &'static [Code] = &[PERIOD_REVERSED, REPORT_TOO_LARGE];
    type Of = Ticket;
    type Output = TicketReport;
    async fn run(&self, cx: &mut Context<'_>) -> Result<TicketReport> {
        if self.to < self.from {
            return Err(PERIOD_REVERSED.with("from", self.from).with("to", self.to));
        }
        let mut report = TicketReport { from: self.from, to: self.to, groups: Vec::new() };
        let hidden = cx.hidden(Ticket::def())?;
        // What may not be read of a ticket is not to be read from figures either.
        if hidden.iter().any(|field| READ.contains(field) || self.by.is_some_and(|by| by.field() == *field)) {
            return Ok(report);
        }
        let zone = org::settings(cx).await?.time_zone.zone();
        let period = start_of(self.from, zone)..start_of(days_after(self.to, 1), zone);
        let within =
            |field: &str| Filter::compare(field, Op::Ge, period.start).and(Filter::compare(field, Op::Lt, period.end));
        let unsaid = Filter::compare(Ticket::REPORTED_AT.name(), Op::IsNull, true);
        let filter = Filter::Or(vec![
            within(Ticket::REPORTED_AT.name()),
            within("created_at").and(unsaid),
            within(Ticket::RESOLVED_AT.name()),
        ]);
        let mut tallies: BTreeMap<String, (Json, Tally)> = BTreeMap::new();
        let (mut after, mut read) = (None, 0);
        loop {
            let find = Find::<Ticket>::new().filter(filter.clone()).limit(AT_ONCE).after(after);
            let page = find.run(cx).await?;
            read += page.items.len();
            if read > MOST_TICKETS {
                return Err(REPORT_TOO_LARGE.with("most", MOST_TICKETS));
            }
            for ticket in &page.items {
                let value = self.by.map_or(Json::Null, |by| by.of(ticket));
                let (_, tally) = tallies.entry(value.to_string()).or_insert_with(|| (value, Tally::default()));
                tally.add(ticket, &period);
            }
            let Some(next) = page.next else { break };
            after = Some(next);
        }
        report.groups = tallies
            .into_values()
            .map(|(value, tally)| tally.finish(Some(value).filter(|value| !value.is_null())))
            .collect();
        report.groups.sort_by_key(|group| std::cmp::Reverse(group.reported));
        Ok(report)
    }
}
