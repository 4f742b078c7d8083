//! The values that callers give are read and refused as by serde_json, in words that know nothing of the library.

use nexa_core::{Address, Email, Money, Signals, Tags, kernel::input};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value as Json, json};

fn given() -> Vec<Json> {
    vec![
        json!(null),
        json!(true),
        json!(7),
        json!(-7),
        json!(0.5),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("sarah@acme.example"),
        json!([]),
        json!([1, 2]),
        json!(["a", "b"]),
        json!(["a", [], null]),
        json!({}),
        json!({"amount": "12.50", "currency": "EUR"}),
        json!({"amount": "12.50"}),
        json!({"amount": "much", "currency": "EUR"}),
        json!({"city": "Berlin", "country": "DE"}),
        json!({"city": 1}),
        json!({"color": 1}),
        json!({"attended": true, "score": 7, "note": "x"}),
        json!({"attended": {"more": 1}}),
    ]
}

fn same_but<T: DeserializeOwned + Serialize>(refused: impl Fn(&Json) -> bool) {
    for json in given() {
        let wanted =
            serde_json::from_value::<T>(json.clone()).ok().filter(|_| !refused(&json)).map(|value| json!(value));
        let read = input::value::<T>(&json).map(|value| json!(value));
        if let Err(problem) = &read {
            let said = problem.to_string();
            for word in ["expected", "`", "::", "struct", "enum", "u8", "variant", "line 1"] {
                assert!(!said.contains(word), "{said}");
            }
        }
        assert_eq!(read.ok(), wanted, "{json}");
    }
}

#[test]
fn values_are_read_and_refused_as_by_serde_json() {
    same_but::<Email>(|_| false);
    same_but::<Tags>(|_| false);
    same_but::<Signals>(|_| false);
    // A struct, which serde_json reads from a list as well.
    same_but::<Address>(Json::is_array);
    same_but::<Money>(Json::is_array);
}
