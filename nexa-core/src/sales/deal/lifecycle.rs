//! Won, lost, and open again.

use super::{AMOUNT_FROM_LINES, AMOUNT_MISSING, CLOSED, Deal, DealStatus, HAS_ORDER, STAGE_NEEDS};
use crate::{
    Body, Choice, Code, Command, Context, Date, DocumentUrl, Money, Ref, Result, Tags, Timestamp, command,
    kernel::error::codes,
    people::org::{self, CHOICE_UNKNOWN},
    sales::{
        Account, AccountType, Order,
        contact::LifecycleStage,
        lookups,
        pipeline::{self, Pipeline, Stage, StageKind},
    },
};

/// The deal is not decided.
pub const NOT_CLOSED: Code = Code::rule("deal.not_closed", "The deal is open; there is nothing to reopen.");
/// Nothing is won tomorrow.
pub const CLOSE_DATE_FUTURE: Code = Code::invalid(
    "deal.close_date_future",
    "{close_date} is still to come; give the day on which the deal was won, today at the latest.",
);

impl Deal {
    fn may_reopen(&self) -> Result<()> {
        if self.status == DealStatus::Open { Err(NOT_CLOSED.error()) } else { Ok(()) }
    }
    /// Decides it: the probability is what the stage says, and the close date is the day on which it happened.
    fn close(&mut self, stage: &Stage, on: Date, now: Timestamp) -> Result<()> {
        self.must_meet(stage)?;
        self.stage_before_close = Some(self.stage.clone());
        self.probability_by_hand = false;
        self.enter(stage, now);
        self.close_date = Some(on);
        self.closed_at = Some(now);
        Ok(())
    }
    /// Wins it on a day, with all that follows for its account, its primary contact and its stages. Errors: `deal.closed`,
    /// `deal.amount_missing`, `deal.stage_needs`.
    pub(in crate::sales) async fn win_on(mut self, on: Date, cx: &mut Context<'_>) -> Result<Self> {
        self.must_be_open()?;
        if self.amount.is_none() {
            return Err(AMOUNT_MISSING.error());
        }
        let pipeline = pipeline::wherever(cx, self.pipeline).await?;
        self.close(pipeline.first(StageKind::Won)?, on, cx.now())?;
        self.wins_customers(on, cx).await?;
        self.go_over(cx).await?;
        cx.save(self).await
    }
    /// Opens it again, in the stage before, or in the first one when that has gone.
    fn reopen(&mut self, pipeline: &Pipeline, now: Timestamp) -> Result<()> {
        let before = self.stage_before_close.take();
        let stage = match before.and_then(|name| pipeline.stage(&name)).filter(|stage| stage.kind == StageKind::Open) {
            Some(stage) => stage,
            None => pipeline.first(StageKind::Open)?,
        };
        self.enter(stage, now);
        self.closed_at = None;
        (self.won_reason, self.lost_reason, self.lost_text, self.lost_to) = (None, None, None, None);
        Ok(())
    }
    /// What a won deal makes of its account and its primary contact: customers, since this day if not before.
    pub(super) async fn wins_customers(&mut self, on: Date, cx: &mut Context<'_>) -> Result<()> {
        if let Some(mut account) = lookups::if_live(cx, self.account).await? {
            let before = (account.r#type, account.customer_since);
            account.becomes_customer(on);
            self.account_type_before = (before.0 != account.r#type).then_some(before.0);
            self.began_customer = before.1 != account.customer_since;
            cx.save(account).await?;
        }
        if let Some(mut contact) = lookups::if_live(cx, self.primary_contact).await? {
            contact.advance(LifecycleStage::Customer);
            cx.save(contact).await?;
        }
        Ok(())
    }
    /// Takes back what this deal made of its account, unless another won deal holds it: that one takes it back when it is reopened.
    async fn gives_customer_back(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let (before, began) = (self.account_type_before.take(), std::mem::take(&mut self.began_customer));
        if before.is_none() && !began {
            return Ok(());
        }
        let Some(account) = lookups::if_live::<Account>(cx, self.account).await? else { return Ok(()) };
        let holds = Self::ACCOUNT.eq(account.id).and(Self::STATUS.eq(DealStatus::Won)).and(Self::ID.ne(self.id));
        let others: Vec<Self> = cx.unrestricted().find(&holds, &["closed_at"], 1).await?;
        if let Some(mut other) = others.into_iter().next() {
            other.account_type_before = other.account_type_before.or(before);
            other.began_customer |= began;
            return cx.save(other).await.map(drop);
        }
        let mut account = account;
        if let (Some(before), AccountType::Customer) = (before, account.r#type) {
            account.r#type = before;
        }
        if began {
            account.customer_since = None;
        }
        cx.save(account).await.map(drop)
    }
}

/// Wins an open deal that has an amount, or is given one. Its account becomes a customer, its primary contact comes to the lifecycle
/// stage customer. Errors: `deal.closed`, `deal.amount_missing`, `deal.amount_from_lines`, `deal.close_date_future`,
/// `deal.stage_needs`, `choice.unknown`.
#[command(
    "win",
    on = Deal,
    guard = Deal::must_be_open,
    errors(CLOSED, AMOUNT_MISSING, AMOUNT_FROM_LINES, CLOSE_DATE_FUTURE, STAGE_NEEDS, CHOICE_UNKNOWN)
)]
pub struct Win {
    /// The deal.
    pub deal: Ref<Deal>,
    /// What it is worth in the end; its amount unless said.
    pub actual_amount: Option<Money>,
    /// The day on which it was won; today unless said.
    pub close_date: Option<Date>,
    /// Why it was won, one of the tenant's list for `deal.won_reason`.
    pub reason: Option<Choice>,
    /// Whether the contract is signed; as it is unless said.
    pub contract_signed: Option<bool>,
    /// Where the contract lies.
    pub contract_url: Option<DocumentUrl>,
}

impl Win {
    /// Wins this deal today, with its amount.
    pub fn of(deal: impl Into<Ref<Deal>>) -> Self {
        Self {
            deal: deal.into(),
            actual_amount: None,
            close_date: None,
            reason: None,
            contract_signed: None,
            contract_url: None,
        }
    }
}

impl Command for Win {
    type Output = Deal;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<Deal> {
        if let Some(amount) = self.actual_amount.filter(|amount| deal.amount != Some(*amount)) {
            if deal.has_lines {
                return Err(AMOUNT_FROM_LINES.with("field", "actual_amount"));
            }
            deal.amount = Some(amount);
        }
        if deal.amount.is_none() {
            return Err(AMOUNT_MISSING.error());
        }
        let today = lookups::today(cx).await?;
        let on = self.close_date.unwrap_or(today);
        if on > today {
            return Err(CLOSE_DATE_FUTURE.with("close_date", on).with("field", "close_date"));
        }
        deal.won_reason = chosen(cx, "deal.won_reason", self.reason.as_ref()).await?;
        deal.contract_signed = self.contract_signed.unwrap_or(deal.contract_signed);
        deal.contract_url = self.contract_url.clone().or(deal.contract_url);
        deal.win_on(on, cx).await
    }
}

/// Loses an open deal, and says why. Who got the business joins its competitors. Errors: `deal.closed`, `deal.stage_needs`,
/// `choice.unknown`, `field.invalid`.
#[command("lose", on = Deal, guard = Deal::must_be_open, errors(CLOSED, STAGE_NEEDS, CHOICE_UNKNOWN))]
pub struct Lose {
    /// The deal.
    pub deal: Ref<Deal>,
    /// Why it was lost, one of the tenant's list for `deal.lost_reason`.
    pub reason: Choice,
    /// What else is to be said of it.
    pub text: Option<Body>,
    /// To whom it was lost.
    pub lost_to: Option<Choice>,
}

impl Lose {
    /// Loses this deal for this reason.
    pub fn of(deal: impl Into<Ref<Deal>>, reason: Choice) -> Self {
        Self { deal: deal.into(), reason, text: None, lost_to: None }
    }
}

impl Command for Lose {
    type Output = Deal;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<Deal> {
        let today = lookups::today(cx).await?;
        deal.lost_reason = chosen(cx, "deal.lost_reason", Some(&self.reason)).await?;
        deal.lost_text.clone_from(&self.text);
        deal.lost_to.clone_from(&self.lost_to);
        if let Some(winner) = &self.lost_to {
            let named = deal.competitors.iter().chain([winner.as_str()]);
            deal.competitors = Tags::new(named)
                .map_err(|problem| codes::FIELD_INVALID.with("field", "lost_to").with("problem", problem))?;
        }
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        deal.close(pipeline.first(StageKind::Lost)?, today, cx.now())?;
        deal.go_over(cx).await?;
        cx.save(deal).await
    }
}

/// The entry of the tenant's list that a reason means. Error: `choice.unknown`.
async fn chosen(cx: &mut Context<'_>, list: &'static str, reason: Option<&Choice>) -> Result<Option<Choice>> {
    let Some(reason) = reason else { return Ok(None) };
    let mut reason = reason.clone();
    org::choose(cx, list, &mut reason).await.map_err(|error| error.with("field", "reason"))?;
    Ok(Some(reason))
}

/// Opens a decided deal again, in the stage it was in before. Its account is no customer any more when this deal made it one and no other
/// won deal keeps it one. Errors: `deal.not_closed`, `deal.has_order` while its order is confirmed.
#[command("reopen", on = Deal, guard = Deal::may_reopen, errors(NOT_CLOSED, HAS_ORDER))]
pub struct Reopen {
    /// The deal.
    pub deal: Ref<Deal>,
}

impl Command for Reopen {
    type Output = Deal;
    async fn run(&self, mut deal: Deal, cx: &mut Context<'_>) -> Result<Deal> {
        Order::none_confirmed(cx, deal.id).await?;
        let pipeline = pipeline::wherever(cx, deal.pipeline).await?;
        deal.reopen(&pipeline, cx.now())?;
        deal.gives_customer_back(cx).await?;
        deal.go_over(cx).await?;
        cx.save(deal).await
    }
}
