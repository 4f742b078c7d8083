//! Those who work on a ticket are notified when something that was promised is near or was missed.

use serde_json::{Map, Value as Json};

use super::Clocks;
use crate::{
    About, Assignee, Context, Id, Record, Result, Timestamp,
    kernel::{
        Consumer,
        ledger::{Event, Verb},
        record::RecordDef,
    },
    people::{User, assignment::active_members},
    productivity::notification::{Notification, NotificationReason, notify},
    service::Ticket,
};

/// Notifies the user whose the ticket is, or the members of its group, once for each due moment.
pub(crate) struct TargetNotices;

impl Consumer for TargetNotices {
    const NAME: &'static str = "notification.from_targets";
    fn wants(event: &Event, of: &'static RecordDef) -> bool {
        of.kind == Ticket::def().kind && event.verb == Verb::Updated && found(event).is_some()
    }
    async fn consume(cx: &mut Context<'_>, events: &[Event]) -> Result<()> {
        for event in events {
            let Some((reason, due_at)) = found(event) else { continue };
            let Some(row) = cx.unrestricted().row(Ticket::def(), event.record).await? else { continue };
            let ticket = Ticket::from_row(row)?;
            if ticket.deleted_at.is_some() {
                continue;
            }
            for user in workers(cx, ticket.assignee).await? {
                let about = Some(About::from(&ticket));
                notify(
                    cx,
                    Notification { user, reason, about, count: 1, due_at: Some(due_at), ..Notification::default() },
                )
                .await?;
            }
        }
        Ok(())
    }
}

/// What an event of a ticket found of its clocks: the worst, and when that is due.
fn found(event: &Event) -> Option<(NotificationReason, Timestamp)> {
    let payload = event.payload.as_deref().filter(|payload| payload.contains("\"clocks\""))?;
    let mut fields: Map<String, Json> = serde_json::from_str(payload).ok()?;
    let Json::Array(sides) = fields.remove(Ticket::CLOCKS.name())? else { return None };
    let mut sides = sides.into_iter().map(|side| serde_json::from_value::<Clocks>(side).unwrap_or_default());
    let (before, now) = (sides.next()?, sides.next()?);
    let pairs = [
        (&before.first_response, &now.first_response),
        (&before.next_response, &now.next_response),
        (&before.update, &now.update),
        (&before.resolution, &now.resolution),
    ];
    let newly = |of: fn(&super::Clock) -> Option<Timestamp>| {
        pairs
            .iter()
            .filter_map(|(before, now)| {
                let moment = now.as_ref().and_then(of)?;
                (before.as_ref().and_then(of) != Some(moment)).then_some(moment)
            })
            .min()
    };
    let missed = newly(|clock| clock.breached).map(|due| (NotificationReason::TargetBreached, due));
    missed.or_else(|| newly(|clock| clock.near_of).map(|due| (NotificationReason::TargetNear, due)))
}

/// Who works on it.
async fn workers(cx: &mut Context<'_>, assignee: Option<Assignee>) -> Result<Vec<Id<User>>> {
    Ok(match assignee {
        Some(Assignee::User(user)) => {
            let user: User = cx.unrestricted().load(Id::new(user)).await?;
            if user.active { vec![user.id] } else { Vec::new() }
        }
        Some(Assignee::Group(group)) => {
            active_members(cx, Id::new(group)).await?.into_iter().map(|member| member.id).collect()
        }
        None => Vec::new(),
    })
}
