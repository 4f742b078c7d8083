//! A tenant with mail that is to leave is one in which something is due: so a worker finds it.

use uuid::Uuid;

use super::{Mail, MailState, Sender};
use crate::{
    Context, Filter, Op, Result, Timestamp,
    kernel::{
        Timed, Timer,
        later::{set_timer, stop_timer},
    },
};

/// How soon a worker looks again after mail that waits: a minute, in microseconds.
const AGAIN: i64 = 60_000_000;

/// The key of the one timer.
const KEY: &str = "next";

/// The moment at which mail is to leave. It sends nothing: who ticks with a mailer claims what is due.
pub(crate) struct MailDue;

impl Timed for MailDue {
    const NAME: &'static str = "mail.due";
    async fn fire(cx: &mut Context<'_>, _: &Timer) -> Result<()> {
        // Whoever ticks may have no mailer; somebody who has one is to find the tenant as well.
        let soonest = Timestamp::from_micros(cx.now().micros().saturating_add(AGAIN));
        match next(cx).await? {
            Some(next) => set_timer::<MailDue>(cx, KEY, next.max(soonest), None).await,
            None => stop_timer::<MailDue>(cx, KEY).await,
        }
    }
}

/// Lets the tenant be looked at no later than at this moment.
pub(super) async fn look_at(cx: &mut Context<'_>, at: Timestamp) -> Result<()> {
    let slot = format!("{}/{KEY}", MailDue::NAME);
    let known: Vec<Timer> = cx.unrestricted().matching(Timer::SLOT, &slot).await?;
    if known.first().is_some_and(|timer| timer.due_at <= at) {
        return Ok(());
    }
    set_timer::<MailDue>(cx, KEY, at, None).await
}

/// When something is to be done about mail the next time; what waits for a halted sender is looked at when that goes on.
async fn next(cx: &mut Context<'_>) -> Result<Option<Timestamp>> {
    let senders = cx.unrestricted().every::<Sender>(&Filter::everything()).await?;
    let rest = senders.iter().filter(|sender| sender.must_send().is_err());
    let resting: Vec<Uuid> = rest.map(|sender| sender.id.uuid()).collect();
    let mut waits = Mail::STATE.eq(MailState::Planned);
    if !resting.is_empty() {
        waits = waits.and(Filter::compare(Mail::SENDER.name(), Op::NotIn, resting));
    }
    let planned = cx.unrestricted().find::<Mail>(&waits, &["not_before"], 1).await?;
    let claimed = cx.unrestricted().find::<Mail>(&Mail::STATE.eq(MailState::Claimed), &["lease_until"], 1).await?;
    let leases = claimed.first().and_then(|mail| mail.lease_until);
    Ok(planned.first().map(|mail| mail.not_before).into_iter().chain(leases).min())
}
