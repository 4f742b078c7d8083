//! Questions in SQL: parameters from Python, rows to Python and to Arrow.

use std::{sync::Arc, time::Duration};

use arrow_array::{
    ArrayRef, RecordBatch, RecordBatchOptions,
    builder::{BinaryBuilder, Float64Builder, Int64Builder, StringBuilder},
};
use arrow_schema::{ArrowError, Field, Schema};
use nexa_crm::{
    Timestamp,
    kernel::sql::{Sql, SqlRows, SqlValue},
};
use pyo3::{
    IntoPyObjectExt,
    prelude::*,
    types::{PyBytes, PyTuple},
};
use uuid::Uuid;

use crate::{crm::org_id, errors::raised, session::malformed};

/// A parameter, as `_sql.py` passes it; what is a text as well has the name of its type in front.
#[derive(FromPyObject)]
pub(crate) enum Parameter {
    Typed((String, String)),
    Bool(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// The question that Python asks.
pub(crate) fn question(
    py: Python<'_>,
    query: String,
    params: Vec<Option<Parameter>>,
    org: Option<&str>,
    limit: usize,
    timeout: f64,
) -> PyResult<Sql> {
    let value = |parameter| match parameter {
        None => Ok(SqlValue::Null),
        Some(Parameter::Int(number)) => Ok(SqlValue::Int(number)),
        Some(Parameter::Real(number)) => Ok(SqlValue::Real(number)),
        Some(Parameter::Text(text)) => Ok(SqlValue::Text(text)),
        Some(Parameter::Bytes(bytes)) => Ok(SqlValue::Bytes(bytes)),
        Some(Parameter::Bool(yes)) => Ok(SqlValue::Bool(yes)),
        Some(Parameter::Typed((kind, text))) => typed(&kind, text).ok_or_else(|| {
            raised(py, &malformed("sql", "params", "give an id, a number or a moment that can be written as one"))
        }),
    };
    let params = params.into_iter().map(value).collect::<PyResult<Vec<_>>>()?;
    let timeout = Duration::try_from_secs_f64(timeout)
        .map_err(|_| raised(py, &malformed("sql", "timeout", "give a number of seconds")))?;
    let asked = Sql::new(query).params(params).limit(limit).timeout(timeout);
    Ok(match org {
        Some(org) => asked.org(org_id(py, org)?),
        None => asked,
    })
}

/// A value of a type that Python has no form for that all would read alike.
fn typed(kind: &str, text: String) -> Option<SqlValue> {
    Some(match kind {
        "id" => SqlValue::Id(text.parse().ok()?),
        "number" => SqlValue::Number(text),
        "moment" => SqlValue::Moment(Timestamp::parse(&text)?),
        "local" => SqlValue::Local(text),
        "date" => SqlValue::Date(text),
        "time" => SqlValue::TimeOfDay(text),
        "json" => SqlValue::Json(text),
        _ => return None,
    })
}

/// The names of the columns, and a tuple per row; a value of such a type is a tuple of the type and the text.
pub(crate) fn tuples(py: Python<'_>, answered: SqlRows) -> PyResult<(Vec<String>, Vec<Bound<'_, PyTuple>>)> {
    let rows = answered.rows.into_iter().map(|row| {
        let values = row.into_iter().map(|value| to_python(py, value)).collect::<PyResult<Vec<_>>>()?;
        PyTuple::new(py, values)
    });
    Ok((answered.columns, rows.collect::<PyResult<_>>()?))
}

fn to_python(py: Python<'_>, value: SqlValue) -> PyResult<Bound<'_, PyAny>> {
    match value {
        SqlValue::Int(number) => number.into_bound_py_any(py),
        SqlValue::Real(number) => number.into_bound_py_any(py),
        SqlValue::Text(text) => text.into_bound_py_any(py),
        SqlValue::Id(id) => id_text(id).into_bound_py_any(py),
        SqlValue::Bytes(bytes) => Ok(PyBytes::new(py, &bytes).into_any()),
        SqlValue::Bool(yes) => yes.into_bound_py_any(py),
        SqlValue::Number(text) => ("number", text).into_bound_py_any(py),
        SqlValue::Moment(moment) => ("moment", moment.to_string()).into_bound_py_any(py),
        SqlValue::Local(text) => ("local", text).into_bound_py_any(py),
        SqlValue::Date(text) => ("date", text).into_bound_py_any(py),
        SqlValue::TimeOfDay(text) => ("time", text).into_bound_py_any(py),
        SqlValue::Json(text) => ("json", text).into_bound_py_any(py),
        _ => Ok(py.None().into_bound(py)),
    }
}

fn id_text(id: Uuid) -> String {
    id.hyphenated().to_string()
}

/// A table of the rows. A column is of whole numbers, of numbers, of bytes, or else of texts.
pub(crate) fn table(answered: SqlRows) -> Result<crate::frame::Table, ArrowError> {
    let arrays: Vec<ArrayRef> = (0..answered.columns.len()).map(|position| column(&answered.rows, position)).collect();
    let fields = answered.columns.iter().zip(&arrays);
    let fields: Vec<Field> = fields.map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let options = RecordBatchOptions::new().with_row_count(Some(answered.rows.len()));
    let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)?;
    Ok(crate::frame::Table::of(batch))
}

fn column(rows: &[Vec<SqlValue>], position: usize) -> ArrayRef {
    let cells = || rows.iter().map(|row| row.get(position).unwrap_or(&SqlValue::Null));
    let all = |fits: fn(&SqlValue) -> bool| cells().all(|cell| fits(cell) || *cell == SqlValue::Null);
    if cells().all(|cell| *cell == SqlValue::Null) {
        return texts(cells());
    }
    if all(|cell| matches!(cell, SqlValue::Int(_))) {
        let mut to = Int64Builder::new();
        cells().for_each(|cell| to.append_option(if let SqlValue::Int(number) = cell { Some(*number) } else { None }));
        Arc::new(to.finish())
    } else if all(|cell| matches!(cell, SqlValue::Int(_) | SqlValue::Real(_))) {
        let mut to = Float64Builder::new();
        cells().for_each(|cell| {
            to.append_option(match cell {
                #[allow(clippy::cast_precision_loss, reason = "a column with fractions has numbers with fractions")]
                SqlValue::Int(number) => Some(*number as f64),
                SqlValue::Real(number) => Some(*number),
                _ => None,
            });
        });
        Arc::new(to.finish())
    } else if all(|cell| matches!(cell, SqlValue::Bytes(_))) {
        let mut to = BinaryBuilder::new();
        cells().for_each(|cell| to.append_option(if let SqlValue::Bytes(bytes) = cell { Some(bytes) } else { None }));
        Arc::new(to.finish())
    } else {
        texts(cells())
    }
}

fn texts<'v>(cells: impl Iterator<Item = &'v SqlValue>) -> ArrayRef {
    let mut to = StringBuilder::new();
    for cell in cells {
        match cell {
            SqlValue::Int(number) => to.append_value(number.to_string()),
            SqlValue::Real(number) => to.append_value(number.to_string()),
            SqlValue::Text(text) => to.append_value(text),
            SqlValue::Id(id) => to.append_value(id_text(*id)),
            SqlValue::Bytes(bytes) => to.append_value(String::from_utf8_lossy(bytes)),
            _ => to.append_null(),
        }
    }
    Arc::new(to.finish())
}
