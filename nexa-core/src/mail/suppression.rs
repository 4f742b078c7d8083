//! Suppression: an address to which nothing goes, or nothing of a sort. It hangs on the hash of the address, so that it outlives the
//! person here, and no import, merge or restore lifts it.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use super::{
    Topic,
    secret::{AddressHash, Secret},
};
use crate::{
    Actor, Choice, Code, CollectionCommand, Command, Context, Email, Id, Name, Record, Ref, Result, Timestamp,
    closed_enum, command,
    kernel::{error::codes, filter::Predicate, store::Select, value::Value},
    people::Role,
};

/// Nobody but the person can lift it.
pub const FINAL: Code = Code::rule(
    "suppression.final",
    "The address was suppressed because it was {reason}; only the person can lift that, by confirming that they want mail.",
);
/// Nobody said why.
pub const REASON_MISSING: Code =
    Code::invalid("suppression.reason_missing", "Say in {field} why the suppression is lifted.");
/// Only admins can lift it.
pub const ADMIN_ONLY: Code = Code::forbidden(
    "suppression.admin_only",
    "Mail to the address came back for good; only an admin can lift the suppression.",
);

closed_enum! {
    /// What does not go to an address.
    pub enum SuppressionScope {
        /// Everything.
        All = "all",
        /// Marketing of every topic.
        Marketing = "marketing",
        /// One topic.
        Topic = "topic",
    }
}

closed_enum! {
    /// Why nothing goes to an address.
    pub enum SuppressionReason {
        /// The person does not want it.
        Unsubscribed = "unsubscribed",
        /// The person reported it as spam.
        Complained = "complained",
        /// The server said that the address does not exist.
        HardBounce = "hard_bounce",
        /// Three mails within 30 days came back.
        SoftBounces = "soft_bounces",
        /// Somebody of the team decided so.
        Manual = "manual",
        /// The person was erased.
        Erased = "erased",
    }
}

impl SuppressionReason {
    /// Whether it holds for everything, not for marketing alone.
    pub const fn holds_for_all(self) -> bool {
        !matches!(self, Self::Unsubscribed | Self::Complained)
    }
    const fn is_final(self) -> bool {
        matches!(self, Self::Complained | Self::Erased)
    }
}

/// An address to which nothing goes, or nothing of a sort, for one reason. It is never removed: one that was lifted says so.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "suppression",
    table = "suppressions", access = work,
    unique("slot", code = "suppression.taken"),
    index("address_hash")
)]
pub struct Suppression {
    /// The identifier.
    pub id: Id<Suppression>,
    /// Counts the changes.
    pub version: i64,
    /// When the address was first suppressed for this reason.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The hash of the address with a key of the tenant; `mail.may` finds the suppression by the address.
    pub address_hash: String,
    /// What does not go to it.
    pub scope: SuppressionScope,
    /// The topic, where the scope is one.
    pub topic: Option<Id<Topic>>,
    /// Why.
    pub reason: SuppressionReason,
    /// Address, scope and reason in one; there is one suppression of each.
    pub slot: String,
    /// Where it came from, such as `mail`, `import` or the event of a provider.
    pub source: Option<Choice>,
    /// Who suppressed it, as the ledger writes it.
    pub by: String,
    /// Since when it holds.
    pub at: Timestamp,
    /// When it was lifted; absent while it holds.
    pub lifted_at: Option<Timestamp>,
    /// Why it was lifted.
    pub lift_reason: Option<String>,
}

/// What is to be suppressed.
pub(super) struct Suppress {
    pub(super) address: AddressHash,
    pub(super) scope: SuppressionScope,
    pub(super) topic: Option<Id<Topic>>,
    pub(super) reason: SuppressionReason,
    pub(super) source: Option<Choice>,
}

impl Suppression {
    /// What holds for a hashed address, in the order in which it came.
    pub(super) async fn all_of(cx: &mut Context<'_>, address: AddressHash) -> Result<Vec<Self>> {
        let all: Vec<Self> = cx.unrestricted().matching(Self::ADDRESS_HASH, &address.text()).await?;
        Ok(all.into_iter().filter(|suppression| suppression.lifted_at.is_none()).collect())
    }
    /// Whether it stands against mail of a topic, or of none; of marketing, or of what belongs to what somebody has with us.
    pub(super) fn stands_against(&self, topic: Option<Id<Topic>>, marketing: bool) -> bool {
        let covers = match self.scope {
            SuppressionScope::All => true,
            SuppressionScope::Marketing => marketing,
            SuppressionScope::Topic => self.topic.is_some() && self.topic == topic,
        };
        self.lifted_at.is_none() && covers && (marketing || self.reason.holds_for_all())
    }
    /// Suppresses an address, unless it is for the same reason already.
    pub(super) async fn put(cx: &mut Context<'_>, suppress: Suppress) -> Result<Self> {
        let Suppress { address, scope, topic, reason, source } = suppress;
        let address_hash = address.text();
        let of_topic = topic.map(|topic| format!(":{topic}")).unwrap_or_default();
        let slot = format!("{address_hash}:{scope}{of_topic}:{reason}");
        let known: Vec<Self> = cx.unrestricted().matching(Self::SLOT, &slot).await?;
        let (by, at) = (cx.actor().principal.to_string(), cx.now());
        match known.into_iter().next() {
            Some(known) if known.lifted_at.is_none() => Ok(known),
            Some(known) => cx.save(Self { by, at, source, lifted_at: None, lift_reason: None, ..known }).await,
            None => {
                let new = Self { address_hash, scope, topic, reason, slot, source, by, at, ..Self::default() };
                cx.unrestricted().insert(new).await
            }
        }
    }
    /// Lifts it.
    pub(super) async fn lift(self, why: &str, cx: &mut Context<'_>) -> Result<Self> {
        let (lifted_at, lift_reason) = (Some(cx.now()), Some(why.to_owned()));
        cx.save(Self { lifted_at, lift_reason, ..self }).await
    }
    fn may_lift(&self, actor: &Actor) -> Result<()> {
        if self.lifted_at.is_some() {
            return Ok(());
        }
        if self.reason.is_final() {
            return Err(FINAL.with("reason", self.reason));
        }
        let admin = actor.is_system() || actor.has_role(Role::Admin.as_str());
        if self.reason == SuppressionReason::HardBounce && !admin { Err(ADMIN_ONLY.error()) } else { Ok(()) }
    }
}

/// Which of these mail addresses are suppressed, be it for one topic.
pub(crate) async fn among(cx: &mut Context<'_>, addresses: HashSet<String>) -> Result<HashSet<String>> {
    if addresses.is_empty() {
        return Ok(addresses);
    }
    // What no key has hashed is not suppressed.
    let Some(secret) = Secret::known(cx).await? else { return Ok(HashSet::new()) };
    let by_hash = addresses.into_iter().filter_map(|address| {
        let hash = secret.address(&Email::parse(&address).ok()?).text();
        Some((hash, address))
    });
    let mut by_hash: HashMap<String, String> = by_hash.collect();
    let def = Suppression::def();
    let column = def.column(Suppression::ADDRESS_HASH.name()).unwrap_or_default();
    let hashes = by_hash.keys().cloned().map(Value::Text).collect();
    let query = Select::all(def, usize::MAX).filtered(Predicate::In(column, hashes));
    let mut found = HashSet::new();
    for row in cx.unrestricted().rows(&query).await? {
        let suppression = Suppression::from_row(row)?;
        if suppression.lifted_at.is_none() {
            found.extend(by_hash.remove(&suppression.address_hash));
        }
    }
    Ok(found)
}

/// Lets nothing go any more to an address of somebody who was erased; only its hash is kept.
pub(crate) async fn of_erased(cx: &mut Context<'_>, address: &str) -> Result<()> {
    let Ok(address) = Email::parse(address) else { return Ok(()) };
    let address = Secret::of(cx).await?.address(&address);
    let (scope, reason) = (SuppressionScope::All, SuppressionReason::Erased);
    let suppress = Suppress { address, scope, topic: None, reason, source: Choice::parse("erasure").ok() };
    Suppression::put(cx, suppress).await.map(drop)
}

/// Whether the person's own confirmed opt-in to a topic lifts it.
pub(super) fn own_opt_in_lifts(suppression: &Suppression, topic: Id<Topic>) -> bool {
    use SuppressionReason::{Complained, Erased, Unsubscribed};
    let of_person = matches!(suppression.reason, Unsubscribed | Complained | Erased);
    of_person && suppression.topic.is_none_or(|of| of == topic)
}

/// Lets nothing, or nothing of a sort, go to an address any more. The same again changes nothing.
#[command("add", collection = Suppression, action = Create, check = Self::check, final = "suppression.lift lifts it.")]
pub struct Add {
    /// The address.
    pub address: Email,
    /// What does not go to it; everything unless said.
    pub scope: Option<SuppressionScope>,
    /// The topic, where the scope is one.
    pub topic: Option<Ref<Topic>>,
    /// Why; `manual` unless said.
    pub reason: Option<SuppressionReason>,
    /// Where it came from, such as `import`.
    pub source: Option<Choice>,
}

impl Add {
    fn check(&self) -> Result<()> {
        if self.topic.is_some() == (self.scope == Some(SuppressionScope::Topic)) {
            return Ok(());
        }
        let problem = "give the topic where the scope is `topic`, and only there";
        Err(codes::FIELD_INVALID.with("field", "topic").with("problem", problem))
    }
}

impl CollectionCommand for Add {
    type Output = Suppression;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Suppression> {
        let topic = match &self.topic {
            Some(topic) => Some(cx.load(topic).await?.id),
            None => None,
        };
        let address = Secret::of(cx).await?.address(&self.address);
        let (scope, source) = (self.scope.unwrap_or_default(), self.source.clone());
        let reason = self.reason.unwrap_or(SuppressionReason::Manual);
        Suppression::put(cx, Suppress { address, scope, topic, reason, source }).await
    }
}

/// Lifts a suppression. One of an address that does not exist is for admins to lift; one of a complaint, or of somebody who was erased,
/// for nobody but the person. Errors: `suppression.admin_only`, `suppression.final`, `suppression.reason_missing`.
#[command("lift", on = Suppression, guard_for = Suppression::may_lift, errors(FINAL, REASON_MISSING, ADMIN_ONLY))]
pub struct Lift {
    /// The suppression.
    pub suppression: Ref<Suppression>,
    /// Why it is lifted.
    pub reason: Option<Name>,
}

impl Command for Lift {
    type Output = Suppression;
    async fn run(&self, suppression: Suppression, cx: &mut Context<'_>) -> Result<Suppression> {
        if suppression.lifted_at.is_some() {
            return Ok(suppression);
        }
        let reason = self.reason.as_ref().ok_or_else(|| REASON_MISSING.with("field", "reason"))?;
        suppression.lift(reason, cx).await
    }
}
