//! An organisation: one tenant, with its currency, time zone, rates and lists.

use std::{collections::BTreeMap, sync::Arc};

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    calendar::Calendar,
    mail_settings::MailSettings,
    rate,
    release_settings::ReleaseSettings,
    user::{self, Role, User},
};
use crate::{
    Action, Address, Choice, Code, CollectionCommand, Context, Currency, Document, Email, Entity, Error, ExchangeRate,
    FileLimits, Id, Money, Name, Operation, Query, Record, Ref, Result, Rounding, TaxRounding, TimeZone, Timestamp,
    Verified,
    kernel::{
        context::not_found, crm::Founding, draft::check_fields, error::codes, ledger::LEDGER_BROKEN,
        operation::OnCollection, search::fold, verify::ROW_DIFFERS,
    },
    mail::Sender,
};

/// The value is not in the tenant's list.
pub const CHOICE_UNKNOWN: Code = Code::invalid(
    "choice.unknown",
    "{value} is not in the list for {field}; use one of {allowed}, or let an admin extend the list.",
);
/// A rate is not a positive number.
pub const RATE_INVALID: Code =
    Code::invalid("org.rate_invalid", "The rate of {currency} must be above zero; give what one unit is worth.");

/// Rates by day are in the base currency.
pub const RATES_EXIST: Code = Code::rule(
    "org.rates_exist",
    "There are rates by day in {base}, which mean nothing in {to}; put them into the trash before the base currency changes.",
);

/// The tenant itself; its id is the tenant's.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "org", table = "orgs", access = settings)]
pub struct Org {
    /// The tenant.
    pub id: Id<Org>,
    /// Counts the changes.
    pub version: i64,
    /// When the tenant was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The organisation's name.
    #[record(editable)]
    pub name: Name,
    /// The currency of reports; amounts in others are converted with `rates`.
    #[record(editable)]
    pub base_currency: Currency,
    /// The postal address, which marketing prints.
    #[record(editable)]
    pub address: Option<Address>,
    /// The time zone in which days and months are meant.
    #[record(editable)]
    pub time_zone: TimeZone,
    /// The business hours of those who have no calendar of their own.
    #[record(editable, on_trash = refuse)]
    pub calendar: Option<Id<Calendar>>,
    /// What one unit of a currency is worth in the base currency, by ISO code, on all days before the first rate by day (`rate`). A
    /// currency without a rate is counted, not priced; so are all others than the base currency once that is another one, until new
    /// rates are given.
    #[record(editable)]
    pub rates: Document<BTreeMap<String, ExchangeRate>>,
    /// The currency in which `rates` are: the base currency when they were given. In another base currency they price nothing.
    pub rates_base: Option<Currency>,
    /// What happens to half of a currency's minor unit, in prices, discounts and taxes.
    #[record(editable, backfill = "half_up")]
    pub rounding: Rounding,
    /// Whether tax is rounded once for each rate or on each line.
    #[record(editable, backfill = "per_rate")]
    pub tax_rounding: TaxRounding,
    /// Closed lists by field, such as `lead.source`; a field that is not here takes any value.
    #[record(editable)]
    pub choices: Document<BTreeMap<String, Vec<String>>>,
    /// What files are taken; those of the usual limits while nothing is said.
    #[record(editable)]
    pub files: Option<Document<FileLimits>>,
    /// The sender of mails about notifications; without one none leave.
    #[record(editable)]
    pub notification_sender: Option<Id<Sender>>,
    /// How mail leaves: how much marketing somebody gets and when, when a sender halts, and where links lead. Without, as usual.
    #[record(editable)]
    pub mail: Option<Document<MailSettings>>,
    /// What a release does to the tickets behind it: whether it resolves them, and who tells customers. Nothing, unless said.
    #[record(editable)]
    pub releases: Option<Document<ReleaseSettings>>,
}

impl Org {
    /// How mail leaves.
    pub fn mail_settings(&self) -> MailSettings {
        self.mail.clone().map(Document::into_inner).unwrap_or_default()
    }
    /// What a release does to the tickets behind it.
    pub fn release_settings(&self) -> ReleaseSettings {
        self.releases.clone().map(Document::into_inner).unwrap_or_default()
    }
    /// The rate of `rates` for a currency; `None` when there is none, or none in the base currency.
    pub fn rate(&self, currency: Currency) -> Option<ExchangeRate> {
        let valid = self.rates_base.is_none_or(|base| base == self.base_currency);
        self.rates.get(currency.as_str()).copied().filter(|_| valid)
    }
    /// The amount in the base currency, at the rate of `rates`; `None` when there is none. Reports ask the
    /// [`Conversion`](super::Conversion), which knows the rates by day.
    pub fn in_base(&self, money: Money) -> Option<Money> {
        if money.currency == self.base_currency {
            return Some(money);
        }
        let rate = self.rate(money.currency)?;
        money.times(rate.decimal()).ok().map(|converted| Money::new(converted.amount, self.base_currency))
    }
    /// The entry of a field's closed list that a value means, whatever its case, blanks and underscores being one; the value
    /// itself where the list is open. Error: `choice.unknown`.
    pub fn choice<'v>(&'v self, field: &str, value: &'v str) -> Result<&'v str> {
        let Some(allowed) = self.choices.0.get(field) else { return Ok(value) };
        let exact = allowed.iter().find(|entry| *entry == value);
        let entry = exact.or_else(|| allowed.iter().find(|entry| same_choice(entry, value)));
        let unknown = || CHOICE_UNKNOWN.with("field", field).with("value", value).with("allowed", allowed);
        entry.map(String::as_str).ok_or_else(unknown)
    }
    /// Checks a value against the closed list of a field. Error: `choice.unknown`.
    pub fn check_choice(&self, field: &str, value: &str) -> Result<()> {
        self.choice(field, value).map(|_| ())
    }
}

/// Whether two names of a choice are the same to people: `Closed Won` and `closed_won`.
pub(crate) fn same_choice(one: &str, other: &str) -> bool {
    let plain = |text: &str| fold(text).replace(['_', '-'], " ");
    plain(one).split_whitespace().eq(plain(other).split_whitespace())
}

impl Org {
    async fn must_fit_rates(&self, before: &Self, cx: &mut Context<'_>) -> Result<()> {
        if rate::in_other_than(cx, self.base_currency).await? {
            let error = RATES_EXIST.with("base", before.base_currency).with("to", self.base_currency);
            return Err(error.with("field", "base_currency"));
        }
        Ok(())
    }
}

impl Entity for Org {
    const ERRORS: &'static [Code] = &[RATE_INVALID, RATES_EXIST];
    async fn put_back(before: Option<&Self>, now: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        match (before, now) {
            (Some(before), Some(now)) if before.base_currency != now.base_currency => {
                now.must_fit_rates(before, cx).await
            }
            _ => Ok(()),
        }
    }
    fn given(&mut self, fields: &Map<String, Json>) {
        if fields.contains_key(Self::RATES.name()) {
            self.rates_base = Some(self.base_currency);
        }
    }
    async fn settle(&mut self, before: Option<&Self>, cx: &mut Context<'_>) -> Result<()> {
        let invalid = |problem: &str| codes::FIELD_INVALID.with("field", "rates").with("problem", problem);
        if let Some(before) = before.filter(|before| before.base_currency != self.base_currency) {
            self.must_fit_rates(before, cx).await?;
        }
        let mut rates = BTreeMap::new();
        for (name, rate) in std::mem::take(&mut self.rates.0) {
            let currency = Currency::parse(&name).map_err(invalid)?;
            if rate.decimal() <= Decimal::ZERO {
                return Err(RATE_INVALID.with("currency", currency));
            }
            if rates.insert(currency.as_str().to_owned(), rate).is_some() {
                return Err(invalid("give each currency once"));
            }
        }
        self.rates.0 = rates;
        if self.rates_base.is_none() && !self.rates.0.is_empty() {
            self.rates_base = Some(before.map_or(self.base_currency, |before| before.base_currency));
        }
        if let Some(mail) = &self.mail {
            mail.check()?;
        }
        if let Some(sender) = self.releases.as_ref().and_then(|releases| releases.sender)
            && cx.unrestricted().row(Sender::def(), sender.uuid()).await?.is_none()
        {
            return Err(codes::REFERENCE_BROKEN.with("field", "releases").with("kind", Sender::def().kind));
        }
        // A value that a field could not hold would never be chosen.
        for value in self.choices.0.values_mut().flatten() {
            let choice = Choice::parse(value)
                .map_err(|problem| codes::FIELD_INVALID.with("field", "choices").with("problem", problem))?;
            *value = choice.into();
        }
        if let Some(files) = &mut self.files {
            let settled = files.0.settle();
            settled.map_err(|problem| codes::FIELD_INVALID.with("field", "files").with("problem", problem))?;
        }
        Ok(())
    }
}

/// The tenant's organisation, in the unrestricted scope.
pub async fn organisation(cx: &mut Context<'_>) -> Result<Org> {
    let org = Id::new(cx.org());
    cx.unrestricted().load(org).await
}
/// The same for rules that ask often; read once while it stays as it is.
pub(crate) async fn settings(cx: &mut Context<'_>) -> Result<Arc<Org>> {
    if let Some(org) = cx.kept::<Org>() {
        return Ok(org);
    }
    let id = cx.org();
    let row = cx.unrestricted().row(Org::def(), id).await?.filter(|row| row.live(Org::def()));
    let row = row.ok_or_else(|| not_found(Org::def(), id))?;
    let org = match cx.memo().of_row(Org::def(), &row) {
        Some(org) => org,
        None => {
            let org = Arc::new(Org::from_row(row.clone())?);
            cx.memo().remember_row(Org::def(), row, Arc::clone(&org));
            org
        }
    };
    Ok(cx.keep_while::<Org, _>(org))
}
/// Brings a value into the form of the tenant's list for a field. Error: `choice.unknown`.
pub(crate) async fn choose(cx: &mut Context<'_>, field: &str, value: &mut Choice) -> Result<()> {
    let org = settings(cx).await?;
    let entry = org.choice(field, value)?;
    if entry != value.as_str() {
        *value = Choice::parse(entry)
            .map_err(|problem| codes::FIELD_INVALID.with("field", field).with("problem", problem))?;
    }
    Ok(())
}
/// Checks values against the tenant's lists. Error: `choice.unknown`.
pub(crate) async fn check_choices(cx: &mut Context<'_>, values: &[(&str, Option<&str>)]) -> Result<()> {
    if values.iter().all(|(_, value)| value.is_none()) {
        return Ok(());
    }
    let org = settings(cx).await?;
    for (field, value) in values {
        if let Some(value) = value {
            org.check_choice(field, value)?;
        }
    }
    Ok(())
}

/// What a new tenant starts with.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOrg {
    /// The tenant's id, when the host names it.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// The organisation's name.
    pub name: Name,
    /// The currency of reports; USD unless said.
    #[serde(default)]
    pub base_currency: Currency,
    /// The time zone in which days and months are meant; UTC unless said.
    #[serde(default)]
    pub time_zone: TimeZone,
    /// The first admin's name.
    pub admin_name: Name,
    /// The first admin's mail address.
    pub admin_email: Email,
    /// The first admin's role, where the policy calls it something else than `admin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_role: Option<String>,
}

impl CreateOrg {
    /// A tenant in USD and UTC with its first admin. Error: `field.invalid`.
    pub fn new(name: &str, admin_name: &str, admin_email: &str) -> Result<Self> {
        let invalid = |field: &'static str| {
            move |problem: &'static str| -> Error { codes::FIELD_INVALID.with("field", field).with("problem", problem) }
        };
        Ok(Self {
            id: None,
            name: Name::parse(name).map_err(invalid("name"))?,
            base_currency: Currency::default(),
            time_zone: TimeZone::default(),
            admin_name: Name::parse(admin_name).map_err(invalid("admin_name"))?,
            admin_email: Email::parse(admin_email).map_err(invalid("admin_email"))?,
            admin_role: None,
        })
    }
}

impl Founding for CreateOrg {
    fn id(&self) -> Option<Uuid> {
        self.id
    }
    async fn found(&self, cx: &mut Context<'_>) -> Result<Uuid> {
        let org = Org {
            id: Id::new(cx.org()),
            name: self.name.clone(),
            base_currency: self.base_currency,
            time_zone: self.time_zone,
            ..Org::default()
        };
        cx.unrestricted().insert(org).await?;
        let admin = User {
            name: self.admin_name.clone(),
            email: self.admin_email.clone(),
            role: user::role_named(cx, self.admin_role.as_deref().unwrap_or_else(|| Role::Admin.as_str()))?,
            active: true,
            ..User::default()
        };
        Ok(cx.unrestricted().insert(admin).await?.id.uuid())
    }
}

/// Sets the tenant's name, currency, time zone, calendar, rates or lists.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Configure(pub crate::Draft<Org>);

impl Operation for Configure {
    const VERB: &'static str = "configure";
    const ERRORS: &'static [Code] = Org::ERRORS;
    const NAMES_RECORD: bool = false;
    type Of = Org;
    type Form = OnCollection;
    fn check(&self) -> Result<()> {
        check_fields(Org::def(), self.0.fields())
    }
}

impl CollectionCommand for Configure {
    type Output = Org;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Org> {
        let org: Org = cx.load(&Ref::Id(Id::new(cx.org()))).await?;
        cx.edit(org, self.0.fields()).await
    }
}

/// Checks every event of the tenant against the hash chain, and every row against its events where that is asked for. Errors:
/// `ledger.broken`, `ledger.row_differs`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Verify {
    /// Whether every record is put together from its events and compared with its row. It reads the whole tenant.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub rows: bool,
}

impl Query for Verify {
    const VERB: &'static str = "verify";
    const ERRORS: &'static [Code] = &[LEDGER_BROKEN, ROW_DIFFERS];
    type Of = Org;
    type Output = Verified;
    fn name() -> &'static str {
        "ledger.verify"
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Verified> {
        cx.authorize_kind(Org::def(), Action::Verify)?;
        cx.verify_ledger(self.rows).await
    }
}
