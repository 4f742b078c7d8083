//! Many writers and readers at once.

use std::{future::pending, thread};

use uuid::Uuid;

use super::{
    toys::{Toy, column, second, toy, uuid},
    unit::{ORG, apply, batch, get, insert, numbers, put, read, select, update, verified, write},
    units::REFUSED,
};
use crate::{
    Id, Record,
    error::{Result, codes},
    ledger::EventQuery,
    record::Row,
    store::{Change, Key, Select, Store, Transaction, WriteRequest},
    value::Value,
};

fn pieces(rows: &[Row]) -> i64 {
    rows.iter().map(|row| row.get(column("pieces")).as_int().unwrap()).sum()
}

/// Moves a piece from toy 1 to toy 2, as one unit.
async fn move_piece(tx: &mut dyn Transaction, org: Uuid) -> Result<()> {
    let mut changes = Vec::new();
    for (number, by) in [(1, -1), (2, 1)] {
        let row = tx.load(Toy::def(), Key::Column(Toy::def().id), &[Value::Uuid(uuid(number))]).await?.remove(0);
        let before = Toy::from_row(row)?;
        assert_eq!(before.origin, Some(org), "a row of this tenant");
        changes.push(update(&before, &Toy { pieces: before.pieces + by, ..before.clone() }));
    }
    // In two batches, so that a reader in between would notice.
    let second = changes.pop().into_iter().collect();
    tx.apply(batch(changes)).await?;
    tx.apply(batch(second)).await
}

fn with_pieces(org: Uuid) -> Vec<Change> {
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
                            let first = tx.load(of, Key::Column(of.id), &[Value::Uuid(uuid(1))]).await?;
                            thread::yield_now();
                            let second = tx.load(of, Key::Column(of.id), &[Value::Uuid(uuid(2))]).await?;
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
