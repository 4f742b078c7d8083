//! What is written is read back.

use crate::common::*;
use nexa_kernel::{
    Id, Record, Timestamp,
    error::codes,
    ledger::Head,
    store::{Aggregate, Entry, Group, Key, Measure, Select, SortKey, Store, Trash},
    value::{Amount, Value},
};
use uuid::Uuid;

#[test]
fn a_row_comes_back_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("a.db"));
    insert(&store, team(1, "one")).unwrap();
    let mut full = job(2, "Ünïcode \0 and 'quotes'");
    full.team = Some(Id::new(Uuid::from_u128(1)));
    let mut empty = job(3, "");
    (empty.due, empty.price, empty.urgent) = (None, None, false);
    insert(&store, full.clone()).unwrap();
    insert(&store, empty.clone()).unwrap();
    assert_eq!(load::<Job>(&store, 2), Some(full));
    assert_eq!(load::<Job>(&store, 3), Some(empty));
    assert_eq!(load::<Job>(&store, 4), None);
}

#[test]
fn changes_need_the_version_that_was_read() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("a.db"));
    let first = job(1, "first");
    insert(&store, first.clone()).unwrap();
    let mut second = first.clone();
    (second.version, second.title) = (2, "second".to_owned());
    let (before, after) = (first.clone(), second.clone());
    apply(&store, move || changed(&before, &after)).unwrap();
    assert_eq!(load::<Job>(&store, 1), Some(second.clone()));

    let (before, after) = (first.clone(), second.clone());
    let error = apply(&store, move || changed(&before, &after)).unwrap_err();
    assert_eq!((error.code(), &error.params()["actual"]), ("version.conflict", &2.into()));
    let error = apply(&store, move || removed(&first)).unwrap_err();
    assert!(error.is(&codes::VERSION_CONFLICT));
    apply(&store, move || removed(&second)).unwrap();
    assert_eq!(load::<Job>(&store, 1), None);
}

#[test]
fn constraints_answer_with_their_rule() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("a.db"));
    insert(&store, job(1, "same")).unwrap();
    let code = |result: nexa_kernel::Result<()>| result.unwrap_err().code().to_owned();
    assert_eq!(code(insert(&store, job(1, "same"))), "id.taken");
    assert_eq!(code(insert(&store, job(2, "same"))), "job.title_taken");

    let mut trashed = job(3, "same");
    trashed.deleted_at = Some(Timestamp::from_micros(9));
    insert(&store, trashed).unwrap();

    let named = |number: u128, title: &'static str| {
        apply(&store, move || {
            with_entries(created(&job(number, title)), vec![Entry::Key("shop".to_owned(), "k1".to_owned())])
        })
    };
    named(4, "four").unwrap();
    assert_eq!(code(named(5, "five")), "external_key.taken");
    assert_eq!(load::<Job>(&store, 5), None);

    let mut dangling = job(6, "six");
    dangling.team = Some(Id::new(Uuid::from_u128(77)));
    let error = insert(&store, dangling).unwrap_err();
    assert_eq!(error.code(), "reference.broken");
    assert_eq!((&error.params()["field"], &error.params()["kind"]), (&"team".into(), &"team".into()));
}

#[test]
fn a_record_that_others_point_at_stays() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("a.db"));
    insert(&store, team(1, "one")).unwrap();
    let mut pointing = job(2, "two");
    pointing.team = Some(Id::new(Uuid::from_u128(1)));
    insert(&store, pointing).unwrap();
    let error = apply(&store, || removed(&team(1, "one"))).unwrap_err();
    assert!(error.is(&codes::REFERENCE_BROKEN));
    assert!(load::<Team>(&store, 1).is_some());
}

#[test]
fn keys_find_trashed_rows_but_external_keys_do_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("a.db"));
    let key = || vec![Entry::Key("shop".to_owned(), "k".to_owned())];
    let mut trashed = job(1, "gone");
    trashed.deleted_at = Some(Timestamp::from_micros(9));
    apply(&store, move || with_entries(created(&trashed), vec![Entry::Key("shop".to_owned(), "old".to_owned())]))
        .unwrap();
    apply(&store, move || with_entries(created(&job(2, "gone")), key())).unwrap();
    let found = |by: Key, values: Vec<Value>| {
        let rows = ask(&store, move |tx| {
            let values = values.clone();
            Box::pin(async move { tx.load(Job::def(), by, &values).await })
        });
        ids(&rows.unwrap())
    };
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(found(Key::Column(column("title")), vec![text("gone")]), [1, 2]);
    assert_eq!(found(Key::Column(column("title")), vec![text("gone"), text("other")]), [1, 2]);
    assert_eq!(found(Key::External, vec![text("shop"), text("old"), text("shop"), text("k")]), [2]);
    let all: Vec<Value> = [2, 1, 3, 1].map(|number| Value::Uuid(Uuid::from_u128(number))).to_vec();
    assert_eq!(found(Key::Column(0), all), [1, 2]);
}

#[test]
fn events_form_a_chain() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("a.db"));
    for number in 1..=3 {
        insert(&store, job(number, &format!("job {number}"))).unwrap();
    }
    let events = events(&store);
    let mut head = Head::default();
    for event in &events {
        event.verify(&mut head).unwrap();
    }
    assert_eq!(head.seq, 3);
    assert_eq!(ask(&store, |tx| Box::pin(async move { Ok(tx.head()) })).unwrap(), head);
}

#[test]
fn pages_follow_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("a.db"));
    for number in 1..=3 {
        insert(&store, team(number, &format!("team {number}"))).unwrap();
    }
    for number in 10..70_u128 {
        let mut one = job(number, &format!("job {number}"));
        one.team = Some(Id::new(Uuid::from_u128(1 + number % 3)));
        one.rank = i64::try_from(number % 5).unwrap();
        one.price = (number % 4 > 0).then(|| Price(i64::try_from(number % 7).unwrap()));
        insert(&store, one).unwrap();
    }
    let teams = [1, 3].map(|number| Value::Uuid(Uuid::from_u128(number))).to_vec();
    let merged =
        equals("status", Value::Text("open".to_owned())).and(nexa_kernel::filter::Predicate::In(column("team"), teams));
    let key = |path: &str, descending| SortKey::of(column(path), descending);
    for (filter, sort) in [
        (merged.clone(), vec![key("rank", false), key("created_at", false)]),
        (merged.clone(), vec![key("rank", true), key("price", false)]),
        (merged, vec![key("price", true)]),
        (nexa_kernel::filter::Predicate::always(), vec![key("price", false), key("rank", true)]),
    ] {
        let query = |limit| Select { sort: sort.clone(), ..Select::all(Job::def(), limit).filtered(filter.clone()) };
        let all = select(&store, query(1_000));
        assert!(all.len() >= 40);
        let mut paged = Vec::new();
        let mut after = None;
        loop {
            let page = select(&store, Select { after, ..query(7) });
            let Some(last) = page.last() else { break };
            let position = sort.iter().map(|key| last.get(key.column)).chain([last.get(0)]);
            after = Some(position.cloned().collect());
            paged.extend(page);
        }
        assert_eq!(ids(&paged), ids(&all));
        let mut sorted = all.clone();
        sorted.sort_by(|a, b| {
            let by = |key: &SortKey| {
                let (a, b) = (a.get(key.column), b.get(key.column));
                if key.descending && !a.is_null() && !b.is_null() { b.order(a) } else { a.order(b) }
            };
            sort.iter().map(by).find(|order| order.is_ne()).unwrap_or_else(|| a.get(0).order(b.get(0)))
        });
        assert_eq!(ids(&sorted), ids(&all));
    }
}

#[test]
fn searches_and_aggregates() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("a.db"));
    let term = |text: &str, weight| Entry::Term(text.to_owned(), weight);
    let insert = |number, entries: Vec<Entry>| {
        apply(&store, move || with_entries(created(&job(number, &format!("job {number}"))), entries.clone())).unwrap();
    };
    insert(1, vec![term("alpha", 2), term("beta", 1)]);
    insert(2, vec![term("alpine", 5), term("beta", 1)]);
    insert(3, vec![term("alpha", 2)]);
    let sought = |terms: &[&str]| Select::all(Job::def(), 10).searched(terms.iter().map(|t| (*t).into()).collect());
    assert_eq!(ids(&select(&store, sought(&["al"]))), [2, 1, 3]);
    assert_eq!(ids(&select(&store, sought(&["al", "b"]))), [2, 1]);
    let after = Some(vec![Value::Int(2), Value::Uuid(Uuid::from_u128(1))]);
    assert_eq!(ids(&select(&store, Select { after, ..sought(&["al"]) })), [3]);

    let aggregate = Aggregate {
        of: Job::def(),
        filter: nexa_kernel::filter::Predicate::always(),
        trash: Trash::Live,
        groups: vec![Group::Month(column("created_at"), chrono_tz::Tz::America__New_York.into())],
        measures: vec![
            Measure::Count,
            Measure::Sum(column("price")),
            Measure::Avg(column("rank")),
            Measure::Min(column("due")),
        ],
        limit: 10,
    };
    let query = aggregate.clone();
    let rows = ask(&store, move |tx| {
        let query = query.clone();
        Box::pin(async move { tx.aggregate(&query).await })
    })
    .unwrap();
    let date = |y, m, d| Value::Date(nexa_kernel::Date::from_ymd_opt(y, m, d).unwrap());
    let expected = vec![
        date(1969, 12, 1),
        Value::Int(3),
        Value::Amount(Amount::parse("37.0368").unwrap()),
        Value::Amount(Amount::parse("0").unwrap()),
        date(2025, 11, 17),
    ];
    assert_eq!(rows, [nexa_kernel::record::Row::new(expected)]);

    let mut large = job(8, "eight");
    large.price = Some(Price(i64::MAX));
    crate::common::insert(&store, large).unwrap();
    let error = ask(&store, move |tx| {
        let query = aggregate.clone();
        Box::pin(async move { tx.aggregate(&query).await })
    })
    .unwrap_err();
    assert!(error.is(&codes::OVERFLOW));
}

#[test]
fn a_tenant_goes_with_everything() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir.path().join("a.db"));
    insert(&store, job(1, "one")).unwrap();
    pollster::block_on(store.drop_org(ORG)).unwrap();
    assert_eq!(load::<Job>(&store, 1), None);
    assert!(events(&store).is_empty());
    insert(&store, job(1, "one")).unwrap();
    assert_eq!(events(&store).len(), 1);
}

#[test]
fn the_definition_of_a_kind_may_reach_a_file_later() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a.db");
    let store = nexa_store_sqlite::SqliteStore::open(&path).unwrap();
    pollster::block_on(store.migrate(&[Team::def()])).unwrap();
    insert(&store, team(1, "one")).unwrap();
    drop(store);
    let store = open(&path);
    insert(&store, job(2, "two")).unwrap();
    assert!(load::<Team>(&store, 1).is_some());
}
