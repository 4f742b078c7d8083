//! `names.ts`: all that a running program needs to know of the operations.

use std::collections::BTreeSet;

use super::{
    modules::Modules,
    operations::{Sort, sort},
};
use crate::catalog::{Catalog, required, sort as json_sort};

pub(crate) fn file(catalog: &Catalog, modules: &mut Modules) {
    let mut out =
        "/** The operations of each group: `?` only asks, `*` asks page by page, the others change something. */\n\
                   export const OPERATIONS: Readonly<Record<string, string>> = {\n"
            .to_owned();
    for (group, operations) in catalog.operations() {
        let verbs: Vec<String> = operations
            .iter()
            .map(|(verb, operation)| match sort(catalog, operation) {
                Sort::Command => verb.clone(),
                Sort::Query => format!("{verb}?"),
                Sort::Listing => format!("{verb}*"),
            })
            .collect();
        out.push_str(&format!("  {group}:\n    \"{}\",\n", verbs.join(" ")));
    }
    out.push_str("};\n");
    for (name, of, doc) in [("LISTS", "array", "lists"), ("MAPS", "object", "maps")] {
        out.push_str(&format!(
            "\n/** Fields of records that are {doc}, also where the wire says that nothing is in them. */\n"
        ));
        out.push_str(&format!("export const {name}: readonly string[] = [{}];\n", quoted(&fields(catalog, of))));
    }
    modules.add("names", "The operations of each group.", out);
}

/// The fields of all records that are always there with this JSON type.
fn fields<'a>(catalog: &'a Catalog, of: &str) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    for kind in &catalog.kinds {
        let schema = catalog.def(&kind.record);
        let always = required(schema).into_iter();
        found.extend(always.filter(|field| json_sort(&schema["properties"][*field]).0 == [of]));
    }
    found
}

fn quoted(words: &BTreeSet<&str>) -> String {
    words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}
