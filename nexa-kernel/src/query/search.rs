//! Records by words.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{cursor, page_size, search_position};
use crate::{
    access::Action,
    answer::{Answer, Related},
    compile,
    context::{Behaviour, Context, conceal},
    error::{Code, Result},
    filter::Filter,
    input::{self, Unreadable},
    limits,
    operation::{Mode, Query},
    record::{Record, RecordDef, Row, schema},
    search::{Sought, fold, row_terms, score, sought},
    shared::SharedOperation,
    store::Select,
    value::Value,
};

/// Records whose names, mails, numbers and subjects begin with these words: `lead.search` and the like. Best hits first.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, bound = "")]
#[schemars(bound = "R: JsonSchema")]
pub struct Search<R> {
    /// The words; every one of them must begin a word of the record.
    pub text: String,
    /// The records to search in.
    #[serde(default, skip_serializing_if = "Filter::is_everything")]
    pub filter: Filter,
    /// How many hits at most: 50 unless said, 1,000 at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// The `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    #[serde(skip)]
    #[schemars(skip)]
    kind: std::marker::PhantomData<fn() -> R>,
}

impl<R> Search<R> {
    /// Searches for words.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            filter: Filter::everything(),
            limit: None,
            after: None,
            kind: std::marker::PhantomData,
        }
    }
    /// At most so many hits.
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// One page of hits, best first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound = "R: Record")]
pub struct Hits<R> {
    /// The records.
    pub items: Vec<R>,
    /// Where the next page starts; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<R> Search<R> {
    /// Errors: `filter.too_large`, `argument.too_long`.
    pub(crate) fn in_bounds(&self) -> Result<()> {
        limits::at_most("text", "bytes", self.text.len(), limits::LONGEST_SEARCH)?;
        limits::at_most("text", "words", sought(&self.text).len(), limits::MOST_WORDS)?;
        limits::filter(&self.filter)
    }
}

impl SharedOperation for Search<()> {
    const VERB: &'static str = "search";
    const DOC: &'static str =
        "Records of the kind {kind} whose names, mails, numbers and subjects begin with these words. Best hits first.";
    const MODE: Mode = Mode::Query;
    const ACTION: Action = Action::Read;
    type On = ();

    fn fits(kind: &Behaviour) -> bool {
        !(kind.def)().search.is_empty()
    }
    fn errors(_: &Behaviour) -> Vec<Code> {
        Vec::new()
    }
    fn input(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        Self::json_schema(generator)
    }
    fn output(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let record = schema::record(def, generator);
        schema::definition(generator, "Hits", def, || {
            json!({
                "description": "One page of hits, best first.",
                "type": "object",
                "properties": {
                    "items": {"description": "The records.", "type": "array", "items": record},
                    "next": {"description": "Where the next page starts; absent on the last.", "type": ["string", "null"]},
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
        let (rows, next) = search_rows(cx, def, self).await?;
        Ok(Answer::Page(def, rows, next, Related::new()))
    }
}

impl<R: Record> Query for Search<R> {
    const VERB: &'static str = <Search<()> as SharedOperation>::VERB;
    type Of = R;
    type Output = Hits<R>;
    fn check(&self) -> Result<()> {
        self.in_bounds()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Hits<R>> {
        let (rows, next) = search_rows(cx, R::def(), self).await?;
        Ok(Hits { items: rows.into_iter().map(R::from_row).collect::<Result<_>>()?, next })
    }
}

/// The rows of one page of hits without what is hidden, and where the next page starts.
pub(crate) async fn search_rows<R>(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    search: &Search<R>,
) -> Result<(Vec<Row>, Option<String>)> {
    let limit = page_size(search.limit)?;
    let terms = sought(&search.text);
    if terms.is_empty() {
        return Ok((Vec::new(), None));
    }
    let asked = serde_json::json!([def.kind, fold(&search.text), search.filter]).to_string();
    let after = match &search.after {
        Some(text) => Some(search_position(def, &asked, text)?),
        None => None,
    };
    let hidden = cx.hidden(def)?;
    let query = Select {
        filter: cx.visible_filter(def, &search.filter).await?,
        terms: terms.clone(),
        after,
        ..Select::all(def, limit + 1)
    };
    let mut rows = cx.tx.select(&query).await?;
    let next = if rows.len() > limit {
        rows.truncate(limit);
        rows.last().and_then(|last| {
            let score = score(&terms, &row_terms(def, last))?;
            Some(cursor(&asked, &[Value::Int(score), last.get(def.id).clone()]))
        })
    } else {
        None
    };
    // A hit through a hidden field is none.
    if def.search.iter().any(|(column, _)| compile::is_hidden(def, *column, &hidden)) {
        rows.retain(|row| hits(def, row, &hidden, &terms));
    }
    let rows = cx.as_they_read(def, rows);
    Ok((rows.into_iter().map(|row| conceal(def, row, &hidden)).collect(), next))
}

fn hits(def: &RecordDef, row: &Row, hidden: &[&'static str], terms: &[Sought]) -> bool {
    score(terms, &row_terms(def, &conceal(def, row.clone(), hidden))).is_some()
}
