//! Rows by key.

use super::{
    toys::{Toy, ToyBox, column, column_of, second, toy, toy_box, uuid},
    unit::{ORG, apply, insert, load, numbers, put, read, write},
};
use crate::{
    Id, Record,
    error::Result,
    maybe_send::BoxFuture,
    store::{Key, Prefetch, Store, Transaction, WriteRequest},
    value::Value,
};

fn found(store: &dyn Store, path: &str, values: Vec<Value>) -> Vec<u128> {
    numbers(Toy::def(), &load(store, ORG, Toy::def(), Key::Column(column(path)), values))
}

fn ids(numbers: impl IntoIterator<Item = u128>) -> Vec<Value> {
    numbers.into_iter().map(|number| Value::Uuid(uuid(number))).collect()
}

/// Rows come in the order of their ids, once each, trashed ones included; unknown ids are left out.
pub fn rows_are_loaded_by_id(store: &dyn Store) {
    put(
        store,
        vec![
            insert(&toy(3, "c")),
            insert(&Toy { deleted_at: Some(second(1)), ..toy(1, "a") }),
            insert(&toy(2, "b")),
            // The order is that of the bytes, from the first on.
            insert(&toy(1 << 120, "d")),
        ],
    );
    assert_eq!(found(store, "id", ids([1 << 120, 3, 1, 9, 3, 1])), [1, 3, 1 << 120]);
    assert!(found(store, "id", Vec::new()).is_empty());
    assert!(found(store, "id", vec![Value::Null]).is_empty());
}

/// Unique columns and references find rows too, whether live or not; null finds none.
pub fn rows_are_loaded_by_unique_and_reference(store: &dyn Store) {
    let lives = |number, home: Option<u128>| Toy { home: home.map(|home| Id::new(uuid(home))), ..toy(number, "toy") };
    put(store, vec![insert(&toy_box(8, "Attic")), insert(&toy_box(9, "Cellar"))]);
    put(
        store,
        vec![
            insert(&Toy { serial: Some("A".to_owned()), ..lives(1, Some(9)) }),
            insert(&Toy { serial: Some("a".to_owned()), ..lives(2, Some(8)) }),
            insert(&Toy { serial: Some("A".to_owned()), deleted_at: Some(second(1)), ..lives(3, Some(9)) }),
            insert(&lives(4, None)),
            insert(&lives(5, Some(9))),
        ],
    );
    assert_eq!(found(store, "serial", vec![Value::Text("A".to_owned())]), [1, 3]);
    assert_eq!(found(store, "home", ids([9])), [1, 3, 5]);
    assert_eq!(found(store, "home", ids([9, 8, 7])), [1, 2, 3, 5]);
    assert!(found(store, "home", vec![Value::Null]).is_empty());
    let by = Key::Column(column_of(ToyBox::def(), "label.folded"));
    let boxes = load(store, ORG, ToyBox::def(), by, vec![Value::Text("attic".to_owned())]);
    assert_eq!(numbers(ToyBox::def(), &boxes), [8]);
}

/// Lists of keys have any length.
pub fn long_lists_of_keys(store: &dyn Store) {
    apply(store, ORG, (1..=1_000).map(|number| insert(&toy(number * 7, "toy"))).collect()).unwrap();
    let all = found(store, "id", ids((1..=40_000).rev()));
    assert_eq!(all, (1..=1_000).map(|number| number * 7).collect::<Vec<u128>>());
}

/// Prefetches a toy by its serial and the first one, and loads both.
fn prefetch(tx: &mut dyn Transaction, serial: Value) -> BoxFuture<'_, Result<(Vec<u128>, Vec<u128>)>> {
    Box::pin(async move {
        let loads = Prefetch::by(Toy::def(), "serial", serial.clone()).into_iter();
        tx.prefetch(loads.chain([Prefetch::id(Toy::def(), uuid(1))]).collect()).await?;
        let rows = tx.load(Toy::def(), Key::Column(column("serial")), &[serial]).await?;
        let first = tx.load(Toy::def(), Key::Column(column("id")), &[Value::Uuid(uuid(1))]).await?;
        Ok((numbers(Toy::def(), &rows), numbers(Toy::def(), &first)))
    })
}

/// What work prefetches first it finds, whatever the text is; so does work that prefetches what it does not load.
pub fn what_is_prefetched_is_found_as_without(store: &dyn Store) {
    let serials = ["plain-1", "O'Neil", "\\", "\\' OR TRUE --", "$1", "ä'; x", "%_", ""];
    let of_serial =
        |(number, serial): (u128, &str)| insert(&Toy { serial: Some(serial.to_owned()), ..toy(number, "toy") });
    put(store, (1..).zip(serials).map(of_serial).collect());
    let hostile = serials.map(|serial| Value::Text(serial.to_owned()));
    let others = [Value::Null, Value::Text("nobody".to_owned()), Value::Text("a\0b".to_owned())];
    for value in hostile.into_iter().chain(others) {
        let loaded = found(store, "serial", vec![value.clone()]);
        let again = value.clone();
        assert_eq!(read(store, ORG, move |tx| prefetch(tx, value.clone())).unwrap(), (loaded.clone(), vec![1_u128]));
        assert_eq!(
            write(store, WriteRequest::new(ORG), move |tx| prefetch(tx, again.clone())).unwrap(),
            (loaded, vec![1_u128])
        );
    }
}
