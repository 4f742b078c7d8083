//! `records.py`: enums, identifiers, records, and the parts and reports that operations answer.

use serde_json::Value as Json;

use super::{
    text::{docstring, heading, identifier},
    types::Types,
};
use crate::catalog::{keys, required};

pub(crate) fn file(types: &mut Types<'_>) -> String {
    let mut out = heading("Records, the parts of records, and the words of their enums.");
    out.push_str(
        "\nfrom enum import StrEnum\nfrom typing import TYPE_CHECKING, Any\n\n\
         from .._record import Record, Struct, many, named\n\
         from .._values import Id, about, assignee, day, decimal, moment, money\n\n\
         if TYPE_CHECKING:\n    from datetime import date, datetime\n    from decimal import Decimal\n\n    \
         from .._values import About, Assignee, Money\n",
    );
    let mut tail = String::new();
    let mut classes = String::new();
    for (name, schema) in types.structs.clone() {
        classes.push_str(&class(types, &name, &schema, &mut tail));
    }
    for kind in &types.catalog.kinds {
        out.push_str(&format!("\n\nclass {}Id(Id):\n", kind.record));
        out.push_str(&docstring(1, &[format!("The identifier of a `{}`.", kind.name)]));
        out.push_str("\n    __slots__ = ()\n");
    }
    let mut enums: Vec<_> = types.enums.values().collect();
    enums.sort_by(|a, b| a.name.cmp(&b.name));
    for one in enums {
        out.push_str(&format!("\n\nclass {}(StrEnum):\n", one.name));
        let words: Vec<&str> = one.words.iter().map(|(word, _)| word.as_str()).collect();
        out.push_str(&docstring(1, &[format!("One of `{}`.", words.join("`, `"))]));
        out.push('\n');
        for (word, doc) in &one.words {
            out.push_str(&format!("    {} = \"{word}\"\n", word.to_uppercase()));
            if !doc.is_empty() {
                out.push_str(&docstring(1, std::slice::from_ref(doc)));
            }
        }
    }
    out.push_str(&classes);
    out.push_str("\n\n");
    out.push_str(&tail);
    out.push_str("\nKINDS: dict[str, type[Record]] = {\n");
    for kind in &types.catalog.kinds {
        out.push_str(&format!("    \"{}\": {},\n", kind.name, kind.record));
    }
    out.push_str("}\n\"\"\"The class of each kind.\"\"\"\n\nRELATIONS: dict[str, dict[str, str]] = {\n");
    for kind in &types.catalog.kinds {
        let relations = types.catalog.relations(&kind.name);
        let pairs: Vec<String> =
            relations.into_iter().map(|(name, target)| format!("\"{name}\": \"{target}\"")).collect();
        out.push_str(&format!("    \"{}\": {{{}}},\n", kind.name, pairs.join(", ")));
    }
    out.push_str("}\n\"\"\"The kind that each relation of a kind leads to.\"\"\"\n");
    out
}

fn class(types: &mut Types<'_>, name: &str, schema: &Json, tail: &mut String) -> String {
    let kind = types.catalog.kind_of_record(name).map(|kind| kind.name.clone());
    let fields = match &kind {
        // In the order of the record, not of the alphabet.
        Some(kind) => {
            types.catalog.fields(kind).into_iter().filter(|field| schema["properties"].get(field).is_some()).collect()
        }
        None => keys(&schema["properties"]),
    };
    let mut out = format!("\n\nclass {name}({}):\n", if kind.is_some() { "Record" } else { "Struct" });
    let doc = match &kind {
        Some(kind) => types.catalog.json["kinds"][kind]["doc"].as_str().unwrap_or_default().to_owned(),
        None => schema["description"].as_str().unwrap_or_default().to_owned(),
    };
    let doc = if doc.is_empty() { format!("A part of what operations answer: `{name}`.") } else { doc };
    out.push_str(&docstring(1, &[doc]));
    out.push('\n');
    if let Some(kind) = &kind {
        out.push_str(&format!("    KIND = \"{kind}\"\n"));
    }
    let required = required(schema);
    let (mut readers, mut empties) = (String::new(), String::new());
    for field in &fields {
        let property = &schema["properties"][field];
        let read = types.output(property, name, field);
        let mut annotation = read.annotation.clone();
        // What is left out when there is nothing to say reads as None.
        if !required.contains(&field.as_str())
            && read.empty.is_none()
            && !annotation.ends_with("None")
            && annotation != "Any"
        {
            annotation.push_str(" | None");
        }
        out.push_str(&format!("    {}: {annotation}\n", identifier(field)));
        if let Some(doc) = property["description"].as_str() {
            out.push_str(&docstring(1, &[doc.to_owned()]));
        }
        readers.push_str(&format!("\n    \"{}\": {},", identifier(field), read.reader.as_deref().unwrap_or("None")));
        if let Some(empty) = read.empty {
            empties.push_str(&format!("\"{field}\": {empty}, "));
        }
    }
    tail.push_str(&format!("{name}.FIELDS = {{{readers}\n}}\n"));
    if !empties.is_empty() {
        tail.push_str(&format!("{name}.EMPTY = {{{}}}\n", empties.trim_end_matches(", ")));
    }
    out
}
