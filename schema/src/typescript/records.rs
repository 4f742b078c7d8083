//! `records/KIND.ts`: a record, its identifier, what comes along with it, and what it is found by.

use serde_json::Value as Json;

use super::{
    modules::Modules,
    text::{comment, key},
    types::Types,
};

pub(crate) fn files(types: &mut Types<'_>, modules: &mut Modules) {
    let catalog = types.catalog;
    for kind in &catalog.kinds {
        types.group.clone_from(&kind.name);
        let record = &kind.record;
        let doc = catalog.json["kinds"][&kind.name]["doc"].as_str().unwrap_or_default().to_owned();
        let mut out = comment(0, &[format!("The identifier of a `{}`.", kind.name)]);
        out.push_str(&format!("export type {record}Id = Id<\"{}\">;\n\n", kind.name));
        out.push_str(&comment(0, &[doc]));
        let order = catalog.fields(&kind.name);
        out.push_str(&types.interface(record, "", catalog.def(record), record, Some(order)));
        related(types, &mut out, &kind.name, record);
        columns(types, &mut out, &kind.name, record);
        modules.add(format!("records/{}", kind.name), format!("The kind `{}`.", kind.name), out);
    }
}

fn related(types: &Types<'_>, out: &mut String, kind: &str, record: &str) {
    out.push('\n');
    out.push_str(&comment(
        0,
        &[format!("What comes along with a `{kind}` when `with` names it, as far as the actor may see it.")],
    ));
    let relations = types.catalog.relations(kind);
    if relations.is_empty() {
        out.push_str(&format!("export type {record}Related = Record<string, never>;\n"));
        return;
    }
    out.push_str(&format!("export interface {record}Related {{\n"));
    for (name, target) in relations {
        let Some(target) = types.catalog.kind(target) else { continue };
        out.push_str(&format!("  {}?: {};\n", key(name), target.record));
    }
    out.push_str("}\n");
}

fn columns(types: &Types<'_>, out: &mut String, kind: &str, record: &str) {
    out.push('\n');
    out.push_str(&comment(0, &[format!("The columns of a `{kind}`.")]));
    out.push_str(&format!("export interface {record}Columns {{\n"));
    for (path, column) in types.catalog.columns(kind) {
        if let Some(own) = column_type(types, record, column) {
            out.push_str(&format!("  {}: {own};\n", path.replace('.', "__")));
        }
    }
    out.push_str("}\n\n");
    out.push_str(&comment(0, &[format!("What a `{kind}` is found by; see `where`.")]));
    out.push_str(&format!("export type {record}Where = Where<\n  {record}Columns"));
    for (name, target) in types.catalog.relations(kind) {
        let Some(target) = types.catalog.kind(target) else { continue };
        out.push_str(&format!(" &\n    Through<\"{}\", {}Columns>", name.replace('.', "__"), target.record));
    }
    out.push_str("\n>;\n");
}

/// What a column holds; nothing for those that only a path into `custom` reaches.
fn column_type(types: &Types<'_>, record: &str, column: &Json) -> Option<String> {
    let own = match column["type"].as_str()? {
        "uuid" if column["path"] == "id" => format!("IdColumn<{record}Id>"),
        "uuid" => "IdColumn<Id>".to_owned(),
        "reference" => {
            let target = column["kind"].as_str().and_then(|kind| types.catalog.kind(kind));
            format!("IdColumn<{}>", target.map_or_else(|| "Id".to_owned(), |kind| format!("{}Id", kind.record)))
        }
        "text" => "TextColumn".to_owned(),
        "enum" => format!("WordColumn<{}>", types.words_of_column(column)?),
        "int" => "IntColumn".to_owned(),
        "bool" => "BoolColumn".to_owned(),
        "time" => "TimeColumn".to_owned(),
        "date" => "DateColumn".to_owned(),
        "amount" => "AmountColumn".to_owned(),
        "list" => "ListColumn".to_owned(),
        _ => return None,
    };
    Some(own)
}
