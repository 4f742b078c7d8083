//! Raises one alert when the health of an account falls, and closes it when the account has recovered.

use uuid::Uuid;

use super::{
    super::{
        alert::{Alert, AlertStatus, AlertType, episodes},
        sight::{Sight, days_later},
    },
    AccountSignal, HealthMeasure, REVIEW,
    card::Card,
    factor::float,
    reading::{Measured, measured},
    reasons, tally,
};
use crate::{
    Context, Document, Id, Record, Result, Subject, Timestamp,
    kernel::{
        Consumer, Timed, Timer,
        error::codes,
        later::{set_timer, stop_timer},
        ledger::{Event, Verb},
        record::RecordDef,
    },
    sales::Account,
    service::Ticket,
};

/// How many points above the threshold an account has recovered, so that one near the threshold does not raise alert after alert.
const RECOVERY: u8 = 5;

/// Compares the health of an account with the threshold, whoever asks; an account of which no signal was recorded is left alone.
pub(super) async fn check(cx: &mut Context<'_>, account: Id<Account>) -> Result<()> {
    let any: Vec<AccountSignal> = cx.unrestricted().find(&AccountSignal::ACCOUNT.eq(account), &[], 1).await?;
    if any.is_empty() {
        return Ok(());
    }
    let Ok(account) = cx.unrestricted().load(account).await else { return Ok(()) };
    let card = Card::of_tenant(cx).await?;
    let now = cx.now();
    let measured = measured(cx, Sight::Whole, account.id, &card, now).await?;
    let tallied = tally(&card, &measured);
    let [newest, open] = episodes(cx, account.id).await?;
    let muted_until = newest.and_then(|alert| alert.muted_until).filter(|until| *until > now);
    match open {
        Some(mut alert) if tallied.score >= card.alert_below.saturating_add(RECOVERY).min(100) => {
            alert.recover(now);
            cx.save(alert).await?;
        }
        None if tallied.score < card.alert_below && muted_until.is_none() => {
            let message = format!("Health score dropped to {}, immediate action needed", tallied.score);
            let text = |text: &str| {
                Subject::parse(text)
                    .map_err(|problem| codes::FIELD_INVALID.with("field", "message").with("problem", problem))
            };
            let alert = Alert {
                r#type: AlertType::ChurnRisk,
                account: account.id,
                status: AlertStatus::Open,
                message: text(&message)?,
                recommendation: text(REVIEW)?,
                value: u32::from(tallied.score),
                threshold: u32::from(card.alert_below),
                reasons: Document(reasons(&tallied)),
                assignee: account.owner,
                ..Alert::default()
            };
            cx.unrestricted().insert(alert).await?;
        }
        _ => {}
    }
    let key = account.id.to_string();
    match changes_at(&card, &measured, now).into_iter().chain(muted_until).min() {
        Some(at) => set_timer::<Aging>(cx, &key, at, None).await,
        None => stop_timer::<Aging>(cx, &key).await,
    }
}

/// When the health crosses the threshold, if nothing happens: a signal does not count any more, or the account did not come to us for
/// too long.
fn changes_at(card: &Card, measured: &[Measured], now: Timestamp) -> Option<Timestamp> {
    let outdated = measured.iter().filter_map(|found| found.until);
    let lost = |(factor, found): (&super::HealthFactor, &Measured)| {
        found.reading.as_ref().and_then(|reading| factor.lost(reading)).unwrap_or_default()
    };
    let total: f64 = card.factors.iter().zip(measured).map(lost).sum();
    let falls = card.factors.iter().zip(measured).filter_map(|(factor, found)| {
        let (inbound, range) = (found.inbound?, factor.range?);
        if factor.measure != HealthMeasure::DaysSinceInbound {
            return None;
        }
        let others = total - lost((factor, found));
        // Half a point is rounded away.
        let allowed = 100.5 - f64::from(card.alert_below) - others;
        let share = allowed / f64::from(factor.weight);
        let days = float(range.best) + (float(range.worst) - float(range.best)) * share;
        // An hour later it has crossed whatever is rounded.
        (0.0..=1.0).contains(&share).then(|| days_later(inbound, days).plus_hours(1))
    });
    outdated.chain(falls).filter(|at| *at > now).min()
}

/// Looks at an account again when time alone changed its health.
pub(in crate::intelligence) struct Aging;

impl Timed for Aging {
    const NAME: &'static str = "health.aging";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        match timer.key().parse::<Uuid>() {
            Ok(account) => check(cx, Id::new(account)).await,
            Err(_) => Ok(()),
        }
    }
}

/// Looks at an account again when one of its tickets changed.
pub(in crate::intelligence) struct Watch;

impl Consumer for Watch {
    const NAME: &'static str = "health.watch";
    fn wants(event: &Event, of: &'static RecordDef) -> bool {
        let counts = ["\"account\"", "\"status\"", "\"severity\"", "\"deleted_at\""];
        let changed = |payload: &str| counts.iter().any(|field| payload.contains(field));
        of.kind == Ticket::def().kind
            && match event.verb {
                Verb::Created => event.payload.as_deref().is_some_and(|payload| payload.contains("\"account\"")),
                Verb::Updated => event.payload.as_deref().is_some_and(changed),
                _ => false,
            }
    }
    async fn consume(cx: &mut Context<'_>, events: &[Event]) -> Result<()> {
        let mut accounts: Vec<Id<Account>> = Vec::new();
        for event in events {
            let Some(row) = cx.unrestricted().row(Ticket::def(), event.record).await? else { continue };
            accounts.extend(Ticket::from_row(row)?.account);
        }
        accounts.sort_unstable();
        accounts.dedup();
        for account in accounts {
            check(cx, account).await?;
        }
        Ok(())
    }
}
