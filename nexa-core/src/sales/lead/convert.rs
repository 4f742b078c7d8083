//! Conversion: a qualified lead becomes a contact, an account and a deal, once, in one unit.
//! (Business use cases, day 7; workflow scenarios 1, step 6.)

mod account;
mod contact;
mod deal;
mod not_carried;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use deal::{DEAL_ELSEWHERE, NewDeal, OWNER_MUST_BE_USER, WantedDeal};

use super::{Lead, Status};
use crate::{
    Action, Assignee, Code, Command, Context, Custom, Document, Entity, Id, Money, Record, Ref, Result, command,
    kernel::{
        context::Behaviour, error::codes, idempotency::fingerprint, record::Topic, search::fold, store::Prefetch,
        value::Value,
    },
    people::{
        Group, User,
        assignment::INACTIVE,
        counter::Counter,
        org::{CHOICE_UNKNOWN, Org},
    },
    sales::{
        account::{self as accounts, Account},
        contact::{self as contacts, Contact},
        deal::{CONTACT_FOREIGN, Deal},
    },
};

/// The lead is not qualified.
pub const NOT_QUALIFIED: Code =
    Code::rule("lead.not_qualified", "The lead is {status}; qualify it first with lead.qualify.");
/// It was converted into something else.
pub const ALREADY_CONVERTED: Code = Code::rule(
    "lead.already_converted",
    "The lead was converted already; ask without arguments to get what came of it.",
);
/// The contact belongs to another account.
pub const CONTACT_ELSEWHERE: Code = Code::rule(
    "lead.contact_elsewhere",
    "The contact {contact} belongs to another account; name that account, set move_contact to take the contact along, \
     or name another contact.",
);
/// Custom fields go to contact, account or deal.
pub const MAPPING_INVALID: Code = Code::invalid(
    "lead.mapping_invalid",
    "The mapping {target} is not usable; write contact.NAME, account.NAME or deal.NAME.",
);

/// Turns a qualified lead into a contact, an account and a deal, all or nothing. Asked again, it answers what came of it.
///
/// The account is the given one, the one with the same name, or a new one; the contact is the given one, the one with the same mail
/// address, or a new one; of a company alone there is no contact. A contact of another company than the lead's is
/// `lead.contact_elsewhere` until the caller names its account or sets `move_contact`. Into existing records only empty fields
/// are filled, unless `overwrite` is set. Open tasks go with the contact, and so do campaigns and lists. Fields that find no
/// place in what the lead became are named in `not_carried`; what only says how it was worked on (status, score, BANT,
/// engagement) stays with the lead.
#[command(
    "convert",
    on = Lead,
    guard = Lead::may_convert,
    check = Self::check,
    prefetch = Self::prefetch,
    errors(NOT_QUALIFIED, ALREADY_CONVERTED, CONTACT_ELSEWHERE, DEAL_ELSEWHERE, CONTACT_FOREIGN, contacts::NOTHING_KNOWN, MAPPING_INVALID, OWNER_MUST_BE_USER, INACTIVE, CHOICE_UNKNOWN)
)]
pub struct Convert {
    /// The lead.
    pub lead: Ref<Lead>,
    /// An account to join.
    pub account: Option<Ref<Account>>,
    /// A contact to join; it must belong to the account.
    pub contact: Option<Ref<Contact>>,
    /// Whether the contact goes to the account when it belongs to another one so far.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub move_contact: bool,
    /// A deal to join, by its id or key; or what is known of a new one, all of which has a default.
    pub deal: Option<WantedDeal>,
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
            move_contact: false,
            deal: None,
            without_deal: false,
            overwrite: false,
            custom: BTreeMap::new(),
        }
    }
    /// With a new deal of this amount.
    #[must_use]
    pub fn amount(mut self, amount: Money) -> Self {
        let known = match self.deal.take() {
            Some(WantedDeal::New(known)) => *known,
            Some(WantedDeal::Join(_)) | None => NewDeal::default(),
        };
        self.deal = Some(NewDeal { amount: Some(amount), ..known }.into());
        self
    }
}

/// What came of a lead.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Conversion {
    /// The lead, read-only from now on.
    pub lead: Lead,
    /// The contact, unless only a company is known. One that was there and that the actor may not see is joined, and not shown;
    /// the lead has its id.
    pub contact: Option<Contact>,
    /// The account, when there is a company; the same holds for it.
    pub account: Option<Account>,
    /// The deal, unless none was wanted.
    pub deal: Option<Deal>,
    /// Which fields of the lead, such as `title` or `custom.shoe_size`, found no place in these records; they stay with the lead.
    pub not_carried: Vec<String>,
}

impl Lead {
    fn may_convert(&self) -> Result<()> {
        match self.status {
            Status::Qualified | Status::Converted => Ok(()),
            status => Err(NOT_QUALIFIED.with("status", status)),
        }
    }
}

impl Convert {
    fn check(&self) -> Result<()> {
        if self.without_deal && self.deal.is_some() {
            let problem = "it says both what the deal is and that there is none";
            return Err(codes::FIELD_INVALID.with("field", "without_deal").with("problem", problem));
        }
        self.custom.values().try_for_each(|target| mapped(target).map(|_| ()))
    }
    fn prefetch(&self, org: Uuid) -> Vec<Prefetch> {
        vec![Prefetch::id(Org::def(), org)]
    }
}

impl Command for Convert {
    type Output = Conversion;
    async fn run(&self, lead: Lead, cx: &mut Context<'_>) -> Result<Conversion> {
        let asked = self.asked();
        if lead.status == Status::Converted {
            return repeated(cx, lead, &asked).await;
        }
        let follow = follow(cx).map(|(kind, topic)| Prefetch::about((kind.def)(), topic, lead.id.identity()));
        let memberships = cx.prefetch_succession(lead.id.identity());
        let loads = self.prefetch_of(&lead).into_iter().chain(follow).chain(memberships).collect();
        cx.prefetch(loads).await?;
        let found = match &self.contact {
            Some(given) => Some(cx.load(given).await?),
            None => contact::matching(cx, &lead).await?,
        };
        let joined = match &self.deal {
            Some(WantedDeal::Join(given)) => Some(cx.load(given).await?),
            _ => None,
        };
        let sees_contact = match &found {
            Some(contact) => cx.saw(contact).await?,
            None => true,
        };
        let account = self.account(cx, &lead, found.as_ref(), joined.as_ref()).await?;
        let sees_account = match &account {
            Some(account) => cx.saw(account).await?,
            None => true,
        };
        let contact = self.contact(cx, &lead, found, account.as_ref()).await?;
        let account = match (account, &contact) {
            (Some(account), Some(contact)) => Some(account::with_primary_contact(cx, account, contact).await?),
            (account, _) => account,
        };
        let deal = match (joined, &self.deal) {
            _ if self.without_deal => None,
            (Some(deal), _) => Some(self.join_deal(cx, &lead, deal, contact.as_ref(), account.as_ref()).await?),
            (None, Some(WantedDeal::New(wanted))) => {
                Some(self.new_deal(cx, &lead, wanted, contact.as_ref(), account.as_ref()).await?)
            }
            (None, _) => Some(self.new_deal(cx, &lead, &NewDeal::default(), contact.as_ref(), account.as_ref()).await?),
        };
        let became = Became { contact, account, deal };
        // What is hidden from the actor is joined as it is, and neither answered nor compared.
        let hides = !sees_contact || !sees_account;
        let shown = hides.then(|| became.clone().without(!sees_contact, !sees_account));
        let lead = close(cx, lead, &became, shown.as_ref().unwrap_or(&became), &self.custom, asked).await?;
        hand_over(cx, &lead, &became).await?;
        Ok(shown.unwrap_or(became).of(lead))
    }
}

/// What a lead became.
#[derive(Clone)]
struct Became {
    contact: Option<Contact>,
    account: Option<Account>,
    deal: Option<Deal>,
}

impl Became {
    /// The kinds and ids: of the contact, the account and the deal, as far as there are any.
    fn records(&self) -> Vec<(&'static str, Uuid)> {
        let contact = self.contact.as_ref().map(|contact| contact.id.identity());
        let account = self.account.as_ref().map(|account| account.id.identity());
        let deal = self.deal.as_ref().map(|deal| deal.id.identity());
        [contact, account, deal].into_iter().flatten().collect()
    }
    fn without(self, contact: bool, account: bool) -> Self {
        Self { contact: self.contact.filter(|_| !contact), account: self.account.filter(|_| !account), deal: self.deal }
    }
    fn of(self, lead: Lead) -> Conversion {
        let Self { contact, account, deal } = self;
        let not_carried = lead.not_carried.clone().map(Document::into_inner).unwrap_or_default();
        Conversion { lead, contact, account, deal, not_carried }
    }
}

/// What a custom field of a lead goes to: the kind and the name there.
fn mapped(target: &str) -> Result<(&str, &str)> {
    target
        .split_once('.')
        .filter(|(kind, name)| matches!(*kind, "contact" | "account" | "deal") && !name.is_empty())
        .ok_or_else(|| MAPPING_INVALID.with("target", target))
}

/// The answer to a conversion that was done before. Error: `lead.already_converted`.
async fn repeated(cx: &mut Context<'_>, lead: Lead, asked: &str) -> Result<Conversion> {
    let other = || ALREADY_CONVERTED.with("contact", lead.converted_contact);
    let plain = Convert::of(lead.id).asked();
    if asked != plain && lead.converted_as.as_deref() != Some(asked) {
        return Err(other());
    }
    let contact = unless_hidden(cx, lead.converted_contact).await?;
    let account = unless_hidden(cx, lead.converted_account).await?;
    let deal = unless_hidden(cx, lead.converted_deal).await?;
    cx.answers_again();
    Ok(Became { contact, account, deal }.of(lead))
}

/// The record, in the trash as well; none where there is none, or where the actor may not see it. Error: `record.not_found`.
async fn unless_hidden<R: Record>(cx: &mut Context<'_>, id: Option<Id<R>>) -> Result<Option<R>> {
    let Some(id) = id else { return Ok(None) };
    match cx.unrestricted().row(R::def(), id.uuid()).await? {
        Some(row) if !cx.allows(R::def(), &row, Action::Read).await? => Ok(None),
        _ => cx.load_even_trashed(&id.into()).await.map(Some),
    }
}

/// Marks the lead as converted.
async fn close(
    cx: &mut Context<'_>,
    mut lead: Lead,
    became: &Became,
    shown: &Became,
    custom: &BTreeMap<String, String>,
    asked: String,
) -> Result<Lead> {
    let left = not_carried::fields(&lead, shown, custom);
    lead.not_carried = Some(left).filter(|fields| !fields.is_empty()).map(Document);
    lead.status = Status::Converted;
    lead.converted_at = Some(cx.now());
    lead.converted_contact = became.contact.as_ref().map(|contact| contact.id);
    lead.converted_account = became.account.as_ref().map(|account| account.id);
    lead.converted_deal = became.deal.as_ref().map(|deal| deal.id);
    lead.converted_as = Some(asked);
    cx.save(lead).await
}

/// The kinds that follow what they are about, with where they say it.
fn follow<'a>(cx: &Context<'a>) -> impl Iterator<Item = (&'static Behaviour, Topic)> + use<'a> {
    cx.edited_kinds().flat_map(|kind| (kind.def)().follows.iter().map(move |topic| (kind, *topic)))
}

/// Open work about the lead goes with the contact, of a company alone with the account; campaigns, lists and whatever else says what it
/// becomes go with what it names, such as the contact.
async fn hand_over(cx: &mut Context<'_>, lead: &Lead, became: &Became) -> Result<()> {
    let records = became.records();
    let Some((to, to_id)) = records.first().copied() else { return Ok(()) };
    let from = lead.id.identity();
    for (kind, topic) in follow(cx) {
        let def = (kind.def)();
        for mut row in cx.unrestricted().rows_about(def, topic, from).await? {
            if row.live(def) && (kind.edited()?.is_open)(row.clone())? {
                topic.replace(&mut row, from, (to, to_id));
                cx.save_row(def, row).await?;
            }
        }
    }
    cx.succeed(from, &records).await
}

impl Convert {
    /// What joining or making contact, account and deal will load.
    fn prefetch_of(&self, lead: &Lead) -> Vec<Prefetch> {
        let contact = lead.email.as_ref().map(|email| Prefetch::by_email(Contact::def(), email));
        let company = lead.company.as_ref().map(|company| Value::Text(fold(company)));
        let account = company.and_then(|company| Prefetch::by(Account::def(), "name.folded", company));
        let owner = match lead.assignee {
            Some(Assignee::User(user)) => Some(Prefetch::id(User::def(), user)),
            Some(Assignee::Group(group)) => Some(Prefetch::id(Group::def(), group)),
            None => None,
        };
        [contact, account, owner, Counter::prefetch(accounts::COUNTER)].into_iter().flatten().collect()
    }

    /// What makes two conversions of one lead the same.
    fn asked(&self) -> String {
        let Self { lead: _, account, contact, move_contact, deal, without_deal, overwrite, custom } = self;
        let asked = serde_json::to_string(&(account, contact, move_contact, deal, without_deal, overwrite, custom));
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

/// Keeps what was put into a record that was there, once its own rules hold.
async fn keep<R: Entity + Clone>(cx: &mut Context<'_>, before: &R, mut record: R) -> Result<R> {
    record.settle(Some(before), cx).await?;
    cx.save(record).await
}
