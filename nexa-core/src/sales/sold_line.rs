//! What the lines of quotes, orders and contracts have in common: each is a copy of a line of a deal, and stays as it is.

use super::{
    LineItem,
    deal::lines::{LineTotals, totals},
    pricing::{Calculation, Discount, Line, Prices, TaxedLine},
};
use crate::{Amount, Currency, Document, Money, Result, Rounding, TaxRounding};

/// Declares a kind of such lines, which belong to a record and are seen with it.
macro_rules! sold_line {
    (
        $(#[doc = $doc:literal])* $name:ident, kind = $kind:literal, table = $table:literal,
        $(#[doc = $parent_doc:literal])* $field:ident: $parent:ident
    ) => {
        $(#[doc = $doc])*
        #[derive(
            $crate::kernel::record::Record, Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize,
        )]
        #[record(kind = $kind, table = $table, access = through($field), index($field, "rank"), index("product"), index("deal"))]
        pub struct $name {
            /// The identifier.
            pub id: $crate::Id<$name>,
            /// Counts the changes; there are none.
            pub version: i64,
            /// When it was made.
            pub created_at: $crate::Timestamp,
            /// The same.
            pub updated_at: $crate::Timestamp,
            $(#[doc = $parent_doc])*
            pub $field: $crate::Id<$parent>,
            /// The deal that it is sold with.
            #[record(on_trash = with_parent)]
            pub deal: $crate::Id<$crate::sales::Deal>,
            /// Its place among the lines.
            pub rank: i64,
            /// The product that was chosen.
            #[record(on_trash = refuse)]
            pub product: Option<$crate::Id<$crate::sales::Product>>,
            /// What it is called.
            pub name: $crate::Subject,
            /// The product's number when the line was made.
            pub sku: Option<$crate::Choice>,
            /// What is worth saying about it.
            pub description: Option<$crate::Body>,
            /// How many, with at most four decimal places.
            pub quantity: $crate::Amount,
            /// In what it is counted.
            pub unit: Option<$crate::Choice>,
            /// What one costs, with at most four decimal places; a negative one makes a credit.
            pub unit_price: $crate::UnitPrice,
            /// What one cost in the price book, whatever the quantity.
            pub list_price: Option<$crate::UnitPrice>,
            /// The tiers of the price when each part of the quantity costs what its own says.
            pub slices: $crate::Document<Vec<$crate::sales::pricing::PriceTier>>,
            /// What is taken off.
            pub discount: Option<$crate::Document<$crate::sales::pricing::Discount>>,
            /// What is added as tax.
            pub tax_rate: Option<$crate::Rate>,
            /// What the tax is called.
            pub tax_name: Option<$crate::Name>,
            /// How often it is paid; once without.
            pub recurring: Option<$crate::sales::pricing::Period>,
            /// For how many months it is bought when it recurs; one period without.
            pub term_months: Option<u32>,
            /// When it begins.
            pub service_start: Option<$crate::Date>,
            /// What it comes to, less its discount and without tax, in the currency's minor unit.
            pub net: $crate::Money,
        }

        impl $name {
            /// A copy of a line, as the next of these.
            pub(in $crate::sales) fn copy_of(
                $field: $crate::Id<$parent>,
                rank: i64,
                line: &$crate::sales::LineItem,
            ) -> Self {
                let line = line.clone();
                Self {
                    id: $crate::Id::default(),
                    version: 0,
                    created_at: $crate::Timestamp::default(),
                    updated_at: $crate::Timestamp::default(),
                    $field,
                    deal: line.deal,
                    rank,
                    product: line.product,
                    name: line.name,
                    sku: line.sku,
                    description: line.description,
                    quantity: line.quantity,
                    unit: line.unit,
                    unit_price: line.unit_price,
                    list_price: line.list_price,
                    slices: line.slices,
                    discount: line.discount,
                    tax_rate: line.tax_rate,
                    tax_name: line.tax_name,
                    recurring: line.recurring,
                    term_months: line.term_months,
                    service_start: line.service_start,
                    net: line.net,
                }
            }
            /// The same as a line of a deal.
            pub(in $crate::sales) fn to_line(&self, deal: $crate::Id<$crate::sales::Deal>) -> $crate::sales::LineItem {
                let line = self.clone();
                $crate::sales::LineItem {
                    deal,
                    rank: line.rank,
                    product: line.product,
                    name: line.name,
                    sku: line.sku,
                    description: line.description,
                    quantity: line.quantity,
                    unit: line.unit,
                    unit_price: line.unit_price,
                    list_price: line.list_price,
                    slices: line.slices,
                    discount: line.discount,
                    tax_rate: line.tax_rate,
                    tax_name: line.tax_name,
                    recurring: line.recurring,
                    term_months: line.term_months,
                    service_start: line.service_start,
                    net: line.net,
                    ..$crate::sales::LineItem::default()
                }
            }
            /// The lines of a record, in order.
            pub(in $crate::sales) async fn all_of(
                cx: &mut $crate::Context<'_>,
                $field: $crate::Id<$parent>,
            ) -> $crate::Result<Vec<Self>> {
                let filter = $crate::Filter::compare(stringify!($field), $crate::Op::Eq, $field);
                let mut lines: Vec<Self> = cx.unrestricted().every(&filter).await?;
                lines.sort_by_key(|line| (line.rank, line.id));
                Ok(lines)
            }
        }
    };
}
pub(in crate::sales) use sold_line;

/// Lines with what a discount on all of them leaves of each, and how much it takes off together.
pub(in crate::sales) struct Discounted {
    pub discount: Money,
    /// The lines; each has its share of the discount in its own.
    pub lines: Vec<LineItem>,
}

impl Discounted {
    /// Takes a discount off lines, shared by what each comes to. Errors: `line.currency`, `line.discount_too_large`,
    /// `money.too_large`.
    pub(in crate::sales) fn of(
        lines: Vec<LineItem>,
        discount: Option<Discount>,
        currency: Currency,
        rounding: Rounding,
    ) -> Result<Self> {
        let Some(discount) = discount else { return Ok(Self { discount: Money::zero(currency), lines }) };
        // What a line comes to has its own discount taken off: it is one of something.
        let one = Amount::from_ten_thousandths(10_000);
        let taxed = |line: &LineItem| TaxedLine {
            line: Line { quantity: one, unit_price: line.net, discount: None },
            tax_rate: line.tax_rate.unwrap_or_default(),
        };
        let calculation = Calculation {
            currency,
            lines: lines.iter().map(taxed).collect(),
            discount: Some(discount),
            prices: Prices::Net,
            rounding,
            tax_rounding: TaxRounding::PerRate,
        };
        let computed = calculation.totals()?;
        let mut left = Vec::with_capacity(lines.len());
        for (mut line, total) in lines.into_iter().zip(&computed.lines) {
            if total.share != Money::zero(currency) {
                let gross = line.gross(rounding)?;
                line.discount = Some(Document(Discount::Amount(gross.minus(total.left)?)));
                line.net = total.left;
            }
            left.push(line);
        }
        Ok(Self { discount: computed.discount, lines: left })
    }
    /// What they come to. Errors: `line.currency`, `money.too_large`.
    pub(in crate::sales) fn totals(
        &self,
        currency: Currency,
        rounding: Rounding,
        tax_rounding: TaxRounding,
    ) -> Result<LineTotals> {
        totals(&self.lines, currency, rounding, tax_rounding)
    }
}
