//! An import as the host runs it: unit after unit, each whole, with progress between them.

use std::{borrow::Cow, future::poll_fn, io::Read, pin::pin, sync::Arc};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{
    ImportCsv, ImportRows,
    chunk::{Chunk, FileRows, ObjectRows, Source},
    line::Line,
    options::ImportOptions,
    plan::Plan,
    preview::{self, Preview},
    repeats::Repeats,
    report::{ImportReport, Progress, Refused},
    tally::{OnRefused, count},
    unit::{self, Done, Outcome},
};
use crate::{
    Currency, TimeZone,
    kernel::{
        context::{Behaviour, Context},
        entity::{Entity, of_entity},
        envelope::{self, Envelope},
        error::{Error, ErrorKind, Result, codes},
        operation::operation_name,
        record::RecordDef,
        session::{Job, Session},
        shared::SharedOperation,
    },
    people::org,
};

type OnProgress<'a> = dyn FnMut(&Progress) + 'a;

/// An import in the making: `Import::new::<Lead>(&session, options).on_refused(…).csv(file)`.
pub struct Import<'a> {
    session: &'a Session,
    options: ImportOptions,
    on_progress: Option<Box<OnProgress<'a>>>,
    on_refused: Option<Box<OnRefused<'a>>>,
    kind: &'static Behaviour,
}

/// Imports a CSV file of any length; it is read as it is written, in memory that does not grow with it.
///
/// Every 1,000 rows are one unit with its history, and `progress` is called after each. An import that stops half-way
/// (the reader fails, the process ends) leaves whole units; the same import again goes on, because records that are
/// there are skipped unless the options say otherwise. A row that is refused costs itself alone: the report lists it.
///
/// Errors of the whole import: `import.…` for a file or options that cannot be used, `access.denied`, `store.…`.
pub async fn import_csv<R: Entity>(
    session: &Session,
    file: impl Read,
    options: ImportOptions,
    progress: impl FnMut(&Progress),
) -> Result<ImportReport> {
    Import::new::<R>(session, options).on_progress(progress).csv(file).await
}

/// Imports rows that are objects, by the names of fields or columns; in all else as [`import_csv`].
pub async fn import_rows<R: Entity>(
    session: &Session,
    rows: impl IntoIterator<Item = Map<String, Json>>,
    options: ImportOptions,
    progress: impl FnMut(&Progress),
) -> Result<ImportReport> {
    Import::new::<R>(session, options).on_progress(progress).rows(rows).await
}

impl<'a> Import<'a> {
    /// Starts an import of records of a kind.
    pub fn new<R: Entity>(session: &'a Session, options: ImportOptions) -> Self {
        Self { session, options, on_progress: None, on_refused: None, kind: of_entity::<R>() }
    }

    /// The same for a kind by its name. Error: `kind.unknown`, also where callers do not create records of the kind.
    pub fn of_kind(session: &'a Session, kind: &str, options: ImportOptions) -> Result<Self> {
        let kind = session.behaviour(kind)?;
        kind.edited()?;
        if !kind.is_created() {
            return Err(codes::KIND_UNKNOWN.with("kind", (kind.def)().kind));
        }
        Ok(Self { session, options, on_progress: None, on_refused: None, kind })
    }

    fn def(&self) -> &'static RecordDef {
        (self.kind.def)()
    }

    /// Reports how far the import is, after every unit.
    #[must_use]
    pub fn on_progress(mut self, report: impl FnMut(&Progress) + 'a) -> Self {
        self.on_progress = Some(Box::new(report));
        self
    }

    /// Reports every refused row, in the order of the file; see [`RefusedCsv`](super::RefusedCsv).
    #[must_use]
    pub fn on_refused(mut self, report: impl FnMut(&Refused<'_>) + 'a) -> Self {
        self.on_refused = Some(Box::new(report));
        self
    }

    /// Imports a CSV file; see [`import_csv`].
    pub async fn csv(self, file: impl Read) -> Result<ImportReport> {
        let source = FileRows::open(self.def(), file, &self.options)?;
        let operation = operation_name(self.def().kind, ImportCsv::<()>::VERB);
        self.run(source, operation).await
    }

    /// Shows what the import would make of a file, by so many of its first rows (1 to 100), without importing anything.
    /// Errors: `import.…`.
    pub async fn preview(self, file: impl Read, rows: usize) -> Result<Preview> {
        let (zone, currency) = self.session.read(SettingsJob).await?;
        preview::of_file(self.def(), file, &self.options, (zone.zone(), currency), rows.clamp(1, 100), false)
    }

    /// Imports objects; see [`import_rows`].
    pub async fn rows(self, rows: impl IntoIterator<Item = Map<String, Json>>) -> Result<ImportReport> {
        let source = ObjectRows::open(self.def(), rows.into_iter(), &self.options)?;
        let operation = operation_name(self.def().kind, ImportRows::<()>::VERB);
        self.run(source, operation).await
    }

    async fn run(mut self, mut source: impl Source, operation: &'static str) -> Result<ImportReport> {
        let rows = self.options.rows_per_unit()?;
        envelope::not_reserved(self.options.run.as_deref().unwrap_or_default(), "import:")?;
        let mut report = ImportReport { dry_run: self.options.dry_run, ..ImportReport::default() };
        let mut repeats = self.options.dry_run.then(Repeats::default);
        let keep_cells = self.on_refused.is_some();
        let (zone, currency) = self.session.read(SettingsJob).await?;
        source.settle(zone.zone(), currency);
        let mut ahead = None;
        loop {
            let mut chunk = ahead.take().unwrap_or_else(|| source.next(rows, keep_cells))?;
            if chunk.items.is_empty() {
                break;
            }
            let (plan, bytes) = (source.plan().clone(), source.bytes());
            let writing = async {
                match &mut repeats {
                    None => {
                        let lines = Arc::new(std::mem::take(&mut chunk.lines));
                        let outcomes = self.write(&plan, &lines, operation).await?;
                        chunk.lines = Arc::try_unwrap(lines).unwrap_or_else(|lines| lines.as_ref().clone());
                        Ok(outcomes)
                    }
                    Some(repeats) => self.rehearse(&plan, &chunk, repeats, operation).await,
                }
            };
            let outcomes: Result<Vec<Done>> = meanwhile(writing, || ahead = Some(source.next(rows, keep_cells))).await;
            count(&mut report, &plan, chunk, outcomes?, self.on_refused.as_deref_mut());
            if let Some(progress) = &mut self.on_progress {
                progress(&Progress {
                    counts: report.counts,
                    bytes,
                    total_bytes: self.options.total_bytes,
                    total_rows: source.total(),
                });
            }
        }
        source.describe(&mut report);
        Ok(report)
    }

    /// Meets the lines that no earlier unit would have met, and remembers them.
    async fn rehearse(
        &self,
        plan: &Arc<Plan>,
        chunk: &Chunk,
        repeats: &mut Repeats,
        operation: &'static str,
    ) -> Result<Vec<Done>> {
        let known: Vec<Option<Outcome>> = chunk.lines.iter().map(|line| repeats.meet(plan, line)).collect();
        let new = chunk.lines.iter().zip(&known).filter(|(_, known)| known.is_none());
        let new: Arc<Vec<Line>> = Arc::new(new.map(|(line, _)| line.clone()).collect());
        let mut met = self.write(plan, &new, operation).await?.into_iter();
        let outcomes = known.into_iter().zip(&chunk.lines).map(|(known, line)| match known {
            Some(outcome) => Done { suppressed: repeats.suppressed(plan, line), ..outcome.into() },
            None => met.next().map_or(Outcome::Skipped.into(), |done| {
                repeats.note_suppressed(&done.suppressed);
                Done { outcome: repeats.note(plan, line, done.outcome), ..done }
            }),
        });
        Ok(outcomes.collect())
    }

    /// Writes lines as one unit; when that cannot be, one by one, so that only the guilty ones are refused.
    async fn write(&self, plan: &Arc<Plan>, lines: &Arc<Vec<Line>>, operation: &'static str) -> Result<Vec<Done>> {
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        match self.unit(plan, lines, 0..lines.len(), operation).await {
            Err(error) if row_may_be_guilty(&error) => {}
            whole => return whole?.outcomes(),
        }
        let mut outcomes = Vec::with_capacity(lines.len());
        for line in 0..lines.len() {
            match self.unit(plan, lines, line..line + 1, operation).await {
                Ok(one) => outcomes.append(&mut one.outcomes()?),
                Err(error) if row_may_be_guilty(&error) => outcomes.push(Outcome::Refused(error).into()),
                Err(error) => return Err(error),
            }
        }
        Ok(outcomes)
    }

    async fn unit(
        &self,
        plan: &Arc<Plan>,
        lines: &Arc<Vec<Line>>,
        range: std::ops::Range<usize>,
        operation: &'static str,
    ) -> Result<Met> {
        let envelope = Envelope {
            dry_run: self.options.dry_run,
            cause: Some(self.options.run.clone().unwrap_or_else(|| "import".to_owned())),
            ..Envelope::default()
        };
        let job = UnitJob { plan: plan.clone(), lines: lines.clone(), range, operation, kind: self.kind };
        self.session.write(envelope, job).await
    }
}

/// Does something once while work waits for the storage, where it does.
async fn meanwhile<T>(work: impl Future<Output = T>, aside: impl FnOnce()) -> T {
    let (mut work, mut aside) = (pin!(work), Some(aside));
    poll_fn(|waker| {
        let polled = work.as_mut().poll(waker);
        if polled.is_pending()
            && let Some(aside) = aside.take()
        {
            aside();
        }
        polled
    })
    .await
}

/// Whether one row of a unit may be the reason, so that the others should be tried without it.
fn row_may_be_guilty(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Unavailable => error.is(&codes::PANICKED),
        ErrorKind::Forbidden => false,
        _ => true,
    }
}

/// Reads what of the tenant's settings the cells of a file rest on.
struct SettingsJob;

impl Job for SettingsJob {
    type Output = (TimeZone, Currency);
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed("import")
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Self::Output> {
        let org = org::settings(cx).await?;
        Ok((org.time_zone, org.base_currency))
    }
}

struct UnitJob {
    plan: Arc<Plan>,
    lines: Arc<Vec<Line>>,
    range: std::ops::Range<usize>,
    operation: &'static str,
    kind: &'static Behaviour,
}

/// What became of the lines of a unit, or why the whole import cannot go on.
#[derive(Serialize, Deserialize)]
struct Met {
    outcomes: Vec<Done>,
    halted: Option<Error>,
}

impl Met {
    fn outcomes(self) -> Result<Vec<Done>> {
        self.halted.map_or(Ok(self.outcomes), Err)
    }
}

impl Job for UnitJob {
    type Output = Met;
    fn operation(&self) -> Cow<'static, str> {
        Cow::Borrowed(self.operation)
    }
    fn arguments(&self) -> String {
        String::new()
    }
    async fn run(&self, cx: &mut Context<'_>) -> Result<Met> {
        let lines = self.lines.get(self.range.clone()).unwrap_or_default();
        match unit::prepare(cx, self.kind, &self.plan, lines).await {
            Ok(common) => {
                let outcomes = unit::meet(cx, self.kind, &self.plan, common, lines).await?;
                Ok(Met { outcomes, halted: None })
            }
            Err(error) => Ok(Met { outcomes: Vec::new(), halted: Some(error) }),
        }
    }
}
