//! Arguments of an operation that every kind has: the record under the name of its kind, and the rest.

use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};
use serde_json::{Map, Value as Json};

use super::{
    input::{self, Unreadable},
    label,
    record::{self, Record, RecordDef, Ref},
};

/// `{"lead": …, …arguments}`: what `lead.update`, `lead.trash` and the like take.
#[derive(Clone, Debug)]
pub struct Targeted<R, A> {
    /// The record.
    pub record: Ref<R>,
    /// The other arguments, beside it.
    pub arguments: A,
    kind: PhantomData<fn() -> R>,
}

impl<R, A> Targeted<R, A> {
    /// A record with arguments.
    pub fn new(record: impl Into<Ref<R>>, arguments: A) -> Self {
        Self { record: record.into(), arguments, kind: PhantomData }
    }
}

impl<R: Record, A: Serialize> Serialize for Targeted<R, A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = match serde_json::to_value(&self.arguments) {
            Ok(Json::Object(map)) => map,
            _ => Map::new(),
        };
        let record = serde_json::to_value(&self.record).map_err(serde::ser::Error::custom)?;
        map.insert(R::def().kind.to_owned(), record);
        map.serialize(serializer)
    }
}

impl<'de, R: Record, A: DeserializeOwned> Deserialize<'de> for Targeted<R, A> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (record, arguments) = split(R::def().kind, Map::deserialize(deserializer)?).map_err(Unreadable::pass)?;
        Ok(Self::new(record.of_kind::<R>(), arguments))
    }
}

impl<R, A: Clone> Targeted<R, A> {
    /// The same without the kind.
    pub fn untyped(&self) -> Targeted<(), A> {
        Targeted::new(self.record.untyped(), self.arguments.clone())
    }
}

/// Reads the arguments of an operation on a record of a kind.
pub fn read<A: DeserializeOwned>(def: &RecordDef, json: &Json) -> Result<Targeted<(), A>, Unreadable> {
    let (record, arguments) = split(def.kind, input::value(json)?)?;
    Ok(Targeted::new(record, arguments))
}

/// The record under the name of its kind, and the other arguments.
fn split<A: DeserializeOwned>(kind: &str, mut map: Map<String, Json>) -> Result<(Ref<()>, A), Unreadable> {
    let record = map.remove(kind).ok_or_else(|| Unreadable::new(input::MISSING).below(kind))?;
    let record = input::value(&record).map_err(|problem| problem.below(kind))?;
    Ok((record, input::value(&Json::Object(map))?))
}

/// The JSON Schema of a record of a kind beside other arguments.
pub fn schema<A: JsonSchema>(def: &RecordDef, generator: &mut SchemaGenerator) -> Schema {
    let arguments = A::json_schema(generator).to_value();
    with_record(def, generator, arguments)
}

/// The JSON Schema of these arguments beside a record of a kind.
pub fn with_record(def: &RecordDef, generator: &mut SchemaGenerator, arguments: Json) -> Schema {
    let mut whole = Schema::try_from(arguments).unwrap_or_default();
    let named = Ref::<()>::json_schema(generator);
    let named = record::schema::described(named, &format!("The {}.", label::label(def.kind)));
    let map = whole.ensure_object();
    if let Some(properties) = map.entry("properties").or_insert_with(|| Json::Object(Map::new())).as_object_mut() {
        properties.insert(def.kind.to_owned(), named);
    }
    if let Some(required) = map.entry("required").or_insert_with(|| Json::Array(Vec::new())).as_array_mut() {
        required.insert(0, Json::String(def.kind.to_owned()));
    }
    map.entry("type").or_insert_with(|| Json::String("object".to_owned()));
    map.entry("additionalProperties").or_insert(Json::Bool(false));
    whole
}

impl<R: Record, A: JsonSchema> JsonSchema for Targeted<R, A> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}_{}", R::def().kind, A::schema_name()).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        schema::<A>(R::def(), generator)
    }
}
