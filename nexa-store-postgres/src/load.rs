//! Loads: rows of a kind, found by one of its columns.

use std::collections::HashSet;

use nexa_kernel::{record::RecordDef, value::Value};
use nexa_sql::Rows;

use crate::arguments::{Array, TEXT, kind_of};

/// Rows of a kind by the values of a column.
pub(crate) struct Load {
    pub(crate) of: &'static RecordDef,
    pub(crate) column: usize,
    pub(crate) values: Vec<Value>,
    /// Whether it is asked as a load of one value at most.
    pub(crate) rows: Rows,
}

impl Load {
    /// Asks for one value at most, where there are no more.
    pub(crate) fn narrow(&mut self) {
        if self.values.len() <= 1 {
            self.rows = Rows::One;
        }
    }

    pub(crate) fn array(&self) -> Array {
        array_of(self.of, self.column, &self.values)
    }
}

/// The values of a column as one argument, each once.
pub(crate) fn array_of<'v>(of: &RecordDef, column: usize, values: impl IntoIterator<Item = &'v Value>) -> Array {
    let kind = of.columns.get(column).map_or(TEXT, |column| kind_of(column.kind));
    let mut once = HashSet::new();
    // No row holds a value that cannot be kept, and the server takes no NUL.
    Array::of(kind, values.into_iter().filter(|value| value.unfit().is_none() && once.insert(*value)))
}
