//! `inputs/GROUP.ts`: what each operation takes. What all kinds take alike is in `inputs/common.ts`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::{modules::Modules, text::comment, types::Types};
use crate::{
    catalog::{Catalog, keys, required},
    text::camel,
};

/// The type of an operation's input, with what its filter is of; nothing for one that takes nothing.
pub(crate) fn name(catalog: &Catalog, group: &str, verb: &str, operation: &Json) -> Option<String> {
    if keys(&operation["input"]["properties"]).is_empty() {
        return None;
    }
    if !common(catalog).contains_key(verb) {
        return Some(format!("{}{}Input", camel(group), camel(verb)));
    }
    let record = catalog.kind(group).map(|kind| kind.record.as_str()).filter(|_| filtered(operation));
    let of = match record {
        Some(record) if related(operation) && !catalog.relations(group).is_empty() => {
            format!("<{record}Where, keyof {record}Related>")
        }
        Some(record) => format!("<{record}Where>"),
        None => String::new(),
    };
    Some(format!("{}Input{of}", camel(verb)))
}

fn related(operation: &Json) -> bool {
    operation["input"]["properties"].get("with").is_some()
}

fn filtered(operation: &Json) -> bool {
    operation["input"]["properties"].get("filter").is_some()
}

/// The verbs that take the same in every group that has them, each with one of the operations.
pub(crate) fn common(catalog: &Catalog) -> BTreeMap<String, &Json> {
    let mut verbs: BTreeMap<String, Vec<&Json>> = BTreeMap::new();
    for (verb, operation) in catalog.operations().into_values().flatten() {
        verbs.entry(verb).or_default().push(operation);
    }
    let alike = |some: &[&Json]| {
        let shapes: Vec<_> = some.iter().map(|one| shape(&one["input"])).collect();
        shapes.len() > 1 && shapes.windows(2).all(|two| two[0] == two[1])
    };
    verbs.into_iter().filter(|(_, some)| alike(some)).filter_map(|(verb, some)| Some((verb, *some.first()?))).collect()
}

/// The properties without their descriptions, and those that must be given.
fn shape(input: &Json) -> (Map<String, Json>, Vec<&str>) {
    let mut properties = input["properties"].as_object().cloned().unwrap_or_default();
    for property in properties.values_mut() {
        if let Some(property) = property.as_object_mut() {
            property.remove("description");
        }
    }
    (properties, required(input))
}

pub(crate) fn files(types: &mut Types<'_>, modules: &mut Modules) {
    let catalog = types.catalog;
    let common = common(catalog);
    let mut out = String::new();
    for (verb, operation) in &common {
        types.group = "common".to_owned();
        types.filter = Some("W".to_owned());
        types.relation = Some("R".to_owned());
        let parameters = match (filtered(operation), related(operation)) {
            (true, true) => "<W = unknown, R extends string = string>",
            (true, false) => "<W = unknown>",
            _ => "",
        };
        out.push_str(&format!("\n/** What `{verb}` takes, whatever the kind. */\n"));
        out.push_str(&types.interface(&format!("{}Input", camel(verb)), parameters, &operation["input"], "", None));
    }
    modules.add("inputs/common", "What operations take that every kind has.", out);
    for (group, operations) in catalog.operations() {
        let kind = catalog.kind(&group);
        types.group.clone_from(&group);
        types.filter = kind.map(|kind| format!("{}Where", kind.record));
        types.relation = kind.map(|kind| format!("keyof {}Related", kind.record));
        let owner = kind.map_or_else(|| camel(&group), |kind| kind.record.clone());
        let mut out = String::new();
        for (verb, operation) in operations {
            let Some(name) = name(catalog, &group, &verb, operation).filter(|_| !common.contains_key(&verb)) else {
                continue;
            };
            let input = &operation["input"];
            let given = required(input);
            let mut names = keys(&input["properties"]);
            // The record first, then what must be given.
            names.sort_by_key(|name| (*name != group, !given.contains(&name.as_str())));
            out.push('\n');
            out.push_str(&comment(0, &[format!("What `{group}.{verb}` takes.")]));
            out.push_str(&types.interface(&name, "", input, &owner, Some(names)));
        }
        if !out.is_empty() {
            modules.add(format!("inputs/{group}"), format!("What the operations of `{group}` take."), out);
        }
    }
    types.filter = None;
    types.relation = None;
}
