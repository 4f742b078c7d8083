//! `where.py`: the keywords of filters. Only type checkers read it.

use serde_json::Value as Json;

use super::{text::heading, types::Types};

pub(crate) fn file(types: &mut Types<'_>) -> String {
    let mut out = heading(
        "The keywords of filters; type checkers read this, a running program does not. `Q` takes any other path.",
    );
    out.push_str(
        "\nfrom collections.abc import Collection\nfrom datetime import date, datetime\nfrom decimal import Decimal\n\
         from typing import Literal, TypedDict\nfrom uuid import UUID\n\nfrom .._record import Record\nfrom .inputs import *\n",
    );
    let catalog = types.catalog;
    for kind in &catalog.kinds {
        out.push_str(&format!(
            "\n\nclass {}Where(TypedDict, total=False):\n    \"\"\"What a `{}` is found by.\"\"\"\n\n",
            kind.record, kind.name
        ));
        for (path, column) in catalog.columns(&kind.name) {
            let Some(own) = value(types, column) else { continue };
            let name = path.replace('.', "__");
            let sort = column["type"].as_str().unwrap_or_default();
            if sort == "list" {
                out.push_str(&format!("    {name}__has: str\n"));
                continue;
            }
            out.push_str(&format!("    {name}: {own} | None\n    {name}__eq: {own} | None\n"));
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
                let Some(own) = value(types, column).filter(|_| column["type"] != "list") else { continue };
                let name = format!("{name}.{path}").replace('.', "__");
                out.push_str(&format!("    {name}: {own} | None\n    {name}__in: Collection[{own}]\n"));
            }
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
            match types.enums.get(&words) {
                Some(one) => {
                    types.word_inputs.insert(one.name.clone());
                    format!("{}Word", one.name)
                }
                None => {
                    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
                    format!("Literal[{}]", words.join(", "))
                }
            }
        }
        "int" => "int".to_owned(),
        "bool" => "bool".to_owned(),
        "time" => "datetime | str".to_owned(),
        "date" => "date | str".to_owned(),
        "amount" => "Decimal | int | str".to_owned(),
        "list" => "str".to_owned(),
        _ => return None,
    };
    Some(own)
}
