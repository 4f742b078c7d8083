//! Whoever is given something, or mentioned, by somebody else is notified of it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::{
    Notification, NotificationReason,
    mention::{may_mention, mentioned},
    notify,
    preference::is_own,
    sum_up,
};
use crate::{
    About, Assignee, Context, Id, Record, Result,
    kernel::{
        Consumer,
        ledger::{Event, Verb},
        record::{Derived, RecordDef},
    },
    people::{Membership, User},
    productivity::Note,
};

/// So many things that a unit tells somebody of are about the first of them; more are a number.
const FEW: usize = 10;

/// Notifies users of what others give to them, and of texts in which others mention them: once for each unit, and once for all units of
/// a cause, such as an import. Where a unit does both, the mention counts.
pub(crate) struct FromEvents;

impl Consumer for FromEvents {
    const NAME: &'static str = "notification.from_events";
    fn wants(event: &Event, of: &'static RecordDef) -> bool {
        let told = matches!(event.verb, Verb::Created | Verb::Updated) && !is_own(of.kind);
        told && (user_column(of).is_some_and(|path| taker(event, path).is_some()) || says(event, of).is_some())
    }
    async fn consume(cx: &mut Context<'_>, events: &[Event]) -> Result<()> {
        let Some(event) = events.first() else { return Ok(()) };
        let mut reasons = given(cx, events);
        // A mention says more than that something is theirs.
        reasons.extend(mentions(cx, events).await?);
        for (user, (reason, things)) in reasons {
            let own = Some(format!("user:{user}"));
            if own.as_ref() == Some(&event.actor) || own == event.on_behalf_of {
                continue;
            }
            let user: Id<User> = Id::new(user);
            if !cx.unrestricted().load(user).await?.active {
                continue;
            }
            let few = things.len() <= FEW;
            let count = i64::try_from(things.len()).unwrap_or(i64::MAX);
            let Some(Thing { about, note }) = things.into_iter().next() else { continue };
            let by = Some(event.actor.clone());
            let notification = Notification { user, reason, by, about, note, count, ..Notification::default() };
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

/// Something that somebody is notified of.
struct Thing {
    about: Option<About>,
    note: Option<Id<Note>>,
}

type Reasons = BTreeMap<Uuid, (NotificationReason, Vec<Thing>)>;

/// Whose the records are at the end of the unit.
fn given(cx: &Context<'_>, events: &[Event]) -> Reasons {
    let mut given: Vec<((&str, Uuid), Uuid)> = Vec::new();
    for event in events {
        let Ok(def) = cx.kind(&event.kind) else { continue };
        if let Some(user) = user_column(def).and_then(|path| taker(event, path)) {
            given.retain(|(record, _)| *record != (def.kind, event.record));
            given.push(((def.kind, event.record), user));
        }
    }
    let mut reasons = Reasons::new();
    for ((kind, id), user) in given {
        let (_, things) = reasons.entry(user).or_insert((NotificationReason::Assigned, Vec::new()));
        things.push(Thing { about: Some(About::record(kind, id)), note: None });
    }
    reasons
}

/// Who is mentioned in texts that they may read and were not mentioned there before.
async fn mentions(cx: &mut Context<'_>, events: &[Event]) -> Result<Reasons> {
    let mut reasons = Reasons::new();
    let mut told = BTreeSet::new();
    for event in events {
        let Ok(def) = cx.kind(&event.kind) else { continue };
        let Some((before, now)) = says(event, def) else { continue };
        let known = mentioned(&before);
        for user in members(cx, mentioned(&now).difference(&known)).await? {
            if !told.insert((def.kind, event.record, user)) || !cx.is_seen_by(user, def, event.record).await? {
                continue;
            }
            let thing = thing(cx, def, event.record).await?;
            reasons.entry(user).or_insert((NotificationReason::Mention, Vec::new())).1.push(thing);
        }
    }
    Ok(reasons)
}

/// The users who are meant: themselves, or as members of a group.
pub(super) async fn members(
    cx: &mut Context<'_>,
    mentioned: impl Iterator<Item = &Assignee>,
) -> Result<BTreeSet<Uuid>> {
    let mut users = BTreeSet::new();
    for one in mentioned {
        match one {
            Assignee::User(user) => {
                users.insert(*user);
            }
            Assignee::Group(group) => {
                let members = cx.unrestricted().matching(Membership::GROUP, &Id::new(*group)).await?;
                users.extend(members.into_iter().map(|membership| membership.user.uuid()));
            }
        }
    }
    Ok(users)
}

/// What a text belongs to: its record, or the first of what that is about where nothing can be about it.
async fn thing(cx: &mut Context<'_>, def: &'static RecordDef, id: Uuid) -> Result<Thing> {
    let note = (def.kind == Note::def().kind).then(|| Id::new(id));
    if def.is_about_able() {
        return Ok(Thing { about: Some(About::record(def.kind, id)), note });
    }
    let row = cx.unrestricted().row(def, id).await?;
    let first = row.and_then(|row| def.follows.iter().find_map(|topic| topic.named(&row).into_iter().next()));
    Ok(Thing { about: first.map(|(kind, id)| About::record(&kind, id)), note })
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
    sides(event, path)?.1.as_str()?.parse().ok()
}

/// The text of an event that may mention people, as it was and as it is.
fn says(event: &Event, def: &RecordDef) -> Option<(String, String)> {
    let path = def.columns.get(def.mentions?)?.path.as_str();
    if !event.payload.as_deref().is_some_and(may_mention) {
        return None;
    }
    let (before, now) = sides(event, path)?;
    let text = |value: Json| value.as_str().map(str::to_owned);
    Some((text(before).unwrap_or_default(), text(now)?))
}

/// What a field was before an event, and is after it.
fn sides(event: &Event, path: &str) -> Option<(Json, Json)> {
    let mut payload: Map<String, Json> = serde_json::from_str(event.payload.as_deref()?).ok()?;
    match (event.verb, payload.remove(path)?) {
        (Verb::Updated, Json::Array(change)) => {
            let mut sides = change.into_iter();
            Some((sides.next()?, sides.next()?))
        }
        (_, value) => Some((Json::Null, value)),
    }
}
