//! Scoring: a scorecard is data, a list of filter, points and reason; the score keeps its reasons.
//! (Business use cases, "AI Lead Scoring Engine"; workflow scenarios 1, "AI Scoring".)

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CONVERTED, Lead};
use crate::{
    Code, Command, Context, Document, Entity, Filter, Id, Name, Op, Reasons, Record, Ref, Result, Timestamp,
    closed_enum, command,
    intelligence::Calibration,
    kernel::{
        error::codes,
        filter::{Alone, Predicate},
        record::Row,
    },
};

/// A rule is worth nothing or far too much.
pub const POINTS_INVALID: Code =
    Code::invalid("scorecard.points", "{reason} gives {points} points; give -100 to 100, and not 0.");

closed_enum! {
    /// How hot a lead is by its score.
    pub enum Band {
        /// Below 50: nurture.
        Low = "low",
        /// 50 to 74: follow up.
        Medium = "medium",
        /// 75 and more: call.
        High = "high",
    }
}

impl Band {
    /// The band of a score.
    pub const fn of(score: u8) -> Self {
        match score {
            75.. => Self::High,
            50..=74 => Self::Medium,
            _ => Self::Low,
        }
    }
}

impl Lead {
    /// How hot the lead is.
    pub const fn band(&self) -> Band {
        Band::of(self.score)
    }
}

/// One line of a scorecard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScoreRule {
    /// The leads that get the points.
    pub filter: Filter,
    /// How many points they get; below zero takes away.
    pub points: i32,
    /// What the score says of it.
    pub reason: String,
}

/// How leads are scored. The newest active scorecard of a tenant counts.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "scorecard", table = "scorecards", access = settings, unique("name", code = "scorecard.name_taken"))]
pub struct Scorecard {
    /// The identifier.
    pub id: Id<Scorecard>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it went into the trash.
    pub deleted_at: Option<Timestamp>,
    /// Its name.
    #[record(editable)]
    pub name: Name,
    /// Whether it counts.
    #[record(editable)]
    pub active: bool,
    /// The rules; the sum of their points, kept within 0 and 100, is the score.
    #[record(editable)]
    pub rules: Document<Vec<ScoreRule>>,
    /// What makes a probability of the points (`lead.predict`), where the rules were learned: `scorecard.train` answers it with them.
    #[record(editable)]
    pub calibration: Option<Document<Calibration>>,
}

impl Entity for Scorecard {
    const ERRORS: &'static [Code] = &[POINTS_INVALID];
    async fn settle(&mut self, _: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if self.calibration.as_ref().is_some_and(|one| !(1..=3_650).contains(&one.horizon_days)) {
            let problem = "give a horizon of 1 to 3,650 days";
            return Err(codes::FIELD_INVALID.with("field", "calibration").with("problem", problem));
        }
        for rule in &mut self.rules.0 {
            if rule.points == 0 || rule.points.abs() > 100 {
                return Err(POINTS_INVALID
                    .with("reason", &rule.reason)
                    .with("points", rule.points)
                    .with("field", "rules"));
            }
            let reason = Name::parse(&rule.reason);
            rule.reason = reason
                .map_err(|problem| codes::FIELD_INVALID.with("field", "rules.reason").with("problem", problem))?
                .into();
            cx.check_filter("lead", &rule.filter).await?;
            // A path such as `campaign.name` reaches another record as well.
            if cx.tenants_filter(Lead::def(), &rule.filter).await?.looks_elsewhere() {
                let problem = "a score looks at the lead alone";
                return Err(codes::FILTER_INVALID.with("field", "rules").with("problem", problem));
            }
        }
        Ok(())
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        self.settle(None, cx).await
    }
}

/// The seeds' scorecard.
fn seeds() -> Vec<ScoreRule> {
    let signal = |name: &str, count: u32| Filter::compare(format!("engagement.{name}"), Op::Ge, count);
    let leads_it = ["director", "chief", "vp", "head of", "cto", "cio"];
    let title = leads_it.iter().map(|word| Filter::compare("title", Op::Contains, word)).collect();
    let rule = |filter, points, reason: &str| ScoreRule { filter, points, reason: reason.to_owned() };
    vec![
        rule(Filter::compare("company_size", Op::Eq, "enterprise"), 10, "enterprise company"),
        rule(Filter::Or(title), 15, "decides on IT"),
        rule(Filter::compare("source", Op::StartsWith, "webinar"), 15, "came from a webinar"),
        rule(Filter::compare("source", Op::Eq, "referral"), 30, "came by referral"),
        rule(signal("registered_early", 1), 10, "registered early"),
        rule(signal("mail_opened", 1), 5, "opened a mail"),
        rule(signal("attended", 1), 10, "attended"),
        rule(signal("question_asked", 2), 10, "asked two questions or more"),
        rule(signal("content_downloaded", 1), 10, "downloaded content"),
        rule(signal("demo_requested", 1), 30, "asked for a demo"),
        rule(signal("replied", 1), 5, "replied"),
    ]
}

/// The scorecard of a new tenant.
pub(in crate::sales) async fn seed_data(cx: &mut Context<'_>) -> Result<()> {
    let name = Name::parse("Default")
        .map_err(|problem| codes::FIELD_INVALID.with("field", "name").with("problem", problem))?;
    let card = Scorecard { name, active: true, rules: Document(seeds()), ..Scorecard::default() };
    cx.unrestricted().insert(card).await.map(|_| ())
}

/// A scorecard ready to be applied to many leads.
#[derive(Default)]
struct Scoring(Vec<(Predicate, i32, String)>);

/// Gives the lead the score that the tenant's scorecard says, with its reasons.
pub(crate) async fn score(cx: &mut Context<'_>, lead: &mut Lead) -> Result<()> {
    let scoring = scorecard(cx).await?;
    let row = lead.to_row();
    let mut reasons = Reasons::default();
    for (filter, points, reason) in &scoring.0 {
        if filter.holds(&row, &Alone) == Some(true) {
            reasons.add(*points, reason.as_str());
        }
    }
    lead.score = u8::try_from(reasons.total().clamp(0, 100)).unwrap_or_default();
    lead.score_reasons = reasons;
    Ok(())
}

/// The scorecard that counts.
async fn scorecard(cx: &mut Context<'_>) -> Result<Arc<Scoring>> {
    if let Some(scoring) = cx.kept::<Scoring>() {
        return Ok(scoring);
    }
    let newest =
        cx.unrestricted().find_rows(Scorecard::def(), &Scorecard::ACTIVE.eq(true), &["-created_at"], 1).await?;
    let scoring = match newest.into_iter().next() {
        Some(card) => compiled(cx, card).await?,
        None => Arc::default(),
    };
    Ok(cx.keep_while::<Scorecard, _>(scoring))
}

/// The rules of a stored scorecard. They are read once for all calls, but for those that look at custom fields, which mean
/// something else when a field is defined anew, and those that depend on the moment or on the time zone.
async fn compiled(cx: &mut Context<'_>, card: Row) -> Result<Arc<Scoring>> {
    if let Some(scoring) = cx.memo().of_row(Scorecard::def(), &card) {
        return Ok(scoring);
    }
    let rules = Scorecard::from_row(card.clone())?.rules.0;
    let mut lasting = true;
    let mut compiled = Vec::with_capacity(rules.len());
    for rule in rules {
        let (filter, same) = cx.kept_filter(Lead::def(), &rule.filter).await?;
        lasting &= same;
        compiled.push((filter, rule.points, rule.reason));
    }
    let scoring = Arc::new(Scoring(compiled));
    if lasting {
        cx.memo().remember_row(Scorecard::def(), card, Arc::clone(&scoring));
    }
    Ok(scoring)
}

/// Scores a lead anew, after the scorecard changed.
#[command("rescore", on = Lead, guard = Lead::must_not_be_converted, errors(CONVERTED))]
pub struct Rescore {
    /// The lead.
    pub lead: Ref<Lead>,
}

impl Command for Rescore {
    type Output = Lead;
    async fn run(&self, mut lead: Lead, cx: &mut Context<'_>) -> Result<Lead> {
        score(cx, &mut lead).await?;
        cx.save(lead).await
    }
}
