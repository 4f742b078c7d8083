//! What an import would make of a file, by its first rows, without importing anything: for a page to show and to ask.

use std::{io::Read, marker::PhantomData};

use base64::{Engine, prelude::BASE64_STANDARD};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value as Json, json};

use super::{
    chunk::{FileRows, ObjectRows, Source},
    command::{CALL_BYTES, CALL_ROWS, ERRORS, arguments, check_options, objects},
    form::FORMS,
    line::Line,
    options::{ImportOptions, codes},
    plan::{Plan, Use},
    report::{Doubt, ImportReport, MappedColumn},
    source::{Encoding, RowProblem},
};
use crate::{
    Currency,
    kernel::{
        access::Action,
        answer::Answer,
        context::{Behaviour, Context},
        entity::Entity,
        error::{Code, Result},
        input::{self, Unreadable},
        operation::{Mode, Query},
        record::RecordDef,
        shared::SharedOperation,
        zone::Zone,
    },
    people::org,
};

/// How many rows a preview shows unless the caller says otherwise.
pub const PREVIEW_ROWS: usize = 10;
/// How many rows a preview shows at most.
const MOST_ROWS: usize = 100;

/// What is looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Beginning {
    /// A text, or the beginning of one.
    Csv(String),
    /// The bytes of a file, or the first of them: 64 KiB are enough.
    Bytes(Vec<u8>),
    /// Rows that are objects.
    Rows(Vec<Map<String, Json>>),
}

/// Shows what an import would make of a file: `lead.import_preview` and the like. Nothing is imported.
#[derive(Clone, Debug)]
pub struct ImportPreview<R> {
    /// What is looked at; at most 8 MiB, or 1,000 rows.
    pub beginning: Beginning,
    /// Whether the file goes on behind it, so that its last row may be cut.
    pub more: bool,
    /// How many rows are shown, 1 to 100.
    pub limit: usize,
    /// How the import would be run.
    pub options: ImportOptions,
    kind: PhantomData<fn() -> R>,
}

/// What an import would make of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Preview {
    /// The form of the file, such as `hubspot.contacts`, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<String>,
    /// The system that writes this form, as people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The language of the headers, as its code, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The encoding of the file, such as `utf-8` or `windows-1252`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// What stands between the fields of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The line of the header, as an editor counts; what stands above it belongs to no row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_line: Option<u64>,
    /// Where each column would go; without a target a column is left over.
    pub columns: Vec<MappedColumn>,
    /// What may be wrong with what was understood.
    pub doubts: Vec<Doubt>,
    /// The first rows.
    pub rows: Vec<PreviewRow>,
}

/// A row as it would be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PreviewRow {
    /// The line on which the row starts, as an editor counts.
    pub number: u64,
    /// The cells in the order of the columns, as they are written.
    pub cells: Vec<String>,
    /// What the row says, by target.
    pub fields: Map<String, Json>,
    /// Why the row would be refused, as far as it can be seen without looking at records.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<RowProblem>,
}

impl<R> ImportPreview<R> {
    /// Looks at this.
    pub fn new(beginning: Beginning, options: ImportOptions) -> Self {
        Self { beginning, more: false, limit: PREVIEW_ROWS, options, kind: PhantomData }
    }
    /// Errors: `import.text_too_long`, `import.too_many_rows`, `import.preview_rows`, `import.in_envelope`.
    pub(crate) fn in_bounds(&self) -> Result<()> {
        check_options(&self.options)?;
        match &self.beginning {
            _ if !(1..=MOST_ROWS).contains(&self.limit) => Err(codes::PREVIEW_ROWS.with("rows", self.limit)),
            Beginning::Csv(text) if text.len() > CALL_BYTES => Err(codes::TEXT_TOO_LONG.with("limit", CALL_BYTES)),
            Beginning::Bytes(bytes) if bytes.len() > CALL_BYTES => Err(codes::TEXT_TOO_LONG.with("limit", CALL_BYTES)),
            Beginning::Rows(rows) if rows.len() > CALL_ROWS => {
                Err(codes::TOO_MANY_ROWS.with("limit", CALL_ROWS).with("rows", rows.len()))
            }
            _ => Ok(()),
        }
    }
    /// What it shows, for rows of a kind in a tenant with this zone and currency.
    fn show(&self, def: &'static RecordDef, org: (Zone, Currency)) -> Result<Preview> {
        match &self.beginning {
            Beginning::Bytes(bytes) => of_file(def, bytes.as_slice(), &self.options, org, self.limit, self.more),
            // A text is decoded, whatever its file was.
            Beginning::Csv(text) => {
                let options = ImportOptions { encoding: Encoding::Utf8, ..self.options.clone() };
                let mut shown = of_file(def, text.as_bytes(), &options, org, self.limit, self.more)?;
                shown.encoding = None;
                Ok(shown)
            }
            Beginning::Rows(rows) => {
                let mut source = ObjectRows::open(def, rows.iter().cloned(), &self.options)?;
                source.settle(org.0, org.1);
                let mut shown = Preview::default();
                shown.read(&mut source, self.limit, false)?;
                Ok(shown)
            }
        }
    }
}

impl SharedOperation for ImportPreview<()> {
    const VERB: &'static str = "import_preview";
    const DOC: &'static str = "Shows what an import would make of a file or of rows as records of the kind {kind}: its form, the mapping, \
        what is doubtful or left over, and the first rows as they would be read. Give one of csv, bytes and rows; nothing is imported.";
    const MODE: Mode = Mode::Query;
    const ACTION: Action = Action::Read;
    type On = ();

    fn fits(kind: &Behaviour) -> bool {
        kind.is_created()
    }
    fn errors(_: &Behaviour) -> Vec<Code> {
        ERRORS.to_vec()
    }
    fn input(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        let own = json!({
            "csv": {"type": "string", "description": "The text with its header, or the beginning of it."},
            "bytes": {
                "type": "string", "contentEncoding": "base64",
                "description": "The bytes of the file, or the first 64 KiB, in Base64.",
            },
            "rows": {"type": "array", "items": {"type": "object"}, "maxItems": CALL_ROWS, "description": "Rows, by the names of fields or columns."},
            "more": {"type": "boolean", "default": false, "description": "Whether the file goes on behind it, so that the last row may be cut."},
            "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": PREVIEW_ROWS, "description": "How many rows are shown."},
        });
        arguments(generator, own, &[])
    }
    fn output(_: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Preview>()
    }
    fn read(_: &'static RecordDef, json: &Json) -> Result<Self, Unreadable> {
        input::value(json)
    }
    fn check(&self, _: &'static RecordDef) -> Result<()> {
        self.in_bounds()
    }
    async fn run(&self, (): (), cx: &mut Context<'_>, kind: &'static Behaviour) -> Result<Answer> {
        Answer::of(&preview(cx, (kind.def)(), self).await?)
    }
}

/// Shows what an import as records of a kind would make of a file.
async fn preview<R>(cx: &mut Context<'_>, def: &'static RecordDef, preview: &ImportPreview<R>) -> Result<Preview> {
    let org = org::settings(cx).await?;
    let org = (org.time_zone.zone(), org.base_currency);
    preview.show(def, org)
}

/// What an import would make of a file, by its first rows; `more` says that the file goes on.
pub(super) fn of_file(
    def: &'static RecordDef,
    file: impl Read,
    options: &ImportOptions,
    org: (Zone, Currency),
    limit: usize,
    more: bool,
) -> Result<Preview> {
    let mut source = FileRows::open(def, file, options)?;
    source.settle(org.0, org.1);
    let mut shown = Preview { header_line: Some(source.header_line()), ..Preview::default() };
    shown.read(&mut source, limit, more)?;
    Ok(shown)
}

impl Preview {
    fn read(&mut self, source: &mut dyn Source, limit: usize, more: bool) -> Result<()> {
        let mut chunk = source.next(limit, true)?;
        if more && source.is_drained() && chunk.items.len() > 1 {
            // The last row may be cut.
            chunk.items.pop().filter(|item| item.problem.is_none()).and_then(|_| chunk.lines.pop());
        }
        let plan = source.plan().clone();
        let mut report = ImportReport::default();
        source.describe(&mut report);
        self.system =
            FORMS.iter().find(|form| Some(form.name) == report.form.as_deref()).map(|form| form.system.to_owned());
        self.form = report.form;
        self.language = report.language;
        self.encoding = report.encoding;
        self.delimiter = report.delimiter;
        self.columns = report.columns;
        self.doubts = report.doubts;
        let mut lines = chunk.lines.iter();
        for item in chunk.items {
            let mut row = PreviewRow { cells: item.cells, ..PreviewRow::default() };
            match (item.problem, &mut lines) {
                (Some(problem), _) => {
                    row.number = problem.number;
                    row.problem = Some(problem);
                }
                (None, lines) => {
                    let Some(line) = lines.next() else { continue };
                    row.number = line.number;
                    row.fields = said(&plan, line);
                }
            }
            self.rows.push(row);
        }
        Ok(())
    }
}

/// What a row says, by target.
fn said(plan: &Plan, line: &Line) -> Map<String, Json> {
    let mut fields = Map::new();
    for given in &line.given {
        let Some(field) = plan.field(given.field) else { continue };
        let value = match &given.parts {
            Some(parts) => Json::Object(parts.clone()),
            None => given.values.first().map(crate::kernel::value::Value::to_json).unwrap_or_default(),
        };
        fields.insert(field.name.to_owned(), value);
    }
    for called in &line.called {
        if let Some(field) = plan.field(called.field) {
            fields.insert(field.name.to_owned(), Json::from(called.text.as_str()));
        }
    }
    for (column, becomes) in &plan.uses {
        if matches!(becomes, Use::Plain(..) | Use::Part(..) | Use::Whole(_) | Use::FullName(..)) {
            continue;
        }
        let text = line.shown(plan, *column);
        if let (Some(target), false) = (plan.target(*column), text.is_empty()) {
            fields.insert(target.to_string(), Json::from(text));
        }
    }
    fields
}

impl<R: Entity> Query for ImportPreview<R> {
    const VERB: &'static str = <ImportPreview<()> as SharedOperation>::VERB;
    const ERRORS: &'static [Code] = ERRORS;
    type Of = R;
    type Output = Preview;
    fn check(&self) -> Result<()> {
        self.in_bounds()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Preview> {
        preview(cx, R::def(), self).await
    }
}

impl<R> Serialize for ImportPreview<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = match serde_json::to_value(&self.options) {
            Ok(Json::Object(map)) => map,
            _ => Map::new(),
        };
        match &self.beginning {
            Beginning::Csv(text) => map.insert("csv".to_owned(), Json::from(text.as_str())),
            Beginning::Bytes(bytes) => map.insert("bytes".to_owned(), Json::from(BASE64_STANDARD.encode(bytes))),
            Beginning::Rows(rows) => map.insert("rows".to_owned(), json!(rows)),
        };
        map.insert("more".to_owned(), json!(self.more));
        map.insert("limit".to_owned(), json!(self.limit));
        map.serialize(serializer)
    }
}

impl<'de, R> Deserialize<'de> for ImportPreview<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut map = Map::deserialize(deserializer)?;
        let more = match map.remove("more") {
            None | Some(Json::Null) => false,
            Some(more) => {
                more.as_bool().ok_or_else(|| input::Unreadable::new("give true or false").below("more").pass())?
            }
        };
        let limit = match map.remove("limit") {
            None | Some(Json::Null) => PREVIEW_ROWS,
            Some(limit) => {
                let limit = limit.as_u64().and_then(|limit| usize::try_from(limit).ok());
                limit.ok_or_else(|| input::Unreadable::new("give a whole number").below("limit").pass())?
            }
        };
        let beginning = match (map.remove("csv"), map.remove("bytes"), map.remove("rows")) {
            (Some(Json::String(text)), None, None) => Beginning::Csv(text),
            (None, Some(Json::String(text)), None) => Beginning::Bytes(
                BASE64_STANDARD
                    .decode(text)
                    .map_err(|_| input::Unreadable::new("give a text in Base64").below("bytes").pass())?,
            ),
            (None, None, Some(rows)) => Beginning::Rows(
                objects(rows).ok_or_else(|| input::Unreadable::new("give a list of objects").below("rows").pass())?,
            ),
            _ => return Err(de::Error::custom("give one of csv, bytes and rows")),
        };
        let options = input::value(&Json::Object(map)).map_err(input::Unreadable::pass)?;
        Ok(Self { beginning, more, limit, options, kind: PhantomData })
    }
}
