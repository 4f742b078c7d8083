//! What a worker reports: that a message is about to leave, and what came of it.

use super::{
    Attempt, Mail, MailStage, MailState, Outcome, SuppressionReason, SuppressionScope,
    claim::{LEASE, plus},
    due,
    outgoing::{NOT_CLAIMED, NOT_YOURS, OVER},
    secret::Secret,
    sender::reputation::{self, Mark},
    suppression::{Suppress, Suppression},
};
use crate::{Choice, CollectionCommand, Context, Id, Name, Result, command};

/// After how many minutes a mail is tried again that a server put off; then it has failed.
const AGAIN_AFTER: [i64; 6] = [1, 5, 30, 120, 360, 720];
/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;
/// The most of what a server said that is kept, in characters.
const LONGEST_DETAIL: usize = 1_000;

/// A mail as its worker names it, in the unrestricted scope. Error: `record.not_found`.
async fn held(cx: &mut Context<'_>, mail: Id<Mail>, worker: &Name) -> Result<Mail> {
    let mail = cx.unrestricted().load(mail).await?;
    mail.must_be_of(worker)?;
    Ok(mail)
}

/// Writes down, before the first byte of a message leaves, that it is leaving: from here on nobody knows whether it arrived until the
/// server answers. The worker has five more minutes. Where it refuses, nothing may be sent. Errors: `mail.not_claimed`,
/// `mail.not_yours`, `mail.over`.
#[command(
    "start",
    collection = Mail,
    action = Operate,
    errors(NOT_CLAIMED, NOT_YOURS, OVER),
    final = "the message was on its way to the server."
)]
pub struct Start {
    /// The mail.
    pub mail: Id<Mail>,
    /// The name under which the worker claimed it.
    pub worker: Name,
}

impl CollectionCommand for Start {
    type Output = MailState;
    async fn run(&self, cx: &mut Context<'_>) -> Result<MailState> {
        let mail = held(cx, self.mail, &self.worker).await?;
        match mail.state {
            MailState::Claimed => {
                let lease_until = Some(plus(cx.now(), LEASE));
                Ok(cx.save(Mail { stage: MailStage::Body, lease_until, ..mail }).await?.state)
            }
            MailState::Planned => Err(NOT_CLAIMED.with("state", mail.state)),
            state => Err(OVER.with("state", state)),
        }
    }
}

/// Brings what came of an attempt, also after the worker's time was over, as long as no other worker has the mail. What a server put off
/// is tried again after 1, 5 and 30 minutes, 2, 6 and 12 hours; then it has failed. The same report again changes nothing. Errors:
/// `mail.not_claimed`, `mail.not_yours`.
#[command(
    "report",
    collection = Mail,
    action = Operate,
    errors(NOT_CLAIMED, NOT_YOURS),
    final = "a server has said what became of the message."
)]
pub struct Report {
    /// The mail.
    pub mail: Id<Mail>,
    /// The name under which the worker claimed it.
    pub worker: Name,
    /// What came of it.
    pub outcome: Outcome,
    /// The name that the server gave it.
    pub provider_id: Option<String>,
    /// The server's code, such as `4.7.1`.
    pub code: Option<String>,
    /// What the server said.
    pub detail: Option<String>,
}

impl Report {
    /// What an attempt of a mailer comes to.
    pub fn of(mail: Id<Mail>, worker: Name, attempt: Attempt) -> Self {
        let Attempt { outcome, provider_id, code, detail, .. } = attempt;
        Self { mail, worker, outcome, provider_id, code, detail }
    }
}

impl CollectionCommand for Report {
    type Output = MailState;
    async fn run(&self, cx: &mut Context<'_>) -> Result<MailState> {
        let mut mail = held(cx, self.mail, &self.worker).await?;
        // What was put off was reported; what was held back left all the same when the server says so.
        let open = match mail.state {
            MailState::Claimed | MailState::Uncertain => true,
            MailState::Cancelled => self.outcome == Outcome::HandedOver,
            _ => false,
        };
        if !open || (mail.state == MailState::Uncertain && self.outcome == Outcome::Unknown) {
            return Ok(mail.state);
        }
        mail.provider_id = self.provider_id.clone().or(mail.provider_id);
        mail.code = self.code.clone();
        mail.detail = self.detail.as_ref().map(|detail| detail.chars().take(LONGEST_DETAIL).collect());
        mail.lease_until = None;
        match self.outcome {
            Outcome::HandedOver => {
                mail.state = MailState::HandedOver;
                mail.handed_over_at = Some(cx.now());
                reputation::count(cx, mail.sender, Mark::HandedOver).await?;
            }
            Outcome::Temporary => again(cx, &mut mail).await?,
            // The provider takes it once, whatever was sent before.
            Outcome::Unknown if mail.idempotent => again(cx, &mut mail).await?,
            Outcome::Unknown => mail.state = MailState::Uncertain,
            Outcome::Permanent => {
                mail.state = MailState::Failed;
                if self.code.as_deref().is_some_and(names_no_mailbox) {
                    mail.bounced_at = Some(cx.now());
                    mail.bounce_code = self.code.clone();
                    suppress_dead(cx, &mail, "report").await?;
                }
            }
        }
        Ok(cx.save(mail).await?.state)
    }
}

/// Puts a mail off, or gives it up when it was put off often enough.
async fn again(cx: &mut Context<'_>, mail: &mut Mail) -> Result<()> {
    let minutes = usize::try_from(mail.put_off).ok().and_then(|count| AGAIN_AFTER.get(count));
    let Some(minutes) = minutes else {
        mail.state = MailState::Failed;
        return Ok(());
    };
    mail.put_off += 1;
    mail.state = MailState::Planned;
    mail.stage = MailStage::Open;
    mail.not_before = plus(cx.now(), minutes * MINUTE);
    due::look_at(cx, mail.not_before).await
}

/// Whether a server's code says that there is no such mailbox (RFC 3463).
pub(super) fn names_no_mailbox(code: &str) -> bool {
    code.trim().starts_with("5.1.")
}

/// Lets nothing go any more to the address that a mail went to: it does not exist.
pub(super) async fn suppress_dead(cx: &mut Context<'_>, mail: &Mail, source: &str) -> Result<()> {
    reputation::count(cx, mail.sender, Mark::HardBounce).await?;
    let Some(to) = &mail.to else { return Ok(()) };
    let address = Secret::of(cx).await?.address(to);
    let (scope, reason) = (SuppressionScope::All, SuppressionReason::HardBounce);
    let suppress = Suppress { address, scope, topic: None, reason, source: Choice::parse(source).ok() };
    Suppression::put(cx, suppress).await.map(drop)
}
