//! What a JSON Schema of the catalog is in Python: how it is annotated, read and written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::catalog::{Catalog, Words, const_words, enum_words, inline, keys, name_of_words, named, reference, sort};

/// How Python reads a value.
#[derive(Clone)]
pub(crate) struct Read {
    pub(crate) annotation: String,
    /// How it is read, in the words of the table; as JSON has it unless there is something to do.
    pub(crate) reader: Option<String>,
    /// Whether an absent value is an empty list or map.
    pub(crate) fills: bool,
}

impl Read {
    fn plain(annotation: &str) -> Self {
        Self { annotation: annotation.to_owned(), reader: None, fills: false }
    }
    fn by(annotation: &str, reader: &str) -> Self {
        Self { reader: Some(reader.to_owned()), ..Self::plain(annotation) }
    }
}

/// The types that were met so far.
pub(crate) struct Types<'a> {
    pub(crate) catalog: &'a Catalog,
    /// By their words.
    pub(crate) enums: BTreeMap<Vec<String>, Words>,
    /// Classes of answers: the name and the schema.
    pub(crate) structs: BTreeMap<String, Json>,
    /// Typed dicts of arguments: the name and the schema.
    pub(crate) inputs: BTreeMap<String, Json>,
    /// Enums that arguments take.
    pub(crate) word_inputs: BTreeSet<String>,
    /// The groups of operations that a type was met in.
    used: BTreeMap<String, BTreeSet<String>>,
    /// The group that is being read.
    pub(crate) group: String,
}

/// Where the types are that belong to no group alone.
pub(crate) const COMMON: &str = "common";

impl<'a> Types<'a> {
    pub(crate) fn new(catalog: &'a Catalog) -> Self {
        let (enums, structs, inputs) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let (word_inputs, used, group) = (BTreeSet::new(), BTreeMap::new(), COMMON.to_owned());
        let mut types = Self { catalog, enums, structs, inputs, word_inputs, used, group };
        // The kinds first: an enum has the name of the field that it is known for.
        for kind in &catalog.kinds {
            types.group.clone_from(&kind.name);
            types.structure(&kind.record, catalog.def(&kind.record).clone());
        }
        // What the package itself reads.
        COMMON.clone_into(&mut types.group);
        for name in ["Change", "GroupRow", "ImportReport", "Preview"] {
            types.structure(name, catalog.def(name).clone());
        }
        types
    }

    /// The group that a type belongs to: the only one that it was met in.
    pub(crate) fn home(&self, name: &str) -> &str {
        if let Some(kind) = self.catalog.kind_of_record(name) {
            return &kind.name;
        }
        match self.used.get(name).map(|groups| groups.iter().collect::<Vec<_>>()).as_deref() {
            Some([only]) => only,
            _ => COMMON,
        }
    }

    /// Notes that a type was met in the group; whether that was not known.
    fn met(&mut self, name: &str) -> bool {
        let new = self.used.entry(name.to_owned()).or_default().insert(self.group.clone());
        // What a record is made of is its own group's.
        new && self.catalog.kind_of_record(name).is_none_or(|kind| kind.name == self.group)
    }

    /// Notes a class of answers, and what its fields need.
    fn structure(&mut self, name: &str, schema: Json) {
        self.structs.insert(name.to_owned(), schema.clone());
        if !self.met(name) {
            return;
        }
        for field in keys(&schema["properties"]) {
            self.output(&schema["properties"][&field], name, &field);
        }
    }

    /// The name of a closed set of words.
    fn words(&mut self, words: Vec<(String, String)>, name: String) -> String {
        let name = named(&mut self.enums, words, name);
        self.met(&name);
        name
    }

    /// The name of the closed set that these words are, for an argument.
    pub(crate) fn known_words(&mut self, words: &[String]) -> Option<String> {
        let name = self.enums.get(words)?.name.clone();
        self.met(&name);
        self.word_inputs.insert(name.clone());
        Some(format!("{name}Word"))
    }

    /// The class of the identifier that a field of a record holds.
    fn identifier(&self, owner: &str, field: &str) -> String {
        match self.catalog.target(owner, field) {
            Some(target) => format!("{}Id", target.record),
            None if field == "id" && self.catalog.kind_of_record(owner).is_some() => format!("{owner}Id"),
            None => "Id".to_owned(),
        }
    }

    /// How an answer's value is read.
    pub(crate) fn output(&mut self, schema: &Json, owner: &str, field: &str) -> Read {
        if let Some(def) = reference(schema) {
            return self.output_of_definition(def);
        }
        if let Some(some) = schema["anyOf"].as_array() {
            let some: Vec<&Json> = some.iter().filter(|one| one["type"] != "null").collect();
            let nullable = schema["anyOf"].as_array().is_some_and(|all| all.len() > some.len());
            return match some[..] {
                [one] => optional(self.output(one, owner, field), nullable),
                _ => Read::plain("Any"),
            };
        }
        let (sort, nullable) = sort(schema);
        let read = if let Some(words) = enum_words(schema) {
            let name = self.words(words, name_of_words(self.catalog, schema, owner, field));
            Read::by(&name, &name)
        } else {
            match sort.as_slice() {
                ["string", "number"] => Read::by("Decimal", "decimal"),
                ["string"] => match schema["format"].as_str() {
                    Some("uuid") => {
                        let name = self.identifier(owner, field);
                        Read::by(&name, &name)
                    }
                    Some("date-time") => Read::by("datetime", "moment"),
                    Some("date") => Read::by("date", "day"),
                    _ => Read::plain("str"),
                },
                ["integer"] => Read::plain("int"),
                ["number"] => Read::plain("float"),
                ["boolean"] => Read::plain("bool"),
                ["array"] => self.list(schema, owner, field),
                ["object"] => self.object(schema, owner, field),
                [] if nullable => Read::plain("None"),
                _ => Read::plain("Any"),
            }
        };
        optional(read, nullable)
    }

    fn list(&mut self, schema: &Json, owner: &str, field: &str) -> Read {
        let items = self.output(&schema["items"], owner, field.strip_suffix('s').unwrap_or(field));
        Read {
            annotation: format!("list[{}]", items.annotation),
            reader: Some(items.reader.map_or_else(|| "list".to_owned(), |reader| format!("many {reader}"))),
            fills: true,
        }
    }

    fn object(&mut self, schema: &Json, owner: &str, field: &str) -> Read {
        let names = keys(&schema["properties"]);
        if names == ["amount", "currency"] {
            return Read::by("Money", "money");
        }
        if !names.is_empty() {
            let name = inline(&names, owner, field);
            self.structure(&name, schema.clone());
            return Read::by(&name, &name);
        }
        let values = &schema["additionalProperties"];
        let values = if values.is_object() { self.output(values, owner, field) } else { Read::plain("Any") };
        Read {
            annotation: format!("dict[str, {}]", values.annotation),
            reader: Some(values.reader.map_or_else(|| "dict".to_owned(), |reader| format!("named {reader}"))),
            fills: true,
        }
    }

    fn output_of_definition(&mut self, def: &str) -> Read {
        if let Some(record) = def.strip_prefix("Found_of_") {
            return Read::by(record, &format!("found {record}"));
        }
        if let Some(record) = def.strip_prefix("Upserted_of_") {
            return Read::by(&format!("Upserted[{record}]"), &format!("upserted {record}"));
        }
        match def {
            "Filter" => return Read::plain("dict[str, Any]"),
            "Assignee" => return Read::by("Assignee", "assignee"),
            "About" => return Read::by("About", "about"),
            _ => {}
        }
        let schema = self.catalog.def(def).clone();
        if let Some(words) = const_words(&schema) {
            let name = self.words(words, def.to_owned());
            return Read::by(&name, &name);
        }
        if schema["type"] == "object" {
            self.structure(def, schema);
            return Read::by(def, def);
        }
        Read::plain("Any")
    }

    /// How an argument is annotated.
    pub(crate) fn input(&mut self, schema: &Json, owner: &str, field: &str) -> String {
        if let Some(def) = reference(schema) {
            return self.input_of_definition(def);
        }
        if let Some(all) = schema["anyOf"].as_array().cloned() {
            return self.input_of_any(&all, owner, field);
        }
        let (sort, nullable) = sort(schema);
        let annotation = if let Some(words) = enum_words(schema) {
            self.word_input(words, name_of_words(self.catalog, schema, owner, field))
        } else {
            match sort.as_slice() {
                ["string", "number"] => "Decimal | int | str".to_owned(),
                ["string"] => match schema["format"].as_str() {
                    Some("uuid") => "str | UUID",
                    Some("date-time") => "datetime | str",
                    Some("date") => "date | str",
                    _ => "str",
                }
                .to_owned(),
                ["integer"] => "int".to_owned(),
                ["number"] => "float".to_owned(),
                ["boolean"] => "bool".to_owned(),
                ["array"] => {
                    format!(
                        "Sequence[{}]",
                        self.input(&schema["items"], owner, field.strip_suffix('s').unwrap_or(field))
                    )
                }
                ["object"] => self.input_of_object(schema, owner, field),
                _ => "Any".to_owned(),
            }
        };
        if nullable { format!("{annotation} | None") } else { annotation }
    }

    fn input_of_any(&mut self, all: &[Json], owner: &str, field: &str) -> String {
        let nullable = all.iter().any(|one| one["type"] == "null");
        let some: Vec<&Json> = all.iter().filter(|one| one["type"] != "null").collect();
        let annotation = match some[..] {
            [one] => self.input(one, owner, field),
            [id, key] if id["format"] == "uuid" && reference(key) == Some("ExternalKey") => {
                self.input_of_definition("ExternalKey");
                let record = self.catalog.kind(field).map_or("Record", |kind| kind.record.as_str());
                format!("{record} | Ref")
            }
            _ => {
                let mut parts: Vec<String> = some.iter().map(|one| self.input(one, owner, field)).collect();
                parts.dedup();
                parts.join(" | ")
            }
        };
        if nullable && !annotation.ends_with("| None") { format!("{annotation} | None") } else { annotation }
    }

    fn word_input(&mut self, words: Vec<(String, String)>, name: String) -> String {
        let name = self.words(words, name);
        self.word_inputs.insert(name.clone());
        format!("{name}Word")
    }

    fn input_of_object(&mut self, schema: &Json, owner: &str, field: &str) -> String {
        let names = keys(&schema["properties"]);
        if names == ["amount", "currency"] {
            return "Money | MoneyDict".to_owned();
        }
        if !names.is_empty() {
            let name = inline(&names, owner, field);
            return self.typed_dict(&name, schema.clone());
        }
        let values = &schema["additionalProperties"];
        let values = if values.is_object() { self.input(values, owner, field) } else { "Any".to_owned() };
        format!("Mapping[str, {values}]")
    }

    fn typed_dict(&mut self, name: &str, schema: Json) -> String {
        let dict = format!("{}Dict", name.strip_suffix("Input").unwrap_or(name));
        self.inputs.insert(dict.clone(), schema.clone());
        if self.met(&dict) {
            for field in keys(&schema["properties"]) {
                self.input(&schema["properties"][&field], name, &field);
            }
        }
        if self.structs.contains_key(name) { format!("{name} | {dict}") } else { dict }
    }

    fn input_of_definition(&mut self, def: &str) -> String {
        match def {
            "Filter" => return "Q | Mapping[str, Any]".to_owned(),
            "Assignee" => return "User | Group | Assignee | AssigneeDict".to_owned(),
            "About" => return "Record | About | Mapping[str, Any]".to_owned(),
            _ => {}
        }
        let schema = self.catalog.def(def).clone();
        if let Some(words) = const_words(&schema) {
            return self.word_input(words, def.to_owned());
        }
        if let Some(some) = schema["oneOf"].as_array() {
            let words: Vec<String> =
                some.iter().filter_map(|one| one["const"].as_str()).map(|word| format!("\"{word}\"")).collect();
            let literal = if words.is_empty() { String::new() } else { format!("Literal[{}] | ", words.join(", ")) };
            return format!("{literal}Mapping[str, Any]");
        }
        if schema["type"] == "object" { self.typed_dict(def, schema) } else { self.input(&schema, def, "value") }
    }
}

fn optional(mut read: Read, nullable: bool) -> Read {
    if nullable && !read.fills && !read.annotation.ends_with("None") && read.annotation != "Any" {
        read.annotation.push_str(" | None");
    }
    read
}
