//! The tickets that are like another, of those that the actor sees.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    super::{
        explained::{Evidence, Explained, Explanation, RULES},
        sight::Sight,
    },
    analysis::Judged,
    ranking::{Bag, Ranking},
    words::words,
};
use crate::{
    Context, Filter, Get, Id, Op, Query, Record, Ref, Result, Timestamp,
    kernel::error::codes,
    service::{Ticket, TicketStatus},
};

/// So many tickets are compared, the newest.
const MOST: usize = 1_000;
/// From this share of the score of the ticket itself on, another one is about the same.
const SAME: f64 = 0.5;
/// Over so many days similar tickets are sought unless said.
const DAYS: u32 = 90;
/// So many are answered unless said.
const FEW: usize = 10;

/// The tickets that are like this one, of those that the actor sees, the most like first: `ticket.similar`. They are compared by the
/// words of subject and description (BM25), among the newest 1,000 of the period.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Similar {
    /// The ticket.
    pub ticket: Ref<Ticket>,
    /// How many days back; 90 unless said, 3,650 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub within_days: Option<u32>,
    /// How many at most; 10 unless said, 50 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 50))]
    pub limit: Option<usize>,
}

/// A ticket that is like another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SimilarTicket {
    /// The ticket.
    pub ticket: Id<Ticket>,
    /// Its number, as far as the actor may see it.
    pub number: Option<String>,
    /// What it is about.
    pub subject: String,
    /// Where it stands, as far as the actor may see it.
    pub status: Option<TicketStatus>,
    /// When it was reported.
    pub created_at: Timestamp,
    /// How like it is: the share of the score that the ticket itself would have, to two places.
    pub likeness: f64,
    /// Whether it is about the same: half as like as the ticket itself, or the same fault of the same feature.
    pub same_issue: bool,
    /// The words that both have.
    pub shared: Vec<String>,
}

/// The tickets that are like another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SimilarTickets {
    /// The tickets, the most like first.
    pub items: Vec<SimilarTicket>,
    /// How many of all that were compared are about the same.
    pub same_issue: u32,
}

/// What was found of a ticket that is like another.
pub(super) struct Like {
    pub(super) ticket: Ticket,
    pub(super) likeness: f64,
    pub(super) same: bool,
    shared: Vec<String>,
}

fn bag(ticket: &Ticket) -> Bag {
    let mut bag = Bag::default();
    bag.add(&words(&ticket.subject), 2.0);
    bag.add(&words(ticket.description.as_deref().unwrap_or_default()), 1.0);
    bag
}

/// The fields without which nothing can be compared.
pub(super) fn comparable(cx: &Context<'_>) -> Result<bool> {
    Sight::Actor.sees(cx, Ticket::def(), &[Ticket::SUBJECT.name()])
}

/// The tickets like one, of those of these days that the actor sees, the most like first.
pub(super) async fn like(cx: &mut Context<'_>, ticket: &Ticket, days: u32) -> Result<Vec<Like>> {
    if !comparable(cx)? {
        return Ok(Vec::new());
    }
    let since = cx.now().plus_days(-i64::from(days));
    let others = Ticket::CREATED_AT.ge(since).and(Filter::compare("id", Op::Ne, ticket.id));
    let others: Vec<Ticket> = cx.visible(&others, &["-created_at"], MOST).await?;
    let asked = bag(ticket);
    let mut texts: Vec<Bag> = others.iter().map(bag).collect();
    texts.push(asked.clone());
    let ranking = Ranking::of(&texts);
    let own = Judged::of(ticket);
    let mut others: Vec<Option<Ticket>> = others.into_iter().map(Some).collect();
    let mut found = Vec::new();
    for (place, _, likeness) in ranking.by_likeness(&asked) {
        let Some(other) = others.get_mut(place).and_then(Option::take) else { continue };
        let same = likeness >= SAME || own.is_same_fault(&Judged::of(&other));
        let shared = texts.get(place).map(|text| asked.shared(text)).unwrap_or_default();
        found.push(Like { ticket: other, likeness, same, shared });
    }
    // In other words the same fault is the same.
    for other in others.into_iter().flatten() {
        if own.is_same_fault(&Judged::of(&other)) {
            found.push(Like { ticket: other, likeness: 0.0, same: true, shared: Vec::new() });
        }
    }
    Ok(found)
}

/// How many different customers reported the same; a ticket without one counts for none.
pub(super) fn customers(like: &[Like], own: &Ticket) -> usize {
    let others = like.iter().filter(|one| one.same).filter_map(|one| one.ticket.contact);
    others.filter(|contact| own.contact != Some(*contact)).collect::<BTreeSet<_>>().len()
}

impl Query for Similar {
    const VERB: &'static str = "similar";
    type Of = Ticket;
    type Output = Explained<SimilarTickets>;
    fn check(&self) -> Result<()> {
        let bad = |field, problem| Err(codes::FIELD_INVALID.with("field", field).with("problem", problem));
        match (self.within_days, self.limit) {
            (Some(days), _) if !(1..=3_650).contains(&days) => bad("within_days", "give 1 to 3,650 days"),
            (_, Some(limit)) if !(1..=50).contains(&limit) => bad("limit", "give 1 to 50"),
            _ => Ok(()),
        }
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Explained<SimilarTickets>> {
        let ticket = Get::of(self.ticket.clone()).run(cx).await?.record;
        let compared = comparable(cx)?;
        let found = like(cx, &ticket, self.within_days.unwrap_or(DAYS)).await?;
        let hidden = cx.hidden(Ticket::def())?;
        let shown = |field: &str| !hidden.contains(&field);
        let same_issue = u32::try_from(found.iter().filter(|one| one.same).count()).unwrap_or(u32::MAX);
        let best = found.iter().take(self.limit.unwrap_or(FEW));
        let reasons = best
            .clone()
            .map(|one| {
                let text = match one.shared.is_empty() {
                    true => "They report the same fault in other words".to_owned(),
                    false => format!("They share {}", one.shared.join(", ")),
                };
                Explanation::new("ticket.similar", text).evidence([Evidence::of(&one.ticket)])
            })
            .collect();
        let items = best
            .map(|one| SimilarTicket {
                ticket: one.ticket.id,
                number: shown("number").then(|| one.ticket.number.clone()),
                subject: one.ticket.subject.to_string(),
                status: shown("status").then_some(one.ticket.status),
                created_at: one.ticket.created_at,
                likeness: super::super::sight::rounded(one.likeness, 100.0),
                same_issue: one.same,
                shared: one.shared.clone(),
            })
            .collect();
        Explained::now(cx, SimilarTickets { items, same_issue }, reasons, RULES, [u32::from(compared), 1]).await
    }
}
