//! Held against serde_json's own reading of documents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, json};
use uuid::Uuid;

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shelf {
    name: String,
    #[serde(default)]
    rows: Vec<Row>,
    note: Option<Box<Shelf>>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Row {
    Empty,
    Books(u8),
    Pair(u8, String),
    Box { depth: i16, ratio: f64 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flat {
    id: Uuid,
    #[serde(flatten)]
    rest: BTreeMap<String, i64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Either {
    Id(Uuid),
    Pair { system: String, key: String },
}

fn given() -> Vec<Json> {
    let id = "0190a5d2-0000-7000-8000-000000000001";
    let row = json!({"box": {"depth": -3, "ratio": 0.5}});
    vec![
        json!(null),
        json!(true),
        json!(7),
        json!(-7),
        json!(300),
        json!(0.5),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("empty"),
        json!("books"),
        json!(id),
        json!([]),
        json!([1, 2]),
        json!(["a", "b"]),
        json!(["a", [], null]),
        json!(["a", [], null, 1]),
        json!([1, "a"]),
        json!({}),
        json!({"id": id, "a": 1}),
        json!({"id": id, "a": "b"}),
        json!({"id": 5}),
        json!({"system": "shop", "key": "7"}),
        json!({"empty": null}),
        json!({"empty": 1}),
        json!({"books": 7}),
        json!({"books": 700}),
        json!({"books": 7, "empty": null}),
        json!({"pair": [1, "a"]}),
        json!({"pair": [1]}),
        json!({"pair": 1}),
        json!({"box": 1}),
        row.clone(),
        json!({"box": {"depth": 1}}),
        json!({"name": "A"}),
        json!({"name": "A", "rows": [row, "empty", {"books": 1}], "note": {"name": "B", "note": null}}),
        json!({"name": "A", "color": 1}),
        json!({"name": 1}),
    ]
}

/// What was read; of what cannot be read that it cannot, in words that know nothing of the library.
fn read<T: Serialize, E: ToString>(read: Result<T, E>) -> Option<Json> {
    read.map(|value| json!(value)).ok()
}

fn ours<T: DeserializeOwned + Serialize>(given: Given<'_>) -> Option<Json> {
    let read = super::given::<T>(given).map(|value| json!(value));
    if let Err(problem) = &read {
        let said = problem.to_string();
        for word in ["expected", "`", "::", "struct", "enum", "u8", "i16", "variant", "UUID parsing", "line 1"] {
            assert!(!said.contains(word), "{said}");
        }
    }
    read.ok()
}

fn same<T: DeserializeOwned + Serialize>() {
    same_but::<T>(|_| false);
}

/// A struct, which serde_json reads from a list as well. Schemas say that it is an object, and so no second reader is
/// compiled for each.
fn same_by_name<T: DeserializeOwned + Serialize>() {
    same_but::<T>(Json::is_array);
}

fn same_but<T: DeserializeOwned + Serialize>(refused: impl Fn(&Json) -> bool) {
    for json in given() {
        let wanted = if refused(&json) { None } else { read(serde_json::from_value::<T>(json.clone())) };
        assert_eq!(ours::<T>(Given::Json(&json)), wanted, "{json}");
        if let Json::String(word) = &json {
            assert_eq!(ours::<T>(Given::Text(word)), wanted, "{json}");
        }
    }
}

#[test]
fn everything_is_read_and_refused_as_by_serde_json() {
    same::<bool>();
    same::<u8>();
    same::<i64>();
    same::<f64>();
    same::<String>();
    same::<Uuid>();
    same::<Option<u8>>();
    same::<Vec<u8>>();
    same::<(u8, String)>();
    same::<()>();
    same::<Json>();
    same::<Map<String, Json>>();
    same::<BTreeMap<String, i64>>();
    same_by_name::<Shelf>();
    same::<Row>();
    same::<Flat>();
    same::<Either>();
    same::<crate::Timestamp>();
    same::<crate::filter::Filter>();
}

#[test]
fn a_problem_says_what_to_give() {
    for (json, problem) in [
        (json!({"name": 1}), "name: give a text, not a number"),
        (json!({"rows": []}), "name: it is missing; give it"),
        (json!({"name": "A", "rows": [{"books": 700}]}), "rows[0].books: give a whole number from 0 to 255"),
        (
            json!({"name": "A", "rows": [{"books": "x"}]}),
            "rows[0].books: give a whole number from 0 to 255, not a text",
        ),
        (json!({"name": "A", "rows": ["shut"]}), "rows[0]: give one of empty, books, pair, box"),
        (json!({"name": "A", "color": 1}), "color: nothing goes by this name; there is name, rows, note"),
        (json!([1]), "give an object, not a list"),
    ] {
        assert_eq!(value::<Shelf>(&json).unwrap_err().to_string(), problem, "{json}");
    }
    let problem = |json: &str| text::<Json>(json).unwrap_err().to_string();
    assert_eq!(problem("{"), "this is no JSON, as its end is missing");
    assert_eq!(problem("{]"), "this is no JSON; give a JSON document");
    assert_eq!(problem(&"[".repeat(500)), "it is nested too deep; give less than 128 levels");
}

#[test]
fn a_problem_is_reported_with_its_place() {
    for (json, place) in [
        (json!(1), ""),
        (json!({"rows": []}), "name"),
        (json!({"name": 1}), "name"),
        (json!({"name": "A", "color": 1}), "color"),
        (json!({"name": "A", "rows": [{"books": 1}, {"books": 700}]}), "rows[1].books"),
        (json!({"name": "A", "rows": ["shut"]}), "rows[0]"),
        (json!({"name": "A", "rows": [{"box": {"depth": "deep"}}]}), "rows[0].box.depth"),
        (json!({"name": "A", "rows": [{"pair": [1, 2]}]}), "rows[0].pair[1]"),
        (json!({"name": "A", "note": {"name": "B", "note": {}}}), "note.note.name"),
    ] {
        assert_eq!(value::<Shelf>(&json).unwrap_err().path, place, "{json}");
    }
}
