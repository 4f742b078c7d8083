//! The keywords of filters, in the stubs. `Q` takes any other path.

use serde_json::Value as Json;

use super::{text::is_keyword, types::Types};
use crate::catalog::Kind;

/// The keywords that a kind is found by.
pub(crate) fn class(types: &mut Types<'_>, kind: &Kind) -> String {
    let catalog = types.catalog;
    types.group.clone_from(&kind.name);
    let mut out = format!(
        "class {}Where(TypedDict, total=False):\n    \"\"\"What a `{}` is found by.\"\"\"\n\n",
        kind.record, kind.name
    );
    for (path, column) in catalog.columns(&kind.name) {
        let Some(own) = value(types, column) else { continue };
        let name = path.replace('.', "__");
        let sort = column["type"].as_str().unwrap_or_default();
        if sort == "list" {
            out.push_str(&format!("    {name}__has: str\n"));
            continue;
        }
        // A keyword of Python is written with the comparison.
        if !is_keyword(&name) {
            out.push_str(&format!("    {name}: {own} | None\n"));
        }
        out.push_str(&format!("    {name}__eq: {own} | None\n"));
        out.push_str(&format!("    {name}__ne: {own} | None\n    {name}__is_null: bool\n"));
        out.push_str(&format!("    {name}__in: Collection[{own}]\n    {name}__not_in: Collection[{own}]\n"));
        if ["int", "time", "date", "amount", "text", "enum"].contains(&sort) {
            for op in ["lt", "le", "gt", "ge"] {
                out.push_str(&format!("    {name}__{op}: {own}\n"));
            }
        }
        if sort == "text" {
            for op in ["contains", "starts_with", "ends_with"] {
                out.push_str(&format!("    {name}__{op}: str\n"));
            }
        }
    }
    for (name, target) in catalog.relations(&kind.name) {
        for (path, column) in catalog.columns(target) {
            // The words of another kind stay its own.
            target.clone_into(&mut types.group);
            let Some(own) = value(types, column).filter(|_| column["type"] != "list") else { continue };
            let name = format!("{name}.{path}").replace('.', "__");
            out.push_str(&format!("    {name}: {own} | None\n    {name}__in: Collection[{own}]\n"));
        }
    }
    out
}

/// What a column is compared with; nothing for those that only `Q` reaches into.
fn value(types: &mut Types<'_>, column: &Json) -> Option<String> {
    let own = match column["type"].as_str()? {
        "uuid" | "reference" => "Record | str | UUID".to_owned(),
        "text" => "str".to_owned(),
        "enum" => {
            let words = column["values"].as_array()?;
            let words: Vec<String> = words.iter().filter_map(Json::as_str).map(str::to_owned).collect();
            types.known_words(&words).unwrap_or_else(|| {
                let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                format!("Literal[{}]", words.join(", "))
            })
        }
        "int" => "int".to_owned(),
        "bool" => "bool".to_owned(),
        "time" => "datetime | Relative | str".to_owned(),
        "date" => "date | Relative | str".to_owned(),
        "amount" => "Decimal | int | str".to_owned(),
        "list" => "str".to_owned(),
        _ => return None,
    };
    Some(own)
}
