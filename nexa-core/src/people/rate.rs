//! Exchange rates by day: what one unit of a currency is worth in the base currency from a day on.

pub mod conversion;

pub use conversion::{Conversion, UsedRate, by_day};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::org;
use crate::{
    Code, Context, CrmBuilder, Currency, Date, Document, Entity, ExchangeRate, ExternalKey, Id, Record, Result,
    Timestamp, kernel::error::codes,
};

/// A rate is a positive number.
pub const VALUE_INVALID: Code = Code::invalid(
    "rate.value_invalid",
    "The rate of {currency} must be above zero; give in value what one unit is worth in the base currency.",
);
/// The base currency is worth itself.
pub const OF_BASE: Code = Code::invalid(
    "rate.of_base",
    "{currency} is the base currency, in which rates are; give the rate of another currency.",
);
/// The rate is in what was the base currency once.
pub const BASE_CHANGED: Code = Code::rule(
    "rate.base_changed",
    "The rate is in {base}, and the base currency is another one by now; give a new rate instead.",
);

/// What one unit of a currency is worth in the base currency, from a day until the day of the next rate.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "rate",
    table = "rates", access = settings,
    unique("base", "currency", "valid_from", code = "rate.day_taken")
)]
pub struct DatedRate {
    /// The identifier.
    pub id: Id<DatedRate>,
    /// Counts the changes.
    pub version: i64,
    /// When the rate was given.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The currency of which one unit is meant.
    #[record(editable)]
    pub currency: Currency,
    /// The first day on which the rate is valid; each currency has one rate from a day.
    #[record(editable)]
    pub valid_from: Date,
    /// What one unit is worth in the base currency, above zero.
    #[record(editable)]
    pub value: Document<ExchangeRate>,
    /// The currency in which it is worth that: the organisation's base currency when the rate was given.
    pub base: Currency,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

/// A rate of which nothing was given: its currency is none, and its day before all others.
impl Default for DatedRate {
    fn default() -> Self {
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            deleted_at: None,
            currency: Currency::NONE,
            valid_from: Date::MIN,
            value: Document(ExchangeRate::new(Decimal::ZERO)),
            base: Currency::NONE,
            external_keys: Vec::new(),
        }
    }
}

impl DatedRate {
    fn check(&self) -> Result<()> {
        let given = [("currency", self.currency != Currency::NONE), ("valid_from", self.valid_from != Date::MIN)];
        if let Some((field, _)) = given.iter().find(|(_, given)| !given) {
            return Err(codes::FIELD_REQUIRED.with("field", *field));
        }
        if self.value.decimal() <= Decimal::ZERO {
            return Err(VALUE_INVALID.with("currency", self.currency).with("field", "value"));
        }
        if self.currency == self.base {
            return Err(OF_BASE.with("currency", self.currency).with("field", "currency"));
        }
        Ok(())
    }
}

impl Entity for DatedRate {
    const ERRORS: &'static [Code] = &[VALUE_INVALID, OF_BASE, BASE_CHANGED];
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let base = org::settings(cx).await?.base_currency;
        if before.is_none() {
            self.base = base;
        }
        self.check()?;
        if self.base == base { Ok(()) } else { Err(BASE_CHANGED.with("base", self.base)) }
    }
    async fn put_back(_: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let base = org::settings(cx).await?.base_currency;
        match now {
            Some(now) if now.base != base => Err(BASE_CHANGED.with("base", now.base)),
            _ => Ok(()),
        }
    }
    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let base = org::settings(cx).await?.base_currency;
        if self.base == base { Ok(()) } else { Err(BASE_CHANGED.with("base", self.base)) }
    }
}

/// Whether there are rates in another currency than this one.
pub(super) async fn in_other_than(cx: &mut Context<'_>, base: Currency) -> Result<bool> {
    let others: Vec<DatedRate> = cx.unrestricted().find(&DatedRate::BASE.ne(base), &[], 1).await?;
    Ok(!others.is_empty())
}

/// The kind and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder.entity::<DatedRate>()
}
