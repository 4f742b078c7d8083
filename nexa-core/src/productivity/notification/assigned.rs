//! Whoever is given something is notified of it.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{Notification, NotificationReason, notify, sum_up};
use crate::{
    About, Context, Id, Record, Result,
    kernel::{
        Consumer,
        ledger::{Event, Verb},
        record::{Derived, RecordDef},
    },
    people::User,
};

/// So many things that a unit gives to somebody are about the first of them; more are a number.
const FEW: usize = 10;

/// Notifies users of what others give to them: once for each unit, and once for all units of a cause, such as an import.
pub(crate) struct Assignments;

impl Consumer for Assignments {
    const NAME: &'static str = "notification.assigned";
    fn wants(event: &Event, of: &'static RecordDef) -> bool {
        matches!(event.verb, Verb::Created | Verb::Updated)
            && of.kind != Notification::def().kind
            && user_column(of).is_some_and(|path| taker(event, path).is_some())
    }
    async fn consume(cx: &mut Context<'_>, events: &[Event]) -> Result<()> {
        // Whose a record was at the end of the unit.
        let mut given: Vec<((&str, Uuid), Uuid)> = Vec::new();
        for event in events {
            let Ok(def) = cx.kind(&event.kind) else { continue };
            if let Some(user) = user_column(def).and_then(|path| taker(event, path)) {
                given.retain(|(record, _)| *record != (def.kind, event.record));
                given.push(((def.kind, event.record), user));
            }
        }
        let Some(event) = events.first() else { return Ok(()) };
        let mut by_user: BTreeMap<Uuid, Vec<About>> = BTreeMap::new();
        for ((kind, id), user) in given {
            let own = Some(format!("user:{user}"));
            if own.as_ref() != Some(&event.actor) && own != event.on_behalf_of {
                by_user.entry(user).or_default().push(About::record(kind, id));
            }
        }
        for (user, abouts) in by_user {
            let user: Id<User> = Id::new(user);
            if !cx.unrestricted().load(user).await?.active {
                continue;
            }
            let reason = NotificationReason::Assigned;
            let by = Some(event.actor.clone());
            let few = abouts.len() <= FEW;
            let count = i64::try_from(abouts.len()).unwrap_or(i64::MAX);
            let about = abouts.into_iter().next();
            let notification = Notification { user, reason, by, about, count, ..Notification::default() };
            if event.cause.is_none() && few {
                notify(cx, notification).await?;
            } else {
                let digest = Some(event.cause.clone().unwrap_or_else(|| event.unit.to_string()));
                sum_up(cx, Notification { digest, ..notification }).await?;
            }
        }
        Ok(())
    }
}

/// Where records of a kind say which user they belong to.
fn user_column(def: &RecordDef) -> Option<&str> {
    let marked = def.assignee?;
    let column = match def.columns.get(marked)?.derived {
        Some(Derived::Queue(user)) => user,
        _ => marked,
    };
    def.columns.get(column).map(|column| column.path.as_str())
}

/// Whom an event gives its record to.
fn taker(event: &Event, path: &str) -> Option<Uuid> {
    let payload: Map<String, Json> = serde_json::from_str(event.payload.as_deref()?).ok()?;
    let value = match (event.verb, payload.get(path)?) {
        (Verb::Updated, Json::Array(change)) => change.last()?,
        (_, value) => value,
    };
    value.as_str()?.parse().ok()
}
