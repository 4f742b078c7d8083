//! How many mails of a sender may leave now: counted in the unit of the claim, so that no restart and no second worker forgets any.

use serde::{Deserialize, Serialize};

use super::Sender;
use crate::{Context, Id, Record, Result, Timestamp};

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What a sender has done since the first mail of a span of time.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "sending_window",
    table = "sending_windows", access = system,
    bookkeeping,
    unique("slot", code = "sending_window.taken")
)]
pub(crate) struct SendingWindow {
    /// The identifier.
    pub id: Id<SendingWindow>,
    /// Counts the changes.
    pub version: i64,
    /// When it was first counted.
    pub created_at: Timestamp,
    /// When it was last counted.
    pub updated_at: Timestamp,
    /// The sender and what is counted.
    pub slot: String,
    /// When the span began.
    pub began_at: Timestamp,
    /// How many mails left.
    pub mails: i64,
    /// How many came back for good.
    pub hard_bounces: i64,
    /// How many were reported as spam.
    pub complaints: i64,
}

impl SendingWindow {
    /// What is counted under a name, as long as its span lasts; a new one where it is over.
    pub(super) async fn of(cx: &mut Context<'_>, slot: String, span: i64) -> Result<Self> {
        let known: Vec<Self> = cx.unrestricted().matching(Self::SLOT, &slot).await?;
        let began_at = cx.now();
        match known.into_iter().next() {
            Some(known) if began_at.since(known.began_at) < span => Ok(known),
            Some(known) => Ok(Self { began_at, mails: 0, hard_bounces: 0, complaints: 0, ..known }),
            None => Ok(Self { slot, began_at, ..Self::default() }),
        }
    }
    /// Keeps what was counted.
    pub(super) async fn keep(self, cx: &mut Context<'_>) -> Result<()> {
        if self.id.uuid().is_nil() {
            cx.unrestricted().insert(self).await.map(drop)
        } else {
            cx.save(self).await.map(drop)
        }
    }
}

/// Why a mail has to wait, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mail) enum Full {
    /// No mail of the sender may leave.
    Sender(Timestamp),
    /// None to this domain.
    Domain(Timestamp),
}

/// Counts a mail of a sender to a domain, if it may leave now; else nothing is counted.
pub(in crate::mail) async fn take(cx: &mut Context<'_>, sender: &Sender, domain: &str) -> Result<Result<(), Full>> {
    let of_sender =
        [("minute", MINUTE, sender.per_minute), ("hour", HOUR, sender.per_hour), ("day", DAY, sender.per_day)];
    let mut windows = Vec::new();
    for (name, span, most) in of_sender {
        let Some(most) = most else { continue };
        let window = SendingWindow::of(cx, format!("{}/{name}", sender.id), span).await?;
        if window.mails >= i64::from(most.get()) {
            return Ok(Err(Full::Sender(after(window.began_at, span))));
        }
        windows.push(window);
    }
    if let Some(most) = sender.per_domain.get(domain) {
        let window = SendingWindow::of(cx, format!("{}/domain/{domain}", sender.id), MINUTE).await?;
        if window.mails >= i64::from(most.get()) {
            return Ok(Err(Full::Domain(after(window.began_at, MINUTE))));
        }
        windows.push(window);
    }
    for window in windows {
        SendingWindow { mails: window.mails + 1, ..window }.keep(cx).await?;
    }
    Ok(Ok(()))
}

fn after(at: Timestamp, span: i64) -> Timestamp {
    Timestamp::from_micros(at.micros().saturating_add(span))
}

/// The window over which the reputation of a sender is counted: 24 hours.
pub(super) async fn of_day(cx: &mut Context<'_>, sender: Id<Sender>) -> Result<SendingWindow> {
    SendingWindow::of(cx, format!("{sender}/reputation"), DAY).await
}
