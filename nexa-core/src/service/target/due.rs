//! Whether a clock is near or missed is looked at when that comes, by a timer of the ticket.

use uuid::Uuid;

use crate::{
    Context, Id, Record, Result, Timestamp,
    kernel::{
        Timed, Timer,
        later::{set_timer, stop_timer},
    },
    service::Ticket,
};

/// Looks at the clocks of a ticket.
pub(crate) struct TargetDue;

impl Timed for TargetDue {
    const NAME: &'static str = "ticket.target";
    async fn fire(cx: &mut Context<'_>, timer: &Timer) -> Result<()> {
        let Ok(id) = timer.key().parse::<Uuid>() else { return Ok(()) };
        let Some(row) = cx.unrestricted().row(Ticket::def(), id).await? else { return Ok(()) };
        // Keeping it brings its clocks up to date.
        let ticket = cx.save(Ticket::from_row(row)?).await?;
        plan(cx, ticket.id, ticket.clocks().next_look()).await
    }
}

/// Sets, moves or stops the timer of a ticket.
pub(in crate::service) async fn plan(cx: &mut Context<'_>, ticket: Id<Ticket>, at: Option<Timestamp>) -> Result<()> {
    let key = ticket.to_string();
    match at {
        Some(at) => set_timer::<TargetDue>(cx, &key, at, None).await,
        None => stop_timer::<TargetDue>(cx, &key).await,
    }
}
