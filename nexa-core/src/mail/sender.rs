//! A sender: the address that mail comes from, how fast it may go, and whether it goes at all.

pub(super) mod rates;
pub(super) mod reputation;

use std::{collections::BTreeMap, num::NonZeroU32};

use serde::{Deserialize, Serialize};

use crate::{
    Apply, Code, Command, Context, Document, Email, Entity, ExternalKey, Id, Moment, Name, Record, Ref, Result,
    Timestamp, closed_enum, command,
};

/// Nothing leaves from the sender.
pub const HALTED: Code =
    Code::rule("sender.halted", "The sender {name} is halted: {reason}. Let it go on with sender.resume first.");
/// Nobody verified the address.
pub const UNVERIFIED: Code = Code::rule(
    "sender.unverified",
    "Nobody has verified the address of the sender {name}; verify it with sender.verify once its domain is set up.",
);

closed_enum! {
    /// Whether mail leaves from a sender.
    pub enum SenderState {
        /// It does.
        Active = "active",
        /// It waits.
        Halted = "halted",
    }
}

/// An address that mail comes from.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "sender",
    table = "senders", access = settings,
    search(name = 2, address = 1),
    unique("address", code = "sender.address_taken")
)]
pub struct Sender {
    /// The identifier.
    pub id: Id<Sender>,
    /// Counts the changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The name that stands beside the address.
    #[record(editable)]
    pub name: Name,
    /// The address, unique.
    #[record(editable)]
    pub address: Email,
    /// Where answers go, when not to the address.
    #[record(editable)]
    pub reply_to: Option<Email>,
    /// Where mail comes back to, when not to the address.
    #[record(editable)]
    pub bounce_address: Option<Email>,
    /// At most so many mails a minute.
    #[record(editable)]
    pub per_minute: Option<NonZeroU32>,
    /// At most so many mails an hour.
    #[record(editable)]
    pub per_hour: Option<NonZeroU32>,
    /// At most so many mails a day.
    #[record(editable)]
    pub per_day: Option<NonZeroU32>,
    /// At most so many mails a minute to a domain, by the domain.
    #[record(editable)]
    pub per_domain: Document<BTreeMap<String, NonZeroU32>>,
    /// When the address was verified.
    pub verified_at: Option<Timestamp>,
    /// Whether mail leaves from it.
    pub state: SenderState,
    /// Why it is halted.
    pub halted_reason: Option<String>,
    /// Its keys in other systems.
    #[record(editable)]
    pub external_keys: Vec<ExternalKey>,
}

impl Sender {
    /// Whether mail leaves from it now. Errors: `sender.halted`, `sender.unverified`.
    pub fn must_send(&self) -> Result<()> {
        if self.verified_at.is_none() {
            return Err(UNVERIFIED.with("name", &self.name));
        }
        match self.state {
            SenderState::Active => Ok(()),
            SenderState::Halted => {
                let reason = self.halted_reason.as_deref().unwrap_or("no reason was given");
                Err(HALTED.with("name", &self.name).with("reason", reason))
            }
        }
    }
}

impl Entity for Sender {
    async fn settle(&mut self, before: Option<&Self>, _: &mut Context<'_>) -> Result<()> {
        if before.is_none_or(|before| before.address != self.address) {
            self.verified_at = None;
        }
        let domains = std::mem::take(&mut self.per_domain.0);
        self.per_domain.0 = domains.into_iter().map(|(domain, rate)| (domain.trim().to_lowercase(), rate)).collect();
        Ok(())
    }
}

/// Writes down that the address is the organisation's own, and that its domain lets it send (SPF, DKIM). A new address is to be verified
/// again.
#[command("verify", on = Sender)]
pub struct Verify {
    /// The sender.
    pub sender: Ref<Sender>,
}

impl Command for Verify {
    type Output = Sender;
    async fn run(&self, mut sender: Sender, cx: &mut Context<'_>) -> Result<Sender> {
        let now = cx.now();
        super::due::look_at(cx, now).await?;
        sender.verified_at.get_or_insert(now);
        cx.save(sender).await
    }
}

/// Lets nothing leave from a sender until `sender.resume`. What is planned waits.
#[command("halt", on = Sender)]
pub struct Halt {
    /// The sender.
    pub sender: Ref<Sender>,
    /// Why.
    pub reason: Name,
}

impl Apply for Halt {
    fn apply(&self, sender: &mut Sender, _: &Moment<'_>) -> Result<()> {
        if sender.state == SenderState::Active {
            sender.state = SenderState::Halted;
            sender.halted_reason = Some(self.reason.to_string());
        }
        Ok(())
    }
}

/// Lets mail leave from a halted sender again; what came back before is not counted any more.
#[command("resume", on = Sender)]
pub struct Resume {
    /// The sender.
    pub sender: Ref<Sender>,
}

impl Command for Resume {
    type Output = Sender;
    async fn run(&self, sender: Sender, cx: &mut Context<'_>) -> Result<Sender> {
        reputation::forget(cx, sender.id).await?;
        let now = cx.now();
        super::due::look_at(cx, now).await?;
        cx.save(Sender { state: SenderState::Active, halted_reason: None, ..sender }).await
    }
}
