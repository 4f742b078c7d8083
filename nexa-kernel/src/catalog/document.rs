//! The catalog as a document: what a binding is generated from.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value as Json, json};

use super::{Catalog, Entry, Work};
use crate::{
    compile::Kinds,
    error::{Code, codes},
    label,
    record::{ColumnType, RecordDef, schema},
};

/// How the schemas of an operation of a kind's own are made.
#[derive(Clone, Copy)]
pub(super) struct Schemas {
    input: fn(&mut SchemaGenerator) -> Schema,
    output: fn(&mut SchemaGenerator) -> Schema,
}

impl Schemas {
    pub(super) const fn of<I: JsonSchema, O: JsonSchema>() -> Self {
        Self { input: I::json_schema, output: SchemaGenerator::subschema_for::<O> }
    }
}

impl Entry {
    /// The schemas of what it takes and answers.
    fn schemas(&self, generator: &mut SchemaGenerator) -> (Json, Json) {
        match self.work {
            Work::Own(own) => ((own.schemas.input)(generator).to_value(), (own.schemas.output)(generator).to_value()),
            Work::Shared(shared, kind) => {
                let def = (kind.def)();
                let doc = shared.doc.replace("{a kind}", &label::with_article(def.kind));
                let doc = doc.replace("{kind}", &label::label(def.kind));
                let input = schema::described((shared.input)(def, generator), &doc);
                (input, (shared.output)(def, generator).to_value())
            }
        }
    }
}

impl Catalog {
    /// The catalog as a JSON document: operations, kinds, shared schemas, codes.
    pub fn document(&self, kinds: &Kinds) -> Json {
        let mut generator = SchemaSettings::draft2020_12().into_generator();
        let mut operations = Map::new();
        for operation in self.entries.values() {
            let (input, output) = operation.schemas(&mut generator);
            let doc = input.get("description").and_then(Json::as_str).unwrap_or_default().to_owned();
            let mut codes: Vec<&str> = operation.errors.iter().map(|code| code.code).collect();
            codes.sort_unstable();
            codes.dedup();
            let mut entry = json!({
                "mode": operation.mode,
                "kind": operation.kind,
                "action": operation.action,
                "targeted": operation.targeted,
                "doc": doc,
                "errors": codes,
                "input": input,
                "output": output,
            });
            if let (Some(reason), Some(entry)) = (operation.is_final, entry.as_object_mut()) {
                entry.insert("final".to_owned(), json!(reason));
            }
            operations.insert(operation.name.to_owned(), entry);
        }
        let mut all: BTreeMap<&str, &Code> = codes::ALL.iter().map(|code| (code.code, code)).collect();
        all.extend(self.entries.values().flat_map(|operation| &operation.errors).map(|code| (code.code, code)));
        let codes: Map<String, Json> = all
            .into_iter()
            .map(|(name, code)| {
                let entry = json!({"kind": code.kind, "message": code.message, "retryable": code.retryable});
                (name.to_owned(), entry)
            })
            .collect();
        let kinds: Map<String, Json> = kinds
            .all()
            .iter()
            .filter(|def| def.ledger || self.entries.values().any(|operation| operation.kind == def.kind))
            .map(|def| (def.kind.to_owned(), kind_document(def, kinds)))
            .collect();
        json!({
            "format": 1,
            "operations": operations,
            "kinds": kinds,
            "codes": codes,
            "$defs": generator.take_definitions(true),
        })
    }
}

fn kind_document(def: &'static RecordDef, kinds: &Kinds) -> Json {
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
    // What points at it, for `has` and `has_none`.
    let children: Map<String, Json> = kinds
        .all()
        .iter()
        .map(|of| (of.kind.to_owned(), of.pointers_at(def).iter().map(|one| one.name).collect::<Json>()))
        .filter(|(_, by)| by.as_array().is_some_and(|by| !by.is_empty()))
        .collect();
    json!({"table": def.table, "doc": def.doc, "fields": fields, "relations": relations, "children": children})
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
