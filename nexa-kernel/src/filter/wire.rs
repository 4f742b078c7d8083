//! Filters in JSON, and their JSON Schema.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value as Json};

use super::{Children, Filter, MOST_CHILDREN, Op};
use crate::input::{self, Unreadable};

impl Serialize for Filter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self {
            Self::Compare { field, op, value } => {
                map.serialize_entry("field", field)?;
                map.serialize_entry("op", op)?;
                map.serialize_entry("value", value)?;
            }
            Self::And(all) => map.serialize_entry("and", all)?,
            Self::Or(any) => map.serialize_entry("or", any)?,
            Self::Not(one) => map.serialize_entry("not", one)?,
            Self::Through(relation, filter) => {
                map.serialize_entry("through", relation)?;
                map.serialize_entry("filter", filter)?;
            }
            Self::Has(children, at_least) => {
                pointing(&mut map, "has", children)?;
                if *at_least != 1 {
                    map.serialize_entry("at_least", at_least)?;
                }
            }
            Self::HasNone(children) => pointing(&mut map, "has_none", children)?,
            Self::Changed(field) => map.serialize_entry("changed", field)?,
            Self::Was(one) => map.serialize_entry("was", one)?,
            Self::Became(one) => map.serialize_entry("became", one)?,
        }
        map.end()
    }
}

fn pointing<M: SerializeMap>(map: &mut M, word: &str, children: &Children) -> Result<(), M::Error> {
    map.serialize_entry(word, &children.kind)?;
    if let Some(by) = &children.by {
        map.serialize_entry("by", by)?;
    }
    if !children.filter.is_everything() {
        map.serialize_entry("filter", &children.filter)?;
    }
    Ok(())
}

/// How deep filters are read. How deep they may nest, and how large they may be, `limits` says for every way in.
const DEEPEST: usize = 128;

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read(Json::deserialize(deserializer)?, DEEPEST).map_err(Unreadable::pass)
    }
}

fn read(json: Json, depth: usize) -> Result<Filter, Unreadable> {
    const SHAPE: &str = "a filter is {field, op, value}, {and: […]}, {or: […]}, {not: …}, {through, filter}, {has, filter, by, \
        at_least}, {has_none, filter, by}, {changed}, {was: …} or {became: …}";
    let misshapen = || Unreadable::new(SHAPE);
    let Json::Object(mut map) = json else { return Err(misshapen()) };
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Unreadable::new(format!("a filter nests at most {DEEPEST} deep")));
    };
    let list = |name: &str, value: Json| match value {
        Json::Array(items) => {
            let each = items.into_iter().enumerate();
            let each =
                each.map(|(at, item)| read(item, depth).map_err(|problem| problem.below(&format!("{name}[{at}]"))));
            each.collect::<Result<Vec<_>, _>>()
        }
        _ => Err(misshapen().below(name)),
    };
    let one = |name: &str, value: Json| read(value, depth).map(Box::new).map_err(|problem| problem.below(name));
    let filter = if let Some(value) = map.remove("and") {
        Filter::And(list("and", value)?)
    } else if let Some(value) = map.remove("or") {
        Filter::Or(list("or", value)?)
    } else if let Some(value) = map.remove("not") {
        Filter::Not(one("not", value)?)
    } else if let Some(kind) = map.remove("has") {
        let at_least = match map.remove("at_least") {
            None => 1,
            Some(count) => input::value(&count).map_err(|problem| problem.below("at_least"))?,
        };
        Filter::Has(Box::new(children("has", kind, &mut map, depth)?), at_least)
    } else if let Some(kind) = map.remove("has_none") {
        Filter::HasNone(Box::new(children("has_none", kind, &mut map, depth)?))
    } else if let Some(value) = map.remove("was") {
        Filter::Was(one("was", value)?)
    } else if let Some(value) = map.remove("became") {
        Filter::Became(one("became", value)?)
    } else if let Some(field) = map.remove("changed") {
        let Json::String(field) = field else { return Err(Unreadable::new("give a field").below("changed")) };
        Filter::Changed(field)
    } else if let (Some(Json::String(relation)), Some(value)) = (map.remove("through"), map.remove("filter")) {
        Filter::Through(relation, one("filter", value)?)
    } else {
        let Some(Json::String(field)) = map.remove("field") else { return Err(misshapen()) };
        let op = match map.remove("op") {
            None => Op::Eq,
            Some(op) => input::value(&op).map_err(|problem| problem.below("op"))?,
        };
        Filter::Compare { field, op, value: map.remove("value").unwrap_or(Json::Null) }
    };
    match map.keys().next() {
        Some(key) => Err(misshapen().below(key)),
        None => Ok(filter),
    }
}

fn children(word: &str, kind: Json, map: &mut Map<String, Json>, depth: usize) -> Result<Children, Unreadable> {
    let text = |name: &str, value: Json| match value {
        Json::String(text) => Ok(text),
        _ => Err(Unreadable::new("give a name").below(name)),
    };
    let filter = match map.remove("filter") {
        None => Filter::everything(),
        Some(filter) => read(filter, depth).map_err(|problem| problem.below("filter"))?,
    };
    Ok(Children { kind: text(word, kind)?, by: map.remove("by").map(|by| text("by", by)).transpose()?, filter })
}

impl JsonSchema for Filter {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Filter".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let op = generator.subschema_for::<Op>();
        let own = json_schema!({"$ref": "#/$defs/Filter"});
        json_schema!({
            "description": "Which records are meant; dotted paths reach one relation away or into `custom`.",
            "anyOf": [
                {"type": "object", "required": ["field", "value"], "additionalProperties": false,
                 "properties": {"field": {"type": "string"}, "op": op, "value": true}},
                {"type": "object", "required": ["and"], "additionalProperties": false,
                 "properties": {"and": {"type": "array", "items": own.clone()}}},
                {"type": "object", "required": ["or"], "additionalProperties": false,
                 "properties": {"or": {"type": "array", "items": own.clone()}}},
                {"type": "object", "required": ["not"], "additionalProperties": false, "properties": {"not": own.clone()}},
                {"type": "object", "required": ["through", "filter"], "additionalProperties": false,
                 "properties": {"through": {"type": "string"}, "filter": own.clone()}},
                {"type": "object", "required": ["has"], "additionalProperties": false,
                 "properties": {"has": {"type": "string"}, "by": {"type": "string"}, "filter": own.clone(),
                                "at_least": {"type": "integer", "minimum": 1, "maximum": MOST_CHILDREN}}},
                {"type": "object", "required": ["has_none"], "additionalProperties": false,
                 "properties": {"has_none": {"type": "string"}, "by": {"type": "string"}, "filter": own.clone()}},
                {"type": "object", "required": ["changed"], "additionalProperties": false,
                 "properties": {"changed": {"type": "string"}}},
                {"type": "object", "required": ["was"], "additionalProperties": false, "properties": {"was": own.clone()}},
                {"type": "object", "required": ["became"], "additionalProperties": false, "properties": {"became": own}}
            ]
        })
    }
}
