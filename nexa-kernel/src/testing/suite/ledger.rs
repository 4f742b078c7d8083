//! Events: sealed, whole, in order.

use super::{
    toys::{Toy, ToyBox, second, toy, toy_box, uuid},
    unit::{ORG, apply, batch, events, head, insert, put, read, remove, update, verified, write},
};
use crate::{
    Record,
    error::{Result, codes},
    ledger::{Event, EventQuery, Head},
    store::{Batch, Store, WriteRequest},
};
use uuid::Uuid;

/// Events are numbered densely from 1 and chained, whatever their times are.
pub fn events_are_sealed_in_order(store: &dyn Store) {
    assert_eq!(head(store, ORG), Head::default());
    let late = Toy { updated_at: second(50), ..toy(1, "late") };
    let early = Toy { updated_at: second(20), ..toy(2, "early") };
    put(store, vec![insert(&late), insert(&early)]);
    put(store, vec![insert(&toy(3, "earliest"))]);
    put(store, vec![insert(&Toy { updated_at: second(60), ..toy(4, "latest") })]);
    let all = verified(store, ORG);
    assert_eq!(all.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(all.iter().map(|event| event.at).collect::<Vec<_>>(), [50, 20, 0, 60].map(second));
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
        let batch = Batch { changes: changes.clone(), events: events.clone(), ..Batch::default() };
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

/// What events said is taken out of them, and nothing else; a unit that fails takes nothing out.
pub fn events_are_erased(store: &dyn Store) {
    put(store, vec![insert(&toy(1, "one")), insert(&toy(2, "two")), insert(&toy(3, "three"))]);
    let before = verified(store, ORG);
    let erase = |fails: bool| {
        write(store, WriteRequest::new(ORG), move |tx| {
            Box::pin(async move {
                let said = batch(vec![insert(&toy(4, "four"))]);
                tx.apply(Batch { erased: vec![1, 3, 99], ..said }).await?;
                let events = tx.events(&EventQuery { limit: 9, ..EventQuery::default() }).await?;
                let blank: Vec<u64> =
                    events.iter().filter(|event| event.salt.is_none()).map(|event| event.seq).collect();
                assert_eq!(blank, [1, 3], "a unit sees what it erased");
                if fails { Err(codes::NOT_TRASHED.error()) } else { Ok(()) }
            })
        })
    };
    assert!(erase(true).is_err());
    assert_eq!(verified(store, ORG), before);
    erase(false).unwrap();
    let after = verified(store, ORG);
    assert_eq!(after.len(), 4);
    for (was, is) in before.into_iter().zip(after) {
        let mut expected = was;
        if expected.seq != 2 {
            expected.blank();
        }
        assert_eq!(is, expected);
    }
}

/// Events are found after a number, before one, by kind and record, and so many of them; and by id alone, which ids they name.
pub fn events_are_found(store: &dyn Store) {
    let mut now = toy(1, "one");
    put(store, vec![insert(&now), insert(&toy(2, "two")), insert(&toy(3, "three"))]);
    for pieces in 2..=5 {
        let next = Toy { pieces, ..now.clone() };
        apply(store, ORG, vec![update(&now, &next)]).unwrap();
        now = Toy { version: now.version + 1, ..next };
    }
    let found = |after, limit, records: Option<&[u128]>, backwards| {
        let records = records.map(|numbers| numbers.iter().map(|number| (Toy::def().kind, uuid(*number))).collect());
        let query = EventQuery { after, limit, records, backwards, ..EventQuery::default() };
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
    // A record of another kind that has the same id is another record.
    let (toys, boxes) = (Toy::def().kind, ToyBox::def().kind);
    put(store, vec![insert(&toy_box(1, "box"))]);
    let of = |records: Vec<(&'static str, u128)>| {
        let records = Some(records.into_iter().map(|(kind, number)| (kind, uuid(number))).collect());
        let query = EventQuery { limit: 100, records, ..EventQuery::default() };
        events(store, ORG, query).into_iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    assert_eq!(of(vec![(toys, 1)]), [1, 4, 5, 6, 7]);
    assert_eq!(of(vec![(boxes, 1)]), [8]);
    assert_eq!(of(vec![(boxes, 1), (toys, 2)]), [2, 8]);
    assert_eq!(of(vec![(boxes, 1), (boxes, 2), (toys, 3)]), [3, 8]);
    assert_eq!(of(vec![(boxes, 2), (boxes, 3)]), [0; 0]);
    let recorded = |numbers: &[u128]| {
        let ids: Vec<Uuid> = numbers.iter().copied().map(uuid).collect();
        let mut found = read(store, ORG, move |tx| {
            let ids = ids.clone();
            Box::pin(async move { tx.recorded(&ids).await })
        })
        .unwrap();
        found.sort_unstable();
        found
    };
    assert_eq!(recorded(&[3, 9, 1, 3]), [1, 3].map(uuid));
    assert_eq!(recorded(&[9]), Vec::<Uuid>::new());
    assert_eq!(recorded(&[]), Vec::<Uuid>::new());
    // A removed one was there, and one that was taken back was not.
    put(store, vec![remove(&toy(2, "two"))]);
    let refused: Result<()> = write(store, WriteRequest::new(ORG), |tx| {
        Box::pin(async move {
            tx.apply(batch(vec![insert(&toy(10, "ten"))])).await?;
            assert_eq!(tx.recorded(&[uuid(10)]).await?, [uuid(10)]);
            Err(codes::NOT_TRASHED.error())
        })
    });
    assert!(refused.is_err());
    assert_eq!(recorded(&[2, 10]), [2].map(uuid));
    // By the unit and by the cause.
    let named: Result<()> = write(store, WriteRequest::new(ORG), |tx| {
        Box::pin(async move {
            let mut named = batch(vec![insert(&toy(11, "eleven"))]);
            for event in &mut named.events {
                (event.unit, event.cause) = (uuid(0xf), Some("fair".to_owned()));
            }
            tx.apply(named).await
        })
    });
    assert!(named.is_ok());
    let by = |unit: Option<u128>, cause: Option<&str>, backwards| {
        let cause = cause.map(str::to_owned);
        let query = EventQuery { limit: 100, unit: unit.map(uuid), cause, backwards, ..EventQuery::default() };
        events(store, ORG, query).into_iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    assert_eq!(by(Some(0xe), None, true), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(by(Some(0xf), None, false), [10]);
    assert_eq!(by(None, Some("fair"), false), [10]);
    assert_eq!(by(None, Some("fai"), false), [0; 0]);
    assert_eq!(by(Some(0xe), Some("fair"), true), [0; 0]);
}
