//! Records by filter, in pages.

use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{DEFAULT_PAGE, LARGEST_PAGE, cursor, position};
use crate::{
    access::Action,
    answer::{Answer, Related},
    compile,
    context::{Behaviour, Context, conceal},
    error::{Code, Result, codes},
    filter::{Filter, Predicate},
    input::{self, Unreadable},
    limits,
    operation::{Mode, Query},
    record::{Column, Record, RecordDef, Row, corrupt, schema},
    shared::SharedOperation,
    store::{Aggregate, Key, Measure, Select, Trash},
    value::Value,
};

/// Records of a kind by filter, sorted, in pages: `lead.find` and the like.
///
/// Errors: `filter.invalid`, `filter.too_large`, `field.unknown`, `argument.too_long`, `page.size`, `page.cursor_mismatch`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, bound = "")]
#[schemars(bound = "R: JsonSchema")]
pub struct Find<R> {
    /// The records to find; all that the actor may see without.
    #[serde(skip_serializing_if = "Filter::is_everything")]
    pub filter: Filter,
    /// The order, such as `["-priority", "created_at"]` or `["custom.seats"]`; records without a value come last, the id decides
    /// ties.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sort: Vec<String>,
    /// How many records at most: 50 unless said, 1,000 at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Relations whose records come along.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// Whether to look in the trash instead. What was merged away is not in it: its id finds the survivor.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub trashed: bool,
    #[serde(skip)]
    #[schemars(skip)]
    kind: std::marker::PhantomData<fn() -> R>,
}

impl<R> Default for Find<R> {
    fn default() -> Self {
        Self {
            filter: Filter::everything(),
            sort: Vec::new(),
            limit: None,
            after: None,
            with: Vec::new(),
            trashed: false,
            kind: std::marker::PhantomData,
        }
    }
}

impl<R> Find<R> {
    /// All records that the actor may see.
    pub fn new() -> Self {
        Self::default()
    }
    /// Those that match, and matched what was said before.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = self.filter.and(filter);
        self
    }
    /// Then by this field, least first.
    #[must_use]
    pub fn by<T>(mut self, column: Column<R, T>) -> Self {
        self.sort.push(column.name().to_owned());
        self
    }
    /// Then by this field, greatest first.
    #[must_use]
    pub fn by_descending<T>(mut self, column: Column<R, T>) -> Self {
        self.sort.push(format!("-{}", column.name()));
        self
    }
    /// At most so many.
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }
    /// After the page that ended with this cursor.
    #[must_use]
    pub fn after(mut self, cursor: Option<String>) -> Self {
        self.after = cursor;
        self
    }
    /// With the records of this relation.
    #[must_use]
    pub fn with(mut self, relation: impl Into<String>) -> Self {
        self.with.push(relation.into());
        self
    }
}

/// One page of records.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "R: Record")]
pub struct Page<R> {
    /// The records.
    pub items: Vec<R>,
    /// Where the next page starts; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Related records by relation and id, as far as the actor may see them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub related: BTreeMap<String, BTreeMap<String, Json>>,
}

impl SharedOperation for Find<()> {
    const VERB: &'static str = "find";
    const DOC: &'static str = "Records of the kind {kind} by filter, sorted, in pages.\n\nErrors: `filter.invalid`, `filter.too_large`, \
        `field.unknown`, `argument.too_long`, `page.size`, `page.cursor_mismatch`.";
    const MODE: Mode = Mode::Query;
    const ACTION: Action = Action::Read;
    type On = ();

    fn fits(_: &Behaviour) -> bool {
        true
    }
    fn errors(_: &Behaviour) -> Vec<Code> {
        Vec::new()
    }
    fn input(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        Self::json_schema(generator)
    }
    fn output(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let record = schema::record(def, generator);
        schema::definition(generator, "Page", def, || {
            json!({
                "description": "One page of records.",
                "type": "object",
                "properties": {
                    "items": {"description": "The records.", "type": "array", "items": record},
                    "next": {"description": "Where the next page starts; absent on the last.", "type": ["string", "null"]},
                    "related": related_schema(),
                },
                "required": ["items"],
            })
        })
    }
    fn read(_: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        input::value(json)
    }
    fn check(&self, _: &'static RecordDef) -> Result<()> {
        self.in_bounds()
    }
    async fn run(&self, (): (), cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        let def = (kind.def)();
        let page = page_of(cx, def, self).await?;
        Ok(Answer::Page(def, page.rows, page.next, page.related))
    }
}

impl<R: Record> Query for Find<R> {
    const VERB: &'static str = <Find<()> as SharedOperation>::VERB;
    type Of = R;
    type Output = Page<R>;
    fn check(&self) -> Result<()> {
        self.in_bounds()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Page<R>> {
        let page = page_of(cx, R::def(), &self.untyped()).await?;
        let items = page.rows.into_iter().map(R::from_row).collect::<Result<_>>()?;
        Ok(Page { items, next: page.next, related: page.related })
    }
}

impl<R> Find<R> {
    /// Errors: `filter.too_large`, `argument.too_long`.
    pub fn in_bounds(&self) -> Result<()> {
        limits::at_most("sort", "entries", self.sort.len(), limits::MOST_SORT_KEYS)?;
        limits::at_most("with", "entries", self.with.len(), limits::MOST_RELATIONS)?;
        limits::filter(&self.filter)
    }
    /// The same question about any kind.
    pub fn untyped(&self) -> Find<()> {
        Find {
            filter: self.filter.clone(),
            sort: self.sort.clone(),
            limit: self.limit,
            after: self.after.clone(),
            with: self.with.clone(),
            trashed: self.trashed,
            kind: std::marker::PhantomData,
        }
    }
}

impl Find<()> {
    /// What a cursor of this question is bound to.
    fn asked(&self, def: &RecordDef) -> String {
        serde_json::json!([def.kind, self.filter, self.sort, self.trashed]).to_string()
    }

    /// The question as the storage takes it, for what the actor may see. Errors: `filter.invalid`, `field.unknown`,
    /// `page.cursor_mismatch`.
    pub(crate) async fn select(
        &self,
        cx: &mut Context<'_>,
        def: &'static RecordDef,
        hidden: &[&'static str],
        limit: usize,
    ) -> Result<Select> {
        let sort = cx.order(def, &self.sort, hidden).await?;
        let after = match &self.after {
            Some(text) => Some(position(def, &self.asked(def), &sort, text)?),
            None => None,
        };
        let mut filter = cx.visible_filter(def, &self.filter).await?;
        if self.trashed
            && let Some(column) = def.merged_into
        {
            filter = filter.and(Predicate::IsNull(column));
        }
        let trash = if self.trashed { Trash::Trashed } else { Trash::Live };
        Ok(Select { filter, trash, sort, after, ..Select::all(def, limit) })
    }
}

/// The JSON Schema of related records.
pub(super) fn related_schema() -> Json {
    json!({
        "description": "Related records by relation and id, as far as the actor may see them.",
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": true},
    })
}

/// A page before its rows are records.
pub(crate) struct PageOfRows {
    pub(crate) rows: Vec<Row>,
    pub(crate) next: Option<String>,
    pub(crate) related: Related,
}

/// One page of a kind with the related records.
pub(crate) async fn page_of(cx: &mut Context<'_>, def: &'static RecordDef, find: &Find<()>) -> Result<PageOfRows> {
    let (rows, next) = page(cx, def, find).await?;
    let related = related(cx, def, &find.with, &rows).await?;
    Ok(PageOfRows { rows, next, related })
}

/// The rows of one page without what is hidden, and where the next page starts.
pub async fn page(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    find: &Find<()>,
) -> Result<(Vec<Row>, Option<String>)> {
    let limit = page_size(find.limit)?;
    let hidden = cx.hidden(def)?;
    let query = find.select(cx, def, &hidden, limit + 1).await?;
    let mut rows = cx.tx.select(&query).await?;
    let next = if rows.len() > limit {
        rows.truncate(limit);
        rows.last().map(|last| cursor(&find.asked(def), &query.position(last)))
    } else {
        None
    };
    rows = cx.as_they_read(def, rows);
    if !hidden.is_empty() {
        rows = rows.into_iter().map(|row| conceal(def, row, &hidden)).collect();
    }
    Ok((rows, next))
}

/// A page size in range. Error: `page.size`.
pub fn page_size(limit: Option<usize>) -> Result<usize> {
    match limit.unwrap_or(DEFAULT_PAGE) {
        size @ 1..=LARGEST_PAGE => Ok(size),
        size => Err(codes::PAGE_SIZE.with("size", size)),
    }
}

/// The records that these rows refer to, one load per relation, as far as the actor may see them.
pub(crate) async fn related(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    with: &[String],
    rows: &[Row],
) -> Result<BTreeMap<String, BTreeMap<String, Json>>> {
    let mut found = BTreeMap::new();
    for name in with {
        let (of, column) = relation_of(cx, def, name)?;
        let hidden = cx.hidden(of)?;
        let mut records = BTreeMap::new();
        for row in related_rows(cx, of, column, rows).await? {
            records.insert(row.id(of).to_string(), record_json(of, &row, &hidden)?);
        }
        found.insert(name.clone(), records);
    }
    Ok(found)
}

/// The kind that a relation points at, and the column that does. Error: `field.unknown`, also where it is hidden.
pub(super) fn relation_of(
    cx: &Context<'_>,
    def: &'static RecordDef,
    name: &str,
) -> Result<(&'static RecordDef, usize)> {
    let hidden = cx.hidden(def)?;
    let relation = def
        .relation(name)
        .filter(|relation| !compile::is_hidden(def, relation.column, &hidden))
        .ok_or_else(|| codes::FIELD_UNKNOWN.with("kind", def.kind).with("field", name))?;
    Ok((cx.kind(relation.kind)?, relation.column))
}

/// A record as a document, without what is hidden.
pub(super) fn record_json(def: &RecordDef, row: &Row, hidden: &[&'static str]) -> Result<Json> {
    let mut text = String::new();
    def.write_json(row, hidden, &mut text)?;
    serde_json::from_str(&text).map_err(|problem| corrupt("output", problem))
}

/// The live records that a column of these rows points at, as far as the actor may see them; what is hidden is still there.
pub async fn related_rows(
    cx: &mut Context<'_>,
    of: &'static RecordDef,
    column: usize,
    rows: &[Row],
) -> Result<Vec<Row>> {
    let ids: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.get(column).as_uuid()).collect();
    let keys: Vec<Value> = ids.into_iter().map(Value::Uuid).collect();
    let mut seen = Vec::with_capacity(keys.len());
    for row in cx.tx.load(of, Key::Column(of.id), &keys).await? {
        if row.live(of) && cx.allows(of, &row, Action::Read).await? {
            seen.push(row);
        }
    }
    Ok(cx.as_they_read(of, seen))
}

/// How many records match: `lead.count` and the like.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, bound = "")]
#[schemars(bound = "R: JsonSchema")]
pub struct Count<R> {
    /// The records to count; all that the actor may see without.
    #[serde(skip_serializing_if = "Filter::is_everything")]
    pub filter: Filter,
    #[serde(skip)]
    #[schemars(skip)]
    kind: std::marker::PhantomData<fn() -> R>,
}

impl<R> Default for Count<R> {
    fn default() -> Self {
        Self::of(Filter::everything())
    }
}

impl<R> Count<R> {
    /// Counts what matches.
    pub const fn of(filter: Filter) -> Self {
        Self { filter, kind: std::marker::PhantomData }
    }
}

impl SharedOperation for Count<()> {
    const VERB: &'static str = "count";
    const DOC: &'static str = "How many records of the kind {kind} match.";
    const MODE: Mode = Mode::Query;
    const ACTION: Action = Action::Read;
    type On = ();

    fn fits(_: &Behaviour) -> bool {
        true
    }
    fn errors(_: &Behaviour) -> Vec<Code> {
        Vec::new()
    }
    fn input(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        Self::json_schema(generator)
    }
    fn output(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<u64>()
    }
    fn read(_: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        input::value(json)
    }
    fn check(&self, _: &'static RecordDef) -> Result<()> {
        limits::filter(&self.filter)
    }
    async fn run(&self, (): (), cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        Answer::of(&count_rows(cx, (kind.def)(), &self.filter).await?)
    }
}

impl<R: Record> Query for Count<R> {
    const VERB: &'static str = <Count<()> as SharedOperation>::VERB;
    type Of = R;
    type Output = u64;
    fn check(&self) -> Result<()> {
        limits::filter(&self.filter)
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<u64> {
        count_rows(cx, R::def(), &self.filter).await
    }
}

pub(crate) async fn count_rows(cx: &mut Context<'_>, of: &'static RecordDef, filter: &Filter) -> Result<u64> {
    let filter = cx.asked_filter(of, filter).await?;
    let measures = vec![Measure::Count];
    let query = Aggregate { of, filter, trash: Trash::Live, groups: Vec::new(), measures, limit: 1 };
    let rows = cx.groups(query).await?;
    let count = rows.first().and_then(|row| row.get(0).as_int()).unwrap_or_default();
    Ok(count.unsigned_abs())
}
