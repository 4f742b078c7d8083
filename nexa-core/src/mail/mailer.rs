//! The port through which mail leaves: what a host, or an adapter such as one for SMTP, implements.

use async_trait::async_trait;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FinishedMessage;
use crate::{
    Email, Result, closed_enum,
    kernel::maybe_send::{MaybeSend, MaybeSync},
};

/// Hands finished messages to a mail server.
///
/// It decides nothing: whom a message goes to, whether it may, and whether it is tried again are rules. Each message has an outcome of
/// its own, and the same message has the same bytes in every attempt: what an adapter adds, such as the boundary of parts, it makes of
/// the message alone.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait Mailer: MaybeSend + MaybeSync {
    /// Whether the provider takes a message with a known [`FinishedMessage::idempotency_key`] only once. Then a message of which nobody
    /// knows whether it left is sent again.
    fn is_idempotent(&self) -> bool {
        false
    }
    /// Tries to hand over one message.
    ///
    /// Before the first byte of the message itself leaves (for SMTP after `RCPT` and before `DATA`, for a provider's API before the
    /// request) it awaits [`BeforeBody::begin`]; where that refuses, nothing is sent, and the outcome is [`Outcome::Temporary`].
    async fn send(&self, message: &FinishedMessage, before_body: &dyn BeforeBody) -> Attempt;
}

#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
impl<T: Mailer + ?Sized> Mailer for std::sync::Arc<T> {
    fn is_idempotent(&self) -> bool {
        (**self).is_idempotent()
    }
    async fn send(&self, message: &FinishedMessage, before_body: &dyn BeforeBody) -> Attempt {
        (**self).send(message, before_body).await
    }
}

/// Notes that the body of a message is about to leave: from then on nobody knows whether it arrived, until the mailer has an answer.
#[cfg_attr(not(target_arch = "wasm32"), async_trait)]
#[cfg_attr(target_arch = "wasm32", async_trait(?Send))]
pub trait BeforeBody: MaybeSend + MaybeSync {
    /// Writes down that the body of the message is about to leave. It refuses when the message is no longer this worker's, or was
    /// cancelled: then nothing may be sent.
    async fn begin(&self) -> Result<()>;
}

closed_enum! {
    /// What came of an attempt to hand a message over.
    pub enum Outcome {
        /// The server took the message.
        HandedOver = "handed_over",
        /// The server did not take it and may take it later, or it was not reached.
        Temporary = "temporary",
        /// The server will never take it.
        Permanent = "permanent",
        /// The message was sent, and no answer came: nobody knows whether the server took it.
        Unknown = "unknown",
    }
}

/// What a mailer reports of one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[non_exhaustive]
pub struct Attempt {
    /// What came of it.
    pub outcome: Outcome,
    /// The name that the server gave the message, when it took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// The server's code, such as `4.7.1`; the enhanced one where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What the server or the system said, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The recipients that the server refused while it took the message for others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refused: Vec<RefusedRecipient>,
}

/// A recipient whom the server refused while it took the message for others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RefusedRecipient {
    /// The address.
    pub address: Email,
    /// The server's code, such as `5.1.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl Attempt {
    /// The server took the message, under this name.
    pub fn handed_over(provider_id: Option<String>) -> Self {
        Self { provider_id, ..Self::of(Outcome::HandedOver) }
    }
    /// The server may take it later, or it was not reached.
    pub fn temporary() -> Self {
        Self::of(Outcome::Temporary)
    }
    /// The server will never take it.
    pub fn permanent() -> Self {
        Self::of(Outcome::Permanent)
    }
    /// Nobody knows whether the server took it.
    pub fn unknown() -> Self {
        Self::of(Outcome::Unknown)
    }
    /// The same with the server's code.
    #[must_use]
    pub fn code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }
    /// The same with what was said.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
    /// The same with the recipients whom the server refused.
    #[must_use]
    pub fn refused(mut self, refused: Vec<RefusedRecipient>) -> Self {
        self.refused = refused;
        self
    }
    const fn of(outcome: Outcome) -> Self {
        Self { outcome, provider_id: None, code: None, detail: None, refused: Vec::new() }
    }
}
