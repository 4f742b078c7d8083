//! JSON Schemas made from definitions, as data: none is compiled per kind.

use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value as Json, json};

use super::{Record, RecordDef};

/// A reference to the JSON Schema of a kind's records.
pub fn record(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Schema {
    refer(generator, def.name, |generator| object(def, generator))
}

/// A reference to the JSON Schema of what holds records of a kind, such as `Page_of_Lead`.
pub fn definition(
    generator: &mut SchemaGenerator,
    what: &str,
    def: &'static RecordDef,
    schema: impl FnOnce() -> Json,
) -> Schema {
    refer(generator, &format!("{what}_of_{}", def.name), |_| schema())
}

fn refer(generator: &mut SchemaGenerator, name: &str, schema: impl FnOnce(&mut SchemaGenerator) -> Json) -> Schema {
    if !generator.definitions().contains_key(name) {
        let schema = schema(generator);
        generator.definitions_mut().insert(name.to_owned(), schema);
    }
    Schema::new_ref(format!("#/$defs/{name}"))
}

/// The JSON Schema of the records of a kind.
pub fn of<R: Record>(generator: &mut SchemaGenerator) -> Schema {
    Schema::try_from(object(R::def(), generator)).unwrap_or_default()
}

/// The same by the definition.
pub fn object(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in &def.fields {
        let schema = field.schema(generator);
        if !takes_null(&schema) {
            required.push(field.name);
        }
        properties.insert(field.name.to_owned(), described(schema, field.doc()));
    }
    json!({"description": def.doc(), "type": "object", "properties": properties, "required": required})
}

/// Whether a field may be null, so that nobody counts on its value.
fn takes_null(schema: &Schema) -> bool {
    let null = |json: &Json| *json == "null" || json.get("type").is_some_and(|one| *one == "null");
    let listed = |key: &str| schema.get(key).and_then(Json::as_array).is_some_and(|all| all.iter().any(null));
    listed("type") || listed("anyOf")
}

/// A schema with a description.
pub fn described(schema: impl Into<Json>, description: &str) -> Json {
    let mut schema = schema.into();
    if let Json::Object(map) = &mut schema
        && !description.is_empty()
    {
        map.insert("description".to_owned(), json!(description));
    }
    schema
}
