//! The catalog as the generators of the bindings read it.

#![allow(clippy::indexing_slicing, reason = "what is not there in a JSON document reads as null, and never panics")]

use std::collections::{BTreeMap, BTreeSet};

use nexa_crm::{Error, Result, kernel::error::codes};
use serde_json::Value as Json;

use crate::text::camel;

/// A kind and the name of its records.
pub(crate) struct Kind {
    /// Its name in the catalog, such as `contact_list`.
    pub(crate) name: String,
    /// The type of its records, such as `ContactList`.
    pub(crate) record: String,
}

/// The catalog, and what was found in it.
pub(crate) struct Catalog {
    pub(crate) json: Json,
    pub(crate) kinds: Vec<Kind>,
}

impl Catalog {
    pub(crate) fn read(text: &str) -> Result<Self> {
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
    /// The kind of the record that a field of a record points at.
    pub(crate) fn target(&self, owner: &str, field: &str) -> Option<&Kind> {
        let kind = self.kind_of_record(owner)?;
        let fields = self.json["kinds"][&kind.name]["fields"].as_array();
        let column = fields.into_iter().flatten().find(|one| one["name"] == field).map(|one| &one["columns"][0])?;
        self.kind(column["kind"].as_str()?)
    }
    /// The columns of a kind: the path of each, and what the catalog says of it.
    pub(crate) fn columns(&self, kind: &str) -> Vec<(&str, &Json)> {
        let fields = self.json["kinds"][kind]["fields"].as_array();
        let columns = fields.into_iter().flatten().filter_map(|field| field["columns"].as_array()).flatten();
        columns.map(|column| (column["path"].as_str().unwrap_or_default(), column)).collect()
    }
    /// The relations of a kind: the name of each, and the kind that it leads to.
    pub(crate) fn relations(&self, kind: &str) -> Vec<(&str, &str)> {
        let relations = self.json["kinds"][kind]["relations"].as_array();
        relations.into_iter().flatten().filter_map(|one| Some((one["name"].as_str()?, one["kind"].as_str()?))).collect()
    }
    /// The fields by which a kind points at records of others.
    pub(crate) fn pointers(&self, kind: &str) -> BTreeSet<&str> {
        let kinds = self.json["kinds"].as_object().into_iter().flatten();
        let fields = kinds.filter_map(|(_, at)| at["children"][kind].as_array()).flatten();
        fields.filter_map(Json::as_str).collect()
    }
    /// The fields of a kind's records, in their order rather than the alphabet's.
    pub(crate) fn fields(&self, kind: &str) -> Vec<String> {
        let fields = self.json["kinds"][kind]["fields"].as_array();
        fields.into_iter().flatten().filter_map(|field| field["name"].as_str().map(str::to_owned)).collect()
    }
    /// The codes that an operation refuses with, by the class of error that they are raised as.
    pub(crate) fn refusals<'a>(&self, operation: &'a Json) -> BTreeMap<&'static str, Vec<&'a str>> {
        let mut raised: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for code in operation["errors"].as_array().into_iter().flatten().filter_map(Json::as_str) {
            let class = class_of(self.json["codes"][code]["kind"].as_str().unwrap_or_default());
            raised.entry(class).or_default().push(code);
        }
        raised
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

/// The class of errors of a kind.
pub(crate) fn class_of(kind: &str) -> &'static str {
    match kind {
        "invalid" => "Invalid",
        "not_found" => "NotFound",
        "forbidden" => "Forbidden",
        "rule" => "RuleViolation",
        "conflict" => "Conflict",
        _ => "Unavailable",
    }
}

/// The name of an object that has none of its own.
pub(crate) fn inline(names: &[String], owner: &str, field: &str) -> String {
    let has = |name: &str| names.iter().any(|own| own == name);
    if has("city") && has("country") { "Address".to_owned() } else { format!("{owner}{}", camel(field)) }
}

/// The properties that must be given.
pub(crate) fn required(schema: &Json) -> Vec<&str> {
    schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect()
}

/// A closed set of words.
pub(crate) struct Words {
    pub(crate) name: String,
    pub(crate) words: Vec<(String, String)>,
}

/// The name of a closed set of words by the words, which is known from now on. Where other words have it, it is that of a choice: an
/// operation may take fewer of them than a record has.
pub(crate) fn named(sets: &mut BTreeMap<Vec<String>, Words>, words: Vec<(String, String)>, mut name: String) -> String {
    let signature: Vec<String> = words.iter().map(|(word, _)| word.clone()).collect();
    if let Some(known) = sets.get(&signature) {
        return known.name.clone();
    }
    while sets.values().any(|set| set.name == name) {
        name.push_str("Choice");
    }
    sets.insert(signature, Words { name: name.clone(), words });
    name
}

/// The JSON types of a schema without null, and whether it may be null.
pub(crate) fn sort(schema: &Json) -> (Vec<&str>, bool) {
    let all: Vec<&str> = match &schema["type"] {
        Json::String(one) => vec![one.as_str()],
        Json::Array(all) => all.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    let nullable = all.contains(&"null");
    (all.into_iter().filter(|one| *one != "null").collect(), nullable)
}

/// What a closed list in a field is called: as it is declared where that says which record it belongs to, whichever record is met first
/// with it, else after the field.
pub(crate) fn name_of_words(catalog: &Catalog, schema: &Json, owner: &str, field: &str) -> String {
    let declared = schema["x-enum-name"].as_str().filter(|name| {
        catalog.kinds.iter().any(|kind| {
            name.strip_prefix(kind.record.as_str()).is_some_and(|rest| rest.starts_with(char::is_uppercase))
        })
    });
    declared.map_or_else(|| format!("{owner}{}", camel(field)), str::to_owned)
}

/// The words of an inline enum with what they mean.
pub(crate) fn enum_words(schema: &Json) -> Option<Vec<(String, String)>> {
    let words = schema["enum"].as_array()?;
    let docs = &schema["x-enum-descriptions"];
    let words = words.iter().filter_map(Json::as_str).enumerate();
    Some(words.map(|(at, word)| (word.to_owned(), docs[at].as_str().unwrap_or_default().to_owned())).collect())
}

/// The words of a definition that is nothing but constants.
pub(crate) fn const_words(schema: &Json) -> Option<Vec<(String, String)>> {
    schema["oneOf"]
        .as_array()?
        .iter()
        .map(|one| {
            Some((one["const"].as_str()?.to_owned(), one["description"].as_str().unwrap_or_default().to_owned()))
        })
        .collect()
}
