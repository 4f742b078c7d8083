//! One record.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{
    find::{record_json, related_schema, relation_of},
    related, related_rows,
};
use crate::{
    access::Action,
    answer::{Answer, Related},
    context::{Behaviour, Context, LONGEST_FORWARD, conceal, not_found},
    error::{Code, Result, codes},
    input::Unreadable,
    limits,
    operation::{Mode, Query},
    past::{AsOf, AsWas},
    record::{FieldDef, Record, RecordDef, Ref, Row, schema},
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
    /// A moment, or the number of an event in the ledger: the record and its related ones are returned as they were then. Who may read
    /// them, and which fields are hidden, is as of now. A value that was erased since reads `erased`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
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
    /// As it was at a moment, or after the event of a number.
    #[must_use]
    pub fn as_of(mut self, point: impl Into<AsOf>) -> Self {
        self.0.arguments.as_of = Some(point.into());
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
    /// The fields whose values at the moment that was asked for were erased. In Rust they are empty, or as they were known last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<String>,
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
                properties.insert("erased".to_owned(), erased_schema());
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
        let found = get_row(cx, def, &self.0.record, &self.0.arguments).await?;
        if found.erased.is_empty() {
            return Ok(Answer::Record(def, found.row, found.related));
        }
        let mut json: Map<String, Json> = Answer::Record(def, found.row, found.related).into_document()?;
        for field in &found.erased {
            json.insert(field.clone(), ERASED.into());
        }
        json.insert("erased".to_owned(), found.erased.into());
        Answer::of(&json)
    }
}

/// What a value that was erased reads.
const ERASED: &str = "erased";

/// The JSON Schema of the names of erased fields.
fn erased_schema() -> Json {
    serde_json::json!({
        "description": "The fields whose values at the moment that was asked for were erased; they read `erased`.",
        "type": "array",
        "items": {"type": "string"},
    })
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
        let found = get_row(cx, R::def(), &self.0.record.untyped(), &self.0.arguments).await?;
        Ok(Found { record: R::from_row(found.row)?, related: found.related, erased: found.erased })
    }
}

/// What a get finds: the row without what is hidden, the related records, and the fields that were erased.
struct FoundRow {
    row: Row,
    related: Related,
    erased: Vec<String>,
}

async fn get_row(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    record: &Ref<()>,
    options: &GetOptions,
) -> Result<FoundRow> {
    let hidden = cx.hidden(def)?;
    let row = cx.visible_row(def, record, options.trashed).await?;
    let Some(point) = options.as_of else {
        let row = conceal(def, row, &hidden);
        let related = related(cx, def, &options.with, std::slice::from_ref(&row)).await?;
        return Ok(FoundRow { row, related, erased: Vec::new() });
    };
    let AsWas { row, erased } = as_it_was(cx, def, record, row, point).await?;
    if !options.trashed && !row.live(def) {
        return Err(codes::TRASHED.with("kind", def.kind).with("id", row.id(def)));
    }
    let row = conceal(def, row, &hidden);
    let related = related_as_of(cx, def, &options.with, &row, point).await?;
    let holds = |field: &&FieldDef| erased.range(field.first..field.first + field.count).next().is_some();
    let fields = def.fields.iter().filter(holds).map(|field| field.name).filter(|field| !hidden.contains(field));
    Ok(FoundRow { erased: fields.map(str::to_owned).collect(), row, related })
}

/// A record as it was, from the row that its name finds today. The id of one that was folded into another since finds itself.
/// Error: `record.not_found`.
async fn as_it_was(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    record: &Ref<()>,
    today: Row,
    point: AsOf,
) -> Result<AsWas> {
    let mut next = match record {
        Ref::Id(id) => id.uuid(),
        Ref::External(_) => today.id(def),
    };
    for _ in 0..LONGEST_FORWARD {
        let row = match next == today.id(def) {
            true => today.clone(),
            false => cx.row(def, next).await?.ok_or_else(|| not_found(def, record))?,
        };
        if !cx.allows(def, &row, Action::Read).await? {
            return Err(not_found(def, record));
        }
        let was = cx.as_of(def, row, point).await?.ok_or_else(|| not_found(def, record))?;
        match def.merged_into.and_then(|column| was.row.get(column).as_uuid()) {
            Some(survivor) => next = survivor,
            None => return Ok(was),
        }
    }
    Err(not_found(def, record))
}

/// The records that this one pointed at, as they were, as far as the actor may see them today.
async fn related_as_of(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    with: &[String],
    row: &Row,
    point: AsOf,
) -> Result<Related> {
    let mut found = Related::new();
    for name in with {
        let (of, column) = relation_of(cx, def, name)?;
        let hidden = cx.hidden(of)?;
        let mut records = BTreeMap::new();
        for row in related_rows(cx, of, column, std::slice::from_ref(row)).await? {
            let Some(was) = cx.as_of(of, row, point).await?.filter(|was| was.row.live(of)) else { continue };
            records.insert(was.row.id(of).to_string(), record_json(of, &was.row, &hidden)?);
        }
        found.insert(name.clone(), records);
    }
    Ok(found)
}
