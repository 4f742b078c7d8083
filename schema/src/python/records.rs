//! Records in the stubs: identifiers, enums, records, and the parts and reports that operations answer.

use serde_json::Value as Json;

use super::{
    modules::Modules,
    text::{docstring, heading, identifier},
    types::{COMMON, Read, Types},
};
use crate::catalog::{Words, keys, required};

/// What a running program and a type checker know of a class.
pub(crate) struct Class {
    /// The kind that it is the record of.
    pub(crate) kind: Option<String>,
    pub(crate) doc: String,
    pub(crate) fields: Vec<Field>,
}

pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) read: Read,
    doc: String,
}

/// The classes of answers that belong to a group, by name.
pub(crate) fn of_group(types: &mut Types<'_>, group: &str) -> Vec<(String, Class)> {
    group.clone_into(&mut types.group);
    let all: Vec<(String, Json)> = types
        .structs
        .iter()
        .filter(|(name, _)| types.home(name) == group)
        .map(|(name, one)| (name.clone(), one.clone()))
        .collect();
    all.into_iter().map(|(name, schema)| (name.clone(), class(types, &name, &schema))).collect()
}

/// The enums that belong to a group, by name.
pub(crate) fn enums<'a>(types: &'a Types<'_>, group: &str) -> Vec<&'a Words> {
    let mut enums: Vec<_> = types.enums.values().filter(|one| types.home(&one.name) == group).collect();
    enums.sort_by(|a, b| a.name.cmp(&b.name));
    enums
}

/// What an enum says of itself.
pub(crate) fn doc_of_words(one: &Words) -> String {
    let words: Vec<&str> = one.words.iter().map(|(word, _)| word.as_str()).collect();
    format!("One of `{}`.", words.join("`, `"))
}

/// The declarations of a group.
pub(crate) fn classes(modules: &mut Modules, types: &mut Types<'_>, group: &str) {
    if let Some(kind) = types.catalog.kind(group) {
        let mut out = format!("class {}Id(Id):\n", kind.record);
        out.push_str(&docstring(1, &[format!("The identifier of a `{}`.", kind.name)]));
        modules.add(&format!("{}Id", kind.record), out);
    }
    for one in enums(types, group) {
        let mut out = format!("class {}(StrEnum):\n", one.name);
        out.push_str(&docstring(1, &[doc_of_words(one)]));
        out.push('\n');
        for (word, doc) in &one.words {
            out.push_str(&format!("    {} = \"{word}\"\n", word.to_uppercase()));
            if !doc.is_empty() {
                out.push_str(&docstring(1, std::slice::from_ref(doc)));
            }
        }
        modules.add(&one.name, out);
    }
    for (name, class) in of_group(types, group) {
        let base = if class.kind.is_some() { "Record" } else { "Struct" };
        let mut out = format!("class {name}({base}):\n");
        out.push_str(&docstring(1, &[class.doc]));
        out.push('\n');
        for field in class.fields {
            out.push_str(&format!("    {}: {}\n", field.name, field.read.annotation));
            if !field.doc.is_empty() {
                out.push_str(&docstring(1, &[field.doc]));
            }
        }
        modules.add(&name, out);
    }
}

fn class(types: &mut Types<'_>, name: &str, schema: &Json) -> Class {
    let kind = types.catalog.kind_of_record(name).map(|kind| kind.name.clone());
    let fields = match &kind {
        // In the order of the record, not of the alphabet.
        Some(kind) => {
            types.catalog.fields(kind).into_iter().filter(|field| schema["properties"].get(field).is_some()).collect()
        }
        None => keys(&schema["properties"]),
    };
    let doc = match &kind {
        Some(kind) => types.catalog.json["kinds"][kind]["doc"].as_str(),
        None => schema["description"].as_str(),
    };
    let doc = doc
        .filter(|doc| !doc.is_empty())
        .map_or_else(|| format!("A part of what operations answer: `{name}`."), str::to_owned);
    let required = required(schema);
    let fields = fields.into_iter().map(|field| {
        let property = &schema["properties"][&field];
        let mut read = types.output(property, name, &field);
        // What is left out when there is nothing to say reads as None.
        if !required.contains(&field.as_str())
            && !read.fills
            && !read.annotation.ends_with("None")
            && read.annotation != "Any"
        {
            read.annotation.push_str(" | None");
        }
        Field { name: identifier(&field), read, doc: property["description"].as_str().unwrap_or_default().to_owned() }
    });
    Class { fields: fields.collect(), kind, doc }
}

/// The stub of the module `records`, which has the classes of every kind.
pub(crate) fn exported(types: &Types<'_>) -> String {
    let mut out = heading("Records, the parts of records, and the words of their enums; type checkers read this.");
    out.push_str("\nfrom collections.abc import Mapping\n\nfrom .._record import Record\n");
    let groups = types.catalog.operations().into_keys().chain([COMMON.to_owned()]);
    for group in groups {
        let mut names: Vec<&str> = types.catalog.kind(&group).map(|kind| kind.record.as_str()).into_iter().collect();
        let ids: Vec<String> = names.iter().map(|record| format!("{record}Id")).collect();
        names.extend(ids.iter().map(String::as_str));
        names.extend(enums(types, &group).into_iter().map(|one| one.name.as_str()));
        names.extend(types.structs.keys().map(String::as_str).filter(|name| types.home(name) == group));
        names.sort_unstable();
        names.dedup();
        let names: Vec<String> = names.iter().map(|name| format!("    {name} as {name},\n")).collect();
        if !names.is_empty() {
            out.push_str(&format!("from .kinds.{group} import (\n{})\n", names.concat()));
        }
    }
    out.push_str("\nKINDS: Mapping[str, type[Record]]\n\"\"\"The class of each kind.\"\"\"\n");
    out
}
