//! A contact: a person whom we know, with what they have to do with us.

use serde::{Deserialize, Serialize};

use super::account::Account;
use crate::{
    Apply, Assignee, Body, Choice, Code, Context, Custom, Email, Emails, Entity, ExternalKey, Id, Language, Mergeable,
    Moment, Name, Phone, Phones, Record, Ref, Result, Tags, TimeZone, Timestamp, Url, closed_enum, command,
    kernel::redact::redacted_debug,
    people::{
        assignment,
        org::{self, CHOICE_UNKNOWN},
    },
    sales::lookups,
};

pub mod overview;

/// The name of somebody whose data were erased.
pub(crate) const ERASED: &str = "erased person";

/// Nothing says who the contact is.
pub const NOTHING_KNOWN: Code = Code::invalid(
    "contact.nothing_known",
    "Nothing says who the contact is; give a name, a mail address, a phone number or an external key.",
);
/// Somebody would report to themselves.
pub const REPORTING_CYCLE: Code = Code::rule(
    "contact.reporting_cycle",
    "The contact {contact} would report to themselves through others; choose somebody who does not report to them.",
);
/// The lifecycle stage would move back.
pub const STAGE_BACK: Code = Code::rule(
    "contact.stage_back",
    "The lifecycle stage moves from {from} back to {to} only by hand; use contact.set_stage.",
);

closed_enum! {
    /// How far somebody has come with us. It moves forward by itself, and back only by hand.
    pub enum LifecycleStage {
        /// They read what we send.
        Subscriber = "subscriber",
        /// They may buy.
        Lead = "lead",
        /// There is a deal with them.
        Opportunity = "opportunity",
        /// They bought.
        Customer = "customer",
        /// They recommend us.
        Advocate = "advocate",
    }
}

closed_enum! {
    /// Whether somebody still has to do with us.
    pub enum ContactStatus {
        /// They do.
        Active = "active",
        /// Nothing happens at the moment.
        Inactive = "inactive",
        /// They left us.
        Churned = "churned",
    }
}

/// A person whom we know.
#[derive(Record, Clone, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "contact",
    table = "contacts", access = work, person,
    search(
        email = 4,
        other_emails = 4,
        last_name = 3,
        first_name = 2,
        phone = 2,
        mobile = 2,
        other_phones = 2,
        title = 1
    ),
    unique("email", code = "contact.email_taken"),
    index("owner.queue", "created_at"),
    index("account", "created_at")
)]
pub struct Contact {
    /// The identifier.
    pub id: Id<Contact>,
    /// Counts the changes.
    pub version: i64,
    /// When the contact was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was put in the trash.
    pub deleted_at: Option<Timestamp>,
    /// When the person's data were erased from it.
    pub erased_at: Option<Timestamp>,
    /// The contact that it was folded into.
    pub merged_into: Option<Id<Contact>>,
    /// The first name.
    #[record(editable, personal, folded)]
    pub first_name: Option<Name>,
    /// The last name.
    #[record(editable, personal, folded)]
    pub last_name: Option<Name>,
    /// The mail address, unique among contacts together with their other ones.
    #[record(editable, personal)]
    pub email: Option<Email>,
    /// The phone number at work.
    #[record(editable, personal)]
    pub phone: Option<Phone>,
    /// The mobile number.
    #[record(editable, personal)]
    pub mobile: Option<Phone>,
    /// Other mail addresses under which they are known, unique together with the main ones.
    #[record(editable, personal)]
    pub other_emails: Emails,
    /// Other phone numbers under which they are known.
    #[record(editable, personal)]
    pub other_phones: Phones,
    /// What they are at work, such as IT Director.
    #[record(editable, folded)]
    pub title: Option<Name>,
    /// Where they are at work, such as Procurement.
    #[record(editable, folded)]
    pub department: Option<Name>,
    /// Their page on LinkedIn.
    #[record(editable, personal)]
    pub linkedin_url: Option<Url>,
    /// The company they work for.
    #[record(editable, on_trash = refuse)]
    pub account: Option<Id<Account>>,
    /// Whom they report to.
    #[record(editable, on_trash = keep)]
    pub reports_to: Option<Id<Contact>>,
    /// How far they have come with us. It never moves back by itself; `contact.set_stage` moves it by hand.
    #[record(editable, ranked)]
    pub lifecycle_stage: LifecycleStage,
    /// Whether they still have to do with us.
    #[record(editable)]
    pub status: ContactStatus,
    /// The language in which they want to be addressed.
    #[record(editable)]
    pub language: Option<Language>,
    /// The time zone in which they live.
    #[record(editable)]
    pub time_zone: Option<TimeZone>,
    /// Where they came from, one of the tenant's list for `contact.source`.
    #[record(editable)]
    pub source: Option<Choice>,
    /// Who looks after them.
    #[record(editable, assignee)]
    pub owner: Option<Assignee>,
    /// When something last happened with them.
    pub last_activity: Option<Timestamp>,
    /// What is worth knowing about them.
    #[record(editable, personal)]
    pub description: Option<Body>,
    /// Labels.
    #[record(editable)]
    pub tags: Tags,
    /// Fields that the tenant defined.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Keys of other systems.
    #[record(editable, personal)]
    pub external_keys: Vec<ExternalKey>,
}

redacted_debug!(Contact);

impl Contact {
    /// First and last name, or what else says who it is.
    pub fn full_name(&self) -> String {
        let names: Vec<&str> = [&self.first_name, &self.last_name].into_iter().flatten().map(Name::as_str).collect();
        if !names.is_empty() {
            return names.join(" ");
        }
        if self.erased_at.is_some() {
            return ERASED.to_owned();
        }
        let rest = [self.email.as_deref(), self.phone.as_deref(), self.mobile.as_deref()];
        rest.into_iter().flatten().next().map_or_else(|| format!("contact {}", self.id), str::to_owned)
    }
    /// Moves the lifecycle stage forward to this one; never back.
    pub fn advance(&mut self, stage: LifecycleStage) {
        self.lifecycle_stage = self.lifecycle_stage.max(stage);
    }
    fn is_known(&self) -> bool {
        self.first_name.is_some()
            || self.last_name.is_some()
            || self.email.is_some()
            || self.phone.is_some()
            || self.mobile.is_some()
            || !self.other_emails.is_empty()
            || !self.other_phones.is_empty()
            || !self.external_keys.is_empty()
    }
    /// Keeps addresses that are not among the contact's own yet.
    pub(crate) fn also_known_by<'a>(
        &mut self,
        emails: impl IntoIterator<Item = &'a Email>,
        phones: impl IntoIterator<Item = &'a Phone>,
    ) {
        for email in emails {
            self.other_emails.add(email.clone());
        }
        for phone in phones {
            self.other_phones.add(phone.clone());
        }
        self.part_addresses();
    }
    /// What is a main address is not among the others.
    fn part_addresses(&mut self) {
        if let Some(email) = &self.email {
            self.other_emails.remove(email);
        }
        for phone in [&self.phone, &self.mobile].into_iter().flatten() {
            self.other_phones.remove(phone);
        }
    }
    async fn check_reporting(&self, cx: &mut Context<'_>) -> Result<()> {
        let Some(above) = self.reports_to else { return Ok(()) };
        if lookups::leads_to(cx, above, self.id, |contact: &Self| contact.reports_to).await? {
            return Err(REPORTING_CYCLE.with("contact", self.id).with("field", "reports_to"));
        }
        Ok(())
    }
    /// An account that the contact has left no longer has it as primary contact.
    async fn resign(&self, cx: &mut Context<'_>) -> Result<()> {
        let accounts: Vec<Account> = cx.unrestricted().matching(Account::PRIMARY_CONTACT, &self.id).await?;
        for mut account in accounts.into_iter().filter(|account| self.account != Some(account.id)) {
            account.primary_contact = None;
            cx.save(account).await?;
        }
        Ok(())
    }
}

impl Entity for Contact {
    const ERRORS: &'static [Code] = &[NOTHING_KNOWN, REPORTING_CYCLE, STAGE_BACK, assignment::INACTIVE, CHOICE_UNKNOWN];
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        if !self.is_known() {
            return Err(NOTHING_KNOWN.error());
        }
        self.part_addresses();
        if let Some(before) = before
            && self.lifecycle_stage < before.lifecycle_stage
        {
            return Err(STAGE_BACK
                .with("from", before.lifecycle_stage)
                .with("to", self.lifecycle_stage)
                .with("field", "lifecycle_stage"));
        }
        if let Some(source) = &mut self.source
            && before.is_none_or(|before| before.source.as_ref() != Some(source))
        {
            org::choose(cx, "contact.source", source).await?;
        }
        if let Some(owner) = &self.owner
            && before.is_none_or(|before| before.owner != self.owner)
        {
            assignment::check_assignee(cx, owner).await.map_err(|error| error.with("field", "owner"))?;
        }
        if before.is_none_or(|before| before.reports_to != self.reports_to) {
            self.check_reporting(cx).await?;
        }
        if before.is_some_and(|before| before.account != self.account) {
            self.resign(cx).await?;
        }
        Ok(())
    }

    fn computed(&self) -> &'static [&'static str] {
        &["last_activity"]
    }
    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(now) = now else { return Ok(()) };
        assignment::check_given_back(cx, before.and_then(|before| before.owner), now.owner).await?;
        now.check_reporting(cx).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        org::check_choices(cx, &[("contact.source", self.source.as_deref())]).await?;
        if let Some(owner) = &self.owner {
            assignment::check_assignee(cx, owner).await?;
        }
        self.check_reporting(cx).await
    }
}

impl Mergeable for Contact {
    fn absorb(&mut self, other: &Self) {
        self.advance(other.lifecycle_stage);
        self.last_activity = self.last_activity.max(other.last_activity);
        let phones = other.phone.iter().chain(&other.mobile).chain(&other.other_phones);
        self.also_known_by(other.email.iter().chain(&other.other_emails), phones);
        // One of the two reported to the other.
        if self.reports_to == Some(other.id) {
            self.reports_to = other.reports_to;
        }
        self.reports_to = self.reports_to.filter(|above| *above != self.id);
    }
    async fn merged(survivor: &Self, cx: &mut Context<'_>) -> Result<()> {
        let survivor = cx.unrestricted().load(survivor.id).await?;
        survivor.check_reporting(cx).await?;
        survivor.resign(cx).await
    }
}

/// Sets the lifecycle stage of a contact by hand, forward or back.
#[command("set_stage", on = Contact)]
pub struct SetStage {
    /// The contact.
    pub contact: Ref<Contact>,
    /// The new stage.
    pub stage: LifecycleStage,
}

impl Apply for SetStage {
    fn apply(&self, contact: &mut Contact, _: &Moment<'_>) -> Result<()> {
        contact.lifecycle_stage = self.stage;
        Ok(())
    }
}
