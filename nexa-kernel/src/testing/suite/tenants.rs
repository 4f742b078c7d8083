//! Tenants beside each other.

use super::{
    toys::{Toy, ToyBox, column, column_of, key, labels, toy, toy_box, uuid},
    unit::{ORG, OTHER, aggregate, apply, events, get, head, insert, load, numbers, plain, select, verified},
};
use uuid::Uuid;

use crate::{
    Id, Record, Timestamp,
    agenda::{Agenda, Due, DueRequest},
    filter::{Comparison, Predicate},
    ledger::{EventQuery, Head},
    store::{Aggregate, Key, Measure, Select, Store, Trash},
    testing::block_on,
    value::Value,
};

fn fill(store: &dyn Store, org: uuid::Uuid, name: &str) {
    let teddy = Toy {
        serial: Some("S".to_owned()),
        home: Some(Id::new(uuid(2))),
        tags: labels(&["soft"]),
        external_keys: vec![key("shop", "1")],
        ..toy(1, name)
    };
    apply(store, org, vec![insert(&toy_box(2, "Attic")), insert(&teddy)]).unwrap();
}

/// The same ids, uniques and keys live in two tenants; no query, search, key, relation, event or head shows the other.
pub fn nobody_sees_another_tenant(store: &dyn Store) {
    fill(store, ORG, "bear ours");
    fill(store, OTHER, "bear theirs");
    apply(store, OTHER, vec![insert(&toy(3, "bear")), insert(&toy_box(4, "Cellar"))]).unwrap();
    let of = Toy::def();
    assert_eq!(get::<Toy>(store, ORG, uuid(1)).unwrap().name, "bear ours");
    assert_eq!(get::<Toy>(store, OTHER, uuid(1)).unwrap().name, "bear theirs");
    assert_eq!(get::<Toy>(store, ORG, uuid(3)), None);
    let key = vec![Value::Text("shop".to_owned()), Value::Text("1".to_owned())];
    for (by, values) in [
        (Key::External, key),
        (Key::Column(column("serial")), vec![Value::Text("S".to_owned())]),
        (Key::Column(column("home")), vec![Value::Uuid(uuid(2))]),
    ] {
        let rows = load(store, ORG, of, by, values);
        assert_eq!(rows.len(), 1, "{by:?}");
        assert_eq!(*rows[0].get(column("name")), Value::Text("bear ours".to_owned()), "{by:?}");
    }
    for query in [
        Select::all(of, 10),
        Select { trash: Trash::Any, ..Select::all(of, 10) },
        Select::all(of, 10).searched(vec!["bear".into()]),
        Select::all(of, 10).filtered(Predicate::Has(column("tags"), vec!["soft".to_owned()])),
        Select::all(of, 10).filtered(Predicate::Through(column("home"), ToyBox::def(), Box::new(Predicate::always()))),
    ] {
        assert_eq!(numbers(of, &select(store, ORG, query.clone())), [1], "{query:?}");
    }
    assert!(select(store, ORG, Select::all(of, 10).searched(vec!["theirs".into()])).is_empty());
    let label = column_of(ToyBox::def(), "label");
    let cellar = Predicate::Compare(label, Comparison::Eq, Value::Text("Cellar".to_owned()));
    assert!(select(store, ORG, Select::all(ToyBox::def(), 10).filtered(cellar)).is_empty());
    let count = Aggregate {
        of,
        filter: Predicate::always(),
        trash: Trash::Any,
        groups: Vec::new(),
        measures: vec![Measure::Count],
        limit: 10,
    };
    assert_eq!(aggregate(store, ORG, count).unwrap()[0].get(0), &Value::Int(1));
    assert_eq!((verified(store, ORG).len(), verified(store, OTHER).len()), (2, 4));
    assert_ne!(head(store, ORG).hash, head(store, OTHER).hash);
    let third = EventQuery { records: Some(vec![(Toy::def().kind, uuid(3))]), limit: 10, ..EventQuery::default() };
    assert!(events(store, ORG, third).is_empty());
}

/// Dropping a tenant leaves nothing of it, and all of the others; it may begin anew.
pub fn a_dropped_tenant_is_gone(store: &dyn Store) {
    fill(store, ORG, "bear ours");
    fill(store, OTHER, "bear theirs");
    block_on(store.drop_org(ORG)).unwrap();
    assert_eq!(get::<Toy>(store, ORG, uuid(1)), None);
    assert!(select(store, ORG, Select { trash: Trash::Any, ..Select::all(Toy::def(), 10) }).is_empty());
    assert!(select(store, ORG, Select::all(Toy::def(), 10).searched(vec!["bear".into()])).is_empty());
    assert_eq!(head(store, ORG), Head::default());
    assert!(verified(store, ORG).is_empty());
    assert_eq!(get::<Toy>(store, OTHER, uuid(1)).unwrap().name, "bear theirs");
    assert_eq!(verified(store, OTHER).len(), 2);
    fill(store, ORG, "bear again");
    assert_eq!(verified(store, ORG).len(), 2);
    block_on(store.drop_org(uuid(0xdead))).unwrap();
}

/// Tenants are due with their first timer, and with events that a consumer has not read; nothing else of them is read.
pub fn what_is_due_is_found(store: &dyn Store) {
    let at = Timestamp::from_micros;
    let due = |now: i64, limit: usize, consumers: &str| -> Vec<(Uuid, i64)> {
        let found = block_on(store.due(DueRequest::new(at(now), limit, consumers.to_owned()))).unwrap();
        found.into_iter().map(|Due { org, at }| (org, at.micros())).collect()
    };
    assert_eq!(due(i64::MAX / 2, 10, "reader,"), [], "an empty storage");
    fill(store, ORG, "bear ours");
    fill(store, OTHER, "bear theirs");
    let ends = [head(store, ORG), head(store, OTHER)].map(|head| head.at.micros());
    let (now, later) = (ends[0].max(ends[1]) + 1_000_000, ends[0].max(ends[1]) + 9_000_000);
    assert_eq!(due(now, 10, ""), [], "nobody reads, and there is no timer");
    let mut unread = vec![(ORG, ends[0]), (OTHER, ends[1])];
    unread.sort_unstable_by_key(|(org, at)| (*at, *org));
    assert_eq!(due(now, 10, "reader,"), unread);
    assert_eq!(due(now, 1, "reader,"), unread[..1]);
    // The clock of who asks is behind: the events are due now.
    assert_eq!(due(5, 10, "reader,"), [(ORG, 5), (OTHER, 5)]);

    let agenda = |org: Uuid, due_at: Option<i64>, read_to: u64| Agenda {
        id: Id::new(org),
        version: 1,
        due_at: due_at.map(at),
        read_to: read_to.cast_signed(),
        consumers: Some("reader,".to_owned()),
        ..Agenda::default()
    };
    let (ours, theirs) = (head(store, ORG).seq, head(store, OTHER).seq);
    // What makes these rows adds no event.
    plain(store, ORG, insert(&agenda(ORG, Some(later), ours)));
    plain(store, OTHER, insert(&agenda(OTHER, None, theirs - 1)));
    assert_eq!(due(now, 10, "reader,"), [(OTHER, ends[1])]);
    assert_eq!(due(later - 1, 10, ""), [], "never early");
    assert_eq!(due(later, 10, ""), [(ORG, later)]);
    assert_eq!(due(later, 10, "reader,"), [(OTHER, ends[1]), (ORG, later)]);
    let other_readers = due(later, 10, "another,reader,");
    assert_eq!(
        other_readers.iter().map(|(_, at)| *at).collect::<Vec<_>>(),
        unread.iter().map(|(_, at)| *at).collect::<Vec<_>>()
    );
    block_on(store.drop_org(OTHER)).unwrap();
    assert_eq!(due(later, 10, "reader,"), [(ORG, later)]);
}
