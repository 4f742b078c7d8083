//! Renewing a contract: a deal with the same lines, once for each of its ends.

use rust_decimal::Decimal;

use super::{Contract, NOT_ACTIVE};
use crate::{
    Assignee, Code, Command, Context, Document, Money, Rate, Record, Ref, Result, Rounding, Subject, UnitPrice,
    command,
    kernel::access::Action,
    people::assignment,
    sales::{Contact, Deal, DealType, LineItem, deal::STAGE_NEEDS, lookups, pricing::Discount},
    values::TOO_LARGE,
};

/// The contract has a deal that renews it.
pub const RENEWAL_EXISTS: Code = Code::conflict(
    "contract.renewal_exists",
    "The contract {number} has a deal already that renews it on {end}; work on that one.",
);

/// Makes the deal that renews a contract at its end, with its lines for as long again. Its close date is the last day of notice. A timer
/// does the same without an uplift 90 days before the end. Errors: `contract.not_active`, `contract.renewal_exists`.
#[command("renew", on = Contract, guard = Contract::must_be_active, errors(NOT_ACTIVE, RENEWAL_EXISTS, STAGE_NEEDS, TOO_LARGE))]
pub struct Renew {
    /// The contract.
    pub contract: Ref<Contract>,
    /// By how many per cent its prices rise.
    pub uplift: Option<Rate>,
}

/// A price that rises by a percentage.
fn risen(price: Money, uplift: Rate) -> Result<Money> {
    let factor = Decimal::ONE.checked_add(uplift.factor()).ok_or_else(|| TOO_LARGE.error())?;
    price.times(factor)
}

impl LineItem {
    /// Lets its prices rise.
    fn rise(&mut self, uplift: Rate, rounding: Rounding) -> Result<()> {
        self.unit_price = UnitPrice(risen(*self.unit_price, uplift)?);
        for slice in &mut self.slices.0 {
            slice.unit_price = risen(slice.unit_price, uplift)?;
        }
        if let Some(Document(Discount::Amount(off))) = &mut self.discount {
            *off = risen(*off, uplift)?.round(rounding)?;
        }
        if let Some(Document(Discount::Amount(off))) = self.discount {
            // What took all off still does, and no more.
            let gross = self.gross(rounding)?;
            if off.amount.ten_thousandths().abs() > gross.amount.ten_thousandths().abs() {
                self.discount = Some(Document(Discount::Amount(gross)));
            }
        }
        self.compute(self.unit_price.currency, rounding)
    }
}

impl Contract {
    /// The deal that was made to renew it, unless that is gone.
    async fn renewal_deal(&self, cx: &mut Context<'_>) -> Result<Option<Deal>> {
        lookups::if_live(cx, self.renewal).await
    }
    /// Makes the deal that renews it. Error: `contract.renewal_exists`.
    pub(super) async fn renew(mut self, uplift: Option<Rate>, cx: &mut Context<'_>) -> Result<Deal> {
        if self.renewal_deal(cx).await?.is_some() {
            return Err(RENEWAL_EXISTS.with("number", &self.number).with("end", self.end.to_string()));
        }
        let sold: Deal = lookups::wherever(cx, self.deal).await?;
        let mut lines = self.lines(cx).await?;
        for line in &mut lines {
            (line.term_months, line.service_start) = (Some(self.term_months), Some(self.end));
            if let Some(uplift) = uplift {
                line.rise(uplift, self.rounding)?;
            }
        }
        let close_date = Some(self.last_notice());
        let deal = self.follow_up(sold, DealType::Renewal, close_date, &lines, cx).await?;
        self.renewal = Some(deal.id);
        self.plan(cx).await?;
        cx.save(self).await?;
        Ok(deal)
    }
    /// A new deal about this contract with these lines, for whom it was sold to and of whom sold it.
    pub(super) async fn follow_up(
        &self,
        sold: Deal,
        r#type: DealType,
        close_date: Option<crate::Date>,
        lines: &[LineItem],
        cx: &mut Context<'_>,
    ) -> Result<Deal> {
        let owner = match sold.owner {
            Some(owner) if assignment::check_assignee(cx, &Assignee::user(owner)).await.is_ok() => Some(owner),
            _ => None,
        };
        let contact: Option<Contact> = lookups::if_live(cx, sold.primary_contact).await?;
        let contact = contact.filter(|contact| self.account.is_none() || contact.account == self.account);
        let word = if r#type == DealType::Renewal { "Renewal" } else { "Change" };
        let name = format!("{} - {word} {}", sold.name, self.number);
        // A name that would be too long gives way to the number.
        let name = Subject::parse(&name).or_else(|_| Subject::parse(&format!("{word} {}", self.number)));
        let deal = Deal {
            name: name.unwrap_or_else(|_| sold.name.clone()),
            account: self.account,
            primary_contact: contact.map(|contact| contact.id),
            owner,
            price_book: sold.price_book,
            pipeline: sold.pipeline,
            r#type,
            contract: Some(self.id),
            close_date,
            contract_term_months: lines.iter().filter_map(|line| line.term_months).max(),
            ..Deal::default()
        };
        let mut deal = cx.add(deal).await?;
        deal.follow(lines, cx).await?;
        for (rank, line) in (1..).zip(lines) {
            cx.insert(LineItem { deal: deal.id, rank, ..line.clone() }).await?;
        }
        cx.save(deal).await
    }
}

impl Command for Renew {
    type Output = Deal;
    async fn run(&self, contract: Contract, cx: &mut Context<'_>) -> Result<Deal> {
        cx.authorize_kind(Deal::def(), Action::Create)?;
        contract.renew(self.uplift, cx).await
    }
}
