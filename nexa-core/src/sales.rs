//! Selling: who may buy, which companies they work for, and the deals with them.

pub mod account;
pub mod contact;
pub mod contract;
pub mod deal;
pub mod lead;
mod lookups;
pub mod money_sum;
pub mod order;
pub mod pipeline;
pub mod price_book;
pub mod pricing;
pub mod product;
pub mod quote;
mod sold_line;
pub mod tax_rate;

pub use account::{Account, AccountType, Tier};
pub use contact::{Contact, ContactStatus, LifecycleStage};
pub use contract::{Contract, ContractLine, ContractStatus};
pub use deal::{
    Deal, DealStatus, DealType,
    line::LineItem,
    people::{DealContact, DealRole},
    visit::StageVisit,
};
pub use lead::Lead;
pub(crate) use lookups::today;
pub use money_sum::{MoneySum, Unpriced};
pub use order::{Order, OrderLine, OrderStatus};
pub use pipeline::{AmountFrom, ForecastCategory, OnAccept, Pipeline, Stage, StageKind};
pub use price_book::{Price, PriceBook};
pub use product::Product;
pub use quote::{Quote, QuoteCopy, QuoteLine, QuoteStatus, QuoteTier};
pub use tax_rate::TaxRate;

use crate::CrmBuilder;

/// The kinds and operations of this module.
pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    contract::install(order::install(quote::install(lead::install(builder))))
        .mergeable::<Contact>()
        .command::<contact::SetStage>()
        .query::<contact::overview::Overview>()
        .mergeable::<Account>()
        .command::<account::SetPrimaryContact>()
        .query::<account::rollup::Rollup>()
        .entity::<Product>()
        .command::<product::Retire>()
        .command::<product::Reactivate>()
        .entity::<PriceBook>()
        .entity::<Price>()
        .query::<price_book::price::Of>()
        .entity::<TaxRate>()
        .entity::<Pipeline>()
        .command::<pipeline::RemoveStage>()
        .entity::<Deal>()
        .command::<deal::stage::Move>()
        .command::<deal::place::Place>()
        .command::<deal::stage::ResetProbability>()
        .command::<deal::stage::ResetCategory>()
        .command::<deal::lifecycle::Win>()
        .command::<deal::lifecycle::Lose>()
        .command::<deal::lifecycle::Reopen>()
        .query::<deal::metrics::Metrics>()
        .query::<deal::next_activity::NextActivity>()
        .query::<deal::forecast::Forecast>()
        .query::<deal::by_stage::ByStage>()
        .query::<deal::stuck::Stuck>()
        .query::<deal::funnel::Funnel>()
        .record::<StageVisit>()
        .record::<DealContact>()
        .command::<deal::people::AddContact>()
        .command::<deal::people::SetContactRole>()
        .command::<deal::people::RemoveContact>()
        .entity::<LineItem>()
        .command::<deal::line::Remove>()
        .command::<deal::lines::SetLines>()
        .command::<deal::lines::Reprice>()
        .query::<deal::lines::Lines>()
}

/// What a new tenant starts with.
pub(crate) fn seed_data(builder: CrmBuilder) -> CrmBuilder {
    builder.seed_data(|cx| Box::pin(lead::scoring::seed_data(cx))).seed_data(|cx| Box::pin(pipeline::seed_data(cx)))
}
