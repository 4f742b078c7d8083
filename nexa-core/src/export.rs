//! Writing records out, page by page, as CSV, for spreadsheets, or as JSON lines; an import reads what comes of it.
//!
//! A CSV has one column per path, as filters name them; a reference is `account.id`. Tags stand between semicolons, custom
//! fields and external keys are JSON. Fields that are hidden from the actor are absent.

pub(crate) mod columns;
mod options;
pub(crate) mod spreadsheet;

use std::{borrow::Cow, io::Write};

use serde::{Deserialize, Serialize};

pub use options::{Delimiter, ExportFormat, ExportOptions};

use crate::{
    kernel::{
        access::Action,
        context::Context,
        error::{Code, Result},
        query::{Find, LARGEST_PAGE, page},
        record::{Record, RecordDef, Row},
        session::{Job, Session},
    },
    people::org,
};

/// The target cannot be written to.
pub const WRITE_FAILED: Code =
    Code::unavailable("export.write_failed", "The export cannot be written ({problem}); give another target.");

/// How much is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exported {
    /// Records.
    pub records: u64,
    /// Bytes, the header included.
    pub bytes: u64,
}

/// One page of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportPage {
    /// The text, with the header when it is the first page.
    pub text: String,
    /// How many records it has.
    pub records: usize,
    /// Where the next page starts; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Writes every record that a find matches, in its order; `limit` counts all of them, related records do not come along.
///
/// Pages of 1,000 are read and written one after the other, each from a snapshot of its own, so memory does not grow and
/// writers go on meanwhile; `progress` is called after each. Errors: those of find, `field.invalid` for options that do not go
/// together, `export.write_failed`.
pub async fn export<R: Record>(
    session: &Session,
    find: Find<R>,
    options: impl Into<ExportOptions>,
    target: impl Write,
    progress: impl FnMut(&Exported),
) -> Result<Exported> {
    export_kind(session, R::def().kind, find.untyped(), options, target, progress).await
}

/// The same for a kind by its name. Errors: those of [`export`], `kind.unknown`.
pub async fn export_kind(
    session: &Session,
    kind: &str,
    find: Find<()>,
    options: impl Into<ExportOptions>,
    mut target: impl Write,
    mut progress: impl FnMut(&Exported),
) -> Result<Exported> {
    let options = options.into();
    let mut done = Exported::default();
    let mut left = find.limit.unwrap_or(usize::MAX);
    let mut next = find;
    loop {
        next.limit = Some(left.min(LARGEST_PAGE));
        let page = export_page(session, kind, next.clone(), &options, done.bytes == 0).await?;
        target.write_all(page.text.as_bytes()).map_err(|problem| WRITE_FAILED.with("problem", problem.to_string()))?;
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

/// One page of an export of a kind by name, which `find` says; the first has the header. Errors: those of find,
/// `kind.unknown`, `field.invalid`.
pub async fn export_page(
    session: &Session,
    kind: &str,
    mut find: Find<()>,
    options: &ExportOptions,
    first: bool,
) -> Result<ExportPage> {
    options.check()?;
    find.with.clear();
    let def = (session.behaviour(kind)?.def)();
    session.read(PageJob { def, find, options: options.clone(), first }).await
}

struct PageJob {
    def: &'static RecordDef,
    find: Find<()>,
    options: ExportOptions,
    first: bool,
}

impl Job for PageJob {
    type Output = ExportPage;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Owned(format!("{}.find", self.def.kind))
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<ExportPage> {
        let Self { def, find, options, first } = self;
        find.in_bounds()?;
        cx.authorize_kind(def, Action::Read)?;
        let (rows, next) = page(cx, def, find).await?;
        let text = match options.format {
            ExportFormat::JsonLines => json_lines(def, &rows, &cx.hidden(def)?)?,
            ExportFormat::Csv | ExportFormat::Spreadsheet => table(cx, def, &rows, options, *first).await?,
        };
        Ok(ExportPage { text, records: rows.len(), next })
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

async fn table(
    cx: &mut Context<'_>,
    def: &'static RecordDef,
    rows: &[Row],
    options: &ExportOptions,
    header: bool,
) -> Result<String> {
    let columns = columns::columns(cx, def, options, &cx.hidden(def)?)?;
    let referred = columns::referred(cx, &columns, rows).await?;
    let zone = if options.local_times { Some(org::settings(cx).await?.time_zone.zone()) } else { None };
    let people = options.format == ExportFormat::Spreadsheet;
    let shown = |(text, free): (String, bool)| if people && free { spreadsheet::harmless(text) } else { text };
    let mut writer = csv::WriterBuilder::new().delimiter(options.delimiter.byte()).from_writer(Vec::new());
    let failed = || WRITE_FAILED.with("problem", "its rows cannot be put together");
    if header {
        let names = columns.iter().map(|column| match options.labels {
            true => columns::label(&column.path),
            false => column.path.clone(),
        });
        writer.write_record(names.map(|name| shown((name, true)))).map_err(|_| failed())?;
    }
    for row in rows {
        let cells = columns.iter().map(|column| shown(column.cell(def, row, &referred, zone)));
        writer.write_record(cells).map_err(|_| failed())?;
    }
    let text = writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(failed)?;
    Ok(if people && header { format!("{}{text}", spreadsheet::MARK) } else { text })
}
