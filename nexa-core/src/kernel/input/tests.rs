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

/// The same structs, read by our own derive.
mod ours {
    use serde::Serialize;

    use super::{Json, Map, Row, Uuid};
    use crate::Input;

    #[derive(Debug, PartialEq, Serialize, Input)]
    #[serde(deny_unknown_fields)]
    pub(super) struct Shelf {
        name: String,
        #[serde(default)]
        rows: Vec<Row>,
        note: Option<Box<Shelf>>,
    }

    #[derive(Debug, PartialEq, Serialize, Input)]
    pub(super) struct Flat {
        id: Uuid,
        #[serde(flatten)]
        rest: Map<String, Json>,
    }

    #[derive(Debug, Default, PartialEq, Serialize, Input)]
    #[serde(default)]
    pub(super) struct Loose {
        system: String,
        #[serde(skip)]
        seen: bool,
        key: String,
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct LooseFlat {
    id: Uuid,
    #[serde(flatten)]
    rest: Map<String, Json>,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Loose {
    system: String,
    #[serde(skip)]
    seen: bool,
    key: String,
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

fn told<T: Serialize>(read: Result<T, Error>) -> Result<Json, String> {
    read.map(|value| json!(value)).map_err(|error| error.to_string())
}

fn same<T: DeserializeOwned + Serialize>() {
    same_but::<T>(|_| None);
}

/// A struct, which serde_json reads from a list as well. Schemas say that it is an object, and so no second reader is
/// compiled for each.
fn same_by_name<T: DeserializeOwned + Serialize>(name: &str) {
    same_but::<T>(|json| json.is_array().then(|| Err(format!("invalid type: sequence, expected struct {name}"))));
}

fn same_but<T: DeserializeOwned + Serialize>(own: impl Fn(&Json) -> Option<Result<Json, String>>) {
    for json in given() {
        let wanted = own(&json).unwrap_or_else(|| told(serde_json::from_value::<T>(json.clone())));
        assert_eq!(told(value::<T>(&json)), wanted, "{json}");
        if let Json::String(word) = &json {
            assert_eq!(told(super::given::<T>(Given::Text(word))), wanted, "{json}");
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
    same_by_name::<Shelf>("Shelf");
    same::<Row>();
    same::<Flat>();
    same::<Either>();
    same::<crate::Email>();
    same::<crate::Tags>();
    same_by_name::<crate::Address>("Address");
    same::<crate::Signals>();
    same::<crate::Timestamp>();
    same_by_name::<crate::values::Money>("Money");
    same::<crate::kernel::filter::Filter>();
}

#[test]
fn our_own_derive_reads_and_refuses_as_that_of_serde() {
    for json in given().into_iter().chain([json!({"system": "shop", "more": [1]}), json!({"system": 1})]) {
        assert_eq!(told(value::<ours::Shelf>(&json)), told(value::<Shelf>(&json)), "{json}");
        assert_eq!(told(value::<ours::Loose>(&json)), told(value::<Loose>(&json)), "{json}");
        let (own, of_serde) = (told(value::<ours::Flat>(&json)), told(value::<LooseFlat>(&json)));
        assert_eq!(own, of_serde.map_err(|problem| problem.replace("LooseFlat", "Flat")), "{json}");
    }
    let twice = r#"{"name": "A", "name": "B"}"#;
    let refused = |problem: Error| problem.to_string();
    assert_eq!(
        serde_json::from_str::<ours::Shelf>(twice).map_err(refused),
        Err("duplicate field `name` at line 1 column 20".to_owned())
    );
}

#[test]
fn a_problem_is_told_with_its_place() {
    for (json, place) in [
        (json!(1), ""),
        (json!({"rows": []}), ""),
        (json!({"name": 1}), "name"),
        (json!({"name": "A", "color": 1}), "color"),
        (json!({"name": "A", "rows": [{"books": 1}, {"books": 700}]}), "rows[1].books"),
        (json!({"name": "A", "rows": ["shut"]}), "rows[0]"),
        (json!({"name": "A", "rows": [{"box": {"depth": "deep"}}]}), "rows[0].box.depth"),
        (json!({"name": "A", "rows": [{"pair": [1, 2]}]}), "rows[0].pair[1]"),
        (json!({"name": "A", "note": {"name": "B", "note": {}}}), "note.note"),
    ] {
        assert_eq!(located::<Shelf>(&json).unwrap_err().path, place, "{json}");
        assert_eq!(located::<ours::Shelf>(&json).unwrap_err().path, place, "{json}");
    }
}
