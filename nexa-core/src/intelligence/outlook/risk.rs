//! What stands in the way of a deal.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::super::{
    explained::{Evidence, Explanation},
    health::last_inbound,
    sight::{DAY, Sight, days_between, days_later},
};
use crate::{
    About, Amount, Context, Filter, Op, Query, Record, Result, Timestamp,
    kernel::ledger::{EventQuery, Verb},
    sales::{Deal, DealContact, DealStatus, Pipeline, StageKind, StageVisit, deal::next_activity::NextActivity},
};

/// After how many days in a stage a deal is stuck, where neither the stage nor the tenant's won deals say so.
const STUCK_DAYS: f64 = 14.0;
/// So many won deals have to have been in a stage, so that how long they took says something.
const ENOUGH_WON: usize = 20;
/// So many of their stays are read, the newest.
const MOST_STAYS: usize = 500;
/// After how many days without a sign of theirs a deal is silent.
const SILENT_DAYS: f64 = 14.0;
/// So often the close date has to have moved to a later day.
const PUSHED: u32 = 2;
/// How many events of a deal are read for its amounts, the newest.
const MOST_EVENTS: usize = 200;

/// Something that stands in the way of a deal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RiskFactor {
    /// What it is: `deal.risk.stuck`, `no_next_step`, `silent`, `close_date_passed`, `close_date_pushed`, `single_contact`, `competitor`
    /// or `amount_cut`, each after `deal.risk.`.
    pub code: String,
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// What it is in words.
    pub text: String,
    /// Whether it lowers the probability. No rule of thumb does; only what became of the tenant's own deals would.
    pub lowers_probability: bool,
    /// What says so.
    pub evidence: Vec<Evidence>,
}

impl RiskFactor {
    pub(super) fn explanation(&self) -> Explanation {
        Explanation::new(&self.code, self.text.clone()).evidence(self.evidence.clone())
    }
}

/// What was looked at, and what was found.
struct Findings<'d> {
    deal: &'d Deal,
    factors: Vec<RiskFactor>,
    known: u32,
    all: u32,
}

impl Findings<'_> {
    /// Something is looked at; whether it can be known.
    fn looks(&mut self, known: bool) -> bool {
        self.all += 1;
        self.known += u32::from(known);
        known
    }
    fn add(&mut self, code: &str, since: Option<Timestamp>, text: String) {
        let evidence = vec![Evidence::of(self.deal)];
        let code = format!("deal.risk.{code}");
        self.factors.push(RiskFactor { code, since, text, lowers_probability: false, evidence });
    }
    fn event(&mut self, seq: u64) {
        if let Some(evidence) = self.factors.last_mut().and_then(|factor| factor.evidence.first_mut()) {
            evidence.seq = Some(seq);
        }
    }
}

/// What stands in the way of an open deal, as far as the actor sees it, and of how many things that is known.
pub(super) async fn factors(cx: &mut Context<'_>, deal: &Deal) -> Result<(Vec<RiskFactor>, [u32; 2])> {
    let mut found = Findings { deal, factors: Vec::new(), known: 0, all: 0 };
    let now = cx.now();
    stuck(cx, &mut found).await?;
    next_step(cx, &mut found).await?;
    silent(cx, &mut found).await?;
    if found.looks(shows(cx, &["close_date"])? && deal.close_date.is_some())
        && let Some(close_date) = deal.close_date.filter(|day| *day < now.date())
    {
        found.add("close_date_passed", None, format!("It was to be decided on {close_date}"));
    }
    if found.looks(shows(cx, &["pushed"])?) && deal.pushed >= PUSHED {
        found.add("close_date_pushed", None, format!("Its close date moved to a later day {} times", deal.pushed));
    }
    contacts(cx, &mut found).await?;
    if found.looks(shows(cx, &["competitors"])?) && !deal.competitors.is_empty() {
        let names: Vec<&str> = deal.competitors.iter().map(AsRef::as_ref).collect();
        found.add("competitor", None, format!("Others want the business too: {}", names.join(", ")));
    }
    amount_cut(cx, &mut found).await?;
    Ok((found.factors, [found.known, found.all]))
}

/// Whether the actor sees these fields of a deal.
fn shows(cx: &Context<'_>, fields: &[&str]) -> Result<bool> {
    Sight::Actor.sees(cx, Deal::def(), fields)
}

/// In its stage for longer than the stage allows, or than three quarters of the deals that were won, or than 14 days.
async fn stuck(cx: &mut Context<'_>, found: &mut Findings<'_>) -> Result<()> {
    let deal = found.deal;
    if !found.looks(shows(cx, &["stage", "stage_since", "pipeline"])?) {
        return Ok(());
    }
    let pipeline = pipeline_of(cx, deal).await?;
    let stage = pipeline.as_ref().and_then(|pipeline| pipeline.stage(&deal.stage));
    let allowed = stage.and_then(|stage| stage.stale_after_days).map(f64::from);
    let allowed = match allowed {
        Some(days) => days,
        None => three_quarters_of_won(cx, deal).await?.unwrap_or(STUCK_DAYS),
    };
    let days = days_between(deal.stage_since, cx.now());
    if days >= allowed {
        let text = format!("It has been in {} for {} days", deal.stage, super::whole(days));
        found.add("stuck", Some(days_later(deal.stage_since, allowed)), text);
    }
    Ok(())
}

/// The pipeline of a deal, in the trash as well.
async fn pipeline_of(cx: &mut Context<'_>, deal: &Deal) -> Result<Option<Pipeline>> {
    let row = cx.unrestricted().row(Pipeline::def(), deal.pipeline.uuid()).await?;
    row.map(Pipeline::from_row).transpose()
}

/// How many days three quarters of the deals that were won stayed in the stage at most; nothing where they are too few.
async fn three_quarters_of_won(cx: &mut Context<'_>, deal: &Deal) -> Result<Option<f64>> {
    if !Sight::Actor.sees(cx, StageVisit::def(), &["seconds", "stage", "pipeline", "deal"])? || !shows(cx, &["status"])?
    {
        return Ok(None);
    }
    let stays = StageVisit::PIPELINE
        .eq(deal.pipeline)
        .and(StageVisit::STAGE.eq(deal.stage.clone()))
        .and(Filter::compare(StageVisit::SECONDS.name(), Op::IsNull, false))
        .and(Filter::compare("deal.status", Op::Eq, DealStatus::Won));
    let stays: Vec<StageVisit> = cx.visible(&stays, &["-entered_at"], MOST_STAYS).await?;
    if stays.len() < ENOUGH_WON {
        return Ok(None);
    }
    let mut seconds: Vec<i64> = stays.iter().filter_map(|stay| stay.seconds).collect();
    seconds.sort_unstable();
    let position = seconds.len().saturating_sub(1) * 3 / 4;
    #[allow(clippy::cast_precision_loss)]
    Ok(seconds.get(position).map(|seconds| *seconds as f64 * 1_000_000.0 / DAY as f64))
}

/// Nobody wrote down what comes next, and no task and no meeting does.
async fn next_step(cx: &mut Context<'_>, found: &mut Findings<'_>) -> Result<()> {
    let deal = found.deal;
    if !found.looks(shows(cx, &["next_step"])?) || deal.next_step.is_some() {
        return Ok(());
    }
    let next = NextActivity { deal: deal.id.into() }.run(cx).await?;
    if next.task.is_none() && next.meeting.is_none() {
        found.add("no_next_step", None, "Nothing is planned: no next step, no open task, no meeting".to_owned());
    }
    Ok(())
}

/// They came to us once, and not for two weeks.
async fn silent(cx: &mut Context<'_>, found: &mut Findings<'_>) -> Result<()> {
    let deal = found.deal;
    let now = cx.now();
    let mut last = last_inbound(cx, Sight::Actor, &About::from(deal), now).await?;
    if let Some(contact) = deal.primary_contact {
        last = last.max(last_inbound(cx, Sight::Actor, &About::record("contact", contact.uuid()), now).await?);
    }
    if found.looks(last.is_some())
        && let Some(last) = last.filter(|last| days_between(*last, now) > SILENT_DAYS)
    {
        let text = format!("They did not come to us for {} days", super::whole(days_between(last, now)));
        found.add("silent", Some(last), text);
    }
    Ok(())
}

/// One person alone speaks for them, in a deal that is past its first stage.
async fn contacts(cx: &mut Context<'_>, found: &mut Findings<'_>) -> Result<()> {
    let deal = found.deal;
    let seen = shows(cx, &["primary_contact", "stage", "pipeline"])?
        && Sight::Actor.sees(cx, DealContact::def(), &["deal", "contact"])?;
    if !found.looks(seen) {
        return Ok(());
    }
    let people: Vec<DealContact> = cx.visible(&DealContact::DEAL.eq(deal.id), &[], 100).await?;
    let mut people: Vec<_> = people.iter().map(|person| person.contact).chain(deal.primary_contact).collect();
    people.sort_unstable();
    people.dedup();
    let pipeline = pipeline_of(cx, deal).await?;
    let first =
        pipeline.is_some_and(|pipeline| pipeline.first(StageKind::Open).is_ok_and(|first| first.name == deal.stage));
    if people.len() == 1 && !first {
        found.add("single_contact", None, "One contact alone speaks for them".to_owned());
    }
    Ok(())
}

/// The amount was lowered, and not raised since to what it was.
async fn amount_cut(cx: &mut Context<'_>, found: &mut Findings<'_>) -> Result<()> {
    let deal = found.deal;
    if !found.looks(shows(cx, &["amount"])? && deal.amount.is_some()) {
        return Ok(());
    }
    let records = Some(vec![(Deal::def().kind, deal.id.uuid())]);
    let query = EventQuery { records, limit: MOST_EVENTS, backwards: true, ..EventQuery::default() };
    let amount = |change: Option<&Json>| change.and_then(Json::as_str).and_then(Amount::parse);
    for event in cx.unrestricted().events(&query).await? {
        let Some(payload) = event.payload.filter(|_| event.verb == Verb::Updated) else { continue };
        let changes: Map<String, Json> = serde_json::from_str(&payload).unwrap_or_default();
        let Some(change) = changes.get("amount.amount") else { continue };
        if let (Some(before), Some(after)) = (amount(change.get(0)), amount(change.get(1)))
            && after < before
            && !changes.contains_key("amount.currency")
        {
            found.add("amount_cut", Some(event.at), format!("Its amount was lowered from {before} to {after}"));
            found.event(event.seq);
        }
        // What came before the last change of the amount was answered by it.
        return Ok(());
    }
    Ok(())
}
