//! Claiming: a worker takes what is to leave. Two that claim at once never get the same mail.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    FinishedMessage, Mail, MailPurpose, MailStage, MailState, Sender, due,
    gate::{self, Asked, Verdict},
    person::{self, Person},
    render,
    sender::rates::{self, Full},
    template::problem::NO_ENGINE,
};
use crate::{CollectionCommand, Context, Filter, Name, Op, Ref, Result, Timestamp, command, kernel::error::codes};

/// How long a worker has a mail: 5 minutes, in microseconds.
pub(super) const LEASE: i64 = 300_000_000;
/// How long a mail waits for a worker that renders templates: a minute, in microseconds.
const WITHOUT_ENGINE: i64 = 60_000_000;
/// How many are claimed unless said, and at most.
const USUAL: u32 = 20;
const MOST: u32 = 100;
/// How many mails a claim looks at: what it skips and puts off is bounded as well.
const LOOKED_AT: usize = 500;

/// Takes mails that are due for a worker, for five minutes: the finished messages. Transactional ones come before marketing, then the
/// older ones. The gate is asked again: what may not go is skipped, what has to wait is put off, what is too late is expired, all in the
/// same unit. A mail whose worker had it for longer is taken again when nothing of it had left; otherwise it is `uncertain`, unless that
/// worker's provider takes a message only once. For the host's worker; a worker is one process or thread, under a name of its own.
#[command(
    "claim",
    collection = Mail,
    action = Operate,
    check = Self::check,
    final = "the messages were given to a worker; mail.cancel holds back what has not left."
)]
pub struct Claim {
    /// The name of the worker: one that no other process or thread uses, also not after a restart.
    pub worker: Name,
    /// At most so many mails: 20 unless said, 100 at most.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
    /// Of this sender alone.
    pub sender: Option<Ref<Sender>>,
    /// Whether the worker's provider takes a message with a known key only once.
    #[serde(default)]
    pub idempotent: bool,
}

/// What a worker is to send, and what came of the others that were due.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Claimed {
    /// The messages, in the order in which they are to leave.
    pub messages: Vec<FinishedMessage>,
    /// How many may not go to their address.
    pub skipped: usize,
    /// How many have to wait: for the sender's rate, a person's cap or the morning.
    pub put_off: usize,
    /// How many were too late.
    pub expired: usize,
    /// Of how many nobody knows whether they left.
    pub uncertain: usize,
    /// Whether more may be due now.
    pub more: bool,
}

impl Claim {
    fn check(&self) -> Result<()> {
        if matches!(self.limit, Some(limit) if !(1..=MOST).contains(&limit)) {
            return Err(codes::FIELD_INVALID.with("field", "limit").with("problem", "give 1 to 100"));
        }
        Ok(())
    }
}

impl CollectionCommand for Claim {
    type Output = Claimed;
    async fn run(&self, cx: &mut Context<'_>) -> Result<Claimed> {
        let limit = self.limit.unwrap_or(USUAL) as usize;
        let only = match &self.sender {
            Some(sender) => Some(cx.load(sender).await?.id),
            None => None,
        };
        let senders = cx.unrestricted().every::<Sender>(&Filter::everything()).await?;
        let senders: BTreeMap<Uuid, Sender> = senders.into_iter().map(|sender| (sender.id.uuid(), sender)).collect();
        let rests = |(id, sender): (&Uuid, &Sender)| {
            let chosen = only.is_none_or(|only| only.uuid() == *id);
            (!chosen || sender.must_send().is_err()).then_some(*id)
        };
        let resting: BTreeSet<Uuid> = senders.iter().filter_map(rests).collect();
        let mut claiming = Claiming { claim: self, limit, senders, resting, claimed: Claimed::default() };
        claiming.give_up_lost(cx).await?;
        claiming.take_due(cx).await?;
        let now = cx.now();
        if claiming.claimed.more {
            due::look_at(cx, now).await?;
        } else if !claiming.claimed.messages.is_empty() {
            due::look_at(cx, plus(now, LEASE)).await?;
        }
        Ok(claiming.claimed)
    }
}

/// A claim under way.
struct Claiming<'c> {
    claim: &'c Claim,
    limit: usize,
    senders: BTreeMap<Uuid, Sender>,
    /// The senders of which nothing leaves now.
    resting: BTreeSet<Uuid>,
    claimed: Claimed,
}

impl Claiming<'_> {
    /// Whether the claim has what it wants.
    fn is_full(&self) -> bool {
        self.claimed.messages.len() >= self.limit
    }

    /// What workers had for too long.
    async fn give_up_lost(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let lost = Mail::STATE.eq(MailState::Claimed).and(Mail::LEASE_UNTIL.le(cx.now()));
        let lost = cx.unrestricted().find::<Mail>(&lost, &["lease_until"], LOOKED_AT).await?;
        for mail in lost {
            if mail.stage == MailStage::Body && !mail.idempotent {
                cx.save(Mail { state: MailState::Uncertain, lease_until: None, ..mail }).await?;
                self.claimed.uncertain += 1;
            } else if self.is_full() {
                self.claimed.more = true;
            } else if !self.resting.contains(&mail.sender.uuid()) {
                // It counts for the sender already, and its message may have left: it is the provider's to take it once.
                self.consider(cx, mail, true).await?;
            }
        }
        Ok(())
    }

    /// What is due, in order.
    async fn take_due(&mut self, cx: &mut Context<'_>) -> Result<()> {
        let mut looked_at = 0;
        loop {
            let wanted = self.limit.saturating_sub(self.claimed.messages.len());
            let left = LOOKED_AT.saturating_sub(looked_at);
            if wanted == 0 || left == 0 {
                self.claimed.more = true;
                return Ok(());
            }
            let page = wanted.min(left);
            let mut due = Mail::STATE.eq(MailState::Planned).and(Mail::NOT_BEFORE.le(cx.now()));
            if !self.resting.is_empty() {
                let resting: Vec<Uuid> = self.resting.iter().copied().collect();
                due = due.and(Filter::compare(Mail::SENDER.name(), Op::NotIn, resting));
            }
            let mails = cx.unrestricted().find::<Mail>(&due, &["marketing", "not_before"], page).await?;
            if mails.is_empty() {
                return Ok(());
            }
            looked_at += mails.len();
            for mail in mails {
                if !self.resting.contains(&mail.sender.uuid()) {
                    self.consider(cx, mail, false).await?;
                }
            }
        }
    }

    /// Takes a mail, unless something stands in the way.
    async fn consider(&mut self, cx: &mut Context<'_>, mut mail: Mail, again: bool) -> Result<()> {
        let now = cx.now();
        if mail.expires_at.is_some_and(|expires| expires <= now) {
            self.claimed.expired += 1;
            return end(cx, mail, MailState::Expired, None).await;
        }
        let person = Person::of(cx, &mail).await?;
        let Some(to) = mail.to.clone() else {
            self.claimed.skipped += 1;
            return end(cx, mail, MailState::Skipped, Some(Verdict::NoAddress.to_string())).await;
        };
        let asked = Asked {
            to: &to,
            topic: mail.topic,
            marketing: mail.marketing,
            counted: again,
            gone: person::is_gone(&mail, person.as_ref()),
            zone: person.as_ref().and_then(Person::zone),
        };
        let gate = gate::ask(cx, &asked).await?;
        if let Some(reason) = gate.skips() {
            self.claimed.skipped += 1;
            return end(cx, mail, MailState::Skipped, Some(reason)).await;
        }
        if let Some(until) = gate.until {
            return self.put_off(cx, mail, until).await;
        }
        let Some(sender) = self.senders.get(&mail.sender.uuid()) else { return Ok(()) };
        let finish = match render::prepare(cx, &mail, sender).await {
            Ok(Ok(finish)) => finish,
            Ok(Err(reason)) => {
                self.claimed.skipped += 1;
                return end(cx, mail, MailState::Skipped, Some(reason)).await;
            }
            // A worker whose build renders templates takes it.
            Err(error) if error.code() == NO_ENGINE.code => {
                return self.put_off(cx, mail, plus(now, WITHOUT_ENGINE)).await;
            }
            Err(error) => return Err(error),
        };
        // What the team tries out takes nothing from what people are to get.
        if !again && mail.purpose != MailPurpose::Test {
            match rates::take(cx, sender, to.domain()).await? {
                Ok(()) => {}
                Err(Full::Domain(until)) => return self.put_off(cx, mail, until).await,
                Err(Full::Sender(until)) => {
                    // The mail stays first in the line.
                    self.resting.insert(mail.sender.uuid());
                    self.claimed.put_off += 1;
                    return due::look_at(cx, until).await;
                }
            }
        }
        render::finish(cx, &mut mail, sender, person.as_ref(), finish);
        mail.state = MailState::Claimed;
        mail.stage = MailStage::Open;
        mail.attempts += 1;
        mail.worker = Some(self.claim.worker.to_string());
        mail.idempotent = self.claim.idempotent;
        mail.claimed_at = Some(now);
        mail.lease_until = Some(plus(now, LEASE));
        let mail = cx.save(mail).await?;
        self.claimed.messages.extend(mail.message());
        Ok(())
    }

    async fn put_off(&mut self, cx: &mut Context<'_>, mail: Mail, until: Timestamp) -> Result<()> {
        self.claimed.put_off += 1;
        due::look_at(cx, until).await?;
        cx.save(Mail { not_before: until, state: MailState::Planned, ..mail }).await.map(drop)
    }
}

/// A mail that does not leave; of one that may have left already, nobody knows.
async fn end(cx: &mut Context<'_>, mail: Mail, state: MailState, reason: Option<String>) -> Result<()> {
    let state = if mail.stage == MailStage::Body { MailState::Uncertain } else { state };
    cx.save(Mail { state, reason, lease_until: None, ..mail }).await.map(drop)
}

pub(super) fn plus(at: Timestamp, micros: i64) -> Timestamp {
    Timestamp::from_micros(at.micros().saturating_add(micros))
}
