//! What a notification says. It is put together when it is read, of what its reader may see then: of what left their view it says
//! nothing but why it was made.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{MORE, Notification, NotificationReason};
use crate::{
    About, Context, Id, Record, Ref, Result, Timestamp,
    kernel::{
        label::{label, with_article},
        record::{RecordDef, Row},
    },
    people::User,
    productivity::Note,
};

/// The fields that name a record of a kind that is no person, in the order in which they are read.
const NAMES: [&str; 4] = ["number", "name", "subject", "title"];
/// The same of a person.
const NAMES_OF_PERSON: [&str; 2] = ["first_name", "last_name"];

/// Who reads what a notification says.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reader {
    /// The actor, in their inbox.
    Actor,
    /// This user, in a message that leaves: it names no customer, for it is kept where nobody erases them.
    OutsideAs(Uuid),
}

/// What a notification is about, as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShownRecord {
    /// Its kind.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// What it is called, where that may be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A notification as its reader sees it today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ShownNotification {
    /// The notification.
    pub id: Id<Notification>,
    /// Why it was made.
    pub reason: NotificationReason,
    /// What it says, in English; the other fields say the same for other languages.
    pub text: String,
    /// What it is about; absent where it sums up many, or where that left the reader's view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<ShownRecord>,
    /// The note in which the reader is mentioned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Id<Note>>,
    /// The name of the user who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How many things it is about.
    pub count: i64,
    /// Whether what it is about left the reader's view.
    pub hidden: bool,
    /// Whether it came late.
    pub late: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// The moment of which it reminds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
}

/// What a notification says to a reader.
pub(super) async fn shown(cx: &mut Context<'_>, of: Notification, reader: Reader) -> Result<ShownNotification> {
    let about = match &of.about {
        Some(About::Record { kind, id }) => Some(record(cx, reader, kind, *id).await?),
        _ => None,
    };
    let note_hidden = match of.note {
        Some(note) => seen(cx, reader, Note::def(), note.uuid()).await?.is_none(),
        None => false,
    };
    let hidden = note_hidden || matches!(about, Some(None));
    let about = about.flatten().filter(|_| !hidden);
    let by = if hidden { None } else { author(cx, of.by.as_deref()).await? };
    Ok(ShownNotification {
        id: of.id,
        reason: of.reason,
        text: text(&of, about.as_ref(), by.as_deref(), hidden),
        about,
        note: of.note.filter(|_| !hidden),
        by,
        count: of.count,
        hidden,
        late: of.late,
        created_at: of.created_at,
        due_at: of.due_at,
        read_at: of.read_at,
    })
}

/// The row of a record where the reader sees it.
async fn seen(cx: &mut Context<'_>, reader: Reader, def: &'static RecordDef, id: Uuid) -> Result<Option<Row>> {
    match reader {
        Reader::Actor => match cx.visible_row(def, &Ref::Id(id.into()), false).await {
            Ok(row) => Ok(Some(row)),
            Err(error) if error.retryable() => Err(error),
            Err(_) => Ok(None),
        },
        Reader::OutsideAs(user) => {
            if cx.is_seen_by(user, def, id).await? {
                cx.unrestricted().row(def, id).await
            } else {
                Ok(None)
            }
        }
    }
}

async fn record(cx: &mut Context<'_>, reader: Reader, kind: &str, id: Uuid) -> Result<Option<ShownRecord>> {
    let Ok(def) = cx.kind(kind) else { return Ok(None) };
    let Some(row) = seen(cx, reader, def, id).await? else { return Ok(None) };
    let hidden = cx.hidden(def)?;
    let name = match reader {
        Reader::Actor if def.person => named(def, &row, &NAMES_OF_PERSON, |name| !hidden.contains(&name)),
        Reader::OutsideAs(_) if def.person => None,
        // What every record has no policy hides.
        _ => named(def, &row, &NAMES, |name| def.field(name).is_some_and(|field| !field.optional)),
    };
    Ok(Some(ShownRecord { kind: kind.to_owned(), id, name }))
}

/// The texts of these fields, as far as they may be said.
fn named(def: &RecordDef, row: &Row, names: &[&str], may: impl Fn(&str) -> bool) -> Option<String> {
    let shown = names.iter().filter(|name| may(name));
    let texts: Vec<&str> =
        shown.filter_map(|name| def.column(name)).filter_map(|column| row.get(column).as_text()).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

/// The name of the user who did something, as the ledger writes them.
async fn author(cx: &mut Context<'_>, by: Option<&str>) -> Result<Option<String>> {
    let user = by.and_then(|by| by.strip_prefix("user:")).and_then(|id| id.parse::<Uuid>().ok());
    let Some(user) = user else { return Ok(None) };
    let row = cx.unrestricted().row(User::def(), user).await?;
    Ok(row.map(User::from_row).transpose()?.map(|user| user.name.to_string()))
}

/// What a notification says in one English sentence.
fn text(of: &Notification, about: Option<&ShownRecord>, by: Option<&str>, hidden: bool) -> String {
    if of.digest.as_deref() == Some(MORE) {
        return format!("And {} more.", of.count);
    }
    let what = match about {
        _ if hidden => "something that you do not see any more".to_owned(),
        Some(ShownRecord { kind, name: Some(name), .. }) => format!("the {} {name}", label(kind)),
        Some(ShownRecord { kind, .. }) => with_article(kind),
        None if of.count > 1 => format!("{} things", of.count),
        None => "something".to_owned(),
    };
    match (of.reason, by) {
        (NotificationReason::Assigned, Some(by)) => format!("{by} gave you {what}."),
        (NotificationReason::Assigned, None) => format!("You were given {what}."),
        (NotificationReason::Reminder, _) => format!("Reminder of {what}."),
        (NotificationReason::Mention, Some(by)) => format!("{by} mentioned you in {what}."),
        (NotificationReason::Mention, None) => format!("You were mentioned in {what}."),
        (NotificationReason::Workflow, _) => match &of.message {
            Some(message) => format!("{message}: {what}."),
            None => format!("Look at {what}."),
        },
        (NotificationReason::WorkflowHalted, _) => format!("It does not run any more: {what} halted by itself."),
        (NotificationReason::SenderHalted, _) => format!("No mail leaves: {what} halted by itself."),
        (NotificationReason::TargetNear, _) => format!("What was promised is nearly due: {what}."),
        (NotificationReason::TargetBreached, _) => format!("What was promised was not done in time: {what}."),
    }
}
