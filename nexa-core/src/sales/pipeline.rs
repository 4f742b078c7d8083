//! A pipeline: the stages that deals go through, each with the probability to win.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deal::{Deal, DealStatus};
use crate::{
    Choice, Code, Context, Document, Entity, Error, Filter, Id, Name, Percent, Record, Result, Timestamp, closed_enum,
    kernel::{
        context::not_found,
        limits::LARGEST_PAGE,
        search::fold,
        store::{Select, Trash},
    },
    people::org::same_choice,
};

/// The stages do not make a pipeline.
pub const INVALID: Code = Code::invalid("pipeline.invalid", "The stages do not make a pipeline: {problem}.");
/// Open deals would be in no stage.
pub const STAGE_IN_USE: Code = Code::rule(
    "pipeline.stage_in_use",
    "Open deals, some perhaps in the trash, are in {stage}, which is no open stage of {pipeline}; move them first.",
);
/// A tenant has a default pipeline.
pub const DEFAULT_NEEDED: Code =
    Code::rule("pipeline.default_needed", "{pipeline} is the default; make another pipeline the default instead.");

closed_enum! {
    /// What it means that a deal is in a stage.
    pub enum StageKind {
        /// It is worked on.
        Open = "open",
        /// It was won.
        Won = "won",
        /// It was lost.
        Lost = "lost",
    }
}

closed_enum! {
    /// Which part of its lines is the amount of a deal.
    pub enum AmountFrom {
        /// What is paid once, and what recurs over its term.
        Contract = "contract",
        /// The same, of the first twelve months alone.
        FirstYear = "first_year",
        /// What recurs in a year.
        Yearly = "yearly",
    }
}

/// One stage of a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its name, unique in the pipeline whatever the case.
    pub name: Choice,
    /// How probable it is that a deal in this stage is won.
    pub probability: Percent,
    /// What it means that a deal is in it; open unless said.
    #[serde(default)]
    pub kind: StageKind,
}

impl Stage {
    fn standard(name: &str, probability: u8, kind: StageKind) -> Result<Self> {
        let invalid = |problem| INVALID.with("problem", problem).with("field", "stages");
        let name = Choice::parse(name).map_err(invalid)?;
        Ok(Self { name, probability: Percent::new(probability).map_err(invalid)?, kind })
    }
}

/// The stages that deals go through.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(kind = "pipeline", table = "pipelines", access = settings, search(name = 1), unique("name.folded", code = "pipeline.name_taken"))]
pub struct Pipeline {
    /// The identifier.
    pub id: Id<Pipeline>,
    /// Counts the changes.
    pub version: i64,
    /// When the pipeline was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// Whether a new deal goes here when nobody says where; one pipeline of the tenant is the default.
    #[record(editable)]
    pub is_default: bool,
    /// The stages in order; those of the default pipeline unless said.
    #[record(editable)]
    pub stages: Document<Vec<Stage>>,
    /// Which part of its lines is the amount of a deal that has lines.
    #[record(editable, backfill = "contract")]
    pub amount_from: AmountFrom,
}

impl Pipeline {
    /// Prospecting 10, qualification 25, proposal 50, negotiation 75, closed won 100, closed lost 0.
    fn standard() -> Result<Self> {
        let stages = [
            Stage::standard("prospecting", 10, StageKind::Open)?,
            Stage::standard("qualification", 25, StageKind::Open)?,
            Stage::standard("proposal", 50, StageKind::Open)?,
            Stage::standard("negotiation", 75, StageKind::Open)?,
            Stage::standard("closed_won", 100, StageKind::Won)?,
            Stage::standard("closed_lost", 0, StageKind::Lost)?,
        ];
        let name = Name::parse("Sales").map_err(|problem| INVALID.with("problem", problem).with("field", "stages"))?;
        Ok(Self { name, is_default: true, stages: Document(stages.into()), ..Self::default() })
    }
    /// The stage of this name, whatever its case, blanks and underscores being one.
    pub fn stage(&self, name: &str) -> Option<&Stage> {
        let exact = self.stages.iter().find(|stage| stage.name == name);
        exact.or_else(|| self.stages.iter().find(|stage| same_choice(&stage.name, name)))
    }
    /// The names of its stages, in order.
    pub fn stage_names(&self) -> Vec<&str> {
        self.stages.iter().map(|stage| stage.name.as_str()).collect()
    }
    /// The first stage of a kind; a pipeline has one of each. Error: `pipeline.invalid`.
    pub fn first(&self, kind: StageKind) -> Result<&Stage> {
        self.stages
            .iter()
            .find(|stage| stage.kind == kind)
            .ok_or_else(|| problem(format!("it has no stage of the kind {kind}")))
    }

    fn check(&self) -> Result<()> {
        let mut names: Vec<String> = self.stages.iter().map(|stage| fold(&stage.name)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        if names.len() < count {
            return Err(problem("two stages have the same name"));
        }
        for (kind, probability) in [(StageKind::Won, Percent::HUNDRED), (StageKind::Lost, Percent::ZERO)] {
            let stages: Vec<&Stage> = self.stages.iter().filter(|stage| stage.kind == kind).collect();
            match stages.as_slice() {
                [stage] if stage.probability == probability => {}
                [stage] => {
                    return Err(problem(format!("{} is {kind}, so give it the probability {probability}", stage.name)));
                }
                several => return Err(problem(format!("give it one stage of the kind {kind}, not {}", several.len()))),
            }
        }
        self.first(StageKind::Open).map(drop)
    }

    /// Makes the deals in the pipeline, in the trash as well, fit its stages: what is decided goes to the stage for that, and
    /// no probability goes stale. Error: `pipeline.stage_in_use`, when open deals would be in no stage.
    async fn fit_deals(&self, cx: &mut Context<'_>) -> Result<()> {
        for kind in StageKind::ALL {
            let stages: Vec<&Stage> = self.stages.iter().filter(|stage| stage.kind == *kind).collect();
            let elsewhere = !Deal::STAGE.any_of(stages.iter().map(|stage| stage.name.clone()));
            let decided = Deal::STATUS.eq(DealStatus::from(*kind));
            for mut deal in self.deals(cx, decided.clone().and(elsewhere)).await? {
                if *kind == StageKind::Open {
                    let error = STAGE_IN_USE.with("stage", deal.stage.as_str());
                    return Err(error.with("pipeline", self.name.as_str()));
                }
                deal.stage = self.first(*kind)?.name.clone();
                cx.save(deal).await?;
            }
            for stage in stages {
                let stale = Deal::STAGE.eq(stage.name.clone()).and(Deal::PROBABILITY.ne(stage.probability));
                let follows = Deal::PROBABILITY_BY_HAND.eq(false);
                for mut deal in self.deals(cx, decided.clone().and(stale).and(follows)).await? {
                    deal.probability = stage.probability;
                    cx.save(deal).await?;
                }
            }
        }
        Ok(())
    }

    /// Refuses stages that leave a deal in none of them. Error: `pipeline.stage_in_use`.
    async fn must_fit_deals(&self, cx: &mut Context<'_>) -> Result<()> {
        for kind in StageKind::ALL {
            let stages = self.stages.iter().filter(|stage| stage.kind == *kind).map(|stage| stage.name.clone());
            let elsewhere = !Deal::STAGE.any_of(stages);
            let decided = Deal::STATUS.eq(DealStatus::from(*kind));
            if let Some(deal) = self.deals(cx, decided.and(elsewhere)).await?.first() {
                let error = STAGE_IN_USE.with("stage", deal.stage.as_str());
                return Err(error.with("pipeline", self.name.as_str()));
            }
        }
        Ok(())
    }

    /// Lets the amounts of the open deals in the pipeline follow their lines as it says by now.
    async fn fit_amounts(&self, cx: &mut Context<'_>) -> Result<()> {
        let follow = Deal::STATUS.eq(DealStatus::Open).and(Deal::HAS_LINES.eq(true));
        for mut deal in self.deals(cx, follow).await? {
            deal.follow_lines(self.amount_from, cx).await?;
            cx.save(deal).await?;
        }
        Ok(())
    }

    async fn deals(&self, cx: &mut Context<'_>, which: Filter) -> Result<Vec<Deal>> {
        let filter = Deal::PIPELINE.eq(self.id).and(which);
        let filter = cx.tenants_filter(Deal::def(), &filter).await?;
        let all = Select { trash: Trash::Any, ..Select::all(Deal::def(), LARGEST_PAGE) };
        cx.unrestricted().every_row(all.filtered(filter)).await?.into_iter().map(Deal::from_row).collect()
    }
}

fn problem(problem: impl Into<String>) -> Error {
    INVALID.with("problem", problem.into()).with("field", "stages")
}

impl Entity for Pipeline {
    const ERRORS: &'static [Code] = &[INVALID, STAGE_IN_USE, DEFAULT_NEEDED];
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.is_none() && self.stages.is_empty() {
            self.stages = Self::standard()?.stages;
        }
        self.check()?;
        let was_default = before.is_some_and(|before| before.is_default);
        if was_default && !self.is_default {
            return Err(DEFAULT_NEEDED.with("pipeline", self.name.as_str()));
        }
        if self.is_default && !was_default {
            let others: Vec<Self> = cx.unrestricted().every(&Self::IS_DEFAULT.eq(true)).await?;
            for mut other in others {
                other.is_default = false;
                cx.save(other).await?;
            }
        }
        if before.is_some_and(|before| before.stages != self.stages) {
            self.fit_deals(cx).await?;
        }
        if before.is_some_and(|before| before.amount_from != self.amount_from) {
            self.fit_amounts(cx).await?;
        }
        Ok(())
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let is_default =
            |pipeline: Option<&Self>| pipeline.is_some_and(|one| one.is_default && one.deleted_at.is_none());
        if let Some(one) = before.or(now).filter(|_| is_default(before) != is_default(now)) {
            // One of those that are there; the default itself may go into the trash.
            let defaults: Vec<Self> = cx.unrestricted().find(&Self::IS_DEFAULT.eq(true), &[], 2).await?;
            let trashed = now.is_none_or(|now| now.deleted_at.is_some());
            if defaults.len() > 1 || (defaults.is_empty() && !trashed) {
                return Err(DEFAULT_NEEDED.with("pipeline", one.name.as_str()));
            }
        }
        match now {
            Some(now) if before.is_some_and(|before| before.stages != now.stages) => now.must_fit_deals(cx).await,
            _ => Ok(()),
        }
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        self.check()?;
        // Another one became the default meanwhile.
        if self.is_default {
            let default = Self::IS_DEFAULT.eq(true).and(Self::ID.ne(self.id));
            self.is_default = cx.unrestricted().find::<Self>(&default, &[], 1).await?.is_empty();
        }
        Ok(())
    }

    async fn took_over(&self, cx: &mut Context<'_>) -> Result<()> {
        self.fit_deals(cx).await
    }
}

/// The default pipeline, read once in a call while pipelines stay as they are.
struct DefaultPipeline(Pipeline);

/// The pipeline of deals that name none: the default one, else the oldest, else a new one with the standard stages.
///
/// Pending changes may be written first, so a command that makes several records asks for it before them.
pub async fn default_pipeline(cx: &mut Context<'_>) -> Result<Pipeline> {
    let pipeline = match present_default(cx).await? {
        Some(pipeline) => pipeline,
        None => cx.unrestricted().insert(Pipeline::standard()?).await?,
    };
    Ok(cx.keep_while::<Pipeline, _>(Arc::new(DefaultPipeline(pipeline))).0.clone())
}

/// The same, as far as there is one.
pub(super) async fn present_default(cx: &mut Context<'_>) -> Result<Option<Pipeline>> {
    if let Some(pipeline) = kept_default(cx, |pipeline| pipeline.is_default) {
        return Ok(Some(pipeline));
    }
    // A tenant has few; what is read in the order of their ids need not be sorted by the storage.
    let all: Vec<Pipeline> = cx.unrestricted().every(&Filter::everything()).await?;
    Ok(all.into_iter().min_by_key(|pipeline| (!pipeline.is_default, pipeline.created_at)))
}

/// What [`default_pipeline`] answered in this call, when it is still so and fits.
pub(super) fn kept_default(cx: &Context<'_>, fits: impl FnOnce(&Pipeline) -> bool) -> Option<Pipeline> {
    let DefaultPipeline(kept) = &*cx.kept::<DefaultPipeline>()?;
    fits(kept).then(|| kept.clone())
}

/// Gives a new tenant its pipeline.
pub(super) async fn seed_data(cx: &mut Context<'_>) -> Result<()> {
    cx.unrestricted().insert(Pipeline::standard()?).await.map(drop)
}

/// A pipeline that a deal is in, wherever it is by now. Error: `record.not_found`.
pub(super) async fn wherever(cx: &mut Context<'_>, id: Id<Pipeline>) -> Result<Pipeline> {
    match cx.unrestricted().row(Pipeline::def(), id.uuid()).await? {
        Some(row) => Pipeline::from_row(row),
        None => Err(not_found(Pipeline::def(), id)),
    }
}
