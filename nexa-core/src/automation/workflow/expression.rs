//! Values in the arguments of steps: `{{ record.owner }}`, `{{ now + PT24H }}`.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::kernel::value::period::Period;

/// A value that an argument names: a path, and how long before or after it.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::automation) struct Expression {
    /// What it is written as, without blanks around it.
    pub(in crate::automation) text: String,
    /// The root and the names below it.
    pub(in crate::automation) path: Vec<String>,
    /// How long after it.
    pub(in crate::automation) plus: Option<Period>,
}

impl Expression {
    /// Reads what stands between the braces.
    pub(in crate::automation) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut parts = text.split_ascii_whitespace();
        let path: Vec<String> = parts.next()?.split('.').map(str::to_owned).collect();
        let plain =
            |name: &String| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
        if !path.iter().all(plain) {
            return None;
        }
        let plus = match (parts.next(), parts.next(), parts.next()) {
            (None, ..) => None,
            (Some("+"), Some(period), None) => Some(Period::parse(period)?),
            (Some("-"), Some(period), None) if period.starts_with('P') => Some(Period::parse(&format!("-{period}"))?),
            _ => return None,
        };
        Some(Self { text: text.to_owned(), path, plus })
    }
    /// The root.
    pub(in crate::automation) fn root(&self) -> &str {
        self.path.first().map_or("", String::as_str)
    }
}

/// The values that expressions have, by their texts.
pub(in crate::automation) type Known = BTreeMap<String, Json>;

/// What stands between `{{` and `}}` in a text, with the text before each, and what is left behind the last; none where braces are not
/// closed.
fn pieces(text: &str) -> Option<(Vec<(&str, &str)>, &str)> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some((before, opened)) = rest.split_once("{{") {
        let (inner, after) = opened.split_once("}}")?;
        found.push((before, inner.trim()));
        rest = after;
    }
    Some((found, rest))
}

/// All texts between braces in a value; an error is the text that cannot be read.
pub(in crate::automation) fn named(value: &Json, into: &mut Vec<Expression>) -> Result<(), String> {
    match value {
        Json::String(text) => {
            let (found, _) = pieces(text).ok_or_else(|| text.clone())?;
            for (_, inner) in found {
                into.push(Expression::parse(inner).ok_or_else(|| inner.to_owned())?);
            }
            Ok(())
        }
        Json::Array(items) => items.iter().try_for_each(|item| named(item, into)),
        Json::Object(map) => map.values().try_for_each(|item| named(item, into)),
        _ => Ok(()),
    }
}

/// The value with what its expressions are, or the expression for which there is no text.
pub(in crate::automation) fn filled(value: &Json, known: &Known) -> Result<Json, String> {
    Ok(match value {
        Json::String(text) => {
            let (found, rest) = pieces(text).unwrap_or_default();
            match found.as_slice() {
                [] => value.clone(),
                [("", inner)] if rest.is_empty() => known.get(*inner).cloned().unwrap_or(Json::Null),
                several => {
                    let mut filled = String::with_capacity(text.len());
                    for (before, inner) in several {
                        filled.push_str(before);
                        match known.get(*inner) {
                            Some(Json::String(text)) => filled.push_str(text),
                            None | Some(Json::Null) => return Err((*inner).to_owned()),
                            // What has a name reads as its name; money as its amount and currency.
                            Some(Json::Object(map)) => filled.push_str(&of_object(map).ok_or(*inner)?),
                            Some(other) => filled.push_str(&other.to_string()),
                        }
                    }
                    filled.push_str(rest);
                    Json::String(filled)
                }
            }
        }
        Json::Array(items) => Json::Array(items.iter().map(|item| filled(item, known)).collect::<Result<_, _>>()?),
        Json::Object(map) => {
            let each = map.iter().map(|(name, item)| Ok((name.clone(), filled(item, known)?)));
            Json::Object(each.collect::<Result<Map<_, _>, String>>()?)
        }
        other => other.clone(),
    })
}

/// An object as text, where there is a way to read it.
fn of_object(map: &Map<String, Json>) -> Option<String> {
    match (map.get("amount"), map.get("currency")) {
        (Some(Json::String(amount)), Some(Json::String(currency))) => Some(format!("{amount} {currency}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known() -> Known {
        let values = [
            ("record.name", json!("Acme {{ Corp }}")),
            ("record.amount", json!({"amount": "50000.00", "currency": "USD"})),
            ("record.owner", Json::Null),
            ("record.score", json!(85)),
        ];
        values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    #[test]
    fn a_text_that_is_one_expression_keeps_the_type_of_its_value() {
        let with =
            json!({"amount": "{{ record.amount }}", "owner": "{{record.owner}}", "list": ["{{ record.score }}"]});
        let expected = json!({"amount": {"amount": "50000.00", "currency": "USD"}, "owner": null, "list": [85]});
        assert_eq!(filled(&with, &known()).unwrap(), expected);
    }

    #[test]
    fn a_longer_text_takes_values_as_text_and_never_says_null() {
        let text = json!("{{ record.name }} ({{ record.amount }}), {{ record.score }}");
        assert_eq!(filled(&text, &known()).unwrap(), json!("Acme {{ Corp }} (50000.00 USD), 85"));
        assert_eq!(filled(&json!("For {{ record.owner }}"), &known()), Err("record.owner".to_owned()));
    }

    #[test]
    fn an_expression_is_a_path_with_a_period() {
        let read = Expression::parse(" now + PT24H ").unwrap();
        assert_eq!((read.root(), read.plus), ("now", Period::parse("PT24H")));
        let before = Expression::parse("record.end_date - P30D").unwrap();
        assert_eq!((before.path.len(), before.plus), (2, Period::parse("-P30D")));
        for wrong in ["", "record..name", "now + 24", "now * P1D", "record.name()", "now + P1D + P1D", "now - -P1D"] {
            assert_eq!(Expression::parse(wrong), None, "{wrong}");
        }
        assert!(named(&json!("{{ record.name"), &mut Vec::new()).is_err());
    }
}
