//! The catalog as a document: what a binding is generated from.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value as Json, json};

use super::Catalog;
use crate::{
    compile::Kinds,
    error::{Code, codes},
    record::{ColumnType, RecordDef},
};

/// How the schemas of one operation are made.
#[derive(Clone, Copy)]
pub(super) struct Schemas {
    input: Input,
    output: fn(&mut SchemaGenerator) -> Schema,
}

/// How the schema of what an operation takes is made.
#[derive(Clone, Copy)]
enum Input {
    Own(fn(&mut SchemaGenerator) -> Schema),
    /// By the kind.
    OfKind(fn(&mut SchemaGenerator, &str) -> Schema),
}

impl Schemas {
    pub(super) const fn of<I: JsonSchema, O: JsonSchema>() -> Self {
        Self { input: Input::Own(I::json_schema), output: SchemaGenerator::subschema_for::<O> }
    }
    pub(super) const fn of_kinds<O: JsonSchema>(input: fn(&mut SchemaGenerator, &str) -> Schema) -> Self {
        Self { input: Input::OfKind(input), output: SchemaGenerator::subschema_for::<O> }
    }
}

impl Catalog {
    /// The catalog as a JSON document: operations, kinds, shared schemas, codes.
    pub fn document(&self, kinds: &Kinds) -> Json {
        let mut generator = SchemaSettings::draft2020_12().into_generator();
        let mut operations = Map::new();
        for operation in self.operations.values() {
            let input = match operation.schemas.input {
                Input::Own(schema) => schema(&mut generator),
                Input::OfKind(schema) => schema(&mut generator, operation.kind),
            };
            let input = input.to_value();
            let output = (operation.schemas.output)(&mut generator).to_value();
            let doc = input.get("description").and_then(Json::as_str).unwrap_or_default().to_owned();
            let mut codes: Vec<&str> = operation.errors.iter().map(|code| code.code).collect();
            codes.sort_unstable();
            codes.dedup();
            operations.insert(
                operation.name.to_owned(),
                json!({
                    "mode": operation.mode,
                    "kind": operation.kind,
                    "action": operation.action,
                    "targeted": operation.targeted,
                    "doc": doc,
                    "errors": codes,
                    "input": input,
                    "output": output,
                }),
            );
        }
        let mut all: BTreeMap<&str, &Code> = codes::ALL.iter().map(|code| (code.code, code)).collect();
        all.extend(self.operations.values().flat_map(|operation| &operation.errors).map(|code| (code.code, code)));
        let codes: Map<String, Json> = all
            .into_iter()
            .map(|(name, code)| {
                let entry = json!({"kind": code.kind, "message": code.message, "retryable": code.retryable});
                (name.to_owned(), entry)
            })
            .collect();
        let kinds: Map<String, Json> =
            kinds.all().iter().filter(|def| def.ledger).map(|def| (def.kind.to_owned(), kind_document(def))).collect();
        json!({
            "format": 1,
            "operations": operations,
            "kinds": kinds,
            "codes": codes,
            "$defs": generator.take_definitions(true),
        })
    }
}

fn kind_document(def: &'static RecordDef) -> Json {
    let fields: Vec<Json> = def
        .fields
        .iter()
        .map(|field| {
            let columns: Vec<Json> = def
                .columns
                .iter()
                .skip(field.first)
                .take(field.count)
                .map(|column| {
                    let mut entry = column_type(column.kind);
                    entry.insert("path".to_owned(), json!(column.path));
                    Json::Object(entry)
                })
                .collect();
            json!({"name": field.name, "doc": field.doc, "editable": field.editable, "optional": field.optional,
                   "columns": columns})
        })
        .collect();
    let relations: Vec<Json> =
        def.relations.iter().map(|relation| json!({"name": relation.name, "kind": relation.kind})).collect();
    json!({"table": def.table, "doc": def.doc, "fields": fields, "relations": relations})
}

/// The type of a column, with the kind it refers to or the values it may have.
fn column_type(kind: ColumnType) -> Map<String, Json> {
    let (name, more) = match kind {
        ColumnType::Uuid => ("uuid", None),
        ColumnType::Reference(kind) => ("reference", Some(("kind", json!(kind)))),
        ColumnType::Text => ("text", None),
        ColumnType::Enum(values) => ("enum", Some(("values", json!(values)))),
        ColumnType::Int => ("int", None),
        ColumnType::Bool => ("bool", None),
        ColumnType::Time => ("time", None),
        ColumnType::Date => ("date", None),
        ColumnType::Amount => ("amount", None),
        ColumnType::List => ("list", None),
        ColumnType::Map => ("map", None),
        ColumnType::Json => ("json", None),
    };
    let mut entry = Map::new();
    entry.insert("type".to_owned(), json!(name));
    if let Some((key, value)) = more {
        entry.insert(key.to_owned(), value);
    }
    entry
}
