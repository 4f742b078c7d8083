//! Making the contract of an order.

use super::{Contract, ContractLine, ContractStatus, LONGEST_NOTICE, LONGEST_TERM, months_after, months_of};
use crate::{
    Action, Code, CollectionCommand, Context, Custom, Date, ExternalKey, Id, Record, Ref, Result, Tags, command,
    kernel::error::codes,
    people::counter,
    sales::{Deal, DealType, LineItem, Order, OrderLine, lookups},
};

/// The order is not agreed.
pub const NOT_ORDERED: Code =
    Code::rule("contract.not_ordered", "The order {order} is {status}; confirm it first with order.confirm.");
/// Nothing of the order recurs.
pub const NOTHING_RECURRING: Code =
    Code::rule("contract.nothing_recurring", "The order {order} has no line that recurs; it needs no contract.");

/// What numbers the contracts of a tenant.
const COUNTER: &str = "contract";

/// Makes the contract of a confirmed order from the lines that recur. An order has one: again answers the same. That of a deal that
/// renews a contract begins where that one ends, which is renewed with it; that of a deal that changes a contract adds its lines to
/// that one. Errors: `contract.not_ordered`, `contract.nothing_recurring`, `contract.not_active`.
#[command(
    "create",
    collection = Contract,
    action = Create,
    check = Self::check,
    errors(NOT_ORDERED, NOTHING_RECURRING, super::NOT_ACTIVE, crate::values::TOO_LARGE)
)]
pub struct Create {
    /// The identifier, when the caller names what it makes.
    pub id: Option<Id<Contract>>,
    /// The order.
    pub order: Ref<Order>,
    /// Its first day; where the lines begin, where the contract before ends, or the day of the order, unless said.
    pub start: Option<Date>,
    /// Whether it goes on for as long again at its end.
    #[serde(default)]
    pub auto_renew: bool,
    /// How many days before its end notice has to be given; none unless said, 3650 at most.
    #[serde(default)]
    #[schemars(range(max = 3_650))]
    pub notice_days: u32,
    /// Labels.
    #[serde(default)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[serde(default)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[serde(default)]
    pub external_keys: Vec<ExternalKey>,
}

impl Create {
    fn check(&self) -> Result<()> {
        if self.notice_days > LONGEST_NOTICE {
            let problem = format!("give at most {LONGEST_NOTICE} days");
            return Err(codes::FIELD_INVALID.with("field", "notice_days").with("problem", problem));
        }
        Ok(())
    }
}

/// The lines of an order that recur. Error: `contract.nothing_recurring`.
async fn recurring(cx: &mut Context<'_>, order: &Order) -> Result<Vec<LineItem>> {
    let lines = OrderLine::all_of(cx, order.id).await?;
    let lines: Vec<LineItem> =
        lines.iter().filter(|line| line.recurring.is_some()).map(|line| line.to_line(order.deal)).collect();
    if lines.is_empty() { Err(NOTHING_RECURRING.with("order", order.called())) } else { Ok(lines) }
}

/// Adds lines to a contract after those that it has.
async fn add(cx: &mut Context<'_>, contract: Id<Contract>, after: usize, lines: &[LineItem]) -> Result<()> {
    for (rank, line) in (1..).zip(lines) {
        let rank = rank + i64::try_from(after).unwrap_or_default();
        cx.insert(ContractLine::copy_of(contract, rank, line)).await?;
    }
    Ok(())
}

impl Contract {
    /// Takes over the lines of an order that changes it.
    async fn extended(mut self, order: Order, lines: Vec<LineItem>, cx: &mut Context<'_>) -> Result<Self> {
        self.must_be_active()?;
        cx.authorize(Self::def(), &self.to_row(), Action::Update).await?;
        let mut all = self.lines(cx).await?;
        let before = all.len();
        add(cx, self.id, before, &lines).await?;
        all.extend(lines);
        self.compute(&all)?;
        cx.save(Order { contract: Some(self.id), ..order }).await?;
        cx.save(self).await
    }
    /// Ends it, as another one takes over.
    async fn renewed(mut self, cx: &mut Context<'_>) -> Result<Date> {
        let end = self.end;
        if matches!(self.status, ContractStatus::Active | ContractStatus::Ended) {
            cx.authorize(Self::def(), &self.to_row(), Action::Update).await?;
            self.status = ContractStatus::Renewed;
            self.plan(cx).await?;
            cx.save(self).await?;
        }
        Ok(end)
    }
}

impl CollectionCommand for Create {
    type Output = Contract;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Contract> {
        let order = cx.load(&self.order).await?;
        cx.authorize(Order::def(), &order.to_row(), Action::Update).await?;
        if let Some(contract) = order.contract {
            cx.answers_again();
            return cx.load(&contract.into()).await;
        }
        if !order.is_confirmed() {
            return Err(NOT_ORDERED.with("order", order.called()).with("status", order.status));
        }
        let lines = recurring(cx, &order).await?;
        let deal: Deal = lookups::wherever(cx, order.deal).await?;
        let before = match deal.contract {
            Some(before) => Some(cx.unrestricted().load(before).await?),
            None => None,
        };
        let mut begins = lines.iter().filter_map(|line| line.service_start).min();
        match before {
            Some(changed) if deal.r#type != DealType::Renewal => return changed.extended(order, lines, cx).await,
            Some(renewed) => begins = Some(renewed.renewed(cx).await?),
            None => {}
        }
        let start = match self.start.or(begins).or(order.ordered_on) {
            Some(day) => day,
            None => lookups::today(cx).await?,
        };
        let months = lines.iter().filter_map(|line| Some(months_of(line.recurring?, line.term_months)));
        let term_months = months.max().unwrap_or(1).clamp(1, LONGEST_TERM);
        let mut contract = Contract {
            id: self.id.unwrap_or_default(),
            number: format!("C-{:06}", counter::next_number(cx, COUNTER).await?),
            account: order.account,
            deal: order.deal,
            order: order.id,
            start,
            end: months_after(start, term_months)?,
            term_months,
            auto_renew: self.auto_renew,
            notice_days: self.notice_days,
            currency: order.currency,
            rounding: order.rounding,
            tags: self.tags.clone(),
            custom: self.custom.clone(),
            external_keys: self.external_keys.clone(),
            ..Contract::default()
        };
        contract.compute(&lines)?;
        contract.set_end(cx).await?;
        let contract = cx.insert(contract).await?;
        add(cx, contract.id, 0, &lines).await?;
        cx.save(Order { contract: Some(contract.id), ..order }).await?;
        contract.plan(cx).await?;
        Ok(contract)
    }
}
