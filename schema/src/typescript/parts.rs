//! `enums.ts` and `parts/GROUP.ts`: closed sets of words, and the parts of records, inputs and answers.

use std::collections::BTreeMap;

use super::{modules::Modules, text::comment, types::Types};

pub(crate) fn files(types: &mut Types<'_>, modules: &mut Modules) {
    let mut themes: BTreeMap<String, String> = BTreeMap::new();
    for (name, schema) in types.parts.clone() {
        // By its own group; what several groups have in common is in one place.
        let theme = match types.themes.get(&name) {
            Some(groups) if groups.len() == 1 => groups.iter().next().cloned().unwrap_or_default(),
            _ => "common".to_owned(),
        };
        types.group.clone_from(&theme);
        let text = types.declared(&name, &schema);
        let out = themes.entry(theme).or_default();
        out.push('\n');
        out.push_str(&text);
    }
    for (theme, out) in themes {
        modules.add(format!("parts/{theme}"), "Parts of records, inputs and answers.", out);
    }
    modules.add("enums", "Closed sets of words.", enums(types));
}

fn enums(types: &Types<'_>) -> String {
    let mut all: Vec<_> = types.enums.values().collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    let mut out = String::new();
    for one in all {
        let words: Vec<String> = one.words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
        let meanings: Vec<String> =
            one.words
                .iter()
                .map(|(word, doc)| {
                    if doc.is_empty() {
                        format!("- `{word}`")
                    } else {
                        format!("- `{word}`: {}", doc.replace('\n', " "))
                    }
                })
                .collect();
        let list = constant(&one.name);
        out.push_str(&format!("\n/** The words of `{}`, in their order. */\n", one.name));
        out.push_str(&format!("export const {list} = [{}] as const;\n", words.join(", ")));
        out.push_str(&comment(0, &["One of".to_owned() + ":\n" + &meanings.join("\n")]));
        out.push_str(&format!("export type {} = (typeof {list})[number];\n", one.name));
    }
    out
}

/// `LeadStatus` as `LEAD_STATUS`.
fn constant(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(letter.to_ascii_uppercase());
    }
    out
}
