//! Rows that come, change and go.

use serde_json::json;

use super::{
    toys::{
        Keeper, Paper, Player, Size, Toy, ToyBox, column, column_of, key, labels, player, second, toy, toy_box, traits,
        uuid,
    },
    unit::{ORG, OTHER, apply, get, head, insert, load, numbers, put, remove, update},
};
use crate::{
    Amount, Date, ExternalKey, Id, Record, Timestamp,
    error::codes,
    store::{Change, Key, Store},
    value::Value,
};

/// A row comes back with every value that it was written with: extremes, odd texts, and nothing at all.
pub fn all_values_come_back(store: &dyn Store) {
    let bare = toy(1, "");
    let full = Toy {
        note: Some("100% \\_'\"; -- \u{1f9f8} \u{0130}stanbul \u{202e}".to_owned()),
        serial: Some("  spaces kept  ".to_owned()),
        home: Some(Id::new(uuid(8))),
        place: Some(0),
        like: Some(Id::new(uuid(1))),
        size: Size::Large,
        keeper: Some(Keeper::Player(Id::new(uuid(9)))),
        pieces: i64::MAX,
        rating: Some(i64::MIN),
        loud: Some(false),
        bought: Date::from_ymd_opt(1969, 12, 31),
        played_at: Some(Timestamp::from_micros(-1)),
        price: Some(Amount::from_ten_thousandths(i64::MAX)),
        origin: Some(uuid(u128::MAX)),
        tags: labels(&["red", "it's", "{\"a\":1}", "a,b"]),
        aliases: labels(&["bear"]),
        custom: traits(json!({"age": 3, "ratio": 0.5, "soft": true, "text": "a\"b", "list": [1, null], "none": null})),
        manual: Some(Paper(json!({"pages": [{"text": "\u{e9}"}]}))),
        external_keys: vec![key("shop", "42"), key("shop", "43")],
        ..toy(2, "Ｔeddy")
    };
    let least = Toy {
        keeper: Some(Keeper::Box(Id::new(uuid(8)))),
        pieces: i64::MIN,
        loud: Some(true),
        bought: Date::from_ymd_opt(2024, 2, 29),
        price: Some(Amount::from_ten_thousandths(i64::MIN)),
        origin: Some(uuid(0)),
        deleted_at: Some(second(5)),
        ..toy(3, "least")
    };
    put(store, vec![insert(&toy_box(8, "Chest")), insert(&player(9, "Ada"))]);
    put(store, vec![insert(&bare), insert(&full), insert(&least)]);
    assert_eq!(get::<Toy>(store, ORG, uuid(1)), Some(bare));
    assert_eq!(get::<Toy>(store, ORG, uuid(2)).as_ref(), Some(&full));
    assert_eq!(get::<Toy>(store, ORG, uuid(3)), Some(least));
    let row = load(store, ORG, Toy::def(), Key::Column(0), vec![Value::Uuid(uuid(2))]).remove(0);
    assert_eq!(row, full.to_row(), "derived columns come back as well");
}

/// An update or a removal of another version than the stored one is refused, and changes nothing.
pub fn an_update_needs_the_version_it_saw(store: &dyn Store) {
    let first = toy(1, "first");
    put(store, vec![insert(&first)]);
    let second = Toy { name: "second".to_owned(), ..first.clone() };
    put(store, vec![update(&first, &second)]);
    let stored = get::<Toy>(store, ORG, uuid(1)).unwrap();
    assert_eq!((stored.version, stored.name.as_str()), (2, "second"));
    for late in [update(&first, &Toy { name: "late".to_owned(), ..first.clone() }), remove(&first)] {
        let error = apply(store, ORG, vec![late]).unwrap_err();
        assert!(error.is(&codes::VERSION_CONFLICT), "{error:?}");
    }
    assert_eq!(get::<Toy>(store, ORG, uuid(1)), Some(stored));
    let never = toy(2, "never there");
    let error = apply(store, ORG, vec![update(&never, &never)]).unwrap_err();
    assert!(error.is(&codes::VERSION_CONFLICT), "{error:?}");
    assert_eq!(head(store, ORG).seq, 2);
}

/// A removed row is found no more, by nothing; its id is free again.
pub fn a_removed_row_is_gone(store: &dyn Store) {
    let bear = Toy { serial: Some("s".to_owned()), external_keys: vec![key("shop", "1")], ..toy(1, "bear") };
    put(store, vec![insert(&bear)]);
    put(store, vec![remove(&bear)]);
    assert_eq!(get::<Toy>(store, ORG, uuid(1)), None);
    assert!(by_serial(store, "s").is_empty());
    assert!(by_key::<Toy>(store, "shop", "1").is_empty());
    let error = apply(store, ORG, vec![remove(&bear)]).unwrap_err();
    assert!(error.is(&codes::VERSION_CONFLICT), "{error:?}");
    put(store, vec![insert(&bear)]);
    assert_eq!(by_serial(store, "s"), [1]);
}

/// An id names one row of a kind and tenant; it may name a row of another kind.
pub fn an_id_is_taken_once(store: &dyn Store) {
    put(store, vec![insert(&toy(1, "one")), insert(&toy_box(1, "one"))]);
    let error = apply(store, ORG, vec![insert(&toy(1, "two"))]).unwrap_err();
    assert!(error.is(&codes::ID_TAKEN), "{error:?}");
    let error = apply(store, ORG, vec![insert(&toy(2, "two")), insert(&toy(2, "again"))]).unwrap_err();
    assert!(error.is(&codes::ID_TAKEN), "{error:?}");
    assert_eq!(get::<Toy>(store, ORG, uuid(1)).unwrap().name, "one");
    assert_eq!(get::<Toy>(store, ORG, uuid(2)), None);
}

/// A unique holds among live rows: the trash frees a value, and coming back from it checks again. Nulls are free.
pub fn uniques_hold_among_live_rows(store: &dyn Store) {
    let attic = toy_box(1, "Attic");
    put(store, vec![insert(&attic), insert(&toy(1, "no serial")), insert(&toy(2, "no serial"))]);
    refused_as_taken(store, vec![insert(&toy_box(2, "ATTIC"))], "toy_box.label_taken", "toy_box", "label");
    let cellar = toy_box(3, "Cellar");
    put(store, vec![insert(&cellar)]);
    let renamed = ToyBox { label: "attic".to_owned(), ..cellar.clone() };
    refused_as_taken(store, vec![update(&cellar, &renamed)], "toy_box.label_taken", "toy_box", "label");

    let trashed = ToyBox { deleted_at: Some(second(1)), ..attic.clone() };
    put(store, vec![update(&attic, &trashed)]);
    let successor = toy_box(2, "ATTIC");
    put(store, vec![insert(&successor)]);
    let trashed = ToyBox { version: 2, ..trashed };
    let restored = ToyBox { deleted_at: None, ..trashed.clone() };
    refused_as_taken(store, vec![update(&trashed, &restored)], "toy_box.label_taken", "toy_box", "label");
    put(store, vec![update(&successor, &ToyBox { label: "Loft".to_owned(), ..successor.clone() })]);
    put(store, vec![update(&trashed, &restored)]);
    // A row does not stand in its own way.
    let again = ToyBox { version: 3, ..restored };
    put(store, vec![update(&again, &ToyBox { room: Some(1), ..again.clone() })]);
}

/// A unique of several columns holds only where none of them is null.
pub fn uniques_of_several_columns(store: &dyn Store) {
    let at = |number, home: Option<u128>, place| Toy {
        home: home.map(|number| Id::new(uuid(number))),
        place,
        ..toy(number, "toy")
    };
    put(store, vec![insert(&toy_box(1, "one")), insert(&toy_box(2, "two"))]);
    put(
        store,
        vec![insert(&at(1, Some(1), Some(1))), insert(&at(2, Some(1), Some(2))), insert(&at(3, Some(2), Some(1)))],
    );
    put(store, vec![insert(&at(4, Some(1), None)), insert(&at(5, Some(1), None)), insert(&at(6, None, Some(1)))]);
    refused_as_taken(store, vec![insert(&at(7, Some(1), Some(2)))], "toy.place_taken", "toy", "home");
    put(store, vec![insert(&at(7, None, Some(1)))]);
}

/// Each change is checked against what the ones before it in the batch left.
pub fn changes_are_checked_in_their_order(store: &dyn Store) {
    let with = |number, serial: &str| Toy { serial: Some(serial.to_owned()), ..toy(number, "toy") };
    let (a, b) = (with(1, "a"), with(2, "b"));
    put(store, vec![insert(&a), insert(&b)]);
    // Given away and taken in one batch.
    put(store, vec![update(&a, &with(1, "c")), insert(&with(3, "a"))]);
    refused_as_taken(
        store,
        vec![insert(&with(4, "b")), update(&b, &with(2, "d"))],
        "toy.serial_taken",
        "toy",
        "serial",
    );
    put(store, vec![remove(&b), insert(&with(4, "b"))]);
    let after = Toy { version: 2, ..with(1, "c") };
    put(store, vec![update(&after, &with(1, "e")), update(&Toy { version: 3, ..with(1, "e") }, &with(1, "f"))]);
    assert_eq!((by_serial(store, "a"), by_serial(store, "b"), by_serial(store, "f")), (vec![3], vec![4], vec![1]));
    assert_eq!(get::<Toy>(store, ORG, uuid(1)).unwrap().version, 4);
}

/// An external key names one row of a tenant and kind, and finds it while it is live.
pub fn external_keys_are_unique_and_found(store: &dyn Store) {
    let keyed = |number, keys: Vec<ExternalKey>| Toy { external_keys: keys, ..toy(number, "toy") };
    let one = keyed(1, vec![key("shop", "1"), key("fair", "1")]);
    put(store, vec![insert(&one), insert(&keyed(2, vec![key("shop", "2")]))]);
    put(store, vec![insert(&ToyBox { external_keys: vec![key("shop", "1")], ..toy_box(5, "box") })]);
    apply(store, OTHER, vec![insert(&keyed(6, vec![key("shop", "1")]))]).unwrap();
    let error = apply(store, ORG, vec![insert(&keyed(3, vec![key("shop", "1")]))]).unwrap_err();
    assert!(error.is(&codes::EXTERNAL_KEY_TAKEN), "{error:?}");
    assert_eq!(by_key::<Toy>(store, "shop", "1"), [1]);
    assert_eq!(by_key::<Toy>(store, "fair", "1"), [1]);
    assert_eq!(by_key::<ToyBox>(store, "shop", "1"), [5]);
    assert!(by_key::<Toy>(store, "shop", "").is_empty());
    assert!(by_key::<Player>(store, "shop", "1").is_empty());
    let many = ["fair", "1", "shop", "2", "shop", "3", "shop", "1"];
    let many = many.iter().map(|text| Value::Text((*text).to_owned())).collect();
    assert_eq!(numbers(Toy::def(), &load(store, ORG, Toy::def(), Key::External, many)), [1, 2]);

    // A key that is given up is free; a row in the trash is not found by its own.
    put(store, vec![update(&one, &keyed(1, vec![key("fair", "1")]))]);
    put(store, vec![insert(&keyed(3, vec![key("shop", "1")]))]);
    assert_eq!(by_key::<Toy>(store, "shop", "1"), [3]);
    let now = Toy { version: 2, ..keyed(1, vec![key("fair", "1")]) };
    put(store, vec![update(&now, &Toy { deleted_at: Some(second(1)), ..now.clone() })]);
    assert!(by_key::<Toy>(store, "fair", "1").is_empty());
}

fn refused_as_taken(store: &dyn Store, changes: Vec<Change>, code: &str, kind: &str, field: &str) {
    let before = head(store, ORG);
    let error = apply(store, ORG, changes).unwrap_err();
    let params = error.params();
    assert_eq!(error.code(), code);
    assert_eq!((params["kind"].as_str(), params["field"].as_str()), (Some(kind), Some(field)), "{error:?}");
    assert_eq!(error.kind(), codes::TAKEN.kind);
    assert_eq!(head(store, ORG), before);
}

fn by_serial(store: &dyn Store, serial: &str) -> Vec<u128> {
    let by = Key::Column(column("serial"));
    numbers(Toy::def(), &load(store, ORG, Toy::def(), by, vec![Value::Text(serial.to_owned())]))
}

fn by_key<R: Record>(store: &dyn Store, system: &str, key: &str) -> Vec<u128> {
    let pair = vec![Value::Text(system.to_owned()), Value::Text(key.to_owned())];
    assert_eq!(R::def().id, column_of(R::def(), "id"));
    numbers(R::def(), &load(store, ORG, R::def(), Key::External, pair))
}
