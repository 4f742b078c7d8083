//! What is known of the factors of an account, at a moment and in somebody's scope.

use super::{
    super::sight::{DAY, Sight, days_between, latest},
    AccountSignal, HealthMeasure,
    card::Card,
    factor::{HealthFactor, Reading},
};
use crate::{
    About, Context, Filter, Id, Op, Record, Result, Timestamp,
    productivity::{Call, CallDirection, Meeting, MeetingStatus},
    sales::Account,
    service::{Ticket, TicketSeverity, TicketStatus},
};

/// So many open tickets of an account are counted; more take no more points on any sensible card.
const MOST_TICKETS: usize = 200;

/// What is known of a factor.
#[derive(Default)]
pub(super) struct Measured {
    pub(super) reading: Option<Reading>,
    /// When it was seen.
    pub(super) at: Option<Timestamp>,
    /// From when on it says something else, if nothing happens: a signal is outdated.
    pub(super) until: Option<Timestamp>,
    /// Since when the account did not come to us, where that is what was read.
    pub(super) inbound: Option<Timestamp>,
}

/// What is known of each factor of a card.
pub(super) async fn measured(
    cx: &mut Context<'_>,
    sight: Sight,
    account: Id<Account>,
    card: &Card,
    at: Timestamp,
) -> Result<Vec<Measured>> {
    let mut all = Vec::with_capacity(card.factors.len());
    for factor in &card.factors {
        let recorded = recorded(cx, sight, account, factor, card.valid_days, at).await?;
        all.push(match (recorded, factor.measure) {
            (Some(recorded), _) => recorded,
            (None, HealthMeasure::OpenTickets) => open_tickets(cx, sight, account, at).await?,
            (None, HealthMeasure::DaysSinceInbound) => since_inbound(cx, sight, account, at).await?,
            (None, _) => Measured::default(),
        });
    }
    Ok(all)
}

/// The newest signal of a factor that still counts.
async fn recorded(
    cx: &mut Context<'_>,
    sight: Sight,
    account: Id<Account>,
    factor: &HealthFactor,
    valid_days: u32,
    at: Timestamp,
) -> Result<Option<Measured>> {
    let fields = ["account", "signal", "at", "number", "word"];
    if !sight.sees(cx, AccountSignal::def(), &fields)? {
        return Ok(None);
    }
    let valid = i64::from(valid_days) * DAY;
    let since = Timestamp::from_micros(at.micros() - valid);
    let filter = AccountSignal::ACCOUNT.eq(account).and(AccountSignal::SIGNAL.eq(factor.code.clone()));
    let filter = filter.and(AccountSignal::AT.le(at)).and(AccountSignal::AT.gt(since));
    let newest: Vec<AccountSignal> = sight.find(cx, &filter, &["-at"], 1).await?;
    let newest = newest.first().and_then(|signal| Some((signal.value()?, signal.at)));
    Ok(newest.map(|(value, seen)| Measured {
        reading: Some(Reading::from(&value)),
        at: Some(seen),
        until: Some(Timestamp::from_micros(seen.micros() + valid)),
        inbound: None,
    }))
}

/// How many tickets were not solved, the severe ones counted several times.
async fn open_tickets(cx: &mut Context<'_>, sight: Sight, account: Id<Account>, at: Timestamp) -> Result<Measured> {
    let fields = ["account", "status", "severity", "created_at", "resolved_at"];
    if !sight.sees(cx, Ticket::def(), &fields)? {
        return Ok(Measured::default());
    }
    let open = if at == cx.now() {
        Ticket::STATUS.any_of(TicketStatus::UNSOLVED)
    } else {
        let solved_later = Filter::compare(Ticket::RESOLVED_AT.name(), Op::Gt, at);
        Ticket::CREATED_AT.le(at).and(Ticket::STATUS.any_of(TicketStatus::UNSOLVED).or(solved_later))
    };
    let tickets: Vec<Ticket> = sight.find(cx, &Ticket::ACCOUNT.eq(account).and(open), &[], MOST_TICKETS).await?;
    let count: u32 = tickets
        .iter()
        .map(|ticket| match ticket.severity {
            Some(TicketSeverity::P1) => 4,
            Some(TicketSeverity::P2) => 2,
            _ => 1,
        })
        .sum();
    Ok(Measured { reading: Some(Reading::Number(f64::from(count))), at: Some(at), ..Measured::default() })
}

/// How many days ago the account last came to us.
async fn since_inbound(cx: &mut Context<'_>, sight: Sight, account: Id<Account>, at: Timestamp) -> Result<Measured> {
    let last = last_inbound(cx, sight, &About::record(Account::def().kind, account.uuid()), at).await?;
    let mut tickets = Vec::new();
    if sight.sees(cx, Ticket::def(), &["account", "created_at"])? {
        let of_account = Ticket::ACCOUNT.eq(account).and(Ticket::CREATED_AT.le(at));
        tickets = sight.find::<Ticket>(cx, &of_account, &["-created_at"], 1).await?;
    }
    let Some(last) = last.max(latest(&tickets, "created_at")) else { return Ok(Measured::default()) };
    let days = days_between(last, at);
    Ok(Measured { reading: Some(Reading::Number(days)), at: Some(last), inbound: Some(last), until: None })
}

/// When somebody last came to us about something: a call of theirs, or a meeting that was held.
pub(in crate::intelligence) async fn last_inbound(
    cx: &mut Context<'_>,
    sight: Sight,
    about: &About,
    at: Timestamp,
) -> Result<Option<Timestamp>> {
    let (mut calls, mut meetings) = (Vec::new(), Vec::new());
    if sight.sees(cx, Call::def(), &["about", "direction", "started_at"])? {
        let theirs = Filter::compare(Call::ABOUT.name(), Op::Has, about)
            .and(Call::DIRECTION.eq(CallDirection::Incoming))
            .and(Call::STARTED_AT.le(at));
        calls = sight.find::<Call>(cx, &theirs, &["-started_at"], 1).await?;
    }
    if sight.sees(cx, Meeting::def(), &["about", "status", "starts_at"])? {
        let held = Filter::compare(Meeting::ABOUT.name(), Op::Has, about)
            .and(Meeting::STATUS.eq(MeetingStatus::Held))
            .and(Filter::compare(Meeting::STARTS_AT.name(), Op::Le, at));
        meetings = sight.find::<Meeting>(cx, &held, &["-starts_at"], 1).await?;
    }
    Ok(latest(&calls, "started_at").max(latest(&meetings, "starts_at")))
}
