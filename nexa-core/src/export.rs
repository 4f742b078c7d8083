//! Writing records out, page by page, as CSV or JSON lines; an import reads what comes of it.
//!
//! A CSV has one column per path, as filters name them; a reference is `account.id`. Tags stand between semicolons, custom
//! fields and external keys are JSON. Fields that are hidden from the actor are absent.

use std::{borrow::Cow, io::Write};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::kernel::{
    access::Action,
    context::Context,
    error::{Code, Result},
    input,
    query::{Find, LARGEST_PAGE, page},
    record::{ColumnType, Record, RecordDef, Row},
    session::{Job, Session},
    value::Value,
};

/// The target cannot be written to.
pub const WRITE_FAILED: Code =
    Code::unavailable("export.write_failed", "The export cannot be written ({problem}); give another target.");

/// The form of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// Comma-separated values with a header.
    #[default]
    Csv,
    /// One JSON object per line, as `get` shows the record.
    JsonLines,
}

/// How much is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Records.
    pub records: u64,
    /// Bytes, the header included.
    pub bytes: u64,
}

impl Session {
    /// Writes every record that a find matches, in its order; `limit` counts all of them, related records do not come along.
    ///
    /// Pages of 1,000 are read and written one after the other, each from a snapshot of its own, so memory does not grow and
    /// writers go on meanwhile; `progress` is told after each. Errors: those of find, `export.write_failed`.
    pub async fn export<R: Record>(
        &self,
        find: Find<R>,
        format: ExportFormat,
        mut target: impl Write,
        mut progress: impl FnMut(&Exported),
    ) -> Result<Exported> {
        let mut done = Exported::default();
        let mut left = find.limit.unwrap_or(usize::MAX);
        let mut next = find;
        next.with.clear();
        loop {
            next.limit = Some(left.min(LARGEST_PAGE));
            let page = self.read(PageJob { find: next.clone(), format, header: done.bytes == 0 }).await?;
            target
                .write_all(page.text.as_bytes())
                .map_err(|problem| WRITE_FAILED.with("problem", problem.to_string()))?;
            done.records += page.records as u64;
            done.bytes += page.text.len() as u64;
            left -= page.records.min(left);
            progress(&done);
            next.after = page.next;
            if next.after.is_none() || left == 0 {
                break;
            }
        }
        target.flush().map_err(|problem| WRITE_FAILED.with("problem", problem.to_string()))?;
        Ok(done)
    }
}

struct PageJob<R> {
    find: Find<R>,
    format: ExportFormat,
    header: bool,
}

#[derive(Serialize, Deserialize)]
struct PageText {
    text: String,
    records: usize,
    next: Option<String>,
}

impl<R: Record> Job for PageJob<R> {
    type Output = PageText;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed(R::NAMES.find)
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<PageText> {
        let def = R::def();
        cx.authorize_kind(def, Action::Read)?;
        let (rows, next) = page(cx, R::def(), &self.find.untyped()).await?;
        let hidden = cx.hidden(def);
        let text = match self.format {
            ExportFormat::Csv => csv_text(def, &rows, &hidden, self.header)?,
            ExportFormat::JsonLines => json_lines(def, &rows, &hidden)?,
        };
        Ok(PageText { text, records: rows.len(), next })
    }
}

fn json_lines(def: &RecordDef, rows: &[Row], hidden: &[&'static str]) -> Result<String> {
    let mut text = String::new();
    for row in rows {
        def.write_json(row, hidden, &mut text)?;
        text.push('\n');
    }
    Ok(text)
}

fn csv_text(def: &RecordDef, rows: &[Row], hidden: &[&'static str], header: bool) -> Result<String> {
    let shown = def.fields.iter().filter(|field| !hidden.contains(&field.name));
    let columns: Vec<usize> = shown.flat_map(|field| field.first..field.first + field.count).collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |problem: String| WRITE_FAILED.with("problem", problem);
    if header {
        let names = columns.iter().filter_map(|column| def.columns.get(*column)).map(|column| match column.kind {
            ColumnType::Reference(_) if !column.path.contains('.') => format!("{}.id", column.path),
            _ => column.path.clone(),
        });
        writer.write_record(names).map_err(|problem| failed(problem.to_string()))?;
    }
    for row in rows {
        let cells = columns.iter().map(|column| {
            let list = def.columns.get(*column).is_some_and(|column| column.kind == ColumnType::List);
            cell(row.get(*column), list)
        });
        writer.write_record(cells).map_err(|problem| failed(problem.to_string()))?;
    }
    let bytes = writer.into_inner().map_err(|problem| failed(problem.error().to_string()))?;
    String::from_utf8(bytes).map_err(|problem| failed(problem.to_string()))
}

/// A value as a cell shows it; an import reads the same from it.
fn cell(value: &Value, list: bool) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Json(text) if list => list_cell(text),
        Value::Json(text) => text.clone(),
        value => match value.to_json() {
            Json::String(text) => text,
            json => json.to_string(),
        },
    }
}

/// A list between semicolons; one of a single entry with a comma, or with semicolons in it, as JSON.
fn list_cell(text: &str) -> String {
    let entries: Vec<String> = input::stored(text).unwrap_or_default();
    let unclear = |entry: &String| entry.contains([';', ',']) || entry.starts_with('[');
    if entries.iter().any(unclear) { text.to_owned() } else { entries.join("; ") }
}
