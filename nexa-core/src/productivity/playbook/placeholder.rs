//! The few values that texts of a playbook may name.

use std::collections::BTreeMap;

/// What a text may name.
pub(super) const NAMES: &[&str] = &["account.name", "deal.name", "contact.name"];

/// The names in a text between `{{` and `}}`.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).map(|rest| rest.split("}}").next().unwrap_or_default().trim())
}

/// The text with its values, or the name for which there is none.
pub(super) fn filled<'t>(text: &'t str, values: &BTreeMap<&str, String>) -> Result<String, &'t str> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, named)) = rest.split_once("{{") {
        let (name, after) = named.split_once("}}").unwrap_or((named, ""));
        filled.push_str(before);
        filled.push_str(values.get(name.trim()).ok_or(name.trim())?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_the_values_that_it_names() {
        let values = BTreeMap::from([("account.name", "Acme {{ Corp }}".to_owned())]);
        assert_eq!(filled("{{ account.name }} - Kickoff", &values).unwrap(), "Acme {{ Corp }} - Kickoff");
        assert_eq!(filled("For {{deal.name}}", &values), Err("deal.name"));
        assert_eq!(filled("Plain } text", &values).unwrap(), "Plain } text");
        assert_eq!(names("{{ a.b }} and {{c}}").collect::<Vec<_>>(), ["a.b", "c"]);
    }
}
