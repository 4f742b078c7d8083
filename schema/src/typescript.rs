//! The npm package's sources, from the catalog: records, inputs, operations, the words of enums and the codes of errors.

#![allow(clippy::indexing_slicing, reason = "what is not there in a JSON document reads as null, and never panics")]

mod codes;
mod inputs;
mod modules;
mod names;
mod operations;
mod parts;
mod records;
mod text;
mod types;

use modules::Modules;
use types::Types;

use crate::catalog::Catalog;

/// The generated files by their names in the package.
pub(crate) fn files(catalog: &Catalog) -> Vec<(String, String)> {
    let mut types = Types::new(catalog);
    let mut modules = Modules::default();
    records::files(&mut types, &mut modules);
    inputs::files(&mut types, &mut modules);
    operations::files(&mut types, &mut modules);
    // Last, when every part and every closed set of words was met.
    parts::files(&mut types, &mut modules);
    codes::file(catalog, &mut modules);
    names::file(catalog, &mut modules);
    modules.written()
}
