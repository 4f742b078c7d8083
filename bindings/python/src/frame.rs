//! Records as a table of Arrow, handed over through the PyCapsule interface.

use std::sync::Arc;

use arrow_array::{
    ArrayRef, RecordBatch, RecordBatchIterator,
    builder::{
        BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, ListBuilder, StringBuilder,
        TimestampMicrosecondBuilder,
    },
    ffi_stream::FFI_ArrowArrayStream,
    types::Date32Type,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit, ffi::FFI_ArrowSchema};
use nexa_crm::{
    Error, Find, Record, Result, Session,
    kernel::{
        error::codes,
        record::{ColumnType, RecordDef, Row},
        value::Value,
    },
};
use pyo3::{prelude::*, types::PyCapsule};
use serde_json::Value as Json;

use crate::{
    errors::raised,
    kinds::of_kind,
    session::{malformed, parsed},
    wait::run,
};

/// How many rows are read at once, as many as a page may have.
const PAGE: usize = 1_000;
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

fn broken(problem: &ArrowError) -> Error {
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
    py.detach(|| -> PyResult<Result<Table>> {
        let read = of_kind!(kind, records, Ok(read::<Kind>(session, find, columns)));
        read.unwrap_or_else(|error: Error| Ok(Err(error)))
    })?
    .map_err(|error| raised(py, &error))
}

fn read<R: Record>(session: &Session, find: Json, wanted: Option<Vec<String>>) -> PyResult<Result<Table>> {
    let mut find: Find<R> = match serde_json::from_value(find) {
        Ok(find) => find,
        Err(problem) => return Ok(Err(malformed("frame", "find", &problem.to_string()))),
    };
    let mut left = find.limit.unwrap_or(usize::MAX);
    let mut building: Option<Building> = None;
    loop {
        find.limit = Some(left.min(PAGE));
        let page = match run(session.rows(find.clone()))? {
            Ok(page) => page,
            Err(error) => return Ok(Err(error)),
        };
        let table = match &mut building {
            Some(table) => table,
            None => match Building::new(R::def(), &page.hidden, wanted.as_deref()) {
                Ok(table) => building.insert(table),
                Err(error) => return Ok(Err(error)),
            },
        };
        left -= page.rows.len().min(left);
        if let Err(problem) = table.add(&page.rows) {
            return Ok(Err(broken(&problem)));
        }
        find.after = page.next;
        if find.after.is_none() || left == 0 {
            break;
        }
    }
    let Some(table) = building else { return Ok(Err(codes::PAGE_SIZE.with("size", 0))) };
    Ok(table.finish().map_err(|problem| broken(&problem)))
}

/// A table in the making.
struct Building {
    schema: Arc<Schema>,
    columns: Vec<(usize, Column)>,
    rows: usize,
    batches: Vec<RecordBatch>,
}

impl Building {
    /// The columns by path, in the order that was asked for. Error: `field.unknown`.
    fn new(def: &'static RecordDef, hidden: &[&str], wanted: Option<&[String]>) -> Result<Self> {
        let shown = def.fields.iter().filter(|field| !hidden.contains(&field.name));
        let shown = shown.flat_map(|field| field.first..field.first + field.count);
        let shown: Vec<(usize, &str, ColumnType)> = shown
            .filter_map(|index| def.columns.get(index).map(|column| (index, column.path.as_str(), column.kind)))
            .collect();
        let chosen = match wanted {
            None => shown,
            Some(wanted) => wanted
                .iter()
                .map(|name| {
                    let found = shown.iter().find(|(_, path, _)| path == name).copied();
                    found.ok_or_else(|| codes::FIELD_UNKNOWN.with("kind", def.kind).with("field", name))
                })
                .collect::<Result<_>>()?,
        };
        let fields = chosen.iter().map(|(_, path, kind)| Field::new(*path, data_type(*kind), true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let columns = chosen.iter().map(|(index, _, kind)| (*index, Column::new(*kind))).collect();
        Ok(Self { schema, columns, rows: 0, batches: Vec::new() })
    }

    fn add(&mut self, rows: &[Row]) -> Result<(), ArrowError> {
        // Row by row: a row is together in memory, a column is not.
        for row in rows {
            for (index, column) in &mut self.columns {
                column.push(row.get(*index));
            }
        }
        self.rows += rows.len();
        if self.rows >= BATCH { self.batch() } else { Ok(()) }
    }

    fn batch(&mut self) -> Result<(), ArrowError> {
        let arrays: Vec<ArrayRef> = self.columns.iter_mut().map(|(_, column)| column.take()).collect();
        self.batches.push(RecordBatch::try_new(self.schema.clone(), arrays)?);
        self.rows = 0;
        Ok(())
    }

    fn finish(mut self) -> Result<Table, ArrowError> {
        if self.rows > 0 {
            self.batch()?;
        }
        Ok(Table { schema: self.schema, batches: self.batches })
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

    fn push(&mut self, value: &Value) {
        match (self, value) {
            (Self::Text(to), Value::Text(text) | Value::Json(text)) => to.append_value(text),
            (Self::Text(to), Value::Uuid(id)) => {
                to.append_value(id.hyphenated().encode_lower(&mut uuid::Uuid::encode_buffer()));
            }
            (Self::Int(to), Value::Int(number)) => to.append_value(*number),
            (Self::Bool(to), Value::Bool(yes)) => to.append_value(*yes),
            (Self::Time(to), Value::Time(moment)) => to.append_value(moment.micros()),
            (Self::Date(to), Value::Date(date)) => to.append_value(Date32Type::from_naive_date(*date)),
            (Self::Amount(to), Value::Amount(amount)) => to.append_value(i128::from(amount.ten_thousandths())),
            (Self::List(to), Value::Json(text)) => {
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
