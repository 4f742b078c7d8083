//! Units of work: whole or not at all, one after another, and snapshots beside them.

use std::{future::pending, thread};

use uuid::Uuid;

use super::{
    toys::{Toy, column, key, second, toy, uuid},
    unit::{ORG, apply, batch, get, head, insert, load, numbers, put, read, remove, select, update, verified, write},
};
use crate::{
    Id, Record,
    kernel::{
        error::{Code, Result, codes},
        filter::Predicate,
        ledger::EventQuery,
        record::Row,
        store::{Aggregate, Key, Measure, Select, Store, Transaction, Trash, WriteRequest},
        value::Value,
    },
};

const REFUSED: Code = Code::rule("suite.refused", "The suite refuses.");

fn by_id(number: u128) -> [Value; 1] {
    [Value::Uuid(uuid(number))]
}

/// What a store holds of toy 1 and toy 2, by every way to find it.
fn traces(store: &dyn Store) -> (Vec<Row>, Vec<u128>, Vec<Row>, u64) {
    let of = Toy::def();
    let rows = select(store, ORG, Select { trash: Trash::Any, ..Select::all(of, 10) });
    let hits = numbers(of, &select(store, ORG, Select::all(of, 10).searched(vec!["bear".to_owned()])));
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
            let search = |term: &str| Select::all(of, 9).searched(vec![term.to_owned()]);
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
            assert_eq!(tx.aggregate(&count).await?, [Row(vec![Value::Int(2)])]);
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

fn pieces(rows: &[Row]) -> i64 {
    rows.iter().map(|row| row.get(column("pieces")).as_int().unwrap()).sum()
}

/// Moves a piece from toy 1 to toy 2, as one unit.
async fn move_piece(tx: &mut dyn Transaction, org: Uuid) -> Result<()> {
    let mut changes = Vec::new();
    for (number, by) in [(1, -1), (2, 1)] {
        let row = tx.load(Toy::def(), Key::Column(Toy::def().id), &by_id(number)).await?.remove(0);
        let before = Toy::from_row(row)?;
        assert_eq!(before.origin, Some(org), "a row of this tenant");
        changes.push(update(&before, &Toy { pieces: before.pieces + by, ..before.clone() }));
    }
    // In two batches, so that a reader in between would notice.
    let second = changes.pop().into_iter().collect();
    tx.apply(batch(changes)).await?;
    tx.apply(batch(second)).await
}

fn with_pieces(org: Uuid) -> Vec<crate::kernel::store::Change> {
    [(1, 1_000), (2, 0)].map(|(number, pieces)| insert(&Toy { pieces, origin: Some(org), ..toy(number, "toy") })).into()
}

/// All that one read sees is of one moment, while units are committed beside it.
pub fn a_read_is_one_snapshot(store: &dyn Store) {
    put(store, with_pieces(ORG));
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..40 {
                write(store, WriteRequest::new(ORG), |tx| Box::pin(move_piece(tx, ORG))).unwrap();
            }
        });
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..40 {
                    let (sum, seen, head) = read(store, ORG, |tx| {
                        Box::pin(async move {
                            let of = Toy::def();
                            let first = tx.load(of, Key::Column(of.id), &by_id(1)).await?;
                            thread::yield_now();
                            let second = tx.load(of, Key::Column(of.id), &by_id(2)).await?;
                            let events = tx.events(&EventQuery { limit: usize::MAX, ..EventQuery::default() }).await?;
                            Ok((pieces(&first) + pieces(&second), events.len() as u64, tx.head().seq))
                        })
                    })
                    .unwrap();
                    assert_eq!(sum, 1_000);
                    assert_eq!(seen, head);
                    assert_eq!(seen % 2, 0, "a unit is seen whole");
                }
            });
        }
    });
    assert_eq!(verified(store, ORG).len(), 82);
}

/// Many writers of one tenant lose nothing: each sees what the one before left.
pub fn writes_of_a_tenant_follow_one_another(store: &dyn Store) {
    put(store, with_pieces(ORG));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    write(store, WriteRequest::new(ORG), |tx| Box::pin(move_piece(tx, ORG))).unwrap();
                }
            });
        }
    });
    assert_eq!(get::<Toy>(store, ORG, uuid(1)).unwrap().pieces, 800);
    let second = get::<Toy>(store, ORG, uuid(2)).unwrap();
    assert_eq!((second.pieces, second.version), (200, 201));
    assert_eq!(verified(store, ORG).len(), 402);
}

/// Beside units that are refused, panic, wait, or break a unique or a reference, all others are committed.
pub fn failures_take_no_other_unit_with_them(store: &dyn Store) {
    put(store, with_pieces(ORG));
    thread::scope(|scope| {
        for writer in 0..6_u128 {
            scope.spawn(move || {
                for round in 0..10_u128 {
                    let number = 100 + writer * 100 + round;
                    let result = write(store, WriteRequest::new(ORG), move |tx| {
                        Box::pin(async move {
                            let new = Toy { updated_at: second(1), ..toy(number, "toy") };
                            tx.apply(batch(vec![insert(&new)])).await?;
                            match writer {
                                0 => Err(REFUSED.error()),
                                1 => panic!("beside others, on purpose"),
                                2 => pending().await,
                                3 => tx.apply(batch(vec![insert(&toy(1, "taken"))])).await,
                                4 => {
                                    let lost = Toy { like: Some(Id::new(uuid(7))), ..toy(number + 50, "lost") };
                                    tx.apply(batch(vec![insert(&lost)])).await
                                }
                                _ => move_piece(tx, ORG).await,
                            }
                        })
                    });
                    let code = result.err().map(|error| error.code().to_owned());
                    let codes = [
                        Some(REFUSED.code),
                        Some(codes::PANICKED.code),
                        Some(codes::AWAITED_OUTSIDE.code),
                        Some(codes::ID_TAKEN.code),
                        Some(codes::REFERENCE_BROKEN.code),
                        None,
                    ];
                    assert_eq!(code.as_deref(), codes[usize::try_from(writer).unwrap()]);
                }
            });
        }
    });
    let all = numbers(Toy::def(), &select(store, ORG, Select::all(Toy::def(), 1_000)));
    assert_eq!(all, [1, 2].into_iter().chain(600..610).collect::<Vec<u128>>());
    assert_eq!(get::<Toy>(store, ORG, uuid(2)).unwrap().pieces, 10);
    assert_eq!(verified(store, ORG).len(), 32);
}

/// Several tenants are written at once, and each has its own rows and its own dense ledger.
pub fn tenants_work_in_parallel(store: &dyn Store) {
    let orgs = [0xa1, 0xa2, 0xa3, 0xa4].map(uuid);
    thread::scope(|scope| {
        for org in orgs {
            scope.spawn(move || {
                apply(store, org, with_pieces(org)).unwrap();
                for _ in 0..20 {
                    write(store, WriteRequest::new(org), move |tx| Box::pin(move_piece(tx, org))).unwrap();
                }
            });
        }
    });
    for org in orgs {
        let second = get::<Toy>(store, org, uuid(2)).unwrap();
        assert_eq!((second.pieces, second.version, second.origin), (20, 21, Some(org)));
        assert_eq!(verified(store, org).len(), 42);
    }
}
