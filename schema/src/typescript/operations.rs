//! `operations/GROUP.ts`: the methods of each group; and the table of all operations, and what a session has.

use serde_json::Value as Json;

use super::{
    inputs,
    modules::Modules,
    text::{comment, lower_camel, property},
    types::Types,
};
use crate::{
    catalog::{Catalog, Kind, keys, reference, required},
    text::camel,
};

/// How an operation is listed in `names.ts`, and what its method gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Command,
    Query,
    /// A query that is answered page after page.
    Listing,
}

/// The sort of an operation.
pub(crate) fn sort(catalog: &crate::catalog::Catalog, operation: &Json) -> Sort {
    if operation["mode"] != "query" {
        return Sort::Command;
    }
    let answer = reference(&operation["output"]).map(|def| keys(&catalog.def(def)["properties"])).unwrap_or_default();
    let only_a_page = answer == ["items", "next"] || answer == ["items", "next", "related"];
    let asks = operation["input"]["properties"].get("after").is_some();
    if only_a_page && asks { Sort::Listing } else { Sort::Query }
}

pub(crate) fn files(types: &mut Types<'_>, modules: &mut Modules) {
    let (mut table, mut session) = (String::new(), String::new());
    for (group, operations) in types.catalog.operations() {
        types.group.clone_from(&group);
        let name = format!("{}Operations", camel(&group));
        let bases: Vec<&str> = [("find", "Exportable"), ("import_csv", "Importable")]
            .into_iter()
            .filter(|(verb, _)| operations.iter().any(|(own, _)| own == verb))
            .map(|(_, base)| base)
            .collect();
        let bases = if bases.is_empty() { String::new() } else { format!(" extends {}", bases.join(", ")) };
        let mut out = comment(0, &[format!("The operations of `{group}`.")]);
        out.push_str(&format!("export interface {name}{bases} {{\n"));
        for (verb, operation) in &operations {
            out.push_str(&method(types, &group, verb, operation));
            let input = inputs::name(types.catalog, &group, verb, operation);
            let input = input.unwrap_or_else(|| "Record<string, never>".to_owned());
            let output = answer(types, &group, verb, operation);
            table.push_str(&format!("  \"{group}.{verb}\": {{ input: {input}; output: {output} }};\n"));
        }
        out.push_str("}\n");
        modules.add(format!("operations/{group}"), format!("What a session can do with `{group}`."), out);
        let doc = types.catalog.json["kinds"][&group]["doc"].as_str();
        let doc = doc.map_or_else(
            || format!("The operations of `{group}`."),
            |doc| format!("The operations of `{group}`: {}", doc.replace('\n', " ")),
        );
        session.push_str(&comment(1, &[doc]));
        session.push_str(&format!("  readonly {}: {name};\n", property(&group)));
    }
    modules.add(
        "table",
        "Every operation by name.",
        format!(
            "/** What every operation takes and answers. */\nexport interface OperationTable {{\n{table}}}\n\n\
             /** The name of an operation, such as `ticket.claim`. */\nexport type OperationName = keyof OperationTable;\n"
        ),
    );
    let kinds: Vec<String> =
        types.catalog.kinds.iter().map(|kind| format!("  {}: {};\n", kind.name, kind.record)).collect();
    modules.add(
        "session",
        "What a session has.",
        format!(
            "/** The operations of a session, by kind. */\nexport interface SessionOperations {{\n{session}}}\n\n\
             /** The record of every kind. */\nexport interface RecordTable {{\n{}}}\n\n\
             /** The name of a kind, such as `contact_list`. */\nexport type KindName = keyof RecordTable;\n\n\
             /** What every kind that points at others is found by, and the fields by which it points; see `has`. */\n\
             export interface PointerTable {{\n{}}}\n",
            kinds.concat(),
            pointers(types.catalog)
        ),
    );
}

fn pointers(catalog: &Catalog) -> String {
    let line = |kind: &Kind| {
        let by: Vec<String> = catalog.pointers(&kind.name).into_iter().map(|by| format!("\"{by}\"")).collect();
        let by = by.join(" | ");
        (!by.is_empty()).then(|| format!("  {}: {{ found: {}Where; by: {by} }};\n", kind.name, kind.record))
    };
    catalog.kinds.iter().filter_map(line).collect()
}

fn answer(types: &mut Types<'_>, group: &str, verb: &str, operation: &Json) -> String {
    let owner = types.catalog.kind(group).map_or_else(|| camel(group), |kind| kind.record.clone());
    types.of(&operation["output"], &owner, verb)
}

fn method(types: &mut Types<'_>, group: &str, verb: &str, operation: &Json) -> String {
    let listing = sort(types.catalog, operation) == Sort::Listing;
    let output = answer(types, group, verb, operation);
    let output = if listing { listed(types, &output, operation) } else { format!("Promise<{output}>") };
    let parameter = match inputs::name(types.catalog, group, verb, operation) {
        None => String::new(),
        Some(name) if required(&operation["input"]).is_empty() => format!("input?: {name}"),
        Some(name) => format!("input: {name}"),
    };
    let doc = operation["doc"].as_str().unwrap_or_default();
    let (first, rest) = doc.split_once("\n\n").unwrap_or((doc, ""));
    let more = if listing { "Nothing is asked before the answer is read; `limit` counts all." } else { "" };
    let raised: Vec<String> = types
        .catalog
        .refusals(operation)
        .into_iter()
        .map(|(class, codes)| format!("`{class}` (`{}`)", codes.join("`, `")))
        .collect();
    let raises = if raised.is_empty() { String::new() } else { format!("Raises {}.", raised.join("; ")) };
    let paragraphs = [first.replace('\n', " "), rest.to_owned(), more.to_owned(), raises];
    format!("{}  {}({parameter}): {output};\n", comment(1, &paragraphs), lower_camel(verb))
}

/// What a listing gives one after the other.
fn listed(types: &mut Types<'_>, output: &str, operation: &Json) -> String {
    let def = reference(&operation["output"]).unwrap_or_default().to_owned();
    if let Some(record) = def.strip_prefix("Page_of_") {
        return format!("Results<Found<{record}, {record}Related>>");
    }
    if let Some(record) = output.strip_prefix("Page<").and_then(|rest| rest.strip_suffix('>')) {
        return format!("Results<{record}>");
    }
    let item = types.catalog.def(&def)["properties"]["items"]["items"].clone();
    format!("Results<{}>", types.of(&item, &def, "item"))
}
