//! Units of work: whole or not at all.

use std::future::pending;

use super::{
    toys::{Toy, column, key, toy, uuid},
    unit::{ORG, batch, head, insert, load, numbers, put, read, remove, select, update, verified, write},
};
use crate::{
    Id, Record,
    error::{Code, Result, codes},
    filter::Predicate,
    ledger::EventQuery,
    record::Row,
    store::{Aggregate, Key, Measure, Select, Store, Transaction, Trash, WriteRequest},
    value::Value,
};

pub(super) const REFUSED: Code = Code::rule("suite.refused", "The suite refuses.");

fn by_id(number: u128) -> [Value; 1] {
    [Value::Uuid(uuid(number))]
}

/// What a store holds of toy 1 and toy 2, by every way to find it.
fn traces(store: &dyn Store) -> (Vec<Row>, Vec<u128>, Vec<Row>, u64) {
    let of = Toy::def();
    let rows = select(store, ORG, Select { trash: Trash::Any, ..Select::all(of, 10) });
    let hits = numbers(of, &select(store, ORG, Select::all(of, 10).searched(vec!["bear".into()])));
    let keyed = load(store, ORG, of, Key::External, vec![Value::Text("shop".to_owned()), Value::Text("1".to_owned())]);
    assert_eq!(verified(store, ORG).len() as u64, head(store, ORG).seq);
    (rows, hits, keyed, head(store, ORG).seq)
}

fn first_bear() -> Toy {
    Toy { serial: Some("s".to_owned()), ..toy(1, "first bear") }
}

fn second_bear() -> Toy {
    Toy { external_keys: vec![key("shop", "1")], like: Some(Id::new(uuid(1))), ..toy(2, "second bear") }
}

/// Changes all kinds of things, for a unit that does not end well.
async fn change_everything(tx: &mut dyn Transaction) -> Result<()> {
    let first = first_bear();
    tx.apply(batch(vec![insert(&second_bear()), update(&first, &Toy { name: "doll".to_owned(), ..first.clone() })]))
        .await?;
    let doll = Toy { version: 2, name: "doll".to_owned(), ..first };
    let car = Toy { name: "car".to_owned(), serial: None, ..doll.clone() };
    tx.apply(batch(vec![update(&doll, &car), insert(&Toy { serial: Some("s".to_owned()), ..toy(3, "thief") })]))
        .await?;
    tx.apply(batch(vec![remove(&second_bear())])).await
}

/// A unit sees what it applied: by key, filter, search, aggregate, event and head.
pub fn a_unit_sees_its_own_changes(store: &dyn Store) {
    put(store, vec![insert(&first_bear())]);
    let of = Toy::def();
    write(store, WriteRequest::new(ORG), move |tx| {
        Box::pin(async move {
            let first = first_bear();
            let doll = Toy { name: "doll".to_owned(), ..first.clone() };
            tx.apply(batch(vec![insert(&second_bear()), update(&first, &doll)])).await?;
            assert_eq!(numbers(of, &tx.load(of, Key::Column(of.id), &by_id(2)).await?), [2]);
            assert_eq!(numbers(of, &tx.load(of, Key::Column(column("like")), &by_id(1)).await?), [2]);
            let key = ["shop", "1"].map(|text| Value::Text(text.to_owned()));
            assert_eq!(numbers(of, &tx.load(of, Key::External, &key).await?), [2]);
            assert_eq!(numbers(of, &tx.select(&Select::all(of, 9)).await?), [1, 2]);
            let search = |term: &str| Select::all(of, 9).searched(vec![term.into()]);
            assert_eq!(numbers(of, &tx.select(&search("bear")).await?), [2]);
            assert_eq!(numbers(of, &tx.select(&search("doll")).await?), [1]);
            let count = Aggregate {
                of,
                filter: Predicate::always(),
                trash: Trash::Live,
                groups: Vec::new(),
                measures: vec![Measure::Count],
                limit: 1,
            };
            assert_eq!(tx.aggregate(&count).await?, [Row::new(vec![Value::Int(2)])]);
            let seen = tx.events(&EventQuery { limit: 9, ..EventQuery::default() }).await?;
            assert_eq!(seen.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
            assert_eq!(tx.head().hash, seen[2].hash);
            Ok(())
        })
    })
    .unwrap();
}

/// An error takes back every row, term, key, event and the head, whatever the unit did before.
pub fn an_error_takes_everything_back(store: &dyn Store) {
    put(store, vec![insert(&first_bear())]);
    let before = traces(store);
    let refused = write::<()>(store, WriteRequest::new(ORG), |tx| {
        Box::pin(async move {
            change_everything(tx).await?;
            Err(REFUSED.error())
        })
    });
    assert!(refused.unwrap_err().is(&REFUSED));
    assert_eq!(traces(store), before);
    // Nothing stands in the way of what was taken back.
    put(store, vec![insert(&second_bear())]);
}

/// Work that goes on after a refused `apply` is not committed, and `write` says why.
pub fn a_swallowed_refusal_is_no_commit(store: &dyn Store) {
    put(store, vec![insert(&first_bear())]);
    let before = traces(store);
    let refused = write(store, WriteRequest::new(ORG), |tx| {
        Box::pin(async move {
            tx.apply(batch(vec![insert(&second_bear())])).await?;
            let refusal = tx.apply(batch(vec![insert(&toy(3, "new")), insert(&first_bear())])).await;
            assert!(refusal.is_err_and(|error| error.is(&codes::ID_TAKEN)));
            Ok(())
        })
    });
    assert!(refused.unwrap_err().is(&codes::ID_TAKEN));
    assert_eq!(traces(store), before);
}

/// A dry run answers as a real one would, and changes nothing.
pub fn a_discarded_unit_changes_nothing(store: &dyn Store) {
    put(store, vec![insert(&first_bear())]);
    let before = traces(store);
    let seq = write(store, WriteRequest::new(ORG).discarded(), |tx| {
        Box::pin(async move {
            change_everything(tx).await?;
            Ok(tx.head().seq)
        })
    });
    assert_eq!(seq.unwrap(), 6);
    assert_eq!(traces(store), before);
    let broken = write(store, WriteRequest::new(ORG).discarded(), |tx| {
        Box::pin(
            async move { tx.apply(batch(vec![insert(&Toy { like: Some(Id::new(uuid(9))), ..toy(4, "toy") })])).await },
        )
    });
    assert!(broken.unwrap_err().is(&codes::REFERENCE_BROKEN));
}

/// A panic is an error of its unit; the store works on.
pub fn a_panic_costs_its_unit_only(store: &dyn Store) {
    put(store, vec![insert(&first_bear())]);
    let before = traces(store);
    let panicked = write::<()>(store, WriteRequest::new(ORG), |tx| {
        Box::pin(async move {
            change_everything(tx).await?;
            panic!("the suite panics on purpose")
        })
    });
    let error = panicked.unwrap_err();
    assert!(error.is(&codes::PANICKED), "{error:?}");
    assert!(error.message().contains("the suite panics on purpose"), "{error:?}");
    let panicked = read::<()>(store, ORG, |_| Box::pin(async move { panic!("in a read, on purpose") }));
    assert!(panicked.unwrap_err().is(&codes::PANICKED));
    assert_eq!(traces(store), before);
    put(store, vec![insert(&second_bear())]);
}

/// Work that waits for anything but its transaction is refused and taken back.
pub fn work_does_not_wait_for_the_outside(store: &dyn Store) {
    put(store, vec![insert(&first_bear())]);
    let before = traces(store);
    let waited = write::<()>(store, WriteRequest::new(ORG), |tx| {
        Box::pin(async move {
            change_everything(tx).await?;
            pending().await
        })
    });
    assert!(waited.unwrap_err().is(&codes::AWAITED_OUTSIDE));
    let waited = read::<()>(store, ORG, |_| Box::pin(pending()));
    assert!(waited.unwrap_err().is(&codes::AWAITED_OUTSIDE));
    assert_eq!(traces(store), before);
    put(store, vec![insert(&second_bear())]);
}

/// `apply` is refused in a read.
pub fn a_read_changes_nothing(store: &dyn Store) {
    let refused = read(store, ORG, |tx| Box::pin(async move { tx.apply(batch(vec![insert(&first_bear())])).await }));
    assert!(refused.unwrap_err().is(&codes::READ_ONLY));
    assert!(verified(store, ORG).is_empty());
}
