//! Whether an answer matches what a story expects; see `tests/stories/README.md`.

use serde_json::Value as Json;

/// The first place where the answer does not match, in words.
pub(super) fn mismatch(answer: &Json, pattern: &Json, place: &str) -> Option<String> {
    match pattern {
        Json::Object(map) if map.contains_key("$some") => answer.is_null().then(|| format!("{place} should be there")),
        Json::Object(map) if map.contains_key("$length") => {
            let wanted = map.get("$length").and_then(Json::as_u64).unwrap_or_default();
            let found = answer.as_array().map(|list| list.len() as u64);
            (found != Some(wanted)).then(|| format!("{place} should have {wanted} entries, not {found:?}"))
        }
        Json::Object(map) if map.contains_key("$has") => {
            let wanted = map.get("$has").and_then(Json::as_array).cloned().unwrap_or_default();
            let Some(list) = answer.as_array() else { return Some(format!("{place} should be a list, not {answer}")) };
            let free = vec![true; list.len()];
            (!assigned(list, &wanted, free)).then(|| format!("{place} should have all of {wanted:?}, but is {answer}"))
        }
        Json::Object(map) => map.iter().find_map(|(name, inner)| {
            let own = answer.get(name).unwrap_or(&Json::Null);
            mismatch(own, inner, &format!("{place}.{name}"))
        }),
        Json::Array(patterns) => {
            let Some(list) = answer.as_array() else { return Some(format!("{place} should be a list, not {answer}")) };
            if list.len() != patterns.len() {
                return Some(format!("{place} should have {} entries, not {}", patterns.len(), list.len()));
            }
            list.iter()
                .zip(patterns)
                .enumerate()
                .find_map(|(index, (own, inner))| mismatch(own, inner, &format!("{place}.{index}")))
        }
        plain => (answer != plain).then(|| format!("{place} should be {plain}, not {answer}")),
    }
}

/// Whether every pattern finds an entry of its own.
fn assigned(list: &[Json], wanted: &[Json], free: Vec<bool>) -> bool {
    let Some((first, rest)) = wanted.split_first() else { return true };
    list.iter().enumerate().any(|(index, entry)| {
        let mut left = free.clone();
        match left.get_mut(index) {
            Some(slot) if *slot && mismatch(entry, first, "").is_none() => *slot = false,
            _ => return false,
        }
        assigned(list, rest, left)
    })
}
