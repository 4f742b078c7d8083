//! The weekly review: which parts of the product customers reported bugs of, worst first.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Bug, BugStatus, BugTicket, Impact, seen, shows};
use crate::{
    Choice, Context, Count, Date, Decimal, Filter, Id, Op, Query, Result,
    kernel::value::{days_after, period::start_of},
    people::org,
    service::Ticket,
};

/// What customers reported in a week, from Monday to Sunday in the organisation's time zone, as far as the actor sees the tickets and
/// bugs: `feedback.weekly_review`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WeeklyReview {
    /// A day of the week; today unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub week: Option<Date>,
}

/// What customers reported in a week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeedbackWeek {
    /// The Monday.
    pub from: Date,
    /// The Sunday.
    pub to: Date,
    /// The parts of the product, by impact, then by tickets, then by name; bugs of no part come last among their like.
    pub features: Vec<FeatureFeedback>,
    /// How many bugs were ever released.
    pub released: u64,
    /// How many of these were seen again in a version that should not have them.
    pub recurred: u64,
    /// The share of these, in percent with two places; absent where none was released.
    pub recurrence: Option<Decimal>,
}

/// What customers reported of a part of the product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeatureFeedback {
    /// The part, as the bugs name it.
    pub feature: Option<Choice>,
    /// How many tickets came in; one of two bugs counts once.
    pub tickets: u64,
    /// How many contacts they are of.
    pub contacts: u64,
    /// How much the customers are hurt: the worst severity or impact of the bugs and tickets; absent where nothing is said.
    pub impact: Option<Impact>,
    /// How many tickets came in the week before.
    pub tickets_before: u64,
    /// How many more came than in the week before.
    pub change: i64,
}

#[derive(Default)]
struct Reported {
    tickets: BTreeSet<Id<Ticket>>,
    before: BTreeSet<Id<Ticket>>,
    contacts: BTreeSet<uuid::Uuid>,
    impact: Option<Impact>,
}

impl Query for WeeklyReview {
    const VERB: &'static str = "weekly_review";
    type Of = Bug;
    type Output = FeedbackWeek;
    fn name() -> &'static str {
        "feedback.weekly_review"
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<FeedbackWeek> {
        let zone = org::settings(cx).await?.time_zone.zone();
        let from = monday(self.week.unwrap_or_else(|| cx.now().date_in(zone)));
        let begins = start_of(from, zone);
        let period = Filter::compare("ticket.created_at", Op::Ge, start_of(days_after(from, -7), zone))
            .and(Filter::compare("ticket.created_at", Op::Lt, start_of(days_after(from, 7), zone)));
        let readable = shows(cx, BugTicket::TICKET)? && shows(cx, BugTicket::BUG)? && shows(cx, Ticket::CREATED_AT)?;
        let links: Vec<BugTicket> = if readable { cx.visible_every(&period).await? } else { Vec::new() };
        let tickets: Vec<Ticket> = seen(cx, links.iter().map(|link| link.ticket).collect()).await?;
        let bugs: Vec<Bug> = seen(cx, links.iter().map(|link| link.bug).collect()).await?;
        let tickets: HashMap<_, _> = tickets.iter().map(|ticket| (ticket.id, ticket)).collect();
        let bugs: HashMap<_, _> = bugs.iter().map(|bug| (bug.id, bug)).collect();
        let mut by_feature: BTreeMap<Option<&Choice>, Reported> = BTreeMap::new();
        for link in &links {
            let (Some(ticket), Some(bug)) = (tickets.get(&link.ticket), bugs.get(&link.bug)) else { continue };
            let reported = by_feature.entry(bug.feature.as_ref()).or_default();
            if ticket.created_at < begins {
                reported.before.insert(ticket.id);
                continue;
            }
            reported.tickets.insert(ticket.id);
            reported.contacts.extend(ticket.contact.map(Id::uuid));
            let severity = bug.severity.into_iter().chain(ticket.severity).map(Impact::from);
            let said = ticket.customer_impact.as_deref().and_then(Impact::said);
            let said = said.into_iter().chain(bug.customer_impact.as_deref().and_then(Impact::said));
            reported.impact = reported.impact.max(severity.chain(said).max());
        }
        let mut features: Vec<FeatureFeedback> = by_feature
            .into_iter()
            .filter(|(_, reported)| !reported.tickets.is_empty())
            .map(|(feature, reported)| {
                let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
                let (tickets, before) = (count(reported.tickets.len()), count(reported.before.len()));
                FeatureFeedback {
                    feature: feature.cloned(),
                    tickets,
                    contacts: count(reported.contacts.len()),
                    impact: reported.impact,
                    tickets_before: before,
                    change: i64::try_from(tickets).unwrap_or(i64::MAX) - i64::try_from(before).unwrap_or(i64::MAX),
                }
            })
            .collect();
        features.sort_by_cached_key(|one| {
            (Reverse(one.impact), Reverse(one.tickets), one.feature.is_none(), one.feature.clone())
        });
        let (released, recurred) = recurrence(cx).await?;
        let share = (Decimal::from(recurred) * Decimal::ONE_HUNDRED).checked_div(Decimal::from(released));
        let recurrence = share.map(|share| share.round_dp(2).normalize());
        Ok(FeedbackWeek { from, to: days_after(from, 6), features, released, recurred, recurrence })
    }
}

/// How many bugs were released, and how many of them were seen again.
async fn recurrence(cx: &mut Context<'_>) -> Result<(u64, u64)> {
    if !shows(cx, Bug::STATUS)? || !shows(cx, Bug::RECURRED)? {
        return Ok((0, 0));
    }
    let recurred = Filter::compare(Bug::RECURRED.name(), Op::Gt, 0);
    let released = Bug::STATUS.eq(BugStatus::Released).or(recurred.clone());
    Ok((Count::<Bug>::of(released).run(cx).await?, Count::<Bug>::of(recurred).run(cx).await?))
}

/// The Monday of a day's week.
fn monday(day: Date) -> Date {
    use chrono::Datelike;
    days_after(day, -i64::from(day.weekday().num_days_from_monday()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_begins_on_monday() {
        let day = |text: &str| -> Date { text.parse().unwrap() };
        for (given, begins) in
            [("2025-11-17", "2025-11-17"), ("2025-11-23", "2025-11-17"), ("2026-01-01", "2025-12-29")]
        {
            assert_eq!(monday(day(given)), day(begins), "{given}");
        }
    }
}
