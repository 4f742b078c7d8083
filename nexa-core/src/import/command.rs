//! Importing by name, for callers that speak JSON: a bounded number of rows, or a bounded text, as one unit.

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value as Json, json};

use super::{
    chunk::{FileRows, ObjectRows, Source},
    doubt, mapping,
    options::{ImportOptions, codes},
    report::ImportReport,
    source::{self, Encoding},
    tally::count,
    text, unit,
};
use crate::{
    kernel::{
        access::Action,
        answer::Answer,
        context::{Behaviour, Context},
        draft::schema,
        entity::{EXISTS, Entity, NO_MATCH_FIELD, of_entity},
        error::{Code, Result},
        input::{self, Unreadable},
        operation::Mode,
        record::RecordDef,
        shared::{SharedOperation, shared_perform},
    },
    people::org,
};

/// How many rows one call takes.
pub const CALL_ROWS: usize = 1_000;
/// How many bytes of text one call takes: 8 MiB.
pub const CALL_BYTES: usize = 8 << 20;

/// The options that a command takes from its envelope, or that have no meaning in one unit.
const IN_ENVELOPE: [&str; 4] = ["dry_run", "chunk", "run", "total_bytes"];

/// What an import may answer for the whole of it, and say of its rows beside the codes of the kind.
pub(super) const ERRORS: &[Code] = &joined::<COUNT>(LISTS);
const LISTS: &[&[Code]] = &[
    &[EXISTS, NO_MATCH_FIELD],
    codes::ALL,
    doubt::codes::ALL,
    mapping::codes::ALL,
    source::codes::ALL,
    text::codes::ALL,
];
const COUNT: usize = 2
    + codes::ALL.len()
    + doubt::codes::ALL.len()
    + mapping::codes::ALL.len()
    + source::codes::ALL.len()
    + text::codes::ALL.len();

/// Imports a CSV text as one unit: `lead.import_csv` and the like. Larger files go through
/// [`import_csv`](super::import_csv).
#[derive(Clone, Debug)]
pub struct ImportCsv<R> {
    /// The text, with a header; at most 8 MiB.
    pub csv: String,
    /// How to import it.
    pub options: ImportOptions,
    kind: PhantomData<fn() -> R>,
}

/// Imports rows that are objects as one unit: `lead.import_rows` and the like.
#[derive(Clone, Debug)]
pub struct ImportRows<R> {
    /// The rows, at most 1,000: values by the names of fields or columns.
    pub rows: Vec<Map<String, Json>>,
    /// How to import them.
    pub options: ImportOptions,
    kind: PhantomData<fn() -> R>,
}

impl<R> ImportCsv<R> {
    /// Imports this text.
    pub fn new(csv: impl Into<String>, options: ImportOptions) -> Self {
        Self { csv: csv.into(), options, kind: PhantomData }
    }
    /// Errors: `import.text_too_long`, `import.in_envelope`.
    pub(crate) fn in_bounds(&self) -> Result<()> {
        check_options(&self.options)?;
        if self.csv.len() > CALL_BYTES { Err(codes::TEXT_TOO_LONG.with("limit", CALL_BYTES)) } else { Ok(()) }
    }
}

impl<R> ImportRows<R> {
    /// Imports these rows.
    pub fn new(rows: Vec<Map<String, Json>>, options: ImportOptions) -> Self {
        Self { rows, options, kind: PhantomData }
    }
    /// Errors: `import.too_many_rows`, `import.in_envelope`.
    pub(crate) fn in_bounds(&self) -> Result<()> {
        check_options(&self.options)?;
        match self.rows.len() {
            rows if rows > CALL_ROWS => Err(codes::TOO_MANY_ROWS.with("limit", CALL_ROWS).with("rows", rows)),
            _ => Ok(()),
        }
    }
}

impl SharedOperation for ImportCsv<()> {
    const VERB: &'static str = "import_csv";
    const DOC: &'static str = "Imports every row of a CSV text as {a kind}, as one unit.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Create;
    type On = ();

    fn fits(kind: &Behaviour) -> bool {
        kind.is_created()
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        ERRORS.iter().copied().chain(kind.value_errors()).collect()
    }
    fn input(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let own = json!({"csv": {"type": "string", "description": "The text with its header, at most 8 MiB."}});
        arguments(generator, own, &["csv"])
    }
    fn output(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<ImportReport>()
    }
    fn read(_: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        input::value(json)
    }
    fn check(&self, _: &'static RecordDef) -> Result<()> {
        self.in_bounds()
    }
    async fn run(&self, (): (), cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        Answer::of(&csv(cx, kind, self).await?)
    }
}

shared_perform!(ImportCsv<R: Entity> of of_entity::<R>() => ImportReport {
    check: |call| call.in_bounds(),
    prefetch: |_call| Vec::new(),
    call: |call| ImportCsv::new(call.csv.clone(), call.options.clone()),
    answer: Answer::into_document,
});

impl SharedOperation for ImportRows<()> {
    const VERB: &'static str = "import_rows";
    const DOC: &'static str = "Imports rows as records of the kind {kind}, as one unit.";
    const MODE: Mode = Mode::Command;
    const ACTION: Action = Action::Create;
    type On = ();

    fn fits(kind: &Behaviour) -> bool {
        kind.is_created()
    }
    fn errors(kind: &Behaviour) -> Vec<Code> {
        ERRORS.iter().copied().chain(kind.value_errors()).collect()
    }
    fn input(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let own = json!({"rows": {
            "type": "array", "items": {"type": "object"}, "maxItems": CALL_ROWS,
            "description": "The rows: values by the names of fields or columns.",
        }});
        arguments(generator, own, &["rows"])
    }
    fn output(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<ImportReport>()
    }
    fn read(_: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        input::value(json)
    }
    fn check(&self, _: &'static RecordDef) -> Result<()> {
        self.in_bounds()
    }
    async fn run(&self, (): (), cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        Answer::of(&rows(cx, kind, self).await?)
    }
}

shared_perform!(ImportRows<R: Entity> of of_entity::<R>() => ImportReport {
    check: |call| call.in_bounds(),
    prefetch: |_call| Vec::new(),
    call: |call| ImportRows::new(call.rows.clone(), call.options.clone()),
    answer: Answer::into_document,
});

/// Imports a text as records of a kind.
async fn csv(cx: &mut Context<'_>, kind: &'static Behaviour, import: &ImportCsv<()>) -> Result<ImportReport> {
    // A text is decoded, whatever its file was.
    let options = ImportOptions { encoding: Encoding::Utf8, ..import.options.clone() };
    let mut source = FileRows::open((kind.def)(), import.csv.as_bytes(), &options)?;
    run(cx, kind, &mut source).await
}

/// Imports objects as records of a kind.
async fn rows(cx: &mut Context<'_>, kind: &'static Behaviour, import: &ImportRows<()>) -> Result<ImportReport> {
    let mut source = ObjectRows::open((kind.def)(), import.rows.iter().cloned(), &import.options)?;
    run(cx, kind, &mut source).await
}

async fn run(cx: &mut Context<'_>, kind: &'static Behaviour, source: &mut (dyn Source + Send)) -> Result<ImportReport> {
    let org = org::settings(cx).await?;
    source.settle(org.time_zone.zone(), org.base_currency);
    let mut report = ImportReport { dry_run: cx.envelope().dry_run, ..ImportReport::default() };
    loop {
        let chunk = source.next(CALL_ROWS, false)?;
        if chunk.items.is_empty() {
            break;
        }
        let plan = source.plan().clone();
        let common = unit::prepare(cx, kind, &plan, &chunk.lines).await?;
        let outcomes = unit::meet(cx, kind, &plan, common, &chunk.lines).await?;
        count(&mut report, &plan, chunk, outcomes, None);
    }
    source.describe(&mut report);
    Ok(report)
}

/// Error: `import.in_envelope`.
pub(super) fn check_options(options: &ImportOptions) -> Result<()> {
    let said = [options.dry_run, options.chunk.is_some(), options.run.is_some(), options.total_bytes.is_some()];
    match IN_ENVELOPE.iter().zip(said).find(|(_, said)| *said) {
        Some((option, _)) => Err(codes::IN_ENVELOPE.with("option", option)),
        None => Ok(()),
    }
}

/// One list of several.
const fn joined<const N: usize>(mut lists: &[&[Code]]) -> [Code; N] {
    let mut all = [EXISTS; N];
    let mut free: &mut [Code] = &mut all;
    while let Some((list, more)) = lists.split_first() {
        lists = more;
        let mut list = *list;
        while let Some((code, others)) = list.split_first() {
            list = others;
            free = match free.split_first_mut() {
                Some((slot, rest)) => {
                    *slot = *code;
                    rest
                }
                None => &mut [],
            };
        }
    }
    all
}

// ── the wire: the payload beside the options ──

fn write<S: Serializer>(serializer: S, name: &str, payload: Json, options: &ImportOptions) -> Result<S::Ok, S::Error> {
    let mut map = match serde_json::to_value(options) {
        Ok(Json::Object(map)) => map,
        _ => Map::new(),
    };
    map.insert(name.to_owned(), payload);
    map.serialize(serializer)
}

fn read<'de, D: Deserializer<'de>>(deserializer: D, name: &'static str) -> Result<(Json, ImportOptions), D::Error> {
    let mut map = Map::deserialize(deserializer)?;
    let payload = map.remove(name).ok_or_else(|| de::Error::missing_field(name))?;
    Ok((payload, input::value(&Json::Object(map)).map_err(Unreadable::pass)?))
}

impl<R> Serialize for ImportCsv<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(serializer, "csv", Json::from(self.csv.as_str()), &self.options)
    }
}

impl<R> Serialize for ImportRows<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(serializer, "rows", json!(self.rows), &self.options)
    }
}

impl<'de, R> Deserialize<'de> for ImportCsv<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match read(deserializer, "csv")? {
            (Json::String(csv), options) => Ok(Self::new(csv, options)),
            _ => Err(Unreadable::new("give a text").below("csv").pass()),
        }
    }
}

impl<'de, R> Deserialize<'de> for ImportRows<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (rows, options) = read(deserializer, "rows")?;
        let rows = objects(rows).ok_or_else(|| Unreadable::new("give a list of objects").below("rows").pass())?;
        Ok(Self::new(rows, options))
    }
}

pub(super) fn objects(rows: Json) -> Option<Vec<Map<String, Json>>> {
    let Json::Array(rows) = rows else { return None };
    let object = |row| if let Json::Object(object) = row { Some(object) } else { None };
    rows.into_iter().map(object).collect()
}

/// The schema of the options beside arguments of its own.
pub(super) fn arguments(generator: &mut SchemaGenerator, own: Json, required: &[&str]) -> Schema {
    let options = ImportOptions::json_schema(generator).to_value();
    let mut properties = options.get("properties").and_then(Json::as_object).cloned().unwrap_or_default();
    properties.retain(|option, _| !IN_ENVELOPE.contains(&option.as_str()));
    if let Json::Object(own) = own {
        properties.extend(own);
    }
    schema(json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    }))
}
