//! So many rows as one unit of work has, read from a file or from objects.

use std::{collections::VecDeque, io::Read, sync::Arc};

use serde_json::{Map, Value as Json};

use super::{
    doubt,
    line::{Cells, Line, own_key},
    lookahead::Lookahead,
    options::ImportOptions,
    plan::{MatchBy, Plan},
    report::{Doubt, ImportReport},
    source::{Encoding, Reader, RowProblem},
    text::Shown,
};
use crate::{
    Currency,
    kernel::{error::Result, record::RecordDef, zone::Zone},
};

/// A unit ends with the row that reaches so many bytes, whatever it has of rows: long rows must not fill the memory.
const CHUNK_BYTES: u64 = 8 << 20;

/// How many rows are looked at before the first is read, for what their columns show of their formats.
const LOOKED_AT: usize = 500;

/// A row of a chunk: what is wrong with it, or nothing when it is the next of the lines.
#[derive(Default)]
pub(super) struct Item {
    pub(super) problem: Option<RowProblem>,
    /// The cells as they were read, when somebody wants to see them.
    pub(super) cells: Vec<String>,
}

/// Rows in the order of the file.
#[derive(Default)]
pub(super) struct Chunk {
    pub(super) items: Vec<Item>,
    pub(super) lines: Vec<Line>,
}

impl Chunk {
    fn add(&mut self, plan: &Plan, cells: Cells<'_>, number: u64, record: u64, keep_cells: bool) {
        let kept = || match keep_cells {
            true => (0..plan.columns.len()).map(|column| cells.get(column).shown()).collect(),
            false => Vec::new(),
        };
        match Line::read(plan, cells, number, record) {
            Ok(None) => {}
            Ok(Some(mut line)) => {
                let nameless = line.id.is_none()
                    && line.keys.is_empty()
                    && matches!(plan.match_by, MatchBy::Anything)
                    && plan.def.external_keys.is_some()
                    && !plan.uniques.iter().any(|unique| line.has(unique));
                if nameless {
                    line.keys.push(own_key(plan, cells));
                }
                self.lines.push(line);
                self.items.push(Item { problem: None, cells: kept() });
            }
            Err((column, error)) => {
                let header = column.and_then(|column| plan.columns.get(column)).map(String::as_str);
                let value = column.map(|column| cells.get(column).shown()).unwrap_or_default();
                let problem = Some(RowProblem::new(number, record, header, &error, &value));
                self.items.push(Item { problem, cells: kept() });
            }
        }
    }
}

/// Where rows come from.
pub(super) trait Source {
    /// How the rows that were read so far are to be understood.
    fn plan(&self) -> &Arc<Plan>;
    /// Bytes read so far.
    fn bytes(&self) -> u64 {
        0
    }
    /// How many rows there are, when that is known.
    fn total(&self) -> Option<u64> {
        None
    }
    /// Makes known what the tenant's own settings say: the zone of its days, and its currency.
    fn settle(&mut self, zone: Zone, currency: Currency);
    /// Writes into a report how what was read so far was understood.
    fn describe(&self, report: &mut ImportReport) {
        self.plan().describe(report);
    }
    /// Whether everything was read.
    fn is_drained(&self) -> bool {
        false
    }
    /// The next rows, at most so many; none at the end. Error: `import.read_failed`.
    fn next(&mut self, rows: usize, keep_cells: bool) -> Result<Chunk>;
}

/// The rows of a file.
pub(super) struct FileRows<F> {
    reader: Reader<Lookahead<F>>,
    plan: Arc<Plan>,
    /// Whether nobody said what encoding the file has.
    guessed: bool,
}

impl<F: Read> FileRows<F> {
    pub(super) fn open(def: &'static RecordDef, file: F, options: &ImportOptions) -> Result<Self> {
        let file = Lookahead::of(file);
        let shown = seen(file.first(), options);
        let reader = Reader::open(file, options.source())?;
        let spreadsheet = options.spreadsheet.unwrap_or_else(|| reader.is_marked());
        let options = ImportOptions { spreadsheet: Some(spreadsheet), ..options.clone() };
        let plan = Plan::of_file(def, reader.columns(), &reader.sample(), &shown, &options)?;
        Ok(Self { reader, plan: Arc::new(plan), guessed: options.encoding == Encoding::Detect })
    }
}

impl<F> FileRows<F> {
    /// The line of the header.
    pub(super) const fn header_line(&self) -> u64 {
        self.reader.header_line
    }
}

/// What the first rows of a file show of the formats of its columns.
fn seen((first, whole): (&[u8], bool), options: &ImportOptions) -> Vec<Shown> {
    let Ok(mut reader) = Reader::open(first, options.source()) else { return Vec::new() };
    let mut shown = vec![Shown::default(); reader.columns().len()];
    let mut last: Vec<String> = Vec::new();
    for _ in 0..LOOKED_AT {
        // The last row may be cut, so each is looked at when another follows.
        for (cell, shown) in last.iter().zip(&mut shown) {
            shown.look(cell);
        }
        last = match reader.next_row() {
            Ok(Some(Ok(row))) => row.fields().map(str::to_owned).collect(),
            Ok(Some(Err(_))) => Vec::new(),
            Ok(None) | Err(_) => break,
        };
        if whole {
            for (cell, shown) in std::mem::take(&mut last).iter().zip(&mut shown) {
                shown.look(cell);
            }
        }
    }
    shown
}

impl<F: Read> Source for FileRows<F> {
    fn settle(&mut self, zone: Zone, currency: Currency) {
        Arc::make_mut(&mut self.plan).settle(zone, currency);
    }
    fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }
    fn bytes(&self) -> u64 {
        self.reader.progress().bytes
    }
    fn is_drained(&self) -> bool {
        self.reader.is_drained()
    }
    fn describe(&self, report: &mut ImportReport) {
        self.plan.describe(report);
        let encoding = self.reader.encoding();
        report.encoding = Some(encoding.to_string());
        report.delimiter = Some(self.reader.delimiter());
        report.passed_over = self.reader.passed_over();
        if encoding == Encoding::Latin1 && self.guessed {
            report.doubts.push(Doubt::new(None, None, &doubt::codes::ENCODING.with("encoding", encoding.to_string())));
        }
    }
    fn next(&mut self, rows: usize, keep_cells: bool) -> Result<Chunk> {
        let mut chunk = Chunk::default();
        let full = self.bytes() + CHUNK_BYTES;
        while chunk.items.len() < rows && self.reader.progress().bytes < full {
            match self.reader.next_row()? {
                None => break,
                Some(Ok(row)) => chunk.add(&self.plan, Cells::Row(row), row.number, row.record, keep_cells),
                Some(Err(problem)) => chunk.items.push(Item { problem: Some(problem), cells: Vec::new() }),
            }
        }
        Ok(chunk)
    }
}

/// Rows that are objects: columns by name. A row may have columns that no row before had.
pub(super) struct ObjectRows<I> {
    rows: I,
    /// The first rows, which show how their columns are written.
    first: VecDeque<Map<String, Json>>,
    looked: bool,
    plan: Arc<Plan>,
    options: ImportOptions,
    read: u64,
}

impl<I: Iterator<Item = Map<String, Json>>> ObjectRows<I> {
    pub(super) fn open(def: &'static RecordDef, rows: I, options: &ImportOptions) -> Result<Self> {
        let plan = Arc::new(Plan::of_rows(def, options)?);
        Ok(Self { rows, first: VecDeque::new(), looked: false, plan, options: options.clone(), read: 0 })
    }
}

impl<I: Iterator<Item = Map<String, Json>>> ObjectRows<I> {
    /// Lets columns join that no row before had.
    fn learn(&mut self, row: &Map<String, Json>) -> Result<()> {
        let new: Vec<String> = row.keys().filter(|name| !self.plan.columns.contains(name)).cloned().collect();
        if !new.is_empty() {
            self.plan = Arc::new(self.plan.with_columns(new, &self.options)?);
        }
        Ok(())
    }

    /// Looks at the first rows, once.
    fn look(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.looked, true) {
            return Ok(());
        }
        self.first = self.rows.by_ref().take(LOOKED_AT).collect();
        for row in std::mem::take(&mut self.first) {
            self.learn(&row)?;
            let plan = Arc::make_mut(&mut self.plan);
            for (name, value) in &row {
                if let (Json::String(cell), Some(column)) = (value, plan.columns.iter().position(|known| known == name))
                {
                    plan.look(column, cell);
                }
            }
            self.first.push_back(row);
        }
        Ok(())
    }
}

impl<I: Iterator<Item = Map<String, Json>>> Source for ObjectRows<I> {
    fn settle(&mut self, zone: Zone, currency: Currency) {
        Arc::make_mut(&mut self.plan).settle(zone, currency);
    }
    fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }
    fn total(&self) -> Option<u64> {
        let (least, most) = self.rows.size_hint();
        (Some(least) == most).then_some(self.read + (self.first.len() + least) as u64)
    }
    fn next(&mut self, rows: usize, keep_cells: bool) -> Result<Chunk> {
        self.look()?;
        let mut chunk = Chunk::default();
        while chunk.items.len() < rows {
            let Some(row) = self.first.pop_front().or_else(|| self.rows.next()) else { break };
            self.read += 1;
            self.learn(&row)?;
            let cells = Cells::Object(&row, &self.plan.columns);
            chunk.add(&self.plan, cells, self.read, self.read, keep_cells);
        }
        Ok(chunk)
    }
}
