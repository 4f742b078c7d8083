//! Names and comments of TypeScript.

use crate::text::{camel, wrap};

/// `record_bant` as `recordBant`.
pub(crate) fn lower_camel(name: &str) -> String {
    let name = camel(name);
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

/// The property of a session that has the operations of a group.
pub(crate) fn property(group: &str) -> String {
    // A session's `org` is the tenant's id.
    if group == "org" { "organisation".to_owned() } else { lower_camel(group) }
}

/// A name as a key of an object: in quotes when it is no identifier.
pub(crate) fn key(name: &str) -> String {
    if name.contains('.') { format!("\"{name}\"") } else { name.to_owned() }
}

/// A comment of these paragraphs, at a depth of indentation; nothing when they say nothing.
pub(crate) fn comment(depth: usize, paragraphs: &[String]) -> String {
    let space = "  ".repeat(depth);
    let mut lines: Vec<String> = Vec::new();
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.trim().is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let text = joined(&paragraph.replace("*/", "*\u{200b}/"));
        lines.extend(text.lines().flat_map(|line| wrap(line.trim_end(), 112 - 2 * depth)));
    }
    match lines.as_slice() {
        [] => String::new(),
        [only] => format!("{space}/** {only} */\n"),
        _ => {
            let lines: String =
                lines.iter().map(|line| format!("{space} * {line}").trim_end().to_owned() + "\n").collect();
            format!("{space}/**\n{lines}{space} */\n")
        }
    }
}

/// Prose with a line for each paragraph and each entry of a list, wherever its source broke the lines.
fn joined(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let begins = line.is_empty() || line.starts_with("- ") || out.is_empty() || out.ends_with('\n');
        if !out.is_empty() {
            out.push(if begins { '\n' } else { ' ' });
        }
        out.push_str(line);
    }
    out
}
