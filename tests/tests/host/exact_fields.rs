//! A host's own record may hold what ours compute with: exact percentages.

use nexa_core::{Entity, Id, Name, Rate, Record, Timestamp, testing::Office};
use nexa_tests::backends;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

/// A rebate of the host.
#[derive(Record, Clone, Debug, Default, Serialize, Deserialize)]
#[record(kind = "rebate", table = "rebates", access = work, index("rate"))]
struct Rebate {
    id: Id<Rebate>,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    deleted_at: Option<Timestamp>,
    /// Its name.
    #[record(editable)]
    name: Name,
    /// How much is taken off.
    #[record(editable)]
    rate: Rate,
    /// How much is taken off at most.
    #[record(editable)]
    most: Option<Rate>,
}

impl Entity for Rebate {}

#[test]
fn an_exact_percentage_is_kept_filtered_and_sorted_by_size() {
    for backend in backends::all() {
        let office = Office::empty(backend.store.clone(), nexa_core::builder().entity::<Rebate>());
        for (name, rate, most) in [
            ("tax", json!("8.875"), json!(null)),
            ("ten", json!(10), json!("12.5")),
            ("all", json!("100"), json!(100)),
            ("none", json!(0), json!(0)),
        ] {
            office.run("rebate.create", json!({"name": name, "rate": rate, "most": most}));
        }
        let found = |filter: Json| {
            let page = office.run("rebate.find", json!({"filter": filter, "sort": ["-rate"]}));
            let items = page["items"].as_array().unwrap().clone();
            items.into_iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(
            found(json!({"field": "rate", "op": "ge", "value": "8.875"})),
            ["all", "ten", "tax"],
            "{}",
            backend.name
        );
        assert_eq!(
            found(json!({"field": "rate", "op": "in", "value": [8.875, "0"]})),
            ["tax", "none"],
            "{}",
            backend.name
        );
        assert_eq!(found(json!({"field": "most", "op": "lt", "value": 12.6})), ["ten", "none"], "{}", backend.name);
        let page = office.run("rebate.find", json!({"filter": {"field": "name", "value": "tax"}}));
        assert_eq!((&page["items"][0]["rate"], &page["items"][0]["most"]), (&json!("8.875"), &json!(null)));
        for bad in [json!("100.01"), json!(-1), json!("8.87501"), json!("8 %")] {
            let refusal = office.run_as("admin", "rebate.create", json!({"name": "x", "rate": bad})).unwrap_err();
            assert_eq!((refusal.code(), refusal.params()["field"].as_str()), ("field.invalid", Some("rate")), "{bad}");
        }
        office.run("ledger.verify", json!({"rows": true}));
    }
}
