//! One record.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{find::related_schema, related};
use crate::{
    access::Action,
    answer::{Answer, Related},
    context::{Behaviour, Context, conceal},
    error::{Code, Result},
    input::Unreadable,
    limits,
    operation::{Mode, Query},
    record::{Record, RecordDef, Ref, Row, schema},
    shared::SharedOperation,
    store::Prefetch,
    targeted::{self, Targeted},
};

/// Options of a get.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct GetOptions {
    /// Relations whose records come along.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Whether the record may be in the trash.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub trashed: bool,
}

/// Reads one record: `lead.get` and the like. Error: `record.not_found`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent, bound = "R: Record")]
pub struct Get<R>(pub Targeted<R, GetOptions>);

impl GetOptions {
    /// Error: `argument.too_long`.
    pub(crate) fn in_bounds(&self) -> Result<()> {
        limits::at_most("with", "entries", self.with.len(), limits::MOST_RELATIONS)
    }
}

impl<R> Get<R> {
    /// This record.
    pub fn of(record: impl Into<Ref<R>>) -> Self {
        Self(Targeted::new(record, GetOptions::default()))
    }
    /// With the records of this relation.
    #[must_use]
    pub fn with(mut self, relation: impl Into<String>) -> Self {
        self.0.arguments.with.push(relation.into());
        self
    }
    /// In the trash as well.
    #[must_use]
    pub fn even_trashed(mut self) -> Self {
        self.0.arguments.trashed = true;
        self
    }
}

/// A record with related ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound = "R: Record")]
pub struct Found<R> {
    /// The record.
    #[serde(flatten)]
    pub record: R,
    /// Related records by relation and id, as far as the actor may see them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub related: BTreeMap<String, BTreeMap<String, Json>>,
}

impl SharedOperation for Get<()> {
    const VERB: &'static str = "get";
    const DOC: &'static str = "Reads one {kind}. Error: `record.not_found`.";
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
        targeted::schema::<GetOptions>(def, generator)
    }
    fn output(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let mut found = schema::object(def, generator);
        schema::definition(generator, "Found", def, || {
            if let Some(properties) = found.get_mut("properties").and_then(Json::as_object_mut) {
                properties.insert("related".to_owned(), related_schema());
            }
            schema::described(found, "A record with related ones.")
        })
    }
    fn read(def: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        targeted::read(def, json).map(Self)
    }
    fn check(&self, _: &'static RecordDef) -> Result<()> {
        self.0.arguments.in_bounds()
    }
    fn record(&self) -> Option<&Ref<()>> {
        Some(&self.0.record)
    }
    async fn run(&self, (): (), cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let def = (kind.def)();
        let (row, related) = get_row(cx, def, &self.0.record, &self.0.arguments).await?;
        Ok(Answer::Record(def, row, related))
    }
}

impl<R: Record> Query for Get<R> {
    const VERB: &'static str = <Get<()> as SharedOperation>::VERB;
    type Of = R;
    type Output = Found<R>;
    fn prefetch(&self) -> Vec<Prefetch> {
        self.0.record.prefetch().into_iter().collect()
    }
    fn check(&self) -> Result<()> {
        self.0.arguments.in_bounds()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Found<R>> {
        let (row, related) = get_row(cx, R::def(), &self.0.record.untyped(), &self.0.arguments).await?;
        Ok(Found { record: R::from_row(row)?, related })
    }
}

/// The row without what is hidden, and the related records.
pub(crate) async fn get_row(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    record: &Ref<()>,
    options: &GetOptions,
) -> Result<(Row, Related)> {
    let hidden = cx.hidden(def)?;
    let row = cx.visible_row(def, record, options.trashed).await?;
    let row = conceal(def, row, &hidden);
    let related = related(cx, def, &options.with, std::slice::from_ref(&row)).await?;
    Ok((row, related))
}
