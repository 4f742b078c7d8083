//! What leaves: a notification on its way through a channel. What is due for one user at the same time is one message, however many
//! things it is about.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Notification, NotificationReason, letter,
    moments::leaves_at,
    preference::{INBOX, MAIL, NotificationPreference, NotificationTiming},
};
use crate::{
    Context, Id, Record, Result, Timestamp, closed_enum,
    kernel::{
        Timed, Timer,
        later::{set_timer, stop_timer},
    },
    mail::Mail,
    people::User,
};

/// What sums up several waits for more of them: 5 minutes, in microseconds.
const SETTLES: i64 = 300_000_000;
/// What sums up several is sent again when more came, at most once in this time: a day, in microseconds.
const AGAIN_AFTER: i64 = 86_400_000_000;
/// A message that leaves later than this says that it is late: an hour, in microseconds.
const LATE: i64 = 3_600_000_000;
/// How many are read at once.
pub(super) const PAGE: usize = 500;

closed_enum! {
    /// Where a notification is on its way through a channel.
    pub enum DeliveryState {
        /// It waits for its moment.
        Waiting = "waiting",
        /// It is in a message that a worker of the host has.
        Claimed = "claimed",
        /// It left.
        Left = "left",
        /// It was read, or is not wanted any more.
        Dropped = "dropped",
        /// It could not leave.
        Failed = "failed",
    }
}

/// A notification on its way through a channel. There is one of each, however often it is tried.
#[derive(Record, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[record(
    kind = "notification_delivery",
    table = "notification_deliveries", access = system,
    bookkeeping,
    unique("slot", code = "notification_delivery.taken"),
    index("user", "state", "not_before"),
    index("channel", "state", "not_before"),
    index("message")
)]
pub struct NotificationDelivery {
    /// The identifier.
    pub id: Id<NotificationDelivery>,
    /// Counts the changes.
    pub version: i64,
    /// When it was first planned.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The notification and the channel, with a slash between them.
    pub slot: String,
    /// The id of the notification, which an undo may take away.
    pub notification: Uuid,
    /// The user who gets it.
    pub user: Id<User>,
    /// The channel.
    pub channel: String,
    /// For which reason it leaves.
    pub reason: NotificationReason,
    /// The moment before which it does not leave.
    pub not_before: Timestamp,
    /// Where it is.
    pub state: DeliveryState,
    /// Whether it left more than an hour after that moment.
    pub late: bool,
    /// The message in which it left, or is to leave; for `mail` the mail.
    pub message: Option<Uuid>,
    /// How often a worker of the host had that message.
    pub attempts: i64,
    /// That worker.
    pub worker: Option<String>,
    /// Until when that worker has it.
    pub lease_until: Option<Timestamp>,
    /// Why it did not leave.
    pub problem: Option<String>,
    /// When it left.
    pub left_at: Option<Timestamp>,
}

impl NotificationDelivery {
    /// It as part of a message.
    pub(super) fn in_message(self, message: Uuid, now: Timestamp) -> Self {
        let late = self.late || now.since(self.not_before) > LATE;
        Self { message: Some(message), late, ..self }
    }
    /// It, over in this way.
    pub(super) fn over(self, state: DeliveryState, problem: Option<&str>) -> Self {
        Self { state, lease_until: None, problem: problem.map(str::to_owned), ..self }
    }
    /// It, gone at this moment.
    pub(super) fn left(self, at: Timestamp) -> Self {
        Self { left_at: Some(at), ..self.over(DeliveryState::Left, None) }
    }
}

/// Plans what leaves of a notification, by what its user wants of what comes for this reason.
pub(super) async fn plan(
    cx: &mut Context<'_>,
    preference: &NotificationPreference,
    notification: &Notification,
    reason: NotificationReason,
) -> Result<()> {
    let (now, user) = (cx.now(), notification.user);
    for (channel, timing) in preference.leaving(reason) {
        let slot = format!("{}/{channel}", notification.id);
        let known: Vec<NotificationDelivery> = cx.unrestricted().matching(NotificationDelivery::SLOT, &slot).await?;
        let known = known.into_iter().next();
        let again = |known: &NotificationDelivery| known.left_at.is_none_or(|left| now.since(left) < AGAIN_AFTER);
        if known.as_ref().is_some_and(again) {
            continue;
        }
        let waits = notification.digest.is_some() && timing == NotificationTiming::Now;
        let ready = if waits { later(now, SETTLES) } else { now };
        let not_before = leaves_at(cx, preference, timing, ready).await?;
        let waiting = NotificationDelivery {
            slot,
            notification: notification.id.uuid(),
            user,
            channel,
            reason,
            not_before,
            ..NotificationDelivery::default()
        };
        match known {
            Some(NotificationDelivery { id, version, created_at, .. }) => {
                cx.save(NotificationDelivery { id, version, created_at, ..waiting }).await?;
            }
            None => {
                cx.unrestricted().insert(waiting).await?;
            }
        }
        look_at(cx, user, not_before).await?;
    }
    Ok(())
}

/// The moment at which something is to leave to a user, with the user as its key: one timer for each who has something waiting.
pub(crate) struct Deliver;

impl Timed for Deliver {
    const NAME: &'static str = "notification.deliver";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Ok(user) = timer.key().parse::<Uuid>() else { return Ok(()) };
        let user = Id::new(user);
        send_mail(cx, user).await?;
        // What a channel of the host brings is claimed by its worker from now on.
        let after = NotificationDelivery::USER
            .eq(user)
            .and(NotificationDelivery::STATE.eq(DeliveryState::Waiting))
            .and(NotificationDelivery::NOT_BEFORE.gt(cx.now()));
        let next: Vec<NotificationDelivery> = cx.unrestricted().find(&after, &["not_before"], 1).await?;
        match next.first() {
            Some(next) => set_timer::<Deliver>(cx, &user.to_string(), next.not_before, None).await,
            None => stop_timer::<Deliver>(cx, &user.to_string()).await,
        }
    }
}

/// Plans the one mail about everything that is due for a user.
async fn send_mail(cx: &mut Context<'_>, user: Id<User>) -> Result<()> {
    let now = cx.now();
    let due = NotificationDelivery::USER
        .eq(user)
        .and(NotificationDelivery::CHANNEL.eq(MAIL))
        .and(NotificationDelivery::STATE.eq(DeliveryState::Waiting))
        .and(NotificationDelivery::NOT_BEFORE.le(now));
    let user = cx.unrestricted().load(user).await?;
    let mut message = None;
    loop {
        let page: Vec<NotificationDelivery> = cx.unrestricted().find(&due, &["not_before"], PAGE).await?;
        if page.is_empty() {
            return Ok(());
        }
        for delivery in page {
            let delivery = if let Some(about) = wanted(cx, &user, &delivery).await? {
                if message.is_none() {
                    message = Some(letter::plan(cx, &user, &about).await?);
                }
                match &message {
                    Some(Ok(mail)) => delivery.in_message(mail.uuid(), now).left(now),
                    Some(Err(problem)) => delivery.over(DeliveryState::Failed, Some(problem)),
                    None => delivery,
                }
            } else {
                delivery.over(DeliveryState::Dropped, None)
            };
            cx.save(delivery).await?;
        }
    }
}

/// The notification of a delivery, where it is still to leave: its user is there, has not read it, and wants it.
pub(super) async fn wanted(
    cx: &mut Context<'_>,
    user: &User,
    delivery: &NotificationDelivery,
) -> Result<Option<Notification>> {
    let row = cx.unrestricted().row(Notification::def(), delivery.notification).await?;
    let Some(notification) = row.map(Notification::from_row).transpose()?.filter(|_| user.active) else {
        return Ok(None);
    };
    let preference = NotificationPreference::of(cx, user.id).await?;
    let off = preference.timing(&delivery.channel, delivery.reason) == NotificationTiming::Off;
    Ok((!off && notification.read_at.is_none()).then_some(notification))
}

/// The deliveries of a mail.
pub(super) async fn of_mail(cx: &mut Context<'_>, mail: Id<Mail>, most: usize) -> Result<Vec<NotificationDelivery>> {
    let of = NotificationDelivery::MESSAGE.eq(mail.uuid());
    cx.unrestricted().find(&of, &["created_at"], most).await
}

/// Whether something stands in the inbox that comes for a reason.
pub(super) fn stands_in_inbox(preference: &NotificationPreference, reason: NotificationReason) -> bool {
    preference.timing(INBOX, reason) != NotificationTiming::Off
}

/// Lets something leave to a user no later than at this moment.
async fn look_at(cx: &mut Context<'_>, user: Id<User>, at: Timestamp) -> Result<()> {
    let slot = format!("{}/{user}", Deliver::NAME);
    let known: Vec<Timer> = cx.unrestricted().matching(Timer::SLOT, &slot).await?;
    if known.first().is_some_and(|timer| timer.due_at <= at) {
        return Ok(());
    }
    set_timer::<Deliver>(cx, &user.to_string(), at, None).await
}

pub(super) fn later(at: Timestamp, micros: i64) -> Timestamp {
    Timestamp::from_micros(at.micros().saturating_add(micros))
}
