//! Conversion: a qualified lead becomes a contact, an account and a deal, once, in one unit.
//! (Business use cases, day 7; workflow scenarios 1, step 6.)

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Lead, Status};
use crate::{
    About, Action, Actor, Assignee, Code, Command, Context, Custom, Date, Id, Input, Money, Name, Record, Ref, Result,
    Subject,
    kernel::{
        error::codes,
        receipt::fingerprint,
        search::fold,
        store::Foreseen,
        value::{Value, days_after},
    },
    marketing,
    marketing::Person,
    people::{
        Group, User,
        assignment::INACTIVE,
        counter::Counter,
        org::{CHOICE_UNKNOWN, Org},
    },
    productivity::{Task, TaskStatus},
    sales::{
        account::{self, Account},
        contact::{Contact, LifecycleStage},
        deal::{Deal, owner::OWNER_MUST_BE_USER},
        pipeline::default_pipeline,
    },
};

/// The lead is not qualified.
pub const NOT_QUALIFIED: Code =
    Code::rule("lead.not_qualified", "The lead is {status}; qualify it first with lead.qualify.");
/// It was converted into something else.
pub const ALREADY_CONVERTED: Code = Code::rule(
    "lead.already_converted",
    "The lead was converted already, into contact {contact}; ask without arguments to get what came of it.",
);
/// The contact belongs to another account.
pub const CONTACT_ELSEWHERE: Code = Code::rule(
    "lead.contact_elsewhere",
    "The contact {contact} belongs to another account; name that account, or another contact.",
);
/// Custom fields go to contact, account or deal.
pub const MAPPING_INVALID: Code = Code::invalid(
    "lead.mapping_invalid",
    "The mapping {target} is not usable; write contact.NAME, account.NAME or deal.NAME.",
);

/// Turns a qualified lead into a contact, an account and a deal, all or nothing. Asked again, it answers what came of it.
///
/// The account is the given one, the one with the same name, or a new one; the contact is the given one, the one with the same mail
/// address, or a new one. Into existing records only empty fields are filled, unless `overwrite` is set. Open tasks go with the
/// contact, and so do campaigns and lists.
#[derive(Clone, Debug, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Convert {
    /// The lead.
    pub lead: Ref<Lead>,
    /// An account to join.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Ref<Account>>,
    /// A contact to join; it must belong to the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Ref<Contact>>,
    /// What is known of the deal; all of it has a default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deal: Option<NewDeal>,
    /// Make no deal.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_deal: bool,
    /// Whether the lead's fields replace those of records that were there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub overwrite: bool,
    /// Where custom fields of the lead go: `{"shoe_size": "contact.shoe_size"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<String, String>,
}

impl Convert {
    /// Everything by default.
    pub fn of(lead: impl Into<Ref<Lead>>) -> Self {
        Self {
            lead: lead.into(),
            account: None,
            contact: None,
            deal: None,
            without_deal: false,
            overwrite: false,
            custom: BTreeMap::new(),
        }
    }
    /// With a deal of this amount.
    #[must_use]
    pub fn amount(mut self, amount: Money) -> Self {
        self.deal.get_or_insert_default().amount = Some(amount);
        self
    }
}

/// What is known of the deal of a conversion.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Input, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewDeal {
    /// Its name; company and source unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Subject>,
    /// What it is about, for the name: `Company - Product`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Name>,
    /// Its amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// When it should close; 90 days from today unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_date: Option<Date>,
    /// Whose it is; the lead's user unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Ref<User>>,
}

/// What came of a lead.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Conversion {
    /// The lead, read-only from now on.
    pub lead: Lead,
    /// The contact.
    pub contact: Contact,
    /// The account, when there is a company.
    pub account: Option<Account>,
    /// The deal, unless none was wanted.
    pub deal: Option<Deal>,
}

/// Where a task says what it is about.
const ABOUT: &str = "about.id";
/// After how many days a new deal should close.
const CLOSE_IN_DAYS: i64 = 90;
/// The stage in which a new deal begins, where its pipeline has it.
const STAGE: &str = "qualification";

impl Lead {
    fn may_convert(&self) -> Result<()> {
        match self.status {
            Status::Qualified | Status::Converted => Ok(()),
            status => Err(NOT_QUALIFIED.with("status", status)),
        }
    }
}

impl Command for Convert {
    const NAME: &'static str = "lead.convert";
    const ERRORS: &'static [Code] = &[
        NOT_QUALIFIED,
        ALREADY_CONVERTED,
        CONTACT_ELSEWHERE,
        MAPPING_INVALID,
        OWNER_MUST_BE_USER,
        INACTIVE,
        CHOICE_UNKNOWN,
    ];
    type Target = Lead;
    type Output = Conversion;
    fn check(&self) -> Result<()> {
        if self.without_deal && self.deal.is_some() {
            let problem = "it says both what the deal is and that there is none";
            return Err(codes::FIELD_INVALID.with("field", "without_deal").with("problem", problem));
        }
        self.custom.values().try_for_each(|target| mapped(target).map(|_| ()))
    }
    fn target(&self) -> Option<&Ref<Lead>> {
        Some(&self.lead)
    }
    fn guard(lead: &Lead, _: &Actor) -> Result<()> {
        lead.may_convert()
    }
    fn foreseen(&self, org: Uuid) -> Vec<Foreseen> {
        let mut loads = vec![Foreseen::id(Org::def(), org)];
        loads.extend(self.lead.foreseen());
        if let Ref::Id(lead) = self.lead {
            loads.extend(Foreseen::by(Task::def(), ABOUT, Value::Uuid(lead.uuid())));
            loads.extend(marketing::foreseen_memberships(Person::Lead(lead)));
        }
        loads
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Conversion> {
        let lead = cx.load(&self.lead).await?;
        let asked = self.asked();
        if lead.status == Status::Converted {
            return repeated(cx, lead, &asked).await;
        }
        lead.may_convert()?;
        cx.foresee(self.foreseen_of(&lead)).await?;
        let found = match &self.contact {
            Some(given) => Some(cx.load(given).await?),
            None => matching_contact(cx, &lead).await?,
        };
        let account = self.account(cx, &lead, found.as_ref()).await?;
        let contact = self.contact(cx, &lead, found, account.as_ref()).await?;
        let account = match account {
            Some(mut account) if account.primary_contact.is_none() && contact.account == Some(account.id) => {
                account.primary_contact = Some(contact.id);
                Some(cx.save(account).await?)
            }
            account => account,
        };
        let deal = if self.without_deal { None } else { Some(self.deal(cx, &lead, &contact, account.as_ref()).await?) };
        let lead = close(cx, lead, &contact, account.as_ref(), deal.as_ref(), asked).await?;
        hand_over(cx, &lead, &contact).await?;
        Ok(Conversion { lead, contact, account, deal })
    }
}

/// What a custom field of a lead goes to: the kind and the name there.
fn mapped(target: &str) -> Result<(&str, &str)> {
    target
        .split_once('.')
        .filter(|(kind, name)| matches!(*kind, "contact" | "account" | "deal") && !name.is_empty())
        .ok_or_else(|| MAPPING_INVALID.with("target", target))
}

async fn matching_contact(cx: &mut Context<'_>, lead: &Lead) -> Result<Option<Contact>> {
    match &lead.email {
        Some(email) => cx.known_by_email(email).await,
        None => Ok(None),
    }
}

/// The answer to a conversion that was done before. Error: `lead.already_converted`.
async fn repeated(cx: &mut Context<'_>, lead: Lead, asked: &str) -> Result<Conversion> {
    let other = || ALREADY_CONVERTED.with("contact", lead.converted_contact);
    let plain = Convert::of(lead.id).asked();
    if asked != plain && lead.converted_as.as_deref() != Some(asked) {
        return Err(other());
    }
    let contact = cx.load(&lead.converted_contact.ok_or_else(other)?.into()).await?;
    let account = match lead.converted_account {
        Some(id) => Some(cx.load(&id.into()).await?),
        None => None,
    };
    let deal = match lead.converted_deal {
        Some(id) => Some(cx.load(&id.into()).await?),
        None => None,
    };
    Ok(Conversion { lead, contact, account, deal })
}

/// Marks the lead as converted.
async fn close(
    cx: &mut Context<'_>,
    mut lead: Lead,
    contact: &Contact,
    account: Option<&Account>,
    deal: Option<&Deal>,
    asked: String,
) -> Result<Lead> {
    lead.status = Status::Converted;
    lead.converted_at = Some(cx.now());
    lead.converted_contact = Some(contact.id);
    lead.converted_account = account.map(|account| account.id);
    lead.converted_deal = deal.map(|deal| deal.id);
    lead.converted_as = Some(asked);
    cx.save(lead).await
}

/// Open tasks, campaigns and lists go with the contact.
async fn hand_over(cx: &mut Context<'_>, lead: &Lead, contact: &Contact) -> Result<()> {
    let about = About::from(lead);
    for mut task in cx.live_by::<Task>(ABOUT, Value::Uuid(lead.id.uuid())).await? {
        let open = matches!(task.status, TaskStatus::Todo | TaskStatus::InProgress);
        if !open || task.about.as_ref() != Some(&about) {
            continue;
        }
        task.about = Some(About::from(contact));
        cx.save(task).await?;
    }
    marketing::move_memberships(cx, lead.id, contact.id).await
}

impl Convert {
    /// What joining or making contact, account and deal will load.
    fn foreseen_of(&self, lead: &Lead) -> Vec<Foreseen> {
        let contact = lead.email.as_ref().map(|email| Foreseen::by_email(Contact::def(), email));
        let company = lead.company.as_ref().map(|company| Value::Text(fold(company)));
        let account = company.and_then(|company| Foreseen::by(Account::def(), "name.folded", company));
        let owner = match lead.assignee {
            Some(Assignee::User(user)) => Some(Foreseen::id(User::def(), user)),
            Some(Assignee::Group(group)) => Some(Foreseen::id(Group::def(), group)),
            None => None,
        };
        [contact, account, owner, Counter::foreseen(account::COUNTER)].into_iter().flatten().collect()
    }

    /// What makes two conversions of one lead the same.
    fn asked(&self) -> String {
        let Self { lead: _, account, contact, deal, without_deal, overwrite, custom } = self;
        let asked = serde_json::to_string(&(account, contact, deal, without_deal, overwrite, custom));
        fingerprint(&[&asked.unwrap_or_default()])
    }

    /// The lead's custom fields that go to this kind.
    fn custom_for(&self, lead: &Lead, kind: &str) -> Custom {
        let mut custom = Custom::default();
        for (from, target) in &self.custom {
            if let (Ok((to, name)), Some(value)) = (mapped(target), lead.custom.get(from))
                && to == kind
            {
                let _ = custom.set(name, value.clone());
            }
        }
        custom
    }

    async fn account(&self, cx: &mut Context<'_>, lead: &Lead, contact: Option<&Contact>) -> Result<Option<Account>> {
        let found = match (&self.account, contact.and_then(|contact| contact.account), &lead.company) {
            (Some(given), own, _) => {
                let account: Account = cx.load(given).await?;
                if let (Some(contact), Some(own)) = (contact, own)
                    && own != account.id
                {
                    return Err(CONTACT_ELSEWHERE.with("contact", contact.id));
                }
                Some(account)
            }
            (None, Some(own), _) => Some(cx.known(own).await?),
            (None, None, Some(company)) => cx.matching_folded(Account::NAME, company).await?.into_iter().next(),
            (None, None, None) => return Ok(None),
        };
        let custom = self.custom_for(lead, "account");
        match (found, &lead.company) {
            // What the actor may not change is joined as it is.
            (Some(account), _) if !cx.allows(Account::def(), &account.to_row(), Action::Update).await? => {
                Ok(Some(account))
            }
            (Some(mut account), _) => {
                self.put(&mut account.industry, &lead.industry);
                self.put(&mut account.website, &lead.website);
                self.put(&mut account.source, &lead.source);
                self.put(&mut account.owner, &lead.assignee);
                self.put_custom(&mut account.custom, custom);
                cx.save(account).await.map(Some)
            }
            (None, Some(company)) => {
                let account = Account {
                    name: company.clone(),
                    industry: lead.industry.clone(),
                    website: lead.website.clone(),
                    source: lead.source.clone(),
                    owner: lead.assignee,
                    custom,
                    ..Account::default()
                };
                cx.add(account).await.map(Some)
            }
            (None, None) => Ok(None),
        }
    }

    async fn contact(
        &self,
        cx: &mut Context<'_>,
        lead: &Lead,
        found: Option<Contact>,
        account: Option<&Account>,
    ) -> Result<Contact> {
        let stage = if self.without_deal { LifecycleStage::Lead } else { LifecycleStage::Opportunity };
        let custom = self.custom_for(lead, "contact");
        let account = account.map(|account| account.id);
        let Some(mut contact) = found else {
            let contact = Contact {
                first_name: lead.first_name.clone(),
                last_name: lead.last_name.clone(),
                email: lead.email.clone(),
                phone: lead.phone.clone(),
                other_emails: lead.other_emails.clone(),
                other_phones: lead.other_phones.clone(),
                title: lead.title.clone(),
                account,
                lifecycle_stage: stage,
                source: lead.source.clone(),
                owner: lead.assignee,
                last_activity: lead.last_contacted,
                description: lead.description.clone(),
                tags: lead.tags.clone(),
                custom,
                ..Contact::default()
            };
            return cx.add(contact).await;
        };
        if !cx.allows(Contact::def(), &contact.to_row(), Action::Update).await? {
            return Ok(contact);
        }
        self.put(&mut contact.first_name, &lead.first_name);
        self.put(&mut contact.last_name, &lead.last_name);
        let (email, phone) = (contact.email.clone(), contact.phone.clone());
        self.put(&mut contact.email, &lead.email);
        self.put(&mut contact.phone, &lead.phone);
        let emails = email.iter().chain(&lead.email).chain(&lead.other_emails);
        contact.also_known_by(emails, phone.iter().chain(&lead.phone).chain(&lead.other_phones));
        self.put(&mut contact.title, &lead.title);
        self.put(&mut contact.source, &lead.source);
        self.put(&mut contact.owner, &lead.assignee);
        self.put_custom(&mut contact.custom, custom);
        if contact.account.is_none() {
            contact.account = account;
        }
        contact.last_activity = contact.last_activity.max(lead.last_contacted);
        contact.advance(stage);
        cx.save(contact).await
    }

    async fn deal(
        &self,
        cx: &mut Context<'_>,
        lead: &Lead,
        contact: &Contact,
        account: Option<&Account>,
    ) -> Result<Deal> {
        let wanted = self.deal.clone().unwrap_or_default();
        let owner = match (&wanted.owner, lead.assignee) {
            (Some(owner), _) => Some(cx.load::<User>(owner).await?.id),
            (None, Some(Assignee::User(id))) => Some(Id::new(id)),
            (None, Some(Assignee::Group(_))) => return Err(OWNER_MUST_BE_USER.error()),
            (None, None) => cx.actor().user().map(Id::new),
        };
        let today = cx.today().await?;
        let pipeline = default_pipeline(cx).await?;
        let new = Deal {
            stage: pipeline.stage(STAGE).map(|stage| stage.name.clone()).unwrap_or_default(),
            pipeline: pipeline.id,
            name: match wanted.name {
                Some(name) => name,
                None => deal_name(lead, wanted.product.as_ref(), account)?,
            },
            amount: wanted.amount,
            close_date: Some(wanted.close_date.unwrap_or_else(|| days_after(today, CLOSE_IN_DAYS))),
            account: account.map(|account| account.id),
            primary_contact: Some(contact.id),
            source: lead.source.clone(),
            campaign: lead.campaign,
            owner,
            custom: self.custom_for(lead, "deal"),
            ..Deal::default()
        };
        cx.add(new).await
    }

    fn put<T: Clone>(&self, own: &mut Option<T>, given: &Option<T>) {
        if given.is_some() && (own.is_none() || self.overwrite) {
            own.clone_from(given);
        }
    }

    fn put_custom(&self, own: &mut Custom, given: Custom) {
        for (name, value) in given.iter() {
            if self.overwrite || own.get(name).is_none() {
                let _ = own.set(name, value.clone());
            }
        }
    }
}

/// "Company - Product or source", as far as it is known; without a company the person's name. A mail address is nobody's name, and
/// may be hidden from those who see the deal.
fn deal_name(lead: &Lead, product: Option<&Name>, account: Option<&Account>) -> Result<Subject> {
    let company = account
        .map(|account| account.name.to_string())
        .or_else(|| lead.name())
        .unwrap_or_else(|| "New deal".to_owned());
    let what =
        product.map(|product| product.to_string()).or_else(|| lead.source.as_ref().map(|source| source.to_string()));
    let full = match what {
        Some(what) => format!("{company} - {what}"),
        None => company.clone(),
    };
    // A name that grows too long by its second part is used without it.
    Subject::parse(&full)
        .or_else(|_| Subject::parse(&company))
        .map_err(|problem| codes::FIELD_INVALID.with("field", "deal.name").with("problem", problem))
}
