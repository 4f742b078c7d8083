//! A contract: what recurs of an order, from a day until another.

use chrono::{Days, Months};
use serde::{Deserialize, Serialize};

use super::{Account, Deal, Order, pricing::Period};
use crate::{
    Body, Code, Context, CrmBuilder, Currency, Custom, Date, Entity, ExternalKey, Id, Money, Record, Result, Rounding,
    Tags, Timestamp, closed_enum,
    kernel::{
        error::codes,
        later::{set_timer, stop_timer},
        value::period::start_of,
    },
};

pub mod cancel;
pub mod change;
pub mod create;
pub mod lines;
pub mod renew;
mod timers;

pub use lines::ContractLine;

/// The contract runs no more.
pub const NOT_ACTIVE: Code =
    Code::rule("contract.not_active", "The contract {number} is {status}; only one that is active can be changed so.");

closed_enum! {
    /// Whether a contract runs.
    pub enum ContractStatus {
        /// It runs, or will.
        Active = "active",
        /// Another one took over from it.
        Renewed = "renewed",
        /// It came to its end.
        Ended = "ended",
        /// It was given up.
        Cancelled = "cancelled",
    }
}

/// What recurs of an order, from a day until another.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "contract",
    table = "contracts", access = through(deal),
    search(number = 1),
    lapses("status", "active", "ends_at", "ended"),
    unique("number", code = "contract.number_taken"),
    index("account", "status"),
    index("deal"),
    index("order"),
    index("status", "end")
)]
pub struct Contract {
    /// The identifier.
    pub id: Id<Contract>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Its number, such as C-000001; the tenant counts them up.
    pub number: String,
    /// The company that bought.
    #[record(on_trash = keep)]
    pub account: Option<Id<Account>>,
    /// The deal that was sold.
    #[record(on_trash = refuse)]
    pub deal: Id<Deal>,
    /// The order that it is made of.
    pub order: Id<Order>,
    /// Whether it runs. A contract that is active reads `ended` as soon as it has ended, in filters as well.
    pub status: ContractStatus,
    /// The first day of it.
    pub start: Date,
    /// The first day that is not covered.
    pub end: Date,
    /// For how many months it was made.
    pub term_months: u32,
    /// The moment at which it ends, unless it renews itself.
    pub ends_at: Option<Timestamp>,
    /// Whether it goes on for as long again at its end, unless it was cancelled or renewed until then.
    #[record(editable)]
    pub auto_renew: bool,
    /// How many days before its end notice has to be given.
    #[record(editable)]
    pub notice_days: u32,
    /// The deal that is to renew it at its end.
    #[record(on_trash = keep)]
    pub renewal: Option<Id<Deal>>,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// Why it was cancelled.
    pub cancel_reason: Option<Body>,
    /// The currency of everything in it.
    pub currency: Currency,
    /// What recurs in a year (ARR).
    pub yearly: Money,
    /// What recurs in a month (MRR), rounded by itself.
    pub monthly: Money,
    /// What recurs over its term, without tax.
    pub contract_value: Money,
    /// What happens to half of a minor unit in it.
    pub rounding: Rounding,
    /// Labels.
    #[record(editable)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

/// A contract of which nothing was given: its currency is none.
impl Default for Contract {
    fn default() -> Self {
        const NOTHING: Money = Money::zero(Currency::NONE);
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            number: String::new(),
            account: None,
            deal: Id::default(),
            order: Id::default(),
            status: ContractStatus::Active,
            start: Date::MIN,
            end: Date::MIN,
            term_months: 0,
            ends_at: None,
            auto_renew: false,
            notice_days: 0,
            renewal: None,
            cancelled_at: None,
            cancel_reason: None,
            currency: Currency::NONE,
            yearly: NOTHING,
            monthly: NOTHING,
            contract_value: NOTHING,
            rounding: Rounding::default(),
            tags: Tags::default(),
            custom: Custom::default(),
            external_keys: Vec::new(),
        }
    }
}

/// How many days before its end the deal that renews a contract is made.
const RENEWED_BEFORE: u64 = 90;
/// The longest time of notice, in days.
pub const LONGEST_NOTICE: u32 = 3_650;
/// The longest term, in months.
pub const LONGEST_TERM: u32 = 1_200;

/// A day so many months later, in a shorter month its last day: one month after 31 January is 28 February.
pub(super) fn months_after(day: Date, months: u32) -> Result<Date> {
    let later = day.checked_add_months(Months::new(months));
    later.ok_or_else(|| {
        codes::FIELD_INVALID.with("field", "term_months").with("problem", "it leads beyond the calendar")
    })
}

/// How many whole months lie between two days.
pub(super) fn whole_months(from: Date, until: Date) -> u32 {
    let fits = |months: &u32| from.checked_add_months(Months::new(*months)).is_some_and(|day| day <= until);
    (1..=LONGEST_TERM).take_while(fits).last().unwrap_or(0)
}

impl Contract {
    /// Error: `contract.not_active`.
    pub(super) fn must_be_active(&self) -> Result<()> {
        match self.status {
            ContractStatus::Active => Ok(()),
            status => Err(NOT_ACTIVE.with("number", &self.number).with("status", status)),
        }
    }
    /// The last day on which notice may be given.
    pub(super) fn last_notice(&self) -> Date {
        self.end.checked_sub_days(Days::new(self.notice_days.into())).unwrap_or(self.start)
    }
    /// The moment at which it ends by itself.
    async fn set_end(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let zone = cx.time_zone().await?;
        self.ends_at = (!self.auto_renew).then(|| start_of(self.end, zone));
        Ok(())
    }
    /// Sets, moves or stops its timers, as part of the call that changes it.
    async fn plan(&self, cx: &mut Context<'_>) -> Result<()> {
        let (key, zone) = (self.id.to_string(), cx.time_zone().await?);
        let active = self.status == ContractStatus::Active;
        if active {
            set_timer::<timers::End>(cx, &key, start_of(self.end, zone), None).await?;
        } else {
            stop_timer::<timers::End>(cx, &key).await?;
        }
        if active && self.renewal.is_none() {
            let day = self.end.checked_sub_days(Days::new(RENEWED_BEFORE)).unwrap_or(self.start);
            set_timer::<timers::RenewalDue>(cx, &key, start_of(day, zone), None).await
        } else {
            stop_timer::<timers::RenewalDue>(cx, &key).await
        }
    }
    fn timed(&self) -> (ContractStatus, Date, Option<Id<Deal>>) {
        (self.status, self.end, self.renewal)
    }
}

/// For how many months a line runs when it recurs.
pub(super) fn months_of(every: Period, term_months: Option<u32>) -> u32 {
    term_months.unwrap_or(every.months())
}

impl Entity for Contract {
    const IS_CREATED: bool = false;

    fn is_open(&self) -> bool {
        self.status == ContractStatus::Active
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if self.notice_days > LONGEST_NOTICE {
            let problem = format!("give at most {LONGEST_NOTICE} days");
            return Err(codes::FIELD_INVALID.with("field", "notice_days").with("problem", problem));
        }
        if before.is_none_or(|before| before.auto_renew != self.auto_renew) {
            self.set_end(cx).await?;
        }
        Ok(())
    }
    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.map(Self::timed) != now.map(Self::timed)
            && let Some(contract) = now.or(before)
        {
            let gone = Self { status: ContractStatus::Cancelled, ..contract.clone() };
            now.unwrap_or(&gone).plan(cx).await?;
        }
        Ok(())
    }
}

/// The kinds and operations of contracts.
pub(super) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .entity::<Contract>()
        .command::<create::Create>()
        .command::<renew::Renew>()
        .command::<change::Change>()
        .command::<cancel::Cancel>()
        .query::<lines::Lines>()
        .record::<ContractLine>()
        .timed::<timers::RenewalDue>()
        .timed::<timers::End>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_term_ends_on_the_last_day_of_a_shorter_month() {
        for (start, months, end) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2026-01-01", 12, "2027-01-01"),
            ("2028-02-29", 12, "2029-02-28"),
        ] {
            assert_eq!(months_after(day(start), months).unwrap(), day(end), "{start} and {months} months");
        }
        assert!(months_after(Date::MAX, 1).is_err());
    }

    #[test]
    fn months_are_whole_ones() {
        for (from, until, months) in [
            ("2026-01-01", "2027-01-01", 12),
            ("2026-01-02", "2027-01-01", 11),
            ("2026-01-31", "2026-02-28", 1),
            ("2026-12-15", "2027-01-01", 0),
        ] {
            assert_eq!(whole_months(day(from), day(until)), months, "{from} to {until}");
        }
    }
}
