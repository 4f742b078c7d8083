//! The values that the arguments of steps name, as whom the workflow runs as sees them.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::WorkflowRun;
use crate::{
    Code, Context, Error, Record, Result, Timestamp,
    automation::{
        WorkflowVersion,
        workflow::expression::{self, Expression, Known},
    },
    kernel::{
        error::codes,
        ledger::{Event, EventQuery},
        maybe_send::BoxFuture,
        record::RecordDef,
        value::{Date, period::Period},
    },
    people::Org,
    sales,
};

/// A text names a value that there is not.
pub const VALUE_MISSING: Code = Code::rule(
    "workflow.value_missing",
    "A text names {value}, and there is none; give the record one, or leave it out of the text.",
);
/// A period goes with moments and dates.
pub const NO_MOMENT: Code = Code::rule(
    "workflow.no_moment",
    "A period goes with a moment or a date, and {value} is neither; name another value.",
);

/// What expressions are read from.
pub(super) struct Source<'r> {
    pub(super) run: &'r WorkflowRun,
    pub(super) version: &'r WorkflowVersion,
    /// The record of the run.
    pub(super) record: Option<(&'static RecordDef, Uuid)>,
    /// The record for which steps are done in their turn.
    pub(super) item: Option<(&'static RecordDef, Uuid)>,
}

/// A value with what its expressions are. Errors: `workflow.value_missing`, `workflow.no_moment`.
pub(super) async fn filled(cx: &mut Context<'_>, source: &Source<'_>, value: &Json) -> Result<Json> {
    let mut expressions = Vec::new();
    expression::named(value, &mut expressions).map_err(|text| VALUE_MISSING.with("value", text))?;
    let (mut known, mut read) = (Known::new(), Read::default());
    for expression in expressions {
        let value = read.value(cx, source, &expression).await?;
        known.insert(expression.text, value);
    }
    expression::filled(value, &known).map_err(|value| VALUE_MISSING.with("value", value))
}

/// Records that were read, each once.
#[derive(Default)]
struct Read(HashMap<Uuid, Json>);

impl Read {
    async fn value(&mut self, cx: &mut Context<'_>, source: &Source<'_>, of: &Expression) -> Result<Json> {
        let below = of.path.get(1..).unwrap_or_default();
        let value = match of.root() {
            "now" => json!(cx.now()),
            "today" => json!(sales::today(cx).await?),
            "record" => self.below_of(cx, source.record, below).await?,
            "item" => self.below_of(cx, source.item, below).await?,
            "org" => {
                let org = cx.org();
                self.below_of(cx, Some((Org::def(), org)), below).await?
            }
            "settings" => {
                let (name, below) = below.split_first().map_or(("", below), |(name, below)| (name.as_str(), below));
                walk(source.version.settings.get(name).unwrap_or(&Json::Null), below)
            }
            "run" => match below.first().map_or("", String::as_str) {
                "id" => json!(source.run.id),
                "workflow" => json!(source.run.workflow),
                "key" => json!(format!("run:{}:{}", source.run.id, source.run.turn)),
                _ => Json::Null,
            },
            "steps" => self.of_step(cx, source, below).await?,
            "event" => match event(cx, source.run.event).await? {
                Some(event) => json!({
                    "seq": event.seq, "at": event.at, "actor": event.actor, "command": event.command, "reason": event.reason,
                })
                .get(below.first().map_or("", String::as_str))
                .cloned()
                .unwrap_or_default(),
                None => Json::Null,
            },
            "before" => match before(cx, source).await? {
                Some(before) => walk(&before, below),
                None => Json::Null,
            },
            _ => Json::Null,
        };
        match of.plus {
            Some(period) if !value.is_null() => moved(cx, &value, period).await?.ok_or_else(|| no_moment(&of.text)),
            _ => Ok(value),
        }
    }

    async fn of_step(&mut self, cx: &mut Context<'_>, source: &Source<'_>, path: &[String]) -> Result<Json> {
        let Some((step, below)) = path.split_first() else { return Ok(Json::Null) };
        let Some(made) = source.run.made.get(step) else { return Ok(Json::Null) };
        if let Some((part, below)) = below.split_first()
            && let Some(id) = made.parts.get(part)
        {
            let kind = if cx.kind(part).is_ok() { part.clone() } else { String::new() };
            return match below {
                [] => Ok(json!(id)),
                [one] if one == "id" => Ok(json!(id)),
                below => match cx.kind(&kind) {
                    Ok(def) => self.below_of(cx, Some((def, *id)), below).await,
                    Err(_) => Ok(Json::Null),
                },
            };
        }
        match (made.id, cx.kind(&made.kind)) {
            (Some(id), Ok(def)) => self.below_of(cx, Some((def, id)), below).await,
            _ => Ok(Json::Null),
        }
    }

    /// What a path leads to, from a record on and over references.
    fn below_of<'a>(
        &'a mut self,
        cx: &'a mut Context<'_>,
        record: Option<(&'static RecordDef, Uuid)>,
        path: &'a [String],
    ) -> BoxFuture<'a, Result<Json>> {
        Box::pin(async move {
            let Some((def, id)) = record else { return Ok(Json::Null) };
            let Some((name, below)) = path.split_first() else { return Ok(json!(id)) };
            if name == "id" && below.is_empty() {
                return Ok(json!(id));
            }
            let json = self.record(cx, def, id).await?;
            if let (Some(relation), [_, ..]) = (def.relation(name), below) {
                let to = json.get(name).and_then(Json::as_str).and_then(|id| id.parse::<Uuid>().ok());
                let Some(to) = to else { return Ok(Json::Null) };
                let def = cx.kind(relation.kind)?;
                return self.below_of(cx, Some((def, to)), below).await;
            }
            Ok(walk(&json, path))
        })
    }

    /// A record as it is seen; null where it is not.
    async fn record(&mut self, cx: &mut Context<'_>, def: &'static RecordDef, id: Uuid) -> Result<Json> {
        if let Some(known) = self.0.get(&id) {
            return Ok(known.clone());
        }
        let mut arguments = serde_json::Map::new();
        arguments.insert(def.kind.to_owned(), json!(id));
        let read = match cx.perform_named(&format!("{}.get", def.kind), &Json::Object(arguments)).await {
            Ok(json) => json,
            Err(error) if error.retryable() => return Err(error),
            Err(error) if error.is(&codes::UNKNOWN_OPERATION) => return Err(error),
            Err(_) => Json::Null,
        };
        self.0.insert(id, read.clone());
        Ok(read)
    }
}

fn walk(json: &Json, path: &[String]) -> Json {
    path.iter().try_fold(json, |json, name| json.get(name)).cloned().unwrap_or_default()
}

fn no_moment(value: &str) -> Error {
    NO_MOMENT.with("value", value)
}

/// A moment or a date so much later; none of what is neither.
pub(super) async fn moved(cx: &mut Context<'_>, value: &Json, period: Period) -> Result<Option<Json>> {
    let Some(text) = value.as_str() else { return Ok(None) };
    if let Ok(date) = text.parse::<Date>() {
        return Ok(period.after_date(date).filter(|_| period.is_of_days()).map(|date| json!(date)));
    }
    let zone = cx.time_zone().await?;
    Ok(Timestamp::parse(text).and_then(|at| period.after(at, zone)).map(|at| json!(at)))
}

/// The event that began the run.
async fn event(cx: &mut Context<'_>, seq: Option<i64>) -> Result<Option<Event>> {
    let Some(seq) = seq else { return Ok(None) };
    let after = seq.saturating_sub(1).cast_unsigned();
    let found = cx.unrestricted().events(&EventQuery { after, limit: 1, ..EventQuery::default() }).await?;
    Ok(found.into_iter().next())
}

/// The record as it was before what began the run.
async fn before(cx: &mut Context<'_>, source: &Source<'_>) -> Result<Option<Json>> {
    let Some((def, _)) = source.record else { return Ok(None) };
    let Some(first) = event(cx, source.run.event).await? else { return Ok(None) };
    let Some(last) = event(cx, source.run.event_to).await? else { return Ok(None) };
    let Some(row) = cx.turn(def, &first, &last).await?.and_then(|turn| turn.before) else { return Ok(None) };
    let row = crate::kernel::context::conceal(def, row, &cx.hidden(def)?);
    let mut text = String::new();
    def.write_json(&row, &[], &mut text)?;
    Ok(serde_json::from_str(&text).ok())
}
