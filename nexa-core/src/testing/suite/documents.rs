//! Filters that look into maps and lists.

use serde_json::json;

use super::{
    filters::{found, not},
    toys::{Toy, column, labels, toy, traits},
    unit::{insert, put},
};
use crate::kernel::{
    filter::{Comparison, Predicate},
    store::Store,
};

/// Keys of a map compare with values of their own JSON type; all else is unknown.
pub fn keys_of_a_map(store: &dyn Store) {
    let made = |number, json| Toy { custom: traits(json), ..toy(number, "toy") };
    put(
        store,
        vec![
            insert(&made(1, json!({"x": 1, "a.b": "dot", "q\"uote": 1}))),
            insert(&made(2, json!({"x": 2.5}))),
            insert(&made(3, json!({"x": "1"}))),
            insert(&made(4, json!({"x": true}))),
            insert(&made(5, json!({"x": null}))),
            insert(&made(6, json!({"y": 1}))),
            insert(&toy(7, "nothing")),
            insert(&made(8, json!({"x": [1]}))),
            insert(&made(9, json!({"x": "Z"}))),
            insert(&made(10, json!({"x": false}))),
        ],
    );
    let key = |key: &str, comparison, value| Predicate::Key(column("custom"), key.to_owned(), comparison, value);
    for (filter, expected) in [
        (key("x", Comparison::Eq, json!(1)), vec![1]),
        (key("x", Comparison::Eq, json!(1.0)), vec![1]),
        (key("x", Comparison::Gt, json!(1)), vec![2]),
        (key("x", Comparison::Ne, json!(1)), vec![2]),
        (key("x", Comparison::Le, json!(2.5)), vec![1, 2]),
        (not(key("x", Comparison::Eq, json!(1))), vec![2]),
        (key("x", Comparison::Eq, json!("1")), vec![3]),
        (key("x", Comparison::Gt, json!("1")), vec![9]),
        (key("x", Comparison::Lt, json!("a")), vec![3, 9]),
        (key("x", Comparison::Eq, json!(true)), vec![4]),
        (key("x", Comparison::Ne, json!(true)), vec![10]),
        (key("x", Comparison::Eq, json!(null)), vec![]),
        (key("a.b", Comparison::Eq, json!("dot")), vec![1]),
        (key("q\"uote", Comparison::Eq, json!(1)), vec![1]),
        (key("a", Comparison::Eq, json!("dot")), vec![]),
        (Predicate::KeyIsNull(column("custom"), "x".to_owned()), vec![5, 6, 7]),
        (not(Predicate::KeyIsNull(column("custom"), "x".to_owned())), vec![1, 2, 3, 4, 8, 9, 10]),
        (Predicate::IsNull(column("custom")), vec![7]),
    ] {
        assert_eq!(found(store, filter.clone()), expected, "{filter:?}");
    }
}

/// A list holds an entry exactly, or does not hold it; nothing about it is unknown.
pub fn entries_of_a_list(store: &dyn Store) {
    let tagged = |number, tags: &[&str]| Toy { tags: labels(tags), aliases: labels(tags), ..toy(number, "toy") };
    put(
        store,
        vec![
            insert(&tagged(1, &["red", "soft"])),
            insert(&tagged(2, &["Red"])),
            insert(&tagged(3, &["infrared", "it's", "a\"b\\c", "1"])),
            insert(&toy(4, "untagged")),
        ],
    );
    for path in ["tags", "aliases"] {
        let has = |entry: &str| Predicate::Has(column(path), entry.to_owned());
        for (filter, expected) in [
            (has("red"), vec![1]),
            (has("Red"), vec![2]),
            (has("it's"), vec![3]),
            (has("a\"b\\c"), vec![3]),
            (has("1"), vec![3]),
            (has("re"), vec![]),
            (has(""), vec![]),
            (not(has("red")), vec![2, 3, 4]),
            (Predicate::And(vec![has("red"), has("soft")]), vec![1]),
            (Predicate::Or(vec![has("soft"), has("Red")]), vec![1, 2]),
        ] {
            assert_eq!(found(store, filter.clone()), expected, "{filter:?}");
        }
    }
}
