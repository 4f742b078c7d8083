//! Names, prose and JSON, whatever language they are written for.

use serde_json::Value as Json;

/// `contact_list` as `ContactList`.
pub(crate) fn camel(name: &str) -> String {
    let mut out = String::new();
    for part in name.split(['_', '.']) {
        let mut letters = part.chars();
        out.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        out.push_str(letters.as_str());
    }
    out
}

/// A line in pieces of at most so many letters; what continues a list entry is indented.
pub(crate) fn wrap(line: &str, width: usize) -> Vec<String> {
    let indent = if line.starts_with("- ") { "  " } else { "" };
    let mut out: Vec<String> = Vec::new();
    let mut current = String::new();
    for word in line.split(' ') {
        if !current.is_empty() && current.chars().count() + 1 + word.chars().count() > width {
            out.push(std::mem::replace(&mut current, indent.to_owned() + word));
        } else {
            if !current.is_empty() {
                current.push(' ');
            }
            current.push_str(word);
        }
    }
    out.push(current);
    out
}

/// How long a line of JSON is at most, as far as its parts allow.
const LINE: usize = 120;

/// A document of JSON with a line for each part that is short enough for one, so that a review sees what changed.
pub(crate) fn pretty(json: &Json) -> String {
    let mut out = String::new();
    part(&mut out, json, 0, 0);
    out.push('\n');
    out
}

/// Writes a part at a depth, where so many letters of its line are taken.
fn part(out: &mut String, json: &Json, depth: usize, taken: usize) {
    let short = line(json);
    // A comma may follow.
    if depth > 0 && taken + short.chars().count() < LINE {
        out.push_str(&short);
        return;
    }
    let space = "  ".repeat(depth + 1);
    let parts: Vec<(String, &Json)> = match json {
        Json::Array(all) => all.iter().map(|one| (space.clone(), one)).collect(),
        Json::Object(all) => {
            all.iter().map(|(name, one)| (format!("{space}{}: ", line(&name.as_str().into())), one)).collect()
        }
        _ => Vec::new(),
    };
    if parts.is_empty() {
        out.push_str(&short);
        return;
    }
    let (open, close) = if json.is_array() { ('[', ']') } else { ('{', '}') };
    out.push(open);
    for (at, (start, one)) in parts.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        out.push_str(start);
        part(out, one, depth + 1, start.chars().count());
    }
    out.push_str(&format!("\n{}{close}", "  ".repeat(depth)));
}

/// JSON on one line.
fn line(json: &Json) -> String {
    match json {
        Json::Array(all) => format!("[{}]", all.iter().map(line).collect::<Vec<_>>().join(", ")),
        Json::Object(all) if all.is_empty() => "{}".to_owned(),
        Json::Object(all) => {
            let parts: Vec<String> =
                all.iter().map(|(name, one)| format!("{}: {}", line(&name.as_str().into()), line(one))).collect();
            format!("{{{}}}", parts.join(", "))
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{LINE, pretty};

    #[test]
    fn what_is_short_has_a_line_and_what_is_long_a_line_for_each_part() {
        let long = "word ".repeat(12);
        let json = json!({"a": [1, {"b": null}], "c": [long, long], "d": {}});
        let expected = format!(
            "{{\n  \"a\": [1, {{\"b\": null}}],\n  \"c\": [\n    \"{long}\",\n    \"{long}\"\n  ],\n  \"d\": {{}}\n}}\n"
        );
        assert_eq!(pretty(&json), expected);
    }

    #[test]
    fn a_document_is_the_same_when_it_is_read_again() {
        let json = json!({"text": "a \"quoted\"\nline", "list": (0..200).collect::<Vec<_>>(), "none": []});
        let text = pretty(&json);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), json);
        assert!(text.lines().all(|line| line.len() <= LINE));
    }
}
