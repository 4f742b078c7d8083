//! What comes back: delivery reports, bounces, complaints and answers. Each event counts once, in whatever order they come.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Mail, SuppressionReason, SuppressionScope,
    report::suppress_dead,
    secret::{AddressHash, Secret},
    sender::reputation::{self, Mark},
    suppression::{Suppress, Suppression},
};
use crate::{
    Choice, Code, CollectionCommand, Context, Email, Id, Name, Record, Result, Timestamp, closed_enum, command,
    kernel::error::codes,
};

/// Nobody said which mail, or which address.
pub const UNNAMED: Code =
    Code::invalid("mail.unnamed", "Give the mail, its message_id, or the address that the event is about.");

/// So many soft bounces of different mails suppress an address.
const SOFT_BOUNCES: usize = 3;
/// In so many days.
const SOFT_DAYS: i64 = 30;

closed_enum! {
    /// What sort of bounce it is.
    pub enum MailBounceClass {
        /// The address does not exist.
        Hard = "hard",
        /// It cannot be delivered at the moment, such as to a full mailbox.
        Soft = "soft",
        /// The server did not want it because of the sender or of what it says; the address is good.
        Block = "block",
    }
}

/// An event of a provider that was taken, so that it counts once.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "provider_event",
    table = "provider_events", access = system,
    bookkeeping,
    unique("event_id", code = "provider_event.taken"),
    index("address_hash")
)]
pub struct ProviderEvent {
    /// The identifier.
    pub id: Id<ProviderEvent>,
    /// Always 1.
    pub version: i64,
    /// When it was taken.
    pub created_at: Timestamp,
    /// When it was taken.
    pub updated_at: Timestamp,
    /// What it is and its name at the provider.
    pub event_id: String,
    /// The hash of the address, where it is a bounce.
    pub address_hash: Option<String>,
    /// What sort of bounce it is.
    pub class: Option<MailBounceClass>,
    /// The mail.
    pub mail: Option<Id<Mail>>,
    /// When it happened.
    pub at: Timestamp,
}

/// What an event came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recorded {
    /// Whether it was taken now; not when it was before.
    pub taken: bool,
    /// The mail that it is about, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail: Option<Id<Mail>>,
}

/// Which mail an event is about.
#[derive(Clone, Copy)]
struct Named<'e> {
    mail: Option<Id<Mail>>,
    message_id: Option<&'e str>,
    address: Option<&'e Email>,
}

impl Named<'_> {
    /// The mail, in the unrestricted scope; none where only an address is known. Errors: `mail.unnamed`, `record.not_found`.
    async fn find(self, cx: &mut Context<'_>) -> Result<Option<Mail>> {
        if let Some(mail) = self.mail {
            return cx.unrestricted().load(mail).await.map(Some);
        }
        if let Some(message_id) = self.message_id {
            // The mail's id stands in it.
            let bare = |text: &str| text.trim().trim_matches(['<', '>']).to_owned();
            let id = bare(message_id).split('.').next().and_then(|id| id.parse().ok());
            let row = match id {
                Some(id) => cx.unrestricted().row(Mail::def(), id).await?,
                None => None,
            };
            let mail = row.map(Mail::from_row).transpose()?.filter(|mail| bare(&mail.message_id) == bare(message_id));
            if mail.is_some() || self.address.is_some() {
                return Ok(mail);
            }
            return Err(codes::NOT_FOUND.with("kind", "mail").with("id", message_id));
        }
        if self.address.is_some() { Ok(None) } else { Err(UNNAMED.error()) }
    }
}

/// The mail of a `Message-ID` that we gave it, in the unrestricted scope.
pub(crate) async fn mail_of(cx: &mut Context<'_>, message_id: &str) -> Result<Option<Mail>> {
    match (Named { mail: None, message_id: Some(message_id), address: None }).find(cx).await {
        Err(error) if error.is(&codes::NOT_FOUND) => Ok(None),
        found => found,
    }
}

/// Keeps an event, unless it was taken before.
async fn take(cx: &mut Context<'_>, what: &str, event_id: &Name, event: ProviderEvent) -> Result<bool> {
    let event_id = format!("{what}:{event_id}");
    let known: Vec<ProviderEvent> = cx.unrestricted().matching(ProviderEvent::EVENT_ID, &event_id).await?;
    if !known.is_empty() {
        return Ok(false);
    }
    cx.unrestricted().insert(ProviderEvent { event_id, ..event }).await?;
    Ok(true)
}

/// Takes a bounce of a provider, or of a mailbox for bounces, once for each `event_id`. `hard`: nothing goes to the address any more.
/// `soft`: the third of different mails within 30 days does the same. `block`: the sender's fault. It touches the address that the mail
/// went to. Errors: `mail.unnamed`, `record.not_found`.
#[command(
    "record_bounce",
    collection = Mail,
    action = Operate,
    errors(UNNAMED),
    final = "the mail did come back; suppression.lift lifts what followed."
)]
pub struct RecordBounce {
    /// The name of the event at the provider.
    pub event_id: Name,
    /// The mail.
    pub mail: Option<Id<Mail>>,
    /// Its `Message-ID`, as the report has it.
    pub message_id: Option<String>,
    /// The address, where no mail is known.
    pub address: Option<Email>,
    /// What sort of bounce it is.
    pub class: MailBounceClass,
    /// The server's code, such as `5.1.1`.
    pub code: Option<String>,
    /// When it came back; now unless said.
    pub at: Option<Timestamp>,
}

impl CollectionCommand for RecordBounce {
    type Output = Recorded;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Recorded> {
        let about = Named { mail: self.mail, message_id: self.message_id.as_deref(), address: self.address.as_ref() };
        let mail = about.find(cx).await?;
        let Some(to) = mail.as_ref().and_then(|mail| mail.to.clone()).or_else(|| self.address.clone()) else {
            return Err(UNNAMED.error());
        };
        let at = self.at.unwrap_or_else(|| cx.now());
        let address = Secret::of(cx).await?.address(&to);
        let event = ProviderEvent {
            address_hash: Some(address.text()),
            class: Some(self.class),
            mail: mail.as_ref().map(|mail| mail.id),
            at,
            ..ProviderEvent::default()
        };
        let recorded = Recorded { taken: false, mail: event.mail };
        if !take(cx, "bounce", &self.event_id, event).await? {
            return Ok(recorded);
        }
        if let Some(mut mail) = mail.clone() {
            if Mail::earliest(&mut mail.bounced_at, at) {
                mail.bounce_code = self.code.clone();
            }
            mail.has_left(at);
            cx.save(mail).await?;
        }
        match (self.class, mail) {
            (MailBounceClass::Hard, Some(mail)) => suppress_dead(cx, &mail, "bounce").await?,
            (MailBounceClass::Hard, None) => suppress(cx, address, SuppressionReason::HardBounce).await?,
            (MailBounceClass::Soft, _) if soft_bounces(cx, address, at).await? >= SOFT_BOUNCES => {
                suppress(cx, address, SuppressionReason::SoftBounces).await?;
            }
            _ => {}
        }
        Ok(Recorded { taken: true, ..recorded })
    }
}

/// How many different mails to an address came back softly within 30 days of each other, up to and around a moment.
async fn soft_bounces(cx: &mut Context<'_>, address: AddressHash, at: Timestamp) -> Result<usize> {
    let all: Vec<ProviderEvent> = cx.unrestricted().matching(ProviderEvent::ADDRESS_HASH, &address.text()).await?;
    let mut soft: Vec<(Timestamp, uuid::Uuid)> = all
        .iter()
        .filter(|event| event.class == Some(MailBounceClass::Soft))
        .map(|event| (event.at, event.mail.map_or_else(|| event.id.uuid(), Id::uuid)))
        .collect();
    soft.sort_unstable();
    // In whatever order they came: the fullest 30 days that have this one in them.
    let ends = soft.iter().map(|(end, _)| *end).filter(|end| *end >= at && *end <= at.plus_days(SOFT_DAYS));
    let within = |end: Timestamp| {
        let mut mails: Vec<uuid::Uuid> = soft
            .iter()
            .filter(|(event, _)| *event <= end && *event >= end.plus_days(-SOFT_DAYS))
            .map(|(_, mail)| *mail)
            .collect();
        mails.sort_unstable();
        mails.dedup();
        mails.len()
    };
    Ok(ends.map(within).max().unwrap_or_default())
}

async fn suppress(cx: &mut Context<'_>, address: AddressHash, reason: SuppressionReason) -> Result<()> {
    let scope =
        if reason == SuppressionReason::Complained { SuppressionScope::Marketing } else { SuppressionScope::All };
    let suppress = Suppress { address, scope, topic: None, reason, source: Choice::parse("provider").ok() };
    Suppression::put(cx, suppress).await.map(drop)
}

/// Takes a complaint: the person reported a mail as spam. No marketing goes to the address any more, until the person confirms that they
/// want it. Once for each `event_id`. Errors: `mail.unnamed`, `record.not_found`.
#[command(
    "record_complaint",
    collection = Mail,
    action = Operate,
    errors(UNNAMED),
    final = "the person did complain."
)]
pub struct RecordComplaint {
    /// The name of the event at the provider.
    pub event_id: Name,
    /// The mail.
    pub mail: Option<Id<Mail>>,
    /// Its `Message-ID`.
    pub message_id: Option<String>,
    /// The address, where no mail is known.
    pub address: Option<Email>,
    /// When the person complained; now unless said.
    pub at: Option<Timestamp>,
}

impl CollectionCommand for RecordComplaint {
    type Output = Recorded;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Recorded> {
        let about = Named { mail: self.mail, message_id: self.message_id.as_deref(), address: self.address.as_ref() };
        let mail = about.find(cx).await?;
        let Some(to) = mail.as_ref().and_then(|mail| mail.to.clone()).or_else(|| self.address.clone()) else {
            return Err(UNNAMED.error());
        };
        let at = self.at.unwrap_or_else(|| cx.now());
        let event = ProviderEvent { mail: mail.as_ref().map(|mail| mail.id), at, ..ProviderEvent::default() };
        let recorded = Recorded { taken: false, mail: event.mail };
        if !take(cx, "complaint", &self.event_id, event).await? {
            return Ok(recorded);
        }
        let address = Secret::of(cx).await?.address(&to);
        suppress(cx, address, SuppressionReason::Complained).await?;
        if let Some(mut mail) = mail {
            reputation::count(cx, mail.sender, Mark::Complaint).await?;
            Mail::earliest(&mut mail.complained_at, at);
            mail.has_left(at);
            cx.save(mail).await?;
        }
        Ok(Recorded { taken: true, ..recorded })
    }
}

/// Takes a report that a mail arrived. Once for each `event_id`. Error: `record.not_found`.
#[command(
    "record_delivery",
    collection = Mail,
    action = Operate,
    errors(UNNAMED),
    final = "the mail did arrive."
)]
pub struct RecordDelivery {
    /// The name of the event at the provider.
    pub event_id: Name,
    /// The mail.
    pub mail: Option<Id<Mail>>,
    /// Its `Message-ID`.
    pub message_id: Option<String>,
    /// When it arrived; now unless said.
    pub at: Option<Timestamp>,
}

impl CollectionCommand for RecordDelivery {
    type Output = Recorded;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Recorded> {
        let at = self.at.unwrap_or_else(|| cx.now());
        let about = Named { mail: self.mail, message_id: self.message_id.as_deref(), address: None };
        record(cx, "delivery", &self.event_id, about, at, |mail| &mut mail.delivered_at).await
    }
}

/// Takes an answer to a mail. One that no person wrote (`auto`: an answering machine, a bounce) is no answer. Once for each `event_id`.
/// Error: `record.not_found`.
#[command(
    "record_reply",
    collection = Mail,
    action = Operate,
    errors(UNNAMED),
    final = "the person did answer."
)]
pub struct RecordReply {
    /// The name of the event, such as the `Message-ID` of the answer.
    pub event_id: Name,
    /// The mail.
    pub mail: Option<Id<Mail>>,
    /// Its `Message-ID`, as the answer names it in `In-Reply-To`.
    pub message_id: Option<String>,
    /// Whether no person wrote it (`Auto-Submitted`, `Precedence`, `X-Auto-Response-Suppress`, an empty return path).
    #[serde(default)]
    pub auto: bool,
    /// When it came; now unless said.
    pub at: Option<Timestamp>,
}

impl CollectionCommand for RecordReply {
    type Output = Recorded;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Recorded> {
        let at = self.at.unwrap_or_else(|| cx.now());
        let about = Named { mail: self.mail, message_id: self.message_id.as_deref(), address: None };
        if self.auto {
            let mail = about.find(cx).await?.map(|mail| mail.id);
            return Ok(Recorded { taken: false, mail });
        }
        record(cx, "reply", &self.event_id, about, at, |mail| &mut mail.replied_at).await
    }
}

/// Takes an event that only dates something of a mail.
async fn record(
    cx: &mut Context<'_>,
    what: &str,
    event_id: &Name,
    about: Named<'_>,
    at: Timestamp,
    moment: fn(&mut Mail) -> &mut Option<Timestamp>,
) -> Result<Recorded> {
    let Some(mut mail) = about.find(cx).await? else { return Err(UNNAMED.error()) };
    let recorded = Recorded { taken: false, mail: Some(mail.id) };
    if !take(cx, what, event_id, ProviderEvent { mail: Some(mail.id), at, ..ProviderEvent::default() }).await? {
        return Ok(recorded);
    }
    Mail::earliest(moment(&mut mail), at);
    mail.has_left(at);
    cx.save(mail).await?;
    Ok(Recorded { taken: true, ..recorded })
}
