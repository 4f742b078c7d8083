//! Tax rates: what the tenant's lines are proposed to be taxed with. Nexa is no tax engine: a line keeps what was applied.

use serde::{Deserialize, Serialize};

use crate::{
    Address, Choice, Code, Context, Country, Date, Entity, ExternalKey, Id, Name, Rate, Record, Result, Timestamp,
    kernel::{error::codes, search::fold},
    people::org::{self, CHOICE_UNKNOWN},
};

/// A class has one rate at a place from a day on.
pub const DAY_TAKEN: Code = Code::conflict(
    "tax_rate.day_taken",
    "Another tax rate of this class holds in {country} from the same day; change that one, or give another day.",
);

/// How products of a class are taxed in a country from a day on.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "tax_rate",
    table = "tax_rates", access = settings, search(name = 1),
    index("tax_class", "country", "valid_from")
)]
pub struct TaxRate {
    /// The identifier.
    pub id: Id<TaxRate>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// What it is called on a bill, such as VAT 19 %.
    #[record(editable)]
    pub name: Name,
    /// Which products it is for, one of the tenant's list for `product.tax_class`.
    #[record(editable)]
    pub tax_class: Choice,
    /// The country in which it holds.
    #[record(editable)]
    pub country: Country,
    /// The state, province or region, when it does not hold in the whole country.
    #[record(editable, folded)]
    pub region: Option<Name>,
    /// What is added.
    #[record(editable)]
    pub rate: Rate,
    /// The first day on which it holds.
    #[record(editable)]
    pub valid_from: Date,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

/// A rate of which nothing was given: its day is before all others.
impl Default for TaxRate {
    fn default() -> Self {
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            deleted_at: None,
            name: Name::default(),
            tax_class: Choice::default(),
            country: Country::default(),
            region: None,
            rate: Rate::ZERO,
            valid_from: Date::MIN,
            external_keys: Vec::new(),
        }
    }
}

impl TaxRate {
    fn same_region(&self, region: Option<&Name>) -> bool {
        fold(self.region.as_deref().unwrap_or_default()) == fold(region.map_or("", Name::as_str))
    }
    /// Whether another rate holds for the same from the same day. Error: `tax_rate.day_taken`.
    async fn must_be_alone(&self, cx: &mut Context<'_>) -> Result<()> {
        let others = Self::of(cx, &self.tax_class, &self.country).await?;
        let same = |other: &Self| {
            other.id != self.id && other.valid_from == self.valid_from && other.same_region(self.region.as_ref())
        };
        if others.iter().any(same) {
            Err(DAY_TAKEN.with("country", &self.country).with("field", "valid_from"))
        } else {
            Ok(())
        }
    }
    async fn of(cx: &mut Context<'_>, tax_class: &Choice, country: &Country) -> Result<Vec<Self>> {
        let filter = Self::TAX_CLASS.eq(tax_class.clone()).and(Self::COUNTRY.eq(country.clone()));
        cx.unrestricted().every(&filter).await
    }
    /// The rate that holds for a class of products at an address on a day: that of the region before that of the country.
    pub(super) async fn at(
        cx: &mut Context<'_>,
        tax_class: &Choice,
        address: &Address,
        on: Date,
    ) -> Result<Option<Self>> {
        let Some(country) = &address.country else { return Ok(None) };
        let known = Self::of(cx, tax_class, country).await?;
        let valid = |region: Option<&Name>| {
            let fitting = known.iter().filter(|rate| rate.valid_from <= on && rate.same_region(region));
            fitting.max_by_key(|rate| rate.valid_from).cloned()
        };
        Ok(valid(address.region.as_ref()).or_else(|| valid(None)))
    }
}

impl Entity for TaxRate {
    const ERRORS: &'static [Code] = &[DAY_TAKEN, CHOICE_UNKNOWN];
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if self.valid_from == Date::MIN {
            return Err(codes::FIELD_REQUIRED.with("field", "valid_from"));
        }
        if before.is_none_or(|before| before.tax_class != self.tax_class) {
            org::choose(cx, "product.tax_class", &mut self.tax_class).await?;
        }
        self.must_be_alone(cx).await
    }
    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        org::check_choices(cx, &[("product.tax_class", Some(&self.tax_class))]).await?;
        self.must_be_alone(cx).await
    }
}
