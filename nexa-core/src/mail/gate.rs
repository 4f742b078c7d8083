//! The one gate: whether a mail may go to an address now. It is asked when a mail is planned, and again when it is claimed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Consent, Mail, MailPurpose, MailState, Suppression, SuppressionReason, Topic,
    consent::ConsentState,
    person::{self, Person},
    secret::Secret,
};
use crate::{
    Action, Context, Email, Get, Id, Query, Record, Ref, Result, Timestamp, closed_enum,
    kernel::value::zone::Zone,
    people::org,
    sales::{Contact, Lead},
};

closed_enum! {
    /// What the gate says. The last two put a mail off; the others keep it from leaving.
    pub enum Verdict {
        /// It may go.
        Ok = "ok",
        /// There is no address.
        NoAddress = "no_address",
        /// The text is no mail address.
        InvalidAddress = "invalid_address",
        /// Nothing, or nothing of the sort, goes to the address.
        Suppressed = "suppressed",
        /// The person has not agreed, or has taken it back.
        NoConsent = "no_consent",
        /// The person has not confirmed that they agree.
        PendingConsent = "pending_consent",
        /// The person is in the trash or gone.
        RecordTrashed = "record_trashed",
        /// The person had as much marketing as they are to get.
        FrequencyCap = "frequency_cap",
        /// It is night where the person is.
        QuietHours = "quiet_hours",
    }
}

/// What the gate says of a mail, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gate {
    /// The first of what stands in the way, or `ok`.
    pub verdict: Verdict,
    /// The suppression, where there is one; `suppression.lift` lifts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppression: Option<Id<Suppression>>,
    /// Why the address is suppressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SuppressionReason>,
    /// Until when the mail is put off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Gate {
    fn of(verdict: Verdict) -> Self {
        Self { verdict, ..Self::default() }
    }
    fn until(verdict: Verdict, until: Timestamp) -> Self {
        Self { verdict, until: Some(until), ..Self::default() }
    }
    /// Why a mail is skipped, as it is written down; nothing where it may go or is put off.
    pub(super) fn skips(&self) -> Option<String> {
        match (self.verdict, self.reason) {
            (Verdict::Ok | Verdict::FrequencyCap | Verdict::QuietHours, _) => None,
            (verdict, Some(reason)) => Some(format!("{verdict}: {reason}")),
            (verdict, None) => Some(verdict.to_string()),
        }
    }
}

/// A mail before the gate.
pub(super) struct Asked<'q> {
    pub(super) to: &'q Email,
    pub(super) topic: Option<Id<Topic>>,
    pub(super) marketing: bool,
    /// Whether it is among those that the person has got already: then it waits for nothing.
    pub(super) counted: bool,
    /// Whether the person is in the trash or gone.
    pub(super) gone: bool,
    /// The zone of the person; the organisation's without.
    pub(super) zone: Option<Zone>,
}

/// Asks the gate.
pub(super) async fn ask(cx: &mut Context<'_>, asked: &Asked<'_>) -> Result<Gate> {
    // What no key has hashed is not suppressed.
    if let Some(secret) = Secret::known(cx).await? {
        let suppressions = Suppression::all_of(cx, secret.address(asked.to)).await?;
        if let Some(found) = suppressions.iter().find(|one| one.stands_against(asked.topic, asked.marketing)) {
            let (suppression, reason) = (Some(found.id), Some(found.reason));
            return Ok(Gate { suppression, reason, ..Gate::of(Verdict::Suppressed) });
        }
    }
    if asked.marketing {
        let state = match asked.topic {
            Some(topic) => Consent::of(cx, asked.to, topic).await?.map(|consent| consent.state),
            None => None,
        };
        match state.unwrap_or_default() {
            ConsentState::Granted => {}
            ConsentState::Pending => return Ok(Gate::of(Verdict::PendingConsent)),
            _ => return Ok(Gate::of(Verdict::NoConsent)),
        }
    }
    if asked.gone {
        return Ok(Gate::of(Verdict::RecordTrashed));
    }
    if !asked.marketing || asked.counted {
        return Ok(Gate::default());
    }
    let org = org::settings(cx).await?;
    let settings = org.mail_settings();
    let (cap, now) = (settings.frequency_cap, cx.now());
    if let Some(most) = cap.most {
        let since = now.plus_days(-i64::from(cap.days));
        let counted = Mail::TO
            .eq(asked.to.as_str())
            .and(Mail::MARKETING.eq(true))
            .and(Mail::CLAIMED_AT.gt(since))
            .and(Mail::STATE.any_of([MailState::Claimed, MailState::HandedOver, MailState::Uncertain]));
        let most = usize::from(most);
        let latest = cx.unrestricted().find::<Mail>(&counted, &["-claimed_at"], most.max(1)).await?;
        // The oldest of those that fill the cap makes room again.
        let first = latest.last().and_then(|mail| mail.claimed_at).filter(|_| latest.len() >= most);
        if most == 0 || first.is_some() {
            let until = first.filter(|_| most > 0).unwrap_or(now).plus_days(i64::from(cap.days));
            return Ok(Gate::until(Verdict::FrequencyCap, until));
        }
    }
    let zone = asked.zone.unwrap_or_else(|| org.time_zone.zone());
    let quiet = settings.quiet_hours.and_then(|quiet| quiet.end(now, zone));
    Ok(quiet.map_or_else(Gate::default, |until| Gate::until(Verdict::QuietHours, until)))
}

/// Whether nothing at all goes to an address.
pub(crate) async fn is_suppressed(cx: &mut Context<'_>, to: &Email) -> Result<bool> {
    let asked = Asked { to, topic: None, marketing: false, counted: false, gone: false, zone: None };
    Ok(ask(cx, &asked).await?.verdict == Verdict::Suppressed)
}

/// Whether a mail may go to somebody now, and if not, why not: `mail.may`. It answers the first of what stands in the way.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct May {
    /// The address; that of the lead or the contact unless said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The topic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<Ref<Topic>>,
    /// Who or what would write; `system` unless said. What a `person` writes to one person needs no consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<MailPurpose>,
    /// The lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lead: Option<Ref<Lead>>,
    /// The contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Ref<Contact>>,
}

impl Query for May {
    const VERB: &'static str = "may";
    type Of = Mail;
    type Output = Gate;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Gate> {
        cx.authorize_kind(Mail::def(), Action::Read)?;
        cx.authorize_kind(Suppression::def(), Action::Read)?;
        let topic = match &self.topic {
            Some(topic) => Some(Get::of(topic.clone()).run(cx).await?.record),
            None => None,
        };
        let person = match (&self.lead, &self.contact) {
            (Some(lead), _) => Some(Person::Lead(Box::new(cx.load_even_trashed(lead).await?))),
            (None, Some(contact)) => Some(Person::Contact(Box::new(cx.load_even_trashed(contact).await?))),
            (None, None) => None,
        };
        let own = person.as_ref().and_then(|person| person.address().map(ToString::to_string));
        let Some(text) = self.address.clone().or(own).filter(|text| !text.trim().is_empty()) else {
            return Ok(Gate::of(Verdict::NoAddress));
        };
        let Ok(to) = Email::parse(&text) else { return Ok(Gate::of(Verdict::InvalidAddress)) };
        let purpose = self.purpose.unwrap_or(MailPurpose::System);
        let asked = Asked {
            to: &to,
            topic: topic.as_ref().map(|topic| topic.id),
            marketing: person::is_marketing(purpose, topic.as_ref()),
            counted: false,
            gone: person.as_ref().is_some_and(Person::is_gone),
            zone: person.as_ref().and_then(Person::zone),
        };
        ask(cx, &asked).await
    }
}
