//! The catalog in pieces: a file for each group of operations, and one for what several have in common.
//!
//! Each has the form of the whole, which is the union of all of them.

#![allow(clippy::indexing_slicing, reason = "what is not there in a JSON document reads as null, and never panics")]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use crate::{catalog::Catalog, text::pretty};

/// The file of what belongs to no kind alone.
const COMMON: &str = "common";

/// The files by their names in the folder.
pub(crate) fn files(catalog: &Catalog) -> Vec<(String, String)> {
    pieces(catalog).into_iter().map(|(group, piece)| (format!("{group}.json"), pretty(&piece))).collect()
}

fn pieces(catalog: &Catalog) -> BTreeMap<String, Json> {
    let groups: BTreeSet<String> = catalog.operations().into_keys().collect();
    let mut pieces: BTreeMap<String, Map<String, Json>> = BTreeMap::new();
    let users = users(catalog);
    for (part, whole) in catalog.json.as_object().into_iter().flatten() {
        let Json::Object(entries) = whole else {
            // Such as the number of the format.
            pieces.entry(COMMON.to_owned()).or_default().insert(part.clone(), whole.clone());
            continue;
        };
        for (name, entry) in entries {
            let group = match part.as_str() {
                "$defs" => home(catalog, &users, name),
                // A kind, an operation or a code is of the group that its name begins with.
                _ => name.split('.').next().filter(|group| groups.contains(*group)).unwrap_or(COMMON),
            };
            let piece = pieces.entry(group.to_owned()).or_default();
            let part = piece.entry(part.clone()).or_insert_with(|| Json::Object(Map::new()));
            part[name] = entry.clone();
        }
    }
    pieces.into_iter().map(|(group, piece)| (group, Json::Object(piece))).collect()
}

/// The group that a definition is in.
fn home<'a>(catalog: &'a Catalog, users: &'a BTreeMap<String, BTreeSet<String>>, name: &str) -> &'a str {
    if let Some(kind) = catalog.kind_of_record(name) {
        return &kind.name;
    }
    match users.get(name).map(|groups| groups.iter().collect::<Vec<_>>()).as_deref() {
        Some([only]) => only,
        _ => COMMON,
    }
}

/// The groups that come by each definition, from their operations and records.
fn users(catalog: &Catalog) -> BTreeMap<String, BTreeSet<String>> {
    let mut users = BTreeMap::new();
    for (group, operations) in catalog.operations() {
        for (_, operation) in &operations {
            follow(catalog, &group, operation, &mut users);
        }
        if let Some(kind) = catalog.kind(&group) {
            follow(catalog, &group, catalog.def(&kind.record), &mut users);
        }
    }
    users
}

fn follow(catalog: &Catalog, group: &str, json: &Json, users: &mut BTreeMap<String, BTreeSet<String>>) {
    match json {
        Json::Array(all) => all.iter().for_each(|one| follow(catalog, group, one, users)),
        Json::Object(all) => {
            if let Some(name) = crate::catalog::reference(json) {
                let new = users.entry(name.to_owned()).or_default().insert(group.to_owned());
                // What a record is made of is its own group's.
                if new && catalog.kind_of_record(name).is_none_or(|kind| kind.name == group) {
                    follow(catalog, group, catalog.def(name), users);
                }
            }
            all.values().for_each(|one| follow(catalog, group, one, users));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::{COMMON, pieces};
    use crate::catalog::Catalog;

    fn catalog() -> Catalog {
        Catalog::read(&nexa_crm::catalog_json().unwrap()).unwrap()
    }

    #[test]
    fn the_pieces_are_the_whole_and_have_nothing_twice() {
        let catalog = catalog();
        let mut whole = serde_json::Map::new();
        for piece in pieces(&catalog).into_values() {
            for (part, entries) in piece.as_object().unwrap() {
                let Json::Object(entries) = entries else {
                    assert!(whole.insert(part.clone(), entries.clone()).is_none());
                    continue;
                };
                let all = whole.entry(part.clone()).or_insert_with(|| serde_json::json!({}));
                for (name, entry) in entries {
                    assert!(all.as_object_mut().unwrap().insert(name.clone(), entry.clone()).is_none(), "{name}");
                }
            }
        }
        assert_eq!(Json::Object(whole), catalog.json);
    }

    #[test]
    fn what_is_a_kind_s_own_is_in_its_file() {
        let catalog = catalog();
        let pieces = pieces(&catalog);
        let lead = &pieces["lead"];
        for (part, name) in [
            ("kinds", "lead"),
            ("operations", "lead.qualify"),
            ("codes", "lead.not_contacted"),
            ("$defs", "Lead"),
            ("$defs", "Page_of_Lead"),
            ("$defs", "Conversion"),
        ] {
            assert!(!lead[part][name].is_null(), "{part} {name}");
        }
        assert_eq!(lead["kinds"].as_object().unwrap().len(), 1);
        for (part, name) in [("$defs", "ExternalKey"), ("codes", "access.denied")] {
            assert!(!pieces[COMMON][part][name].is_null(), "{part} {name}");
        }
    }
}
