//! A deal: something that a company may buy, with its amount, its stage and the probability to win it.

use serde::{Deserialize, Serialize};

use serde_json::{Map, Value as Json};

use super::{
    account::{Account, AccountType},
    contact::Contact,
    pipeline::{ForecastCategory, Pipeline, Stage, StageKind, default_pipeline, kept_default},
};
use crate::{
    Assignee, Body, Choice, Code, Context, Custom, Date, DocumentUrl, Entity, ExternalKey, Id, Money, Percent, Rank,
    Record, Result, Subject, Tags, Timestamp, closed_enum,
    marketing::Campaign,
    people::{
        User, assignment,
        org::{self, CHOICE_UNKNOWN},
    },
    sales::{Contract, Order, PriceBook, lookups, pipeline},
    values::TOO_LARGE,
};

pub mod by_stage;
pub mod forecast;
pub mod funnel;
pub(super) mod groups;
mod history;
pub mod lifecycle;
pub mod line;
pub mod lines;
pub mod metrics;
pub mod next_activity;
pub mod people;
pub mod place;
pub mod stage;
pub mod stuck;
pub mod visit;

/// The pipeline has no such stage.
pub const STAGE_UNKNOWN: Code =
    Code::invalid("deal.stage_unknown", "{pipeline} has no stage {stage}; use one of {stages}.");
/// A deal is decided by its own commands.
pub const USE_WIN_OR_LOSE: Code =
    Code::rule("deal.use_win_or_lose", "{stage} decides a deal; use deal.win or deal.lose, which ask what that needs.");
/// The deal is decided.
pub const CLOSED: Code = Code::rule("deal.closed", "The deal is {status}; reopen it first with deal.reopen.");
/// What was sold is ordered.
pub const HAS_ORDER: Code =
    Code::rule("deal.has_order", "The deal has the confirmed order {order}; cancel that first with order.cancel.");
/// A deal cannot be won without an amount.
pub const AMOUNT_MISSING: Code =
    Code::rule("deal.amount_missing", "A won deal needs an amount; set it first with deal.update.");
/// The contact belongs to another account.
pub const CONTACT_FOREIGN: Code = Code::rule(
    "deal.contact_foreign",
    "The contact {contact} is not one of the deal's account; choose one of its contacts, or set the contact's account.",
);

/// A stage asks for more than the deal has.
pub const STAGE_NEEDS: Code =
    Code::rule("deal.stage_needs", "A deal comes to {stage} with {fields}; fill them in first, with deal.update.");

/// The amount follows the lines.
pub const AMOUNT_FROM_LINES: Code = Code::rule(
    "deal.amount_from_lines",
    "The amount follows the deal's lines; change them, or take them off with deal.set_lines.",
);
/// The lines have prices of the book.
pub const HAS_LINES: Code = Code::rule(
    "deal.has_lines",
    "The deal has lines with prices of its price book; use deal.reprice, which takes the prices of another one.",
);

closed_enum! {
    /// Whether a deal is decided; its stage says so.
    pub enum DealStatus {
        /// It is not.
        Open = "open",
        /// We won it.
        Won = "won",
        /// We lost it.
        Lost = "lost",
    }
}

closed_enum! {
    /// What sort of business a deal is.
    pub enum DealType {
        /// With somebody new.
        NewBusiness = "new_business",
        /// More of what they have.
        Upsell = "upsell",
        /// The same again.
        Renewal = "renewal",
        /// Something else, to somebody who bought before.
        CrossSell = "cross_sell",
    }
}

/// Something that a company may buy.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "deal",
    table = "deals", access = work,
    search(name = 1),
    index("status", "close_date"),
    index("pipeline", "stage"),
    index("pipeline", "stage", "rank"),
    index("owner", "status", "close_date"),
    index("account", "status"),
    index("campaign", "status"),
    index("primary_contact", "updated_at")
)]
pub struct Deal {
    /// The identifier.
    pub id: Id<Deal>,
    /// Counts the changes.
    pub version: i64,
    /// When the deal was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// What it is called, such as "Acme Corp - Enterprise Plan".
    #[record(editable, folded)]
    pub name: Subject,
    /// What it is worth; what its lines come to while it has any.
    #[record(editable)]
    pub amount: Option<Money>,
    /// Whether it has lines, which its amount follows.
    #[record(backfill = false)]
    pub has_lines: bool,
    /// The price book of its lines; without, the account's, or the default one of the currency.
    #[record(editable, on_trash = refuse)]
    pub price_book: Option<Id<PriceBook>>,
    /// How probable it is that we win it; the stage's own until somebody sets it by hand.
    #[record(editable)]
    pub probability: Percent,
    /// Whether somebody set the probability by hand; `deal.reset_probability` lets it follow the stage again.
    pub probability_by_hand: bool,
    /// What the forecast makes of it while it is open; its stage's own until somebody sets it by hand.
    #[record(editable, backfill = "pipeline")]
    pub category: ForecastCategory,
    /// Whether somebody set the category by hand.
    #[record(backfill = false)]
    pub category_by_hand: bool,
    /// When it is expected to be decided; once it is, when it was.
    #[record(editable)]
    pub close_date: Option<Date>,
    /// How often its close date moved to a later day while it was open.
    #[record(backfill = 0)]
    pub pushed: u32,
    /// The stage of its pipeline that it is in; the first open one unless said.
    #[record(editable)]
    pub stage: Choice,
    /// The pipeline that it goes through; the tenant's default unless said.
    #[record(editable, on_trash = refuse)]
    pub pipeline: Id<Pipeline>,
    /// Whether it is decided.
    pub status: DealStatus,
    /// Since when it is in its stage.
    pub stage_since: Timestamp,
    /// Its place among the deals of its stage on a board; `deal.place` changes it. Those without stand behind the others.
    pub rank: Option<Rank>,
    /// The open stage that it was in when it was decided.
    pub stage_before_close: Option<Choice>,
    /// When it was decided.
    pub closed_at: Option<Timestamp>,
    /// Why it was won, one of the tenant's list for `deal.won_reason`.
    pub won_reason: Option<Choice>,
    /// Why it was lost, one of the tenant's list for `deal.lost_reason`.
    pub lost_reason: Option<Choice>,
    /// What else is to be said of the loss.
    pub lost_text: Option<Body>,
    /// To whom it was lost.
    pub lost_to: Option<Choice>,
    /// What its account was before this deal made it a customer.
    pub account_type_before: Option<AccountType>,
    /// Whether the account is a customer since this deal.
    #[record(backfill = false)]
    pub began_customer: bool,
    /// What sort of business it is.
    #[record(editable)]
    pub r#type: DealType,
    /// Where it came from, one of the tenant's list for `deal.source`.
    #[record(editable)]
    pub source: Option<Choice>,
    /// The campaign that brought it.
    #[record(editable, on_trash = keep)]
    pub campaign: Option<Id<Campaign>>,
    /// The company that may buy.
    #[record(editable, on_trash = refuse)]
    pub account: Option<Id<Account>>,
    /// The person to speak with; one of the account's contacts.
    #[record(editable, on_trash = refuse)]
    pub primary_contact: Option<Id<Contact>>,
    /// Who else wants the business.
    #[record(editable)]
    pub competitors: Tags,
    /// The user who works on it.
    #[record(editable, assignee)]
    pub owner: Option<Id<User>>,
    /// The contract that it renews, where its type is renewal, or changes.
    pub contract: Option<Id<Contract>>,
    /// How many months the contract runs.
    #[record(editable)]
    pub contract_term_months: Option<u32>,
    /// Whether the contract is signed.
    #[record(editable, backfill = false)]
    pub contract_signed: bool,
    /// Where the contract lies, such as `s3://contracts/acme_2025.pdf`.
    #[record(editable)]
    pub contract_url: Option<DocumentUrl>,
    /// What is to be done next.
    #[record(editable)]
    pub next_step: Option<Subject>,
    /// What is worth knowing about it.
    #[record(editable)]
    pub description: Option<Body>,
    /// Labels.
    #[record(editable)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Keys of other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl From<StageKind> for DealStatus {
    fn from(kind: StageKind) -> Self {
        match kind {
            StageKind::Open => Self::Open,
            StageKind::Won => Self::Won,
            StageKind::Lost => Self::Lost,
        }
    }
}

impl Deal {
    /// What it is worth times how probable it is; nothing without an amount.
    pub fn weighted(&self) -> Option<Money> {
        // A part of an amount is never too large.
        self.amount.and_then(|amount| amount.times_percent(self.probability.get()).ok())
    }
    /// For how many whole days it has been in its stage.
    pub const fn days_in_stage(&self, now: Timestamp) -> i64 {
        whole_days(self.stage_since, now)
    }
    /// How many whole days it took from its beginning until it was decided; nothing while it is open.
    pub fn sales_cycle_days(&self) -> Option<i64> {
        // One that was decided before it came here has no known beginning.
        let closed_at = self.closed_at.filter(|closed_at| *closed_at >= self.created_at);
        closed_at.map(|closed_at| whole_days(self.created_at, closed_at))
    }

    pub(super) fn must_be_open(&self) -> Result<()> {
        if self.status == DealStatus::Open { Ok(()) } else { Err(CLOSED.with("status", self.status)) }
    }
    /// Puts it into a stage, whose probability and category it takes unless somebody set them by hand.
    fn enter(&mut self, stage: &Stage, now: Timestamp) {
        self.stage = stage.name.clone();
        self.status = stage.kind.into();
        self.stage_since = now;
        self.follow_stage(stage);
    }
    /// Takes from its stage what nobody set by hand.
    fn follow_stage(&mut self, stage: &Stage) {
        if !self.probability_by_hand {
            self.probability = stage.probability;
        }
        if !self.category_by_hand {
            self.category = stage.category;
        }
    }
    /// Refuses a stage that asks for more than it has. Error: `deal.stage_needs`.
    fn must_meet(&self, stage: &Stage) -> Result<()> {
        if stage.required.is_empty() {
            return Ok(());
        }
        let values = serde_json::to_value(self).unwrap_or_default();
        let missing: Vec<&str> =
            stage.required.iter().map(String::as_str).filter(|path| is_empty(at(&values, path))).collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(STAGE_NEEDS.with("stage", &stage.name).with("fields", missing))
    }
    /// The open stage of this name. Errors: `deal.stage_unknown`, `deal.use_win_or_lose`.
    fn open_stage<'a>(pipeline: &'a Pipeline, name: &str) -> Result<&'a Stage> {
        match pipeline.stage(name) {
            Some(stage) if stage.kind == StageKind::Open => Ok(stage),
            Some(stage) => Err(USE_WIN_OR_LOSE.with("stage", stage.name.as_str()).with("field", "stage")),
            None => {
                let error = STAGE_UNKNOWN.with("pipeline", pipeline.name.as_str()).with("stage", name);
                Err(error.with("stages", pipeline.stage_names()).with("field", "stage"))
            }
        }
    }
    async fn begin(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let pipeline = match kept_default(cx, |kept| kept.id == self.pipeline) {
            Some(kept) => kept,
            None if self.pipeline == Id::default() => default_pipeline(cx).await?,
            None => cx.unrestricted().load(self.pipeline).await?,
        };
        self.pipeline = pipeline.id;
        if let Some(stage) = self.decided_before(&pipeline, cx) {
            self.come_in_decided(&stage, &pipeline, cx).await?;
            return self.arrive(cx).await;
        }
        let stage = if self.stage.is_empty() {
            pipeline.first(StageKind::Open)?
        } else {
            Self::open_stage(&pipeline, &self.stage)?
        };
        self.must_meet(stage)?;
        self.enter(stage, cx.now());
        self.arrive(cx).await
    }
    async fn go_on(&mut self, before: &Self, cx: &mut Context<'_>) -> Result<()> {
        let moved = (self.pipeline, &self.stage) != (before.pipeline, &before.stage);
        let weighed = (self.probability, self.probability_by_hand) != (before.probability, before.probability_by_hand);
        if moved || weighed {
            before.must_be_open()?;
        }
        if moved {
            let pipeline = pipeline::wherever(cx, self.pipeline).await?;
            if before.pipeline != self.pipeline {
                self.follow_lines(pipeline.amount_from, cx).await?;
            }
            if let Some(stage) = self.decided_before(&pipeline, cx) {
                self.come_in_decided(&stage, &pipeline, cx).await?;
                self.stage_before_close = Some(before.stage.clone());
                return self.go_over(cx).await;
            }
            let stage = Self::open_stage(&pipeline, &self.stage)?;
            self.must_meet(stage)?;
            self.enter(stage, cx.now());
            self.go_over(cx).await?;
        }
        if self.status == DealStatus::Won && self.amount.is_none() {
            return Err(AMOUNT_MISSING.with("field", "amount"));
        }
        Ok(())
    }
    /// Refuses what its lines decide. Errors: `deal.amount_from_lines`, `deal.has_lines`.
    fn must_leave_to_lines(&self, before: &Self) -> Result<()> {
        if !before.has_lines {
            return Ok(());
        }
        if before.amount != self.amount {
            return Err(AMOUNT_FROM_LINES.with("field", "amount"));
        }
        if before.price_book != self.price_book {
            return Err(HAS_LINES.with("field", "price_book"));
        }
        Ok(())
    }
    async fn check_contact(&self, cx: &mut Context<'_>) -> Result<()> {
        let (Some(account), Some(primary)) = (self.account, self.primary_contact) else { return Ok(()) };
        let contact = cx.unrestricted().load(primary).await?;
        if contact.account == Some(account) {
            return Ok(());
        }
        Err(CONTACT_FOREIGN.with("contact", contact.id).with("field", "primary_contact"))
    }
}

/// The value at a path of names.
fn at<'v>(values: &'v Json, path: &str) -> Option<&'v Json> {
    path.split('.').try_fold(values, |value, name| value.get(name))
}

/// Whether a value says nothing.
fn is_empty(value: Option<&Json>) -> bool {
    match value {
        None | Some(Json::Null) | Some(Json::Bool(false)) => true,
        Some(Json::String(text)) => text.is_empty(),
        Some(Json::Array(items)) => items.is_empty(),
        Some(Json::Object(fields)) => fields.is_empty(),
        Some(_) => false,
    }
}

/// How many whole days lie between two moments; none when a clock that was wrong dated the first one later.
const fn whole_days(from: Timestamp, to: Timestamp) -> i64 {
    const MICROS: i64 = 24 * 3_600 * 1_000_000;
    let days = to.since(from).div_euclid(MICROS);
    if days < 0 { 0 } else { days }
}

impl Entity for Deal {
    const ERRORS: &'static [Code] = &[
        STAGE_UNKNOWN,
        USE_WIN_OR_LOSE,
        CLOSED,
        AMOUNT_MISSING,
        CONTACT_FOREIGN,
        AMOUNT_FROM_LINES,
        HAS_LINES,
        STAGE_NEEDS,
        lines::TOO_MANY,
        TOO_LARGE,
        assignment::INACTIVE,
        CHOICE_UNKNOWN,
    ];

    fn is_open(&self) -> bool {
        self.status == DealStatus::Open
    }
    fn given(&mut self, fields: &Map<String, Json>) {
        self.probability_by_hand |= fields.contains_key(Self::PROBABILITY.name());
        self.category_by_hand |= fields.contains_key(Self::CATEGORY.name());
    }

    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        match before {
            None => {
                self.rank = self.rank.take().or_else(|| Some(Rank::of_new(self.id.uuid(), cx.now())));
                self.begin(cx).await?;
            }
            Some(before) => {
                self.must_leave_to_lines(before)?;
                self.go_on(before, cx).await?;
                if self.is_open() && self.close_date > before.close_date && before.close_date.is_some() {
                    self.pushed = before.pushed.saturating_add(1);
                }
            }
        }
        if let Some(source) = &mut self.source
            && before.is_none_or(|before| before.source.as_ref() != Some(source))
        {
            org::choose(cx, "deal.source", source).await?;
        }
        if let Some(owner) = self.owner
            && before.is_none_or(|before| before.owner != self.owner)
        {
            let checked = assignment::check_assignee(cx, &Assignee::user(owner)).await;
            checked.map_err(|error| error.with("field", "owner"))?;
        }
        if before.is_none_or(|b| (b.account, b.primary_contact) != (self.account, self.primary_contact)) {
            self.check_contact(cx).await?;
        }
        Ok(())
    }

    fn computed(&self) -> &'static [&'static str] {
        match (self.probability_by_hand, self.category_by_hand) {
            (false, false) => &["probability", "category"],
            (false, true) => &["probability"],
            (true, false) => &["category"],
            (true, true) => &[],
        }
    }
    async fn compute(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let pipeline = pipeline::wherever(cx, self.pipeline).await?;
        if let Some(stage) = pipeline.stage(&self.stage) {
            self.follow_stage(stage);
        }
        Ok(())
    }
    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let won = |deal: Option<&Self>| deal.is_some_and(|deal| deal.status == DealStatus::Won);
        if let Some(deal) = before.filter(|_| won(before) && !won(now)) {
            Order::none_confirmed(cx, deal.id).await?;
        }
        let Some(now) = now else { return Ok(()) };
        let place = |deal: &Self| (deal.pipeline, deal.stage.clone());
        if before.is_none_or(|before| place(before) != place(now)) {
            let pipeline = pipeline::wherever(cx, now.pipeline).await?;
            if pipeline.stage(&now.stage).is_none_or(|stage| DealStatus::from(stage.kind) != now.status) {
                let error = STAGE_UNKNOWN.with("pipeline", pipeline.name.as_str()).with("stage", &now.stage);
                return Err(error.with("stages", pipeline.stage_names()).with("field", "stage"));
            }
        }
        if now.is_open() {
            let owner = |deal: &Self| deal.owner.map(Assignee::user);
            assignment::check_given_back(cx, before.and_then(owner), owner(now)).await?;
        }
        if before.is_none_or(|before| (before.account, before.primary_contact) != (now.account, now.primary_contact)) {
            now.check_contact(cx).await?;
        }
        Ok(())
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        org::check_choices(cx, &[("deal.source", self.source.as_deref())]).await?;
        if let (Some(owner), DealStatus::Open) = (self.owner, self.status) {
            assignment::check_assignee(cx, &Assignee::user(owner)).await?;
        }
        let contact: Option<Contact> = lookups::if_live(cx, self.primary_contact).await?;
        match (self.account, contact) {
            (Some(account), Some(contact)) if contact.account != Some(account) => {
                Err(CONTACT_FOREIGN.with("contact", contact.id))
            }
            _ => Ok(()),
        }
    }
}
