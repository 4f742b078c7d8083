//! Filters that look into maps and lists.

use serde_json::json;

use super::{
    filters::{found, not},
    toys::{Names, Toy, ToyBox, column, labels, name_of, second, toy, toy_box, traits, uuid},
    unit::{ORG, aggregate, get, head, insert, numbers, put, remove, select, update, write},
};
use crate::{
    Id, Record,
    error::codes,
    filter::{Comparison, Predicate},
    record::{Row, entry},
    store::{Aggregate, Batch, Change, Entry, Group, Measure, Select, Store, Trash, WriteRequest},
    value::Value,
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

/// An indexed key is one of a list of texts; without a text it is unknown. The index knows live rows only, so the trash has to be
/// read from the rows.
pub fn indexed_keys(store: &dyn Store) {
    let made = |number, json| Toy { custom: traits(json), ..toy(number, "toy") };
    let gone = Toy { deleted_at: Some(second(1)), ..made(7, json!({"x": "a"})) };
    let first = made(1, json!({"x": "a", "y": "b"}));
    put(
        store,
        vec![
            insert(&first),
            insert(&made(2, json!({"x": "b"}))),
            insert(&made(3, json!({"x": "A"}))),
            insert(&made(4, json!({"x": 1}))),
            insert(&made(5, json!({"x": null, "y": "a"}))),
            insert(&toy(6, "nothing")),
            insert(&gone),
            insert(&Toy { like: Some(Id::new(uuid(1))), ..toy(8, "likes the first") }),
            insert(&Toy { like: Some(Id::new(uuid(7))), ..toy(9, "likes the one that is gone") }),
        ],
    );
    let x = |texts: &[&str]| {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Predicate::Indexed(column("custom"), "x".to_owned(), texts)
    };
    let likes = |filter| Predicate::Through(column("like"), Toy::def(), Box::new(filter));
    let many: Vec<String> = (0..100).map(|number| format!("{number}")).chain(["b".to_owned()]).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for (filter, expected) in [
        (x(&["a"]), vec![1]),
        (x(&["a", "b", "a"]), vec![1, 2]),
        (x(&many), vec![2]),
        (x(&[]), vec![]),
        (not(x(&[])), vec![1, 2, 3, 4, 5, 6, 8, 9]),
        (not(x(&["a"])), vec![2, 3]),
        (not(not(x(&["a"]))), vec![1]),
        (not(Predicate::Or(vec![x(&["a"]), x(&["b"])])), vec![3]),
        (Predicate::Or(vec![x(&["a"]), Predicate::IsNull(column("custom"))]), vec![1, 6, 8, 9]),
        (Predicate::And(vec![x(&["a", "b"]), not(x(&["b"]))]), vec![1]),
        (likes(x(&["a"])), vec![8]),
        (not(likes(x(&["a"]))), vec![1, 2, 3, 4, 5, 6, 9]),
    ] {
        assert_eq!(found(store, filter.clone()), expected, "{filter:?}");
    }
    for (trash, expected) in [(Trash::Trashed, vec![7]), (Trash::Any, vec![1, 7])] {
        let query = Select { trash, ..Select::all(Toy::def(), 10) };
        assert_eq!(numbers(Toy::def(), &select(store, ORG, query.filtered(x(&["a"])))), expected, "{trash:?}");
    }
    // The index follows its rows.
    put(store, vec![update(&first, &made(1, json!({"x": "b"}))), remove(&made(2, json!({"x": "b"})))]);
    assert_eq!((found(store, x(&["a"])), found(store, x(&["b"]))), (vec![], vec![1]));
}

/// Where a row becomes what it was, its entries come and go, and nothing else: no version, no event.
pub fn entries_change_alone(store: &dyn Store) {
    let bear = Toy { custom: traits(json!({"x": "a"})), ..toy(1, "bear") };
    let row = bear.to_row();
    // As if the key had not been indexed so far.
    let bare = Change { of: Toy::def(), before: None, after: Some(row.clone()), add: Vec::new(), remove: Vec::new() };
    put(store, vec![bare]);
    let before = head(store, ORG);
    let entries = vec![Entry::Value("custom.x".to_owned(), "a".to_owned()), Entry::Term("teddy".to_owned(), 1)];
    let only = |add: &[Entry], remove: &[Entry]| Change {
        of: Toy::def(),
        before: Some(row.clone()),
        after: Some(row.clone()),
        add: add.to_vec(),
        remove: remove.to_vec(),
    };
    let write_entries = |change: Change| {
        write(store, WriteRequest::new(ORG), move |tx| {
            let changes = vec![change.clone()];
            Box::pin(async move { tx.apply(Batch { changes, ..Batch::default() }).await })
        })
    };
    let x = || Predicate::Indexed(column("custom"), "x".to_owned(), vec!["a".to_owned()]);
    let teddy = || select(store, ORG, Select::all(Toy::def(), 10).searched(vec!["teddy".into()])).len();
    write_entries(only(&entries, &[])).unwrap();
    assert_eq!((found(store, x()), teddy()), (vec![1], 1));
    write_entries(only(&[], &entries)).unwrap();
    assert_eq!(teddy(), 0);
    assert_eq!((head(store, ORG), get::<Toy>(store, ORG, uuid(1))), (before, Some(bear.clone())));
    // The row must still be as it was seen.
    put(store, vec![update(&bear, &Toy { pieces: 2, ..bear.clone() })]);
    let error = write_entries(only(&entries, &[])).unwrap_err();
    assert!(error.is(&codes::VERSION_CONFLICT), "{error:?}");
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
        let has = |entry: &str| Predicate::Has(column(path), vec![entry.to_owned()]);
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
            (Predicate::Has(column(path), vec!["soft".to_owned(), "red".to_owned(), "Red".to_owned()]), vec![1, 2]),
            (Predicate::Has(column(path), Vec::new()), vec![]),
        ] {
            assert_eq!(found(store, filter.clone()), expected, "{filter:?}");
        }
    }
}

/// A list that names records leads to them, live ones of one kind; things of the host are entries as well.
pub fn lists_name_records(store: &dyn Store) {
    let (of_toy, of_box) = (|number| entry("toy", uuid(number)), |number| entry("toy_box", uuid(number)));
    let host = || json!({"host": {"id": "7"}});
    let near = |number, names: &[serde_json::Value]| Toy { near: Names(names.to_vec()), ..toy(number, "toy") };
    let trashed = Toy { deleted_at: Some(second(1)), ..toy(4, "gone") };
    put(
        store,
        vec![
            insert(&toy_box(9, "attic")),
            insert(&toy(1, "alone")),
            insert(&near(2, &[name_of("toy", 1), name_of("toy_box", 9)])),
            insert(&near(3, &[name_of("toy", 4), host(), name_of("toy_box", 8)])),
            insert(&trashed),
        ],
    );
    let list = column("near");
    let through = |of, filter| Predicate::Through(list, of, Box::new(filter));
    let names = |kinds: &[&str]| Predicate::Names(list, kinds.iter().map(|kind| (*kind).to_owned()).collect());
    let named = |name: &str| Predicate::Compare(column("name"), Comparison::Eq, Value::Text(name.to_owned()));
    for (filter, expected) in [
        (Predicate::Has(list, vec![of_toy(1)]), vec![2]),
        (Predicate::Has(list, vec![of_toy(4)]), vec![3]),
        (Predicate::Has(list, vec!["host:{\"id\":\"7\"}".to_owned()]), vec![3]),
        (Predicate::Has(list, vec![of_toy(1), of_box(8)]), vec![2, 3]),
        (through(Toy::def(), Predicate::always()), vec![2]),
        (through(Toy::def(), named("alone")), vec![2]),
        (through(Toy::def(), named("gone")), vec![]),
        (not(through(Toy::def(), named("alone"))), vec![1, 3]),
        (through(ToyBox::def(), Predicate::always()), vec![2]),
        (names(&["host"]), vec![3]),
        (names(&["toy_box"]), vec![2, 3]),
        (names(&["player", "host"]), vec![3]),
        (names(&["box", "toy_bo", ""]), vec![]),
        (names(&[]), vec![]),
    ] {
        assert_eq!(found(store, filter.clone()), expected, "{filter:?}");
    }
    // What a trashed toy is near to, it is found by as well.
    let before = near(3, &[name_of("toy", 4), host(), name_of("toy_box", 8)]);
    put(store, vec![update(&before, &Toy { version: 2, deleted_at: Some(second(2)), ..before.clone() })]);
    let query = Select::all(Toy::def(), 10).filtered(Predicate::Has(list, vec![of_toy(4)]));
    assert_eq!(numbers(Toy::def(), &select(store, ORG, Select { trash: Trash::Any, ..query })), [3]);
    assert!(found(store, Predicate::Has(list, vec![of_toy(4)])).is_empty());
}

/// As a whole, lists and maps compare, group and count by their texts.
pub fn documents_as_a_whole(store: &dyn Store) {
    let made = |number, tags: &[&str]| Toy { tags: labels(tags), ..toy(number, "toy") };
    put(
        store,
        vec![
            insert(&made(1, &["a"])),
            insert(&made(2, &["a", "b"])),
            insert(&made(3, &["a"])),
            insert(&toy(4, "untagged")),
            insert(&Toy { custom: traits(json!({"x": 1})), ..made(5, &["B"]) }),
        ],
    );
    let list = |text: &str| Value::Json(text.to_owned());
    let tags = column("tags");
    let many: Vec<Value> = (0..100).map(|number| list(&format!("[{number}]"))).chain([list(r#"["B"]"#)]).collect();
    for (filter, expected) in [
        (Predicate::Compare(tags, Comparison::Eq, list(r#"["a"]"#)), vec![1, 3]),
        (Predicate::Compare(tags, Comparison::Ne, list(r#"["a"]"#)), vec![2, 5]),
        (Predicate::Compare(tags, Comparison::Ge, list(r#"["a"]"#)), vec![1, 3]),
        (Predicate::In(tags, vec![list(r#"["a","b"]"#), list(r#"["B"]"#)]), vec![2, 5]),
        (not(Predicate::In(tags, vec![list(r#"["a"]"#)])), vec![2, 5]),
        (Predicate::In(tags, many), vec![5]),
        (Predicate::Compare(column("custom"), Comparison::Eq, list(r#"{"x":1}"#)), vec![5]),
    ] {
        assert_eq!(found(store, filter.clone()), expected, "{filter:?}");
    }
    let query = Aggregate {
        of: Toy::def(),
        filter: Predicate::always(),
        trash: Trash::Live,
        groups: vec![Group::Column(tags)],
        measures: vec![Measure::Count, Measure::Distinct(tags), Measure::Max(tags)],
        limit: 10,
    };
    let rows: Vec<Vec<Value>> = aggregate(store, ORG, query).unwrap().into_iter().map(Row::into_values).collect();
    let group =
        |tags: Value, count| vec![tags.clone(), Value::Int(count), Value::Int(i64::from(!tags.is_null())), tags];
    let expected =
        [group(list(r#"["B"]"#), 1), group(list(r#"["a","b"]"#), 1), group(list(r#"["a"]"#), 2), group(Value::Null, 1)];
    assert_eq!(rows, expected);
}
