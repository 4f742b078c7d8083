//! What happened to a record, in order.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::page_size;
use crate::{
    access::Action,
    answer::Answer,
    context::{Behaviour, Context},
    error::{Code, Result},
    input::Unreadable,
    ledger::{Event, EventQuery, Seq, Verb},
    operation::{Mode, Query},
    position::Position,
    record::{Record, RecordDef, Ref},
    shared::SharedOperation,
    store::Prefetch,
    targeted::{self, Targeted},
    value::Timestamp,
};

/// One change of a record, as somebody who may see the record sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// The number in the tenant's ledger.
    pub seq: Seq,
    /// In a feed, where to go on after this change; absent elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// One id for everything that one call did.
    pub unit: Uuid,
    /// When it was made.
    pub at: Timestamp,
    /// The principal that made it: `user:…`, `contact:…`, `service:…` or `system:…`.
    pub actor: String,
    /// The principal on whose behalf it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// The operation, such as `lead.qualify`.
    pub command: String,
    /// What happened to the record.
    pub verb: Verb,
    /// The kind of the record.
    pub kind: String,
    /// The record.
    pub record: Uuid,
    /// Why it was made, in the caller's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The rule, import or workflow that ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// `{field: value}` of a creation, `{field: [from, to]}` of an update; absent after an erasure, and in a feed
    /// where the record came into view with another that it hangs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Map<String, Json>>,
}

/// The event as a change, without the hidden fields; `None` when nothing of it is left to see.
pub fn change_of(event: Event, hidden: &[&'static str]) -> Option<Change> {
    let mut changes: Option<Map<String, Json>> =
        event.payload.as_deref().and_then(|payload| serde_json::from_str(payload).ok());
    if let Some(changes) = &mut changes
        && !hidden.is_empty()
    {
        changes.retain(|path, _| !hidden.contains(&path.split('.').next().unwrap_or_default()));
        if changes.is_empty() && event.verb == Verb::Updated {
            return None;
        }
    }
    Some(Change {
        seq: event.seq,
        position: None,
        unit: event.unit,
        at: event.at,
        actor: event.actor,
        on_behalf_of: event.on_behalf_of,
        command: event.command.into_owned(),
        verb: event.verb,
        kind: event.kind.into_owned(),
        record: event.record,
        reason: event.reason,
        cause: event.cause,
        changes,
    })
}

/// Options of a history.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HistoryOptions {
    /// After this position in the ledger.
    pub after: Seq,
    /// How many changes at most: 50 unless said, 1,000 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// Everything that happened to one record: `lead.history` and the like.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "R: Record")]
pub struct History<R>(pub Targeted<R, HistoryOptions>);

impl<R> History<R> {
    /// Of this record, from its beginning.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, HistoryOptions::default()))
    }
}

/// One page of a history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryPage {
    /// The changes, oldest first.
    pub items: Vec<Change>,
    /// Where the next page starts; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Seq>,
}

impl SharedOperation for History<()> {
    const VERB: &'static str = "history";
    const DOC: &'static str = "Everything that happened to one {kind}.";
    const MODE: Mode = Mode::Query;
    const ACTION: Action = Action::Read;
    type On = ();

    fn fits(_: &Behaviour) -> bool {
        true
    }
    fn errors(_: &Behaviour) -> Vec<Code> {
        Vec::new()
    }
    fn input(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        targeted::schema::<HistoryOptions>(def, generator)
    }
    fn output(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<HistoryPage>()
    }
    fn read(def: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        targeted::read(def, json).map(Self)
    }
    fn record(&self) -> Option<&Ref<()>> {
        Some(&self.0.record)
    }
    async fn run(&self, (): (), cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        Answer::of(&history_of(cx, (kind.def)(), &self.0.record, &self.0.arguments).await?)
    }
}

impl<R: Record> Query for History<R> {
    const VERB: &'static str = <History<()> as SharedOperation>::VERB;
    type Of = R;
    type Output = HistoryPage;
    fn prefetch(&self) -> Vec<Prefetch> {
        self.0.record.prefetch().into_iter().collect()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<HistoryPage> {
        history_of(cx, R::def(), &self.0.record.untyped(), &self.0.arguments).await
    }
}

pub(crate) async fn history_of(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    record: &Ref<()>,
    options: &HistoryOptions,
) -> Result<HistoryPage> {
    let limit = page_size(options.limit)?;
    let row = cx.visible_row(def, record, true).await?;
    let hidden = cx.hidden(def)?;
    let records = Some(vec![(def.kind, row.id(def))]);
    let query =
        EventQuery { after: options.after, limit: limit + 1, records, backwards: false, ..EventQuery::default() };
    let mut events = cx.tx.events(&query).await?;
    let next = if events.len() > limit {
        events.truncate(limit);
        events.last().map(|event| event.seq)
    } else {
        None
    };
    let items = events.into_iter().filter_map(|event| change_of(event, &hidden)).collect();
    Ok(HistoryPage { items, next })
}
