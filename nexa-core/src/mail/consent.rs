//! Consent: what an address has agreed to get. It hangs on the address, not on the person: no import, merge or conversion changes it.

mod confirm;
mod grant;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::{
    confirm::{Confirm, TOKEN},
    grant::{Grant, Granted, Withdraw},
};
use super::{
    Topic,
    secret::{AddressHash, Secret},
};
use crate::{
    Choice, Context, Document, Email, Id, Name, Record, Result, Timestamp, closed_enum, kernel::redact::redacted_debug,
};

closed_enum! {
    /// How far consent has come.
    pub enum ConsentState {
        /// Nobody was asked.
        None = "none",
        /// The person was asked to confirm it from their mailbox.
        Pending = "pending",
        /// It was given.
        Granted = "granted",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
}

closed_enum! {
    /// What entitles us to write.
    pub enum ConsentBasis {
        /// The person said so.
        OptIn = "opt_in",
        /// The person said so, and confirmed it from their mailbox.
        DoubleOptIn = "double_opt_in",
        /// A contract with them.
        Contract = "contract",
        /// An interest that outweighs theirs.
        LegitimateInterest = "legitimate_interest",
    }
}

/// What an address has agreed to, for one topic. Each change keeps what was before in its history.
#[derive(Record, Clone, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "consent",
    table = "consents", access = work,
    unique("address", "topic", code = "consent.taken"),
    index("address_hash"),
    index("topic", "state")
)]
pub struct Consent {
    /// The identifier.
    pub id: Id<Consent>,
    /// Counts the changes.
    pub version: i64,
    /// When the address was first asked.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The address. A policy that hides the addresses of people hides this as well.
    #[record(personal, person)]
    pub address: Option<Email>,
    /// The hash of the address, by which tokens find it.
    pub address_hash: String,
    /// The topic.
    pub topic: Id<Topic>,
    /// How far it has come.
    pub state: ConsentState,
    /// What entitles us to write.
    pub basis: ConsentBasis,
    /// Where it came from, such as `form`, `import` or `phone`.
    pub source: Option<Choice>,
    /// Which text the person agreed to.
    pub text_version: Option<Name>,
    /// What proves it, such as the page, the form and the hash of an IP address.
    #[record(personal)]
    pub evidence: Option<Document<BTreeMap<String, String>>>,
    /// When it came to be as it is.
    pub at: Timestamp,
    /// When the person was last asked to confirm it; absent when nothing waits for that.
    pub asked_at: Option<Timestamp>,
}

redacted_debug!(Consent);

impl Consent {
    /// The consent of an address for a topic, in the unrestricted scope.
    pub(super) async fn of(cx: &mut Context<'_>, address: &Email, topic: Id<Topic>) -> Result<Option<Self>> {
        let all: Vec<Self> = cx.unrestricted().matching(Self::ADDRESS, address).await?;
        Ok(all.into_iter().find(|consent| consent.topic == topic))
    }
    /// Everything that a hashed address has agreed to.
    pub(super) async fn all_of(cx: &mut Context<'_>, address: AddressHash) -> Result<Vec<Self>> {
        cx.unrestricted().matching(Self::ADDRESS_HASH, &address.text()).await
    }
    /// The consent of an address for a topic, to be changed; a new one where there is none.
    async fn to_change(cx: &mut Context<'_>, address: &Email, topic: Id<Topic>) -> Result<Self> {
        if let Some(known) = Self::of(cx, address, topic).await? {
            return Ok(known);
        }
        let address_hash = Secret::of(cx).await?.address(address).text();
        let consent = Self { address: Some(address.clone()), address_hash, topic, at: cx.now(), ..Self::default() };
        cx.insert(consent).await
    }
    /// Takes it back.
    pub(super) async fn withdraw(self, cx: &mut Context<'_>) -> Result<Self> {
        if self.state == ConsentState::Withdrawn {
            return Ok(self);
        }
        let withdrawn = Self { state: ConsentState::Withdrawn, at: cx.now(), asked_at: None, ..self };
        cx.save(withdrawn).await
    }
}
