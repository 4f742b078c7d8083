//! The Python package's sources, from the catalog: records, operations, and the types of arguments and filters.

#![allow(clippy::indexing_slicing, reason = "what is not there in a JSON document reads as null, and never panics")]

mod arguments;
mod filters;
mod operations;
mod records;
mod text;
mod types;

use std::collections::BTreeMap;

use nexa_crm::{Error, Result, kernel::error::codes};
use serde_json::Value as Json;

use types::Types;

/// A kind as Python has it.
pub(crate) struct Kind {
    /// Its name in the catalog, such as `contact_list`.
    pub(crate) name: String,
    /// The class of its records, such as `ContactList`.
    pub(crate) record: String,
}

/// The catalog with what was found in it.
pub(crate) struct Catalog {
    pub(crate) json: Json,
    pub(crate) kinds: Vec<Kind>,
}

impl Catalog {
    fn read(text: &str) -> Result<Self> {
        let json: Json = serde_json::from_str(text).map_err(|problem| broken(&problem.to_string()))?;
        let mut kinds = Vec::new();
        for name in keys(&json["kinds"]) {
            let found = reference(&json["operations"][format!("{name}.get")]["output"]);
            let record = found.and_then(|def| def.strip_prefix("Found_of_"));
            let record = record.ok_or_else(|| broken(&format!("{name}.get answers no record")))?.to_owned();
            kinds.push(Kind { name, record });
        }
        Ok(Self { json, kinds })
    }
    pub(crate) fn kind(&self, name: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }
    pub(crate) fn kind_of_record(&self, record: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.record == record)
    }
    pub(crate) fn def(&self, name: &str) -> &Json {
        &self.json["$defs"][name]
    }
    /// The operations by the first part of their names, each with its verb.
    pub(crate) fn operations(&self) -> BTreeMap<String, Vec<(String, &Json)>> {
        let mut all: BTreeMap<String, Vec<(String, &Json)>> = BTreeMap::new();
        for name in keys(&self.json["operations"]) {
            if let Some((group, verb)) = name.split_once('.') {
                all.entry(group.to_owned()).or_default().push((verb.to_owned(), &self.json["operations"][&name]));
            }
        }
        all
    }
}

fn broken(problem: &str) -> Error {
    codes::FIELD_INVALID.with("field", "catalog").with("problem", problem)
}

/// The keys of an object, in order.
pub(crate) fn keys(json: &Json) -> Vec<String> {
    json.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default()
}

/// The definition that a schema is.
pub(crate) fn reference(schema: &Json) -> Option<&str> {
    schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/"))
}

/// The generated files by their names in the package.
pub(crate) fn files(catalog: &str) -> Result<Vec<(&'static str, String)>> {
    let catalog = Catalog::read(catalog)?;
    let mut types = Types::new(&catalog);
    // Once to meet every type, so that what is written does not hang on the order.
    operations::file(&mut types, operations::Style::Blocking);
    let operations = operations::file(&mut types, operations::Style::Blocking);
    let aio = operations::file(&mut types, operations::Style::Async);
    let where_ = filters::file(&mut types);
    let inputs = arguments::file(&mut types);
    let records = records::file(&mut types);
    Ok(vec![
        ("__init__.py", text::heading("What is generated from the catalog.")),
        ("aio_operations.py", aio),
        ("inputs.py", inputs),
        ("operations.py", operations),
        ("records.py", records),
        ("where.py", where_),
    ])
}
