//! Events: sealed, whole, in order.

use super::{
    toys::{Toy, second, toy, uuid},
    unit::{ORG, apply, batch, events, head, insert, put, update, verified, write},
};
use crate::kernel::{
    ledger::{Event, EventQuery, Head},
    store::{Batch, Store, WriteRequest},
};

/// Events are numbered densely from 1 and chained, and none is earlier than the one before.
pub fn events_are_sealed_in_order(store: &dyn Store) {
    assert_eq!(head(store, ORG), Head::default());
    let late = Toy { updated_at: second(50), ..toy(1, "late") };
    let early = Toy { updated_at: second(20), ..toy(2, "early") };
    put(store, vec![insert(&late), insert(&early)]);
    put(store, vec![insert(&toy(3, "earliest"))]);
    put(store, vec![insert(&Toy { updated_at: second(60), ..toy(4, "latest") })]);
    let all = verified(store, ORG);
    assert_eq!(all.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(all.iter().map(|event| event.at).collect::<Vec<_>>(), [50, 50, 50, 60].map(second));
    assert_eq!(all.iter().map(|event| event.record).collect::<Vec<_>>(), [1, 2, 3, 4].map(uuid));
    // Within a unit the head moves with each batch.
    let heads = write(store, WriteRequest::new(ORG), |tx| {
        Box::pin(async move {
            let before = tx.head().seq;
            tx.apply(batch(vec![insert(&toy(5, "five"))])).await?;
            Ok((before, tx.head().seq))
        })
    });
    assert_eq!(heads.unwrap(), (4, 5));
}

/// Every part of an event comes back, present or absent; what was erased stays erased.
pub fn events_come_back_as_they_were(store: &dyn Store) {
    let bare = batch(vec![insert(&toy(1, "bare"))]);
    let full = Event {
        unit: uuid(u128::MAX),
        on_behalf_of: Some("user:\u{e9}".to_owned()),
        cause: Some(String::new()),
        request: Some("r'1".to_owned()),
        reason: Some("because\nof \"this\"".to_owned()),
        ..batch(vec![insert(&toy(2, "full"))]).events.remove(0)
    };
    let erased = Event {
        salt: None,
        reason: None,
        payload: None,
        digest: [9; 32],
        ..batch(vec![insert(&toy(3, "erased"))]).events.remove(0)
    };
    let sent = vec![bare.events[0].clone(), full, erased];
    let changes = vec![insert(&toy(1, "bare")), insert(&toy(2, "full")), insert(&toy(3, "erased"))];
    let events = sent.clone();
    write(store, WriteRequest::new(ORG), move |tx| {
        let batch = Batch { changes: changes.clone(), events: events.clone() };
        Box::pin(async move { tx.apply(batch).await })
    })
    .unwrap();
    let mut chain = Head::default();
    let sealed: Vec<Event> = sent
        .into_iter()
        .map(|mut event| {
            event.seal(&mut chain);
            event
        })
        .collect();
    assert_eq!(verified(store, ORG), sealed);
}

/// Events are found after a number, before one, by record, and so many of them.
pub fn events_are_found(store: &dyn Store) {
    let mut now = toy(1, "one");
    put(store, vec![insert(&now), insert(&toy(2, "two")), insert(&toy(3, "three"))]);
    for pieces in 2..=5 {
        let next = Toy { pieces, ..now.clone() };
        apply(store, ORG, vec![update(&now, &next)]).unwrap();
        now = Toy { version: now.version + 1, ..next };
    }
    let found = |after, limit, records: Option<&[u128]>, backwards| {
        let records = records.map(|numbers| numbers.iter().copied().map(uuid).collect());
        let query = EventQuery { after, limit, records, backwards };
        events(store, ORG, query).into_iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    assert_eq!(found(0, 100, None, false), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(found(5, 100, None, false), [6, 7]);
    assert_eq!(found(7, 100, None, false), [0; 0]);
    assert_eq!(found(0, 2, None, false), [1, 2]);
    assert_eq!(found(0, 0, None, false), [0; 0]);
    assert_eq!(found(0, 3, None, true), [7, 6, 5]);
    assert_eq!(found(3, 100, None, true), [2, 1]);
    assert_eq!(found(0, 100, Some(&[1]), false), [1, 4, 5, 6, 7]);
    assert_eq!(found(1, 2, Some(&[1, 2]), false), [2, 4]);
    assert_eq!(found(6, 3, Some(&[1, 3]), true), [5, 4, 3]);
    assert_eq!(found(0, 100, Some(&[9]), false), [0; 0]);
    assert_eq!(found(0, 100, Some(&[]), false), [0; 0]);
}
