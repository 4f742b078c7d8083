//! `names.ts`: all that a running program needs to know of the operations.

use super::{
    modules::Modules,
    operations::{Sort, sort},
};
use crate::catalog::Catalog;

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
    modules.add("names", "The operations of each group.", out);
}
