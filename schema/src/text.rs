//! Names and prose, whatever language they are written into.

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
