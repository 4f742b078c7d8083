//! What a JSON Schema of the catalog is in TypeScript.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::text::{comment, key};
use crate::catalog::{
    Catalog, Words, const_words, enum_words, inline, keys, name_of_words, named, reference, required, sort,
};

/// The types that were met so far.
pub(crate) struct Types<'a> {
    pub(crate) catalog: &'a Catalog,
    /// By their words.
    pub(crate) enums: BTreeMap<Vec<String>, Words>,
    /// The parts of records, inputs and answers: the schema by the name.
    pub(crate) parts: BTreeMap<String, Json>,
    /// The groups of operations that a part was met in.
    pub(crate) themes: BTreeMap<String, BTreeSet<String>>,
    /// The group that is being written.
    pub(crate) group: String,
    /// What a filter is of, where one is met.
    pub(crate) filter: Option<String>,
    /// What names a relation, where records come along.
    pub(crate) relation: Option<String>,
}

impl<'a> Types<'a> {
    pub(crate) fn new(catalog: &'a Catalog) -> Self {
        let (enums, parts, themes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut types = Self { catalog, enums, parts, themes, group: String::new(), filter: None, relation: None };
        // The records first: an enum has the name of the field that it is known for.
        for kind in &catalog.kinds {
            types.group.clone_from(&kind.name);
            let schema = catalog.def(&kind.record);
            for field in keys(&schema["properties"]) {
                types.of(&schema["properties"][&field], &kind.record, &field);
            }
        }
        // What the package itself reads.
        for name in ["Change", "ImportReport"] {
            types.part(name, catalog.def(name));
        }
        types
    }

    /// The type of a value that stands in a field of an owner.
    pub(crate) fn of(&mut self, schema: &Json, owner: &str, field: &str) -> String {
        if let Some(def) = reference(schema) {
            return self.definition(def);
        }
        if let Some(some) = schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array()) {
            return self.one_of(some, owner, field);
        }
        if let Some(word) = schema["const"].as_str() {
            return format!("\"{word}\"");
        }
        let (sorts, nullable) = sort(schema);
        let own = if let Some(words) = enum_words(schema) {
            self.words(words, name_of_words(self.catalog, schema, owner, field))
        } else {
            match sorts.as_slice() {
                ["string", "number"] => "Decimal".to_owned(),
                ["string"] => match schema["format"].as_str() {
                    Some("uuid") => self.identifier(owner, field),
                    Some("date-time") => "Timestamp".to_owned(),
                    Some("date") => "Day".to_owned(),
                    _ => "string".to_owned(),
                },
                ["integer"] | ["number"] => "number".to_owned(),
                ["boolean"] => "boolean".to_owned(),
                ["array"] => {
                    let item = self.of(&schema["items"], owner, field.strip_suffix('s').unwrap_or(field));
                    if item.contains(" | ") { format!("({item})[]") } else { format!("{item}[]") }
                }
                ["object"] => self.object(schema, owner, field),
                [] if nullable => return "null".to_owned(),
                [] => "unknown".to_owned(),
                // What a custom field may hold.
                several => {
                    let all: Vec<&str> =
                        several.iter().map(|one| if *one == "array" { "string[]" } else { one }).collect();
                    all.join(" | ")
                }
            }
        };
        if nullable { format!("{own} | null") } else { own }
    }

    fn one_of(&mut self, some: &[Json], owner: &str, field: &str) -> String {
        let nullable = if some.iter().any(|one| one["type"] == "null") { " | null" } else { "" };
        let some: Vec<&Json> = some.iter().filter(|one| one["type"] != "null").collect();
        if let [id, external] = some[..]
            && id["format"] == "uuid"
            && reference(external) == Some("ExternalKey")
        {
            self.definition("ExternalKey");
            return format!("Ref<{}>{nullable}", self.identifier(owner, field));
        }
        let mut all: Vec<String> = some.iter().map(|one| self.of(one, owner, field)).collect();
        all.dedup();
        if all.iter().any(|one| one == "string") {
            // A decimal number is text already.
            all.retain(|one| one != "Decimal");
        }
        all.join(" | ") + nullable
    }

    /// The type of an identifier in a field: by the record, or by the name of the field.
    fn identifier(&self, owner: &str, field: &str) -> String {
        // A field of a record says what it points at; an argument and a field of an answer are named after it.
        let owning = self.catalog.kind_of_record(owner);
        let is_own = owning.is_some_and(|kind| self.catalog.fields(&kind.name).iter().any(|own| own == field));
        let named = || self.catalog.kind(field).filter(|_| !is_own);
        let target = self.catalog.target(owner, field).or_else(named);
        match target {
            Some(kind) => format!("{}Id", kind.record),
            None if field == "id" && owning.is_some() => format!("{owner}Id"),
            None => "Id".to_owned(),
        }
    }

    /// The name of a closed set of words.
    fn words(&mut self, words: Vec<(String, String)>, name: String) -> String {
        named(&mut self.enums, words, name)
    }

    /// The type of a column whose values are words.
    pub(crate) fn words_of_column(&self, column: &Json) -> Option<String> {
        let words: Vec<String> =
            column["values"].as_array()?.iter().filter_map(Json::as_str).map(str::to_owned).collect();
        let literals = || words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" | ");
        Some(self.enums.get(&words).map_or_else(literals, |one| one.name.clone()))
    }

    fn object(&mut self, schema: &Json, owner: &str, field: &str) -> String {
        let names = keys(&schema["properties"]);
        if names == ["amount", "currency"] {
            return "Money".to_owned();
        }
        if let [only] = names.as_slice() {
            // One of several forms, such as `{ user: UserId }`.
            let own = self.of(&schema["properties"][only], owner, only);
            return format!("{{ {only}: {own} }}");
        }
        if !names.is_empty() && ["About", "Filter"].contains(&owner) && schema["description"].is_null() {
            let own: Vec<String> = names
                .iter()
                .map(|name| format!("{name}: {}", self.of(&schema["properties"][name], owner, name)))
                .collect();
            return format!("{{ {} }}", own.join("; "));
        }
        if !names.is_empty() {
            let name = inline(&names, owner, field);
            self.part(&name, schema);
            return name;
        }
        let values = &schema["additionalProperties"];
        let values = if values.is_object() { self.of(values, owner, field) } else { "unknown".to_owned() };
        format!("Record<string, {values}>")
    }

    fn definition(&mut self, def: &str) -> String {
        if let Some(record) = def.strip_prefix("Found_of_") {
            return format!("Found<{record}, {record}Related>");
        }
        if let Some(record) = def.strip_prefix("Page_of_").or_else(|| def.strip_prefix("Hits_of_")) {
            return format!("Page<{record}>");
        }
        if let Some(record) = def.strip_prefix("Upserted_of_") {
            return format!("Upserted<{record}>");
        }
        if def == "Filter" {
            return self.filter.as_ref().map_or_else(|| "Filter".to_owned(), |of| format!("Filter<{of}>"));
        }
        let catalog = self.catalog;
        let schema = catalog.def(def);
        if let Some(words) = const_words(schema) {
            return self.words(words, def.to_owned());
        }
        if catalog.kind_of_record(def).is_none() {
            self.part(def, schema);
        }
        def.to_owned()
    }

    /// Notes a part, what it needs, and the group that it was met in.
    fn part(&mut self, name: &str, schema: &Json) {
        if !self.themes.entry(name.to_owned()).or_default().insert(self.group.clone()) {
            return;
        }
        self.parts.entry(name.to_owned()).or_insert_with(|| schema.clone());
        let filter = self.filter.take();
        self.declared(name, schema);
        self.filter = filter;
    }

    /// A named type as it is declared: an interface, or one of several forms.
    pub(crate) fn declared(&mut self, name: &str, schema: &Json) -> String {
        let doc = schema["description"].as_str().unwrap_or("A part of what operations take or answer.").to_owned();
        if schema["properties"].is_object() {
            return comment(0, &[doc]) + &self.interface(name, "", schema, name, None);
        }
        let own = self.of(schema, name, "value");
        format!("{}export type {name} = {own};\n", comment(0, &[doc]))
    }

    /// An interface with the properties of a schema, in this order or that of the alphabet.
    pub(crate) fn interface(
        &mut self,
        name: &str,
        parameters: &str,
        schema: &Json,
        owner: &str,
        order: Option<Vec<String>>,
    ) -> String {
        let required = required(schema);
        let mut out = format!("export interface {name}{parameters} {{\n");
        let names = order.unwrap_or_else(|| keys(&schema["properties"]));
        for field in names {
            let property = &schema["properties"][&field];
            if property.is_null() {
                continue;
            }
            let own = match &self.relation {
                Some(relation) if field == "with" && relation.contains(' ') => format!("({relation})[]"),
                Some(relation) if field == "with" => format!("{relation}[]"),
                _ => self.of(property, owner, &field),
            };
            let doc = property["description"].as_str().unwrap_or_default().to_owned();
            let optional = if required.contains(&field.as_str()) { "" } else { "?" };
            out.push_str(&comment(1, &[doc]));
            out.push_str(&format!("  {}{optional}: {own};\n", key(&field)));
        }
        out.push_str("}\n");
        out
    }
}
