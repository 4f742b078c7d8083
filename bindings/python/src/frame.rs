//! Records as a table of Arrow, handed over through the PyCapsule interface.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::{
    ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchOptions,
    builder::{
        BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, ListBuilder, StringBuilder,
        TimestampMicrosecondBuilder,
    },
    ffi_stream::FFI_ArrowArrayStream,
    types::Date32Type,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit, ffi::FFI_ArrowSchema};
use nexa_crm::{
    Error, Find, Result, Session,
    kernel::{
        catalog,
        error::codes,
        input,
        record::{ColumnDef, ColumnType},
        scan::{Cell, Sink},
    },
};
use pyo3::{prelude::*, types::PyCapsule};
use serde_json::Value as Json;

use crate::{errors::raised, session::parsed, wait::run};

/// How many rows one batch has.
const BATCH: usize = 64_000;
/// Digits of an amount in all, and behind the point.
const DIGITS: (u8, i8) = (19, 4);

/// A table whose values any library that knows Arrow takes without a copy.
#[pyclass(frozen, module = "nexa_crm._native")]
pub(crate) struct Table {
    schema: Arc<Schema>,
    batches: Vec<RecordBatch>,
}

impl Table {
    /// A table of one batch.
    pub(crate) fn of(batch: RecordBatch) -> Self {
        Self { schema: batch.schema(), batches: vec![batch] }
    }
}

#[pymethods]
impl Table {
    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }
    /// How many rows there are.
    #[getter]
    fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
    /// A capsule with a new stream of the batches.
    fn stream<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let batches = self.batches.clone().into_iter().map(Ok);
        let stream = FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new(batches, self.schema.clone())));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
    /// A capsule with the schema.
    fn schema<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(&*self.schema).map_err(|problem| raised(py, &broken(&problem)))?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }
}

pub(crate) fn broken(problem: &ArrowError) -> Error {
    codes::STORE_FAILED.with("problem", problem.to_string())
}

/// Reads every record that a find matches.
pub(crate) fn table(
    py: Python<'_>,
    session: &Session,
    kind: &str,
    find: &str,
    columns: Option<Vec<String>>,
) -> PyResult<Table> {
    let find: Json = parsed(py, "frame", find)?;
    match py.detach(|| read(session, kind, find, columns))? {
        Ok(table) => Ok(table),
        Err(error) => Err(raised(py, &error)),
    }
}

fn read(session: &Session, kind: &str, find: Json, columns: Option<Vec<String>>) -> PyResult<Result<Table>> {
    let find: Find<()> = match input::value(&find) {
        Ok(find) => find,
        Err(problem) => return Ok(Err(catalog::malformed("frame", &problem))),
    };
    let building = Building::default();
    let stopped = building.stopped.clone();
    let scanned = run(session.scan_kind(kind, find, columns, building))?;
    if let Some(stopped) = stopped.lock().unwrap_or_else(PoisonError::into_inner).take() {
        return Err(stopped);
    }
    Ok(scanned.and_then(|table| table.finish().map_err(|problem| broken(&problem))))
}

/// A table in the making.
#[derive(Default)]
struct Building {
    of: Vec<&'static ColumnDef>,
    columns: Vec<Column>,
    rows: usize,
    /// How many rows each has, and its columns.
    batches: Vec<(usize, Vec<ArrayRef>)>,
    /// What is filled at the same time.
    parts: Vec<Arc<Mutex<Self>>>,
    /// What a signal raised while rows came.
    stopped: Arc<Mutex<Option<PyErr>>>,
}

/// A part of a table, filled on a thread of its own.
struct Part(Arc<Mutex<Building>>);

impl Part {
    fn building(&self) -> MutexGuard<'_, Building> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Part {
    fn begin(&mut self, columns: &[&'static ColumnDef]) {
        self.building().begin(columns);
    }
    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        self.building().row(cells)
    }
}

impl Sink for Building {
    fn begin(&mut self, columns: &[&'static ColumnDef]) {
        *self = Self {
            of: columns.to_vec(),
            columns: columns.iter().map(|column| Column::new(column.kind)).collect(),
            stopped: self.stopped.clone(),
            ..Self::default()
        };
    }

    fn beside(&mut self) -> Option<Box<dyn Sink>> {
        let mut part = Self { stopped: self.stopped.clone(), ..Self::default() };
        part.begin(&self.of);
        let part = Arc::new(Mutex::new(part));
        self.parts.push(part.clone());
        Some(Box::new(Part(part)))
    }

    fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(*cell);
        }
        self.rows += 1;
        if self.rows < BATCH {
            return Ok(());
        }
        self.batch();
        Python::attach(|py| py.check_signals()).map_err(|signal| {
            *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = Some(signal);
            codes::STORE_FAILED.with("problem", "a signal stopped the reading")
        })
    }
}

impl Building {
    fn batch(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        self.batches.push((rows, self.columns.iter_mut().map(Column::take).collect()));
    }

    /// Ends the last batch, and puts those of the parts behind it.
    fn close(&mut self) {
        if self.rows > 0 {
            self.batch();
        }
        for part in std::mem::take(&mut self.parts) {
            let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
            part.close();
            self.batches.append(&mut part.batches);
        }
    }

    fn finish(mut self) -> Result<Table, ArrowError> {
        self.close();
        let field = |column: &&'static ColumnDef| Field::new(&column.path, data_type(column.kind), true);
        let schema = Arc::new(Schema::new(self.of.iter().map(field).collect::<Vec<_>>()));
        let batches = self.batches.into_iter().map(|(rows, arrays)| {
            // Without columns the arrays do not say how many rows there are.
            let options = RecordBatchOptions::new().with_row_count(Some(rows));
            RecordBatch::try_new_with_options(schema.clone(), arrays, &options)
        });
        Ok(Table { batches: batches.collect::<Result<_, _>>()?, schema })
    }
}

fn data_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Int => DataType::Int64,
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        ColumnType::Date => DataType::Date32,
        ColumnType::Amount => DataType::Decimal128(DIGITS.0, DIGITS.1),
        ColumnType::List => DataType::new_list(DataType::Utf8, true),
        _ => DataType::Utf8,
    }
}

/// The values of one column.
enum Column {
    Text(StringBuilder),
    Int(Int64Builder),
    Bool(BooleanBuilder),
    Time(TimestampMicrosecondBuilder),
    Date(Date32Builder),
    Amount(Decimal128Builder),
    List(ListBuilder<StringBuilder>),
}

impl Column {
    fn new(kind: ColumnType) -> Self {
        let data_type = data_type(kind);
        match kind {
            ColumnType::Int => Self::Int(Int64Builder::new()),
            ColumnType::Bool => Self::Bool(BooleanBuilder::new()),
            ColumnType::Time => Self::Time(TimestampMicrosecondBuilder::new().with_data_type(data_type)),
            ColumnType::Date => Self::Date(Date32Builder::new()),
            ColumnType::Amount => Self::Amount(Decimal128Builder::new().with_data_type(data_type)),
            ColumnType::List => Self::List(ListBuilder::new(StringBuilder::new())),
            _ => Self::Text(StringBuilder::new()),
        }
    }

    fn push(&mut self, cell: Cell<'_>) {
        match (self, cell) {
            (Self::Text(to), Cell::Text(text) | Cell::Json(text)) => to.append_value(text),
            (Self::Text(to), Cell::Uuid(id)) => {
                to.append_value(id.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
            }
            (Self::Int(to), Cell::Int(number)) => to.append_value(number),
            (Self::Bool(to), Cell::Bool(yes)) => to.append_value(yes),
            (Self::Time(to), Cell::Time(moment)) => to.append_value(moment.micros()),
            (Self::Date(to), Cell::Date(date)) => to.append_value(Date32Type::from_naive_date(date)),
            (Self::Amount(to), Cell::Amount(amount)) => to.append_value(i128::from(amount.ten_thousandths())),
            (Self::List(to), Cell::Json(text)) => {
                let entries: Vec<String> = serde_json::from_str(text).unwrap_or_default();
                for entry in entries {
                    to.values().append_value(entry);
                }
                to.append(true);
            }
            (column, _) => column.absent(),
        }
    }

    fn absent(&mut self) {
        match self {
            Self::Text(to) => to.append_null(),
            Self::Int(to) => to.append_null(),
            Self::Bool(to) => to.append_null(),
            Self::Time(to) => to.append_null(),
            Self::Date(to) => to.append_null(),
            Self::Amount(to) => to.append_null(),
            // A list that has nothing is empty, as in the record.
            Self::List(to) => to.append(true),
        }
    }

    fn take(&mut self) -> ArrayRef {
        match self {
            Self::Text(to) => Arc::new(to.finish()),
            Self::Int(to) => Arc::new(to.finish()),
            Self::Bool(to) => Arc::new(to.finish()),
            Self::Time(to) => Arc::new(to.finish()),
            Self::Date(to) => Arc::new(to.finish()),
            Self::Amount(to) => Arc::new(to.finish()),
            Self::List(to) => Arc::new(to.finish()),
        }
    }
}
