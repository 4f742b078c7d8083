//! The Python package's generated part, from the catalog: tables that a running program reads, and stubs that type checkers read.
//!
//! There is a table and a stub for each group of operations, and one of each for what belongs to no group alone.

#![allow(clippy::indexing_slicing, reason = "what is not there in a JSON document reads as null, and never panics")]

mod arguments;
mod filters;
mod method;
mod modules;
mod operations;
mod records;
mod table;
mod text;
mod types;

use modules::Modules;
use types::{COMMON, Types};

use crate::catalog::Catalog;

/// The generated files by their names in the package.
pub(crate) fn files(catalog: &Catalog) -> Vec<(String, String)> {
    let mut types = Types::new(catalog);
    // First to meet every type: what is used by several groups is in none of them.
    method::groups(&mut types);
    let groups = method::groups(&mut types);
    let mut modules = Modules::default();
    // Filters compare with words that arguments may not have, whose names are declared with the arguments.
    let filters: Vec<_> = catalog.kinds.iter().map(|kind| filters::class(&mut types, kind)).collect();
    for group in &groups {
        modules.begin(
            &format!("kinds/{}", group.name),
            &format!("What belongs to `{}`; type checkers read this.", group.name),
        );
        records::classes(&mut modules, &mut types, &group.name);
        arguments::types(&mut modules, &mut types, &group.name);
        for (kind, text) in catalog.kinds.iter().zip(&filters).filter(|(kind, _)| kind.name == group.name) {
            modules.add(&format!("{}Where", kind.record), text.clone());
        }
        operations::classes(&mut modules, group);
    }
    modules.begin(&format!("kinds/{COMMON}"), "What belongs to no kind alone; type checkers read this.");
    records::classes(&mut modules, &mut types, COMMON);
    arguments::common(&mut modules);
    arguments::types(&mut modules, &mut types, COMMON);
    modules.begin("session", "What a session has; type checkers read this.");
    operations::sessions(&mut modules, &groups);
    let mut files = vec![("__init__.pyi".to_owned(), text::heading("What type checkers read of the catalog."))];
    files.push(("records.pyi".to_owned(), records::exported(&types)));
    files.extend(modules.written());
    files.extend(table::files(&mut types, &groups));
    files
}
