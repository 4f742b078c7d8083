//! Targets and calendars that change are applied to the tickets that are open, by and by.

use crate::{
    Context, Filter, Op, Record, Result,
    kernel::{Consumer, Timed, Timer, later::set_timer, ledger::Event, record::RecordDef},
    people::{Group, Org, calendar::Calendar},
    service::{Target, Ticket, TicketStatus},
};

/// How many tickets are looked at in one unit.
const AT_ONCE: usize = 200;

/// Begins to apply what changed.
pub(crate) struct TargetsChanged;

impl Consumer for TargetsChanged {
    const NAME: &'static str = "target.changed";
    fn wants(event: &Event, of: &'static RecordDef) -> bool {
        let names_hours = || event.payload.as_deref().is_some_and(|payload| payload.contains("calendar"));
        of.kind == Target::def().kind
            || of.kind == Calendar::def().kind
            || ((of.kind == Group::def().kind || of.kind == Org::def().kind) && names_hours())
    }
    async fn consume(cx: &mut Context<'_>, _: &[Event]) -> Result<()> {
        let now = cx.now();
        set_timer::<Anew>(cx, "", now, None).await
    }
}

/// Goes through the open tickets.
pub(crate) struct Anew;

impl Timed for Anew {
    const NAME: &'static str = "target.apply";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let mut open = Filter::compare(Ticket::STATUS.name(), Op::In, TicketStatus::UNSOLVED);
        if let Some(last) = &timer.detail {
            open = open.and(Filter::compare("id", Op::Gt, last));
        }
        let tickets: Vec<Ticket> = cx.unrestricted().find(&open, &["id"], AT_ONCE).await?;
        let more = tickets.len() == AT_ONCE;
        let last = tickets.last().map(|ticket| ticket.id.to_string());
        for ticket in tickets {
            // Keeping it chooses its target anew.
            cx.save(ticket).await?;
        }
        if more {
            let now = cx.now();
            set_timer::<Self>(cx, "", now, last).await?;
        }
        Ok(())
    }
}
