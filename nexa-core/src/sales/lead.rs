//! A lead: somebody who may buy. New → contacted → qualified → converted; or lost.
//! (Business use cases, "Service: Leads Management".)

pub mod bant;
pub mod convert;
pub mod engagement;
pub mod lifecycle;
pub mod routing;
pub mod scoring;

pub use bant::{Bant, BantInput, Criterion, CriterionInput, RecordBant};
pub use convert::{Conversion, Convert, NewDeal, WantedDeal};
pub use engagement::RecordEngagement;
pub use lifecycle::{Contacted, Lose, Qualify, Reopen};
pub use routing::{Route, Routed, Routing};
pub use scoring::{Band, Rescore, ScoreRule, Scorecard};

use serde::{Deserialize, Serialize};

use super::{
    account::Account,
    contact::{Contact, ERASED},
    deal::Deal,
};
use crate::{
    Action, Actor, Address, Assignee, Body, Choice, Code, Context, CrmBuilder, Custom, Document, Email, Emails, Entity,
    ExternalKey, Id, Language, Mergeable, Name, Phone, Phones, Reasons, Record, Result, Signals, Tags, TimeZone,
    Timestamp, Url, closed_enum,
    kernel::{entity::LookedUp, error::codes, record::EMAIL_SYSTEM, redact::redacted_debug},
    marketing::Campaign,
    people::{
        Group, assignment,
        org::{self, CHOICE_UNKNOWN},
    },
};

/// Nothing is known of the lead.
pub const NOTHING_KNOWN: Code = Code::invalid(
    "lead.nothing_known",
    "A lead needs at least one of email, phone, name, company or external key; give one.",
);
/// The lead is converted; what it became goes on.
pub const CONVERTED: Code = Code::rule(
    "lead.converted",
    "The lead was converted and is read-only; work on the contact, account or deal that it became instead.",
);
/// Another open lead has the mail address.
pub const EMAIL_TAKEN: Code = Code { code: "lead.email_taken", ..codes::TAKEN };

closed_enum! {
    /// Where a lead stands.
    pub enum Status {
        /// Nobody has spoken with them yet.
        New = "new",
        /// Somebody has.
        Contacted = "contacted",
        /// All four BANT criteria are met.
        Qualified = "qualified",
        /// It became a contact, and with it an account and a deal.
        Converted = "converted",
        /// It came to nothing; the reason is kept.
        Lost = "lost",
    }
}

/// Somebody who may buy.
#[derive(Record, Clone, Default, Serialize, Deserialize)]
#[record(
    kind = "lead",
    table = "leads", access = work, person,
    search(email = 4, other_emails = 4, last_name = 3, first_name = 3, company = 2, phone = 2, other_phones = 2),
    open("status", "new", "contacted", "qualified"),
    unique("email.open", code = "lead.email_taken"),
    index("email"),
    index("status", "assignee.queue", "score"),
    index("campaign"),
    index("score")
)]
pub struct Lead {
    /// The identifier.
    pub id: Id<Lead>,
    /// Counts the changes.
    pub version: i64,
    /// When the lead came in.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it went into the trash.
    pub deleted_at: Option<Timestamp>,
    /// When the person's data were erased from it.
    pub erased_at: Option<Timestamp>,
    /// The lead it was folded into.
    pub merged_into: Option<Id<Lead>>,
    /// First name.
    #[record(editable, personal, folded)]
    pub first_name: Option<Name>,
    /// Last name.
    #[record(editable, personal, folded)]
    pub last_name: Option<Name>,
    /// Mail address; unique among open leads, so that a customer or somebody who was lost can ask again.
    #[record(editable, personal, while_open)]
    pub email: Option<Email>,
    /// Phone number.
    #[record(editable, personal)]
    pub phone: Option<Phone>,
    /// Other mail addresses under which they are known, unique together with the main ones.
    #[record(editable, personal)]
    pub other_emails: Emails,
    /// Other phone numbers under which they are known.
    #[record(editable, personal)]
    pub other_phones: Phones,
    /// The company they work for.
    #[record(editable, folded)]
    pub company: Option<Name>,
    /// What they do there; scored.
    #[record(editable, folded)]
    pub title: Option<Name>,
    /// The company's line of business; a list that a tenant may close.
    #[record(editable)]
    pub industry: Option<Choice>,
    /// The company's size, such as `enterprise`; scored, and a list that a tenant may close.
    #[record(editable)]
    pub company_size: Option<Choice>,
    /// The company's site.
    #[record(editable, folded)]
    pub website: Option<Url>,
    /// Where they are.
    #[record(editable, personal)]
    pub address: Address,
    /// The language in which they want to be addressed.
    #[record(editable)]
    pub language: Option<Language>,
    /// The time zone in which they live.
    #[record(editable)]
    pub time_zone: Option<TimeZone>,
    /// Where they came from, such as `referral` or `Webinar Q4`; scored, and a list that a tenant may close.
    #[record(editable, folded)]
    pub source: Option<Choice>,
    /// The campaign that brought them.
    #[record(editable, on_trash = keep)]
    pub campaign: Option<Id<Campaign>>,
    /// Anything else worth knowing.
    #[record(editable, personal)]
    pub description: Option<Body>,
    /// Where the lead stands.
    pub status: Status,
    /// Where it stood before it was lost.
    pub status_before: Option<Status>,
    /// Why it was lost.
    pub lost_reason: Option<Body>,
    /// 0 to 100: how likely they buy, by the tenant's scorecard.
    pub score: u8,
    /// What made the score.
    pub score_reasons: Reasons,
    /// What they did, by signal, and how often.
    pub engagement: Signals,
    /// Whose it is: a user or a group.
    #[record(editable, assignee)]
    pub assignee: Option<Assignee>,
    /// The group it came through; release puts it back there.
    pub via_group: Option<Id<Group>>,
    /// Budget, authority, need, timeline.
    pub bant: Bant,
    /// When somebody last spoke with them.
    pub last_contacted: Option<Timestamp>,
    /// When it was qualified.
    pub qualified_at: Option<Timestamp>,
    /// When it was converted.
    pub converted_at: Option<Timestamp>,
    /// When it was lost.
    pub lost_at: Option<Timestamp>,
    /// The contact that had its mail address when it came in.
    #[record(on_trash = mention, person)]
    pub known_contact: Option<Id<Contact>>,
    /// The last converted or lost lead with its mail address when it came in.
    #[record(on_trash = mention, person)]
    pub previous_lead: Option<Id<Lead>>,
    /// The contact it became; none when only a company was known.
    #[record(on_trash = keep, person)]
    pub converted_contact: Option<Id<Contact>>,
    /// The account it became or joined.
    #[record(on_trash = keep)]
    pub converted_account: Option<Id<Account>>,
    /// The deal that came of it.
    #[record(on_trash = keep)]
    pub converted_deal: Option<Id<Deal>>,
    /// Which of its fields, such as `title` or `custom.shoe_size`, found no place in what it became; they stay here.
    pub not_carried: Option<Document<Vec<String>>>,
    /// What the conversion was asked to do, as a fingerprint: the same again is answered, something else refused.
    pub converted_as: Option<String>,
    /// Words to find it by.
    #[record(editable)]
    pub tags: Tags,
    /// The tenant's own fields.
    #[record(editable, folded)]
    pub custom: Custom,
    /// Its keys in other systems.
    #[record(editable, personal)]
    pub external_keys: Vec<ExternalKey>,
}

redacted_debug!(Lead);

impl Lead {
    /// First and last name, as far as they are known.
    pub fn name(&self) -> Option<String> {
        let names: Vec<&str> = [&self.first_name, &self.last_name].into_iter().flatten().map(|name| &**name).collect();
        if names.is_empty() { None } else { Some(names.join(" ")) }
    }
    /// First and last name, or what else names the lead.
    pub fn display_name(&self) -> String {
        match (self.name(), &self.company, &self.email) {
            (Some(name), ..) => name,
            (None, Some(company), _) => company.to_string(),
            (None, None, Some(email)) => email.to_string(),
            (None, None, None) if self.erased_at.is_some() => ERASED.to_owned(),
            (None, None, None) => self.id.to_string(),
        }
    }
    /// A lead that was converted is history.
    pub(crate) fn must_not_be_converted(&self) -> Result<()> {
        match self.status {
            Status::Converted => Err(CONVERTED
                .with("contact", self.converted_contact)
                .with("account", self.converted_account)
                .with("deal", self.converted_deal)),
            _ => Ok(()),
        }
    }
    /// What is a main address is not among the others.
    fn part_addresses(&mut self) {
        if let Some(email) = &self.email {
            self.other_emails.remove(email);
        }
        if let Some(phone) = &self.phone {
            self.other_phones.remove(phone);
        }
    }
    const fn is_open(&self) -> bool {
        matches!(self.status, Status::New | Status::Contacted | Status::Qualified)
    }
    /// Notes who has the mail address already: the contact, and the last lead that is closed.
    async fn recognise(&mut self, cx: &mut Context<'_>) -> Result<()> {
        (self.known_contact, self.previous_lead) = (None, None);
        let Some(email) = &self.email else { return Ok(()) };
        if let Some(contact) = cx.unrestricted().by_email::<Contact>(email).await?
            && cx.allows(Contact::def(), &contact.to_row(), Action::Read).await?
        {
            self.known_contact = Some(contact.id);
        }
        let mut last = None;
        for lead in cx.unrestricted().matching(Self::EMAIL, email).await? {
            let later = last.is_none_or(|last| last < (lead.created_at, lead.id));
            if lead.id != self.id
                && !lead.is_open()
                && later
                && cx.allows(Self::def(), &lead.to_row(), Action::Read).await?
            {
                last = Some((lead.created_at, lead.id));
                self.previous_lead = Some(lead.id);
            }
        }
        Ok(())
    }
    fn something_known(&self) -> Result<()> {
        let known = self.email.is_some()
            || self.phone.is_some()
            || !self.other_emails.is_empty()
            || !self.other_phones.is_empty()
            || self.first_name.is_some()
            || self.last_name.is_some()
            || self.company.is_some()
            || !self.external_keys.is_empty();
        if known { Ok(()) } else { Err(NOTHING_KNOWN.error()) }
    }
}

impl Entity for Lead {
    const LOOKED_UP: &'static [LookedUp] = &[
        LookedUp { field: "email", of: Contact::def, path: EMAIL_SYSTEM },
        LookedUp { field: "email", of: Lead::def, path: "email" },
    ];
    const ERRORS: &'static [Code] = &[NOTHING_KNOWN, CONVERTED, bant::CLOSED, assignment::INACTIVE, CHOICE_UNKNOWN];
    const HANDS_ERRORS: &'static [Code] = &[CONVERTED];
    fn may_change_hands(&self) -> Result<()> {
        self.must_not_be_converted()
    }
    fn is_open(&self) -> bool {
        matches!(self.status, Status::New | Status::Contacted | Status::Qualified)
    }
    fn may_edit(&self, _: &Actor) -> Result<()> {
        self.must_not_be_converted()
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        self.something_known()?;
        self.part_addresses();
        // Only an import brings signals along with an edit.
        if before.is_some_and(|before| before.engagement != self.engagement) {
            self.must_be_open()?;
        }
        if let Some(assignee) = self.assignee
            && before.is_none_or(|before| before.assignee != self.assignee)
        {
            assignment::check_assignee(cx, &assignee).await.map_err(|error| error.with("field", "assignee"))?;
            self.via_group = None;
        }
        let before_of = |of: fn(&Self) -> &Option<Choice>| before.and_then(|before| of(before).clone());
        let chosen = [
            ("lead.industry", &mut self.industry, before_of(|lead| &lead.industry)),
            ("lead.company_size", &mut self.company_size, before_of(|lead| &lead.company_size)),
            ("lead.source", &mut self.source, before_of(|lead| &lead.source)),
        ];
        for (field, value, then) in chosen {
            if let Some(value) = value
                && then.as_ref() != Some(value)
            {
                org::choose(cx, field, value).await?;
            }
        }
        if self.is_open() && before.is_none_or(|before| before.email != self.email) {
            self.recognise(cx).await?;
        }
        scoring::score(cx, self).await
    }

    fn computed(&self) -> &'static [&'static str] {
        &["score", "score_reasons"]
    }
    async fn compute(&mut self, cx: &mut Context<'_>) -> Result<()> {
        scoring::score(cx, self).await
    }
    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let Some(now) = now.filter(|record| record.is_open()) else { return Ok(()) };
        assignment::check_given_back(cx, before.and_then(|before| before.assignee), now.assignee).await
    }

    async fn restored(&mut self, cx: &mut Context<'_>) -> Result<()> {
        self.something_known()?;
        if let (Some(assignee), Status::New | Status::Contacted | Status::Qualified) = (&self.assignee, self.status) {
            assignment::check_assignee(cx, assignee).await?;
        }
        org::check_choices(
            cx,
            &[
                ("lead.industry", self.industry.as_deref()),
                ("lead.company_size", self.company_size.as_deref()),
                ("lead.source", self.source.as_deref()),
            ],
        )
        .await
    }
}

impl Mergeable for Lead {
    fn may_merge(&self, _: &Actor) -> Result<()> {
        self.must_not_be_converted()
    }
    fn absorb(&mut self, other: &Self) {
        for (signal, count) in other.engagement.iter() {
            let _ = self.engagement.record_times(signal, count);
        }
        self.bant.fill(&other.bant);
        for email in other.email.iter().chain(&other.other_emails) {
            self.other_emails.add(email.clone());
        }
        for phone in other.phone.iter().chain(&other.other_phones) {
            self.other_phones.add(phone.clone());
        }
        self.part_addresses();
        self.last_contacted = self.last_contacted.max(other.last_contacted);
        self.assignee = self.assignee.or(other.assignee);
        // One of the two came before the other.
        if self.previous_lead == Some(other.id) {
            self.previous_lead = other.previous_lead.filter(|before| *before != self.id);
        }
    }
    async fn merged(survivor: &Self, cx: &mut Context<'_>) -> Result<()> {
        let mut lead = cx.unrestricted().load(survivor.id).await?;
        scoring::score(cx, &mut lead).await?;
        cx.save(lead).await?;
        Ok(())
    }
}

pub(crate) fn install(builder: CrmBuilder) -> CrmBuilder {
    builder
        .mergeable::<Lead>()
        .command::<Contacted>()
        .command::<RecordBant>()
        .command::<RecordEngagement>()
        .command::<Qualify>()
        .command::<Convert>()
        .command::<Lose>()
        .command::<Reopen>()
        .command::<Rescore>()
        .command::<Route>()
        .entity::<Scorecard>()
        .entity::<Routing>()
}
