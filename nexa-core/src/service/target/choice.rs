//! Which target a ticket has, by which hours, and what follows for its clocks.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    Clocks, Goal, Target,
    clock::{Clock, Hours, Promise, State},
};
use crate::{
    Assignee, Context, Filter, Id, Record, Result, Timestamp,
    kernel::{
        filter::{Around, Pointing, Predicate},
        record::{RecordDef, Row},
    },
    people::{Group, calendar::Calendar, org},
    sales::{Account, Contact},
    service::{Ticket, TicketStatus},
};

/// How many targets of a tenant count.
const MOST_TARGETS: usize = 200;

/// The active targets of a tenant in their order.
struct Targets(Vec<(Predicate, Target)>);

/// What a ticket is promised.
pub(in crate::service) struct Goals {
    /// The target that promises it.
    pub(in crate::service) target: Option<Id<Target>>,
    goal: Goal,
    near: Option<u32>,
    hours: Hours,
}

/// The records that a target's filter may look at, as far as this call knows them.
struct Known<'c, 'a>(&'c Context<'a>);

impl Around for Known<'_, '_> {
    fn related(&self, of: &'static RecordDef, id: Uuid) -> Option<Row> {
        self.0.current(of, id).filter(|row| row.live(of)).cloned()
    }
    fn has(&self, _: &Pointing, _: Uuid) -> bool {
        false
    }
}

/// What a ticket is promised; nothing when no target is for it.
pub(in crate::service) async fn goals_for(ticket: &Ticket, cx: &mut Context<'_>) -> Result<Goals> {
    let nothing = Goals { target: None, goal: Goal::default(), near: None, hours: Hours::Always };
    let targets = targets(cx).await?;
    if targets.0.is_empty() {
        return Ok(nothing);
    }
    // Their fields are what a filter may look at.
    if let Some(account) = ticket.account {
        cx.unrestricted().row(Account::def(), account.uuid()).await?;
    }
    if let Some(contact) = ticket.contact {
        cx.unrestricted().row(Contact::def(), contact.uuid()).await?;
    }
    let row = ticket.to_row();
    let chosen = targets.0.iter().find(|(filter, _)| filter.holds(&row, &Known(cx)) == Some(true));
    let Some((_, target)) = chosen else { return Ok(nothing) };
    let Some(goal) = target.goals.iter().find(|goal| goal.is_for(ticket)) else {
        return Ok(Goals { target: Some(target.id), ..nothing });
    };
    let hours = if goal.around_the_clock { Hours::Always } else { own_hours(target, ticket, cx).await? };
    Ok(Goals { target: Some(target.id), goal: goal.clone(), near: target.near_minutes, hours })
}

async fn targets(cx: &mut Context<'_>) -> Result<Arc<Targets>> {
    if let Some(targets) = cx.kept::<Targets>() {
        return Ok(targets);
    }
    let mut found: Vec<Target> = cx.unrestricted().matching(Target::ACTIVE, &true).await?;
    found.sort_by_key(|target| (target.position, target.created_at, target.id));
    found.truncate(MOST_TARGETS);
    let mut targets = Vec::with_capacity(found.len());
    for target in found {
        let everything = Filter::everything();
        let filter = target.filter.as_ref().map_or(&everything, |filter| &filter.0);
        let (filter, _) = cx.kept_filter(Ticket::def(), filter).await?;
        targets.push((filter, target));
    }
    Ok(cx.keep_while::<Target, _>(Arc::new(Targets(targets))))
}

/// The target's own hours, else those of the ticket's group, else the organisation's.
async fn own_hours(target: &Target, ticket: &Ticket, cx: &mut Context<'_>) -> Result<Hours> {
    if target.calendar.is_some() {
        return hours_of(target.calendar, cx).await;
    }
    let group = match ticket.assignee {
        Some(Assignee::Group(group)) => Some(Id::<Group>::new(group)),
        _ => ticket.via_group,
    };
    let of_group = match group {
        Some(group) => cx.unrestricted().row(Group::def(), group.uuid()).await?.map(Group::from_row).transpose()?,
        None => None,
    };
    let calendar = match of_group.and_then(|group| group.calendar) {
        Some(calendar) => Some(calendar),
        None => org::settings(cx).await?.calendar,
    };
    hours_of(calendar, cx).await
}

async fn hours_of(calendar: Option<Id<Calendar>>, cx: &mut Context<'_>) -> Result<Hours> {
    let Some(id) = calendar else { return Ok(Hours::Always) };
    let row = cx.unrestricted().row(Calendar::def(), id.uuid()).await?;
    Ok(match row {
        Some(row) => Hours::Of(Arc::new(Calendar::from_row(row)?)),
        None => Hours::Always,
    })
}

impl Goals {
    fn promise(&self, minutes: Option<u32>) -> Option<Promise> {
        let minutes = minutes?;
        Some(Promise { minutes, near: self.near.unwrap_or(minutes.div_ceil(4)), hours: self.hours.clone() })
    }

    /// The clocks of a ticket after its change.
    pub(in crate::service) async fn clocks(
        &self,
        ticket: &Ticket,
        before: Option<&Ticket>,
        cx: &mut Context<'_>,
    ) -> Result<Clocks> {
        let now = cx.now();
        let states = States::of(ticket, before, now);
        let old = before.map(Ticket::clocks).unwrap_or_default();
        let reported = ticket.reported_at.unwrap_or(ticket.created_at);
        let answered = ticket.responded_at.or(ticket.first_response_at).unwrap_or(reported);
        let mut next = Clocks::default();
        for (clock, old, minutes, state, begun) in [
            (&mut next.first_response, &old.first_response, self.goal.first_response, states.first_response, reported),
            (
                &mut next.next_response,
                &old.next_response,
                self.goal.next_response,
                states.next_response,
                ticket.waiting_since.unwrap_or(now),
            ),
            (&mut next.update, &old.update, self.goal.update, states.update, answered),
            (&mut next.resolution, &old.resolution, self.goal.resolution, states.resolution, reported),
        ] {
            let promise = self.promise(minutes);
            *clock = match state {
                Turn::Stays(state) => {
                    let hours = match old {
                        Some(old) if promise.is_some() => hours_of(old.calendar, cx).await?,
                        _ => Hours::Always,
                    };
                    Clock::next(old.as_ref(), promise.as_ref(), state, begun, &hours, now)
                }
                Turn::Anew(state) => Clock::next(None, promise.as_ref(), state, begun, &Hours::Always, now),
                Turn::Absent => None,
            };
        }
        Ok(next)
    }
}

/// What becomes of a clock.
#[derive(Clone, Copy)]
enum Turn {
    /// It goes on, in this state.
    Stays(State),
    /// Another period begins, in this state.
    Anew(State),
    /// There is none.
    Absent,
}

struct States {
    first_response: Turn,
    next_response: Turn,
    update: Turn,
    resolution: Turn,
}

impl States {
    fn of(ticket: &Ticket, before: Option<&Ticket>, now: Timestamp) -> Self {
        let over = ticket.deleted_at.is_some() || ticket.merged_into.is_some() || ticket.status == TicketStatus::Closed;
        let answered_again = before.is_some_and(|before| before.responded_at != ticket.responded_at);
        let first_response = match ticket.first_response_at {
            Some(at) => Turn::Stays(State::Met(at)),
            None if over => Turn::Stays(State::Pauses),
            None => Turn::Stays(State::Runs),
        };
        let next_response = match (ticket.first_response_at, ticket.waiting_since) {
            (None, _) => Turn::Absent,
            (Some(_), Some(_)) if over => Turn::Stays(State::Pauses),
            (Some(_), Some(since)) => {
                // The first answer may have ended another wait.
                let was = before.and_then(|before| before.waiting_since.filter(|_| before.first_response_at.is_some()));
                if was == Some(since) { Turn::Stays(State::Runs) } else { Turn::Anew(State::Runs) }
            }
            (Some(_), None) => match before.and_then(|before| before.clocks().next_response) {
                Some(_) => Turn::Stays(State::Met(ticket.responded_at.unwrap_or(now))),
                None => Turn::Absent,
            },
        };
        let works = matches!(ticket.status, TicketStatus::Open | TicketStatus::InProgress) && !over;
        let update = match (works, answered_again) {
            (true, true) => Turn::Anew(State::Runs),
            (true, false) => Turn::Stays(State::Runs),
            (false, _) => Turn::Stays(State::Pauses),
        };
        let resolution = match (ticket.status, ticket.resolved_at) {
            (TicketStatus::Resolved | TicketStatus::Closed, at) => Turn::Stays(State::Met(at.unwrap_or(now))),
            _ if works => Turn::Stays(State::Runs),
            _ => Turn::Stays(State::Pauses),
        };
        Self { first_response, next_response, update, resolution }
    }
}
