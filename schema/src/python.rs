//! The Python package's sources, from the catalog: records, operations, and the types of arguments and filters.

#![allow(clippy::indexing_slicing, reason = "what is not there in a JSON document reads as null, and never panics")]

mod arguments;
mod filters;
mod operations;
mod records;
mod text;
mod types;

use types::Types;

use crate::catalog::Catalog;

/// The generated files by their names in the package.
pub(crate) fn files(catalog: &Catalog) -> Vec<(&'static str, String)> {
    let mut types = Types::new(catalog);
    // Once to meet every type, so that what is written does not hang on the order.
    operations::file(&mut types, operations::Style::Blocking);
    let operations = operations::file(&mut types, operations::Style::Blocking);
    let aio = operations::file(&mut types, operations::Style::Async);
    let where_ = filters::file(&mut types);
    let inputs = arguments::file(&mut types);
    let records = records::file(&mut types);
    vec![
        ("__init__.py", text::heading("What is generated from the catalog.")),
        ("aio_operations.py", aio),
        ("inputs.py", inputs),
        ("operations.py", operations),
        ("records.py", records),
        ("where.py", where_),
    ]
}
