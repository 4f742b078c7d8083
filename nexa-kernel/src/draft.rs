//! A draft: the fields that a caller sets. Absent, null and a value are three different things.

use std::{fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{
    error::{Error, Result, codes},
    input::Unreadable,
    record::{Column, ColumnType, ExternalKey, FieldDef, Record, RecordDef},
    value::Value,
};

pub use super::record::Accepts;

/// Some fields of a record of one kind, by name.
///
/// An absent field is left as it is, `null` empties it, a value replaces it; under `custom` the same holds for each key. References
/// are given as an id or as an external key.
pub struct Draft<R> {
    fields: Map<String, Json>,
    kind: PhantomData<fn() -> R>,
}

impl<R> Draft<R> {
    /// An empty draft.
    pub fn new() -> Self {
        Self { fields: Map::new(), kind: PhantomData }
    }
    /// Sets a field.
    #[must_use]
    pub fn set<T: Accepts<V>, V>(mut self, column: Column<R, T>, value: V) -> Self {
        self.fields.insert(column.name().to_owned(), T::json(value));
        self
    }
    /// Empties a field.
    #[must_use]
    pub fn clear<T>(mut self, column: Column<R, T>) -> Self {
        self.fields.insert(column.name().to_owned(), Json::Null);
        self
    }
    /// Sets a reference by a host's own key.
    #[must_use]
    pub fn refer<T>(mut self, column: Column<R, T>, key: ExternalKey) -> Self {
        self.fields.insert(column.name().to_owned(), json!(key));
        self
    }
    /// Sets a field by name, as on the wire.
    pub fn put(&mut self, name: impl Into<String>, value: Json) {
        self.fields.insert(name.into(), value);
    }
    /// Sets a field by name unless the draft has it.
    pub fn put_default(&mut self, name: &str, value: impl FnOnce() -> Json) {
        if !self.fields.contains_key(name) {
            self.fields.insert(name.to_owned(), value());
        }
    }
    /// A field as on the wire.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.fields.get(name)
    }
    /// Whether the draft gives the field a value or null.
    pub fn has<T>(&self, column: Column<R, T>) -> bool {
        self.fields.contains_key(column.name())
    }
    /// The identifier that the draft gives a reference.
    pub fn id<T>(&self, column: Column<R, T>) -> Option<Uuid> {
        self.get(column.name()).and_then(Json::as_str).and_then(|text| Uuid::parse_str(text).ok())
    }
    /// All fields as on the wire.
    pub const fn fields(&self) -> &Map<String, Json> {
        &self.fields
    }
    /// The same fields for any kind.
    pub fn untyped(&self) -> Draft<()> {
        Draft::from(self.fields.clone())
    }
    /// Keeps the fields for which this is true.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.fields.retain(|name, _| keep(name));
    }
}

impl<R> Default for Draft<R> {
    fn default() -> Self {
        Self::new()
    }
}
impl<R> Clone for Draft<R> {
    fn clone(&self) -> Self {
        Self { fields: self.fields.clone(), kind: PhantomData }
    }
}
impl<R> fmt::Debug for Draft<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Names only: values may be personal.
        f.debug_set().entries(self.fields.keys()).finish()
    }
}
impl<R> From<Map<String, Json>> for Draft<R> {
    fn from(fields: Map<String, Json>) -> Self {
        Self { fields, kind: PhantomData }
    }
}
impl<R> Serialize for Draft<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.fields.serialize(serializer)
    }
}
impl<'de, R> Deserialize<'de> for Draft<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Map::deserialize(deserializer).map(Self::from)
    }
}
impl<R: Record> JsonSchema for Draft<R> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}_fields", R::def().kind).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let properties = properties(R::def(), generator);
        schema(json!({"type": "object", "properties": properties, "additionalProperties": false}))
    }
}

/// Checks fields by themselves, as far as that goes without the tenant: who they refer to and the tenant's own fields are
/// not looked up. Errors: `field.unknown`, `field.read_only`, `field.required`, `field.invalid`.
pub fn check_fields(def: &RecordDef, fields: &Map<String, Json>) -> Result<()> {
    for (name, json) in fields {
        let field = editable(def, name)?;
        let looked_up = json.is_object() && (reference(def, field).is_some() || Some(field.first) == def.custom);
        if json.is_null() {
            emptied(def, field)?;
        } else if !looked_up {
            parsed(field, json)?;
        }
    }
    Ok(())
}

/// The field of this name that callers set. Errors: `field.unknown`, `field.read_only`.
pub(crate) fn editable<'d>(def: &'d RecordDef, name: &str) -> Result<&'d FieldDef> {
    match def.field(name) {
        None => Err(codes::FIELD_UNKNOWN.with("kind", def.kind).with("field", name)),
        Some(field) if !field.editable => Err(codes::FIELD_READ_ONLY.with("kind", def.kind).with("field", name)),
        Some(field) => Ok(field),
    }
}

/// The values of a field that is emptied. Error: `field.required`.
pub(crate) fn emptied(def: &RecordDef, field: &FieldDef) -> Result<Vec<Value>> {
    if !field.optional && def.columns.get(field.first).is_none_or(|column| !column.nullable) {
        return Err(codes::FIELD_REQUIRED.with("field", field.name));
    }
    Ok(vec![Value::Null; field.count])
}

/// The values of a field. Error: `field.invalid`.
pub(crate) fn parsed(field: &FieldDef, json: &Json) -> Result<Vec<Value>> {
    (field.parse)(json).map_err(|problem| unreadable(field.name, problem))
}

/// A schema of this form.
pub fn schema(json: Json) -> Schema {
    Schema::try_from(json).unwrap_or_default()
}

/// The schemas of the fields that callers may set.
pub fn properties(def: &'static RecordDef, generator: &mut SchemaGenerator) -> Map<String, Json> {
    let mut properties = Map::new();
    for field in def.fields.iter().filter(|field| field.editable) {
        let mut schema = field.schema(generator).to_value();
        if reference(def, field).is_some() {
            let key = generator.subschema_for::<ExternalKey>().to_value();
            let mut forms = vec![json!({"type": "string", "format": "uuid"}), key];
            if field.optional {
                forms.push(json!({"type": "null"}));
            }
            schema = json!({"anyOf": forms});
        }
        #[cfg(feature = "catalog")]
        if let Json::Object(map) = &mut schema
            && !field.doc.is_empty()
        {
            map.insert("description".to_owned(), json!(field.doc));
        }
        properties.insert(field.name.to_owned(), schema);
    }
    properties
}

/// The kind that a field of one column refers to.
pub(crate) fn reference(def: &RecordDef, field: &FieldDef) -> Option<&'static str> {
    match def.columns.get(field.first).map(|column| column.kind) {
        Some(ColumnType::Reference(kind)) if field.count == 1 => Some(kind),
        _ => None,
    }
}

/// The value of a field, or a part of it, cannot be read: `field.invalid`.
pub fn unreadable(field: &str, problem: Unreadable) -> Error {
    let Unreadable { path, problem } = problem.below(field);
    codes::FIELD_INVALID.with("field", path).with("problem", problem)
}
