//! An account: a company that buys, may buy, sells to us or works with us; it may belong to another.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contact::Contact;
use crate::{
    Address, Assignee, Body, Choice, Custom, Date, Entity, ExternalKey, Id, Mergeable, Money, Name, Phone, Record,
    Tags, Timestamp, Url, closed_enum,
};

closed_enum! {
    /// What a company is to us.
    pub enum AccountType {
        /// It may buy.
        Prospect = "prospect",
        /// It bought.
        Customer = "customer",
        /// It works with us.
        Partner = "partner",
        /// It sells to us.
        Vendor = "vendor",
    }
}

closed_enum! {
    /// The size of a company, as sales sees it.
    pub enum Tier {
        /// A new and small one.
        Startup = "startup",
        /// A small or medium one.
        Smb = "smb",
        /// One in the middle of the market.
        MidMarket = "mid_market",
        /// A large one.
        Enterprise = "enterprise",
    }
}

/// A company.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[record(
    kind = "account",
    table = "accounts",
    search(name = 4, account_number = 3, website = 1),
    unique("name.folded", code = "account.name_taken"),
    unique("account_number", code = "account.number_taken"),
    index("owner.queue", "created_at")
)]
pub struct Account {
    /// The identifier.
    pub id: Id<Account>,
    /// Counts the changes.
    pub version: i64,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// The account that it was folded into.
    pub merged_into: Option<Id<Account>>,
    /// The company's name, unique whatever the case.
    #[record(editable, folded)]
    pub name: Name,
    /// Its number, such as A-000001; the tenant counts them up.
    pub account_number: String,
    /// Its industry, one of the tenant's list for `account.industry`.
    #[record(editable)]
    pub industry: Option<Choice>,
    /// What it is to us; winning a deal makes it a customer.
    #[record(editable)]
    pub r#type: AccountType,
    /// Its size, as sales sees it.
    #[record(editable, ranked)]
    pub tier: Option<Tier>,
    /// Its web site.
    #[record(editable)]
    pub website: Option<Url>,
    /// Its phone number.
    #[record(editable)]
    pub phone: Option<Phone>,
    /// How many people work there.
    #[record(editable)]
    pub employees: Option<u32>,
    /// What it earns in a year, without its subsidiaries.
    #[record(editable)]
    pub annual_revenue: Option<Money>,
    /// The account that it belongs to.
    #[record(editable)]
    pub parent: Option<Id<Account>>,
    /// Where bills go.
    #[record(editable)]
    pub billing_address: Option<Address>,
    /// Where goods go.
    #[record(editable)]
    pub shipping_address: Option<Address>,
    /// The contact to speak with first; one of the account's own.
    #[record(editable)]
    pub primary_contact: Option<Id<Contact>>,
    /// Since when it is a customer.
    #[record(editable)]
    pub customer_since: Option<Date>,
    /// Who looks after it.
    #[record(editable, queue)]
    pub owner: Option<Assignee>,
    /// What is worth knowing about it.
    #[record(editable)]
    pub description: Option<Body>,
    /// Where it came from, one of the tenant's list for `account.source`.
    #[record(editable)]
    pub source: Option<Choice>,
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

impl Entity for Account {}

impl Mergeable for Account {}
