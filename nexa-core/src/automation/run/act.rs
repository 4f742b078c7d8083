//! What a step does: a command, or a notice.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    Made,
    values::{self, Source},
};
use crate::{
    About, Assignee, Context, Id, Result, Subject,
    automation::workflow::{StepCommand, StepNotice},
    people::{User, assignment},
    productivity::notification::{Notification, NotificationReason, notify},
};

/// Runs the command of a step, and says what it made.
pub(super) async fn command(cx: &mut Context<'_>, source: &Source<'_>, step: &StepCommand) -> Result<Made> {
    let with = values::filled(cx, source, &Json::Object(step.with.clone())).await?;
    let operation = cx.operation_named(&step.command)?;
    let answer = cx.perform_named(&step.command, &with).await?;
    Ok(made(operation.kind, &answer))
}

/// The records in an answer.
fn made(kind: &str, answer: &Json) -> Made {
    let id = |json: &Json| json.get("id").and_then(Json::as_str).and_then(|id| id.parse::<Uuid>().ok());
    let parts: BTreeMap<String, Uuid> = match answer {
        Json::Object(map) => map.iter().filter_map(|(name, part)| Some((name.clone(), id(part)?))).collect(),
        _ => BTreeMap::new(),
    };
    let own = id(answer).or_else(|| parts.get(kind).copied()).or_else(|| parts.get("record").copied());
    Made { kind: kind.to_owned(), id: own, parts }
}

/// Who is to be notified of a step, each once.
pub(super) async fn receivers(cx: &mut Context<'_>, source: &Source<'_>, step: &StepNotice) -> Result<Vec<Id<User>>> {
    let to = values::filled(cx, source, &Json::Array(step.to.clone())).await?;
    let mut users = BTreeSet::new();
    for one in to.as_array().into_iter().flatten() {
        match one {
            Json::String(id) => users.extend(id.parse::<Uuid>()),
            one => match serde_json::from_value::<Option<Assignee>>(one.clone()) {
                Ok(Some(Assignee::User(user))) => drop(users.insert(user)),
                Ok(Some(Assignee::Group(group))) => {
                    let members = assignment::active_members(cx, Id::new(group)).await?;
                    users.extend(members.iter().map(|member| member.id.uuid()));
                }
                Ok(None) | Err(_) => {}
            },
        }
    }
    Ok(users.into_iter().map(Id::new).collect())
}

/// Notifies users of the record of a run.
pub(super) async fn tell(
    cx: &mut Context<'_>,
    source: &Source<'_>,
    message: Option<&Subject>,
    users: Vec<Id<User>>,
) -> Result<()> {
    let about = source.item.or(source.record).map(|(def, id)| About::record(def.kind, id));
    for user in users {
        if !cx.unrestricted().load(user).await.is_ok_and(|user| user.active) {
            continue;
        }
        let notification = Notification {
            user,
            reason: NotificationReason::Workflow,
            about: about.clone(),
            message: message.cloned(),
            count: 1,
            ..Notification::default()
        };
        notify(cx, notification).await?;
    }
    Ok(())
}
