//! Consent that a person confirms from their mailbox.

use super::{Consent, ConsentBasis, ConsentState};
use crate::{
    Code, CollectionCommand, Context, Result, command,
    mail::{
        secret::{Purpose, Secret},
        suppression::{self, Suppression},
        token::Token,
    },
};

/// The token is no good, was used, or is too old.
pub const TOKEN: Code = Code::invalid(
    "consent.token",
    "The link is not valid, was used already, or is older than 7 days; ask for the mail again.",
);

/// How long a token can be used, in days.
const VALID_DAYS: i64 = 7;

/// Confirms consent with the token that was sent to the address. It works once, for seven days, and lifts what stands against mail of
/// the topic, complaints included: the person themselves asked for it. Error: `consent.token`.
#[command(
    "confirm",
    collection = Consent,
    action = Operate,
    errors(TOKEN),
    final = "the person confirmed it; consent.withdraw takes it back."
)]
pub struct Confirm {
    /// The token.
    pub token: String,
}

impl CollectionCommand for Confirm {
    type Output = ConsentState;
    async fn run(&self, cx: &mut Context<'_>) -> Result<ConsentState> {
        let (token, proof) = Token::claimed(&self.token).ok_or_else(|| TOKEN.error())?;
        let secret = Secret::known(cx).await?.ok_or_else(|| TOKEN.error())?;
        let all = Consent::all_of(cx, token.address).await?;
        let asked = all.into_iter().filter(|consent| consent.topic.uuid() == token.topic);
        let waiting = asked.filter_map(|consent| consent.asked_at.map(|asked| (consent, asked))).next();
        let (consent, asked) = waiting.ok_or_else(|| TOKEN.error())?;
        let nonce = asked.micros().to_be_bytes();
        let proved = token.org == cx.org() && token.is_proved(&proof, &secret, Purpose::Confirmation, &nonce);
        if !proved || cx.now() > asked.plus_days(VALID_DAYS) {
            return Err(TOKEN.error());
        }
        for suppression in Suppression::all_of(cx, token.address).await? {
            if suppression::own_opt_in_lifts(&suppression, consent.topic) {
                suppression.lift("confirmed opt-in", cx).await?;
            }
        }
        let (state, basis, at) = (ConsentState::Granted, ConsentBasis::DoubleOptIn, cx.now());
        Ok(cx.save(Consent { state, basis, at, asked_at: None, ..consent }).await?.state)
    }
}
