//! The tables that a running program reads: a file for each group, one for what belongs to none alone, and where all is.

use serde_json::{Map, Value as Json, json};

use super::{
    method::{Form, Group, Method, Parameter, Plain},
    records,
    types::{COMMON, Read, Types},
};
use crate::text::pretty;

pub(crate) fn files(types: &mut Types<'_>, groups: &[Group]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut places = Map::new();
    for group in groups {
        let classes = classes(types, &group.name, &mut places);
        let operations: Map<String, Json> =
            group.methods.iter().map(|method| (method.verb.clone(), operation(method))).collect();
        let table = json!({
            "doc": group.doc, "record": group.record, "imports": group.imports,
            "relations": types.catalog.relations(&group.name).into_iter().collect::<std::collections::BTreeMap<_, _>>(),
            "classes": classes, "operations": operations,
        });
        files.push((format!("kinds/{}.json", group.name), pretty(&table)));
    }
    let table = json!({"classes": classes(types, COMMON, &mut places)});
    files.push((format!("kinds/{COMMON}.json"), pretty(&table)));
    let index = json!({
        "groups": groups.iter().map(|group| (&group.attribute, &group.name)).collect::<std::collections::BTreeMap<_, _>>(),
        "records": types.catalog.kinds.iter().map(|kind| (&kind.name, &kind.record)).collect::<std::collections::BTreeMap<_, _>>(),
        "classes": places,
    });
    files.push(("index.json".to_owned(), pretty(&index)));
    files
}

/// The classes of a group, which are noted with their place.
fn classes(types: &mut Types<'_>, group: &str, places: &mut Map<String, Json>) -> Map<String, Json> {
    let mut all = Map::new();
    for one in records::enums(types, group) {
        let words: Vec<&str> = one.words.iter().map(|(word, _)| word.as_str()).collect();
        all.insert(one.name.clone(), json!({"words": words}));
    }
    for (name, class) in records::of_group(types, group) {
        let fields: Vec<Json> = class.fields.iter().map(|field| row(&field.name, &field.read)).collect();
        let mut entry = json!({"doc": class.doc, "fields": fields});
        if let Some(kind) = class.kind {
            entry["kind"] = kind.into();
        }
        all.insert(name, entry);
    }
    places.extend(all.keys().map(|name| (name.clone(), group.into())));
    all
}

/// A name, its type, and how it is read unless it is as JSON has it.
fn row(name: &str, read: &Read) -> Json {
    match &read.reader {
        Some(reader) => json!([name, read.annotation, reader]),
        None => json!([name, read.annotation]),
    }
}

fn operation(method: &Method) -> Json {
    match &method.form {
        Form::Listing(_) => json!({"doc": method.doc}),
        Form::Plain(Plain { parameters, answer, listed }) => {
            let parameters: Vec<Json> = parameters.iter().map(parameter).collect();
            let answer = row(if *listed { "each" } else { "one" }, answer);
            json!({"doc": method.doc, "parameters": parameters, "answer": answer})
        }
    }
}

/// A parameter: its name, its type, and what is to know of it.
fn parameter(parameter: &Parameter) -> Json {
    let marks =
        [parameter.positional.then_some("positional"), parameter.optional.then_some("optional"), parameter.writer];
    let words = [Some(parameter.name.as_str()), Some(parameter.annotation.as_str())];
    words.into_iter().chain(marks).flatten().collect()
}
