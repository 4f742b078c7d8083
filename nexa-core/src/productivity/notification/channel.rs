//! Channels of the host: its worker claims messages, brings them, and reports.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Notification,
    delivery::{DeliveryState, NotificationDelivery, PAGE, later, wanted},
    preference::{CHANNEL_SHAPE, INBOX, MAIL, is_channel},
    shown::{Reader, ShownNotification, shown},
};
use crate::{
    Code, CollectionCommand, Context, Id, Name, Result, Timestamp, closed_enum, command, kernel::error::codes,
    people::User,
};

/// The message is not the worker's.
pub const NOT_CLAIMED: Code = Code::rule(
    "notification.not_claimed",
    "The worker {worker} does not have the message {message}; bring nothing, and claim again.",
);

/// How long a worker has a message: 5 minutes, in microseconds.
const LEASE: i64 = 300_000_000;
/// After how many minutes a message is tried again; then it has failed.
const AGAIN_AFTER: [i64; 5] = [1, 5, 30, 120, 720];
/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;
/// How many messages are claimed unless said, and at most.
const USUAL: usize = 20;
const MOST: usize = 100;
/// How many notifications of a message are written out; others are a number.
const NAMED: usize = 50;

closed_enum! {
    /// What came of a message in a channel of the host.
    pub enum NotificationOutcome {
        /// It was brought.
        Brought = "brought",
        /// It was not, and is tried again with the same key after 1, 5 and 30 minutes, 2 and 12 hours.
        Failed = "failed",
        /// It never can be, as for somebody whom the channel does not know.
        Impossible = "impossible",
    }
}

/// Takes what a channel of the host is to bring, for five minutes: one message for each user, however many notifications it is about. What
/// was read meanwhile, or is off, is not in it. A message whose worker had it for longer is taken again, with the same `message`.
#[command(
    "claim",
    collection = Notification,
    action = Operate,
    check = Self::check,
    final = "the messages were given to a worker."
)]
pub struct Claim {
    /// The channel, by the name that users chose: not `inbox`, and not `mail`, which leaves by itself.
    #[schemars(length(max = 40))]
    pub channel: String,
    /// The name of the worker: one that no other process or thread uses, also not after a restart.
    pub worker: Name,
    /// At most so many messages: 20 unless said, 100 at most.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<usize>,
}

/// What a channel brings to one user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NotificationMessage {
    /// The key of the message: the same in every attempt.
    pub message: Uuid,
    /// The user.
    pub user: Id<User>,
    /// What it says, the oldest first; 50 at most.
    pub items: Vec<ShownNotification>,
    /// How many more there are.
    pub more: usize,
    /// Whether it leaves more than an hour after it was due.
    pub late: bool,
    /// How often a worker had it, this time included.
    pub attempt: i64,
}

/// What a worker is to bring.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimedNotifications {
    /// The messages.
    pub messages: Vec<NotificationMessage>,
    /// Whether more may be due now.
    pub more: bool,
}

impl Claim {
    fn check(&self) -> Result<()> {
        let invalid = |field: &'static str, problem: &'static str| {
            Err(codes::FIELD_INVALID.with("field", field).with("problem", problem))
        };
        if !is_channel(&self.channel) {
            return invalid("channel", CHANNEL_SHAPE);
        }
        if [INBOX, MAIL].contains(&self.channel.as_str()) {
            return invalid("channel", "name a channel of the host's own; inbox and mail need no claim");
        }
        match self.limit {
            Some(limit) if !(1..=MOST).contains(&limit) => invalid("limit", "give 1 to 100"),
            _ => Ok(()),
        }
    }

    /// The messages that are due: those that a worker had for too long, and those of users for whom something waits.
    async fn due(&self, cx: &mut Context<'_>, state: DeliveryState) -> Result<Vec<NotificationDelivery>> {
        let now = cx.now();
        let of_channel =
            NotificationDelivery::CHANNEL.eq(self.channel.clone()).and(NotificationDelivery::STATE.eq(state));
        let (due, sort) = match state {
            DeliveryState::Claimed => (of_channel.and(NotificationDelivery::LEASE_UNTIL.le(now)), "lease_until"),
            _ => (of_channel.and(NotificationDelivery::NOT_BEFORE.le(now)), "not_before"),
        };
        cx.unrestricted().find(&due, &[sort], PAGE).await
    }
}

impl CollectionCommand for Claim {
    type Output = ClaimedNotifications;
    async fn run(&self, cx: &mut Context<'_>) -> Result<ClaimedNotifications> {
        let limit = self.limit.unwrap_or(USUAL);
        let mut claimed = ClaimedNotifications::default();
        let mut seen = BTreeSet::new();
        for state in [DeliveryState::Claimed, DeliveryState::Waiting] {
            for due in self.due(cx, state).await? {
                let key = (due.user, due.message);
                if !seen.insert(key) {
                    continue;
                }
                if claimed.messages.len() == limit {
                    claimed.more = true;
                    return Ok(claimed);
                }
                let deliveries = together(cx, &due).await?;
                claimed.messages.extend(self.take(cx, deliveries).await?);
            }
        }
        Ok(claimed)
    }
}

impl Claim {
    /// Takes what is one message; nothing where nobody wants it any more.
    async fn take(
        &self,
        cx: &mut Context<'_>,
        deliveries: Vec<NotificationDelivery>,
    ) -> Result<Option<NotificationMessage>> {
        let now = cx.now();
        let Some(first) = deliveries.first().cloned() else { return Ok(None) };
        let user = cx.unrestricted().load(first.user).await?;
        let message = first.message.unwrap_or_else(|| first.id.uuid());
        let attempt = first.attempts + 1;
        let given_up = first.state == DeliveryState::Claimed && again_at(now, first.attempts).is_none();
        let mut taken =
            NotificationMessage { message, user: user.id, items: Vec::new(), more: 0, late: false, attempt };
        for delivery in deliveries {
            if given_up {
                cx.save(delivery.over(DeliveryState::Failed, Some("no_report"))).await?;
                continue;
            }
            let Some(notification) = wanted(cx, &user, &delivery).await? else {
                cx.save(delivery.over(DeliveryState::Dropped, None)).await?;
                continue;
            };
            let delivery = delivery.in_message(message, now);
            taken.late |= delivery.late;
            if taken.items.len() < NAMED {
                taken.items.push(shown(cx, notification, Reader::OutsideAs(user.id.uuid())).await?);
            } else {
                taken.more += 1;
            }
            cx.save(NotificationDelivery {
                state: DeliveryState::Claimed,
                attempts: attempt,
                worker: Some(self.worker.to_string()),
                lease_until: Some(later(now, LEASE)),
                ..delivery
            })
            .await?;
        }
        Ok((!taken.items.is_empty()).then_some(taken))
    }
}

/// Everything that leaves in one message with this: of the same message, or whatever is due for the same user in the same channel.
async fn together(cx: &mut Context<'_>, first: &NotificationDelivery) -> Result<Vec<NotificationDelivery>> {
    let with = match first.message {
        Some(message) => NotificationDelivery::MESSAGE.eq(message),
        None => NotificationDelivery::USER
            .eq(first.user)
            .and(NotificationDelivery::CHANNEL.eq(first.channel.clone()))
            .and(NotificationDelivery::STATE.eq(DeliveryState::Waiting))
            .and(NotificationDelivery::MESSAGE.is_null())
            .and(NotificationDelivery::NOT_BEFORE.le(cx.now())),
    };
    let mut found: Vec<NotificationDelivery> = cx.unrestricted().every(&with).await?;
    found.retain(|delivery| delivery.state == first.state);
    Ok(found)
}

/// When a message is tried again that was tried so often; nothing when it has failed.
fn again_at(now: Timestamp, attempts: i64) -> Option<Timestamp> {
    let failed = usize::try_from(attempts).ok()?.checked_sub(1)?;
    AGAIN_AFTER.get(failed).map(|minutes| later(now, minutes * MINUTE))
}

/// Brings what came of a message, by the worker that claimed it. Error: `notification.not_claimed`.
#[command(
    "report",
    collection = Notification,
    action = Operate,
    errors(NOT_CLAIMED),
    final = "a worker has said what became of the message."
)]
pub struct Report {
    /// The message.
    pub message: Uuid,
    /// The name under which the worker claimed it.
    pub worker: Name,
    /// What came of it.
    pub outcome: NotificationOutcome,
    /// Why it was not brought.
    pub problem: Option<Name>,
}

impl CollectionCommand for Report {
    type Output = DeliveryState;
    async fn run(&self, cx: &mut Context<'_>) -> Result<DeliveryState> {
        let now = cx.now();
        let of = NotificationDelivery::MESSAGE.eq(self.message);
        let mut deliveries: Vec<NotificationDelivery> = cx.unrestricted().every(&of).await?;
        let theirs = |delivery: &NotificationDelivery| {
            delivery.state == DeliveryState::Claimed && delivery.worker.as_deref() == Some(self.worker.as_str())
        };
        deliveries.retain(theirs);
        if deliveries.is_empty() {
            return Err(NOT_CLAIMED.with("worker", &self.worker).with("message", self.message));
        }
        let problem = self.problem.as_ref().map(Name::as_str);
        let mut state = DeliveryState::Left;
        for delivery in deliveries {
            let again = again_at(now, delivery.attempts).filter(|_| self.outcome == NotificationOutcome::Failed);
            let delivery = match (self.outcome, again) {
                (NotificationOutcome::Brought, _) => delivery.left(now),
                // The same message, held by nobody until its moment.
                (_, Some(at)) => NotificationDelivery {
                    lease_until: Some(at),
                    worker: None,
                    problem: problem.map(str::to_owned),
                    ..delivery
                },
                _ => delivery.over(DeliveryState::Failed, Some(problem.unwrap_or("failed"))),
            };
            state = delivery.state;
            cx.save(delivery).await?;
        }
        Ok(state)
    }
}
