//! So many rows as one unit of work has, read from a file or from objects.

use std::{io::Read, sync::Arc};

use serde_json::{Map, Value as Json};

use super::{
    line::{Cells, Line, own_key},
    options::ImportOptions,
    plan::{MatchBy, Plan},
    source::{Reader, RowProblem},
};
use crate::kernel::{error::Result, record::RecordDef};

/// A unit ends with the row that reaches so many bytes, whatever it has of rows: long rows must not fill the memory.
const CHUNK_BYTES: u64 = 8 << 20;

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
                let nameless = line.keys.is_empty()
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
    /// The next rows, at most so many; none at the end. Error: `import.read_failed`.
    fn next(&mut self, rows: usize, keep_cells: bool) -> Result<Chunk>;
}

/// The rows of a file.
pub(super) struct FileRows<F> {
    reader: Reader<F>,
    plan: Arc<Plan>,
}

impl<F: Read> FileRows<F> {
    pub(super) fn open(def: &'static RecordDef, file: F, options: &ImportOptions) -> Result<Self> {
        let reader = Reader::open(file, options.source())?;
        let mut plan = Plan::of_file(def, reader.columns(), options)?;
        plan.for_spreadsheets = options.spreadsheet.unwrap_or_else(|| reader.is_marked());
        let plan = Arc::new(plan);
        Ok(Self { reader, plan })
    }
}

impl<F: Read> Source for FileRows<F> {
    fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }
    fn bytes(&self) -> u64 {
        self.reader.progress().bytes
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
    plan: Arc<Plan>,
    options: ImportOptions,
    read: u64,
}

impl<I: Iterator<Item = Map<String, Json>>> ObjectRows<I> {
    pub(super) fn open(def: &'static RecordDef, rows: I, options: &ImportOptions) -> Result<Self> {
        let plan = Arc::new(Plan::of_rows(def, options)?);
        Ok(Self { rows, plan, options: options.clone(), read: 0 })
    }
}

impl<I: Iterator<Item = Map<String, Json>>> Source for ObjectRows<I> {
    fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }
    fn total(&self) -> Option<u64> {
        let (least, most) = self.rows.size_hint();
        (Some(least) == most).then_some(self.read + least as u64)
    }
    fn next(&mut self, rows: usize, keep_cells: bool) -> Result<Chunk> {
        let mut chunk = Chunk::default();
        while chunk.items.len() < rows {
            let Some(row) = self.rows.next() else { break };
            self.read += 1;
            let new = row.keys().filter(|name| !self.plan.columns.contains(name));
            let new: Vec<String> = new.cloned().collect();
            if !new.is_empty() {
                self.plan = Arc::new(self.plan.with_columns(new, &self.options)?);
            }
            let cells = Cells::Object(&row, &self.plan.columns);
            chunk.add(&self.plan, cells, self.read, self.read, keep_cells);
        }
        Ok(chunk)
    }
}
