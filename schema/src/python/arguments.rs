//! `inputs.py`: the types of arguments. Only type checkers read it.

use super::{
    text::{docstring, heading},
    types::Types,
};
use crate::catalog::{keys, required};

pub(crate) fn file(types: &mut Types<'_>) -> String {
    let mut out = heading("The types of arguments; type checkers read this, a running program does not.");
    out.push_str(
        "\nfrom collections.abc import Mapping, Sequence\nfrom datetime import date, datetime\n\
         from decimal import Decimal\nfrom typing import Any, Literal, Required, TypeAlias, TypedDict\n\
         from uuid import UUID\n\n\
         from .._filter import Q\nfrom .._record import Record\nfrom .._values import About, Assignee, Money\n\
         from .records import *\n\n\
         class MoneyDict(TypedDict):\n    \"\"\"An amount in a currency.\"\"\"\n\n    \
         amount: Decimal | int | str\n    currency: str\n\n\n\
         class AssigneeDict(TypedDict, total=False):\n    \"\"\"A user or a group.\"\"\"\n\n    \
         user: Record | str | UUID\n    group: Record | str | UUID\n",
    );
    for (name, schema) in types.inputs.clone() {
        let own = name.strip_suffix("Dict").unwrap_or(&name).to_owned();
        let required = required(&schema);
        out.push_str(&format!("\n\nclass {name}(TypedDict, total=False):\n"));
        let doc = schema["description"].as_str().unwrap_or("A part of an argument.").to_owned();
        out.push_str(&docstring(1, &[doc]));
        out.push('\n');
        for field in keys(&schema["properties"]) {
            let property = &schema["properties"][&field];
            let annotation = types.input(property, &own, &field);
            let annotation =
                if required.contains(&field.as_str()) { format!("Required[{annotation}]") } else { annotation };
            out.push_str(&format!("    {field}: {annotation}\n"));
            if let Some(doc) = property["description"].as_str() {
                out.push_str(&docstring(1, &[doc.to_owned()]));
            }
        }
    }
    out.push_str("\n\nRef: TypeAlias = str | UUID | ExternalKey | ExternalKeyDict\n\"\"\"What names a record: an id, or the key that another system has for it.\"\"\"\n");
    let mut enums: Vec<_> = types.enums.values().filter(|one| types.word_inputs.contains(&one.name)).collect();
    enums.sort_by(|a, b| a.name.cmp(&b.name));
    for one in enums {
        let words: Vec<String> = one.words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        out.push_str(&format!("{0}Word: TypeAlias = {0} | Literal[{1}]\n", one.name, words.join(", ")));
    }
    out
}
