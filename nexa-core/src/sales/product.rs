//! A product: something that is sold, whatever it costs; its prices stand in price books.

use serde::{Deserialize, Serialize};

use crate::{
    Apply, Body, Choice, Code, Context, Custom, Entity, ExternalKey, Id, Moment, Money, Name, Record, Ref, Result,
    Tags, Timestamp, command,
    people::org::{self, CHOICE_UNKNOWN},
    sales::pricing::Period,
};

/// The product is sold no more.
pub const RETIRED: Code =
    Code::rule("product.retired", "{name} is retired and cannot be sold; choose another, or use product.reactivate.");
/// The product is sold.
pub const ACTIVE: Code = Code::rule("product.active", "{name} is sold already; there is nothing to reactivate.");

/// Something that is sold.
#[derive(Record, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "product",
    table = "products", access = settings,
    search(name = 2, sku = 3),
    unique("sku.folded", code = "product.sku_taken"),
    index("name.folded")
)]
pub struct Product {
    /// The identifier.
    pub id: Id<Product>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put into the trash.
    pub deleted_at: Option<Timestamp>,
    /// What it is called.
    #[record(editable, folded)]
    pub name: Name,
    /// Its number in stock and on bills, unique whatever the case.
    #[record(editable, folded)]
    pub sku: Option<Choice>,
    /// What it is.
    #[record(editable)]
    pub description: Option<Body>,
    /// What it belongs to, one of the tenant's list for `product.family`.
    #[record(editable)]
    pub family: Option<Choice>,
    /// In what it is counted, such as piece, user, hour or kg; one of the tenant's list for `product.unit`.
    #[record(editable)]
    pub unit: Option<Choice>,
    /// How often it is paid; once without.
    #[record(editable)]
    pub recurring: Option<Period>,
    /// How it is taxed, one of the tenant's list for `product.tax_class`; a tax rate of this class is proposed for its lines.
    #[record(editable)]
    pub tax_class: Option<Choice>,
    /// What one costs us.
    #[record(editable)]
    pub cost: Option<Money>,
    /// Whether it is sold.
    #[record(editable)]
    pub active: bool,
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

/// A product of which nothing was given: it is sold.
impl Default for Product {
    fn default() -> Self {
        Self {
            id: Id::default(),
            version: 0,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
            deleted_at: None,
            name: Name::default(),
            sku: None,
            description: None,
            family: None,
            unit: None,
            recurring: None,
            tax_class: None,
            cost: None,
            active: true,
            tags: Tags::default(),
            custom: Custom::default(),
            external_keys: Vec::new(),
        }
    }
}

impl Product {
    /// Error: `product.retired`.
    pub(super) fn must_be_active(&self) -> Result<()> {
        if self.active { Ok(()) } else { Err(RETIRED.with("name", &self.name)) }
    }
    fn must_be_retired(&self) -> Result<()> {
        if self.active { Err(ACTIVE.with("name", &self.name)) } else { Ok(()) }
    }
    fn choices(&mut self) -> [(&'static str, &mut Option<Choice>); 3] {
        [
            ("product.family", &mut self.family),
            ("product.unit", &mut self.unit),
            ("product.tax_class", &mut self.tax_class),
        ]
    }
}

impl Entity for Product {
    const ERRORS: &'static [Code] = &[CHOICE_UNKNOWN];
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let mut before = before.cloned();
        let mut known = before.as_mut().map(Self::choices).into_iter().flatten().map(|(_, choice)| choice.clone());
        for (field, choice) in self.choices() {
            let known = known.next().flatten();
            if let Some(choice) = choice.as_mut().filter(|choice| known.as_ref() != Some(choice)) {
                org::choose(cx, field, choice).await?;
            }
        }
        Ok(())
    }
    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let choices = self.choices().map(|(field, choice)| (field, choice.clone()));
        for (field, choice) in choices {
            org::check_choices(cx, &[(field, choice.as_deref())]).await?;
        }
        Ok(())
    }
}

/// Sells a product no more; what was sold keeps it. Error: `product.retired`.
#[command("retire", on = Product, guard = Product::must_be_active, errors(RETIRED))]
pub struct Retire {
    /// The product.
    pub product: Ref<Product>,
}

impl Apply for Retire {
    fn apply(&self, product: &mut Product, _: &Moment<'_>) -> Result<()> {
        product.active = false;
        Ok(())
    }
}

/// Sells a retired product again. Error: `product.active`.
#[command("reactivate", on = Product, guard = Product::must_be_retired, errors(ACTIVE))]
pub struct Reactivate {
    /// The product.
    pub product: Ref<Product>,
}

impl Apply for Reactivate {
    fn apply(&self, product: &mut Product, _: &Moment<'_>) -> Result<()> {
        product.active = true;
        Ok(())
    }
}
