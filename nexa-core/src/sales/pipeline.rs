//! A pipeline: the stages that deals go through, each with the probability to win.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::deal::{Deal, DealStatus, STAGE_NEEDS};
use crate::{
    Choice, Code, Command, Context, Document, Entity, Error, Filter, Id, Name, Percent, Record, Ref, Result, Timestamp,
    closed_enum, command,
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
    "Open deals, some perhaps in the trash, are in {stage}, which is no open stage of {pipeline}: {count}. Move them first, or name \
     the stage that they go to with pipeline.remove_stage.",
);
/// The pipeline has no such stage.
pub const STAGE_UNKNOWN: Code =
    Code::invalid("pipeline.stage_unknown", "{pipeline} has no open stage {stage}; use one of {stages}.");
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
    /// What the forecast makes of an open deal; one that is won is closed.
    pub enum ForecastCategory default Pipeline {
        /// It is left out.
        Omitted = "omitted",
        /// It is worked on.
        Pipeline = "pipeline",
        /// It comes if all goes well.
        BestCase = "best_case",
        /// Its owner stands for it.
        Commit = "commit",
    }
}

impl ForecastCategory {
    fn is_pipeline(&self) -> bool {
        *self == Self::Pipeline
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

closed_enum! {
    /// What becomes of a deal when one of its quotes is accepted.
    pub enum OnAccept {
        /// It stays as it is, until somebody wins it.
        Nothing = "nothing",
        /// It is won.
        Win = "win",
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
    /// What it is called for ever: a stage that keeps its key and changes its name takes its deals along. The name unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Choice>,
    /// After how many days in it a deal is stuck (`deal.stuck`); never without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 3650))]
    pub stale_after_days: Option<u16>,
    /// What the forecast makes of a deal in it, unless somebody set that by hand.
    #[serde(default, skip_serializing_if = "ForecastCategory::is_pipeline")]
    pub category: ForecastCategory,
    /// The fields that a deal needs to come into it, such as `account` or `custom.budget_owner`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub required: Vec<String>,
}

impl Stage {
    fn standard(name: &str, probability: u8, kind: StageKind) -> Result<Self> {
        let invalid = |problem| INVALID.with("problem", problem).with("field", "stages");
        let name = Choice::parse(name).map_err(invalid)?;
        Ok(Self { name, probability: Percent::new(probability).map_err(invalid)?, kind, ..Self::default() })
    }
    /// What it is called for ever.
    pub fn key(&self) -> &str {
        self.key.as_ref().unwrap_or(&self.name)
    }
    /// Refuses what no deal could meet. Error: `pipeline.invalid`.
    fn check(&self) -> Result<()> {
        if self.stale_after_days.is_some_and(|days| !(1..=3_650).contains(&days)) {
            return Err(problem(format!("give {} a stale_after_days of 1 to 3,650", self.name)));
        }
        if self.required.len() > 50 {
            return Err(problem(format!("{} requires more than 50 fields", self.name)));
        }
        for field in &self.required {
            let custom = field.strip_prefix("custom.").is_some_and(|key| !key.is_empty());
            let known = Deal::def().field(field).is_some_and(|field| field.editable);
            if !custom && !known {
                return Err(problem(format!(
                    "{} requires {field}, which is no field of a deal that people fill in",
                    self.name
                )));
            }
        }
        Ok(())
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
    /// What becomes of a deal when one of its quotes is accepted.
    #[record(editable, backfill = "nothing")]
    pub on_accept: OnAccept,
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
    /// The open stage of this name. Error: `pipeline.stage_unknown`.
    fn open_stage(&self, name: &str, field: &str) -> Result<&Stage> {
        self.stage(name).filter(|stage| stage.kind == StageKind::Open).ok_or_else(|| {
            let open =
                self.stages.iter().filter(|stage| stage.kind == StageKind::Open).map(|stage| stage.name.as_str());
            let error = STAGE_UNKNOWN.with("pipeline", self.name.as_str()).with("stage", name).with("field", field);
            error.with("stages", open.collect::<Vec<_>>())
        })
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
        let several = |what: fn(&Stage) -> &str| {
            let mut names: Vec<String> = self.stages.iter().map(|stage| fold(what(stage))).collect();
            names.sort_unstable();
            names.windows(2).any(|pair| pair.first() == pair.last())
        };
        if several(|stage| &stage.name) {
            return Err(problem("two stages have the same name"));
        }
        if several(Stage::key) {
            return Err(problem("two stages have the same key"));
        }
        for stage in self.stages.iter() {
            stage.check()?;
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

    /// Makes the deals in the pipeline, in the trash as well, fit its stages: what is decided goes to the stage for that, those in a
    /// stage that has another name than before go along, and no probability goes stale. Error: `pipeline.stage_in_use`, when open
    /// deals would be in no stage.
    async fn fit_deals(&self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        for kind in StageKind::ALL {
            let stages: Vec<&Stage> = self.stages.iter().filter(|stage| stage.kind == *kind).collect();
            let elsewhere = !Deal::STAGE.any_of(stages.iter().map(|stage| stage.name.clone()));
            let decided = Deal::STATUS.eq(DealStatus::from(*kind));
            let deals = self.deals(cx, decided.clone().and(elsewhere)).await?;
            let count = deals.len();
            for mut deal in deals {
                deal.stage = match self.renamed(before, &deal.stage) {
                    Some(stage) if stage.kind == *kind => stage.name.clone(),
                    _ if *kind == StageKind::Open => return Err(self.in_use(&deal.stage, count)),
                    _ => self.first(*kind)?.name.clone(),
                };
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

    /// The stage that has the key of a stage of before, under the name that it has now.
    fn renamed(&self, before: Option<&Self>, name: &str) -> Option<&Stage> {
        let key = before?.stage(name)?.key();
        self.stages.iter().find(|stage| same_choice(stage.key(), key))
    }
    fn in_use(&self, stage: &str, count: usize) -> Error {
        STAGE_IN_USE.with("stage", stage).with("pipeline", self.name.as_str()).with("count", count)
    }

    /// Refuses stages that leave a deal in none of them. Error: `pipeline.stage_in_use`.
    async fn must_fit_deals(&self, cx: &mut Context<'_>) -> Result<()> {
        for kind in StageKind::ALL {
            let stages = self.stages.iter().filter(|stage| stage.kind == *kind).map(|stage| stage.name.clone());
            let elsewhere = !Deal::STAGE.any_of(stages);
            let decided = Deal::STATUS.eq(DealStatus::from(*kind));
            let deals = self.deals(cx, decided.and(elsewhere)).await?;
            if let Some(deal) = deals.first() {
                return Err(self.in_use(&deal.stage, deals.len()));
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

/// Takes an open stage out of a pipeline; the open deals in it go to another one. Errors: `pipeline.stage_unknown`,
/// `pipeline.stage_in_use` without `move_to`, `pipeline.invalid`, `deal.stage_needs`.
#[command("remove_stage", on = Pipeline, errors(STAGE_UNKNOWN, STAGE_IN_USE, INVALID, STAGE_NEEDS))]
pub struct RemoveStage {
    /// The pipeline.
    pub pipeline: Ref<Pipeline>,
    /// The stage to take out.
    pub stage: Choice,
    /// The open stage that its deals go to.
    pub move_to: Option<Choice>,
}

impl Command for RemoveStage {
    type Output = Pipeline;
    async fn run(&self, before: Pipeline, cx: &mut Context<'_>) -> Result<Pipeline> {
        let gone = before.open_stage(&self.stage, "stage")?.clone();
        let mut pipeline = before.clone();
        pipeline.stages.0.retain(|stage| stage.name != gone.name);
        pipeline.check()?;
        let there = Deal::STATUS.eq(DealStatus::Open).and(Deal::STAGE.eq(gone.name.clone()));
        let deals = before.deals(cx, there).await?;
        match &self.move_to {
            Some(to) => {
                let to = pipeline.open_stage(to, "move_to")?.clone();
                for deal in deals {
                    deal.move_to(&to, cx).await?;
                }
            }
            None if deals.is_empty() => {}
            None => return Err(before.in_use(&gone.name, deals.len()).with("field", "move_to")),
        }
        cx.save(pipeline).await
    }
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
            self.fit_deals(before, cx).await?;
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
        self.fit_deals(None, cx).await
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
