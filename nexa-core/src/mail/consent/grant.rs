//! Consent that is given and taken back by somebody of the team, a form of the host or an import.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Consent, ConsentBasis, ConsentState};
use crate::{
    Action, Choice, CollectionCommand, Context, Document, Email, Id, Name, Principal, Record, Ref, Result, Timestamp,
    command,
    mail::{
        Topic,
        secret::{Purpose, Secret},
        token::Token,
    },
};

/// Who asks again sooner gets no new token: 10 minutes, in microseconds.
const ASKED_AGAIN: i64 = 600_000_000;

/// Writes down that an address has agreed to a topic. Where the topic wants it confirmed (`double_opt_in`) and `basis` is `opt_in`, it
/// waits for `consent.confirm`; one that was granted stays so. It lifts no suppression.
#[command("grant", collection = Consent)]
pub struct Grant {
    /// The address.
    pub address: Email,
    /// The topic.
    pub topic: Ref<Topic>,
    /// What entitles us to write; `opt_in` unless said.
    pub basis: Option<ConsentBasis>,
    /// Where it came from, such as `form`, `import` or `phone`.
    pub source: Option<Choice>,
    /// Which text the person agreed to.
    pub text_version: Option<Name>,
    /// What proves it, such as the page, the form and the hash of an IP address.
    pub evidence: Option<BTreeMap<String, String>>,
}

/// What came of asking for consent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Granted {
    /// The consent.
    pub consent: Id<Consent>,
    /// How far it has come.
    pub state: ConsentState,
    /// The token of the link to send to the address, for the host and its services alone. None where nothing is to be confirmed, and
    /// where one was made less than ten minutes ago.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

impl CollectionCommand for Grant {
    type Output = Granted;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Granted> {
        let topic = cx.load(&self.topic).await?;
        let now = cx.now();
        let mut consent = Consent::to_change(cx, &self.address, topic.id).await?;
        cx.authorize(Consent::def(), &consent.to_row(), Action::Update).await?;
        let basis = self.basis.unwrap_or_default();
        let granted = consent.state == ConsentState::Granted;
        let waits = topic.double_opt_in && basis == ConsentBasis::OptIn && !granted;
        let mut ask = false;
        if waits {
            ask = consent.asked_at.is_none_or(|asked| now.since(asked) >= ASKED_AGAIN);
            if ask {
                consent.asked_at = Some(now);
            }
        } else {
            consent.asked_at = None;
        }
        let state = if waits { ConsentState::Pending } else { ConsentState::Granted };
        if consent.state != state {
            consent.at = now;
        }
        if !granted {
            consent.basis = basis;
        }
        consent.state = state;
        consent.source = self.source.clone().or(consent.source);
        consent.text_version = self.text_version.clone().or(consent.text_version);
        consent.evidence = self.evidence.clone().map(Document).or(consent.evidence);
        let consent = cx.save(consent).await?;
        let trusted = matches!(cx.actor().principal, Principal::System(_) | Principal::Service(_));
        let token = match consent.asked_at.filter(|_| ask && trusted) {
            Some(asked) => Some(token(cx, &self.address, &consent, asked).await?),
            None => None,
        };
        Ok(Granted { consent: consent.id, state: consent.state, token })
    }
}

/// The token with which this consent is confirmed: it proves the moment of asking, so that the next one is another.
async fn token(cx: &mut Context<'_>, address: &Email, consent: &Consent, asked: Timestamp) -> Result<String> {
    let secret = Secret::of(cx).await?;
    let token = Token { org: cx.org(), address: secret.address(address), topic: consent.topic.uuid() };
    Ok(token.write(&secret, Purpose::Confirmation, &asked.micros().to_be_bytes()))
}

/// Writes down that an address has taken back its consent for a topic, also where it never gave any.
#[command("withdraw", collection = Consent, final = "the person took their consent back; consent.grant gives it again.")]
pub struct Withdraw {
    /// The address.
    pub address: Email,
    /// The topic.
    pub topic: Ref<Topic>,
}

impl CollectionCommand for Withdraw {
    type Output = Consent;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Consent> {
        let topic = cx.load(&self.topic).await?;
        let consent = Consent::to_change(cx, &self.address, topic.id).await?;
        cx.authorize(Consent::def(), &consent.to_row(), Action::Update).await?;
        consent.withdraw(cx).await
    }
}
