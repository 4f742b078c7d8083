//! An account: a company that buys, may buy, sells to us or works with us; it may belong to another.

use serde::{Deserialize, Serialize};

use super::contact::Contact;
use crate::{
    Address, Assignee, Body, Choice, Code, Command, Context, Custom, Date, Entity, ExternalKey, Id, Language,
    Mergeable, Money, Name, Phone, Record, Ref, Result, Tags, TimeZone, Timestamp, Url, closed_enum, command,
    people::{
        assignment, counter,
        org::{self, CHOICE_UNKNOWN},
    },
    sales::{PriceBook, lookups},
};

pub mod rollup;

/// A company would belong to itself.
pub const HIERARCHY_CYCLE: Code = Code::rule(
    "account.hierarchy_cycle",
    "{name} would belong to itself through its subsidiaries; choose a parent that is not below it.",
);
/// Somebody else's contact.
pub const PRIMARY_CONTACT_FOREIGN: Code = Code::rule(
    "account.primary_contact_foreign",
    "The contact {contact} is not one of {name}; set the contact's account first, or choose one of its contacts.",
);

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
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "account",
    table = "accounts", access = work,
    search(name = 4, account_number = 3, phone = 2, website = 1),
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
    #[record(editable, folded)]
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
    #[record(editable, on_trash = refuse)]
    pub parent: Option<Id<Account>>,
    /// Where bills go.
    #[record(editable)]
    pub billing_address: Option<Address>,
    /// Where goods go.
    #[record(editable)]
    pub shipping_address: Option<Address>,
    /// The contact to speak with first; one of the account's own.
    #[record(editable, on_trash = keep)]
    pub primary_contact: Option<Id<Contact>>,
    /// The price book whose prices are its own.
    #[record(editable, on_trash = keep)]
    pub price_book: Option<Id<PriceBook>>,
    /// Since when it is a customer.
    #[record(editable)]
    pub customer_since: Option<Date>,
    /// Who looks after it.
    #[record(editable, assignee)]
    pub owner: Option<Assignee>,
    /// The language in which it wants to be addressed.
    #[record(editable)]
    pub language: Option<Language>,
    /// The time zone where it is.
    #[record(editable)]
    pub time_zone: Option<TimeZone>,
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
    #[record(editable, folded)]
    pub custom: Custom,
    /// Keys of other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Account {
    /// What a won deal makes of a company: a customer, since this day if not before.
    pub fn becomes_customer(&mut self, on: Date) {
        self.r#type = AccountType::Customer;
        self.customer_since = self.customer_since.or(Some(on));
    }
    async fn check_hierarchy(&self, cx: &mut Context<'_>) -> Result<()> {
        let Some(parent) = self.parent else { return Ok(()) };
        if lookups::leads_to(cx, parent, self.id, |account: &Self| account.parent).await? {
            return Err(HIERARCHY_CYCLE.with("name", self.name.as_str()).with("field", "parent"));
        }
        Ok(())
    }
    async fn check_primary_contact(&self, cx: &mut Context<'_>) -> Result<()> {
        let Some(primary) = self.primary_contact else { return Ok(()) };
        let contact = cx.unrestricted().load(primary).await?;
        if contact.account == Some(self.id) {
            return Ok(());
        }
        Err(PRIMARY_CONTACT_FOREIGN
            .with("contact", contact.id)
            .with("name", self.name.as_str())
            .with("field", "primary_contact"))
    }
}

/// What numbers the accounts of a tenant.
pub(super) const COUNTER: &str = "account";

impl Entity for Account {
    const ERRORS: &'static [Code] = &[HIERARCHY_CYCLE, PRIMARY_CONTACT_FOREIGN, assignment::INACTIVE, CHOICE_UNKNOWN];
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if before.is_none() {
            self.account_number = format!("A-{:06}", counter::next_number(cx, COUNTER).await?);
        }
        if let Some(industry) = &mut self.industry
            && before.is_none_or(|before| before.industry.as_ref() != Some(industry))
        {
            org::choose(cx, "account.industry", industry).await?;
        }
        if let Some(source) = &mut self.source
            && before.is_none_or(|before| before.source.as_ref() != Some(source))
        {
            org::choose(cx, "account.source", source).await?;
        }
        if let Some(owner) = &self.owner
            && before.is_none_or(|before| before.owner != self.owner)
        {
            assignment::check_assignee(cx, owner).await.map_err(|error| error.with("field", "owner"))?;
        }
        if before.is_none_or(|before| before.parent != self.parent) {
            self.check_hierarchy(cx).await?;
        }
        if before.is_none_or(|before| before.primary_contact != self.primary_contact) {
            self.check_primary_contact(cx).await?;
        }
        Ok(())
    }

    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(now) = now else { return Ok(()) };
        assignment::check_given_back(cx, before.and_then(|before| before.owner), now.owner).await?;
        now.check_hierarchy(cx).await?;
        now.check_primary_contact(cx).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let industry = ("account.industry", self.industry.as_deref());
        org::check_choices(cx, &[industry, ("account.source", self.source.as_deref())]).await?;
        if let Some(owner) = &self.owner {
            assignment::check_assignee(cx, owner).await?;
        }
        // Who went elsewhere meanwhile, or into the trash before the account, is its primary contact no more.
        let primary: Option<Contact> = lookups::if_live(cx, self.primary_contact).await?;
        self.primary_contact = primary.filter(|contact| contact.account == Some(self.id)).map(|contact| contact.id);
        self.check_hierarchy(cx).await
    }

    async fn took_over(&self, cx: &mut Context<'_>) -> Result<()> {
        self.check_hierarchy(cx).await
    }
}

impl Mergeable for Account {
    fn absorb(&mut self, other: &Self) {
        if self.r#type == AccountType::Prospect {
            self.r#type = other.r#type;
        }
        // One of the two belonged to the other: the survivor takes the upper place.
        if self.parent == Some(other.id) {
            self.parent = other.parent;
        }
        self.parent = self.parent.filter(|parent| *parent != self.id);
    }
    async fn merged(survivor: &Self, cx: &mut Context<'_>) -> Result<()> {
        cx.unrestricted().load(survivor.id).await?.check_hierarchy(cx).await
    }
}

/// Says whom of an account's contacts to speak with first. Error: `account.primary_contact_foreign`.
#[command("set_primary_contact", on = Account, errors(PRIMARY_CONTACT_FOREIGN))]
pub struct SetPrimaryContact {
    /// The account.
    pub account: Ref<Account>,
    /// One of its contacts; nobody without.
    pub contact: Option<Ref<Contact>>,
}

impl Command for SetPrimaryContact {
    type Output = Account;
    async fn run(&self, mut account: Account, cx: &mut Context<'_>) -> Result<Account> {
        account.primary_contact = match &self.contact {
            Some(contact) => Some(cx.load(contact).await?.id),
            None => None,
        };
        account.check_primary_contact(cx).await?;
        cx.save(account).await
    }
}
