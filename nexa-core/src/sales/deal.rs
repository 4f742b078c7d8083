//! A deal: something that a company may buy, with its amount, its stage and the probability to win it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{account::Account, contact::Contact, pipeline::Pipeline};
use crate::{
    Body, Choice, Custom, Date, Entity, ExternalKey, Id, Money, Percent, Record, Subject, Tags, Timestamp, closed_enum,
    people::User,
};

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
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[record(
    kind = "deal",
    table = "deals",
    search(name = 1),
    index("status", "close_date"),
    index("pipeline", "stage"),
    index("owner", "status", "close_date"),
    index("account", "status"),
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
    /// What it is worth.
    #[record(editable)]
    pub amount: Option<Money>,
    /// How probable it is that we win it; the stage's own until somebody sets it by hand.
    #[record(editable)]
    pub probability: Percent,
    /// Whether somebody set the probability by hand; `deal.reset_probability` lets it follow the stage again.
    pub probability_by_hand: bool,
    /// When it is expected to be decided; once it is, when it was.
    #[record(editable)]
    pub close_date: Option<Date>,
    /// The stage of its pipeline that it is in; the first open one unless said.
    #[record(editable)]
    pub stage: Choice,
    /// The pipeline that it goes through; the tenant's default unless said.
    #[record(editable)]
    pub pipeline: Id<Pipeline>,
    /// Whether it is decided.
    pub status: DealStatus,
    /// Since when it is in its stage.
    pub stage_since: Timestamp,
    /// The open stage that it was in when it was decided.
    pub stage_before_close: Option<Choice>,
    /// When it was decided.
    pub closed_at: Option<Timestamp>,
    /// Why it was lost.
    pub lost_reason: Option<Body>,
    /// What sort of business it is.
    #[record(editable)]
    pub r#type: DealType,
    /// Where it came from, one of the tenant's list for `deal.source`.
    #[record(editable)]
    pub source: Option<Choice>,
    /// The company that may buy.
    #[record(editable)]
    pub account: Option<Id<Account>>,
    /// The person to speak with; one of the account's contacts.
    #[record(editable)]
    pub primary_contact: Option<Id<Contact>>,
    /// Who else wants the business.
    #[record(editable)]
    pub competitors: Tags,
    /// The user who works on it.
    #[record(editable)]
    pub owner: Option<Id<User>>,
    /// How many months the contract runs.
    #[record(editable)]
    pub contract_term_months: Option<u32>,
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
    #[record(editable)]
    pub custom: Custom,
    /// Keys of other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Entity for Deal {}
